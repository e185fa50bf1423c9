import assert from 'node:assert/strict';
import { test } from 'node:test';
import { select, DEFAULT_VIEW, queryOf, viewFrom } from './filter';
import { pageUrl } from './page-url';
import * as pool from './pool';
import type { Row } from './row';
import { stepOf } from './issue-looks';
import type { Issue } from './store';

const coin = (more: Partial<pool.Coin> = {}): pool.Coin => ({ key: 'BTC', workers: [], workers_truncated: false, ...more });
const row = (id: string, more: Partial<Row> = {}) => ({ id, name: id, kind: 'axeos', tags: [], state: 'hashing', health: 'up', ...more }) as unknown as Row;
const link = (source_id: string, coin: string, worker: string) => ({ source_id, coin, worker, by: 'address' as const });

test('windows are in the order of their length, whatever the order of their names', () => {
  const windows = pool.windowsOf(coin({ windows_hps: { '15m': 3, '1h': 4, '1m': 1, '5m': 2, '24h': 5 } }));
  assert.deepEqual(windows.map(([window]) => window), ['1m', '5m', '15m', '1h', '24h']);
  assert.deepEqual(['90s', '15m', '1h', '7d', 'recent'].map(pool.windowText), ['90\u00a0s', '15\u00a0min', '1\u00a0h', '7\u00a0d', 'recent']);
});

test('windows after the first name their unit only where it is another one', () => {
  assert.equal(pool.windowsText([['1m', 9.5e15], ['5m', 9.4e15], ['1h', 9.9e14]]), '9.40 in 5\u00a0min · 990\u00a0TH/s in 1\u00a0h');
  assert.equal(pool.windowsText([]), '');
});

test('a scope is told in words, with the span where there is one', () => {
  assert.equal(pool.scopeText('retention', 172_800), 'of the last 2 d');
  assert.equal(pool.scopeText('retention'), 'of the shares it keeps');
  assert.equal(pool.scopeText('since_start'), 'since it started');
});

test('the best share is measured by a block only where the difficulty of one is known', () => {
  assert.equal(pool.ofBlock(coin({ best_share: { difficulty: 5, scope: 'lifetime' }, network: { difficulty: 200 } })), 2.5);
  assert.equal(pool.ofBlock(coin({ best_share: { difficulty: 5, scope: 'lifetime' } })), undefined);
  assert.equal(pool.ofBlock(coin({ network: { difficulty: 200 } })), undefined);
});

test('a worker has an account and the name of a device, divided by the first dot', () => {
  assert.deepEqual(pool.splitName('bc1qabc.rig.1'), { account: 'bc1qabc', device: 'rig.1' });
  for (const name of ['solo', '.rig', 'bc1qabc.']) assert.deepEqual(pool.splitName(name), { device: name });
});

test('a worker is the miner that its link names, and nobody where two links have its name', () => {
  const rows = new Map([row('a'), row('b'), row('c')].map((it) => [it.id, it]));
  const workers = ['w.a', 'w.twice', 'w.other'].map((name) => ({ name }));
  const links = [link('a', 'BTC', 'w.a'), link('b', 'BTC', 'w.twice'), link('c', 'BTC', 'w.twice'), link('c', 'DGB', 'w.other')];
  assert.deepEqual(pool.workersOf(coin({ workers }), links, rows).map(({ miner }) => miner?.id), ['a', undefined, undefined]);
});

test('the number of my miners at a coin is the length of the list that it links to', () => {
  const miners = [row('a', { links: [link('gss', 'BTC', 'a')] }), row('b', { links: [link('gss', 'DGB', 'b')] }), row('c'), row('d', { links: [link('other', 'BTC', 'd')] })];
  const view = viewFrom(queryOf({ ...DEFAULT_VIEW, pool: 'gss', coin: 'BTC' }));
  assert.deepEqual(select(miners, view), pool.minersOf(miners, 'gss', 'BTC'));
  assert.deepEqual(select(miners, { ...DEFAULT_VIEW, pool: 'gss' }).map((it) => it.id), ['a', 'b']);
});

test('workers are sorted by their figures, and those without one come last both ways', () => {
  const rows = [{ name: 'w.b', current_hps: 1 }, { name: 'w.a' }, { name: 'w.c', current_hps: 3 }].map((worker) => ({ worker }));
  const names = (text: string) => pool.sortedWorkers(rows, pool.workerSortFrom(text)).map((it) => it.worker.name);
  assert.deepEqual(names(''), ['w.c', 'w.b', 'w.a']);
  assert.deepEqual(names('hashrate'), ['w.b', 'w.c', 'w.a']);
  assert.deepEqual(names('name'), ['w.a', 'w.b', 'w.c']);
  assert.deepEqual(pool.workerSortFrom('nonsense:desc'), { column: 'hashrate', descending: true });
  assert.equal(pool.workerSortText(pool.workerToggled({ column: 'name', descending: false }, 'hashrate')), '');
  assert.equal(pool.workerSortText(pool.workerToggled({ column: 'name', descending: false }, 'name')), 'name:desc');
});

test('a search finds what stands in the name of a worker, its device, its address or its miner', () => {
  const rows: pool.WorkerRow[] = [
    { worker: { name: 'bc1q.one', user_agent: 'bitaxe/BM1370', address: '10.0.0.4' }, miner: row('Desk Gamma', { group: 'office' }) },
    { worker: { name: 'bc1q.two' } },
  ];
  for (const [text, n] of [['', 2], ['BM1370', 1], ['10.0.0.4', 1], ['desk office', 1], ['bc1q', 2], ['one two', 0]] as const) assert.equal(pool.searchWorkers(rows, text).length, n, text);
});

test('stale shares count as refused, and no share at all is no percentage', () => {
  assert.equal(pool.rejectPercent({ accepted: 90, rejected: 5, stale: 5 }), 10);
  assert.equal(pool.rejectPercent({ accepted: 0, rejected: 0 }), undefined);
  assert.equal(pool.rejectPercent({ accepted: 10 }), undefined);
});

test('a list that is not whole says how many there are, where that is known', () => {
  assert.equal(pool.truncation(coin()), '');
  assert.match(pool.truncation(coin({ workers_truncated: true, active_workers: 98, workers: [{ name: 'a' }] })), /98 active workers, and 1 worker/);
  assert.match(pool.truncation(coin({ workers_truncated: true, active_workers: 1, workers: [{ name: 'a' }, { name: 'b' }] })), /more workers than the 2 workers/);
});

test('a gap belongs to its coin also where one key is the beginning of another', () => {
  const gaps = ['coins.DGB', 'coins.DGB-BIG.metrics', 'uptime_secs'].map((field) => ({ field, found: '404' }));
  const all = { software: {}, coins: [coin({ key: 'DGB' }), coin({ key: 'DGB-BIG' })], gaps };
  assert.deepEqual(pool.gapsOf(all, 'DGB').map((it) => it.field), ['coins.DGB', 'uptime_secs']);
  assert.deepEqual(pool.gapsOf(all, 'DGB-BIG').map((it) => it.field), ['coins.DGB-BIG.metrics', 'uptime_secs']);
});

test('an issue leads to the page of its kind', () => {
  const issue = { id: 'x', code: 'coin_trouble', severity: 'warning', title: '', detail: '', since: '', source_ids: ['gss'] } as Issue;
  assert.equal(stepOf(issue, 'pool').href, '/pools?pool=gss');
  assert.equal(stepOf(issue, 'infrastructure').href, '/servers?server=gss');
  assert.equal(stepOf({ ...issue, code: 'auth' }, 'pool').href, '/settings/pools?edit=gss');
  assert.equal(stepOf({ ...issue, code: 'auth' }).href, '/settings/devices?edit=gss');
  assert.equal(stepOf({ ...issue, source_ids: ['a', 'b', 'c'] }, 'pool').href, '/pools');
});

test('the page of a pool is at the port beside its API, if the API is at the usual one', () => {
  assert.equal(pageUrl('http://10.0.0.10:4004', 'GoSlimStratum'), 'http://10.0.0.10:3003/');
  assert.equal(pageUrl('http://10.0.0.10:8080', 'GoStratumEngine'), 'http://10.0.0.10:8080/');
  assert.equal(pageUrl('https://pool.lan/gss', 'GoSlimStratum'), 'https://pool.lan/gss');
  for (const address of ['local', 'javascript:alert(1)']) assert.equal(pageUrl(address, undefined), undefined);
});

test('a small part keeps three digits, and a best share beyond a block says so', () => {
  const texts = [0, 0.00123, 0.0000456, 0.31, 0.996, 4.64, 45.6].map((it) => pool.smallPercent(it).text);
  assert.deepEqual(texts, ['0.00', '0.00123', '0.0000456', '0.310', '1.00', '4.64', '45.6']);
  assert.equal(pool.partText(0.322), '0.322\u00a0% of a block');
  assert.equal(pool.partText(1108), '11.1 times a block');
});

test('a column in which no worker has a value is left out', () => {
  assert.deepEqual(pool.columnsOf([{ worker: { name: 'w.a' } }]), ['name']);
  assert.deepEqual(pool.columnsOf([{ worker: { name: 'w.a', accepted: 0 } }, { worker: { name: 'w.b' }, miner: row('b') }]), ['name', 'miner', 'accepted']);
});
