import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ignoredBy, namesFor, once, withoutIgnored } from './names';
import { addressesOf, estimateSecs, portsOf } from './range';
import type { Finding } from './state';

const finding = (n: number, identity: Finding['identity'] = {}): Finding => ({ status: 'new', address: `10.0.0.${n}`, ip: `10.0.0.${n}`, port: 80, kind: 'axeos', identity });

test('ranges are counted as the agent counts them', () => {
  const table: [string, number | undefined][] = [
    ['192.168.1.0/24', 254],
    ['10.0.0.0/22', 1022],
    ['10.0.0.0/31', 2],
    ['10.0.0.7/32', 1],
    ['192.168.1.50', 1],
    ['192.168.1.10-60', 51],
    ['192.168.1.10-192.168.2.9', 256],
    ['192.168.1.0/24, 10.0.0.1', 255],
    ['', 0],
    [' , ', 0],
    ['300.1.1.1', undefined],
    ['10.0.0.60-10', undefined],
    ['10.0.0.0/33', undefined],
    ['10.0.0', undefined],
    ['own', undefined],
    ['fe80::1', undefined],
  ];
  for (const [text, n] of table) assert.equal(addressesOf(text), n, text);
  assert.equal(estimateSecs(254), 20);
});

test('ports are numbers that there are', () => {
  assert.deepEqual(portsOf('80, 4028 4433'), [80, 4028, 4433]);
  assert.deepEqual(portsOf(''), []);
  for (const text of ['0', '65536', 'http', '80.5', '-1']) assert.equal(portsOf(text), undefined, text);
});

test('names follow the pattern, and none is given twice', () => {
  const [a, b] = [finding(1, { model: 'Gamma', hostname: 'bitaxe' }), finding(2, { model: 'Gamma' })];
  const table: [string, string[], string[]][] = [
    ['{model}-{nn}', [], ['Gamma-01', 'Gamma-02']],
    ['{model}-{nn}', ['gamma-01'], ['Gamma-02', 'Gamma-03']],
    ['{model}', [], ['Gamma', 'Gamma 2']],
    ['{hostname}', [], ['bitaxe', '10.0.0.2']],
    ['{ip} {unknown}', [], ['10.0.0.1 {unknown}', '10.0.0.2 {unknown}']],
    ['  ', [], ['10.0.0.1', '10.0.0.2']],
  ];
  for (const [pattern, taken, names] of table) assert.deepEqual(namesFor([a, b], pattern, taken), names, pattern);
  const many = namesFor(Array.from({ length: 200 }, (_, n) => finding(n, { model: 'x'.repeat(300) })), '{model}{nn}', []);
  assert.ok(new Set(many).size === 200 && many.every((it) => it.length <= 128));
});

test('a device with two addresses is added once', () => {
  const mac = '02:00:00:00:00:01';
  assert.deepEqual(once([finding(1, { mac }), finding(2), finding(3, { mac }), finding(4)]).map((it) => it.ip), ['10.0.0.1', '10.0.0.2', '10.0.0.4']);
});

test('what ignores a device is taken back however it is written', () => {
  const it = finding(7, { mac: '02:00:00:0F:00:01', serial: 'ABC1' });
  assert.equal(ignoredBy(it), '02:00:00:0F:00:01');
  assert.equal(ignoredBy(finding(7)), '10.0.0.7:80');
  const entries = ['02-00-00-0f-00-01', '0200.000F.0001', ' abc1', 'http://10.0.0.7:80', '10.0.0.7', '10.0.0.70', '10.0.0.7:4028', '02:00:00:0F:00:02'];
  assert.deepEqual(withoutIgnored(entries, it), ['10.0.0.70', '10.0.0.7:4028', '02:00:00:0F:00:02']);
});
