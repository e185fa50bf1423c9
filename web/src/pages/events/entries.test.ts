import assert from 'node:assert/strict';
import { test } from 'node:test';
import { row } from '../../lib/testing';
import type { Entry } from '../../lib/store';
import { afterName, askedOf, byDay, merged, selectEntries, stateOf } from './entries';

const NOW = Date.parse('2026-11-26T10:00:00Z');
const entry = (seq: number, hoursAgo: number, more: Partial<Entry> = {}): Entry => ({ seq, at: new Date(NOW - hoursAgo * 3_600_000).toISOString(), kind: 'state', text: 'Nano changed from hashing to hot: chip 0 at 101 °C', ...more });
const rows = new Map([['nano', row('nano', { name: 'Nano', group: 'Garage' })]]);
const select = (list: Entry[], query: string) => selectEntries(list, askedOf(new URLSearchParams(query)), rows, NOW).map((it) => it.seq);

test('entries are found by kind, place, time, source and words, all of them together', () => {
  const list = [entry(1, 30, { kind: 'agent', text: 'agent started' }), entry(2, 8, { source_id: 'nano' }), entry(3, 0.5, { source_id: 'gone' }), entry(4, 0.1, { kind: 'access', text: 'logged in, from 10.0.0.5' })];
  const table: [string, number[]][] = [
    ['', [1, 2, 3, 4]],
    ['kind=state', [2, 3]],
    ['place=Garage', [2]],
    ['since=1h', [3, 4]],
    ['since=24h', [2, 3, 4]],
    ['source=gone', [3]],
    ['q=HOT+garage', [2]],
    ['q=hot&since=6h', [3]],
    ['kind=nothing', []],
    ['since=nothing', [1, 2, 3, 4]],
  ];
  for (const [query, seqs] of table) assert.deepEqual(select(list, query), seqs, query);
});

test('what comes over the stream stands before what was asked for, each once', () => {
  const seqs = merged([entry(1, 3), entry(2, 2)], [entry(4, 0), entry(3, 1), entry(2, 2)]).map((it) => it.seq);
  assert.deepEqual(seqs, [4, 3, 2, 1]);
});

test('the state and the name are read from the words of the agent, where they are there', () => {
  assert.equal(stateOf(entry(1, 0)), 'hot');
  assert.equal(stateOf(entry(1, 0, { text: 'Nano changed from hashing to constructor' })), undefined);
  assert.equal(stateOf(entry(1, 0, { kind: 'config' })), undefined);
  assert.equal(afterName(entry(1, 0), 'Nano'), ' changed from hashing to hot: chip 0 at 101 °C');
  assert.equal(afterName(entry(1, 0), 'Nan'), undefined);
  assert.equal(afterName(entry(1, 0), undefined), undefined);
});

test('days are told apart, and the last two have names', () => {
  const days = byDay([entry(3, 1), entry(2, 24), entry(1, 72)], NOW).map((it) => it.day);
  assert.deepEqual(days, ['Today', 'Yesterday', '23 Nov']);
});
