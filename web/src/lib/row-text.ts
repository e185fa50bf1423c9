/** What is said of a row in words. */
import { age, MISSING, span } from './format';
import type { Row } from './row';
import { reasonText } from './states';

/** Makers whose models carry the name that people call them by. */
const NAMED_BY_MODEL: ReadonlySet<string> = new Set(['Bitmain', 'Canaan', 'MicroBT', 'NerdAxe']);

/** Make and model as people call them. */
export function modelText(row: Row): string {
  const { make, model, kind } = row;
  if (!model) return make ?? (row.snapshot_kind === 'miner' ? undefined : row.firmware) ?? kind;
  return !make || NAMED_BY_MODEL.has(make) || model.startsWith(make) ? model : `${make} ${model}`;
}

/** Where it is, if that is told: it stays at home where a cloud shows it. */
export function hostText(row: Row): string {
  return row.ip ?? (row.address ?? '').replace(/^[a-z]+:\/\//, '');
}

/** Model and address. */
export function aboutText(row: Row): string {
  return [modelText(row), hostText(row)].filter(Boolean).join(' · ');
}

/** Why a row is in its state, in a few words; nothing where the state says it all. */
export function reasonOf(row: Row, now: number): string {
  const since = row.since ? span((now - Date.parse(row.since)) / 1000) : '';
  const parts = (...all: (string | undefined)[]) => all.filter(Boolean).join(' · ');
  switch (row.state) {
    case 'hashing':
    case 'running':
    case 'pending':
      return '';
    case 'stale':
      return row.snapshot_at ? `Last seen ${age(Date.parse(row.snapshot_at), now)}` : reasonText(row.reason ?? 'timeout');
    case 'offline':
    case 'auth':
    case 'unknown':
      return parts(row.reason ? reasonText(row.reason) : undefined, since);
    case 'hot':
      return parts(isOverLimit(row) ? 'Over limit' : 'Heat protection', since);
    case 'standby':
      return since && `For ${since}`;
    case 'disabled':
      return 'Switched off in the settings';
    default:
      return row.detail ? row.detail.charAt(0).toUpperCase() + row.detail.slice(1) : '';
  }
}

export function isOverLimit(row: Row): boolean {
  return row.critical_celsius !== undefined && (row.hottest_celsius ?? 0) >= row.critical_celsius;
}

/** The host of a pool without its port. */
export function poolText(row: Row): string {
  if (!row.pool) return MISSING;
  return row.pool.replace(/:\d+$/, '');
}
