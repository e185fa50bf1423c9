import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as infra from './infra';

const container = (name: string, more: Partial<infra.Container> = {}): infra.Container => ({ name, state: 'running', ...more });

test('the tone of a part is that of the limit it reached', () => {
  assert.deepEqual([undefined, 50, 89.9, 90, 96.9, 97].map((it) => infra.toneOfPart(it, infra.DISK_LIMITS)), ['idle', 'idle', 'idle', 'warn', 'warn', 'bad']);
  assert.equal(infra.toneOfPart(100), 'idle');
  assert.equal(infra.usedPercent({ used_bytes: 1, total_bytes: 0 }), undefined);
  assert.equal(infra.usedPercent({ used_bytes: 3, total_bytes: 2 }), 100);
});

test('containers in trouble come first, and their number says what they do', () => {
  const all = [
    container('a'),
    container('b', { state: 'exited' }),
    container('c', { state: 'restarting' }),
    container('d', { state: 'exited', product: 'gss' }),
    container('e', { health: 'unhealthy' }),
    container('f', { health: 'healthy' }),
  ];
  assert.deepEqual(infra.byTrouble(all).map((it) => it.name), ['c', 'e', 'd', 'a', 'f', 'b']);
  assert.equal(infra.containersText(all), '6 containers: 2 up, 1 restarting, 1 unhealthy, 2 ended');
  assert.equal(infra.containersText([container('a')]), '1 container up');
  assert.equal(infra.containersText([container('a', { state: 'dead' })]), '1 container: 1 dead');
});

test('a product and the container that it is in are one update', () => {
  const server: infra.Server = {
    id: 'a',
    containers: [container('gssm', { product: 'gssm', update: 'available' }), container('db', { update: 'critical' }), container('x', { update: 'unknown' })],
    products: [{ key: 'gssm', latest_version: '2.5.0', update: 'available' }, { key: 'node', update: 'none' }],
  };
  assert.deepEqual(infra.updatesOf(server), [
    { name: 'gssm', isCritical: false, latest: '2.5.0' },
    { name: 'db', isCritical: true },
  ]);
  assert.deepEqual(infra.looseProducts(server).map((it) => it.key), ['node']);
});

test('a sensor without a limit is never over it', () => {
  assert.equal(infra.isOverCritical({ name: 'x', celsius: 200 }), false);
  assert.equal(infra.isOverCritical({ name: 'x', celsius: 100, critical_celsius: 100 }), true);
});
