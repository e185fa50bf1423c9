/** Every agent that one may see: whether it is there, what became of what it sent, and what needs attention. */
import { useSignal } from '@preact/signals';
import { HardDriveUpload } from 'lucide';
import { useEffect } from 'preact/hooks';
import { Button, ButtonLink, IconButton } from '../../components/button';
import { Empty, Skeleton, useIsLate } from '../../components/empty';
import { StateIcon } from '../../components/icon';
import { sentence } from '../../components/issue-line';
import { LiveNote, Page } from '../../components/page';
import { Panel } from '../../components/panel';
import { Search } from '../../components/search';
import { count, moment, plural, span } from '../../lib/format';
import { isWide } from '../../lib/media';
import { place, setQuery } from '../../lib/route';
import type { State } from '../../lib/row';
import { SOFT, type Tone } from '../../lib/states';
import { now } from '../../lib/store';
import { AgentCard } from './agent-card';
import { AddAgent } from './enrol';
import { type AgentIssue, agentIssues, agents, hasAgents, isManager } from './state';
import { matching, presenceOf, worstFirst } from './words';

/** A search among fewer finds nothing that is not seen. */
const SEARCH_FROM = 7;
/** So many cards are made at once. */
const SHOWN = 60;

export function Agents() {
  const isAdding = useSignal(false);
  const isSearching = useSignal(false);
  const { query } = place.value;
  const q = query.get('q') ?? '';
  const hasSearch = agents.value.length >= SEARCH_FROM || q !== '';
  const field = (
    <Search
      value={q}
      placeholder="Name, site, state…"
      class="w-full lg:w-56"
      autoFocus={isSearching.value}
      onChange={(text) => setQuery({ q: text }, { replace: true })}
      onLeave={() => (isSearching.value = false)}
    />
  );
  const isPhoneSearch = !isWide.value && hasSearch && (isSearching.value || q !== '');
  return (
    <>
      <Page
        title="Agents"
        note={<LiveNote />}
        {...(isPhoneSearch && { head: field })}
        actions={
          <>
            {hasSearch && (isWide.value ? field : <IconButton name="search" label="Search" bordered class="size-10!" onClick={() => (isSearching.value = true)} />)}
            {isManager.value && (
              <Button weight="primary" icon="plus" class="h-8! max-lg:h-10!" label="Add agent" onClick={() => (isAdding.value = true)}>
                <span class="max-sm:hidden">Add agent</span>
              </Button>
            )}
          </>
        }
      >
        <Content q={q} onAdd={() => (isAdding.value = true)} />
      </Page>
      {isAdding.value && <AddAgent onClose={() => (isAdding.value = false)} />}
    </>
  );
}

function Content({ q, onAdd }: { q: string; onAdd: () => void }) {
  const isLate = useIsLate(!hasAgents.value);
  const isAll = useSignal(false);
  const wanted = place.value.query.get('agent');
  useEffect(() => {
    if (wanted) document.querySelector(`[data-agent="${CSS.escape(wanted)}"]`)?.scrollIntoView({ block: 'center' });
  }, [wanted, hasAgents.value]);
  if (!hasAgents.value) return isLate ? <Loading /> : null;
  if (agents.value.length === 0) return <NoAgents onAdd={onAdd} />;
  const found = worstFirst(matching(agents.value, q));
  const isFar = found.findIndex((it) => it.id === wanted) >= SHOWN;
  const cards = isAll.value || isFar ? found : found.slice(0, SHOWN);
  return (
    <div class="flex flex-col gap-4 p-4 sm:p-5">
      <Issues />
      <Sums found={q ? found.length : undefined} />
      {found.length === 0 && (
        <Panel title="Agents" hideTitle>
          <Empty icon="search" title={`No agent matches ‘${q}’`} actions={<Button onClick={() => setQuery({ q: undefined }, { replace: true })}>Clear search</Button>} />
        </Panel>
      )}
      <ul class="grid grid-cols-1 gap-4 lg:grid-cols-2 min-[90rem]:grid-cols-3 min-[120rem]:grid-cols-4">
        {cards.map((agent) => (
          <li key={agent.id} class="min-w-0">
            <AgentCard agent={agent} />
          </li>
        ))}
      </ul>
      {cards.length < found.length && (
        <Button class="self-center" onClick={() => (isAll.value = true)}>
          Show all {count(found.length)}
        </Button>
      )}
    </div>
  );
}

/** How many there are, and how they are. */
function Sums({ found }: { found: number | undefined }) {
  const words = new Map<string, number>();
  for (const agent of worstFirst(agents.value)) {
    const { word } = presenceOf(agent);
    words.set(word, (words.get(word) ?? 0) + 1);
  }
  const parts = [plural(agents.value.length, 'agent'), ...[...words].map(([word, n]) => `${count(n)} ${word.toLowerCase()}`)];
  return (
    <p class="text-control text-ink2" role="status">
      {found === undefined ? parts.join(' · ') : `${count(found)} of ${parts[0]}`}
    </p>
  );
}

const LOOKS: Record<AgentIssue['code'], State> = { agent_gone: 'offline', agent_never_seen: 'pending', agent_duplicate: 'degraded', agent_clock: 'stale' };
const TONES: Record<AgentIssue['severity'], Tone> = { critical: 'bad', warning: 'warn', info: 'idle' };
const RANKS: Record<AgentIssue['severity'], number> = { critical: 0, warning: 1, info: 2 };

/** So many issues are listed; each is at its agent too. */
const LISTED = 4;

/** What needs attention, over all agents. */
function Issues() {
  const all = agentIssues.value.filter((it) => it.severity !== 'info').sort((a, b) => RANKS[a.severity] - RANKS[b.severity] || a.since.localeCompare(b.since));
  if (all.length === 0) return null;
  return (
    <Panel title="Needs attention" note={`${plural(all.length, 'issue')}, ${plural(new Set(all.map((it) => it.agent_id)).size, 'agent')}`}>
      <ul class="divide-y divide-line">
        {all.slice(0, LISTED).map((issue) => (
          <li key={issue.id} data-issue={issue.id} class="flex min-h-13 items-center gap-3 py-2 pr-3 pl-4">
            <span class={`grid size-8 shrink-0 place-items-center rounded-control ${SOFT[TONES[issue.severity]]}`}>
              <StateIcon state={LOOKS[issue.code]} tone={TONES[issue.severity]} />
            </span>
            <span class="min-w-0 flex-1">
              <span class="block truncate text-body font-medium">{issue.title}</span>
              <span class="block truncate text-caption text-ink2" title={`${issue.detail}\n${moment(Date.parse(issue.since))}`}>
                {sentence(issue.detail)} · for {span((now.value - Date.parse(issue.since)) / 1000)}
              </span>
            </span>
            <ButtonLink href={`/?agent=${encodeURIComponent(issue.agent_id)}`} size="small" class="max-lg:h-9" label={`Show: ${issue.title}`}>
              Show
            </ButtonLink>
          </li>
        ))}
      </ul>
      {all.length > LISTED && <p class="border-t border-line px-4 py-2 text-caption text-ink3">and {count(all.length - LISTED)} more, first in the list below</p>}
    </Panel>
  );
}

function NoAgents({ onAdd }: { onAdd: () => void }) {
  return isManager.value ? (
    <Empty
      icon={HardDriveUpload}
      title="No agents yet"
      actions={
        <Button weight="primary" icon="plus" onClick={onAdd}>
          Add agent
        </Button>
      }
    >
      Add one for each place that has an agent. You get a token for its configuration; the agent then connects to this cloud by itself.
    </Empty>
  ) : (
    <Empty icon={HardDriveUpload} title="No agents for you yet">
      An administrator of this cloud grants agents to you. They show up here at once.
    </Empty>
  );
}

function Loading() {
  return (
    <div role="status" aria-label="Loading" class="grid grid-cols-1 gap-4 p-4 sm:p-5 lg:grid-cols-2 min-[90rem]:grid-cols-3">
      {[0, 1, 2].map((n) => (
        <Skeleton key={n} class="h-72 rounded-card" />
      ))}
    </div>
  );
}

