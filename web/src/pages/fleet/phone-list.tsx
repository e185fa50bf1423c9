/** Rows for phones: state, name, what matters most, the day and the hashrate. A tap opens the device's page. */
import { useMemo, useRef } from 'preact/hooks';
import { StateIcon } from '../../components/icon';
import { Num } from '../../components/num';
import { Spark } from '../../components/spark';
import * as format from '../../lib/format';
import { hashrateOf, type Item } from '../../lib/groups';
import { memo } from '../../lib/memo';
import { degrees } from '../../lib/prefs';
import type { Row } from '../../lib/row';
import { modelText, reasonOf } from '../../lib/row-text';
import { type Freshness, freshness, LOOKS, TEXT } from '../../lib/states';
import { rowOf, slowNow } from '../../lib/store';
import { offsets, useVisible } from '../../lib/virtual';

const [ROW_PX, HEADING_PX] = [60, 36];

export function PhoneList({ items }: { items: readonly Item[] }) {
  const list = useRef<HTMLUListElement>(null);
  const sizes = useMemo(() => items.map((item) => ('heading' in item ? HEADING_PX : ROW_PX)).join(), [items]);
  const tops = useMemo(() => offsets(sizes === '' ? [] : sizes.split(',').map(Number)), [sizes]);
  const [first, last] = useVisible(list, tops);
  return (
    <ul ref={list} class="relative overflow-hidden rounded-b-card" style={{ height: `${tops.at(-1) ?? 0}px` }}>
      <Rows items={items} tops={tops} first={first} last={last} />
    </ul>
  );
}

/** The rows near the window, with their figures of now: the order that they stand in may be some seconds old. */
function Rows({ items, tops, first, last }: { items: readonly Item[]; tops: readonly number[]; first: number; last: number }) {
  const now = slowNow.value;
  return (
    <>
      {items.slice(first, last).map((item, at) => {
        const style = { transform: `translateY(${tops[first + at] ?? 0}px)` };
        if ('heading' in item) {
          const { title, rows } = item.heading;
          return (
            <li key={`h:${item.heading.key}`} class="absolute inset-x-0 flex h-9 items-center gap-2 border-b border-line bg-raise px-4 text-caption" style={style}>
              <b class="font-medium">{title}</b>
              <span class="text-ink3">
                {format.count(rows.length)} · {format.inline(format.hashrate(hashrateOf(rows)))}
              </span>
            </li>
          );
        }
        const row = rowOf(item.row.id) ?? item.row;
        return (
          <li key={row.id} class="absolute inset-x-0 h-15 border-b border-line" style={style}>
            <PhoneRow row={row} fresh={freshness(row, now)} reason={reasonOf(row, now)} degrees={degrees.value} />
          </li>
        );
      })}
    </>
  );
}

const PhoneRow = memo(({ row, fresh, reason, degrees: unit }: { row: Row; fresh: Freshness; reason: string; degrees: format.Degrees }) => {
  const { tone } = LOOKS[row.state];
  const isWell = row.state === 'hashing';
  return (
    <a
      href={`/d/${encodeURIComponent(row.id)}`}
      data-row={row.id}
      data-fresh={fresh}
      class={`flex h-full items-center gap-3 px-4 focus-visible:outline-offset-[-2px] active:bg-raise ${row.state === 'disabled' ? 'opacity-60' : ''}`}
    >
      <StateIcon state={row.state} />
      <span class="min-w-0 flex-1">
        <span class="block truncate text-title font-medium">{row.name}</span>
        <span class={`block truncate text-caption ${isWell ? 'text-ink3' : TEXT[tone]}`}>
          {isWell ? wellText(row, unit) : reason || LOOKS[row.state].word}
        </span>
      </span>
      <Spark points={row.spark} tone={tone} />
      <span class={`w-20 text-right text-title ${fresh === 'old' ? 'text-ink3' : ''}`}>
        <Num q={fresh === 'none' || row.current_hps === undefined ? undefined : format.hashrate(row.current_hps)} unit="text-ink3 text-control" />
      </span>
    </a>
  );
});

function wellText(row: Row, unit: format.Degrees): string {
  const celsius = row.hottest_celsius === undefined ? undefined : format.inline(format.temperature(row.hottest_celsius, unit));
  const watts = row.watts === undefined ? undefined : format.inline(format.power(row.watts));
  return [modelText(row), celsius, watts].filter(Boolean).join(' · ');
}

export { PhoneSort } from './phone-sort';
