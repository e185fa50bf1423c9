/** Servers: a card for each server that a manager or this machine tells of. */
import { useEffect } from 'preact/hooks';
import { ButtonLink } from '../../components/button';
import { Empty, Skeleton } from '../../components/empty';
import { Page } from '../../components/page';
import { Attention, CardSkeletons, PollNow, ServiceNote, SourceCard, StateWord } from '../../components/service';
import { deviceUrl } from '../../lib/device';
import { plural, uptime } from '../../lib/format';
import { type Infrastructure, infrastructureOf } from '../../lib/infra';
import { readings, useReadings } from '../../lib/readings';
import { place } from '../../lib/route';
import type { Row } from '../../lib/row';
import { hostText } from '../../lib/row-text';
import { isAdmin } from '../../lib/session';
import { lastKnown } from '../../lib/states';
import { hasTable, rows, slowNow } from '../../lib/store';
import { ServerCard } from './card';

const NAMES = new Intl.Collator('en', { numeric: true });

const GRID = 'grid grid-cols-1 items-start gap-4 lg:grid-cols-2 xl:grid-cols-3 min-[105rem]:grid-cols-4';

export function Servers() {
  const all = rows.value.filter((row) => row.snapshot_kind === 'infrastructure').sort((a, b) => NAMES.compare(a.name, b.name));
  useReadings(all);
  return (
    <Page
      title="Servers"
      actions={
        isAdmin() && (
          <ButtonLink href="/settings/servers?add" weight="primary" icon="plus" class="h-8! max-lg:h-10!" label="Add server">
            <span class="max-sm:hidden">Add server</span>
          </ButtonLink>
        )
      }
    >
      {!hasTable.value ? <CardSkeletons /> : all.length === 0 ? <NoServers /> : <Content all={all} />}
    </Page>
  );
}

function Content({ all }: { all: readonly Row[] }) {
  const wanted = place.value.query.get('server');
  useEffect(() => {
    if (wanted) document.querySelector(`[data-source="${CSS.escape(wanted)}"]`)?.scrollIntoView({ block: 'start' });
  }, [wanted, readings.value.size]);
  const known = all.map((row) => ({ row, told: infrastructureOf(readings.value.get(row.id)) }));
  // A manager has a heading with what is told of it; one server alone says all in its card.
  const managers = known.filter(({ row, told }) => row.kind !== 'host' && (told?.servers.length ?? 0) > 0);
  const others = known.filter((it) => !managers.includes(it));
  return (
    <div class="flex flex-col gap-5 p-4 sm:p-5">
      <Attention rows={all} />
      {managers.map(({ row, told }) => told && <Manager key={row.id} row={row} told={told} />)}
      {others.length > 0 && (
        <section aria-label={managers.length > 0 ? 'Other servers' : 'Servers'} class={GRID}>
          {others.map(({ row, told }) => (
            <Single key={row.id} row={row} told={told} />
          ))}
        </section>
      )}
    </div>
  );
}

/** A manager and the servers that it tells of. */
function Manager({ row, told }: { row: Row; told: Infrastructure }) {
  const url = deviceUrl(row);
  const isOld = lastKnown(row, slowNow.value) === 'old';
  const software = [told.software.name, told.software.version].filter(Boolean).join(' ');
  return (
    <section aria-label={row.name} data-source={row.id} class="scroll-mt-18">
      <header class="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 class="truncate text-title">
          <a href={`/d/${encodeURIComponent(row.id)}`} class="rounded-small underline-offset-2 hover:underline">
            {row.name}
          </a>
        </h2>
        <StateWord state={row.state} />
        <p class="min-w-0 flex-1 truncate text-caption text-ink2 max-sm:order-last max-sm:basis-full">
          {[software, hostText(row), plural(told.servers.length, 'server')].filter(Boolean).join(' · ')}
          {row.state === 'degraded' && row.detail && <span title={row.detail}> · {row.detail}</span>}
        </p>
        <span class="ml-auto" />
        <PollNow row={row} isShort />
        {url && (
          <ButtonLink href={url} size="small" class="max-lg:h-10" label={`Open its page: ${row.name}`}>
            <span class="max-sm:hidden">Open its page</span>
          </ButtonLink>
        )}
      </header>
      {isOld && <ServiceNote row={row} class="mb-3" />}
      <div class={GRID}>
        {told.servers.map((server) => (
          <ServerCard key={server.id} row={row} server={server} isOld={isOld} />
        ))}
      </div>
      <Doubt told={told} />
    </section>
  );
}

/** How sure the figures are, and what could not be read. */
function Doubt({ told }: { told: Infrastructure }) {
  const isUnsure = told.software.confidence === 'low';
  if (!isUnsure && told.gaps.length === 0) return null;
  return (
    <div class="mt-2 text-caption text-ink2">
      {isUnsure && (
        <p>
          How sure: low. {told.software.name ?? 'This program'} does not document what it answers, so the agent reads it by its shape: compare with its own page
          before you rely on a figure.
        </p>
      )}
      {told.gaps.length > 0 && (
        <details class="mt-1">
          <summary class="rounded-small">{plural(told.gaps.length, 'answer')} could not be read</summary>
          <ul class="mt-1 flex flex-col gap-0.5">
            {told.gaps.map(({ field, found }) => (
              <li key={field}>
                <code class="font-mono break-all">{field}</code>: {found}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** A source that stands for one server, or that tells of none. */
function Single({ row, told }: { row: Row; told: Infrastructure | undefined }) {
  const url = deviceUrl(row);
  const [server, ...more] = told?.servers ?? [];
  if (!told && row.snapshot_at && !readings.value.get(row.id)) return <Skeleton class="h-72 rounded-card" />;
  if (!told || !server) {
    return (
      <SourceCard row={row} section="servers" url={url} action="Name its paths">
        {told && (
          <>
            {[told.software.name ?? 'Something', told.software.version].filter(Boolean).join(' ')} answers there
            {row.uptime_secs !== undefined && `, for ${uptime(row.uptime_secs)}`}. It tells nothing of its servers until the settings name the paths
            of its API.
            {told.software.confidence === 'low' && ' How sure name and version are: low.'}
          </>
        )}
      </SourceCard>
    );
  }
  return (
    <>
      {[server, ...more].map((it) => (
        <div key={it.id} data-source={row.id} class="scroll-mt-18">
          <ServerCard row={row} server={it} isOld={lastKnown(row, slowNow.value) === 'old'} isAlone />
          <Doubt told={told} />
        </div>
      ))}
    </>
  );
}

function NoServers() {
  return (
    <Empty
      icon="server"
      title="No servers yet"
      actions={
        isAdmin() && (
          <>
            <ButtonLink href="/settings/servers?add&kind=host" weight="primary" icon="plus">
              Add this machine
            </ButtonLink>
            <ButtonLink href="/settings/servers?add" icon="server">
              Add MIM
            </ButtonLink>
          </>
        )
      }
    >
      Add the machine that the agent runs on to see its processor, memory, disks and containers, or a MIM by its address: its port is 3001
      unless you changed it.
    </Empty>
  );
}
