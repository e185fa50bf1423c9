/** What stands around the pages of a cloud: which agent is shown, the way to others, who looks. */
import { Check, ChevronsUpDown, CircleUser, HardDriveUpload, LogOut, Users } from 'lucide';
import { IconButton } from '../../components/button';
import { Icon, Logo, StateIcon } from '../../components/icon';
import { MenuLink, Popover } from '../../components/menu';
import { type Entry, ENTRIES } from '../../components/shell';
import { age } from '../../lib/format';
import { visitor } from '../../lib/session';
import { TEXT } from '../../lib/states';
import { now } from '../../lib/store';
import { agentIssues, agents, logOut, shown, shownId } from './state';
import { doorText, presenceOf, shortSpan, worstFirst } from './words';

const AGENTS: Entry = { href: '/', text: 'Agents', icon: HardDriveUpload, count: () => agentIssues.value.filter((it) => it.severity !== 'info').length, isAlarm: true, key: 'a' };
const USERS: Entry = { href: '/users', text: 'Users', icon: Users, key: 'u' };
const ACCOUNT: Entry = { href: '/account', text: 'Account', icon: CircleUser, key: 'm' };

const TOP = [AGENTS, ACCOUNT];
const TOP_MANAGED = [AGENTS, USERS, ACCOUNT];
const AGENT = [...ENTRIES.slice(0, 4), { ...AGENTS, href: '~/' }];

export const entriesOf = (level: 'top' | 'agent', isManager: boolean): readonly Entry[] => (level === 'agent' ? AGENT : isManager ? TOP_MANAGED : TOP);

export function CloudHead() {
  return (
    <a href="/" class="flex items-center gap-2.5 rounded-control px-1.5 py-1">
      <Logo size={24} />
      <span class="min-w-0">
        <span class="block truncate text-control font-semibold">GSSA cloud</span>
        <span class="block truncate text-axis text-ink3">{location.host}</span>
      </span>
    </a>
  );
}

/** So many agents are in the menu; all are on their page. */
const LISTED = 12;

/** Which agent is shown, and a menu of the others. */
function Switcher({ isWide }: { isWide: boolean }) {
  const it = shown.value;
  const name = it?.name ?? shownId.value;
  const others = worstFirst(agents.value).slice(0, LISTED);
  return (
    <Popover
      label="Agents"
      class="left-0 right-auto! w-64"
      button={(isOpen, toggle) => (
        <button
          type="button"
          aria-expanded={isOpen}
          title="Switch to another agent"
          class={`flex w-full items-center gap-2.5 rounded-control px-1.5 text-left hover:bg-raise ${isWide ? 'py-1' : 'min-h-11'}`}
          onClick={toggle}
        >
          {isWide && <Logo size={24} />}
          <span class="min-w-0 flex-1">
            <span class="block truncate text-control font-semibold">{name}</span>
            {isWide && <span class="block truncate text-axis text-ink3">{it?.site && it.site !== name ? it.site : 'GSSA cloud'}</span>}
          </span>
          <Icon name={ChevronsUpDown} size={14} class="text-ink3" />
        </button>
      )}
    >
      {() => (
        <div class="max-h-[70vh] overflow-y-auto">
          {others.map((other) => {
            const { icon, word, tone } = presenceOf(other);
            return (
              <a
                key={other.id}
                role="menuitem"
                href={`~/a/${encodeURIComponent(other.id)}/`}
                aria-current={other.id === shownId.value ? 'true' : undefined}
                class="flex items-center gap-2.5 rounded-small px-2.5 py-1.5 text-control hover:bg-raise focus-visible:bg-raise focus-visible:outline-offset-[-2px] max-lg:py-3"
              >
                <StateIcon state={icon} tone={tone} size={14} />
                <span class="min-w-0 flex-1 truncate">{other.name}</span>
                {other.id === shownId.value ? <Icon name={Check} size={14} /> : word !== 'Online' && <span class={`text-axis ${TEXT[tone]}`}>{word}</span>}
              </a>
            );
          })}
          <div class="mt-1 border-t border-line pt-1">
            <MenuLink icon={HardDriveUpload} href="~/">
              All agents
            </MenuLink>
          </div>
        </div>
      )}
    </Popover>
  );
}

export const AgentHead = () => <Switcher isWide />;

/** On phones, above the head of the page. */
export function AgentTop() {
  return (
    <div class="flex items-center gap-1 border-b border-line bg-panel px-1.5 lg:hidden">
      <a href="~/" aria-label="All agents" title="All agents" class="grid size-11 place-items-center rounded-control text-ink2 hover:bg-raise">
        <Icon name="back" size={18} />
      </a>
      <div class="min-w-0 flex-1">
        <Switcher isWide={false} />
      </div>
      <Here class="pr-3" />
    </div>
  );
}

/** Whether the agent that is shown is there. */
function Here({ class: className = '' }: { class?: string }) {
  const it = shown.value;
  if (!it) return null;
  const { word, tone, icon } = presenceOf(it);
  return (
    <span class={`flex shrink-0 items-center gap-1.5 text-caption font-medium ${TEXT[tone]} ${className}`}>
      <StateIcon state={icon} tone={tone} size={14} />
      {word}
    </span>
  );
}

/** How the agent is connected. */
export function AgentFoot() {
  const it = shown.value;
  const facts: [string, string | undefined][] = [
    ['Last heard', it?.heard_at ? age(Date.parse(it.heard_at), now.value) : undefined],
    ['Lag', it?.online ? shortSpan(it.lag_ms) : undefined],
    ['Carrier', doorText(it?.door)],
  ];
  return (
    <>
      {it && (
        <a href={`~/?agent=${encodeURIComponent(it.id)}`} class="block rounded-card border border-line bg-panel p-3 text-caption shadow-card hover:border-edge">
          <span class="flex items-center justify-between gap-2">
            <span class="font-medium">This agent</span>
            <Here />
          </span>
          <span class="mt-2 grid grid-cols-[1fr_auto] gap-x-2 gap-y-0.5 text-axis text-ink2">
            {facts.map(
              ([name, value]) =>
                value && (
                  <>
                    <span>{name}</span>
                    <span class="text-right text-ink">{value}</span>
                  </>
                ),
            )}
          </span>
        </a>
      )}
      <CloudFoot />
    </>
  );
}

export function CloudFoot() {
  return (
    <div class="flex items-center gap-2 pl-1.5 text-caption text-ink2">
      <a href="~/account" class="min-w-0 flex-1 truncate rounded-small hover:text-ink" title="Your account">
        {visitor.value?.user}
      </a>
      <IconButton name={LogOut} label="Log out" class="size-8!" onClick={() => void logOut()} />
    </div>
  );
}
