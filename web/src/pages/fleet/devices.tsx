/** All devices: tabs, tools, and the list itself. */
import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { Button } from '../../components/button';
import { Empty } from '../../components/empty';
import { lazy } from '../../components/lazy';
import { Panel } from '../../components/panel';
import { count } from '../../lib/format';
import { counts, isFiltered, type Lens, NARROWS, queryOf, select, type View, viewFrom } from '../../lib/filter';
import { itemsOf } from '../../lib/groups';
import { lineup, settled } from '../../lib/lineup';
import { isWide } from '../../lib/media';
import { lastSort } from '../../lib/prefs';
import { go, place } from '../../lib/route';
import { sortFrom, sortText, toggled } from '../../lib/sort';
import { FILL, LOOKS } from '../../lib/states';
import { issuesById, rowsById, slowNow } from '../../lib/store';
import { useOrder } from './order';

import { Tools } from './tools';

const loadTable = () => import('./table').then((it) => it.DeviceTable);
// Asked for beside the data, not after it. Phones do without.
if (isWide.peek()) void loadTable();
const DeviceTable = lazy(loadTable);
const PhoneList = lazy(() => import('./phone-list').then((it) => it.PhoneList));
const BulkBar = lazy(() => import('./bulk').then((it) => it.BulkBar));

const TABS: readonly (readonly [Lens, string])[] = [
  ['all', 'All'],
  ['attention', 'Attention'],
  ['working', 'Hashing'],
  ['offline', 'Offline'],
  ['standby', 'Standby'],
];

const HINTS: Partial<Record<Lens, string>> = {
  attention: 'Too hot, not hashing, offline, wanting a password, degraded or stale. Some of these hash too, so the numbers overlap.',
  working: 'Everything that hashes, also what is degraded or too hot',
};

/** Goes to a view of the same page; what is no part of a view stays. */
export function goView(view: View): void {
  const query = queryOf(view);
  const device = place.peek().query.get('device');
  if (device) query.set('device', device);
  const text = query.toString();
  go(`/${text && '?'}${text}`, { replace: true });
}

export function Devices() {
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const isPointed = useRef(false);
  const box = useRef<HTMLDivElement>(null);
  const view = viewFrom(place.value.query);
  const sort = view.sort || lastSort.value;
  const issue = view.issue === undefined ? undefined : issuesById.value.get(view.issue);
  const ofIssue = useMemo(() => issue && new Set(issue.source_ids), [issue]);
  const all = settled.value;
  const rows = select(all, view, ofIssue);
  const isHeld = () => isPointed.current || (box.current?.contains(document.activeElement) ?? false);
  const ordered = useOrder(rows, JSON.stringify([view, sort]), sort, slowNow.peek(), isHeld);
  const items = useMemo(() => itemsOf(ordered, view.by), [ordered, view.by]);
  const onSort = (column: string, extra: boolean) => {
    const next = sortText(toggled(sortFrom(sort), column, extra));
    lastSort.value = next;
    goView({ ...view, sort: next });
  };
  return (
    <Panel title="Devices" hideTitle clip={false}>
      <div class="flex min-h-12 items-center gap-2 border-b border-line py-2 pr-3 pl-2">
        {selected.value.size > 0 ? (
          <BulkBar selected={selected} rows={all} />
        ) : (
          <>
            <Tabs view={view} ofIssue={ofIssue} />
            <Tools view={view} sort={sort} rows={ordered} onSort={onSort} />
          </>
        )}
      </div>
      <Chips view={view} title={issue?.title} />
      <div
        ref={box}
        onPointerEnter={() => (isPointed.current = true)}
        onPointerLeave={() => (isPointed.current = false)}
      >
        {rows.length === 0 ? (
          <NoMatch view={view} />
        ) : isWide.value ? (
          <DeviceTable items={items} rows={ordered} sort={sort} onSort={onSort} selected={selected} />
        ) : (
          <PhoneList items={items} />
        )}
      </div>
    </Panel>
  );
}

function Tabs({ view, ofIssue }: { view: View; ofIssue: ReadonlySet<string> | undefined }) {
  // A lens that no tab stands for gets one while it is used.
  const isOther = !TABS.some(([lens]) => lens === view.lens);
  const tabs = isOther && view.lens in LOOKS ? [...TABS, [view.lens, LOOKS[view.lens as keyof typeof LOOKS].word] as const] : TABS;
  const numbers = counts(lineup.value, view, tabs.map(([lens]) => lens), ofIssue);
  return (
    <nav aria-label="Devices by state" class="bare-scroll flex min-w-0 flex-1 gap-0.5">
      {tabs.map(([lens, text], at) => {
        const isHere = lens === view.lens;
        const n = numbers[at] ?? 0;
        const query = queryOf({ ...view, lens }).toString();
        return (
          <a
            key={lens}
            href={`/${query && '?'}${query}`}
            data-lens={lens}
            aria-current={isHere ? 'true' : undefined}
            title={HINTS[lens]}
            class={`flex h-8 shrink-0 items-center gap-1.5 rounded-control px-2.5 text-control whitespace-nowrap max-lg:h-10 ${
              isHere ? 'bg-ink font-medium text-bg' : 'text-ink2 hover:bg-raise hover:text-ink'
            }`}
          >
            {!isHere && lens === 'attention' && n > 0 && <span class={`size-1.5 rounded-full ${FILL.bad}`} />}
            {!isHere && lens === 'working' && n > 0 && <span class={`size-1.5 rounded-full ${FILL.ok}`} />}
            {text}
            <span class={isHere ? 'font-normal opacity-75' : 'text-ink3'}>{count(n)}</span>
          </a>
        );
      })}
    </nav>
  );
}

/** What else narrows the list, each with a way out. */
function Chips({ view, title }: { view: View; title: string | undefined }) {
  const chips: [text: string, without: View][] = [];
  const without = (...keys: (typeof NARROWS)[number][]) => {
    const rest = { ...view };
    for (const key of keys) delete rest[key];
    return rest;
  };
  if (view.place !== undefined) chips.push([view.place || 'No place', without('place')]);
  if (view.tag !== undefined) chips.push([`Tag: ${view.tag}`, without('tag')]);
  if (view.issue !== undefined) chips.push([title ?? 'An issue that has ended', without('issue')]);
  if (view.pool !== undefined) chips.push([`Works for ${[rowsById.value.get(view.pool)?.name ?? view.pool, view.coin].filter(Boolean).join(' · ')}`, without('pool', 'coin')]);
  if (chips.length === 0) return null;
  return (
    <div class="flex flex-wrap gap-2 border-b border-line px-4 py-2">
      {chips.map(([text, rest]) => (
        <Button key={text} size="small" icon="x" label={`Remove filter: ${text}`} class="max-lg:h-9" onClick={() => goView(rest)}>
          {text}
        </Button>
      ))}
    </div>
  );
}

function NoMatch({ view }: { view: View }) {
  const what = view.q ? `No miner matches ‘${view.q}’` : 'No miner here';
  return (
    <Empty
      icon="search"
      title={what}
      actions={isFiltered(view) && <Button onClick={() => goView({ lens: 'all', q: '', by: view.by, sort: view.sort })}>Clear filter</Button>}
    />
  );
}
