/**
 * The miners as lists of them need them. With thousands of miners some are polled each second: what asks only who there is and in what state
 * does not look at all of them each time.
 */
import { computed, type ReadonlySignal } from '@preact/signals';
import { rowIn } from './delta';
import { isMiner } from './filter';
import type { Row } from './row';
import { byName } from './sort';
import { roster, rows, slowNow } from './store';

/** The order of before: nearly right already, it is put right by one comparison a row. */
let last: readonly Row[] = [];

/** The miners in the order of their names. Their figures may be old: it is made anew when anything else changes. */
export const lineup = computed(() => {
  void roster.value;
  last = byName(inOrderOf(last, rows.peek().filter(isMiner)));
  return last;
});

/** The same with figures that are at most five seconds old: lists are sorted by them. */
export const settled = computed(() => {
  void slowNow.value;
  const all = rows.peek();
  return lineup.value.map((row) => rowIn(all, row.id) ?? row);
});

/** Sources of another kind, as `lineup` has the miners. */
export const [pools, infrastructure] = (['pool', 'infrastructure'] as const).map((kind) =>
  computed(() => {
    void roster.value;
    return rows.peek().filter((row) => row.snapshot_kind === kind);
  }),
) as [ReadonlySignal<Row[]>, ReadonlySignal<Row[]>];

/** The rows in the order of older ones of the same ids; those that are new come last. */
export function inOrderOf(before: readonly Row[], rows: readonly Row[]): Row[] {
  const left = new Map(rows.map((row) => [row.id, row]));
  const kept = before.flatMap(({ id }) => {
    const row = left.get(id);
    left.delete(id);
    return row ?? [];
  });
  return [...kept, ...left.values()];
}
