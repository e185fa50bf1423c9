// The pages of pools and servers over the real agent: its demo has three pools, a manager, and the machine it runs on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, assertClean, launch, open, SIZES, THEMES, until } from '../browser.mjs';
import { startDemo } from '../real.mjs';

let browser;
let agent;

before(async () => {
  browser = await launch();
  agent = await startDemo(24);
  // Links need a reading of the pool and of the miner.
  await waitFor(async () => (await readings('pool')).every((it) => it.links?.length > 0));
  await waitFor(async () => (await readings('infrastructure')).every((it) => it.snapshot));
});

after(async () => {
  await browser.close();
  await agent.stop();
});

async function waitFor(isTrue, deadline = Date.now() + 60_000) {
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`the demo did not come up:\n${agent.log}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

async function readings(kind) {
  const path = { pool: '/pools', infrastructure: '/infrastructure' }[kind];
  return (await agent.json(path)).readings;
}

async function at(path, ready, options) {
  const page = await open(browser, options);
  await page.goto(agent.url + path);
  await page.waitForSelector(ready);
  return page;
}

for (const size of Object.keys(SIZES)) {
  for (const theme of THEMES) {
    test(`pools, a coin and servers have no violation on a ${size} in ${theme}`, async () => {
      const page = await at('/pools', '[data-coin]', { size, theme });
      await assertAccessible(page);
      await page.click('[data-coin] h2 a');
      await page.waitForSelector('[data-worker]');
      await assertAccessible(page);
      await page.goto(`${agent.url}/servers`);
      await page.waitForSelector('[data-container]');
      await assertAccessible(page);
      await assertClean(page);
      await page.context().close();
    });
  }
}

test('the cards are the coins of the agent, with its workers and its links', async () => {
  const page = await at('/pools', '[data-coin]');
  const pools = await readings('pool');
  const coins = pools.flatMap(({ source, snapshot, links }) => snapshot.coins.map((coin) => ({ id: `${source.id} ${coin.key}`, coin, mine: links.filter((it) => it.coin === coin.key).length })));
  await until(page, (n) => document.querySelectorAll('[data-coin]').length === n, coins.length);
  for (const { id, coin, mine } of coins) {
    const text = await page.textContent(`[data-coin="${id}"]`);
    assert.match(text, new RegExp(`Workers${coin.active_workers}`), id);
    assert.match(text, mine > 0 ? new RegExp(`${mine} of my miners here`) : /None of my miners here/, id);
    if (coin.estimated) assert.match(text, /estimated from its shares/, id);
  }
  assert.equal(await page.textContent('a[href="/pools"] span:last-child'), String(pools.length));
  await page.context().close();
});

test('each worker of a coin is listed, and leads to the miner that the agent links it with', async () => {
  const pool = (await readings('pool')).find((it) => it.source.id === 'home-pool');
  const coin = pool.snapshot.coins.find((it) => it.key === 'BTC');
  const page = await at('/pools?pool=home-pool&coin=BTC', '[data-worker]');
  await until(page, (n) => document.querySelectorAll('[data-worker]').length === n, coin.workers.length);
  const shown = await page.$$eval('[data-worker]', (all) => all.map((it) => [it.dataset.worker, it.querySelector('a')?.getAttribute('href')]));
  const links = new Map(pool.links.filter((it) => it.coin === 'BTC').map((it) => [it.worker, `/d/${it.source_id}`]));
  assert.deepEqual(new Map(shown), new Map(coin.workers.map(({ name }) => [name, links.get(name)])));
  await page.context().close();
});

test('each coin has a history, which its card shows', async () => {
  const [pool] = await readings('pool');
  const { key } = pool.snapshot.coins[0];
  const { points } = await agent.json(`/history/${encodeURIComponent(pool.source.id)}?coin=${encodeURIComponent(key)}`);
  assert.ok(points.length > 0 && points.every(([, hps]) => hps >= 0));
  const page = await at('/pools', `[data-coin="${pool.source.id} ${key}"]`);
  await until(page, (it) => Number(document.querySelector(`[data-coin="${it}"] [data-trend]`).dataset.trend) > 0, `${pool.source.id} ${key}`);
  await assertClean(page);
  await page.context().close();
});

test('servers and containers are those of the agent', async () => {
  const page = await at('/servers', '[data-container]');
  for (const { source, snapshot } of await readings('infrastructure')) {
    for (const server of snapshot.servers) {
      const card = `[data-server="${source.id} ${server.id}"]`;
      await page.waitForSelector(card);
      const names = await page.$$eval(`${card} [data-container]`, (all) => all.map((it) => it.dataset.container));
      assert.deepEqual(names.sort(), (server.containers ?? []).map((it) => it.name).sort());
      for (const { mount } of server.disks ?? []) assert.match(await page.textContent(card), new RegExp(mount.replaceAll('/', '\\/')));
    }
  }
  await page.context().close();
});

test('a pool is read anew while its page is open', async () => {
  const page = await at('/pools?pool=home-pool&coin=BTC', '[data-worker]');
  const text = () => page.textContent('main');
  const first = await text();
  await page.waitForFunction((before) => document.querySelector('main').textContent.replace(/\d+ s ago/g, '') !== before.replace(/\d+ s ago/g, ''), first, { timeout: 40_000 });
  const before = (await agent.json('/readings/home-pool')).observed_at;
  await page.click('button:has-text("Poll now")');
  await page.waitForSelector('text=Home pool was polled');
  assert.notEqual((await agent.json('/readings/home-pool')).observed_at, before);
  await assertClean(page);
  await page.context().close();
});
