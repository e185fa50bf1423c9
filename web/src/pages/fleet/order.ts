/** Keeps rows in their places while values arrive: the order is made anew at most every five seconds, and never under somebody's hand. */
import { useRef } from 'preact/hooks';
import type { Row } from '../../lib/row';
import { sorted, sortFrom } from '../../lib/sort';

const RESORT_MS = 5000;

interface Order {
  readonly key: string;
  readonly at: number;
  readonly ids: readonly string[];
}

/** The order after `rows` came in; `isHeld` keeps the old one. Pure. */
export function nextOrder(before: Order | undefined, rows: readonly Row[], key: string, sort: string, now: number, isHeld: boolean): Order {
  const isDue = !before || before.key !== key || (!isHeld && now - before.at >= RESORT_MS);
  if (isDue) return { key, at: now, ids: sorted(rows, sortFrom(sort)).map((row) => row.id) };
  const there = new Set(rows.map((row) => row.id));
  const known = new Set(before.ids);
  const kept = before.ids.filter((id) => there.has(id));
  const fresh = rows.filter((row) => !known.has(row.id)).map((row) => row.id);
  return { ...before, ids: [...kept, ...fresh] };
}

export function useOrder(rows: readonly Row[], key: string, sort: string, isHeld: () => boolean): Row[] {
  const order = useRef<Order | undefined>(undefined);
  order.current = nextOrder(order.current, rows, key, sort, performance.now(), isHeld());
  const byId = new Map(rows.map((row) => [row.id, row]));
  return order.current.ids.flatMap((id) => byId.get(id) ?? []);
}
