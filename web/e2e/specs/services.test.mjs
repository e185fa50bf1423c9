// The pages of pools and servers over invented ones in each of their states.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, assertClean, launch, open, SIZES, THEMES, until } from '../browser.mjs';
import { FixtureAgent } from '../fixture/agent.mjs';

let browser;
let agent;
let url;

before(async () => {
  browser = await launch();
  agent = new FixtureAgent({ services: true });
  url = `http://127.0.0.1:${await agent.listen()}`;
});

after(async () => {
  await browser.close();
  await agent.close();
});

async function at(path, ready, options) {
  const page = await open(browser, options);
  await page.goto(url + path);
  await page.waitForSelector(ready);
  return page;
}

const PAGES = { pools: ['/pools', '[data-coin]'], coin: ['/pools?pool=gss-btc&coin=BTC', '[data-worker]'], servers: ['/servers', '[data-server]'] };

for (const size of Object.keys(SIZES)) {
  for (const theme of THEMES) {
    for (const [name, [path, ready]] of Object.entries(PAGES)) {
      test(`the page of ${name} has no violation on a ${size} in ${theme}, and does not scroll sideways`, async () => {
        const page = await at(path, ready, { size, theme });
        await assertAccessible(page);
        await assertClean(page);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
        await page.context().close();
      });
    }
  }
}

test('each coin of each pool has a card, and a pool without one says why', async () => {
  const page = await at('/pools', '[data-coin]');
  const coins = agent.services.flatMap(({ row, reading }) => (reading.snapshot?.coins ?? []).map((coin) => `${row.id} ${coin.key}`));
  await until(page, (n) => document.querySelectorAll('[data-coin]').length === n, coins.length);
  const shown = await page.$$eval('[data-coin]', (all) => all.map((it) => it.dataset.coin));
  assert.deepEqual(shown.sort(), coins.sort());
  const words = { 'pool-locked': 'API key', 'pool-new': 'not asked yet', 'pool-off': 'Switched off', 'pool-bare': 'tells of no coin' };
  for (const [id, word] of Object.entries(words)) assert.match(await page.textContent(`[data-source=${id}]`), new RegExp(word));
  await page.context().close();
});

test('a pool that does not answer keeps its last values, dimmed, with their time and the reason', async () => {
  const page = await at('/pools', '[data-coin="pool-lost XEC"]');
  for (const [coin, reason] of [['pool-lost XEC', /Connection refused.*Showing values from \d\d:\d\d/], ['pool-stale BTC', /No answer to GET.*Showing values from \d+ min ago/]]) {
    assert.equal(await page.getAttribute(`[data-coin="${coin}"]`, 'data-fresh'), 'old');
    assert.match(await page.textContent(`[data-coin="${coin}"]`), reason);
  }
  assert.equal(await page.getAttribute('[data-coin="gss-btc BTC"]', 'data-fresh'), 'live');
  await page.context().close();
});

test('trouble of one coin is not told of the others', async () => {
  const page = await at('/pools', '[data-coin="gss-dgb DGB"]');
  assert.match(await page.textContent('[data-coin="gss-dgb DGB"]'), /Degraded.*DGB says: syncing/);
  assert.match(await page.textContent('[data-coin="gss-dgb DGB-BIGMINERS"]'), /Running/);
  await page.context().close();
});

test('the number of my miners at a coin is the number of rows that it links to', async () => {
  const page = await at('/pools', '[data-coin="gss-btc BCH"]');
  const link = page.locator('[data-coin="gss-btc BCH"] a', { hasText: 'of my miners here' });
  const n = Number.parseInt(await link.textContent(), 10);
  assert.ok(n > 1);
  await link.click();
  await until(page, (rows) => document.querySelector('[role=table]')?.getAttribute('aria-rowcount') === String(rows + 1), n);
  assert.match(page.url(), /\?pool=gss-btc&coin=BCH$/);
  await page.waitForSelector('button:has-text("Works for GSS · BCH")');
  await page.context().close();
});

test('a coin opens by keyboard, and its workers are searched, sorted and lead to their miners', async () => {
  const page = await at('/pools', '[data-coin="gss-btc BTC"]');
  await page.focus('[data-coin="gss-btc BTC"] h2 a');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-worker]');
  assert.match(await page.textContent('h1'), /BTC · GSS/);
  const counts = await page.$$eval('[data-lens]', (all) => Object.fromEntries(all.map((it) => [it.dataset.lens, Number(it.querySelector('span').textContent.replaceAll(',', ''))])));
  assert.equal(counts.all, counts.mine + counts.others);
  await page.click('[data-lens=others]');
  await until(page, (n) => document.querySelectorAll('[data-worker]').length === n, counts.others);
  await page.click('[data-lens=all]');
  await page.focus('th button:has-text("Worker")');
  await page.keyboard.press('Enter');
  await until(page, () => document.querySelector('th[aria-sort=ascending]')?.textContent.includes('Worker'));
  await page.keyboard.press('/');
  await page.keyboard.type('s21-r4-09');
  await until(page, () => document.querySelectorAll('[data-worker]').length === 1);
  await page.click('[data-worker] a');
  await page.waitForSelector('h1:has-text("s21-r4-09")');
  await page.click('a[href^="/pools?pool=gss-btc&coin=BTC"]');
  await page.waitForSelector('[data-worker]');
  await assertClean(page);
  await page.context().close();
});

test('a list of workers that is not whole says so, and is shown in pages', async () => {
  const page = await at('/pools?pool=big-farm&coin=BTC', '[data-worker]');
  await page.waitForSelector('text=1,342 active workers, and 1,000 workers are listed here');
  assert.equal((await page.$$('[data-worker]')).length, 50);
  const first = await page.getAttribute('[data-worker]', 'data-worker');
  await page.click('[aria-label="Next workers"]');
  await page.waitForSelector('text=51 to 100 of 1,000');
  assert.notEqual(await page.getAttribute('[data-worker]', 'data-worker'), first);
  await page.context().close();
});

test('an estimated hashrate and shares that are not counted are said in words', async () => {
  const page = await at('/pools?pool=engine&coin=LTC', '[data-worker]');
  await page.waitForSelector('text=estimated by the agent from the shares they sent');
  await page.goto(`${url}/pools?pool=engine&coin=DGB-BIG`);
  await page.waitForSelector('text=counts their shares under the symbol of the coin');
  await assertAccessible(page);
  await page.context().close();
});

test('what is not there says so', async () => {
  const page = await at('/pools?pool=gss-btc&coin=NONE', 'text=No coin NONE here');
  await assertAccessible(page);
  await page.goto(`${url}/pools?pool=pool-locked&coin=BTC`);
  await page.waitForSelector('text=Set API key');
  await page.goto(`${url}/pools?pool=nobody`);
  await page.waitForSelector('[data-coin]');
  await page.context().close();
});

test('figures change while the page is open, by the stream alone', async () => {
  const page = await at('/pools', '[data-coin="gss-btc BTC"]');
  const text = () => page.textContent('[data-coin="gss-btc BTC"]');
  const first = await text();
  await page.waitForFunction((before) => document.querySelector('[data-coin="gss-btc BTC"]').textContent !== before, first, { timeout: 25_000 });
  await page.context().close();
});

test('a card has the last day of its coin, with a gap where nothing was heard', async () => {
  const page = await at('/pools', '[data-coin="gss-btc BTC"] [data-trend] path');
  const drawn = await page.getAttribute('[data-coin="gss-btc BTC"] [data-trend] path', 'd');
  assert.equal(drawn.match(/M/g).length, 2, 'the pool was away for an hour');
  assert.match(await page.textContent('[data-coin="gss-btc BTC"] [data-trend]'), /Between .*H\/s and .*H\/s in the last 24 h/);
  assert.equal(await page.locator('[data-coin="gss-dgb DGB"] [data-trend="0"] path').count(), 0, 'nothing is known of it');
  await page.click('[data-coin="gss-btc BTC"] h2 a');
  await page.waitForSelector('[data-worker]');
  await page.waitForSelector('[data-trend] path');
  await page.context().close();
});

test('no card is styled as live three intervals later', async () => {
  const page = await open(browser);
  await page.clock.install();
  for (const [path, ready] of [PAGES.pools, PAGES.servers]) {
    await page.goto(url + path);
    await page.waitForSelector(`${ready}[data-fresh=live]`);
  }
  await page.context().setOffline(true);
  await page.clock.fastForward(4 * 60_000);
  await until(page, () => !document.querySelector('[data-fresh=live]'));
  await page.context().close();
});

test('each server has a card, with what is wrong on it in words', async () => {
  const page = await at('/servers', '[data-server="barn qA1"]');
  const servers = agent.services.flatMap(({ row, reading }) => (reading.snapshot?.servers ?? []).map((it) => `${row.id} ${it.id}`));
  await until(page, (n) => document.querySelectorAll('[data-server]').length === n, servers.length);
  const barn = await page.textContent('[data-server="barn qA1"]');
  for (const word of [/Restart needed/, /2 updates, one important/, /98\.0\s?%\s?full/, /91\.0\s?%\s?nearly full/, /41 restarts/, /9 containers: 5 up, 1 restarting, 1 unhealthy/]) assert.match(barn, word);
  assert.match(await page.textContent('[data-server="barn rF3"]'), /101\s?°C too hot/);
  assert.match(await page.textContent('[data-server="barn uJ5"]'), /Not reachable/);
  await page.waitForSelector('text=How sure: low');
  await page.context().close();
});

test('all containers of a server are shown on demand, by keyboard', async () => {
  const page = await at('/servers', '[data-server="barn qA1"]');
  const inBarn = '[data-server="barn qA1"] [data-container]';
  assert.equal((await page.$$(inBarn)).length, 6);
  await page.focus('button:has-text("Show all 9")');
  await page.keyboard.press('Enter');
  await until(page, (it) => document.querySelectorAll(it).length === 9, inBarn);
  assert.match(await page.textContent('[data-server="barn qA1"] [data-container=postgres]'), /Too old/);
  await assertAccessible(page);
  await page.context().close();
});

test('an issue of a server leads to its card', async () => {
  const page = await at('/servers', '[data-server]', { size: 'phone' });
  await page.click('a[href="/servers?server=mim-lost"]');
  await until(page, () => {
    const { top } = document.querySelector('[data-source=mim-lost]').getBoundingClientRect();
    return top > 0 && top < 200;
  });
  await page.context().close();
});

test('without pools or servers their pages say how to add one', async () => {
  const own = new FixtureAgent();
  const page = await open(browser);
  const base = `http://127.0.0.1:${await own.listen()}`;
  for (const [path, text, href] of [['/pools', 'No pools yet', '/settings/pools?add'], ['/servers', 'No servers yet', '/settings/servers?add&kind=host']]) {
    await page.goto(base + path);
    await page.waitForSelector(`text=${text}`);
    await page.waitForSelector(`a[href="${href}"]`);
    await assertAccessible(page);
  }
  await own.close();
  await page.context().close();
});

test('who only looks sees no way to change anything', async () => {
  const own = new FixtureAgent({ services: true, caller: { agent_name: 'Hollow Creek', login: 'password', who: 'nobody', scope: 'read' } });
  const page = await open(browser);
  await page.goto(`http://127.0.0.1:${await own.listen()}/pools`);
  await page.waitForSelector('[data-source=pool-locked]');
  for (const text of ['Add pool', 'Set API key', 'Poll now', 'Enable']) assert.equal(await page.$(`main >> text="${text}"`), null, text);
  await own.close();
  await page.context().close();
});
