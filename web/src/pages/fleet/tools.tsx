/** How the list is shown: grouped, with which columns; and the list as a file. */
import { Icon, type IconName } from '../../components/icon';
import { MenuItem, Popover } from '../../components/menu';
import { lazy } from '../../components/lazy';
import type { GroupBy, View } from '../../lib/filter';
import { isWide } from '../../lib/media';
import type { Row } from '../../lib/row';
import { goView } from './devices';

const PhoneSort = lazy(() => import('./phone-list').then((it) => it.PhoneSort));
const ColumnChooser = lazy(() => import('./column-chooser').then((it) => it.ColumnChooser));

const GROUPS: readonly (readonly [GroupBy, string])[] = [
  ['none', 'none'],
  ['place', 'place'],
  ['model', 'model'],
  ['state', 'state'],
  ['pool', 'pool'],
];

export function Tools({ view, sort, rows, onSort }: { view: View; sort: string; rows: readonly Row[]; onSort: (column: string, extra: boolean) => void }) {
  const group = GROUPS.find(([by]) => by === view.by)?.[1] ?? 'none';
  return (
    <div class="flex shrink-0 items-center">
      {!isWide.value && <PhoneSort sort={sort} onSort={onSort} />}
      <Popover label="Group by" button={(isOpen, toggle) => <Tool icon="list" text={`Group: ${group}`} isOpen={isOpen} onClick={toggle} />}>
        {(close) =>
          GROUPS.map(([by, text]) => (
            <MenuItem
              key={by}
              checked={by === view.by}
              onClick={() => {
                close();
                goView({ ...view, by });
              }}
            >
              {by === 'none' ? 'No groups' : `By ${text}`}
            </MenuItem>
          ))
        }
      </Popover>
      {isWide.value && (
        <Popover
          label="Columns"
          role="dialog"
          class="w-64"
          button={(isOpen, toggle) => <Tool icon="columns" text="Columns" isOpen={isOpen} onClick={toggle} />}
        >
          {() => <ColumnChooser />}
        </Popover>
      )}
      {isWide.value && <Tool icon="download" label="Export this list as CSV" onClick={() => void import('./export').then((it) => it.exportRows(rows))} />}
    </div>
  );
}

function Tool(props: { icon: IconName; text?: string; label?: string; isOpen?: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      class="flex h-8 items-center gap-1.5 rounded-control px-2 text-control whitespace-nowrap text-ink2 hover:bg-raise hover:text-ink max-lg:h-10"
      aria-expanded={props.isOpen}
      aria-label={props.label ?? props.text}
      title={props.label}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      {props.text && <span class="max-sm:hidden">{props.text}</span>}
    </button>
  );
}
