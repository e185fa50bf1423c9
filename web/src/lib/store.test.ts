import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDelta } from './delta';
import { rows, takeDelta, takeTable } from './store';
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
