/** The table for wide windows. Only rows near the window exist; the page itself scrolls. */
import type { Signal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../../components/icon';
import { hashrate, inline, plural } from '../../lib/format';
import { type Heading, hashrateOf, type Item } from '../../lib/groups';
import { columns as chosenColumns, degrees, isCompact } from '../../lib/prefs';
import type { Row } from '../../lib/row';
import { reasonOf } from '../../lib/row-text';
import { sortFrom } from '../../lib/sort';
import { freshness } from '../../lib/states';
import { rowOf, slowNow } from '../../lib/store';
import { offsets, useVisible } from '../../lib/virtual';
import { type Column, fitting, template, widthOf } from './columns';
import { TableRow } from './table-row';
import { useRoving } from './roving';

const [ROW_PX, COMPACT_PX, HEADING_PX] = [52, 40, 36];

interface Props {
  items: readonly Item[];
  rows: readonly Row[];
  sort: string;
  onSort: (column: string, extra: boolean) => void;
  selected: Signal<ReadonlySet<string>>;
}

export function DeviceTable({ items, rows, sort, onSort, selected }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const columns = useMemo(() => fitting(chosenColumns.value, width - 44), [chosenColumns.value, width]);
  const isScrolled = widthOf(columns) > width - 44;
  const rowPx = isCompact.value ? COMPACT_PX : ROW_PX;
  const sizes = useMemo(() => items.map((item) => ('heading' in item ? HEADING_PX : rowPx)).join(), [items, rowPx]);
  const tops = useMemo(() => offsets(sizes === '' ? [] : sizes.split(',').map(Number)), [sizes]);
  const [first, last] = useVisible(list, tops);
  const { active, onKeyDown, onFocus } = useRoving(list, items, tops);
  const toggle = useMemo(
    () => (id: string) => {
      const next = new Set(selected.peek());
      if (!next.delete(id)) next.add(id);
      selected.value = next;
    },
    [selected],
  );
  const cols = { '--cols': template(columns), ...(isScrolled && { minWidth: `${widthOf(columns) + 44}px` }) };
  return (
    <div ref={box} class={isScrolled ? 'overflow-x-auto' : ''}>
      <div role="table" aria-label="Devices" aria-rowcount={rows.length + 1} style={cols}>
        <Head columns={columns} sort={sort} onSort={onSort} isSticky={!isScrolled} rows={rows} selected={selected} />
        <div
          ref={list}
          role="rowgroup"
          class="relative"
          style={{ height: `${tops.at(-1) ?? 0}px` }}
          onKeyDown={(event) => onKeyDown(event, toggle)}
          onFocusCapture={onFocus}
        >
          <Rows items={items} tops={tops} first={first} last={last} columns={columns} active={active} selected={selected} onToggle={toggle} />
        </div>
      </div>
    </div>
  );
}

/** The rows near the window, with their figures of now: the order that they stand in may be some seconds old. */
function Rows(props: Pick<Props, 'items' | 'selected'> & {
  tops: readonly number[];
  first: number;
  last: number;
  columns: readonly Column[];
  active: string | undefined;
  onToggle: (id: string) => void;
}) {
  const { items, tops, first, last, selected } = props;
  const now = slowNow.value;
  return (
    <>
      {items.slice(first, last).map((item, at) => {
        const top = tops[first + at] ?? 0;
        if ('heading' in item) return <HeadingRow key={`h:${item.heading.key}`} heading={item.heading} top={top} />;
        const row = rowOf(item.row.id) ?? item.row;
        return (
          <TableRow
            key={row.id}
            row={row}
            fresh={freshness(row, now)}
            reason={reasonOf(row, now)}
            columns={props.columns}
            top={top}
            index={item.at}
            isCompact={isCompact.value}
            isActive={row.id === props.active}
            isSelected={selected.value.has(row.id)}
            isChoosing={selected.value.size > 0}
            degrees={degrees.value}
            onToggle={props.onToggle}
          />
        );
      })}
    </>
  );
}

/** The width of an element, followed. */
function useWidth(ref: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(ref.current);
    setWidth(ref.current.clientWidth);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

export const ROW_GRID = 'grid [grid-template-columns:var(--cols)] items-center gap-x-2.5 pr-2 pl-6';

function Head({ columns, sort, onSort, isSticky, rows, selected }: Pick<Props, 'sort' | 'onSort' | 'rows' | 'selected'> & {
  columns: readonly Column[];
  isSticky: boolean;
}) {
  const isAll = rows.length > 0 && rows.every((row) => selected.value.has(row.id));
  const head = (id: string, title: string, isText: boolean, by: string | undefined, longTitle?: string, indent?: boolean) => (
    <HeadCell key={id} title={title} longTitle={longTitle} indent={indent} isText={isText} by={by} sort={sort} onSort={onSort} />
  );
  return (
    <div role="rowgroup" class={`border-b border-line bg-raise ${isSticky ? 'sticky top-13 z-10' : ''}`}>
      <div role="row" aria-rowindex={1} class={`group relative h-8 text-caption text-ink2 ${ROW_GRID}`}>
        {head('name', 'Device', true, 'name')}
        {head('state', 'State', true, 'state')}
        {columns.map((column) => head(column.id, column.title, column.isText ?? false, column.sort, column.longTitle, column.indent))}
        <span role="columnheader">
          <span class="sr-only">More</span>
          <input
            type="checkbox"
            aria-label="Select all"
            class={`absolute top-2 left-1 size-4 accent-ink ${isAll ? '' : 'opacity-0 group-hover:opacity-100 focus-visible:opacity-100'}`}
            checked={isAll}
            onChange={() => {
              selected.value = new Set(isAll ? [] : rows.map((row) => row.id));
            }}
          />
        </span>
      </div>
    </div>
  );
}

function HeadCell(props: {
  title: string;
  longTitle: string | undefined;
  isText: boolean;
  indent: boolean | undefined;
  by: string | undefined;
  sort: string;
  onSort: (column: string, extra: boolean) => void;
}) {
  const { by, isText } = props;
  const keys = sortFrom(props.sort);
  const at = keys.findIndex((key) => key.column === by);
  const key = keys[at];
  const align = `${isText ? 'justify-start' : 'justify-end'} ${props.indent ? 'pl-1.5' : ''}`;
  const title = props.longTitle ?? props.title;
  if (!by) {
    return (
      <span role="columnheader" class={`flex ${align}`} title={title}>
        {props.title}
      </span>
    );
  }
  return (
    <span role="columnheader" aria-sort={at === 0 ? (key?.descending ? 'descending' : 'ascending') : undefined} class={`flex min-w-0 ${align}`}>
      <button
        type="button"
        title={`Sort by ${title.toLowerCase()}; with Shift as second key`}
        class={`flex h-8 items-center gap-1 rounded-small whitespace-nowrap hover:text-ink ${key ? 'font-medium text-ink' : ''} ${isText ? '' : 'flex-row-reverse'}`}
        onClick={(event) => props.onSort(by, event.shiftKey)}
      >
        {props.title}
        {key && <Icon name={key.descending ? 'down' : 'up'} size={12} class={at > 0 ? 'text-ink3' : ''} />}
      </button>
    </span>
  );
}

function HeadingRow({ heading, top }: { heading: Heading; top: number }) {
  return (
    <div
      role="row"
      class="absolute inset-x-0 flex h-9 items-center gap-2 border-b border-line bg-raise pl-6 text-caption"
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" class="flex items-baseline gap-2">
        <b class="font-medium">{heading.title}</b>
        <span class="text-ink3">
          {plural(heading.rows.length, 'miner')} · {inline(hashrate(hashrateOf(heading.rows)))}
        </span>
      </span>
    </div>
  );
}
