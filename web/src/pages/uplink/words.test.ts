import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Uplink } from '../../lib/store';
import { lookOf, rateOf, untilNext, withSample, worstOf } from '../../lib/uplink';
import { type Attempt, cutMasked, FATES, type Ledger, outcomeOf, rulesOf, runsOf, sends, sharesOf, storyOf } from './words';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const none = { items: 0, bytes: 0 };
const EMPTY: Ledger = { produced: none, queued: none, sent: none, acknowledged: none, thinned: none, lost: none, refused: none };
const link = (state: string, more: Partial<Uplink> = {}): Uplink => ({ id: state, state, endpoint: 'wss://x/agent', ...more });

test('each state has a word of its own, and one that nobody knows is said to be so', () => {
  const words = ['off', 'connecting', 'on', 'catching_up', 'trouble', 'rejected'].map((it) => lookOf(it).word);
  assert.equal(new Set(words).size, 6);
  assert.deepEqual([lookOf('else').word, lookOf(undefined).word], ['Not known', 'Not known']);
});

test('of several links the one that needs a person comes first, the first of equals', () => {
  const all = ['off', 'on', 'trouble', 'rejected', 'catching_up'].map((it) => link(it));
  assert.equal(worstOf(all)?.id, 'rejected');
  assert.equal(worstOf([link('on', { id: 'a' }), link('on', { id: 'b' })])?.id, 'a');
  assert.equal(worstOf([]), undefined);
});

test('the next try counts down to now', () => {
  const at = (secs: number) => untilNext(link('trouble', { next_attempt_at: new Date(NOW + secs * 1000).toISOString() }), NOW);
  assert.deepEqual([-3, 0, 0.2, 12, 60, 185, 180].map(at), ['now', 'now', '1 s', '12 s', '1 min', '3 min 5 s', '3 min']);
  assert.equal(untilNext(link('on'), NOW), undefined);
});

test('a link in trouble says why, for how long, and what waits', () => {
  const ledger = { ...EMPTY, queued: { items: 1, bytes: 9 } };
  const told = storyOf(link('trouble', { last_error: 'no answer', last_acknowledged_at: new Date(NOW - 240_000).toISOString(), ledger }), NOW);
  assert.deepEqual(told, ['No answer.', 'Nothing has been stored for 4 min: 1 item waits in memory.']);
  assert.match(storyOf(link('rejected'), NOW)[0]!, /token/);
  assert.match(storyOf(link('catching_up', { ledger: { ...EMPTY, queued: { items: 1000, bytes: 9 } } }), NOW, 100).join(' '), /1,000 items to go at 100 a second, about 10 s\./);
  assert.match(storyOf(undefined, NOW)[0]!, /not told/);
});

test('the rate is that of the last seconds, and begins anew with the count', () => {
  let samples = withSample([], { at: 0, items: 10 });
  assert.equal(rateOf(samples), undefined);
  samples = withSample(samples, { at: 2000, items: 210 });
  assert.equal(rateOf(samples), 100);
  assert.deepEqual(withSample(samples, { at: 20_000, items: 300 }), [{ at: 20_000, items: 300 }]);
  assert.deepEqual(withSample(samples, { at: 3000, items: 5 }), [{ at: 3000, items: 5 }]);
});

test('the shares fill the bar, and a single lost item is seen', () => {
  const ledger = { ...EMPTY, produced: { items: 100_001, bytes: 1 }, acknowledged: { items: 100_000, bytes: 1 }, lost: { items: 1, bytes: 1 } };
  const shares = sharesOf(ledger);
  assert.deepEqual(shares.map(([tone]) => tone), ['ok', 'bad']);
  assert.ok(Math.abs(shares.reduce((sum, [, percent]) => sum + percent, 0) - 100) < 1e-9);
  assert.ok(shares[1]![1] > 1);
  assert.deepEqual(sharesOf(EMPTY), []);
  assert.equal(FATES.length, 5);
});

test('failures in a row are one line, what got through or is under way is not', () => {
  const failed = (at: string, reason = 'unreachable'): Attempt => ({ at, carrier: 'websocket', ended_after_ms: 4, reason, text: reason });
  const runs = runsOf([{ at: '9', carrier: 'websocket' }, failed('8'), failed('7'), failed('6', 'timeout'), failed('5'), { at: '4', carrier: 'websocket', welcomed_after_ms: 61, ended_after_ms: 18_622, reason: 'restart' }]);
  assert.deepEqual(runs.map((it) => [it.newest.at, it.oldest.at, it.times]), [['9', '9', 1], ['8', '7', 2], ['6', '6', 1], ['5', '5', 1], ['4', '4', 1]]);
  assert.deepEqual(runs.map((it) => outcomeOf(it.newest).text), ['Under way', 'Unreachable.', 'Timeout.', 'Unreachable.', 'Connected for 18 s. Restart.']);
  assert.deepEqual(outcomeOf({ at: '1', carrier: 'post', welcomed_after_ms: 61 }), { tone: 'ok', text: 'Connected, in 61 ms' });
});

test('nothing chosen sends all, and what is private is said to be sent only if it is', () => {
  assert.ok(sends({}, { kind: 'axeos' }));
  assert.ok(!sends({ kinds: ['gss'] }, { kind: 'axeos' }));
  assert.ok(!sends({ groups: ['R1'] }, { kind: 'axeos' }));
  assert.ok(sends({ kinds: ['axeos'], groups: ['R1'] }, { kind: 'axeos', group: 'R1' }));
  assert.ok(rulesOf({}, true).every((it) => !it.isWeaker));
  const weaker = rulesOf({ 'snapshot.identity.hostname': 'send', 'snapshot.identity.model': 'withhold' }, false);
  assert.deepEqual(weaker.find((it) => it.isWeaker)?.titles, ['Host names', 'Pool users', 'Names of workers']);
  assert.ok(weaker.find((it) => it.rule === 'withhold')?.titles.includes('snapshot.identity.model'));
});

test('what was masked or made a digest is cut out of the text, and nothing is lost', () => {
  const json = '{"a":"plain","user":"bc1q…4f2k.rig1","id":"h:134793cf831f","q":"a \\" b"}';
  const parts = cutMasked(json);
  assert.equal(parts.join(''), json);
  assert.deepEqual(parts.filter((_, at) => at % 2), ['"bc1q…4f2k.rig1"', '"h:134793cf831f"']);
});
