import assert from 'node:assert/strict';
import test from 'node:test';
import { away } from './away';
import { at, prefix } from './route';
import { freshness } from './states';
import { row } from './testing';

test('links of the pages of an agent go below its path, and only those', () => {
  assert.equal(at('/pools'), '/pools');
  prefix.value = '/a/garage';
  try {
    assert.equal(at('/'), '/a/garage/');
    assert.equal(at('/d/nano-04?x=1'), '/a/garage/d/nano-04?x=1');
    assert.equal(at('/a/garage/pools'), '/a/garage/pools');
    assert.equal(at('~/'), '/');
    assert.equal(at('~/a/barn/'), '/a/barn/');
    assert.equal(at('#main'), '#main');
    assert.equal(at('?device=1'), '?device=1');
    assert.equal(at('https://example.org/'), 'https://example.org/');
  } finally {
    prefix.value = '';
  }
});

test('nothing is live of an agent that is away', () => {
  const now = Date.parse('2026-11-26T06:00:00Z');
  const fresh = row('a', { snapshot_at: new Date(now - 1000).toISOString() });
  assert.equal(freshness(fresh, now), 'live');
  away.value = now - 500;
  try {
    assert.equal(freshness(fresh, now), 'old');
  } finally {
    away.value = undefined;
  }
});
