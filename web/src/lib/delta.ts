/** What changes of a table of rows. Pure functions: rows and lists of them are replaced, never changed. */
import type { components } from './api-types';
import type { Row } from './row';

/** What changed: new fields by row, and rows that are gone. */
export type Delta = components['schemas']['Delta'];
/** The new fields of a row, and the names of those that it has no more. */
export type Change = Delta['items'][number];

const indexes = new WeakMap<readonly Row[], ReadonlyMap<string, number>>();

/** Where each row stands in its list. Made once for a list, and kept for those that a delta makes of it. */
function indexOf(rows: readonly Row[]): ReadonlyMap<string, number> {
  let index = indexes.get(rows);
  if (!index) {
    index = new Map(rows.map((row, at) => [row.id, at]));
    indexes.set(rows, index);
  }
  return index;
}

/** The row of an id, if it is there. */
export function rowIn(rows: readonly Row[], id: string | undefined): Row | undefined {
  return id === undefined ? undefined : rows[indexOf(rows).get(id) ?? -1];
}

/** The rows after a delta. */
export function withDelta(before: readonly Row[], { items, removed }: Delta): readonly Row[] {
  const index = indexOf(before);
  const gone = new Set(removed);
  const after = [...before];
  const fresh: Row[] = [];
  for (const change of items) {
    const at = gone.has(change.id) ? undefined : index.get(change.id);
    if (at === undefined) fresh.push(changed({ tags: [] } as unknown as Row, change));
    else after[at] = changed(after[at]!, change);
  }
  if (fresh.length === 0 && gone.size === 0) {
    indexes.set(after, index);
    return after;
  }
  return [...after.filter((row) => !gone.has(row.id)), ...fresh];
}

function changed(row: Row, change: Change): Row {
  const { gone, ...fields } = change;
  const next: Record<string, unknown> = { ...row, ...fields };
  for (const field of gone ?? []) delete next[field];
  return next as unknown as Row;
}

/** Fields that change with each poll and say nothing of what a source is, where it stands or in which state it is. */
const FIGURES: ReadonlySet<string> = new Set<keyof Row>([
  'id',
  'detail',
  'since',
  'observed_at',
  'snapshot_at',
  'interval_secs',
  'current_hps',
  'average_hps',
  'expected_hps',
  'expected_percent',
  'watts',
  'efficiency_joules_per_terahash',
  'hottest_celsius',
  'hottest_sensor',
  'fan_rpm',
  'fan_percent',
  'accepted',
  'rejected',
  'reject_percent',
  'best_difficulty',
  'best_session_difficulty',
  'uptime_secs',
  'rssi_dbm',
  'blocks_found',
  'marks',
  'spark',
]);

/** Whether nothing but figures of known rows changes: nobody comes, goes, or has another state, name, place or pool. */
export function isOfFigures(before: readonly Row[], { items, removed }: Delta): boolean {
  const index = indexOf(before);
  const isFigure = (field: string) => FIGURES.has(field);
  return removed.length === 0 && items.every(({ gone = [], ...fields }) => index.has(fields.id) && Object.keys(fields).every(isFigure) && gone.every(isFigure));
}
