/** The third step: GoSlimStratum and MIM servers, by their address. */
import { type Signal, useSignal } from '@preact/signals';
import { CircleCheck, TriangleAlert, Trash2 } from 'lucide';
import { Button, IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { TextField } from '../../components/text-field';
import { ApiError, messageOf } from '../../lib/api';
import type { components } from '../../lib/api-types';
import { api, live } from '../../lib/client';
import { editConfig } from '../../lib/config';
import { plural } from '../../lib/format';
import { reasonText } from '../../lib/states';
import { takenNames } from '../discovery/actions';
import { report } from '../discovery/state';
import { StepBody } from './step';
import { goTo } from './steps';

type Probed = components['schemas']['ProbeReport'];

interface Service {
  readonly key: number;
  readonly kind: Kind;
  readonly address: string;
  readonly result?: Result;
}

type Result = 'asking' | { readonly isGood: boolean; readonly text: string };

const KINDS = {
  gss: { name: 'GoSlimStratum', placeholder: 'http://192.168.1.10:4004', what: 'A pool on your own machine: its coins, workers, shares and blocks.' },
  mim: { name: 'MIM', placeholder: 'http://192.168.1.10:3001', what: 'A server that runs pools and nodes: its load, disks and containers.' },
} as const;

type Kind = keyof typeof KINDS;

let lastKey = 0;

function fresh(kind: Kind, address = ''): Service {
  lastKey += 1;
  return { key: lastKey, kind, address };
}

/** What the search found is there already. */
function preselected(): Service[] {
  const found = report.value?.results.filter((it) => it.status === 'new' && (it.kind === 'gss' || it.kind === 'mim')) ?? [];
  const services = found.map((it) => fresh(it.kind as Kind, it.address));
  for (const kind of Object.keys(KINDS) as Kind[]) if (!services.some((it) => it.kind === kind)) services.push(fresh(kind));
  return services;
}

export function Services() {
  const services = useSignal<readonly Service[]>([]);
  if (services.peek().length === 0) services.value = preselected();
  const isBusy = useSignal(false);
  const failure = useSignal('');
  const filled = services.value.filter((it) => it.address.trim() !== '');
  const save = async () => {
    if (filled.length === 0) return goTo('done');
    isBusy.value = true;
    failure.value = '';
    try {
      await editConfig((config) => {
        const sources = config.sources ?? [];
        const names = new Set(takenNames(sources).map((it) => it.toLowerCase()));
        const added = filled.map(({ kind, address }) => ({ name: free(KINDS[kind].name, names), kind, address: address.trim() }));
        return { ...config, sources: [...sources, ...added] };
      });
      await live.refresh().catch(() => {});
      goTo('done');
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem.problems?.find((it) => it.level === 'error') : undefined;
      failure.value = problem ? `${problem.path} ${problem.message}` : messageOf(error);
      isBusy.value = false;
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy.value) void save();
      }}
    >
      <StepBody
        title="Pools and servers"
        text="If you run them yourself, the agent shows them beside your miners. Leave empty what you do not have."
        footer={
          <>
            <Button weight="quiet" onClick={() => goTo('done')} class={filled.length > 0 ? '' : 'hidden'}>
              Skip
            </Button>
            <Button submit weight="primary" busy={isBusy.value}>
              {filled.length > 0 ? `Add ${plural(filled.length, 'source')} and go on` : 'Go on'}
            </Button>
          </>
        }
      >
        <div class="flex flex-col gap-6">
          {(Object.keys(KINDS) as Kind[]).map((kind) => (
            <section key={kind} aria-label={KINDS[kind].name}>
              <h3 class="text-body">{KINDS[kind].name}</h3>
              <p class="mb-3 text-caption text-ink3">{KINDS[kind].what}</p>
              <div class="flex flex-col gap-3">
                {services.value
                  .filter((it) => it.kind === kind)
                  .map((it, at) => (
                    <ServiceRow key={it.key} service={it} services={services} n={at + 1} />
                  ))}
              </div>
              <Button size="small" weight="quiet" icon="plus" class="mt-2 -ml-2.5 max-lg:h-9" onClick={() => (services.value = [...services.value, fresh(kind)])}>
                Add another {KINDS[kind].name}
              </Button>
            </section>
          ))}
          {failure.value && (
            <p role="alert" class="text-control text-bad">
              {failure.value}
            </p>
          )}
        </div>
      </StepBody>
    </form>
  );
}

function ServiceRow({ service, services, n }: { service: Service; services: Signal<readonly Service[]>; n: number }) {
  const { key, kind, address, result } = service;
  const change = (more: Partial<Service>) => (services.value = services.value.map((it) => (it.key === key ? { ...it, ...more } : it)));
  const test = async () => {
    change({ result: 'asking' });
    change({ result: await probe(kind, address.trim()) });
  };
  return (
    <div>
      <div class="flex items-end gap-2">
        <TextField
          class="min-w-0 flex-1"
          label={n > 1 ? `Address ${n}` : 'Address'}
          value={address}
          mono
          placeholder={KINDS[kind].placeholder}
          onInput={(value) => {
            const { result: _, ...rest } = service;
            services.value = services.value.map((it) => (it.key === key ? { ...rest, address: value } : it));
          }}
        />
        <Button label={`Test ${address || KINDS[kind].name}`} busy={result === 'asking'} disabled={address.trim() === ''} onClick={() => void test()}>
          {result === 'asking' ? 'Testing' : 'Test'}
        </Button>
        {n > 1 && <IconButton name={Trash2} label={`Remove address ${n}`} onClick={() => (services.value = services.value.filter((it) => it.key !== key))} />}
      </div>
      <p role="status" class="text-caption">
        {typeof result === 'object' && (
          <span class={`mt-1.5 flex items-start gap-1.5 ${result.isGood ? 'text-ok' : 'text-warn'}`}>
            <Icon name={result.isGood ? CircleCheck : TriangleAlert} size={14} class="mt-px" />
            <span class="min-w-0 break-words">{result.text}</span>
          </span>
        )}
      </p>
    </div>
  );
}

async function probe(kind: Kind, address: string): Promise<Result> {
  try {
    const { reading, kind: found } = await api.post<Probed>('/probe', { address });
    const took = reading.took_ms === undefined ? '' : `, ${reading.took_ms} ms`;
    const software = (reading.snapshot as { software?: { name?: string; version?: string } } | undefined)?.software;
    if (found === kind) return { isGood: true, text: `${[software?.name ?? KINDS[kind].name, software?.version].filter(Boolean).join(' ')} answers${took}.` };
    if (found) return { isGood: false, text: `What answers there is of kind ${found}, not ${KINDS[kind].name}.` };
    const { failure } = reading;
    return { isGood: false, text: failure ? `${reasonText(failure.reason)}: ${failure.detail}. It can be added all the same.` : 'Nothing that is known answers there.' };
  } catch (error) {
    return { isGood: false, text: `${messageOf(error)}.` };
  }
}

function free(name: string, taken: Set<string>): string {
  let it = name;
  for (let n = 2; taken.has(it.toLowerCase()); n += 1) it = `${name} ${n}`;
  taken.add(it.toLowerCase());
  return it;
}
