/** Finding devices in the network. A search belongs to the agent: leaving this page does not stop it. */
import { ButtonLink } from '../../components/button';
import { Empty, Skeleton, useIsLate } from '../../components/empty';
import { Page } from '../../components/page';
import { Panel } from '../../components/panel';
import { Choice } from '../../components/text-field';
import { count, when } from '../../lib/format';
import { isWide } from '../../lib/media';
import { place, setQuery } from '../../lib/route';
import { isAdmin } from '../../lib/session';
import { now } from '../../lib/store';
import { Findings, STATUSES } from './findings';
import { ScanForm, ScanProgress, useSearch } from './scan';
import { overview, report, type Status } from './state';

export function Discovery() {
  return (
    <Page title="Discovery" {...(!isWide.value && { back: { href: '/settings/devices', text: 'Back to the devices' } })}>
      {isAdmin() ? <Found /> : <NotAdmin />}
    </Page>
  );
}

function NotAdmin() {
  return (
    <Empty icon="radar" title="Only an admin can search the network" actions={<ButtonLink href="/login">Log in</ButtonLink>}>
      You are looking without being logged in.
    </Empty>
  );
}

function Found() {
  const id = place.value.query.get('search') ?? undefined;
  useSearch(id);
  const isLate = useIsLate(!overview.value);
  if (!overview.value) return isLate ? <Waiting /> : null;
  const search = report.value;
  const isRunning = search?.state === 'running';
  return (
    <div class="grid max-w-7xl gap-4 p-4 sm:p-5">
      <Panel title={isRunning ? 'Scanning' : 'Scan the network'} clip={false}>
        <div class="max-w-3xl p-4">
          {isRunning ? (
            <>
              <ScanProgress search={search} />
              <p class="mt-3 text-caption text-ink3">The search goes on when you leave this page.</p>
            </>
          ) : (
            <ScanForm onBegin={() => setQuery({ search: undefined, show: undefined }, { replace: true })} />
          )}
        </div>
      </Panel>
      {search ? (
        <Panel title="Found" hideTitle clip={false}>
          <Results />
        </Panel>
      ) : (
        <Panel title="Found" hideTitle>
          <Empty icon="radar" title="Not searched yet">
            Start a scan to see what is in your network. Nothing is added by itself.
          </Empty>
        </Panel>
      )}
    </div>
  );
}

function Results() {
  const search = report.value!;
  const asked = place.value.query.get('show');
  const status: Status = STATUSES.find(([it]) => it === asked)?.[0] ?? 'new';
  const searches = overview.value?.searches ?? [];
  return (
    <>
      <div class="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-3 pb-1">
        <h2 class="text-body">Found</h2>
        <div class="min-w-0 flex-1 basis-60">{search.state !== 'running' && <ScanProgress search={search} />}</div>
        {searches.length > 1 && (
          <Choice
            label="Earlier searches"
            class="max-sm:w-full"
            value={search.id === searches[0]?.id ? '' : search.id}
            options={searches.map((it, at) => [
              at === 0 ? '' : it.id,
              `${when(Date.parse(it.started_at), now.value)} · ${shortRange(it.range)} · ${count(it.found)}`,
            ])}
            onChange={(id) => setQuery({ search: id, show: undefined }, { replace: true })}
          />
        )}
      </div>
      <Findings report={search} status={status} onStatus={(it) => setQuery({ show: it }, { replace: true })} />
    </>
  );
}

const shortRange = (range: string) => (range.length > 24 ? `${range.slice(0, 22)}…` : range);

function Waiting() {
  return (
    <div role="status" aria-label="Loading" class="grid max-w-7xl gap-4 p-4 sm:p-5">
      <Skeleton class="h-60 rounded-card" />
      <Skeleton class="h-80 rounded-card" />
    </div>
  );
}
