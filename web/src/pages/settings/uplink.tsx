/** Links to a cloud: off until somebody sets one up. What would be sent can be looked at before. */
import { Trash2, Pencil, CloudOff, Cloud } from 'lucide';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, IconButton } from '../../components/button';
import { Empty } from '../../components/empty';
import { Icon } from '../../components/icon';
import { Panel } from '../../components/panel';
import { getAt, setAt } from '../../lib/config-path';
import { age, bytes, count, inline } from '../../lib/format';
import { useLoaded } from '../../lib/reading';
import { place, setQuery } from '../../lib/route';
import { type Tone, TEXT } from '../../lib/states';
import { now, rows, slowNow, type Uplink, uplinks } from '../../lib/store';
import { Toggle, inputClass } from './controls';
import { commit, draft } from './draft';
import { UplinkSheet } from './uplink-sheet';

export interface UplinkConfig extends Record<string, unknown> {
  readonly id?: string;
  readonly endpoint?: string;
  readonly enabled?: boolean;
}

export const uplinksOf = () => (getAt(draft.value, ['uplinks']) ?? []) as readonly UplinkConfig[];

export function UplinkSection() {
  const { query } = place.value;
  const edited = query.get('edit');
  const list = uplinksOf();
  const close = () => setQuery({ edit: undefined, add: undefined }, { replace: true });
  return (
    <div class="flex flex-col gap-4">
      <Panel
        title="Uplinks"
        note="the agent calls out; nothing calls in"
        actions={
          list.length > 0 && (
            <Button size="small" icon="plus" onClick={() => setQuery({ add: '1' })}>
              Add uplink
            </Button>
          )
        }
      >
        {list.length === 0 ? (
          <Empty
            icon={CloudOff}
            title="Nothing is sent"
            actions={
              <Button icon="plus" onClick={() => setQuery({ add: '1' })}>
                Add uplink
              </Button>
            }
          >
            Everything here works without a cloud. With an endpoint and a token the agent sends its readings over one outbound connection.
          </Empty>
        ) : (
          <ul class="divide-y divide-line">
            {list.map((it, at) => (
              <Line key={it.id ?? at} link={it} at={at} />
            ))}
          </ul>
        )}
      </Panel>
      <Preview />
      {(query.has('add') || edited !== null) && <UplinkSheet key={edited ?? 'new'} id={edited ?? undefined} onClose={close} />}
    </div>
  );
}

const WORDS: Record<string, readonly [string, Tone]> = {
  off: ['Off', 'idle'],
  connecting: ['Connecting', 'idle'],
  on: ['On', 'ok'],
  catching_up: ['Catching up', 'warn'],
  trouble: ['Trouble', 'bad'],
  rejected: ['Rejected: replace the token', 'auth'],
};

function Line({ link, at }: { link: UplinkConfig; at: number }) {
  const told = uplinks.value.find((it) => it.id === link.id);
  const isOn = link.enabled !== false;
  const [word, tone] = WORDS[isOn ? (told?.state ?? '') : 'off'] ?? [isOn ? 'State not known' : 'Off', 'idle' as Tone];
  const name = link.id ?? `Uplink ${at + 1}`;
  const { enabled: _, ...rest } = link;
  return (
    <li class="px-4 py-3.5">
      <div class="flex items-center gap-3">
        <Icon name={isOn ? Cloud : CloudOff} class={TEXT[tone]} />
        <div class="min-w-0 flex-1">
          <p class="flex flex-wrap items-baseline gap-x-2 text-control">
            <span class="font-medium">{name}</span>
            <span class={TEXT[tone]}>{word}</span>
          </p>
          <p class="truncate font-mono text-caption text-ink3">{link.endpoint}</p>
        </div>
        <Toggle
          aria-label={`Send to ${name}`}
          isOn={isOn}
          onChange={(to) => void commit(setAt(draft.peek(), ['uplinks', at], to ? rest : { ...link, enabled: false }), to ? `Switched ${name} on` : `Switched ${name} off`)}
        />
        <IconButton name={Pencil} label={`Edit ${name}`} onClick={() => setQuery({ edit: name })} />
        <IconButton name={Trash2} label={`Delete ${name}`} onClick={() => void commit(setAt(draft.peek(), ['uplinks'], uplinksOf().length > 1 ? uplinksOf().filter((__, n) => n !== at) : undefined), `Deleted ${name}`)} />
      </div>
      {told && isOn && <Ledger link={told} />}
    </li>
  );
}

function Ledger({ link }: { link: Uplink }) {
  const ledger = (link.ledger ?? {}) as Record<string, { items?: number; bytes?: number } | undefined>;
  const shown = ['produced', 'queued', 'sent', 'acknowledged', 'thinned', 'lost'].filter((it) => ledger[it] !== undefined);
  return (
    <div class="mt-3 ml-7 text-caption">
      {link.last_error && <p class="mb-2 text-bad">{link.last_error}</p>}
      <dl class="flex flex-wrap gap-x-6 gap-y-2">
        {link.last_sent_at && (
          <div>
            <dt class="text-ink3">Last sent</dt>
            <dd>{age(Date.parse(link.last_sent_at), now.value)}</dd>
          </div>
        )}
        {shown.map((it) => (
          <div key={it}>
            <dt class="text-ink3">{it.charAt(0).toUpperCase() + it.slice(1)}</dt>
            <dd>
              {count(ledger[it]?.items ?? 0)}
              {ledger[it]?.bytes !== undefined && ledger[it]!.bytes! > 0 && <span class="text-ink3"> · {inline(bytes(ledger[it]!.bytes!))}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface PreviewOf {
  readonly note?: string;
  readonly url?: string;
  readonly headers: Record<string, string>;
  readonly message: unknown;
}

/** Exactly the next message, after masking. */
function Preview() {
  const source = useSignal('');
  const links = uplinksOf().flatMap((it) => it.id ?? []);
  const link = useSignal('');
  const chosen = link.value || links[0] || '';
  // A link that is not saved, or an agent without links, has only the preview with default settings.
  const missing = useSignal('');
  const at = chosen && missing.value !== chosen ? `/uplinks/${encodeURIComponent(chosen)}/preview` : '/uplink/preview';
  const version = `${at} ${source.value} ${Math.floor(slowNow.value / 60_000)}`;
  const { value, failure, isUnknown } = useLoaded<PreviewOf>(at, version, source.value ? { source_id: source.value } : undefined);
  useEffect(() => {
    if (isUnknown) missing.value = chosen;
  }, [isUnknown]);
  const text = value ? JSON.stringify(value.message, null, 2) : '';
  return (
    <Panel title="What is sent" note={value ? `${inline(bytes(new TextEncoder().encode(JSON.stringify(value.message)).length))} of JSON` : ''}>
      <div class="flex flex-col gap-3 p-4">
        <div class="flex flex-wrap gap-3">
          {links.length > 1 && (
            <select aria-label="Uplink" class={`${inputClass(false)} max-w-56`} value={chosen} onChange={(event) => (link.value = event.currentTarget.value)}>
              {links.map((it) => (
                <option key={it} value={it}>
                  {it}
                </option>
              ))}
            </select>
          )}
          <select aria-label="Source" class={`${inputClass(false)} max-w-64`} value={source.value} onChange={(event) => (source.value = event.currentTarget.value)}>
            <option value="">The first source</option>
            {rows.value.slice(0, 500).map((it) => (
              <option key={it.id} value={it.id}>
                {it.name}
              </option>
            ))}
          </select>
        </div>
        <p class="text-caption text-ink3">{value?.note ? `${value.note.charAt(0).toUpperCase()}${value.note.slice(1)}.` : 'The next message as it would leave your network.'}</p>
        {failure && !value && <p class="text-control text-bad">{failure}</p>}
        {value && (
          <>
            <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 font-mono text-caption">
              {value.url && (
                <>
                  <dt class="text-ink3">to</dt>
                  <dd class="wrap-anywhere">{value.url}</dd>
                </>
              )}
              {Object.entries(value.headers).map(([name, it]) => (
                <>
                  <dt key={name} class="text-ink3">
                    {name}
                  </dt>
                  <dd class="wrap-anywhere">{it}</dd>
                </>
              ))}
            </dl>
            <pre class="max-h-96 overflow-auto rounded-control border border-line bg-sunk p-3 font-mono text-caption" tabIndex={0} aria-label="The message">
              {text}
            </pre>
          </>
        )}
      </div>
    </Panel>
  );
}
