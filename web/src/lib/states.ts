/** How each state looks. Class names stand here in full: the style sheet is made from what it finds in the sources. */
import { away } from './away';
import { type Row, type State, timesOf } from './row';

export type Tone = 'ok' | 'warn' | 'bad' | 'auth' | 'idle';

export interface Look {
  readonly word: string;
  readonly tone: Tone;
}

export const LOOKS: Record<State, Look> = {
  hashing: { word: 'Hashing', tone: 'ok' },
  running: { word: 'Running', tone: 'ok' },
  degraded: { word: 'Degraded', tone: 'warn' },
  hot: { word: 'Too hot', tone: 'bad' },
  not_hashing: { word: 'Not hashing', tone: 'bad' },
  standby: { word: 'Standby', tone: 'idle' },
  stale: { word: 'Stale', tone: 'warn' },
  offline: { word: 'Offline', tone: 'bad' },
  auth: { word: 'Auth needed', tone: 'auth' },
  unknown: { word: 'Unknown', tone: 'idle' },
  pending: { word: 'Pending', tone: 'idle' },
  disabled: { word: 'Disabled', tone: 'idle' },
};

export const TEXT: Record<Tone, string> = {
  ok: 'text-ok',
  warn: 'text-warn',
  bad: 'text-bad',
  auth: 'text-auth',
  idle: 'text-idle',
};

export const FILL: Record<Tone, string> = {
  ok: 'bg-ok-fill',
  warn: 'bg-warn-fill',
  bad: 'bg-bad-fill',
  auth: 'bg-auth-fill',
  idle: 'bg-idle-fill',
};

export const SOFT: Record<Tone, string> = {
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  auth: 'bg-auth-soft text-auth',
  idle: 'bg-idle-soft text-idle',
};

export const STROKE: Record<Tone, string> = {
  ok: 'stroke-ok-fill',
  warn: 'stroke-warn-fill',
  bad: 'stroke-bad-fill',
  auth: 'stroke-auth-fill',
  idle: 'stroke-idle-fill',
};

/** Worst first. */
export const RANK: Record<State, number> = {
  hot: 0,
  offline: 1,
  not_hashing: 2,
  auth: 3,
  degraded: 4,
  stale: 5,
  unknown: 6,
  pending: 7,
  standby: 8,
  hashing: 9,
  running: 9,
  disabled: 10,
};

/** States that somebody should look at. A degraded or hot miner also hashes: the two sets overlap. */
export const ATTENTION: ReadonlySet<State> = new Set(['hot', 'not_hashing', 'offline', 'auth', 'degraded', 'stale']);

/** States in which a miner works. */
export const WORKING: ReadonlySet<State> = new Set(['hashing', 'degraded', 'hot']);

/** States whose figures are from now. */
const LIVE: ReadonlySet<State> = new Set(['hashing', 'running', 'degraded', 'hot', 'not_hashing', 'standby', 'unknown']);

/** So many intervals without a word, and a figure is old, whatever its state says. */
const OLD_INTERVALS = 3;

/** How the figures of a row may be shown: as they are, dimmed with their age, or not at all. */
export type Freshness = 'live' | 'old' | 'none';

export function freshness(row: Row, now: number): Freshness {
  const [, snapshot] = timesOf(row);
  if (snapshot === undefined) return 'none';
  if (row.state !== 'stale' && !LIVE.has(row.state)) return 'none';
  const limit = (row.interval_secs ?? 60) * 1000 * OLD_INTERVALS;
  return row.state === 'stale' || now - snapshot > limit || away.value !== undefined ? 'old' : 'live';
}

/** The same for a pool or server: its card keeps its last values, dimmed and with their age, also while it does not answer. */
export function lastKnown(row: Row, now: number): Freshness {
  const fresh = freshness(row, now);
  return fresh === 'none' && row.snapshot_at ? 'old' : fresh;
}

const REASONS: Record<string, string> = {
  no_route: 'No route to it',
  connection_refused: 'Connection refused',
  connection_reset: 'Connection reset',
  name_not_found: 'Name not found',
  tls: 'TLS failed',
  timeout: 'No answer',
  password_needed: 'Password needed',
  password_wrong: 'Password wrong',
  api_disabled: 'API switched off',
  not_a_miner: 'Not a miner',
  firmware_unsupported: 'Firmware not known',
  malformed: 'Answer not readable',
  too_large: 'Answer too large',
  busy: 'Busy',
};

/** A failure's reason in words. */
export function reasonText(reason: string): string {
  return REASONS[reason] ?? reason.replaceAll('_', ' ');
}
