/** What is told of a link, in words: how it is, what became of what was made, what leaves. */
import type { components } from '../../lib/api-types';
import { count, span } from '../../lib/format';
import type { Tone } from '../../lib/states';
import type { Uplink } from '../../lib/store';

type Schemas = components['schemas'];
export type Ledger = Schemas['Ledger'];
export type Attempt = Schemas['Attempt'];

export const sentence = (text: string) => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
};

/** How the link is and what to do, in sentences. */
export function storyOf(link: Uplink | undefined, now: number, rate?: number): string[] {
  if (!link) return ['The agent has not told how this link is.'];
  const waiting = link.ledger?.queued.items ?? 0;
  const told: string[] = [];
  switch (link.state) {
    case 'off':
      return ['Nothing is sent, and nothing is kept for it.'];
    case 'connecting':
      return ['The first connection is under way.'];
    case 'on':
      return ['Everything gets through.'];
    case 'catching_up':
      told.push('What was made while there was no connection is on its way, oldest first.', `${items(waiting)} to go${rate ? ` at ${count(rate)} a second, about ${span(Math.ceil(waiting / rate))}` : ''}.`);
      return told;
    case 'rejected':
      told.push(link.last_error ? sentence(link.last_error) : 'The receiver does not take the token of this agent.');
      break;
    default:
      told.push(link.last_error ? sentence(link.last_error) : 'There is no connection.');
  }
  if (waiting === 0) return told;
  const since = link.last_acknowledged_at;
  told.push(`${since ? `Nothing has been stored for ${span((now - Date.parse(since)) / 1000)}: ` : ''}${items(waiting)} ${waiting === 1 ? 'waits' : 'wait'} in memory.`);
  return told;
}

export const items = (n: number) => `${count(n)} ${n === 1 ? 'item' : 'items'}`;

/** What became of what was made, by what it is called in the ledger. Together they are what was produced. */
export const FATES: readonly (readonly [key: 'acknowledged' | 'queued' | 'thinned' | 'lost' | 'refused', word: string, tone: Tone, meaning: string])[] = [
  ['acknowledged', 'Acknowledged', 'ok', 'stored by the receiver'],
  ['queued', 'Queued', 'idle', 'kept here until it is stored'],
  ['thinned', 'Thinned', 'warn', 'left out so that others could be kept'],
  ['lost', 'Lost', 'bad', 'gone since the memory was full'],
  ['refused', 'Refused', 'auth', 'not taken by the receiver'],
];

/** The parts of what was produced in percent; one that is there at all can be seen. */
export function sharesOf(ledger: Ledger): readonly (readonly [tone: Tone, percent: number])[] {
  const present = FATES.filter(([key]) => ledger[key].items > 0);
  const least = 1.5;
  const raw = present.map(([key]) => Math.max(least, (ledger[key].items / Math.max(1, ledger.produced.items)) * 100));
  const sum = raw.reduce((a, b) => a + b, 0);
  return present.map(([, , tone], at) => [tone, (raw[at]! / sum) * 100] as const);
}

/** Attempts in a row that ended alike, the newest first. */
export interface Run {
  readonly newest: Attempt;
  readonly oldest: Attempt;
  readonly times: number;
}

export function runsOf(attempts: readonly Attempt[]): Run[] {
  const runs: Run[] = [];
  const alike = (a: Attempt, b: Attempt) => a.carrier === b.carrier && a.reason === b.reason && a.text === b.text && (a.welcomed_after_ms === undefined) === (b.welcomed_after_ms === undefined);
  for (const it of attempts) {
    const last = runs.at(-1);
    // One that is under way, or got through, stands for itself.
    const isFailure = it.ended_after_ms !== undefined && it.welcomed_after_ms === undefined;
    if (last && isFailure && alike(last.oldest, it)) runs[runs.length - 1] = { ...last, oldest: it, times: last.times + 1 };
    else runs.push({ newest: it, oldest: it, times: 1 });
  }
  return runs;
}

export const CARRIERS: Record<string, string> = { websocket: 'WebSocket', post: 'HTTPS POST' };

/** What became of an attempt, in words. */
export function outcomeOf(it: Attempt): { tone: Tone; text: string } {
  const isWelcome = it.welcomed_after_ms !== undefined;
  if (it.ended_after_ms === undefined) return isWelcome ? { tone: 'ok', text: `Connected, in ${count(it.welcomed_after_ms!)} ms` } : { tone: 'idle', text: 'Under way' };
  const why = it.text ? sentence(it.text) : it.reason ? sentence(it.reason.replaceAll('_', ' ')) : '';
  if (isWelcome) return { tone: 'idle', text: `Connected for ${span(it.ended_after_ms / 1000)}. ${why}`.trim() };
  return { tone: it.reason === 'rejected' ? 'auth' : 'bad', text: why || 'No connection.' };
}

export type Rule = 'send' | 'mask' | 'hash' | 'withhold';

/** What of a reading is private or may be, and what is done with it where nothing is written. `isText` is what can be masked. */
export const PARTS: readonly { readonly path: string; readonly title: string; readonly rule: Rule | 'wallets'; readonly isText?: boolean; readonly isNeeded?: boolean }[] = [
  { path: 'source.address', title: 'Addresses of sources', rule: 'withhold', isText: true },
  { path: 'snapshot.network.ip', title: 'IP addresses', rule: 'withhold' },
  { path: 'snapshot.identity.mac', title: 'MAC addresses', rule: 'withhold' },
  { path: 'snapshot.identity.serial', title: 'Serial numbers', rule: 'withhold', isText: true },
  { path: 'snapshot.identity.hostname', title: 'Host names', rule: 'withhold', isText: true },
  { path: 'snapshot.network.rssi_dbm', title: 'Signal strength', rule: 'withhold' },
  { path: 'snapshot.coins.workers.address', title: 'Addresses of workers', rule: 'withhold', isText: true },
  { path: 'snapshot.servers.address', title: 'Addresses of servers', rule: 'withhold', isText: true },
  { path: 'snapshot.extra', title: 'Extra values', rule: 'withhold' },
  { path: 'snapshot.pools.user', title: 'Pool users', rule: 'wallets', isText: true },
  { path: 'snapshot.coins.workers.name', title: 'Names of workers', rule: 'wallets', isText: true, isNeeded: true },
  { path: 'source.name', title: 'Names of sources', rule: 'send', isText: true, isNeeded: true },
  { path: 'source.group', title: 'Groups', rule: 'send', isText: true },
  { path: 'snapshot.pools.url', title: 'Addresses of pools', rule: 'send', isText: true },
  { path: 'findings.detail', title: 'What needs attention', rule: 'send', isText: true, isNeeded: true },
  { path: 'events.text', title: 'Texts of events', rule: 'send', isText: true, isNeeded: true },
];

export type Rules = Readonly<Record<string, Rule>>;

const KNOWN = new Map(PARTS.map((it) => [it.path, it]));

/** What is done with which part: the built-in rules, and what was chosen in their place. `wallets` are shortened. */
export function rulesOf(chosen: Rules, masksWallets: boolean): { rule: Rule | 'wallets'; titles: string[]; isWeaker: boolean }[] {
  const paths = [...new Set([...PARTS.map((it) => it.path), ...Object.keys(chosen)])];
  const all = paths.map((path) => {
    const part = KNOWN.get(path);
    const initial = part?.rule === 'wallets' && !masksWallets ? 'send' : (part?.rule ?? 'send');
    const rule = chosen[path] ?? initial;
    return { title: part?.title ?? path, rule, isWeaker: rule === 'send' && part !== undefined && part.rule !== 'send' };
  });
  const order = ['withhold', 'wallets', 'mask', 'hash', 'send'] as const;
  return order.flatMap((rule) =>
    [true, false].flatMap((isWeaker) => {
      const titles = all.filter((it) => it.rule === rule && it.isWeaker === isWeaker).map((it) => it.title);
      return titles.length > 0 ? [{ rule, titles, isWeaker }] : [];
    }),
  );
}

/** A source as far as it matters for whether it is sent. */
interface Sendable {
  readonly kind: string;
  readonly group?: string;
}

/** Whether a link sends a source. Nothing chosen means all. */
export function sends({ kinds = [], groups = [] }: { kinds?: readonly string[]; groups?: readonly string[] }, { kind, group }: Sendable): boolean {
  return (kinds.length === 0 || kinds.includes(kind)) && (groups.length === 0 || (group !== undefined && groups.includes(group)));
}

/** A text cut into what is plain and what was masked or hashed, one after the other, plain first. */
export function cutMasked(json: string): string[] {
  return json.split(/("(?:[^"\\]|\\.)*…(?:[^"\\]|\\.)*"|"h:[0-9a-f]{12}")/);
}
