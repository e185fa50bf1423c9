/** Keeps rows in their places while values arrive: the order is made anew with each of the slow ticks, and never under somebody's hand. */
import { useRef } from 'preact/hooks';
import { inOrderOf } from '../../lib/lineup';
import type { Row } from '../../lib/row';
import { sorted, sortFrom } from '../../lib/sort';

interface Order {
  readonly key: string;
  readonly tick: number;
  readonly rows: readonly Row[];
}

/** The order after `rows` came in; `isHeld` keeps the old one. Pure. */
export function nextOrder(before: Order | undefined, rows: readonly Row[], key: string, sort: string, tick: number, isHeld: boolean): Order {
  if (!before || before.key !== key || (!isHeld && before.tick !== tick)) return { key, tick, rows: sorted(rows, sortFrom(sort)) };
  return { ...before, rows: inOrderOf(before.rows, rows) };
}

export function useOrder(rows: readonly Row[], key: string, sort: string, tick: number, isHeld: () => boolean): readonly Row[] {
  const order = useRef<Order | undefined>(undefined);
  order.current = nextOrder(order.current, rows, key, sort, tick, isHeld());
  return order.current.rows;
}
