// The page over the real agent with simulated devices.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, assertClean, launch, open, until } from '../browser.mjs';
import { eventually, followDemo, startDemo } from '../real.mjs';

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

test('the pages of a demo have no violation', async () => {
  const page = await open(browser);
  for (const [path, sign] of [['/', '[data-row]'], ['/events', 'text=History'], ['/settings', 'nav[aria-label=Settings]']]) {
    await page.goto(agent.url + path);
    await page.waitForSelector(sign);
    await assertAccessible(page);
  }
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

test('an agent that is killed is missed at once, nothing looks live after three intervals, and all is live when it is back', async () => {
  const fleet = await followDemo(8, { polling: { interval_secs: 2 }, kinds: {} });
  const page = await open(browser);
  await page.goto(fleet.url);
  await page.waitForSelector('[data-fresh=live]');
  await page.waitForSelector('text=Live · polled');
  await fleet.halt('SIGKILL');
  await page.waitForSelector('text=/Connection to the agent lost, showing values from \\d\\d:\\d\\d:\\d\\d/');
  assert.equal(await page.$('text=/^Live/'), null);
  await until(page, () => !document.querySelector('[data-fresh=live]'));
  await page.waitForSelector('main.washed');
  const again = await fleet.start(fleet.port);
  await page.waitForSelector('text=Live · polled');
  await page.waitForSelector('text=/Connection to the agent lost/', { state: 'detached' });
  await page.waitForSelector('[data-fresh=live]');
  assert.equal(await page.$('main.washed'), null);
  assert.equal(await page.$$eval('[data-row]', (all) => all.length), (await again.json('/summary')).miners.total);
  await assertClean(page);
  await page.context().close();
  await again.stop();
  await fleet.stop();
});

test('two thousand devices of the real agent are shown, counted, walked through and followed', async () => {
  const fleet = await startDemo(2000);
  // The rest may answer while the page is open.
  await eventually(async () => assert.ok((await fleet.json('/summary')).miners.by_state.hashing > 200), 180_000);
  const page = await open(browser);
  await page.goto(`${fleet.url}/?sort=name`);
  await page.waitForSelector('[data-row]');
  await page.waitForSelector('text=Live · polled');
  await page.waitForSelector('[data-lens=all] >> text=2,000');
  assert.equal(await page.getAttribute('[role=table]', 'aria-rowcount'), '2001');
  assert.ok((await page.$$('[data-row]')).length < 60);
  const texts = () => page.$$eval('[data-row]', (all) => all.map((it) => it.textContent).join());
  const before = await texts();
  await until(page, (old) => [...document.querySelectorAll('[data-row]')].map((it) => it.textContent).join() !== old, before);
  for (const lens of ['attention', 'working', 'standby']) {
    await page.click(`[data-lens=${lens}]`);
    await page.waitForSelector(`[data-lens=${lens}][aria-current]`);
    await until(page, (it) => Number(document.querySelector(`[data-lens=${it}] span:last-child`).textContent.replaceAll(',', '')) === Number(document.querySelector('[role=table]').getAttribute('aria-rowcount')) - 1, lens);
  }
  await page.click('[data-lens=all]');
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  const last = (await fleet.json('/readings?view=table')).rows.filter((it) => !['gss', 'mim', 'host'].includes(it.kind)).map((it) => it.name).sort(new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare).at(-1);
  await page.waitForSelector(`[data-row] >> text="${last}"`);
  await assertClean(page);
  await page.context().close();
  await fleet.stop();
});
