import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Delta, isOfFigures, rowIn, withDelta } from './delta';
import { inOrderOf, lineup, settled } from './lineup';
import { forget, polledAt, rowOf, rows, slowNow, takeDelta, takeTable } from './store';
import type { Row } from './row';
import { row } from './testing';

test('a delta replaces what changed and keeps the other objects', () => {
  const before = [row('a', { watts: 1, pool: 'x' }), row('b'), row('c')];
  const after = withDelta(before, { seq: 2, items: [{ id: 'a', watts: 2, gone: ['pool'] }], removed: ['c'] });
  assert.deepEqual(after[0], row('a', { watts: 2 }));
  assert.notEqual(after[0], before[0]);
  assert.deepEqual(before[0], row('a', { watts: 1, pool: 'x' }), 'the old object is as it was');
  assert.equal(after[1], before[1]);
  assert.equal(after.length, 2);
});

test('a row that was never seen is added whole, and one may come back', () => {
  const after = withDelta([row('a')], { seq: 1, items: [row('b', { watts: 3 })], removed: ['a'] });
  assert.deepEqual(after, [row('b', { watts: 3 })]);
  assert.deepEqual(withDelta(after, { seq: 2, items: [row('a')], removed: [] }).map((it) => it.id), ['b', 'a']);
});

test('a whole table keeps the identity of rows that did not change', () => {
  const at = new Date().toISOString();
  takeTable({ rows: [row('a'), row('b', { watts: 1 })], seq: 1, generated_at: at });
  const [a, b] = rows.value;
  takeTable({ rows: [row('a'), row('b', { watts: 2 })], seq: 2, generated_at: at });
  assert.equal(rows.value[0], a);
  assert.notEqual(rows.value[1], b);
  takeDelta({ seq: 3, items: [], removed: ['a', 'b'] });
  assert.equal(rows.value.length, 0);
});

test('a row is found by its id before and after deltas', () => {
  let all: readonly Row[] = [row('a'), row('b'), row('c')];
  const find = () => ['a', 'b', 'c', 'd'].map((id) => rowIn(all, id)?.watts);
  const step = (items: Delta['items'], removed: string[] = []) => (all = withDelta(all, { seq: 1, items, removed }));
  step([{ id: 'b', watts: 1 }]);
  assert.deepEqual(find(), [undefined, 1, undefined, undefined]);
  step([{ id: 'c', watts: 2 }], ['a']);
  assert.deepEqual(find(), [undefined, 1, 2, undefined]);
  step([row('d', { watts: 3 })]);
  assert.deepEqual(find(), [undefined, 1, 2, 3]);
  assert.equal(rowIn(all, undefined), undefined);
});

test('figures are told from what makes a list another one', () => {
  const before = [row('a', { pool: 'x' })];
  const isOf = (items: Delta['items'], removed: string[] = []) => isOfFigures(before, { seq: 1, items, removed });
  assert.ok(isOf([{ id: 'a', watts: 1, observed_at: '2026-01-01T00:00:00.000Z', gone: ['current_hps'] }]));
  assert.ok(isOf([]));
  for (const change of [{ state: 'hot' }, { name: 'b' }, { group: 'R1' }, { tags: [] }, { links: [] }, { gone: ['pool'] }] as const) {
    assert.ok(!isOf([{ id: 'a', ...change } as Delta['items'][number]]), JSON.stringify(change));
  }
  assert.ok(!isOf([row('b')]), 'somebody came');
  assert.ok(!isOf([], ['a']), 'somebody is gone');
});

test('lists follow what changes of the fleet at once, and figures with the slow clock', () => {
  forget();
  takeTable({ rows: [row('m-10', { watts: 1 }), row('gss', { kind: 'gss' }), row('m-9')], seq: 1, generated_at: new Date().toISOString() });
  const ids = () => lineup.value.map((it) => it.id).join();
  const watts = () => settled.value.map((it) => it.watts);
  assert.deepEqual([ids(), watts()], ['m-9,m-10', [undefined, 1]]);
  const before = lineup.value;
  takeDelta({ seq: 2, items: [{ id: 'm-10', watts: 2, observed_at: '2026-01-01T00:00:00.000Z' }], removed: [] });
  assert.equal(lineup.value, before);
  assert.deepEqual([watts(), rowOf('m-10')?.watts], [[undefined, 1], 2]);
  assert.equal(polledAt.value, Date.UTC(2026, 0, 1));
  slowNow.value += 5000;
  assert.deepEqual(watts(), [undefined, 2]);
  takeDelta({ seq: 3, items: [{ id: 'm-9', watts: 3, state: 'hot' }, row('m-1')], removed: [] });
  assert.equal(ids(), 'm-1,m-9,m-10');
  assert.deepEqual(watts(), [undefined, 3, 2]);
});

test('an order is kept for those that are still there, and the others come last', () => {
  const [a, b, c] = [row('a'), row('b'), row('c')];
  assert.deepEqual(inOrderOf([c, row('gone'), row('a')], [a, b, c]), [c, a, b]);
});
