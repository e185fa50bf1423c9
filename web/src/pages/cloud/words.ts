/** What is said of an agent: functions of what the cloud tells and of the time. */
import { bytes, count, inline, plural, span } from '../../lib/format';
import type { State } from '../../lib/row';
import type { Tone } from '../../lib/states';
import type { components } from './api-types';

type Schemas = components['schemas'];
type Agent = Schemas['AgentOverview'];

export interface Presence {
  readonly word: string;
  readonly tone: Tone;
  /** Whose icon it has. */
  readonly icon: State;
  /** Worst first. */
  readonly rank: number;
}

/** Whether it is there, as one word. */
export function presenceOf(agent: Agent): Presence {
  if (agent.revoked_at) return { word: 'Revoked', tone: 'idle', icon: 'disabled', rank: 5 };
  const gone = agent.issues.find((it) => it.code === 'agent_gone');
  if (gone) return gone.severity === 'critical' ? { word: 'Gone', tone: 'bad', icon: 'offline', rank: 0 } : { word: 'Stopped', tone: 'warn', icon: 'offline', rank: 1 };
  if (agent.online) {
    // A copy or a wrong clock is no reason to call it away.
    const isWell = agent.issues.length === 0;
    return { word: 'Online', tone: 'ok', icon: 'running', rank: isWell ? 4 : 2 };
  }
  if (!agent.heard_at) return { word: 'Never connected', tone: 'idle', icon: 'pending', rank: 3 };
  return { word: 'Away', tone: 'warn', icon: 'stale', rank: 1 };
}

/** Less is the way of the message, and of the measurement. */
const CLOCK_IS_RIGHT_MS = 2000;

/** How far its clock is off. */
export function clockText(offsetMs: number | undefined): string | undefined {
  if (offsetMs === undefined) return undefined;
  const off = Math.abs(offsetMs);
  if (off < CLOCK_IS_RIGHT_MS) return 'Right';
  return `${span(Math.round(off / 1000))} ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}

/** A short time: `80 ms`, `1.2 s`, `4 min`. */
export function shortSpan(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined;
  if (ms < 1000) return `${count(ms)} ms`;
  return ms < 60_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : span(ms / 1000);
}

const DOORS: Record<Schemas['Door'], string> = { websocket: 'WebSocket', post: 'HTTPS posts' };

export function doorText(door: Agent['door']): string | undefined {
  return door && DOORS[door];
}

/** What did not come whole, in words; empty where everything did. */
export function missingText({ thinned, lost, refused, epochs_lost }: Agent['ledger']): string[] {
  return [
    thinned > 0 && `${count(thinned)} thinned`,
    lost > 0 && `${count(lost)} lost`,
    refused > 0 && `${count(refused)} refused`,
    epochs_lost > 0 && `${plural(epochs_lost, 'run')} cut off`,
  ].filter((it) => it !== false);
}

/** How much is kept, of how much may be. */
export function keptText({ kept }: Agent, max: number | undefined): string {
  return `${inline(bytes(kept.bytes))}${max ? ` of ${inline(bytes(max))}` : ''}`;
}

const NAMES = new Intl.Collator('en', { numeric: true });

/** The agents in the order of a list that is read from its top: what is wrong first, then by name. */
export function worstFirst(agents: readonly Agent[]): Agent[] {
  const ranks = new Map(agents.map((it) => [it, presenceOf(it).rank]));
  return agents.toSorted((a, b) => ranks.get(a)! - ranks.get(b)! || NAMES.compare(a.name, b.name));
}

/** Those with all words of a search in what they are called. */
export function matching(agents: readonly Agent[], q: string): readonly Agent[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return agents.filter((it) => words.every((word) => `${it.name} ${it.id} ${it.site ?? ''} ${presenceOf(it).word}`.toLowerCase().includes(word)));
}

/** Where agents connect, as this page is reached. */
export function endpointOf({ protocol, host }: { protocol: string; host: string }): string {
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/agent`;
}

const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/;

/** What goes into the configuration of an agent. Without TLS an agent wants to be told that this is meant. */
export function snippet(token: string, at: { protocol: string; host: string }): string {
  const isPlain = at.protocol !== 'https:' && !LOOPBACK.test(at.host);
  const uplink = { id: 'cloud', endpoint: endpointOf(at), token, ...(isPlain && { allow_plaintext: true }) };
  return `"uplinks": ${JSON.stringify([uplink], undefined, 2)}`;
}
