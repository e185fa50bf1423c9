/** The issues that are open, worst first; those that were muted in this browser stand below. */
import { BellOff, BellRing } from 'lucide';
import { useMemo } from 'preact/hooks';
import { Button, IconButton } from '../../components/button';
import { Empty } from '../../components/empty';
import { IssueLine } from '../../components/issue-line';
import { MenuItem, Popover } from '../../components/menu';
import { Panel } from '../../components/panel';
import { csv, download } from '../../lib/csv';
import { clock, date, plural, span } from '../../lib/format';
import { muteFor, SPANS } from '../../lib/mutes';
import { isMuted, muted } from '../../lib/prefs';
import { place } from '../../lib/route';
import { lineup } from '../../lib/lineup';
import { connection, hasTable, type Issue, issues, rowsById, slowNow } from '../../lib/store';
import { askedOf, codeText, selectIssues } from './entries';
import { clearFilters, csvName, Filters, isNarrowed } from './filters';

const HOUR_MS = 3_600_000;
export function Now() {
  // Issues have neither a time nor one source to be found by.
  const asked = { ...askedOf(place.value.query), since: '', source: '' };
  const kinds = useMemo(() => {
    const codes = new Map(issues.value.map((it) => [it.code as string, codeText(it.code)]));
    if (asked.kind !== '') codes.set(asked.kind, codeText(asked.kind));
    return [...codes].sort(([, a], [, b]) => a.localeCompare(b));
  }, [issues.value, asked.kind]);
  const shown = selectIssues(issues.value, asked, rowsById.value);
  const open = shown.filter((it) => !isMuted(it.id, slowNow.value));
  const quiet = shown.filter((it) => isMuted(it.id, slowNow.value));
  const sources = new Set(open.flatMap((it) => it.source_ids)).size;
  return (
    <div class="flex flex-col gap-4">
      <Panel title="Needs attention" note={open.length > 0 && `${plural(open.length, 'issue')}, ${plural(sources, 'device')}`} clip={false}>
        <Filters asked={asked} kinds={kinds} hasTime={false} onExport={shown.length > 0 ? () => exportIssues(shown) : undefined} />
        {open.length > 0 ? <List issues={open} /> : <Nothing isNarrowed={isNarrowed(asked)} hidden={quiet.length} />}
      </Panel>
      {quiet.length > 0 && (
        <Panel title="Muted" note="In this browser only" clip={false}>
          <List issues={quiet} />
        </Panel>
      )}
    </div>
  );
}

function List({ issues: list }: { issues: readonly Issue[] }) {
  return (
    <ul class="divide-y divide-line">
      {list.map((issue) => (
        <li key={issue.id} data-issue={issue.id} class="flex min-h-13 items-center gap-3 py-2 pr-2 pl-4 sm:pr-3">
          <IssueLine issue={issue} />
          <Mute issue={issue} />
        </li>
      ))}
    </ul>
  );
}

function Mute({ issue }: { issue: Issue }) {
  const now = slowNow.value;
  const until = muted.value[issue.id] ?? 0;
  if (until > now) {
    const at = until - now < 24 * HOUR_MS ? clock(until) : date(until);
    return (
      <Button size="small" class="max-lg:h-9" icon={BellRing} label={`Unmute: ${issue.title}`} onClick={() => muteFor([issue], 0, now)}>
        <span class="max-sm:sr-only">Muted until</span> {at}
      </Button>
    );
  }
  return (
    <Popover
      label={`Mute: ${issue.title}`}
      button={(isOpen, toggle) => (
        <IconButton name={BellOff} label={`Mute: ${issue.title}`} class="size-8! max-lg:size-10!" expanded={isOpen} onClick={toggle} />
      )}
    >
      {(close) => (
        <>
          <p class="px-2.5 pt-1.5 pb-1 text-caption text-ink3">Mute in this browser</p>
          {SPANS.map(([hours, text]) => (
            <MenuItem
              key={hours}
              onClick={() => {
                close();
                muteFor([issue], hours, now);
              }}
            >
              For {text}
            </MenuItem>
          ))}
        </>
      )}
    </Popover>
  );
}

function Nothing({ isNarrowed: narrowed, hidden }: { isNarrowed: boolean; hidden: number }) {
  if (!hasTable.value) return <div class="h-40" />;
  if (narrowed && issues.value.length > 0) {
    return (
      <Empty icon="search" title="No issue matches" actions={<Button onClick={clearFilters}>Clear filter</Button>}>
        {plural(issues.value.length, 'issue')} in all.
      </Empty>
    );
  }
  return (
    <Empty icon="check" title="Nothing needs attention">
      {connection.value === 'lost' ? 'As far as was known before the connection was lost.' : `${plural(lineup.value.length, 'miner')} watched.`}
      {hidden > 0 && ` ${plural(hidden, 'issue')} muted.`}
    </Empty>
  );
}

function exportIssues(list: readonly Issue[]): void {
  const header = ['id', 'code', 'severity', 'title', 'detail', 'since', 'open_for', 'group', 'source_ids', 'muted_until'];
  const now = slowNow.peek();
  const lines = list.map((it) => {
    const until = muted.peek()[it.id];
    const end = until !== undefined && until > now ? new Date(until).toISOString() : undefined;
    return [it.id, it.code, it.severity, it.title, it.detail, it.since, span((now - Date.parse(it.since)) / 1000), it.group, it.source_ids.join(' '), end];
  });
  download(csvName('issues'), 'text/csv;charset=utf-8', csv(header, lines));
}
