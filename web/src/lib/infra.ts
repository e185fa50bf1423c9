/** What is told of servers: how full they are, what runs on them, and what there is to do. */
import type { components } from './api-types';
import { plural } from './format';
import type { Reading } from './readings';
import type { Tone } from './states';

type Schemas = components['schemas'];
export type Infrastructure = Schemas['InfrastructureSnapshot'];
export type Server = Schemas['Server'];
export type Container = Schemas['Container'];
export type Product = Schemas['Product'];

export function infrastructureOf(reading: Reading | undefined): Infrastructure | undefined {
  const snapshot = reading?.snapshot as ({ kind: string } & Infrastructure) | undefined;
  return snapshot?.kind === 'infrastructure' ? snapshot : undefined;
}

export function usedPercent({ used_bytes, total_bytes }: Schemas['Usage']): number | undefined {
  return total_bytes > 0 ? Math.min(100, (used_bytes / total_bytes) * 100) : undefined;
}

/** From where on somebody should look, and at once: the agent makes issues of the same. */
export const DISK_LIMITS = [90, 97] as const;
export const MEMORY_LIMITS = [92, 98] as const;

export function toneOfPart(percent: number | undefined, limits?: readonly [number, number]): Tone {
  if (percent === undefined || !limits || percent < limits[0]) return 'idle';
  return percent < limits[1] ? 'warn' : 'bad';
}

export function isOverCritical({ celsius, critical_celsius }: Schemas['NamedTemperature']): boolean {
  return critical_celsius !== undefined && celsius >= critical_celsius;
}

/** What a container does, in a word, and how much that matters. */
export function containerLook({ state, health, product }: Container): { word: string; tone: Tone } {
  switch (state) {
    case 'running':
      if (health === 'unhealthy') return { word: 'Unhealthy', tone: 'bad' };
      if (health === 'starting') return { word: 'Starting', tone: 'warn' };
      return { word: health === 'healthy' ? 'Healthy' : 'Running', tone: 'ok' };
    case 'restarting':
      return { word: 'Restarting', tone: 'bad' };
    case 'dead':
      return { word: 'Dead', tone: 'bad' };
    case 'exited':
      // One that nobody knows may be meant to end.
      return { word: 'Ended', tone: product === undefined ? 'idle' : 'warn' };
    case 'paused':
      return { word: 'Paused', tone: 'idle' };
    case 'created':
      return { word: 'Not started', tone: 'idle' };
    case 'removing':
      return { word: 'Being removed', tone: 'idle' };
    default:
      return { word: 'Unknown', tone: 'idle' };
  }
}

const RANK: Record<Tone, number> = { bad: 0, warn: 1, auth: 1, ok: 2, idle: 3 };

/** Trouble first, then by name. */
export function byTrouble(containers: readonly Container[]): Container[] {
  return [...containers].sort((a, b) => RANK[containerLook(a).tone] - RANK[containerLook(b).tone] || (a.name < b.name ? -1 : 1));
}

/** `7 containers: 5 up, 1 restarting, 1 ended`; of which all run, just how many. */
export function containersText(containers: readonly Container[]): string {
  const all = plural(containers.length, 'container');
  const up = containers.filter((it) => containerLook(it).tone === 'ok').length;
  if (up === containers.length) return `${all} up`;
  const counts = new Map<string, number>(up > 0 ? [['up', up]] : []);
  for (const it of byTrouble(containers)) {
    const { word, tone } = containerLook(it);
    if (tone !== 'ok') counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + 1);
  }
  return `${all}: ${[...counts].map(([word, n]) => `${n} ${word}`).join(', ')}`;
}

/** Something with a newer version. */
export interface Pending {
  readonly name: string;
  readonly isCritical: boolean;
  readonly latest?: string;
}

const isNewer = (update: Schemas['Update'] | undefined) => update === 'available' || update === 'critical';

/** What has a newer version on a server: a product and the container that it is in count once. */
export function updatesOf({ containers = [], products = [] }: Server): Pending[] {
  const found = new Map<string, Pending>();
  for (const it of products) {
    if (isNewer(it.update)) found.set(it.key, { name: it.key, isCritical: it.update === 'critical', ...(it.latest_version && { latest: it.latest_version }) });
  }
  for (const it of containers) {
    if (!isNewer(it.update)) continue;
    const key = it.product ?? it.name;
    const known = found.get(key) ?? found.get(it.name);
    if (!known) found.set(key, { name: it.name, isCritical: it.update === 'critical' });
  }
  return [...found.values()];
}

/** Products that no container on the server stands for: they would be told nowhere else. */
export function looseProducts({ containers = [], products = [] }: Server): Product[] {
  const known = new Set(containers.flatMap((it) => [it.name, it.product]));
  return products.filter((it) => !known.has(it.key));
}
