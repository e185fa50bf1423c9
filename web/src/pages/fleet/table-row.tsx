import { StateIcon } from '../../components/icon';
import { memo } from '../../lib/memo';
import type { Degrees } from '../../lib/format';
import type { Row } from '../../lib/row';
import { aboutText } from '../../lib/row-text';
import { type Freshness, LOOKS, TEXT } from '../../lib/states';
import { setQuery } from '../../lib/route';
import type { Column } from './columns';
import { RowMenu } from './row-menu';
import { ROW_GRID } from './table';

interface Props {
  row: Row;
  fresh: Freshness;
  /** Why it is in its state, with how long. */
  reason: string;
  columns: readonly Column[];
  top: number;
  index: number;
  isCompact: boolean;
  isActive: boolean;
  isSelected: boolean;
  /** Whether any row is selected: then every box is in sight. */
  isChoosing: boolean;
  degrees: Degrees;
  onToggle: (id: string) => void;
}

/** One device. It is made anew only when its row object, its place or a time that it tells has changed. */
export const TableRow = memo((props: Props) => {
  const { row, fresh, reason, columns, isCompact, isActive, isSelected } = props;
  const look = LOOKS[row.state];
  const isQuiet = fresh === 'none';
  return (
    <div
      role="row"
      aria-rowindex={props.index + 2}
      data-row={row.id}
      data-fresh={fresh}
      class={`group absolute inset-x-0 border-b border-line text-body hover:bg-raise ${ROW_GRID} ${isSelected ? 'bg-raise' : ''} ${isCompact ? 'h-10' : 'h-13'} ${row.state === 'disabled' ? 'opacity-60' : ''}`}
      style={{ transform: `translateY(${props.top}px)` }}
    >
      <span role="cell" class="min-w-0">
        <input
          type="checkbox"
          aria-label={`Select ${row.name}`}
          tabIndex={isActive ? 0 : -1}
          class={`absolute top-1/2 left-1 z-1 size-4 -translate-y-1/2 accent-ink ${isSelected || props.isChoosing ? '' : 'opacity-0 group-hover:opacity-100 focus-visible:opacity-100'}`}
          checked={isSelected}
          onChange={() => props.onToggle(row.id)}
        />
        <a
          href={`/d/${encodeURIComponent(row.id)}`}
          tabIndex={isActive ? 0 : -1}
          class={`block truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded-small focus-visible:after:outline-2 focus-visible:after:outline-offset-[-2px] focus-visible:after:outline-ink ${isQuiet ? 'text-ink2' : ''}`}
          onClick={(event) => {
            // A plain click opens the drawer; with a key held the browser opens the page as it does with any link.
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            setQuery({ device: row.id });
          }}
        >
          {row.name}
        </a>
        {!isCompact && (
          <span class="block truncate text-caption text-ink3" title={aboutText(row)}>
            {aboutText(row)}
          </span>
        )}
      </span>
      <span role="cell" class="flex min-w-0 items-center gap-2.5">
        <StateIcon state={row.state} />
        <span class="min-w-0">
          <span class={`block truncate ${row.state === 'hashing' ? 'text-ink2' : `font-medium ${TEXT[look.tone]}`}`}>{look.word}</span>
          {reason && !isCompact && (
            <span class="block truncate text-caption text-ink2" title={row.detail ?? reason}>
              {reason}
            </span>
          )}
        </span>
      </span>
      {columns.map((column) => (
        <span
          key={column.id}
          role="cell"
          class={`min-w-0 ${column.isText ? 'truncate' : 'text-right'} ${column.indent ? 'pl-1.5' : ''} ${fresh === 'old' ? 'text-ink3' : 'text-ink'}`}
        >
          {column.cell(row, fresh)}
        </span>
      ))}
      <span role="cell" class="relative z-1">
        <RowMenu row={row} tabIndex={isActive ? 0 : -1} />
      </span>
    </div>
  );
});
