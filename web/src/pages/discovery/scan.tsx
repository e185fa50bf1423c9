/** Which addresses are searched, and how far the search is. */
import { useSignal } from '@preact/signals';
import { Square } from 'lucide';
import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { TextField } from '../../components/text-field';
import { ApiError, messageOf } from '../../lib/api';
import { count, plural, span, when } from '../../lib/format';
import { now } from '../../lib/store';
import { addressesOf, estimateSecs, portsOf } from './range';
import { begin, look, overview, type Progress, report, stop } from './state';

/** How often a search that runs is looked at, and how often the list of searches is. */
const [RUNNING_MS, RESTING_MS] = [1000, 15_000];

/** Keeps the report up to date while it is shown. */
export function useSearch(id?: string): void {
  const state = report.value?.state;
  useEffect(() => {
    const ask = () => void look({ id }).catch(() => {});
    ask();
    const timer = setInterval(() => !document.hidden && ask(), state === 'running' ? RUNNING_MS : RESTING_MS);
    return () => clearInterval(timer);
  }, [id, state]);
}

/** The form. `onBegin` is called when the agent has begun. */
export function ScanForm({ onBegin }: { onBegin?: () => void }) {
  const own = overview.value?.own ?? [];
  /** Own networks that are left out. */
  const without = useSignal<ReadonlySet<string>>(new Set());
  const other = useSignal('');
  const ports = useSignal('');
  const isForced = useSignal(false);
  const failure = useSignal('');
  const isBusy = useSignal(false);
  const needsForce = /searched only when that is forced/.test(failure.value);

  const chosen = own.filter((it) => !without.value.has(it.range));
  const others = addressesOf(other.value);
  const total = chosen.reduce((sum, it) => sum + it.addresses, 0) + (others ?? 0);
  const typedPorts = portsOf(ports.value);
  const isRight = total > 0 && others !== undefined && typedPorts !== undefined;

  const send = async () => {
    isBusy.value = true;
    failure.value = '';
    try {
      const range = [...chosen.map((it) => it.range), ...other.value.split(',').map((it) => it.trim())].filter(Boolean).join(', ');
      await begin({ range, ...(typedPorts?.length && { ports: typedPorts }), ...(isForced.value && { force: true }) });
      onBegin?.();
    } catch (error) {
      failure.value = error instanceof ApiError ? error.message.replace(/^range: /, '') : messageOf(error);
    }
    isBusy.value = false;
  };
  const toggle = (range: string) => {
    const next = new Set(without.value);
    if (!next.delete(range)) next.add(range);
    without.value = next;
  };
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isRight && !isBusy.value) void send();
      }}
    >
      {own.length > 0 && (
        <fieldset>
          <legend class="mb-1.5 text-control font-medium">Networks of the agent</legend>
          <ul class="divide-y divide-line rounded-control border border-line">
            {own.map((it) => (
              <li key={it.range}>
                <label class="flex items-center gap-3 px-3 py-2 text-control max-lg:py-3">
                  <input type="checkbox" class="size-4 shrink-0 accent-ink" checked={!without.value.has(it.range)} onChange={() => toggle(it.range)} />
                  <span class="font-mono text-caption/5">{it.range}</span>
                  <span class="text-ink3">{it.interface}</span>
                  <span class="ml-auto text-right text-ink3">
                    {plural(it.addresses, 'address', 'addresses')}
                    <span class="max-sm:hidden">, about {span(estimateSecs(it.addresses))}</span>
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
      )}
      <TextField
        label={own.length > 0 ? 'Other addresses' : 'Addresses to search'}
        value={other.value}
        onInput={(value) => {
          other.value = value;
          failure.value = '';
        }}
        mono
        placeholder="192.168.1.0/24"
        hint="A network, a range such as 192.168.1.10-60, or single addresses, divided by commas."
        error={other.value.trim() !== '' && others === undefined && !/[-/.,\s]$/.test(other.value) ? 'This is no range of IPv4 addresses.' : needsForce ? '' : failure.value && `${failure.value}.`}
      />
      {needsForce && (
        <label class="flex items-start gap-2.5 rounded-control bg-warn-soft px-3 py-2.5 text-control">
          <input type="checkbox" class="mt-0.5 size-4 shrink-0 accent-ink" checked={isForced.value} onChange={() => (isForced.value = !isForced.value)} />
          <span>
            <span role="alert" class="text-warn">
              These addresses are not in a private network.
            </span>{' '}
            Search them all the same; I may do so.
          </span>
        </label>
      )}
      <details class="group text-control">
        <summary class="flex w-fit items-center gap-1 rounded-small py-1 text-ink2 hover:text-ink [&::-webkit-details-marker]:hidden">
          <Icon name="right" size={14} class="transition-transform group-open:rotate-90" />
          Ports
          <span class="text-ink3 group-open:hidden">{ports.value || overview.value?.ports.join(', ')}</span>
        </summary>
        <TextField
          class="mt-2"
          label="Ports to ask"
          value={ports.value}
          onInput={(value) => (ports.value = value)}
          mono
          placeholder={overview.value?.ports.join(', ')}
          hint="Empty asks the usual ones. Miners answer at 80 and 4028."
          error={typedPorts === undefined ? 'A port is a number from 1 to 65535.' : undefined}
        />
      </details>
      {overview.value?.notes.map((note) => (
        <p key={note} class="rounded-control bg-sunk px-3 py-2 text-caption text-ink2">
          {note.charAt(0).toUpperCase() + note.slice(1)}.
        </p>
      ))}
      <div class="flex flex-wrap items-center gap-3">
        <Button submit weight="primary" icon="radar" busy={isBusy.value} disabled={!isRight || (needsForce && !isForced.value)}>
          {total > 0 && others !== undefined ? `Scan ${plural(total, 'address', 'addresses')}` : 'Scan'}
        </Button>
        <span class="text-caption text-ink3">
          {total > 0 && others !== undefined && `At most about ${span(estimateSecs(total))}. `}The agent only asks; nothing is changed.
        </span>
      </div>
    </form>
  );
}

/** How far a search is: a bar while it runs, one line afterwards. */
export function ScanProgress({ search }: { search: Progress }) {
  const { state, total, done, found, range } = search;
  const began = Date.parse(search.started_at);
  const isStopping = useSignal(false);
  if (state !== 'running') {
    const took = search.ended_at ? (Date.parse(search.ended_at) - began) / 1000 : undefined;
    const word = state === 'done' ? 'Scanned' : state === 'stopped' ? 'Stopped after' : 'Failed after';
    return (
      <div class="text-caption text-ink3">
        <p>
          {word} {state === 'done' ? plural(total, 'address', 'addresses') : `${count(done)} of ${count(total)} addresses`} of{' '}
          <span class="font-mono break-words">{range}</span> at {when(began, now.value)}
          {took !== undefined && ` in ${took < 1 ? 'less than 1 s' : span(took)}`} · {plural(found, 'answer')}
        </p>
        {search.notes.map((note) => (
          <p key={note} class="mt-1">
            {note.charAt(0).toUpperCase() + note.slice(1)}.
          </p>
        ))}
      </div>
    );
  }
  const percent = total > 0 ? Math.round((done / total) * 100) : 0;
  return (
    <div class="flex items-center gap-4">
      <div class="min-w-0 flex-1">
        <p class="mb-1.5 flex flex-wrap justify-between gap-x-3 text-control">
          <span>
            <b class="font-medium">{plural(found, 'answer')}</b>
            <span class="text-ink3">
              {' '}
              · {count(done)} of {count(total)} addresses asked
            </span>
          </span>
          <span class="text-ink3">{span((now.value - began) / 1000)}</span>
        </p>
        <div
          role="progressbar"
          aria-label="Addresses asked"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
          class="h-1.5 overflow-hidden rounded-full bg-line"
        >
          <div class="h-full rounded-full bg-ink transition-[width] duration-500" style={{ width: `${percent}%` }} />
        </div>
      </div>
      <Button
        icon={Square}
        busy={isStopping.value}
        onClick={() => {
          isStopping.value = true;
          void stop(search.id)
            .catch(() => {})
            .then(() => (isStopping.value = false));
        }}
      >
        Stop
      </Button>
    </div>
  );
}
