/** How an issue looks, and what can be done about it from here. */
import type { IconName } from '../components/icon';
import type { Issue } from './store';
import type { State } from './row';
import type { Tone } from './states';

export interface IssueLook {
  readonly tone: Tone;
  /** The icon of a state, or a line icon. */
  readonly state?: State;
  readonly icon?: IconName;
}

const LOOKS: Partial<Record<string, IssueLook>> = {
  offline: { tone: 'bad', state: 'offline' },
  auth: { tone: 'auth', state: 'auth' },
  hot: { tone: 'bad', state: 'hot' },
  warm: { tone: 'warn', state: 'hot' },
  not_hashing: { tone: 'bad', state: 'not_hashing' },
  low_hashrate: { tone: 'warn', icon: 'gauge' },
  high_rejects: { tone: 'warn', icon: 'x' },
  on_fallback_pool: { tone: 'warn', icon: 'swap' },
  power_fault: { tone: 'bad', icon: 'power' },
  frozen: { tone: 'warn', state: 'stale' },
  unsupported: { tone: 'idle', state: 'unknown' },
};

export function lookOf(issue: Issue): IssueLook {
  const look = LOOKS[issue.code] ?? { tone: 'warn', state: 'degraded' };
  // A warning is never as loud as what is critical.
  return issue.severity === 'critical' || look.tone !== 'bad' ? look : { ...look, tone: 'warn' };
}

export interface Step {
  readonly text: string;
  readonly href: string;
}

/** The next step that is offered. */
export function stepOf(issue: Issue): Step {
  const [id = ''] = issue.source_ids;
  if (issue.source_ids.length > 1) return { text: `Show ${issue.source_ids.length}`, href: `/?issue=${encodeURIComponent(issue.id)}` };
  if (issue.code === 'auth') return { text: 'Sign in', href: `/settings/devices?edit=${encodeURIComponent(id)}` };
  return { text: 'Open', href: `/?device=${encodeURIComponent(id)}` };
}
