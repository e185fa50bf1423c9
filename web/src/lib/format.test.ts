import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from './format';

const text = (q: format.Quantity | undefined) => (q ? `${q.text} ${q.unit}`.trim() : '—');

test('three digits are shown, and the unit steps up where a fourth would be', () => {
  const cases: [number, string][] = [
    [0, '0 H/s'],
    [0.5, '0.50 H/s'],
    [999.4, '999 H/s'],
    [999.5, '1.00 kH/s'],
    [5.9e12, '5.90 TH/s'],
    [9.994e12, '9.99 TH/s'],
    [9.995e12, '10.0 TH/s'],
    [99.94e12, '99.9 TH/s'],
    [99.95e12, '100 TH/s'],
    [201.4e12, '201 TH/s'],
    [999.49e12, '999 TH/s'],
    [999.5e12, '1.00 PH/s'],
    [15.1e15, '15.1 PH/s'],
    [1.2e21, '1,200 EH/s'],
  ];
  for (const [hps, expected] of cases) assert.equal(text(format.hashrate(hps)), expected, String(hps));
});

test('power of small devices has a tenth, larger ones step up', () => {
  const cases: [number, string][] = [[0, '0 W'], [4.9, '4.9 W'], [9.94, '9.9 W'], [9.97, '10.0 W'], [76, '76.0 W'], [140, '140 W'], [3080, '3.08 kW'], [327_000, '327 kW']];
  for (const [watts, expected] of cases) assert.equal(text(format.power(watts)), expected, String(watts));
  assert.equal(text(format.energy(7_848_000)), '7.85 MWh');
});

test('one rejected share is never rounded away', () => {
  assert.equal(text(format.acceptance(0, 0)), '—');
  assert.equal(text(format.acceptance(10, 0)), '100 %');
  assert.equal(text(format.acceptance(1_000_000, 1)), '99.99 %');
  assert.equal(text(format.acceptance(48_210, 67)), '99.86 %');
  assert.equal(text(format.acceptance(0, 5)), '0.00 %');
});

test('percent have one decimal under a hundred', () => {
  assert.deepEqual([91.5, 99.94, 99.95, 103.2].map((it) => text(format.percent(it))), ['91.5 %', '99.9 %', '100 %', '103 %']);
});

test('difficulties are counted in SI without a unit, and end in powers of ten', () => {
  const cases: [number, string][] = [[46, '46'], [999, '999'], [46_346, '46.3 k'], [153e6, '153 M'], [2e9, '2.00 G'], [129e9, '129 G'], [999.4e18, '999 E'], [1.5e21, '1.50e21']];
  for (const [value, expected] of cases) assert.equal(text(format.difficulty(value)), expected, String(value));
});

test('uptime and spans name their two largest parts', () => {
  assert.deepEqual([0, 59, 60, 3599, 12_000, 3_534_000].map(format.uptime), ['0 s', '59 s', '1m', '59m', '3h 20m', '40d 21h']);
  assert.deepEqual([45, 240, 15_300, 3600, 273_600, 86_400].map(format.span), ['45 s', '4 min', '4 h 15 min', '1 h', '3 d 4 h', '1 d']);
});

test('an age is told in seconds, minutes, by the clock, then by the date', () => {
  format.setPlace('en', 'Europe/Berlin');
  const now = Date.UTC(2026, 10, 21, 12, 0, 0);
  const cases: [number, string][] = [[3, '3 s ago'], [59, '59 s ago'], [60, '1 min ago'], [3599, '59 min ago'], [3600, '12:00'], [86_399, '13:00'], [86_400, '20 Nov'], [-5, '0 s ago']];
  for (const [secs, expected] of cases) assert.equal(format.age(now - secs * 1000, now), expected, String(secs));
  assert.equal(format.clockSeconds(now), '13:00:00');
});

test('an unknown time zone is the one of the browser', () => {
  format.setPlace('en', 'Nowhere/At all');
  assert.match(format.clock(0), /^\d\d:\d\d$/);
});

test('the language decides the decimal mark', () => {
  format.setPlace('de');
  assert.equal(text(format.hashrate(15.1e15)), '15,1 PH/s');
  assert.equal(format.count(48_210), '48.210');
  format.setPlace('en');
});

test('what is not known is a dash, and a negative zero is zero', () => {
  assert.equal(format.inline(undefined), '—');
  assert.equal(format.decimal(-0, 1), '0.0');
  assert.equal(text(format.temperature(101)), '101 °C');
  assert.equal(text(format.temperature(100, 'fahrenheit')), '212 °F');
});
