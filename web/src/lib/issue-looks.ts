/** How an issue looks, and what can be done about it from here. */
import type { IconName } from '../components/icon';
import { prefix } from './route';
import type { Issue } from './store';
import type { Row, State } from './row';
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
  server_unreachable: { tone: 'bad', state: 'offline' },
  disk_full: { tone: 'bad', icon: 'server' },
  memory_full: { tone: 'bad', icon: 'server' },
  update_available: { tone: 'idle', icon: 'up' },
  reboot_required: { tone: 'idle', icon: 'refresh' },
  unsupported: { tone: 'idle', state: 'unknown' },
};

export function lookOf(issue: Issue): IssueLook {
  const look = LOOKS[issue.code] ?? { tone: 'warn', state: 'degraded' };
  // A warning is never as loud as what is critical.
  return issue.severity === 'critical' || look.tone !== 'bad' ? look : { ...look, tone: 'warn' };
}

const SECTIONS = { miner: 'devices', pool: 'pools', infrastructure: 'servers' };

export interface Step {
  readonly text: string;
  readonly href: string;
}

/** Where a source is shown: a miner beside the table, a pool or server on the page of its kind. */
export function homeOf(id: string, kind: Row['snapshot_kind']): string {
  const name = encodeURIComponent(id);
  return kind === 'pool' ? `/pools?pool=${name}` : kind === 'infrastructure' ? `/servers?server=${name}` : `/?device=${name}`;
}

/** The next step that is offered. `kind` is that of its source, if it is one. */
export function stepOf(issue: Issue, kind?: Row['snapshot_kind']): Step {
  const [id = ''] = issue.source_ids;
  if (issue.source_ids.length > 1) {
    const page = kind === 'pool' ? '/pools' : kind === 'infrastructure' ? '/servers' : `/?issue=${encodeURIComponent(issue.id)}`;
    return { text: `Show ${issue.source_ids.length}`, href: page };
  }
  if (issue.code === 'auth' && prefix.value === '') return { text: 'Sign in', href: `/settings/${SECTIONS[kind ?? 'miner']}?edit=${encodeURIComponent(id)}` };
  return { text: 'Open', href: homeOf(id, kind) };
}
