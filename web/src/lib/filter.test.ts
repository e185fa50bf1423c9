import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counts, DEFAULT_VIEW, isFiltered, isMiner, type Lens, queryOf, select, type View, viewFrom } from './filter';
import { fleet, row, STATES } from './testing';

const LENSES: Lens[] = ['all', 'attention', 'working', ...STATES];

test('a count is the length of the list that it leads to, whatever else is asked for', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const rows = fleet(120, seed);
    const views: View[] = [
      DEFAULT_VIEW,
      { ...DEFAULT_VIEW, q: 's21' },
      { ...DEFAULT_VIEW, place: 'R1' },
      { ...DEFAULT_VIEW, place: '', tag: 'heat' },
      { ...DEFAULT_VIEW, issue: 'x', q: 'm-1' },
    ];
    const ofIssue = new Set(rows.slice(0, 30).map((it) => it.id));
    for (const view of views) {
      const numbers = counts(rows, view, LENSES, ofIssue);
      LENSES.forEach((lens, at) => assert.equal(numbers[at], select(rows, { ...view, lens }, ofIssue).length, `${seed} ${lens}`));
    }
  }
});

test('each state is in exactly one of the lists by state', () => {
  const rows = fleet(300, 9);
  const byState = counts(rows, DEFAULT_VIEW, STATES);
  assert.equal(byState.reduce((a, b) => a + b), rows.length);
});

test('a view survives its address', () => {
  const views: View[] = [
    DEFAULT_VIEW,
    { lens: 'attention', q: 'R 3 ü&=', by: 'place', sort: 'hashrate:desc,name', place: 'R&D', tag: 'heat', issue: 'offline-a' },
    { ...DEFAULT_VIEW, lens: 'not_hashing', place: '' },
  ];
  for (const view of views) assert.deepEqual(viewFrom(new URLSearchParams(queryOf(view).toString())), view);
  assert.equal(queryOf(DEFAULT_VIEW).toString(), '');
});

test('what an address says that we do not know is left out', () => {
  assert.deepEqual(viewFrom(new URLSearchParams('show=constructor&by=colour&other=1')), DEFAULT_VIEW);
});

test('all words are looked for, in every text of a row', () => {
  const rows = [
    row('a', { name: 'Garage Gamma', make: 'Bitaxe', model: 'Gamma', ip: '10.0.0.5', mac: '02:00:00:00:00:01' }),
    row('b', { name: 'Hall', group: 'R3', tags: ['loud'], state: 'offline' }),
  ];
  const found = (q: string) => select(rows, { ...DEFAULT_VIEW, q }).map((it) => it.id).join();
  assert.equal(found('gamma 10.0.0'), 'a');
  assert.equal(found('GAMMA r3'), '');
  assert.equal(found('02:00'), 'a');
  assert.equal(found('loud'), 'b');
  assert.equal(found('offline'), 'b');
  assert.equal(found('  '), 'a,b');
});

test('an issue that has ended shows nothing, not everything', () => {
  assert.equal(select(fleet(10, 1), { ...DEFAULT_VIEW, issue: 'gone' }).length, 0);
  assert.equal(isFiltered({ ...DEFAULT_VIEW, issue: 'gone' }), true);
  assert.equal(isFiltered({ ...DEFAULT_VIEW, sort: 'name', by: 'place' }), false);
});

test('a source that never answered is a miner unless its kind is another', () => {
  assert.deepEqual((['axeos', 'auto', 'gss', 'mim', 'host'] as const).map((kind) => isMiner(row('a', { kind }))), [true, true, false, false, false]);
  assert.equal(isMiner(row('a', { kind: 'auto', snapshot_kind: 'pool' })), false);
});
