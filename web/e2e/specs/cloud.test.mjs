// The page of a cloud over invented agents in each of their states.
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { assertAccessible, assertClean, launch, open, SIZES, until } from '../browser.mjs';
import { FixtureCloud } from '../fixture/cloud.mjs';

let browser;
let cloud;
let url;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser.close();
});

beforeEach(async () => {
  cloud = new FixtureCloud();
  url = `http://127.0.0.1:${await cloud.listen()}`;
});

afterEach(async () => {
  await cloud.close();
});

/** A page of somebody who is logged in. */
async function at(path, ready, { user = 'ada', ...options } = {}) {
  const page = await open(browser, options);
  const id = `made${Math.random().toString(36).slice(2)}`;
  cloud.sessions.set(id, user);
  await page.context().addCookies([{ name: 'session', value: id, url }]);
  await page.goto(url + path);
  await page.waitForSelector(ready);
  return page;
}

const PAGES = {
  agents: ['/', '[data-agent]'],
  fleet: ['/a/garage-b55e/', '[data-row]'],
  'an agent that is gone': ['/a/barn-19c4/', 'text=has not been heard since'],
  'an agent that was never there': ['/a/attic-7d02/', 'text=This agent was never heard'],
  pools: ['/a/garage-b55e/pools', '[data-coin]'],
  users: ['/users', '[data-user]'],
  account: ['/account', 'text=My password'],
};

for (const size of Object.keys(SIZES)) {
  test(`no page has a violation on a ${size}, and none scrolls sideways`, async () => {
    const page = await at('/', '[data-agent]', { size });
    for (const [name, [path, ready]] of Object.entries(PAGES)) {
      await page.goto(url + path);
      await page.waitForSelector(ready);
      await assertAccessible(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, name);
    }
    await assertClean(page);
    await page.context().close();
  });
}

test('a login by keyboard leads to the agents; a wrong one says so, and too many have to wait', async () => {
  const page = await open(browser);
  await page.goto(`${url}/a/garage-b55e/pools`);
  await page.waitForSelector('text=GSSA cloud');
  await assertAccessible(page);
  await page.keyboard.type('bob');
  await page.keyboard.press('Tab');
  await page.keyboard.type('wrong');
  for (let n = 0; n < 4; n++) {
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Wrong name or password.');
    await page.keyboard.type('g');
  }
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Too many tries');
  await page.waitForSelector('button:has-text("Log in"):not([disabled])');
  await page.fill('input[name=password]', 'correct horse');
  await page.keyboard.press('Enter');
  // The page that was asked for is the one that is shown.
  await page.waitForSelector('[data-coin]');
  await assertClean(page);
  await page.context().close();
});

test('each agent has a card with what the cloud tells of it, worst first', async () => {
  const page = await at('/', '[data-agent]');
  const states = await page.$$eval('[data-agent]', (all) => all.map((it) => [it.dataset.agent, it.dataset.state]));
  assert.deepEqual(Object.fromEntries(states), { 'barn-19c4': 'Gone', 'hut-2f11': 'Away', 'shed-77aa': 'Stopped', 'cellar-a5b1': 'Online', 'hall-c0de': 'Online', 'attic-7d02': 'Never connected', 'farm-3e88': 'Online', 'garage-b55e': 'Online', 'old-0001': 'Revoked' });
  assert.equal(states[0][0], 'barn-19c4');
  const text = (id) => page.textContent(`[data-agent=${id}]`);
  assert.match(await text('barn-19c4'), /1,312 thinned · 208 lost · 2 runs cut off/);
  assert.match(await text('cellar-a5b1'), /4 min ahead.*HTTPS posts/);
  assert.match(await text('farm-3e88'), /6 min/);
  assert.match(await text('garage-b55e'), /Miners134 of 144 hash.*Hashrate13\.7\sPH\/s \+.*Power314\skW/);
  assert.equal(await page.getAttribute('[data-agent=garage-b55e] div:has(> dt:text-is("Hashrate"))', 'title'), 'Also scrypt 9.50\u00a0GH/s');
  assert.doesNotMatch(await text('attic-7d02'), /Miners/);
  assert.match(await text('garage-b55e'), /WebSocket.*1,284,310 items.*Nothing.*61.4\sMB of 268\sMB/);
  assert.match(await text('hall-c0de'), /Two copies with the same token/);
  assert.match(await page.textContent('[aria-label="Needs attention"]'), /4 issues, 4 agents/);
  assert.match(await page.textContent('p[role=status]'), /9 agents · 1 gone · /);
  await page.context().close();
});

test('an agent that comes and goes is told without asking, and its fleet is washed while it is away', async () => {
  const page = await at('/', '[data-agent=garage-b55e][data-state=Online]');
  cloud.change('garage-b55e', { online: false, door: undefined, connected_since: undefined });
  await page.waitForSelector('[data-agent=garage-b55e][data-state=Away]');
  await page.click('[data-agent=garage-b55e] h2 a');
  await page.waitForSelector('text=The agent has not been heard since');
  await page.waitForSelector('[data-row]');
  await until(page, () => document.querySelectorAll('[data-fresh=live]').length === 0);
  assert.ok(await page.$('main.washed'));
  assert.equal(await page.$('text=Live · polled'), null);
  cloud.change('garage-b55e', { online: true, heard_at: new Date().toISOString() });
  await page.waitForSelector('text=Live · polled');
  await until(page, () => document.querySelectorAll('[data-fresh=live]').length > 0);
  assert.equal(await page.$('main.washed'), null);
  await assertClean(page);
  await page.context().close();
});

test('the pages of an agent stay below its path, and offer nothing that a cloud cannot do', async () => {
  const page = await at('/a/garage-b55e/', '[data-row]');
  const hrefs = () => page.$$eval('#app a[href]', (all) => all.map((it) => it.getAttribute('href')));
  const outside = (all) => all.filter((it) => it.startsWith('/') && !it.startsWith('/a/garage-b55e/') && !['/', '/account'].includes(it) && !it.startsWith('/?agent=') && !it.startsWith('/a/'));
  for (const name of ['Pools', 'Servers', 'Events', 'Fleet']) {
    await page.click(`nav[aria-label=Pages] >> text=${name}`);
    await page.waitForSelector(`h1:has-text("${name}")`);
    assert.match(page.url(), /\/a\/garage-b55e\//);
    assert.deepEqual(outside(await hrefs()), [], name);
    const text = await page.textContent('body');
    assert.doesNotMatch(text, /Settings|Discovery|Poll now|Add device|Add pool|Add server|Open its page/, name);
  }
  await page.click('[data-row] a');
  await page.waitForSelector('aside >> text=Identity');
  assert.doesNotMatch(await page.textContent('aside'), /Poll now|Open its page|undefined/);
  await page.click('aside >> text=All details');
  await page.waitForSelector('h1');
  assert.match(page.url(), /\/a\/garage-b55e\/d\//);
  await page.goBack();
  await page.goto(`${url}/a/garage-b55e/settings`);
  await page.waitForSelector('text=There is nothing here');
  await assertClean(page);
  await page.context().close();
});

test('another agent is a menu away, and nothing of the last one is left', async () => {
  const page = await at('/a/garage-b55e/', '[data-row]');
  assert.equal(await page.textContent('[data-lens=all] span:last-child'), '144');
  await page.click('button[title="Switch to another agent"]');
  await assertAccessible(page);
  await page.click('[role=menu] >> text=Farm');
  await until(page, () => document.querySelector('[data-lens=all] span:last-child')?.textContent === '14');
  assert.match(page.url(), /\/a\/farm-3e88\/$/);
  assert.match(await page.title(), /Farm/);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.waitForSelector('[data-agent]');
  await page.goBack();
  await until(page, () => document.querySelector('[data-lens=all] span:last-child')?.textContent === '14');
  await assertClean(page);
  await page.context().close();
});

test('an agent is added, gets another token, is revoked and removed', async () => {
  const page = await at('/', '[data-agent]');
  await page.click('button:has-text("Add agent")');
  await page.click('dialog button:has-text("Add agent")');
  await page.waitForSelector('text=Give it a name');
  await page.fill('dialog input', 'Garage');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=is taken');
  await page.fill('dialog input', 'Loft');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-copy=snippet]');
  await assertAccessible(page);
  const token = await page.textContent('[data-copy=token]');
  const { uplinks } = JSON.parse(`{${await page.textContent('[data-copy=snippet]')}}`);
  assert.deepEqual(uplinks, [{ id: 'cloud', endpoint: `${url.replace('http', 'ws')}/agent`, token }]);
  await page.keyboard.press('Escape');
  assert.ok(await page.$('[data-copy=token]'), 'it is not lost by a key');
  await page.click('text=I have copied it');
  const card = page.locator('article', { hasText: 'Loft' });
  await card.waitFor();
  const act = async (name) => {
    await card.locator('button[aria-label^="More about"]').click();
    await page.click(`[role=menuitem]:has-text("${name}")`);
  };
  await act('Make a new token');
  await page.click('dialog button:has-text("Make a new token")');
  await page.waitForSelector('[data-copy=token]');
  assert.notEqual(await page.textContent('[data-copy=token]'), token);
  await page.click('text=I have copied it');
  await act('Revoke');
  await page.click('dialog button:has-text("Revoke its tokens")');
  await page.waitForSelector('article:has-text("Loft")[data-state=Revoked]');
  await act('Remove');
  assert.ok(await page.isDisabled('dialog button:has-text("Remove agent")'));
  await page.fill('dialog input', 'Loft');
  await page.keyboard.press('Enter');
  await card.waitFor({ state: 'detached' });
  await assertClean(page);
  await page.context().close();
});

test('an administrator adds a user, grants an agent, makes them one too, and removes them', async () => {
  const page = await at('/users', '[data-user]');
  await page.click('button:has-text("Add user")');
  await page.fill('input[name=new-name]', 'fay');
  await page.fill('input[name=new-password]', 'short');
  await page.click('dialog button:has-text("Add user")');
  await page.waitForSelector('text=At least 8 characters');
  await page.fill('input[name=new-password]', 'battery staple');
  await page.click('dialog button:has-text("Add user")');
  await page.waitForSelector('dialog h2:has-text("fay")');
  await assertAccessible(page);
  await page.check('label:has-text("Farm") input');
  await until(page, () => document.querySelector('[data-user=fay]')?.textContent.includes('1 agent: Farm'));
  assert.deepEqual(cloud.users.find((it) => it.name === 'fay').agents, ['farm-3e88']);
  await page.uncheck('label:has-text("Farm") input');
  await until(page, () => document.querySelector('[data-user=fay]')?.textContent.includes('Sees no agent yet'));
  await page.check('role=switch');
  await until(page, () => document.querySelector('[data-user=fay]')?.textContent.includes('Administrator'));
  await page.fill('input[name=new-password]', 'another one');
  await page.click('button:has-text("Set password")');
  await page.waitForSelector('text=fay has another password');
  await page.click('button:has-text("Remove user")');
  await page.click('dialog dialog button:has-text("Remove user")');
  await page.waitForSelector('[data-user=fay]', { state: 'detached' });
  await assertClean(page);
  await page.context().close();
});

test('somebody sees the agents granted to them and manages nothing', async () => {
  const page = await at('/', '[data-agent]', { user: 'bob' });
  assert.deepEqual((await page.$$eval('[data-agent]', (all) => all.map((it) => it.dataset.agent))).sort(), ['barn-19c4', 'garage-b55e']);
  assert.doesNotMatch(await page.textContent('body'), /Users|Add agent/);
  assert.equal(await page.$('button[aria-label^="More about"]'), null);
  await page.goto(`${url}/users`);
  await page.waitForSelector('text=There is nothing here');
  await page.goto(`${url}/a/farm-3e88/`);
  await page.waitForSelector('text=No such agent');
  await assertAccessible(page);
  cloud.users.find((it) => it.name === 'bob').agents.push('farm-3e88');
  await page.waitForSelector('[data-row]');
  await page.context().close();
  const none = await at('/', 'text=No agents for you yet', { user: 'eve' });
  await assertAccessible(none);
  await none.context().close();
});

test('a cloud without agents says what to do', async () => {
  cloud.agents = [];
  const page = await at('/', 'text=No agents yet', { size: 'phone' });
  await assertAccessible(page);
  await page.click('main button:has-text("Add agent")');
  await page.waitForSelector('dialog');
  await page.context().close();
});

test('a session that ends brings the login over the page, and the page goes on after it', async () => {
  const page = await at('/a/garage-b55e/', '[data-row]');
  cloud.expire();
  await page.waitForSelector('dialog >> text=Log in again', { timeout: 15_000 });
  await assertAccessible(page);
  await page.fill('dialog input[name=username]', 'ada');
  await page.fill('dialog input[name=password]', 'correct horse');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.waitForSelector('text=Live · polled');
  assert.match(page.url(), /\/a\/garage-b55e\/$/);
  await page.context().close();
});

test('a cloud that is lost and comes back is told, and nothing looks live meanwhile', async () => {
  const page = await at('/', '[data-agent]');
  const port = cloud.server.address().port;
  await cloud.close();
  await page.waitForSelector('text=Connection to the cloud lost', { timeout: 15_000 });
  assert.ok(await page.$('main.washed'));
  const sessions = cloud.sessions;
  cloud = new FixtureCloud();
  cloud.sessions = sessions;
  await cloud.listen(port);
  await page.waitForSelector('text=Connection to the cloud lost', { state: 'detached', timeout: 15_000 });
  await page.context().close();
});

test('one changes the own password and stays logged in', async () => {
  const page = await at('/account', 'text=My password', { user: 'bob' });
  await page.fill('input[name=current-password]', 'wrong');
  await page.fill('input[name=new-password]', 'battery staple');
  await page.click('text=Change password');
  await page.waitForSelector('text=Wrong password.');
  await page.fill('input[name=current-password]', 'correct horse');
  await page.click('text=Change password');
  await page.waitForSelector('text=Your password is changed');
  assert.equal(cloud.users.find((it) => it.name === 'bob').password, 'battery staple');
  await page.click('button:has-text("Log out") >> nth=0');
  await page.waitForSelector('input[name=username]');
  assert.equal(cloud.sessions.size, 0);
  await page.context().close();
});

test('a hundred agents are searched, and not all made at once', async () => {
  await cloud.close();
  cloud = new FixtureCloud({ extra: 120 });
  url = `http://127.0.0.1:${await cloud.listen()}`;
  const page = await at('/', '[data-agent]');
  assert.equal(await page.locator('[data-agent]').count(), 60);
  await page.fill('input[type=search]', 'site 77');
  await until(page, () => document.querySelectorAll('[data-agent]').length === 1);
  assert.match(await page.textContent('p[role=status]'), /1 of 129 agents/);
  await page.fill('input[type=search]', 'nothing like it');
  await page.waitForSelector('text=No agent matches');
  await page.click('text=Clear search');
  await page.click('text=Show all 129');
  await until(page, () => document.querySelectorAll('[data-agent]').length === 129);
  await page.context().close();
});
