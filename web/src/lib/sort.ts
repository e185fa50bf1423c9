/** The order of rows: up to two keys, written `hashrate:desc,name` in the address. What is not known comes last. */
import type { Row } from './row';
import { RANK } from './states';

export interface SortKey {
  readonly column: string;
  readonly descending: boolean;
}

export type Value = string | number | undefined;

/** What each column is sorted by: the raw figure, never its text. */
export const VALUES: Record<string, (row: Row) => Value> = {
  name: (row) => row.name,
  state: (row) => RANK[row.state],
  hashrate: (row) => row.current_hps,
  expected: (row) => row.expected_percent,
  average: (row) => row.average_hps,
  temp: (row) => row.hottest_celsius,
  fan: (row) => row.fan_rpm,
  power: (row) => row.watts,
  efficiency: (row) => row.efficiency_joules_per_terahash,
  pool: (row) => row.pool,
  uptime: (row) => row.uptime_secs,
  best: (row) => row.best_difficulty,
  session: (row) => row.best_session_difficulty,
  rejects: (row) => row.reject_percent,
  shares: (row) => row.accepted,
  signal: (row) => row.rssi_dbm,
  firmware: (row) => row.firmware_version,
  model: (row) => row.model,
  place: (row) => row.group,
  ip: (row) => addressKey(row.ip ?? row.address),
};

/** Columns whose first click puts the largest first. */
const LARGEST_FIRST = new Set(['hashrate', 'average', 'temp', 'fan', 'power', 'uptime', 'best', 'session', 'rejects', 'shares']);

const DEFAULT: readonly SortKey[] = [{ column: 'state', descending: false }];

export function sortFrom(text: string): readonly SortKey[] {
  const keys = text.split(',').flatMap((part) => {
    const [column = '', direction] = part.split(':');
    return Object.hasOwn(VALUES, column) ? [{ column, descending: direction === 'desc' }] : [];
  });
  return keys.length > 0 ? keys.slice(0, 2) : DEFAULT;
}

export function sortText(keys: readonly SortKey[]): string {
  const text = keys.map((key) => (key.descending ? `${key.column}:desc` : key.column)).join(',');
  return text === 'state' ? '' : text;
}

/** The order after a click on a column's title; `extra` makes it the second key. */
export function toggled(keys: readonly SortKey[], column: string, extra: boolean): readonly SortKey[] {
  const [first] = keys;
  const known = keys.find((key) => key.column === column);
  const next = { column, descending: known ? !known.descending : LARGEST_FIRST.has(column) };
  if (extra && first && first.column !== column) return [first, next];
  return extra && first?.column === column ? [next, ...keys.slice(1)] : [next];
}

const texts = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** What is not known comes last, whichever way the order goes. */
export function compareValues(a: Value, b: Value, descending: boolean): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : texts.compare(String(a), String(b));
  return descending ? -order : order;
}

/** The rows in order; equal ones by name, then by id. */
export function sorted(rows: readonly Row[], keys: readonly SortKey[]): Row[] {
  const by = keys.flatMap((key) => {
    const value = VALUES[key.column];
    return value ? [{ value, descending: key.descending }] : [];
  });
  return [...rows].sort((a, b) => {
    for (const { value, descending } of by) {
      const order = compareValues(value(a), value(b), descending);
      if (order !== 0) return order;
    }
    return compareNames(a, b);
  });
}

function compareNames(a: Row, b: Row): number {
  return texts.compare(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** In the order of their names. */
export function byName(rows: readonly Row[]): Row[] {
  return [...rows].sort(compareNames);
}

/** Addresses in the order of their numbers: the collator compares `10.0.2.9` and `10.0.2.47` part by part. */
function addressKey(address: string): string {
  return address.replace(/^[a-z]+:\/\//, '');
}
