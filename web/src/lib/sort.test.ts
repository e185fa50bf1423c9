import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sorted, sortFrom, sortText, toggled, VALUES } from './sort';
import { fleet, row, STATES } from './testing';

const ids = (rows: { id: string }[]) => rows.map((it) => it.id).join();

test('the worst state comes first, and equal ones by name as people count', () => {
  const rows = [row('m-10'), row('m-9'), row('off', { state: 'offline' }), row('hot', { state: 'hot' })];
  assert.equal(ids(sorted(rows, sortFrom(''))), 'hot,off,m-9,m-10');
});

test('what is not known is last in both directions', () => {
  const rows = [row('none'), row('low', { watts: 1 }), row('high', { watts: 2 })];
  assert.equal(ids(sorted(rows, sortFrom('power'))), 'low,high,none');
  assert.equal(ids(sorted(rows, sortFrom('power:desc'))), 'high,low,none');
});

test('the second key decides among equal ones', () => {
  const rows = [row('a', { group: 'R1', watts: 1 }), row('b', { group: 'R1', watts: 2 }), row('c', { group: 'R0', watts: 9 })];
  assert.equal(ids(sorted(rows, sortFrom('place,power:desc'))), 'c,b,a');
});

test('every column gives a whole order that keeps every row', () => {
  for (const column of Object.keys(VALUES)) {
    const rows = fleet(200, 5);
    const once = sorted(rows, sortFrom(column));
    assert.equal(ids(sorted([...rows].reverse(), sortFrom(column))), ids(once), column);
    assert.equal(new Set(once).size, rows.length, column);
  }
});

test('a click sorts, again turns round, and with Shift it is the second key', () => {
  const start = sortFrom('');
  const byName = toggled(start, 'name', false);
  assert.equal(sortText(byName), 'name');
  assert.equal(sortText(toggled(byName, 'name', false)), 'name:desc');
  assert.equal(sortText(toggled(start, 'hashrate', false)), 'hashrate:desc', 'the largest first');
  assert.equal(sortText(toggled(byName, 'power', true)), 'name,power:desc');
  assert.equal(sortText(toggled(start, 'state', false)), 'state:desc');
  assert.equal(sortText(start), '', 'the usual order needs no word');
});

test('nonsense in the address is the usual order', () => {
  for (const text of ['', 'nothing', 'constructor:desc', ',,,']) assert.deepEqual(sortFrom(text), sortFrom('state'));
});

test('every state has a rank', () => {
  for (const state of STATES) assert.equal(typeof VALUES.state!(row('a', { state })), 'number');
});
