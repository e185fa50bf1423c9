/** Asks a source as it is written, saved or not, and says step by step what came of it. */
import { CircleAlert, PlugZap } from 'lucide';
import { useSignal } from '@preact/signals';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { ApiError, messageOf } from '../../lib/api';
import type { components } from '../../lib/api-types';
import { api } from '../../lib/client';
import type { SourceConfig } from '../../lib/config';
import { kindName } from '../../lib/config-diff';
import { count, hashrate, inline, plural } from '../../lib/format';
import { reasonText } from '../../lib/states';

type Report = components['schemas']['ProbeReport'] & { steps?: readonly Step[] };

interface Step {
  readonly step: string;
  readonly took_ms: number;
  readonly detail: string;
  readonly reason?: string;
}

/** Agents that take only an address answer a whole source with 400. */
async function probe(source: SourceConfig): Promise<Report> {
  try {
    return await api.post<Report>('/probe', { source });
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return api.post<Report>('/probe', { address: source.address });
    throw error;
  }
}

export function Test({ source, onKind }: { source: () => SourceConfig; onKind: ((kind: string) => void) | undefined }) {
  const isBusy = useSignal(false);
  const report = useSignal<Report | undefined>(undefined);
  const failure = useSignal('');
  const run = async () => {
    isBusy.value = true;
    report.value = undefined;
    failure.value = '';
    try {
      const asked = source();
      if (!asked.address) failure.value = 'Type an address first.';
      else report.value = await probe(asked);
    } catch (error) {
      const [first] = (error instanceof ApiError && error.problem.problems) || [];
      failure.value = first ? `${first.path} ${first.message}`.replaceAll('`', '') : messageOf(error);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <div class="rounded-control border border-line bg-raise p-3">
      <div class="flex items-center gap-3">
        <Button icon={PlugZap} busy={isBusy.value} onClick={() => void run()}>
          {isBusy.value ? 'Asking…' : 'Test connection'}
        </Button>
        <span class="min-w-0 flex-1 text-caption text-ink3">Asks once, saves nothing.</span>
      </div>
      <div role="status">
        {failure.value && <Bad text={failure.value} />}
        {report.value && <Result report={report.value} onKind={onKind} />}
      </div>
    </div>
  );
}

function Bad({ text }: { text: string }) {
  return (
    <p class="mt-3 flex items-start gap-2 text-control text-bad">
      <Icon name={CircleAlert} class="mt-px" />
      <span class="min-w-0 wrap-anywhere">{text}</span>
    </p>
  );
}

const STEPS: Record<string, string> = { resolve: 'Find address', connect: 'Connect', read: 'Read' };

function Result({ report, onKind }: { report: Report; onKind: ((kind: string) => void) | undefined }) {
  const { kind, reading, steps } = report;
  const { failure } = reading;
  return (
    <div class="mt-3 text-control">
      {steps && steps.length > 0 && (
        <ul class="mb-2.5 flex flex-col gap-1 text-caption">
          {steps.map((it) => (
            <li key={it.step} class="grid grid-cols-[1rem_5.5rem_minmax(0,1fr)_auto] items-start gap-2">
              {it.reason ? <Icon name={CircleAlert} size={14} class="mt-px text-bad" /> : <Icon name="check" size={14} class="mt-px text-ok" />}
              <span class="text-ink2">{STEPS[it.step] ?? it.step}</span>
              <span class="min-w-0 text-ink3 wrap-anywhere">{it.detail}</span>
              <span class="text-ink3">{count(it.took_ms)} ms</span>
            </li>
          ))}
        </ul>
      )}
      {failure ? (
        <>
          <Bad text={`${reasonText(failure.reason)}. ${failure.detail}`} />
          <p class="mt-1.5 text-caption text-ink3">You can save it all the same: the agent keeps asking.</p>
        </>
      ) : (
        <p class="flex items-start gap-2">
          <Icon name="check" class="mt-0.5 text-ok" />
          <span class="min-w-0">
            {summary(report)} <span class="text-ink3">{count(reading.took_ms ?? 0)} ms</span>
          </span>
        </p>
      )}
      {!failure && onKind && kind && kind !== 'auto' && (
        <Button size="small" class="mt-2.5" onClick={() => onKind(kind)}>
          Set kind to {kindName(kind)}
        </Button>
      )}
    </div>
  );
}

/** What answered, in a line. */
function summary({ kind, identity, reading }: Report): string {
  const snapshot = reading.snapshot as Record<string, never> | undefined;
  const software = snapshot?.software as { name?: string; version?: string } | undefined;
  const who = identity ? [identity.make, identity.model, identity.firmware_version].filter(Boolean).join(' ') : [software?.name, software?.version].filter(Boolean).join(' ');
  const hps = (snapshot?.hashing as { current_hps?: number } | undefined)?.current_hps;
  const coins = (snapshot?.coins as unknown[] | undefined)?.length;
  const servers = (snapshot?.servers as unknown[] | undefined)?.length;
  return [
    who || (kind ? kindName(kind) : 'It answers'),
    hps === undefined ? undefined : inline(hashrate(hps)),
    coins === undefined ? undefined : plural(coins, 'coin'),
    servers === undefined ? undefined : plural(servers, 'server'),
  ]
    .filter(Boolean)
    .join(', ');
}
