/** The journal: state changes, saves of the configuration, logins and the agent itself, newest first. */
import { useSignal } from '@preact/signals';
import { KeyRound } from 'lucide';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Button } from '../../components/button';
import { Empty, Skeleton, useIsLate } from '../../components/empty';
import { Icon, type IconName, StateIcon } from '../../components/icon';
import { sentence } from '../../components/issue-line';
import { Panel } from '../../components/panel';
import { csv, download } from '../../lib/csv';
import { clockSeconds, count, moment, plural } from '../../lib/format';
import { memo } from '../../lib/memo';
import { useLoaded } from '../../lib/reading';
import { place } from '../../lib/route';
import { connection, type Entry, entries, rowsById, slowNow } from '../../lib/store';
import { afterName, askedOf, byDay, KINDS, merged, selectEntries, stateOf } from './entries';
import { clearFilters, csvName, Filters, isNarrowed } from './filters';

/** So many entries are drawn at a time; the agent keeps 5,000. */
const PAGE = 100;

const ICONS: Record<string, IconName> = { config: 'sliders', access: KeyRound, agent: 'server' };

export function History() {
  // What comes while the stream is away is not told afterwards: the journal is asked for anew when it is back.
  const isLive = connection.value === 'live';
  const { value, failure } = useLoaded<{ entries: Entry[] }>('/journal', isLive);
  const isLate = useIsLate(!value && !failure);
  const { query } = place.value;
  const asked = useMemo(() => askedOf(query), [query]);
  const all = useMemo(() => merged(value?.entries ?? [], entries.value), [value, entries.value]);
  // A span of time moves on; once a minute is enough to notice.
  const minute = Math.floor(slowNow.value / 60_000);
  const shown = useMemo(() => selectEntries(all, asked, rowsById.value, slowNow.peek()), [all, asked, rowsById.value, minute]);
  const names = useNames();
  return (
    <Panel title="History" note={value && noteOf(shown.length, all)} clip={false}>
      <Filters asked={asked} kinds={KINDS} hasTime onExport={shown.length > 0 ? () => exportEntries(shown) : undefined} />
      {value ? (
        shown.length > 0 ? <Days key={query.toString()} entries={shown} names={names} /> : <Nothing isNarrowed={isNarrowed(asked)} total={all.length} />
      ) : failure ? (
        <p role="alert" class="p-4 text-control text-ink2">
          The history cannot be shown: {failure}.
        </p>
      ) : (
        <div class="flex h-96 flex-col gap-3 p-4">{isLate && ['w-1/2', 'w-2/3', 'w-2/5', 'w-3/5'].map((width) => <Skeleton key={width} class={`h-5 ${width}`} />)}</div>
      )}
    </Panel>
  );
}

/** The names of sources, the same object as long as they stay the same: figures of rows change each second. */
function useNames(): ReadonlyMap<string, string> {
  const last = useRef<{ text: string; names: ReadonlyMap<string, string> }>({ text: '', names: new Map() });
  const pairs = [...rowsById.value].map(([id, row]) => [id, row.name] as const);
  const text = JSON.stringify(pairs);
  if (text !== last.current.text) last.current = { text, names: new Map(pairs) };
  return last.current.names;
}

function noteOf(shown: number, all: readonly Entry[]): string {
  const oldest = all.at(-1)?.seq ?? 1;
  const kept = oldest > 1 ? `the last ${count(all.length)} are kept` : 'since the agent started';
  return shown === all.length ? `${plural(shown, 'entry', 'entries')}, ${kept}` : `${count(shown)} of ${plural(all.length, 'entry', 'entries')}`;
}

function Days({ entries: list, names }: { entries: readonly Entry[]; names: ReadonlyMap<string, string> }) {
  const shown = useSignal(PAGE);
  const more = useRef<HTMLDivElement>(null);
  const rest = list.length - shown.value;
  useEffect(() => {
    if (!more.current) return;
    const watch = new IntersectionObserver((seen) => seen.some((it) => it.isIntersecting) && (shown.value += PAGE), { rootMargin: '600px' });
    watch.observe(more.current);
    return () => watch.disconnect();
  }, [shown.value, rest > 0]);
  const days = byDay(list.slice(0, shown.value), slowNow.value);
  return (
    <>
      {days.map(({ day, entries: of }) => (
        <section key={day} aria-label={day}>
          <h3 class="sticky top-13 z-[5] border-b border-line bg-raise px-4 py-1.5 text-caption font-medium text-ink2">{day}</h3>
          <ol class="divide-y divide-line border-b border-line last:border-b-0">
            {of.map((entry) => (
              <Line key={entry.seq} entry={entry} name={entry.source_id && names.get(entry.source_id)} />
            ))}
          </ol>
        </section>
      ))}
      {rest > 0 && (
        <div ref={more} class="p-3 text-center">
          <Button onClick={() => (shown.value += PAGE)}>Show {count(Math.min(PAGE, rest))} older entries</Button>
        </div>
      )}
    </>
  );
}

const Line = memo(({ entry, name }: { entry: Entry; name: string | undefined }) => {
  const at = Date.parse(entry.at);
  const state = stateOf(entry);
  const rest = afterName(entry, name);
  return (
    <li data-entry={entry.seq} class="grid grid-cols-[1.25rem_minmax(0,1fr)] items-start gap-x-3 px-4 py-2.5 text-control sm:grid-cols-[4.25rem_1.25rem_minmax(0,1fr)]">
      <time dateTime={entry.at} title={moment(at)} class="text-ink3 max-sm:order-3 max-sm:col-start-2 max-sm:text-caption">
        {clockSeconds(at)}
      </time>
      <span class="grid size-4.5 place-items-center text-ink3">{state ? <StateIcon state={state} /> : <Icon name={ICONS[entry.kind] ?? 'bell'} size={15} />}</span>
      <span class="min-w-0 break-words">
        {rest !== undefined && entry.source_id ? (
          <>
            <a href={`/d/${encodeURIComponent(entry.source_id)}`} class="font-medium underline decoration-edge underline-offset-2 hover:decoration-current">
              {name}
            </a>
            <span class="text-ink2">{rest}</span>
          </>
        ) : (
          <span class="text-ink2">{sentence(entry.text)}</span>
        )}
      </span>
    </li>
  );
});

function Nothing({ isNarrowed: narrowed, total }: { isNarrowed: boolean; total: number }) {
  return narrowed && total > 0 ? (
    <Empty icon="search" title="No entry matches" actions={<Button onClick={clearFilters}>Clear filter</Button>}>
      {plural(total, 'entry', 'entries')} in all.
    </Empty>
  ) : (
    <Empty icon="list" title="Nothing has happened yet">
      The agent writes down changes of state, saves and logins while it runs.
    </Empty>
  );
}

function exportEntries(list: readonly Entry[]): void {
  const rows = rowsById.peek();
  const lines = list.map(({ seq, at, kind, source_id, text }) => {
    const row = source_id ? rows.get(source_id) : undefined;
    return [seq, at, kind, source_id, row?.name, row?.group, text];
  });
  download(csvName('events'), 'text/csv;charset=utf-8', csv(['seq', 'at', 'kind', 'source_id', 'name', 'group', 'text'], lines));
}
