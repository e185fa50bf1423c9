/** What phones have instead of the titles of columns. */
import { ArrowUpDown } from 'lucide';
import { IconButton } from '../../components/button';
import { MenuItem, Popover } from '../../components/menu';
import { sortFrom } from '../../lib/sort';

const KEYS: readonly (readonly [column: string, text: string])[] = [
  ['state', 'State'],
  ['name', 'Name'],
  ['hashrate', 'Hashrate'],
  ['expected', 'Part of expected'],
  ['temp', 'Temperature'],
  ['power', 'Power'],
  ['efficiency', 'Efficiency'],
  ['uptime', 'Uptime'],
  ['best', 'Best difficulty'],
];

/** Choosing what is chosen already turns the order around. */
export function PhoneSort({ sort, onSort }: { sort: string; onSort: (column: string, extra: boolean) => void }) {
  const keys = sortFrom(sort);
  return (
    <Popover label="Sort by" button={(isOpen, toggle) => <IconButton name={ArrowUpDown} label="Sort" class="size-10!" expanded={isOpen} onClick={toggle} />}>
      {(close) =>
        KEYS.map(([column, text]) => {
          const isChosen = keys[0]?.column === column;
          return (
            <MenuItem
              key={column}
              checked={isChosen}
              onClick={() => {
                close();
                onSort(column, false);
              }}
            >
              {text}
              {isChosen && (keys[0]?.descending ? ', falling' : ', rising')}
            </MenuItem>
          );
        })
      }
    </Popover>
  );
}
