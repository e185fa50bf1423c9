/** The frame of every page: the rail at the left, the bar at the bottom of phones, and what is between. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { go, path } from '../lib/route';
import { addShortcuts } from '../lib/keys';
import { bytes, count, decimal, inline } from '../lib/format';
import { isMuted } from '../lib/prefs';
import type { Row } from '../lib/row';
import { ATTENTION, FILL, LOOKS, RANK } from '../lib/states';
import { infrastructure, lineup, pools } from '../lib/lineup';
import { caller, discovered, issues, rowsById, slowNow, usage, version } from '../lib/store';
import { Icon, type IconName, Logo } from './icon';
import { lazy } from './lazy';
import { Toasts } from './toast';

const UplinkCard = lazy(() => import('./background').then((it) => it.UplinkCard));

export interface Entry {
  readonly href: string;
  readonly text: string;
  readonly icon: IconName;
  readonly count?: () => number;
  /** Those of them that somebody should look at. */
  readonly troubled?: () => Row[];
  readonly isAlarm?: boolean;
  readonly key?: string;
  /** Not in the bar of phones. */
  readonly railOnly?: boolean;
}

const troubledOf = (of: readonly Row[]) => of.filter((row) => ATTENTION.has(row.state));

const openIssues = () => issues.value.reduce((sum, it) => sum + (isMuted(it.id, slowNow.value) ? 0 : 1), 0);

export const ENTRIES: readonly Entry[] = [
  { href: '/', text: 'Fleet', icon: 'grid', count: () => lineup.value.length, key: 'f' },
  { href: '/pools', text: 'Pools', icon: 'drop', count: () => pools.value.length, troubled: () => troubledOf(pools.value), key: 'p' },
  { href: '/servers', text: 'Servers', icon: 'server', count: () => infrastructure.value.length, troubled: () => troubledOf(infrastructure.value), key: 's' },
  { href: '/events', text: 'Events', icon: 'bell', count: openIssues, isAlarm: true, key: 'e' },
  { href: '/discovery', text: 'Discovery', icon: 'radar', count: () => discovered.value, railOnly: true, key: 'd' },
  { href: '/settings', text: 'Settings', icon: 'sliders', key: 'c' },
];

function isHere(href: string): boolean {
  const at = path.value;
  if (!at.startsWith('/d/')) return href === '/' ? at === '/' : at.startsWith(href);
  const kind = rowsById.value.get(at.slice(3))?.snapshot_kind;
  return href === (kind === 'pool' ? '/pools' : kind === 'infrastructure' ? '/servers' : '/');
}

/** `entries`, `head` and `foot` of the rail are those of an agent, unless a cloud has others. */
export function Shell(props: { entries?: readonly Entry[]; head?: ComponentChildren; foot?: ComponentChildren; top?: ComponentChildren; children: ComponentChildren }) {
  const { entries = ENTRIES, head = <Site />, foot = <Foot />, top, children } = props;
  useEffect(() => {
    const toPages = entries.map(({ href, text, key }) => ({ keys: `g ${key}`, what: `Go to ${text}`, run: () => go(href) }));
    return addShortcuts(toPages);
  }, [entries]);
  return (
    <>
      <a
        href="#main"
        class="fixed top-2 left-2 z-50 -translate-y-20 rounded-control bg-ink px-4 py-2 text-control font-medium text-bg focus:translate-y-0"
      >
        Skip to content
      </a>
      <Rail entries={entries} head={head} foot={foot} />
      <div class="min-h-dvh pb-[calc(4.25rem+env(safe-area-inset-bottom))] lg:pb-0 lg:pl-[216px]">
        {top}
        {children}
      </div>
      <BottomBar entries={entries} />
      <Toasts />
    </>
  );
}

function Site() {
  return (
    <a href="/" class="flex items-center gap-2.5 rounded-control px-1.5 py-1">
      <Logo size={24} />
      <span class="min-w-0">
        <span class="block truncate text-control font-semibold">{caller.value?.agent_name || 'GSSA'}</span>
        <span class="block truncate text-axis text-ink3">GoSlimStratum Agent</span>
      </span>
    </a>
  );
}

function Foot() {
  return (
    <>
      {caller.value?.scope === 'read' && <LogIn />}
      <UplinkCard />
      <div class="flex justify-between gap-2 px-1.5 text-axis text-ink3">
        <span>{version.value && `v${version.value.version}`}</span>
        <Usage />
      </div>
    </>
  );
}

function Rail({ entries, head, foot }: { entries: readonly Entry[]; head: ComponentChildren; foot: ComponentChildren }) {
  return (
    <div class="fixed inset-y-0 left-0 z-20 flex w-[216px] flex-col border-r border-line bg-bg px-3 pt-3 pb-4 max-lg:hidden">
      {head}
      <nav aria-label="Pages" class="mt-5 flex flex-col gap-0.5">
        {entries.map((entry) => (
          <RailEntry key={entry.href} {...entry} />
        ))}
      </nav>
      <div class="mt-auto flex flex-col gap-3">{foot}</div>
    </div>
  );
}

/** A dot where something needs attention, in the colour of the worst. */
function Trouble({ of = [], class: className }: { of?: Row[] | undefined; class: string }) {
  const [worst] = of.sort((a, b) => RANK[a.state] - RANK[b.state]);
  return worst ? <span role="img" aria-label={`${of.length} need attention`} class={`size-1.5 rounded-full ${FILL[LOOKS[worst.state].tone]} ${className}`} /> : null;
}

function RailEntry({ href, text, icon, count: counted, troubled, isAlarm }: Entry) {
  const here = isHere(href);
  const n = counted?.() ?? 0;
  return (
    <a
      href={href}
      aria-current={here ? 'page' : undefined}
      class={`flex h-8 items-center gap-2.5 rounded-control border px-2 text-control transition-colors duration-100 ${
        here ? 'border-line bg-panel font-medium text-ink shadow-card' : 'border-transparent text-ink2 hover:bg-raise hover:text-ink'
      }`}
    >
      <Icon name={icon} class={here ? 'text-brand' : 'text-ink3'} />
      <span class="flex-1">{text}</span>
      <Trouble of={troubled?.()} class="-mr-1" />
      {n > 0 && (
        <span class={isAlarm ? 'rounded-full bg-bad-soft px-1.5 text-axis font-medium text-bad' : 'text-caption text-ink3'}>
          {count(n)}
        </span>
      )}
    </a>
  );
}

/** For who only looks. */
function LogIn() {
  return (
    <a href="/login" class="flex h-8 items-center justify-center rounded-control border border-edge bg-panel text-control font-medium hover:bg-raise">
      Log in
    </a>
  );
}

/** What the agent itself costs: proof that it is light. */
function Usage() {
  const { resident_bytes, cpu_percent } = usage.value ?? {};
  if (resident_bytes === undefined) return null;
  return (
    <span title="Memory and processor time of the agent">
      {inline({ ...bytes(resident_bytes), text: decimal(resident_bytes / 1e6, 0), unit: 'MB' })}
      {cpu_percent !== undefined && ` · ${decimal(cpu_percent, 1)} % CPU`}
    </span>
  );
}

function BottomBar({ entries }: { entries: readonly Entry[] }) {
  return (
    <nav
      aria-label="Pages"
      class="fixed inset-x-0 bottom-0 z-20 flex border-t border-line bg-panel px-1 pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {entries.filter((entry) => !entry.railOnly).map(({ href, text, icon, count: counted, troubled, isAlarm }) => {
        const here = isHere(href);
        const n = isAlarm ? (counted?.() ?? 0) : 0;
        return (
          <a
            key={href}
            href={href}
            aria-current={here ? 'page' : undefined}
            class={`relative flex h-16 flex-1 flex-col items-center justify-center gap-1 text-axis ${here ? 'font-medium text-ink' : 'text-ink2'}`}
          >
            <span class="relative">
              <Icon name={icon} size={20} class={here ? 'text-brand' : 'text-ink3'} />
              <Trouble of={troubled?.()} class="absolute -top-0.5 -right-1.5" />
              {n > 0 && (
                <span class="absolute -top-1.5 left-3 min-w-4 rounded-full bg-bad px-1 text-center text-[0.625rem]/4 font-semibold text-bg">
                  {count(n)}
                </span>
              )}
            </span>
            {text}
          </a>
        );
      })}
    </nav>
  );
}
