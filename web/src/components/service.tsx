/** What the pages of pools and servers share: facts, notes about values that are old, and what stands where there are none. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { pollNow } from '../lib/device';
import { age, moment } from '../lib/format';
import { isMuted } from '../lib/prefs';
import type { Row, State } from '../lib/row';
import { hostText, reasonOf } from '../lib/row-text';
import { isAdmin } from '../lib/session';
import { lastKnown, LOOKS, SOFT, TEXT } from '../lib/states';
import { issues, now, slowNow } from '../lib/store';
import { Button, ButtonLink } from './button';
import { Skeleton, useIsLate } from './empty';
import { StateIcon } from './icon';
import { IssueLine, sentence } from './issue-line';
import { Panel } from './panel';

export type Section = 'pools' | 'servers';

/** One figure with its name above and more about it below. */
export function Fact(props: {
  name: string;
  note?: ComponentChildren;
  title?: string | undefined;
  large?: boolean | undefined;
  class?: string;
  children: ComponentChildren;
}) {
  return (
    <div class={`min-w-0 ${props.class ?? ''}`} title={props.title}>
      <dt class="truncate text-caption text-ink2">{props.name}</dt>
      <dd class={`font-semibold ${props.large ? 'text-total tracking-[-0.01em]' : 'text-title'}`}>{props.children}</dd>
      <dd class="min-h-4 text-caption text-ink3">{props.note}</dd>
    </div>
  );
}

/** A state as icon and word. */
export function StateWord({ state, word }: { state: State; word?: string | undefined }) {
  return (
    <span class={`flex shrink-0 items-center gap-1.5 text-control font-medium ${TEXT[LOOKS[state].tone]}`}>
      <StateIcon state={state} size={14} />
      {word ?? LOOKS[state].word}
    </span>
  );
}

/** Why it is in its state, and from when the values are that are shown. Nothing where all is well. */
export function ServiceNote({ row, class: className = '' }: { row: Row; class?: string }) {
  const isOld = lastKnown(row, now.value) === 'old';
  const isTrouble = row.state === 'degraded' && row.detail;
  if (!isOld && !isTrouble) return null;
  const at = Date.parse(row.snapshot_at ?? '');
  const reason = row.state === 'stale' ? row.detail : reasonOf(row, now.value);
  return (
    <p class={`rounded-control px-3 py-2 text-caption ${SOFT[row.state === 'running' ? 'warn' : LOOKS[row.state].tone]} ${className}`}>
      {reason && <span class="block font-medium">{sentence(reason)}</span>}
      {isOld && (
        <span class="block text-ink" title={moment(at)}>
          Showing values from {age(at, now.value)}
        </span>
      )}
    </p>
  );
}

/** A card of a source of which there are no values: why, and what to do about it. */
export function SourceCard(props: {
  row: Row;
  section: Section;
  url: string | undefined;
  /** What is said where it does answer, and what leads on from there. */
  children?: ComponentChildren;
  action?: string;
}) {
  const { row, section, url, children } = props;
  const edit = `/settings/${section}?edit=${encodeURIComponent(row.id)}`;
  const [words, next] = nextStep(row, section);
  const action = children ? (props.action ?? next) : next;
  return (
    <Panel title={row.name} hideTitle class={row.state === 'disabled' ? 'text-ink2' : ''}>
      <article data-source={row.id} class="flex flex-col gap-3 p-4">
        <header class="flex items-start gap-2">
          <div class="min-w-0 flex-1">
            <h2 class="truncate text-title">{row.name}</h2>
            <p class="truncate text-caption text-ink3">{hostText(row)}</p>
          </div>
          <StateWord state={row.state} />
        </header>
        {row.state === 'pending' && <Skeleton class="h-14" />}
        <p class="text-control text-ink2">{children ?? words}</p>
        <footer class="flex flex-wrap gap-2 empty:hidden">
          {isAdmin() && action && (
            <ButtonLink href={edit} size="small" class="max-lg:h-10">
              {action}
            </ButtonLink>
          )}
          {url && row.state !== 'disabled' && row.state !== 'pending' && (
            <ButtonLink href={url} size="small" class="max-lg:h-10" label={`Open its page: ${row.name}`}>
              Open its page
            </ButtonLink>
          )}
          {row.state !== 'disabled' && row.state !== 'pending' && <PollNow row={row} />}
        </footer>
      </article>
    </Panel>
  );
}

/** What is said of a source without values, and the button that leads on. */
function nextStep(row: Row, section: Section): [words: string, action: string] {
  const detail = row.detail ? `${sentence(row.detail)}. ` : '';
  switch (row.state) {
    case 'pending':
      return ['It was not asked yet. The first answer comes in a moment.', ''];
    case 'disabled':
      return ['Switched off in the settings: it is not asked.', 'Enable'];
    case 'auth':
      return [`${detail}${section === 'pools' ? 'Give the agent its API key, or let this machine in there.' : 'The agent has no login for it: use its address on the LAN.'}`, section === 'pools' ? 'Set API key' : 'Edit'];
    case 'unknown':
      return [`${detail}Check its address and port.`, 'Edit'];
    default:
      return [`${detail || `No answer from ${hostText(row)}. `}Check that it runs and that this machine may reach it.`, 'Edit'];
  }
}

export function PollNow({ row, isShort = false }: { row: Row; isShort?: boolean }) {
  const isBusy = useSignal(false);
  if (!isAdmin()) return null;
  const poll = async () => {
    isBusy.value = true;
    await pollNow(row);
    isBusy.value = false;
  };
  return (
    <Button size="small" icon="refresh" class="max-lg:h-10" busy={isBusy.value} label={`Poll now: ${row.name}`} onClick={() => void poll()}>
      <span class={isShort ? 'max-sm:hidden' : ''}>Poll now</span>
    </Button>
  );
}

/** So many issues are shown above the cards. */
const SHOWN = 4;

/** What needs attention about these sources. */
export function Attention({ rows }: { rows: readonly Row[] }) {
  const ids = new Set(rows.map((row) => row.id));
  const open = issues.value.filter((it) => it.severity !== 'info' && it.source_ids.some((id) => ids.has(id)) && !isMuted(it.id, slowNow.value));
  if (open.length === 0) return null;
  return (
    <Panel
      title="Needs attention"
      actions={
        open.length > SHOWN && (
          <a href="/events" class="rounded-small px-1.5 py-1 text-caption text-ink2 hover:text-ink max-lg:py-3">
            Show all {open.length}
          </a>
        )
      }
    >
      <ul class="divide-y divide-line">
        {open.slice(0, SHOWN).map((issue) => (
          <li key={issue.id} class="flex min-h-13 items-center gap-3 py-2 pr-3 pl-4">
            <IssueLine issue={issue} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What stands there when the first answers are late. */
export function CardSkeletons() {
  if (!useIsLate(true)) return null;
  return (
    <div role="status" aria-label="Loading" class="grid grid-cols-1 gap-4 p-4 sm:p-5 lg:grid-cols-2 xl:grid-cols-3 min-[105rem]:grid-cols-4">
      {[0, 1, 2].map((n) => (
        <Skeleton key={n} class="h-80 rounded-card" />
      ))}
    </div>
  );
}
