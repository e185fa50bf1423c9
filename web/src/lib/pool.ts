/** What is told of pools: coins, their windows and scopes, and which workers are miners of ours. */
import type { components } from './api-types';
import { worksFor } from './filter';
import { decimal, hashrate, inline, plural, type Quantity, significant, span } from './format';
import type { Reading } from './readings';
import type { Link, Row } from './row';
import { compareValues, type Value } from './sort';

type Schemas = components['schemas'];
export type Coin = Schemas['Coin'];
export type Worker = Schemas['Worker'];
export type Pool = Schemas['PoolSnapshot'];
type Scope = Schemas['Scope'];

export function poolOf(reading: Reading | undefined): Pool | undefined {
  const snapshot = reading?.snapshot as ({ kind: string } & Pool) | undefined;
  return snapshot?.kind === 'pool' ? snapshot : undefined;
}

const UNITS: Record<string, string> = { s: 's', m: 'min', h: 'h', d: 'd' };

/** `15m` as `15 min`; what is no span stays as it is. */
export function windowText(window: string): string {
  const [, n, unit = ''] = /^(\d+)([smhd])$/.exec(window) ?? [];
  return n ? `${n}\u00a0${UNITS[unit]}` : window;
}

const SECS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The hashrates of a coin by window, the shortest window first. */
export function windowsOf(coin: Coin): [window: string, hps: number][] {
  const secs = (window: string) => Number.parseFloat(window) * (SECS[window.at(-1) ?? ''] ?? 1);
  return Object.entries(coin.windows_hps ?? {}).sort(([a], [b]) => secs(a) - secs(b));
}

/** The longer windows in a few words; a unit is left out where it is that of the first. */
export function windowsText([first, ...others]: readonly [window: string, hps: number][]): string {
  const unit = first && hashrate(first[1]).unit;
  return others
    .map(([window, hps]) => {
      const q = hashrate(hps);
      return `${q.unit === unit ? q.text : inline(q)} in ${windowText(window)}`;
    })
    .join(' · ');
}

/** From when on a figure counts, as it stands behind the figure. */
export function scopeText(scope: Scope, windowSecs?: number): string {
  switch (scope) {
    case 'lifetime':
      return 'since set-up';
    case 'retention':
      return windowSecs === undefined ? 'of the shares it keeps' : `of the last ${span(windowSecs)}`;
    case 'since_start':
      return 'since it started';
    case 'session':
      return 'of this session';
  }
}

/** The part of the best share in a block, in percent. */
export function ofBlock(coin: Coin): number | undefined {
  const [best, block] = [coin.best_share?.difficulty, coin.network?.difficulty];
  return best === undefined || !block ? undefined : (best / block) * 100;
}

/** A part of something huge: three digits, however many zeros stand before them. */
export function smallPercent(value: number): Quantity {
  const isPlain = value === 0 || value >= 0.995;
  return { text: isPlain ? significant(value) : decimal(value, Math.min(8, 2 - Math.floor(Math.log10(value)))), unit: '%' };
}

/** What [`ofBlock`] gives, in words. */
export function partText(percent: number): string {
  return percent < 99.95 ? `${inline(smallPercent(percent))} of a block` : `${significant(percent / 100)} times a block`;
}

/** The miners that work for a coin of a pool: the same function as the filter of the fleet, so that the count is that of the list. */
export function minersOf(miners: readonly Row[], pool: string, coin: string): Row[] {
  return miners.filter((row) => worksFor(row, pool, coin));
}

/** Account and name of a worker: mostly a wallet address, a dot and the name of a device. */
export function splitName(name: string): { account?: string; device: string } {
  const dot = name.indexOf('.');
  return dot > 0 && dot < name.length - 1 ? { account: name.slice(0, dot), device: name.slice(dot + 1) } : { device: name };
}

/** An address of which the middle is left out. */
export function shortened(text: string, ends = 8): string {
  return text.length <= ends * 2 + 3 ? text : `${text.slice(0, ends)}…${text.slice(-ends + 2)}`;
}

export type WorkerLens = 'all' | 'mine' | 'others' | 'gone';

/** A worker, and the miner of ours that it is. */
export interface WorkerRow {
  readonly worker: Worker;
  readonly miner?: Row;
}

/** The workers of a coin with the miners that they are. A name that several links have is nobody's. */
export function workersOf(coin: Coin, links: readonly Link[], rowsById: ReadonlyMap<string, Row>): WorkerRow[] {
  const ids = new Map<string, string | undefined>();
  for (const link of links) {
    if (link.coin !== coin.key || link.worker === undefined) continue;
    ids.set(link.worker, ids.has(link.worker) ? undefined : link.source_id);
  }
  return coin.workers.map((worker) => {
    const miner = rowsById.get(ids.get(worker.name) ?? '');
    return miner ? { worker, miner } : { worker };
  });
}

/** Rejected and stale shares in percent of all that came. */
export function rejectPercent({ accepted, rejected, stale }: Pick<Worker, 'accepted' | 'rejected' | 'stale'>): number | undefined {
  if (accepted === undefined || rejected === undefined) return undefined;
  const refused = rejected + (stale ?? 0);
  return accepted + refused > 0 ? (refused / (accepted + refused)) * 100 : undefined;
}

export const WORKER_COLUMNS = ['name', 'miner', 'hashrate', 'accepted', 'rejects', 'best', 'difficulty', 'seen'] as const;
export type WorkerColumn = (typeof WORKER_COLUMNS)[number];

const VALUES: Record<WorkerColumn, (row: WorkerRow) => Value> = {
  name: ({ worker }) => splitName(worker.name).device,
  miner: ({ miner }) => miner?.name,
  hashrate: ({ worker }) => worker.current_hps,
  accepted: ({ worker }) => worker.accepted,
  rejects: ({ worker }) => rejectPercent(worker),
  best: ({ worker }) => worker.best_difficulty,
  difficulty: ({ worker }) => worker.difficulty,
  seen: ({ worker }) => (worker.last_seen_at === undefined ? undefined : Date.parse(worker.last_seen_at)),
};

/** The columns that have something to show, and the names. */
export function columnsOf(rows: readonly WorkerRow[]): WorkerColumn[] {
  return WORKER_COLUMNS.filter((column) => column === 'name' || rows.some((row) => VALUES[column](row) !== undefined));
}

export interface WorkerSort {
  readonly column: WorkerColumn;
  readonly descending: boolean;
}

const TEXTS: ReadonlySet<WorkerColumn> = new Set(['name', 'miner']);

/** `hashrate:desc`, as it stands in the address; the largest hashrate first is usual. */
export function workerSortFrom(text: string): WorkerSort {
  const [column, direction] = text.split(':');
  const found = WORKER_COLUMNS.find((it) => it === column);
  return found ? { column: found, descending: direction === 'desc' } : { column: 'hashrate', descending: true };
}

export function workerSortText({ column, descending }: WorkerSort): string {
  const text = descending ? `${column}:desc` : column;
  return text === 'hashrate:desc' ? '' : text;
}

/** The order after a click on a title: figures begin with the largest, texts with the first. */
export function workerToggled(sort: WorkerSort, column: WorkerColumn): WorkerSort {
  return { column, descending: sort.column === column ? !sort.descending : !TEXTS.has(column) };
}

export function sortedWorkers(rows: readonly WorkerRow[], { column, descending }: WorkerSort): WorkerRow[] {
  const value = VALUES[column];
  return [...rows].sort((a, b) => compareValues(value(a), value(b), descending) || compareValues(a.worker.name, b.worker.name, false));
}

export function inWorkerLens({ worker, miner }: WorkerRow, lens: WorkerLens): boolean {
  switch (lens) {
    case 'all':
      return true;
    case 'mine':
      return miner !== undefined;
    case 'others':
      return miner === undefined;
    case 'gone':
      return worker.active === false;
  }
}

/** The workers that have every word in their name, device, address or miner. */
export function searchWorkers(rows: readonly WorkerRow[], text: string): WorkerRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...rows];
  return rows.filter(({ worker, miner }) => {
    const all = [worker.name, worker.user_agent, worker.address, miner?.name, miner?.group].filter(Boolean).join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** What is to be known of a list that is not whole; nothing of one that is. */
export function truncation(coin: Coin): string {
  if (!coin.workers_truncated) return '';
  const listed = plural(coin.workers.length, 'worker');
  if (coin.active_workers !== undefined && coin.active_workers > coin.workers.length) {
    return `The pool has ${plural(coin.active_workers, 'active worker')}, and ${listed} are listed here. The sums above are of all.`;
  }
  return `The pool has more workers than the ${listed} that are listed here. The sums above are of all.`;
}

/** What could not be read that concerns a coin: its own parts, and those of the pool as a whole. */
export function gapsOf(pool: Pool, key?: string): Pool['gaps'] {
  const keys = pool.coins.map((coin) => coin.key);
  return pool.gaps.filter(({ field }) => {
    const of = keys.filter((it) => field === `coins.${it}` || field.startsWith(`coins.${it}.`)).sort((a, b) => b.length - a.length)[0];
    return of === undefined || of === key;
  });
}
