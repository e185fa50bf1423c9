/** One server: how busy and full it is, and what runs on it. */
import { useSignal } from '@preact/signals';
import { Num } from '../../components/num';
import { Panel } from '../../components/panel';
import { ServiceNote, StateWord } from '../../components/service';
import * as format from '../../lib/format';
import { type Container, byTrouble, containerLook, containersText, DISK_LIMITS, isOverCritical, looseProducts, MEMORY_LIMITS, type Server, toneOfPart, updatesOf, usedPercent } from '../../lib/infra';
import { degrees } from '../../lib/prefs';
import type { Row } from '../../lib/row';
import { FILL, TEXT, type Tone } from '../../lib/states';
import { now } from '../../lib/store';

export function ServerCard({ row, server, isOld, isAlone = false }: { row: Row; server: Server; isOld: boolean; isAlone?: boolean }) {
  const isGone = server.reachable === false;
  const name = server.name ?? server.id;
  // One whose name stays at home has none but that of its source: its id says nothing to anybody.
  const about = [isAlone && server.name !== row.name && server.name, server.os, server.architecture].filter(Boolean).join(' · ');
  return (
    <Panel title={isAlone ? row.name : name} hideTitle>
      <article data-server={`${row.id} ${server.id}`} data-fresh={isOld ? 'old' : 'live'} class={`flex flex-col ${isOld ? 'text-ink3' : ''}`}>
        <header class="flex items-start gap-2 p-4 pb-3">
          <div class="min-w-0 flex-1">
            <h3 class="truncate text-title text-ink">
              {isAlone ? (
                <a href={`/d/${encodeURIComponent(row.id)}`} class="rounded-small underline-offset-2 hover:underline">
                  {row.name}
                </a>
              ) : (
                name
              )}
            </h3>
            <p class="truncate text-caption text-ink2" title={[about, server.kernel].filter(Boolean).join(' · ')}>
              {about || server.address}
            </p>
          </div>
          {isAlone ? <StateWord state={row.state} /> : isGone ? <StateWord state="offline" word="Not reachable" /> : null}
        </header>
        {isAlone && <ServiceNote row={row} class="mx-4 mb-3" />}
        <div class={isOld ? 'washed' : ''}>
          <Chips server={server} />
          {isGone ? (
            <p class="px-4 pb-4 text-control text-ink2">The manager cannot reach it{server.address ? ` at ${server.address}` : ''}. Check its power, its network and its SSH.</p>
          ) : (
            <>
              <Meters server={server} />
              <Rest server={server} />
            </>
          )}
          <Containers server={server} />
        </div>
      </article>
    </Panel>
  );
}

/** What there is to do, and how old the figures are that are kept. */
function Chips({ server }: { server: Server }) {
  const updates = updatesOf(server);
  const isCritical = updates.some((it) => it.isCritical);
  const chip = 'rounded-full px-2 py-0.5 text-axis font-medium';
  if (!server.reboot_required && updates.length === 0 && server.age_secs === undefined) return null;
  return (
    <p class="flex flex-wrap gap-1.5 px-4 pb-3">
      {server.reboot_required && <span class={`${chip} bg-warn-soft text-warn`}>Restart needed</span>}
      {updates.length > 0 && (
        <span class={`${chip} ${isCritical ? 'bg-warn-soft text-warn' : 'bg-idle-soft text-idle'}`} title={updates.map(({ name, latest }) => [name, latest].filter(Boolean).join(' ')).join(', ')}>
          {format.plural(updates.length, 'update')}
          {isCritical && ', one important'}
        </span>
      )}
      {server.age_secs !== undefined && <span class={`${chip} bg-idle-soft text-idle`}>Some figures from {format.span(server.age_secs)} ago</span>}
    </p>
  );
}

function Meters({ server }: { server: Server }) {
  const { memory, swap, disks = [], cpu_percent: cpu, cpus } = server;
  return (
    <dl class="flex flex-col gap-2.5 px-4 pb-4">
      {cpu !== undefined && <Meter name="Processor" percent={cpu} more={cpus === undefined ? '' : format.plural(cpus, 'core')} />}
      {memory && <UsageMeter name="Memory" usage={memory} limits={MEMORY_LIMITS} />}
      {swap && swap.total_bytes > 0 && <UsageMeter name="Swap" usage={swap} />}
      {disks.map((disk) => (
        <UsageMeter key={disk.mount} name={disk.mount} usage={disk} limits={DISK_LIMITS} isPath />
      ))}
    </dl>
  );
}

function UsageMeter(props: { name: string; usage: { used_bytes: number; total_bytes: number }; limits?: readonly [number, number]; isPath?: boolean }) {
  const { used_bytes, total_bytes } = props.usage;
  const percent = usedPercent(props.usage);
  return <Meter name={props.name} percent={percent} more={`of ${format.inline(format.bytes(total_bytes))}`} tone={toneOfPart(percent, props.limits)} isPath={props.isPath} title={`${format.inline(format.bytes(used_bytes))} used`} />;
}

function Meter({ name, percent, more, tone = 'idle', isPath, title }: { name: string; percent: number | undefined; more: string; tone?: Tone; isPath?: boolean | undefined; title?: string }) {
  const words = { warn: 'nearly full', bad: 'full', ok: '', auth: '', idle: '' }[tone];
  return (
    <div title={title} class="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-2 gap-y-1 text-control">
      <dt class={`truncate text-ink2 ${isPath ? 'font-mono text-caption' : ''}`} title={name}>
        {isPath && <span class="sr-only">Disk </span>}
        {name}
      </dt>
      <dd>
        <span class={`font-medium ${tone === 'idle' ? '' : TEXT[tone]}`}>
          <Num q={percent === undefined ? undefined : format.percent(percent)} unit={tone === 'idle' ? 'text-ink3' : ''} />
          {words && <span class="font-normal"> {words}</span>}
        </span>
        <span class="ml-1.5 text-caption text-ink3">{more}</span>
      </dd>
      <dd aria-hidden="true" class="col-span-2 h-1 overflow-hidden rounded-full bg-sunk">
        <span class={`block h-full rounded-full ${tone === 'idle' ? 'bg-ink3' : FILL[tone]}`} style={{ width: `${percent ?? 0}%` }} />
      </dd>
    </div>
  );
}

/** Load, temperatures and uptime, in lines of text. */
function Rest({ server }: { server: Server }) {
  const { load, temperatures = [], uptime_secs: uptime } = server;
  const lines: [name: string, value: preact.ComponentChildren, title?: string][] = [];
  if (load?.length) lines.push(['Load', load.map((it) => format.decimal(it, 2)).join(' · '), 'Averages over 1, 5 and 15 minutes']);
  for (const it of temperatures) {
    const isOver = isOverCritical(it);
    const limit = it.critical_celsius === undefined ? '' : `critical from ${format.inline(format.temperature(it.critical_celsius, degrees.value))}`;
    lines.push([
      it.name,
      <span class={isOver ? 'font-semibold text-bad' : ''}>
        <Num q={format.temperature(it.celsius, degrees.value)} unit={isOver ? '' : 'text-ink3'} />
        {isOver && ' too hot'}
      </span>,
      limit,
    ]);
  }
  if (uptime !== undefined) lines.push(['Up for', format.uptime(uptime)]);
  if (lines.length === 0) return null;
  return (
    <dl class="flex flex-col gap-1.5 border-t border-line px-4 py-3 text-control">
      {lines.map(([name, value, title]) => (
        <div key={name} class="flex min-w-0 items-baseline justify-between gap-2" title={title}>
          <dt class="min-w-0 truncate text-caption text-ink2">{name}</dt>
          <dd class="shrink-0 whitespace-nowrap">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** So many containers are in sight; more come on demand. */
const SHOWN = 6;

function Containers({ server }: { server: Server }) {
  const isAll = useSignal(false);
  const containers = byTrouble(server.containers ?? []);
  const products = looseProducts(server);
  if (containers.length === 0 && products.length === 0) return null;
  // One row more takes no more room than the button would.
  const isCut = !isAll.value && containers.length > SHOWN + 1;
  const shown = isCut ? containers.slice(0, SHOWN) : containers;
  return (
    <section aria-label="Containers" class="border-t border-line">
      <h4 class="px-4 pt-3 pb-1 text-caption font-normal text-ink2">{containers.length > 0 ? containersText(containers) : format.plural(products.length, 'product')}</h4>
      <ul class="pb-2">
        {shown.map((it) => (
          <ContainerLine key={it.name} container={it} />
        ))}
        {!isCut &&
          products.map((it) => (
            <li key={it.key} class="flex items-center gap-2.5 px-4 py-1.5 text-control">
              <span class="size-2 shrink-0 rounded-full border border-edge" />
              <span class="min-w-0 flex-1 truncate">
                {it.key} <span class="text-caption text-ink3">{it.installed_version}</span>
              </span>
              <UpdateWord update={it.update} />
              <span class="shrink-0 text-caption text-ink2">{it.status}</span>
            </li>
          ))}
      </ul>
      {(isCut || isAll.value) && containers.length > SHOWN + 1 && (
        <button
          type="button"
          aria-expanded={isAll.value}
          class="flex h-9 w-full items-center justify-center border-t border-line text-caption font-medium text-ink2 hover:bg-raise hover:text-ink focus-visible:outline-offset-[-2px] max-lg:h-11"
          onClick={() => (isAll.value = !isAll.value)}
        >
          {isAll.value ? 'Show fewer' : `Show all ${format.count(containers.length)}`}
        </button>
      )}
    </section>
  );
}

function UpdateWord({ update }: { update: Container['update'] }) {
  if (update === 'critical') return <span class="shrink-0 rounded-full bg-warn-soft px-1.5 text-axis font-medium text-warn">Too old</span>;
  return update === 'available' ? <span class="shrink-0 rounded-full bg-idle-soft px-1.5 text-axis font-medium text-idle">Update</span> : null;
}

function ContainerLine({ container }: { container: Container }) {
  const { word, tone } = containerLook(container);
  const started = container.started_at === undefined ? undefined : Date.parse(container.started_at);
  const secs = container.uptime_secs ?? (started === undefined ? undefined : (now.value - started) / 1000);
  const isUp = container.state === 'running';
  const restarts = container.restarts ?? 0;
  const title = [container.image, started !== undefined && `started ${format.moment(started)}`, container.age_secs !== undefined && `told ${format.span(container.age_secs)} before the rest`].filter(Boolean).join('\n');
  return (
    <li data-container={container.name} class="flex items-center gap-2.5 px-4 py-1.5 text-control" title={title}>
      <span class={`size-2 shrink-0 ${tone === 'bad' || tone === 'warn' ? 'rotate-45 rounded-[1px]' : 'rounded-full'} ${tone === 'idle' ? 'border border-idle-fill' : FILL[tone]}`} />
      <span class="min-w-0 flex-1 truncate">
        {container.name} <span class="text-caption text-ink3">{container.version}</span>
      </span>
      {restarts > 0 && <span class={`shrink-0 text-caption ${restarts > 3 ? 'text-warn' : 'text-ink3'}`}>{format.plural(restarts, 'restart')}</span>}
      <UpdateWord update={container.update} />
      <span class="flex shrink-0 items-baseline gap-1.5 text-caption">
        {isUp && secs !== undefined && <span class="text-ink3 max-sm:hidden">{format.uptime(secs)}</span>}
        <span class={tone === 'ok' || tone === 'idle' ? 'text-ink2' : TEXT[tone]}>{word}</span>
      </span>
    </li>
  );
}
