import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv } from './csv';
import { fit, heightOf, linesOf, places, shadeOf } from './fleet-map';
import { itemsOf } from './groups';
import { find } from './keys';
import { area, extent, line, runs, scale } from './path';
import { hostText, modelText, reasonOf } from './row-text';
import { align, MAX_POINTS, stepFor } from './series';
import { freshness } from './states';
import { fleet, row } from './testing';
import { offsets, visible } from './virtual';

const NOW = Date.UTC(2026, 0, 2);

test('values are live for three intervals, then old, and a source that is lost shows none', () => {
  const at = 1_000_000_000;
  const snapshot_at = new Date(at).toISOString();
  const seen = (more: object, later: number) => freshness(row('a', { snapshot_at, interval_secs: 10, ...more }), at + later);
  assert.equal(seen({}, 30_000), 'live');
  assert.equal(seen({}, 30_001), 'old');
  assert.equal(seen({ state: 'stale' }, 0), 'old');
  for (const state of ['offline', 'auth', 'pending', 'disabled'] as const) assert.equal(seen({ state }, 0), 'none', state);
  assert.equal(freshness(row('a'), at), 'none', 'it never answered');
});

test('a line breaks where something is missing', () => {
  const one = scale([0, 10], [0, 10], 10, 10);
  assert.equal(line([[0, 0], [1, 10], [5, 5]], 1, one), 'M0 10L1 0M5 5h.1');
  assert.equal(area([[0, 0], [1, 10], [5, 5]], 1, one, 10), 'M0 10L0 10L1 0L1 10Z');
  assert.equal(runs([], 1).length, 0);
  assert.deepEqual(extent([5, 5], 10), [-0.8, 10.8], 'what is steady looks steady');
});

test('series share an axis, gaps are null, and steps that are put together are averaged', () => {
  const { at, values } = align([[[0, 1], [60_000, 3], [180_000, 5]], [[120_000, 9]]], 60_000, 0, 200_000);
  assert.deepEqual(at, [0, 60, 120, 180]);
  assert.deepEqual(values, [[1, 3, null, 5], [null, null, 9, null]]);
  assert.deepEqual(align([[[0, 1], [60_000, 3]]], 120_000, 0, 119_000).values, [[2]]);
  const day = 86_400_000;
  assert.equal(stepFor(60_000, day), 120_000);
  assert.ok(day / stepFor(7000, day) <= MAX_POINTS);
});

test('of a long list exactly what touches the window is made', () => {
  const tops = offsets([10, 20, 30, 40]);
  assert.deepEqual(tops, [0, 10, 30, 60, 100]);
  assert.deepEqual(visible(tops, -50, 5), [0, 1]);
  assert.deepEqual(visible(tops, 10, 31), [1, 3]);
  assert.deepEqual(visible(tops, 30, 1000), [2, 4]);
  assert.deepEqual(visible(tops, 500, 600), [4, 4]);
  assert.deepEqual(visible([0], 0, 100), [0, 0]);
});

test('groups hold every row once, rows without a name at the end', () => {
  const rows = fleet(150, 3);
  for (const by of ['place', 'model', 'state', 'pool'] as const) {
    const items = itemsOf(rows, by);
    const inside = items.flatMap((item) => ('row' in item ? [item.row] : []));
    assert.equal(new Set(inside).size, rows.length);
    assert.deepEqual(items.flatMap((item) => ('row' in item ? [item.at] : [])), rows.map((_, at) => at));
  }
  const titles = itemsOf([row('a'), row('b', { group: 'R10' }), row('c', { group: 'R9' })], 'place');
  assert.deepEqual(titles.flatMap((item) => ('heading' in item ? [item.heading.title] : [])), ['R9', 'R10', 'No place']);
});

test('the map shows all devices while they are few, and every problem when they are many', () => {
  const isProblem = (it: { state: string }) => it.state === 'offline';
  const few = places(fleet(200, 2), isProblem);
  assert.equal(few.reduce((sum, it) => sum + it.cells.length, 0), 200);
  const rows = fleet(2000, 2);
  const many = places(rows, isProblem);
  for (const place of many) {
    assert.equal(place.cells.filter(isProblem).length, place.problems);
    assert.ok(place.cells.length <= place.problems + 20);
    assert.equal(new Set(place.cells).size, place.cells.length);
  }
  assert.equal(many.reduce((sum, it) => sum + it.rows.length, 0), rows.length);
});

test('the squares of the map fit into their box', () => {
  const cells = fit([14, 34, 24, 24, 24, 24], 700, 150);
  assert.equal(cells.lines, linesOf([14, 34, 24, 24, 24, 24], cells, 700));
  assert.ok(heightOf(cells.lines, cells) <= 150 && cells.cell >= 14, JSON.stringify(cells));
  assert.ok(fit([40], 0, 150).cell === 10, 'before the width is known');
});

test('a square has the colour of its state, and under heat that of its temperature', () => {
  const heat = (hottest_celsius: number) => shadeOf(row('a', { hottest_celsius, warning_celsius: 70, critical_celsius: 80 }), 'heat', new Map(), NOW);
  assert.deepEqual([59, 60, 70, 80].map(heat), ['fair', 'good', 'warn', 'bad']);
  assert.equal(shadeOf(row('a', { expected_percent: 97 }), 'hashrate', new Map(), NOW), 'fair');
  const old = { snapshot_at: new Date(NOW - 91_000).toISOString(), interval_secs: 30 };
  assert.equal(shadeOf(row('a', { expected_percent: 99, ...old }), 'hashrate', new Map(), NOW), 'stale');
  assert.equal(shadeOf(row('a', { state: 'offline', hottest_celsius: 90 }), 'heat', new Map(), NOW), 'off');
  const best = new Map([['S21', 10]]);
  assert.deepEqual([10.5, 11.5, 11.6].map((each) => shadeOf(row('a', { model: 'S21', efficiency_joules_per_terahash: each }), 'efficiency', best, NOW)), ['good', 'fair', 'warn']);
});

test('a row says why it is in its state', () => {
  const since = new Date(NOW - 15_300_000).toISOString();
  assert.equal(reasonOf(row('a', { state: 'offline', reason: 'timeout', since }), NOW), 'No answer · 4 h 15 min');
  assert.equal(reasonOf(row('a', { state: 'degraded', detail: 'works for its fallback pool' }), NOW), 'Works for its fallback pool');
  assert.equal(reasonOf(row('a', { state: 'stale', snapshot_at: new Date(NOW - 180_000).toISOString() }), NOW), 'Last seen 3 min ago');
  assert.equal(reasonOf(row('a'), NOW), '');
  assert.equal(modelText(row('a', { make: 'Antminer', model: 'S21' })), 'Antminer S21');
  assert.equal(modelText(row('a', { make: 'Canaan', model: 'Avalon Q' })), 'Avalon Q');
  assert.equal(hostText(row('a', { address: 'http://10.0.0.5:80' })), '10.0.0.5:80');
});

test('two keys in a row are one shortcut, and one alone another', () => {
  const run = () => {};
  const list = [{ keys: 'g f', what: '', run }, { keys: 'f', what: '', run }];
  assert.equal(find(list, 'f', 'g')?.keys, 'g f');
  assert.equal(find(list, 'f', '')?.keys, 'f');
  assert.equal(find(list, 'g', ''), undefined);
});

test('a file for spreadsheets quotes what would break it, and disarms formulas', () => {
  assert.equal(csv(['a', 'b'], [['x,"y"', 1.5], ['=1+1', undefined], ['-70', -70]]), 'a,b\r\n"x,""y""",1.5\r\n\'=1+1,\r\n\'-70,-70\r\n');
});
