import assert from 'node:assert/strict';
import test from 'node:test';
import type { components } from './api-types';
import { clockText, doorText, endpointOf, keptText, matching, missingText, presenceOf, shortSpan, snippet, worstFirst } from './words';

type Agent = components['schemas']['AgentOverview'];

const NONE = { stored: 0, stored_bytes: 0, thinned: 0, lost: 0, refused: 0, epochs_lost: 0 };

const agent = (more: Partial<Agent> = {}): Agent => ({
  id: 'garage-1',
  name: 'Garage',
  created_at: '2026-11-01T00:00:00Z',
  online: true,
  heard_at: '2026-11-26T06:00:00Z',
  ledger: NONE,
  kept: { bytes: 1_050_000, dropped: { items: 0, bytes: 0 } },
  issues: [],
  ...more,
});

const issue = (code: Agent['issues'][number]['code'], severity: Agent['issues'][number]['severity'] = 'warning') => ({ id: code, code, severity, title: '', detail: '', since: '2026-11-26T06:00:00Z', agent_id: 'garage-1' });

test('an agent is what is worst about its presence, and trouble of one that is there does not call it away', () => {
  const word = (more: Partial<Agent>) => presenceOf(agent(more)).word;
  assert.equal(word({}), 'Online');
  assert.equal(word({ issues: [issue('agent_clock'), issue('agent_duplicate')] }), 'Online');
  assert.equal(word({ online: false }), 'Away');
  assert.equal(word({ online: false, issues: [issue('agent_gone', 'critical')] }), 'Gone');
  assert.equal(word({ online: false, issues: [issue('agent_gone')] }), 'Stopped');
  const { heard_at: _, ...unheard } = agent({ online: false });
  assert.equal(presenceOf(unheard).word, 'Never connected');
  assert.equal(word({ online: false, revoked_at: '2026-11-26T06:00:00Z' }), 'Revoked');
});

test('a clock is right within two seconds, else off by a span to one side', () => {
  const table: [number | undefined, string | undefined][] = [[undefined, undefined], [0, 'Right'], [-1999, 'Right'], [2000, '2 s ahead'], [-45_400, '45 s behind'], [251_000, '4 min ahead'], [-7_200_000, '2 h behind']];
  for (const [ms, text] of table) assert.equal(clockText(ms), text);
});

test('short spans keep their place from milliseconds to minutes', () => {
  const table: [number | undefined, string | undefined][] = [[undefined, undefined], [0, '0 ms'], [999, '999 ms'], [1000, '1.0 s'], [59_999, '59.9 s'], [60_000, '1 min'], [380_000, '6 min']];
  for (const [ms, text] of table) assert.equal(shortSpan(ms), text);
});

test('what is missing is named by its reason, and nothing where nothing is', () => {
  assert.deepEqual(missingText(NONE), []);
  assert.deepEqual(missingText({ ...NONE, thinned: 1312, lost: 1, refused: 2, epochs_lost: 1 }), ['1,312 thinned', '1 lost', '2 refused', '1 run cut off']);
  assert.equal(keptText(agent(), 268_435_456), '1.05\u00a0MB of 268\u00a0MB');
  assert.equal(keptText(agent(), undefined), '1.05\u00a0MB');
  assert.equal(doorText('post'), 'HTTPS posts');
});

test('what is wrong comes first, then names count as people do', () => {
  const list = [agent({ id: '1', name: 'Site 10' }), agent({ id: '2', name: 'Site 9' }), agent({ id: '3', name: 'Zed', online: false, issues: [issue('agent_gone', 'critical')] }), agent({ id: '4', name: 'Yak', issues: [issue('agent_clock')] })];
  assert.deepEqual(worstFirst(list).map((it) => it.name), ['Zed', 'Yak', 'Site 9', 'Site 10']);
  assert.deepEqual(matching(list, 'SITE 9').map((it) => it.name), ['Site 9']);
  assert.deepEqual(matching(list, 'gone').map((it) => it.name), ['Zed']);
});

test('the snippet says where the page is, and asks for plain text only where it has to', () => {
  assert.equal(endpointOf({ protocol: 'https:', host: 'cloud.example' }), 'wss://cloud.example/agent');
  const parsed = (protocol: string, host: string) => JSON.parse(`{${snippet('gsa_1', { protocol, host })}}`).uplinks;
  assert.deepEqual(parsed('https:', 'cloud.example'), [{ id: 'cloud', endpoint: 'wss://cloud.example/agent', token: 'gsa_1' }]);
  assert.deepEqual(parsed('http:', '127.0.0.1:3020'), [{ id: 'cloud', endpoint: 'ws://127.0.0.1:3020/agent', token: 'gsa_1' }]);
  assert.deepEqual(parsed('http:', '10.0.0.5:3020'), [{ id: 'cloud', endpoint: 'ws://10.0.0.5:3020/agent', token: 'gsa_1', allow_plaintext: true }]);
});
