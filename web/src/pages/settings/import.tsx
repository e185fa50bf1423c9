/** Taking over devices from GSSM or from a table: first what would come, then the draft. */
import { FileUp } from 'lucide';
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { Panel } from '../../components/panel';
import { messageOf } from '../../lib/api';
import { api } from '../../lib/client';
import type { Config, SourceConfig } from '../../lib/config';
import { kindName } from '../../lib/config-diff';
import { parseCsv, sourcesOf as readSources } from '../../lib/csv-read';
import { download } from '../../lib/csv';
import { plural } from '../../lib/format';
import { hostOf, withIds } from '../../lib/source-id';
import { toast } from '../../components/toast';
import { check, draft, isReviewing, sourcesOf } from './draft';
import { SOURCE_SECTIONS } from './problems';

interface Found {
  readonly from: string;
  readonly sources: readonly SourceConfig[];
  readonly limits?: Record<string, unknown>;
  readonly kinds?: Record<string, unknown>;
  /** What does not come, and why. */
  readonly left: readonly { readonly where: string; readonly why: string }[];
}

/** Nothing that is a configuration is larger. */
const MAX_BYTES = 4_000_000;

export function Import() {
  const found = useSignal<Found | undefined>(undefined);
  const failure = useSignal('');
  const take = async (file: File) => {
    failure.value = '';
    found.value = undefined;
    try {
      if (file.size > MAX_BYTES) throw new Error('The file is too large for a list of devices.');
      const text = await file.text();
      found.value = /^\s*\{/.test(text) ? await fromGssm(file.name, text) : fromCsv(file.name, text);
    } catch (error) {
      failure.value = messageOf(error);
    }
  };
  return (
    <div class="flex flex-col gap-4">
      <Panel title="Import">
        <div class="flex flex-col gap-4 p-4">
          <Drop onFile={(file) => void take(file)} />
          {failure.value && (
            <p role="alert" class="rounded-control bg-bad-soft px-3 py-2.5 text-control text-bad">
              {failure.value}
            </p>
          )}
          <div class="grid gap-4 text-control text-ink2 sm:grid-cols-2">
            <div>
              <h3 class="mb-1 text-control text-ink">GoSlimStratum Miners (GSSM)</h3>
              <p>
                Its <code class="font-mono text-caption">config.json</code>: miners, pools and thresholds are taken over, and what cannot be is listed.
              </p>
            </div>
            <div>
              <h3 class="mb-1 text-control text-ink">CSV</h3>
              <p>
                A table with the columns address, name, kind, place, tags.{' '}
                <button type="button" class="underline hover:text-ink" onClick={() => download('devices.csv', 'text/csv', EXAMPLE)}>
                  Download an example
                </button>
              </p>
            </div>
          </div>
        </div>
      </Panel>
      {found.value && <Summary key={found.value.from} found={found.value} onDone={() => (found.value = undefined)} />}
    </div>
  );
}

const EXAMPLE = 'address,name,kind,place,tags\r\n192.168.1.50,Garage Gamma,axeos,Garage,heat\r\n192.168.1.60,S21 one,antminer,R1,\r\n192.168.1.70,,auto,R1,\r\n';

function Drop({ onFile }: { onFile: (file: File) => void }) {
  const isOver = useSignal(false);
  const id = useId();
  return (
    <div
      class={`relative flex flex-col items-center gap-2 rounded-card border border-dashed px-4 py-8 text-center focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-ink ${isOver.value ? 'border-ink bg-raise' : 'border-edge bg-sunk'}`}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        const file = event.dataTransfer?.files[0];
        if (file) onFile(file);
      }}
    >
      <Icon name={FileUp} size={22} class="text-ink3" />
      <label for={id} class="text-control font-medium after:absolute after:inset-0 after:cursor-pointer">
        Choose a file
      </label>
      <span class="text-caption text-ink3">or drop it here. Nothing is saved before you say so.</span>
      <input
        id={id}
        type="file"
        accept=".json,.csv,.txt,application/json,text/csv"
        class="sr-only"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) onFile(file);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}

async function fromGssm(from: string, text: string): Promise<Found> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Error('The file is not complete JSON.');
  }
  const told = await api.post<{ sources: SourceConfig[]; limits: Record<string, unknown>; kinds: Record<string, unknown>; not_taken: { path: string; why: string }[] }>('/config/import', body);
  return { from, sources: told.sources, limits: told.limits, kinds: told.kinds, left: told.not_taken.map(({ path, why }) => ({ where: path, why })) };
}

function fromCsv(from: string, text: string): Found {
  const { sources, left } = readSources(parseCsv(text), Object.values(SOURCE_SECTIONS).flat());
  if (sources.length === 0 && left.length === 0) throw new Error('There is no device in this file.');
  return { from, sources, left: left.map(({ line, why }) => ({ where: `line ${line}`, why })) };
}

/** The configuration with what was chosen. Limits and schedules that are there already stay. */
function merged(config: Config, found: Found, chosen: readonly SourceConfig[]): Config {
  const there = sourcesOf(config);
  const fresh = withIds(chosen, there.map((it) => String(it.id)));
  const under = (key: 'limits' | 'kinds') => {
    const own = (config[key] ?? {}) as Record<string, unknown>;
    const all = { ...found[key], ...own };
    return Object.keys(all).length > 0 ? { [key]: all } : {};
  };
  return { ...config, sources: [...there, ...fresh], ...under('limits'), ...under('kinds') };
}

function Summary({ found, onDone }: { found: Found; onDone: () => void }) {
  const known = new Set(sourcesOf(draft.value).map((it) => hostOf(String(it.address ?? ''))));
  const isKnown = (it: SourceConfig) => known.has(hostOf(String(it.address ?? '')));
  const picks = useSignal<ReadonlySet<number>>(new Set(found.sources.flatMap((it, at) => (isKnown(it) ? [] : [at]))));
  const n = picks.value.size;
  const takeOver = async () => {
    const chosen = found.sources.filter((_, at) => picks.peek().has(at));
    draft.value = merged(draft.peek(), found, chosen);
    onDone();
    const isGood = await check().catch(() => true);
    if (isGood) isReviewing.value = true;
    else toast(`${plural(n, 'source')} in the draft; some need repair first`);
  };
  const limits = [...Object.keys(found.limits ?? {}), ...Object.keys(found.kinds ?? {})];
  return (
    <Panel
      title={found.from}
      note={`${plural(found.sources.length, 'source')} found`}
      actions={
        <Button size="small" weight="primary" disabled={n === 0 && limits.length === 0} onClick={() => void takeOver()}>
          Take over {n > 0 ? plural(n, 'source') : 'limits'}
        </Button>
      }
    >
      {found.sources.length === 0 && <p class="px-4 py-4 text-control text-ink3">No miner, pool or server is in it.</p>}
      <ul class="divide-y divide-line">
        {found.sources.map((it, at) => (
          <li key={at}>
            <label class="flex min-h-11 cursor-pointer items-center gap-3 px-4 py-1.5 hover:bg-raise">
              <input
                type="checkbox"
                class="size-4 accent-ink"
                checked={picks.value.has(at)}
                onChange={() => {
                  const next = new Set(picks.peek());
                  if (!next.delete(at)) next.add(at);
                  picks.value = next;
                }}
              />
              <span class="min-w-0 flex-1">
                <span class="block truncate text-control font-medium">{String(it.name || it.address)}</span>
                <span class="block truncate text-caption text-ink3">
                  {kindName(it.kind)} · {String(it.address)}
                  {it.group && ` · ${it.group}`}
                </span>
              </span>
              {isKnown(it) && <span class="text-caption text-ink3">address is known</span>}
            </label>
          </li>
        ))}
      </ul>
      {limits.length > 0 && (
        <p class="border-t border-line px-4 py-3 text-control text-ink2">Limits and schedules of {[...new Set(limits)].map(kindName).join(', ')} come with them where you have none.</p>
      )}
      {found.left.length > 0 && (
        <div class="border-t border-line px-4 py-3">
          <h3 class="mb-1.5 text-control">Not taken over</h3>
          <ul class="flex flex-col gap-1 text-caption text-ink2">
            {found.left.map((it) => (
              <li key={it.where + it.why} class="wrap-anywhere">
                <code class="font-mono text-ink3">{it.where}</code> {it.why}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}
