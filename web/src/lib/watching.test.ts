import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announcement } from './announce';
import { behindSecs } from './behind';
import { row } from './testing';

const critical = (...ids: string[]) => new Map(ids.map((id) => [id, `${id} is offline`]));

test('one sentence tells of what is new and what is over, and nothing of what stays', () => {
  const table: [string[], string[], string][] = [
    [[], [], ''],
    [['a'], ['a'], ''],
    [[], ['a'], 'New: a is offline.'],
    [['a'], [], 'Over: a is offline.'],
    [['a'], ['b'], 'New: b is offline; over: a is offline.'],
    [[], ['a', 'b', 'c'], '3 new critical issues, first: a is offline.'],
    [['a', 'b'], [], '2 critical issues are over.'],
  ];
  for (const [before, after, text] of table) assert.equal(announcement(critical(...before), critical(...after)), text);
});

const NOW = Date.parse('2026-11-26T10:00:00Z');
const asked = (secsAgo: number, more = {}) => row(`r${secsAgo}-${Math.random()}`, { observed_at: new Date(NOW - secsAgo * 1000).toISOString(), interval_secs: 30, ...more });

test('polling is behind when many are asked later than they are due, by what is the middle of them', () => {
  const onTime = Array.from({ length: 20 }, () => asked(25));
  assert.equal(behindSecs([], NOW), 0);
  assert.equal(behindSecs(onTime, NOW), 0);
  assert.equal(behindSecs([...onTime, asked(300)], NOW), 0, 'one of many is its own trouble');
  assert.equal(behindSecs(Array.from({ length: 20 }, () => asked(42)), NOW), 0, 'an answer may take its time');
  assert.equal(behindSecs(Array.from({ length: 20 }, () => asked(73)), NOW), 40);
  assert.equal(behindSecs([asked(100, { state: 'disabled' }), asked(10)], NOW), 0);
});
