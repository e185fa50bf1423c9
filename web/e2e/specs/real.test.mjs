// The page over the real agent with simulated devices.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, assertClean, launch, open, until } from '../browser.mjs';
import { startDemo } from '../real.mjs';

let browser;
let agent;

before(async () => {
  browser = await launch();
  agent = await startDemo(40);
});

after(async () => {
  await browser.close();
  await agent.stop();
});

const MINERS = new Set(['axeos', 'antminer', 'canaan', 'cgminer', 'auto']);

test('the numbers of the page are those of the agent, and of its own rows', async () => {
  const page = await open(browser);
  await page.goto(agent.url);
  await page.waitForSelector('text=Live · polled');
  await until(page, () => document.querySelectorAll('[data-lens]').length >= 5);
  const { rows } = await agent.json('/readings?view=table');
  const miners = rows.filter((row) => MINERS.has(row.kind));
  const all = await page.textContent('[data-lens=all] span:last-child');
  assert.equal(Number(all), miners.length);
  const summary = await agent.json('/summary');
  const [[, total]] = Object.entries(summary.hashing).sort(([, a], [, b]) => b.miners - a.miners);
  const shown = Number.parseFloat(await page.textContent('[data-total=hashrate]'));
  const unit = (await page.textContent('[data-total=hashrate]')).replace(/[\d.,\s]+/, '');
  const factor = { 'TH/s': 1e12, 'PH/s': 1e15 }[unit];
  assert.ok(Math.abs((shown * factor) / total.current_hps - 1) < 0.02, `${shown} ${unit} against ${total.current_hps}`);
  await assertAccessible(page);
  await assertClean(page);
  await page.context().close();
});

test('rows change while the page is open', async () => {
  const page = await open(browser);
  await page.goto(`${agent.url}/?sort=name`);
  await page.waitForSelector('text=Live · polled');
  const text = () => page.$$eval('[data-row]', (all) => all.map((it) => it.textContent).join('\n'));
  const first = await text();
  await until(page, (before) => [...document.querySelectorAll('[data-row]')].map((it) => it.textContent).join('\n') !== before, first);
  await page.context().close();
});

test('each device opens without an error, whatever its family', async () => {
  const page = await open(browser);
  const { rows } = await agent.json('/readings?view=table');
  const models = new Map(rows.map((row) => [`${row.kind} ${row.model} ${row.state}`, row.id]));
  for (const id of models.values()) {
    await page.goto(`${agent.url}/d/${encodeURIComponent(id)}`);
    await page.waitForSelector('text=Identity');
  }
  await assertClean(page);
  await page.context().close();
});
