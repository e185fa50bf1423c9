/** The workers of a coin: which are miners of ours, in any order, in pages. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Button, IconButton } from '../../components/button';
import { Empty } from '../../components/empty';
import { Icon, StateIcon } from '../../components/icon';
import { MenuItem, Popover } from '../../components/menu';
import { Num } from '../../components/num';
import { Panel } from '../../components/panel';
import { Search } from '../../components/search';
import * as format from '../../lib/format';
import { isWide } from '../../lib/media';
import * as pool from '../../lib/pool';
import type { Row } from '../../lib/row';
import { place, setQuery, withQuery } from '../../lib/route';
import { lastKnown } from '../../lib/states';
import { rowsById, slowNow } from '../../lib/store';

/** So many workers are on a page. */
const PAGE = 50;

const LENSES: readonly (readonly [pool.WorkerLens, string])[] = [
  ['all', 'All'],
  ['mine', 'My miners'],
  ['others', 'Others'],
  ['gone', 'Not connected'],
];

const TITLES: Record<pool.WorkerColumn, string> = {
  name: 'Worker',
  miner: 'Miner',
  hashrate: 'Hashrate',
  accepted: 'Accepted',
  rejects: 'Rejected',
  best: 'Best share',
  difficulty: 'Difficulty',
  seen: 'Last share',
};

export function Workers({ row, coin }: { row: Row; coin: pool.Coin }) {
  const { query } = place.value;
  const q = query.get('q') ?? '';
  const lens = LENSES.find(([it]) => it === query.get('show'))?.[0] ?? 'all';
  const sort = pool.workerSortFrom(query.get('sort') ?? '');
  const all = pool.workersOf(coin, row.links ?? [], rowsById.value);
  const columns = pool.columnsOf(all);
  const found = pool.searchWorkers(all, q);
  const order = useHeldOrder(pool.sortedWorkers(found.filter((it) => pool.inWorkerLens(it, lens)), sort), JSON.stringify([coin.key, q, lens, sort]));
  const pages = Math.max(1, Math.ceil(order.rows.length / PAGE));
  const page = Math.min(pages, Math.max(1, Number(query.get('page')) || 1));
  const shown = order.rows.slice((page - 1) * PAGE, page * PAGE);
  const isOld = lastKnown(row, slowNow.value) === 'old';
  const isEstimated = shown.some(({ worker }) => worker.estimated);
  const onSort = (column: pool.WorkerColumn) => setQuery({ sort: pool.workerSortText(pool.workerToggled(sort, column)), page: undefined }, { replace: true });
  const note = pool.truncation(coin);
  return (
    <Panel title="Workers" hideTitle clip={false}>
      <div class={`flex flex-wrap items-center gap-2 border-b border-line py-2 pr-3 pl-2 ${all.length === 0 ? 'hidden' : ''}`}>
        <h2 class="sr-only">Workers</h2>
        <nav aria-label="Workers by kind" class="bare-scroll flex min-w-0 flex-1 gap-0.5 max-lg:basis-full">
          {LENSES.map(([it, text]) => {
            const isHere = it === lens;
            return (
              <a
                key={it}
                href={withQuery({ show: it === 'all' ? undefined : it, page: undefined })}
                data-lens={it}
                aria-current={isHere ? 'true' : undefined}
                class={`flex h-8 shrink-0 items-center gap-1.5 rounded-control px-2.5 text-control whitespace-nowrap max-lg:h-10 ${isHere ? 'bg-ink font-medium text-bg' : 'text-ink2 hover:bg-raise hover:text-ink'}`}
              >
                {text}
                <span class={isHere ? 'font-normal opacity-75' : 'text-ink3'}>{format.count(found.filter((one) => pool.inWorkerLens(one, it)).length)}</span>
              </a>
            );
          })}
        </nav>
        {all.length > 5 && (
          <Search value={q} placeholder="Worker, miner, program…" class="min-w-40 flex-1 lg:max-w-60" onChange={(text) => setQuery({ q: text, page: undefined }, { replace: true })} />
        )}
        {!isWide.value && all.length > 1 && <SortMenu columns={columns} sort={sort} onSort={onSort} />}
      </div>
      {note && <p class="border-b border-line bg-warn-soft px-4 py-2 text-control text-warn">{note}</p>}
      {isEstimated && <p class="border-b border-line px-4 py-2 text-caption text-ink2">The pool tells no hashrate of its workers: theirs is estimated by the agent from the shares they sent.</p>}
      {shown.length === 0 ? (
        <None isAll={all.length === 0} q={q} coin={coin} />
      ) : (
        <div {...order.hold} class={isOld ? 'washed text-ink3' : ''}>
          {isWide.value ? <Table columns={columns} rows={shown} sort={sort} onSort={onSort} /> : <List rows={shown} />}
        </div>
      )}
      {pages > 1 && <Pager page={page} pages={pages} total={order.rows.length} />}
    </Panel>
  );
}

/** Rows keep their places while the pointer or the focus is among them: nothing moves away under a finger. */
function useHeldOrder(rows: pool.WorkerRow[], view: string) {
  const isHeld = useRef(false);
  const last = useRef<{ view: string; at: ReadonlyMap<string, number> }>({ view: '', at: new Map() });
  const box = useRef<HTMLDivElement>(null);
  const isFocused = box.current?.contains(document.activeElement) ?? false;
  let ordered = rows;
  if (last.current.view === view && (isHeld.current || isFocused)) {
    const { at } = last.current;
    ordered = [...rows].sort((a, b) => (at.get(a.worker.name) ?? Infinity) - (at.get(b.worker.name) ?? Infinity) || 0);
  } else {
    last.current = { view, at: new Map(rows.map(({ worker }, index) => [worker.name, index])) };
  }
  const hold = { ref: box, onPointerEnter: () => void (isHeld.current = true), onPointerLeave: () => void (isHeld.current = false) };
  return { rows: ordered, hold };
}

function None({ isAll, q, coin }: { isAll: boolean; q: string; coin: pool.Coin }) {
  if (isAll) {
    return (
      <Empty icon="list" title={coin.active_workers ? 'The workers were not told' : 'No workers yet'}>
        {coin.active_workers
          ? 'The pool says that workers are connected, and its list of them could not be read.'
          : 'A pool without a miner is healthy. Workers are here as soon as one connects.'}
      </Empty>
    );
  }
  return (
    <Empty
      icon="search"
      title={q ? `No worker matches ‘${q}’` : 'No worker here'}
      actions={<Button onClick={() => setQuery({ q: undefined, show: undefined, page: undefined })}>Clear filter</Button>}
    />
  );
}

const figure = <T,>(value: T | undefined, write: (value: T) => format.Quantity) => <Num q={value === undefined ? undefined : write(value)} />;

const plain = (text: string): format.Quantity => ({ text, unit: '' });

function Seen({ worker }: pool.WorkerRow) {
  if (worker.last_seen_at === undefined) return <Num q={undefined} />;
  const at = Date.parse(worker.last_seen_at);
  return (
    <span class="whitespace-nowrap text-caption" title={format.moment(at)}>
      {format.age(at, slowNow.value)}
    </span>
  );
}

function Miner({ miner }: { miner: Row }) {
  return (
    <a href={`/d/${encodeURIComponent(miner.id)}`} class="inline-flex min-w-0 max-w-full items-center gap-2 rounded-small align-middle font-medium text-ink underline-offset-2 hover:underline">
      <StateIcon state={miner.state} size={14} />
      <span class="truncate">{miner.name}</span>
    </a>
  );
}

function Name({ worker, miner }: pool.WorkerRow) {
  const { account, device } = pool.splitName(worker.name);
  const own = !isWide.value && miner && miner.name !== device && miner.name;
  const more = [own, account && pool.shortened(account), worker.user_agent, worker.address, (worker.sessions ?? 1) > 1 && format.plural(worker.sessions!, 'connection')];
  return (
    <span class="block min-w-0" title={[worker.name, worker.user_agent].filter(Boolean).join('\n')}>
      <span class={`block truncate font-medium ${worker.active === false ? 'text-ink2' : 'text-ink'}`}>{account ? device : pool.shortened(device, 12)}</span>
      <span class="block truncate text-caption text-ink3">{[worker.active === false && 'Not connected', ...more].filter(Boolean).join(' · ')}</span>
    </span>
  );
}

function Rejects({ worker }: pool.WorkerRow) {
  const percent = pool.rejectPercent(worker);
  const tone = (percent ?? 0) >= 5 ? 'text-bad' : (percent ?? 0) >= 1 ? 'text-warn' : '';
  return <span class={tone}>{figure(percent, (it) => (it === 0 ? plain('0 %') : { text: format.decimal(it, it < 9.995 ? 2 : 1), unit: '%' }))}</span>;
}

function Hashrate({ worker }: pool.WorkerRow) {
  return (
    <span title={worker.estimated ? 'Estimated from its shares' : undefined}>
      {worker.estimated && worker.current_hps !== undefined && <span aria-label="about">≈ </span>}
      {figure(worker.current_hps, format.hashrate)}
    </span>
  );
}

const CELLS: Record<pool.WorkerColumn, (row: pool.WorkerRow) => ComponentChildren> = {
  name: (row) => <Name {...row} />,
  miner: ({ miner }) => (miner ? <Miner miner={miner} /> : <Num q={undefined} />),
  hashrate: (row) => <Hashrate {...row} />,
  accepted: ({ worker }) => figure(worker.accepted, format.difficulty),
  rejects: (row) => <Rejects {...row} />,
  best: ({ worker }) => figure(worker.best_difficulty, format.difficulty),
  difficulty: ({ worker }) => figure(worker.difficulty, format.difficulty),
  seen: (row) => <Seen {...row} />,
};

/** What is left out where there is little room. */
const givesWay = (column: pool.WorkerColumn) => (column === 'difficulty' ? 'max-xl:hidden' : '');

const isText = (column: pool.WorkerColumn) => column === 'name' || column === 'miner';

function Table({ columns, rows, sort, onSort }: { columns: readonly pool.WorkerColumn[]; rows: readonly pool.WorkerRow[]; sort: pool.WorkerSort; onSort: (column: pool.WorkerColumn) => void }) {
  return (
    <table class="w-full table-fixed border-separate border-spacing-0 text-body">
      <colgroup>
        {columns.map((column) => (
          <col key={column} class={column === 'name' ? '' : column === 'miner' ? 'w-[20%]' : `w-[10.5%] xl:w-[9.5%] ${givesWay(column)}`} />
        ))}
      </colgroup>
      <thead class="text-caption text-ink2">
        <tr>
          {columns.map((column) => {
            const isSorted = sort.column === column;
            return (
              <th
                key={column}
                scope="col"
                aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
                class={`sticky top-13 z-10 border-b border-line bg-raise px-2 font-normal first:pl-4 last:pr-4 ${isText(column) ? 'text-left' : 'text-right'} ${givesWay(column)}`}
              >
                <button
                  type="button"
                  title={`Sort by ${TITLES[column].toLowerCase()}`}
                  class={`inline-flex h-8 items-center gap-1 rounded-small whitespace-nowrap hover:text-ink ${isSorted ? 'font-medium text-ink' : ''} ${isText(column) ? '' : 'flex-row-reverse'}`}
                  onClick={() => onSort(column)}
                >
                  {TITLES[column]}
                  {isSorted && <Icon name={sort.descending ? 'down' : 'up'} size={12} />}
                </button>
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.worker.name} data-worker={row.worker.name} class="group hover:bg-raise">
            {columns.map((column) => (
              <td key={column} class={`border-line px-2 py-1.5 align-middle group-not-last:border-b first:pl-4 last:pr-4 ${isText(column) ? '' : 'text-right'} ${givesWay(column)}`}>
                {CELLS[column](row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Rows for phones: a tap opens the miner that it is. */
function List({ rows }: { rows: readonly pool.WorkerRow[] }) {
  return (
    <ul class="divide-y divide-line">
      {rows.map((it) => {
        const { worker, miner } = it;
        const row = (
          <>
            <span class="w-4 shrink-0">{miner && <StateIcon state={miner.state} />}</span>
            <span class="min-w-0 flex-1">
              <Name {...it} />
            </span>
            <span class="shrink-0 text-right">
              <span class="block text-title">
                <Hashrate {...it} />
              </span>
              <span class="block text-caption text-ink3">
                <Rejects {...it} /> rejected
              </span>
            </span>
          </>
        );
        const look = 'flex min-h-15 items-center gap-3 px-4 py-2';
        return (
          <li key={worker.name} data-worker={worker.name}>
            {miner ? (
              <a href={`/d/${encodeURIComponent(miner.id)}`} class={`${look} focus-visible:outline-offset-[-2px] active:bg-raise`}>
                {row}
              </a>
            ) : (
              <div class={look}>{row}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function SortMenu({ columns, sort, onSort }: { columns: readonly pool.WorkerColumn[]; sort: pool.WorkerSort; onSort: (column: pool.WorkerColumn) => void }) {
  return (
    <Popover
      label="Sort by"
      button={(isOpen, toggle) => (
        <button type="button" aria-expanded={isOpen} class="flex h-10 items-center gap-1.5 rounded-control px-2 text-control text-ink2" onClick={toggle}>
          <Icon name={sort.descending ? 'down' : 'up'} size={14} />
          {TITLES[sort.column]}
        </button>
      )}
    >
      {(close) =>
        columns.map((column) => (
          <MenuItem
            key={column}
            checked={sort.column === column}
            onClick={() => {
              close();
              onSort(column);
            }}
          >
            {TITLES[column]}
          </MenuItem>
        ))
      }
    </Popover>
  );
}

function Pager({ page, pages, total }: { page: number; pages: number; total: number }) {
  const to = (next: number) => setQuery({ page: next > 1 ? String(next) : undefined });
  return (
    <nav aria-label="Pages of workers" class="flex items-center justify-end gap-1 border-t border-line px-3 py-2 text-control text-ink2">
      <span class="mr-2">
        {format.count((page - 1) * PAGE + 1)} to {format.count(Math.min(total, page * PAGE))} of {format.count(total)}
      </span>
      <IconButton name="back" label="Previous workers" bordered class={page > 1 ? '' : 'invisible'} onClick={() => to(page - 1)} />
      <IconButton name="right" label="Next workers" bordered class={page < pages ? '' : 'invisible'} onClick={() => to(page + 1)} />
    </nav>
  );
}
