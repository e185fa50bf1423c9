/** One agent: whether it is there, how far behind it is, what became of what it sent. */
import { useSignal } from '@preact/signals';
import { Ban, EllipsisVertical, KeyRound, Trash2 } from 'lucide';
import type { ComponentChildren } from 'preact';
import { ButtonLink, IconButton } from '../../components/button';
import { StateIcon } from '../../components/icon';
import { sentence } from '../../components/issue-line';
import { MenuItem, Popover } from '../../components/menu';
import { age, bytes, count, hashrate, inline, moment, power, span, when } from '../../lib/format';
import { memo } from '../../lib/memo';
import { SOFT, TEXT } from '../../lib/states';
import { now } from '../../lib/store';
import { RemoveAgent, RevokeAgent, RotateAgent } from './enrol';
import { type Agent, type AgentIssue, isManager, retention } from './state';
import { clockText, doorText, keptText, missingText, presenceOf, shortSpan } from './words';

/** A clock that is so far off is told as an issue, too. */
const CLOCK_MAY_BE_OFF_MS = 2 * 60_000;

/** There may be hundreds: a card is made anew when something about its agent changes, and each second only the times in it. */
export const AgentCard = memo(function AgentCard({ agent }: { agent: Agent }) {
  const { word, tone, icon } = presenceOf(agent);
  const id = encodeURIComponent(agent.id);
  const heard = agent.heard_at ? Date.parse(agent.heard_at) : undefined;
  const about = [agent.site && agent.site !== agent.name ? agent.site : agent.id, agent.version && `v${agent.version}`].filter(Boolean).join(' · ');
  // Of a link that is not there nothing is from now.
  const dim = agent.online ? '' : 'text-ink3';
  const clock = clockText(agent.clock_offset_ms);
  const isClockOff = Math.abs(agent.clock_offset_ms ?? 0) > CLOCK_MAY_BE_OFF_MS;
  return (
    <article data-agent={agent.id} data-state={word} aria-label={agent.name} class="flex h-full scroll-mt-18 flex-col rounded-card border border-line bg-panel shadow-card">
      <header class="flex items-start gap-2 py-3 pr-3 pl-4">
        <div class="min-w-0 flex-1">
          <h2 class="truncate text-title">
            <a href={`/a/${id}/`} class="rounded-small underline-offset-2 hover:underline">
              {agent.name}
            </a>
          </h2>
          <p class="truncate text-caption text-ink3" title={`${agent.id}, added ${moment(Date.parse(agent.created_at))}`}>
            {about}
          </p>
        </div>
        <span class={`flex h-5 shrink-0 items-center gap-1.5 text-control font-medium ${TEXT[tone]}`}>
          <StateIcon state={icon} tone={tone} size={14} />
          {word}
        </span>
      </header>
      {/* Outside the window it is neither laid out nor painted. */}
      <div class="[contain-intrinsic-size:auto_13rem] [content-visibility:auto]">
        <Notes agent={agent} />
        {agent.fleet && <Fleet fleet={agent.fleet} class={dim} />}
        <dl class="grid grid-cols-3 gap-x-4 gap-y-3 border-t border-line px-4 py-3">
          <Fact name="Last heard" title={heard ? moment(heard) : undefined}>
            {heard ? <Age at={heard} /> : 'Never'}
          </Fact>
          <Fact name="Lag" title="How old the newest item of the last batch was when it came" class={dim}>
            {agent.online ? shortSpan(agent.lag_ms) : undefined}
          </Fact>
          <Fact name="Clock" title="How far its clock is off this one's; times of its readings are by its clock" class={isClockOff ? 'text-warn' : dim}>
            {clock}
          </Fact>
          <Fact name="Carrier">{doorText(agent.door)}</Fact>
          <Fact name="Connected" title={agent.connected_since && moment(Date.parse(agent.connected_since))}>
            {agent.connected_since && <Span since={Date.parse(agent.connected_since)} />}
          </Fact>
          <Fact name="Round trip" class={dim}>
            {agent.online ? shortSpan(agent.round_trip_ms) : undefined}
          </Fact>
        </dl>
        <Ledger agent={agent} />
      </div>
      <footer class="mt-auto flex items-center gap-2 border-t border-line px-3 py-2">
        <ButtonLink href={`/a/${id}/`} size="small" icon="grid" class="max-lg:h-10" label={`Open fleet: ${agent.name}`}>
          Open fleet
        </ButtonLink>
        <ButtonLink href={`/a/${id}/events`} size="small" icon="bell" class="max-lg:h-10" label={`Events: ${agent.name}`}>
          Events
        </ButtonLink>
        {isManager.value && <Menu agent={agent} />}
      </footer>
    </article>
  );
});

const Age = ({ at }: { at: number }) => <>{age(at, now.value)}</>;
const Span = ({ since }: { since: number }) => <>for {span((now.value - since) / 1000)}</>;

function Fact(props: { name: string; title?: string | undefined; class?: string; children: ComponentChildren }) {
  return (
    <div class="min-w-0" title={props.title}>
      <dt class="truncate text-caption text-ink3">{props.name}</dt>
      <dd class={`truncate text-control font-medium ${props.class ?? ''}`}>{props.children ?? <span class="font-normal text-ink3">—</span>}</dd>
    </div>
  );
}

const TONES: Record<AgentIssue['severity'], string> = { critical: SOFT.bad, warning: SOFT.warn, info: SOFT.idle };

/** What is wrong, and from when the figures are where it is away. */
function Notes({ agent }: { agent: Agent }) {
  if (agent.revoked_at) {
    return (
      <p class={`mx-4 mb-3 rounded-control px-3 py-2 text-caption ${SOFT.idle}`}>
        Its tokens were taken from it <Age at={Date.parse(agent.revoked_at)} />. What it sent is shown for as long as it is kept.
      </p>
    );
  }
  if (agent.issues.length === 0) return null;
  return (
    <ul class="mx-4 mb-3 flex flex-col gap-1.5">
      {agent.issues.map((issue) => (
        <li key={issue.id} data-issue={issue.code} class={`rounded-control px-3 py-2 text-caption ${TONES[issue.severity]}`} title={moment(Date.parse(issue.since))}>
          {sentence(issue.detail)}.
        </li>
      ))}
    </ul>
  );
}

/** Its sources in a few figures; where it is away they are what it sent last. */
function Fleet({ fleet, class: dim }: { fleet: NonNullable<Agent['fleet']>; class: string }) {
  const { miners, hashing, watts } = fleet;
  // Hashes of different algorithms are no sum: the most of them is told, and that there is more.
  const [most, ...others] = Object.entries(hashing).sort(([, a], [, b]) => b.miners - a.miners);
  const more = others.map(([algorithm, total]) => `${algorithm} ${inline(hashrate(total.current_hps))}`).join(', ');
  return (
    <dl class="grid grid-cols-3 gap-x-4 border-t border-line px-4 py-3">
      <Fact name="Miners" title={`${count(fleet.sources)} sources in all`} class={dim}>
        {miners.total > 0 ? `${count(working(miners.by_state))} of ${count(miners.total)} hash` : undefined}
      </Fact>
      <Fact name="Hashrate" title={more ? `Also ${more}` : undefined} class={dim}>
        {most && `${inline(hashrate(most[1].current_hps))}${more ? ' +' : ''}`}
      </Fact>
      <Fact name="Power" title="Of all that report it" class={dim}>
        {watts !== undefined ? inline(power(watts)) : undefined}
      </Fact>
    </dl>
  );
}

/** How many of them hash, well or badly. */
const working = (states: Readonly<Record<string, number>>) => (states.hashing ?? 0) + (states.degraded ?? 0) + (states.hot ?? 0);

/** What became of what it sent, and how much of it is kept. */
function Ledger({ agent }: { agent: Agent }) {
  const { ledger, kept } = agent;
  const missing = missingText(ledger);
  const oldest = kept.oldest_at ? Date.parse(kept.oldest_at) : undefined;
  const { dropped } = kept;
  return (
    <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 border-t border-line px-4 py-3 text-caption">
      <dt class="text-ink3">Stored</dt>
      <dd title="Since it was added">
        {count(ledger.stored)} {ledger.stored === 1 ? 'item' : 'items'} · {inline(bytes(ledger.stored_bytes))}
      </dd>
      <dt class="text-ink3">Missing</dt>
      <dd class={ledger.lost > 0 || ledger.epochs_lost > 0 ? 'text-warn' : ''} title="What it told that it could not send, and runs that ended without a goodbye">
        {missing.length > 0 ? missing.join(' · ') : ledger.stored > 0 ? 'Nothing' : '—'}
      </dd>
      <dt class="text-ink3">Kept</dt>
      <dd title={oldest ? `Since ${moment(oldest)}` : undefined}>
        {keptText(agent, retention.value?.bytes)}
        {oldest !== undefined && ` since ${when(oldest, now.peek())}`}
        {dropped.items > 0 && ` · ${count(dropped.items)} older ones dropped`}
      </dd>
    </dl>
  );
}

type Action = 'rotate' | 'revoke' | 'remove';

const DIALOGS = { rotate: RotateAgent, revoke: RevokeAgent, remove: RemoveAgent };

function Menu({ agent }: { agent: Agent }) {
  const action = useSignal<Action | undefined>(undefined);
  const Shown = action.value && DIALOGS[action.value];
  return (
    <div class="ml-auto">
      <Popover
        label={`Actions for ${agent.name}`}
        class="min-w-48"
        button={(isOpen, toggle) => (
          <IconButton name={EllipsisVertical} label={`More about ${agent.name}`} expanded={isOpen} class="size-8! max-lg:size-10!" onClick={toggle} />
        )}
      >
        {(close) => {
          const run = (next: Action) => () => {
            close();
            action.value = next;
          };
          return (
            <>
              {!agent.revoked_at && (
                <>
                  <MenuItem icon={KeyRound} onClick={run('rotate')}>
                    Make a new token
                  </MenuItem>
                  <MenuItem icon={Ban} onClick={run('revoke')}>
                    Revoke its tokens
                  </MenuItem>
                </>
              )}
              <MenuItem icon={Trash2} danger onClick={run('remove')}>
                Remove agent
              </MenuItem>
            </>
          );
        }}
      </Popover>
      {Shown && <Shown agent={agent} onClose={() => (action.value = undefined)} />}
    </div>
  );
}
