// The ways in, the first set-up, events and discovery, over the invented agent.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, assertClean, focusWhenGone, launch, open, SIZES, undo, until } from '../browser.mjs';
import { FixtureAgent, flowsOf } from '../fixture/agent.mjs';

let browser;
const agents = [];

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser.close();
  await Promise.all(agents.map((it) => it.close()));
});

async function start(options = {}) {
  const agent = new FixtureAgent(options);
  agents.push(agent);
  agent.url = `http://127.0.0.1:${await agent.listen()}`;
  return agent;
}

const close = (page) => page.context().close();

async function search(page, agent) {
  agent.flows.searchMs = 300;
  await page.goto(`${agent.url}/discovery`);
  await page.click('text=/^Scan 508 addresses/');
  await page.waitForSelector('text=/Scanned 508 addresses/');
}

const STATES = {
  'the login': [flowsOf('password'), '/', 'text=Log in'],
  'the first set-up': [flowsOf('setup'), '/', 'text=Set-up code'],
  'the set-up on this machine': [flowsOf('not_needed'), '/', 'text=No password'],
  'a broken configuration': [flowsOf('impossible'), '/', 'text=Look again'],
  'the issues': [{}, '/events', '[data-issue]'],
  'the history': [{}, '/events?view=history', '[data-entry]'],
  'the search form': [{}, '/discovery', 'text=Not searched yet'],
};

for (const size of Object.keys(SIZES)) {
  test(`no page of the flows has a violation on a ${size}, light or dark`, async () => {
    for (const [name, [flows, path, sign]] of Object.entries(STATES)) {
      const agent = await start({ flows, empty: ['setup', 'not_needed'].includes(flows.login) });
      const page = await open(browser, { size });
      await page.goto(agent.url + path);
      await page.waitForSelector(sign).catch(() => assert.fail(`${name} does not show ${sign}`));
      await assertAccessible(page, name);
      await assertClean(page);
      await close(page);
    }
  });

  test(`the findings of a search have no violation on a ${size}, light or dark`, async () => {
    const agent = await start();
    const page = await open(browser, { size });
    await search(page, agent);
    for (const tab of ['new', 'known', 'needs_password', 'unknown', 'ignored']) {
      await page.click(`[data-tab=${tab}]`);
      await assertAccessible(page, tab);
    }
    await page.click('[data-tab=new]');
    await page.click('text=Add 5 devices');
    await page.waitForSelector('dialog');
    await assertAccessible(page);
    await assertClean(page);
    await close(page);
  });
}

test('a wrong password is said at the field, too many have to wait, and the right one opens the page', async () => {
  const agent = await start({ flows: flowsOf('password') });
  agent.flows.waitMs = 2000;
  const page = await open(browser);
  await page.goto(`${agent.url}/events`);
  for (let n = 0; n < 4; n++) {
    await page.fill('[name=password]', `wrong ${n}`);
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Wrong password.');
  }
  await page.fill('[name=password]', 'correct horse');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=/Too many tries. Try again in \\d s/');
  await assertAccessible(page);
  await page.waitForSelector('button:has-text("Log in"):not([disabled])');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-issue]');
  assert.equal(new URL(page.url()).pathname, '/events');
  await assertClean(page);
  await close(page);
});

test('a password can be looked at, and is one that managers of passwords know', async () => {
  const agent = await start({ flows: flowsOf('password') });
  const page = await open(browser);
  await page.goto(agent.url);
  await page.fill('[name=password]', 'secret');
  assert.equal(await page.getAttribute('[name=password]', 'autocomplete'), 'current-password');
  assert.equal(await page.inputValue('[name=username]'), 'admin');
  await page.click('[aria-label="Show password"]');
  assert.equal(await page.getAttribute('[name=password]', 'type'), 'text');
  assert.equal(await page.inputValue('[name=password]'), 'secret');
  await close(page);
});

test('a session that ends shows the login over the page, and what was typed is kept', async () => {
  const agent = await start({ flows: { password: 'correct horse' } });
  const page = await open(browser);
  await page.goto(`${agent.url}/discovery`);
  await page.fill('[name=password]', 'correct horse');
  await page.keyboard.press('Enter');
  await page.getByLabel('Other addresses').fill('192.168.77.0/24');
  agent.flows.expire();
  // It is asked while somebody types on.
  await page.getByLabel('Other addresses').evaluate((field) => {
    const isScan = (it) => it.textContent.startsWith('Scan 762 addresses');
    [...document.querySelectorAll('button')].find(isScan).click();
    field.focus();
  });
  await page.waitForSelector('dialog >> text=Your session has ended');
  await assertAccessible(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog[open]');
  await page.fill('dialog [name=password]', 'correct horse');
  const gone = await focusWhenGone(page, 'dialog');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.equal((await gone()).label, 'Other addresses');
  assert.equal(await page.getByLabel('Other addresses').inputValue(), '192.168.77.0/24');
  await page.waitForSelector('text=Live · polled');
  await assertClean(page);
  await close(page);
});

test('who may look without a login can, and can log in', async () => {
  const agent = await start({ flows: flowsOf('password', true) });
  const page = await open(browser);
  await page.goto(`${agent.url}/discovery`);
  await page.waitForSelector('text=Only an admin can search the network');
  await page.click('nav >> text=Events');
  await page.waitForSelector('[data-issue]');
  await page.click('text=Log in');
  await page.waitForSelector('text=Look without logging in');
  await page.fill('[name=password]', 'correct horse');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-row]');
  assert.equal(new URL(page.url()).pathname, '/');
  await close(page);
});

test('a broken configuration is shown with its line, column and reason, and left when it is repaired', async () => {
  const agent = await start({ flows: flowsOf('impossible') });
  const page = await open(browser);
  await page.goto(`${agent.url}/settings`);
  const told = (name) => page.textContent(`[data-broken=${name}]`);
  assert.deepEqual([await told('line'), await told('column'), await told('reason')], ['14', '34', 'expected `,` or `}`']);
  Object.assign(agent.flows, { file: { state: 'good' }, login: 'password', isLoggedIn: true });
  await page.click('text=Look again');
  await page.waitForSelector('nav[aria-label=Pages]');
  await assertClean(page);
  await close(page);
});

test('a configuration that breaks while the agent runs is said on every page', async () => {
  const agent = await start();
  agent.flows.file = { state: 'broken', message: 'expected value', line: 3, column: 7 };
  const page = await open(browser);
  await page.goto(agent.url);
  await page.waitForSelector('text=/cannot be read at line 3, column 7: expected value/');
  await assertAccessible(page);
  await close(page);
});

test('the set-up goes from an empty agent to a fleet by keyboard alone', async () => {
  const agent = await start({ flows: flowsOf('setup'), empty: true });
  agent.flows.searchMs = 300;
  const page = await open(browser);
  await page.goto(agent.url);
  await page.waitForSelector('text=Set-up code');
  assert.equal(new URL(page.url()).pathname, '/setup');
  const tab = async (n = 1) => {
    for (let at = 0; at < n; at++) await page.keyboard.press('Tab');
  };
  // What is wrong is said at its field, and the focus goes there.
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Enter the code that the agent wrote into its log.');
  await page.keyboard.type('AAAA-AAAA');
  await tab();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('North Barn');
  await tab();
  await page.keyboard.type('America/New');
  await tab();
  await page.keyboard.type('correct horse');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=/Wrong code/');
  assert.equal(await page.evaluate(() => document.activeElement.value), 'AAAA-AAAA');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('7kqm 2xrd');
  await page.keyboard.press('Enter');
  await page.waitForSelector('h2:has-text("Your miners")');
  await assertAccessible(page);
  assert.deepEqual(agent.settings.config.agent, { name: 'North Barn', time_zone: 'America/New_York' });
  await page.focus('button:has-text("Scan 508")');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=/Scanned 508/');
  await page.focus('button:has-text("Add 7 devices")').catch(async () => assert.fail(await page.textContent('main')));
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open]');
  await page.getByLabel('Place').focus();
  await page.keyboard.type('Garage');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.focus('button:has-text("Go on")');
  await page.keyboard.press('Enter');
  await page.waitForSelector('h2:has-text("Pools and servers")');
  await page.getByLabel('Address').first().focus();
  await page.keyboard.type('http://10.0.2.5:4004');
  await tab();
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=/GoSlimStratum 5.2.6 answers, 38 ms/');
  await assertAccessible(page);
  await page.focus('button:has-text("Add 1 source")');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=North Barn is set up');
  await assertAccessible(page);
  await page.focus('text=Open Fleet');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-lens=all] >> text=7');
  assert.equal(await page.textContent('nav[aria-label=Pages] + div, a[href="/"] span.block'), 'North Barn');
  await assertClean(page);
  await close(page);
});

test('on its own machine the agent needs no password, and the set-up comes once', async () => {
  const agent = await start({ flows: flowsOf('not_needed'), empty: true });
  const page = await open(browser, { context: { timezoneId: 'Europe/Berlin' } });
  await page.goto(agent.url);
  await page.waitForSelector('text=The agent is only reachable on this machine.');
  await page.getByLabel('Name').fill('Desk');
  await page.click('text=Save and go on');
  await page.waitForSelector('h2:has-text("Your miners")');
  assert.deepEqual([agent.settings.config.agent, agent.flows.password], [{ name: 'Desk', time_zone: 'Europe/Berlin' }, undefined]);
  await page.goto(agent.url);
  await page.waitForSelector('text=No miners yet');
  await page.goto(`${agent.url}/setup`);
  await page.waitForSelector('text=This site is set up already');
  await close(page);
});

test('a search goes on when the page is left, and can be stopped', async () => {
  const agent = await start();
  agent.flows.searchMs = 60_000;
  const page = await open(browser);
  await page.goto(`${agent.url}/discovery`);
  await page.click('text=/^Scan 508 addresses/');
  await page.waitForSelector('[role=progressbar]');
  await assertAccessible(page);
  await page.click('nav >> text=Events');
  await page.waitForSelector('[data-issue]');
  await page.click('nav >> text=Discovery');
  await page.waitForSelector('[role=progressbar]');
  await page.click('text=Stop');
  await page.waitForSelector('text=/Stopped after \\d+ of 508/');
  await assertClean(page);
  await close(page);
});

test('found devices are added under a pattern, ignored and taken back, and the badge follows', async () => {
  const agent = await start();
  const page = await open(browser);
  await search(page, agent);
  await page.waitForSelector('nav[aria-label=Pages] a[href="/discovery"] >> text=5');
  await page.click('[data-finding="10.0.2.160:4028"] >> [aria-label^="Actions for"]');
  await page.click('text=Ignore >> nth=-1');
  await page.waitForSelector('text=/is ignored/');
  await page.click('text=Add 4 devices');
  await page.getByLabel('Place').fill('Shed');
  assert.deepEqual(await page.$$eval('dialog li span:first-child', (all) => all.map((it) => it.textContent)), ['Gamma-10', 'Gamma-11', 'NerdQAxe++-01', 'Avalon Nano 3S-01']);
  await page.click('dialog >> text=Add 4 devices >> nth=-1');
  await page.waitForSelector('text=Nothing new');
  assert.deepEqual(agent.settings.config.sources.slice(-4).map((it) => [it.name, it.group, it.address]), [['Gamma-10', 'Shed', '10.0.2.151'], ['Gamma-11', 'Shed', '10.0.2.152'], ['NerdQAxe++-01', 'Shed', '10.0.2.153'], ['Avalon Nano 3S-01', 'Shed', '10.0.2.154']]);
  assert.equal(await page.$('nav[aria-label=Pages] a[href="/discovery"] >> text=5'), null);
  await page.click('[data-tab=ignored]');
  await page.click('text=Stop ignoring');
  await page.waitForSelector('text=Nothing ignored');
  assert.deepEqual(agent.settings.config.discovery.ignored, []);
  await assertClean(page);
  await close(page);
});

test('a device that moved gets its new address', async () => {
  const agent = await start();
  const page = await open(browser);
  await search(page, agent);
  await page.click('[data-tab=known]');
  await page.click('text=Update address');
  await undo(page, 'nano-04 is polled at 10.0.2.190');
  await page.waitForSelector('text=Update address');
  const addressIn = (config) => config.sources.find((it) => it.id === 'nano-04').address;
  assert.equal(addressIn(agent.settings.versions[0].config), '10.0.2.190');
  assert.notEqual(addressIn(agent.settings.config), '10.0.2.190');
  await close(page);
});

test('devices that want a password are added with one', async () => {
  const agent = await start();
  const page = await open(browser);
  await search(page, agent);
  await page.click('[data-tab=needs_password]');
  await page.click('text=Select all');
  await page.click('text=Add 2 devices');
  await page.fill('dialog [name=device-password]', 'root secret');
  await page.click('dialog >> text=Add 2 devices >> nth=-1');
  await page.waitForSelector('text=No password wanted');
  const added = agent.settings.config.sources.at(-1);
  assert.deepEqual([added.kind, added.credentials], ['auto', { username: 'root', password: 'root secret' }]);
  await close(page);
});

test('addresses outside of private networks are searched only when that is meant', async () => {
  const agent = await start({ flows: { own: [] } });
  const page = await open(browser);
  await page.goto(`${agent.url}/discovery`);
  await page.getByLabel('Addresses to search').fill('300.1.1.1/24');
  await page.waitForSelector('text=This is no range of IPv4 addresses.');
  await page.getByLabel('Addresses to search').fill('8.8.8.8');
  await page.click('text=Scan 1 address');
  await page.waitForSelector('text=These addresses are not in a private network.');
  await assertAccessible(page);
  await close(page);
});

test('issues are muted in this browser, and come back', async () => {
  const agent = await start();
  const page = await open(browser);
  await page.goto(`${agent.url}/events`);
  await page.waitForSelector('nav[aria-label=Pages] a[href="/events"] >> text=5');
  await page.click('[data-issue=offline-r3] [aria-label^=Mute]');
  await page.waitForSelector('[role=menu]');
  await assertAccessible(page);
  await page.click('text=For 8 hours');
  await page.waitForSelector('section[aria-label=Muted] [data-issue=offline-r3]');
  await page.waitForSelector('nav[aria-label=Pages] a[href="/events"] >> text=4');
  await page.reload();
  await page.click('section[aria-label=Muted] >> text=/Muted until/');
  await page.waitForSelector('section[aria-label="Needs attention"] [data-issue=offline-r3]');
  await close(page);
});

test('the filters of the history stand in the address, and five thousand entries can be read and exported', async () => {
  const agent = await start({ entries: 4950 });
  const page = await open(browser);
  await page.goto(`${agent.url}/events?view=history`);
  await page.waitForSelector('[data-entry]');
  assert.ok((await page.$$('[data-entry]')).length <= 300, 'entries are drawn page by page');
  await page.getByLabel('Kind', { exact: true }).selectOption('access');
  await until(page, () => document.querySelectorAll('[data-entry]').length === 3);
  await page.getByLabel('Search: Name, place, words').fill('wrong');
  await until(page, () => document.querySelectorAll('[data-entry]').length === 1);
  assert.match(page.url(), /kind=access/);
  assert.match(page.url(), /q=wrong/);
  await page.reload();
  await page.waitForSelector('text=/Wrong password, from/');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('text=CSV')]);
  const lines = (await (await file.createReadStream()).toArray()).join('').trim().split('\r\n');
  assert.equal(lines.length, 2);
  assert.equal(lines[0], 'seq,at,kind,source_id,name,group,text');
  assert.match(file.suggestedFilename(), /^gssa-events-\d{4}-\d\d-\d\d\.csv$/);
  await page.goto(`${agent.url}/events?view=history&q=nothing-like-this`);
  await page.click('text=Clear filter');
  await page.waitForSelector('[data-entry]');
  await page.getByLabel('Place', { exact: true }).selectOption('Garage');
  await until(page, () => [...document.querySelectorAll('[data-entry] a')].every((it) => /nano|avalonq|nerdq/.test(it.textContent)) && document.querySelector('[data-entry]'));
  await assertClean(page);
  await close(page);
});

test('a new entry appears while the history is open', async () => {
  const agent = await start();
  const page = await open(browser);
  await page.goto(`${agent.url}/events?view=history`);
  await page.waitForSelector('text=Live · polled');
  await page.waitForSelector('[data-entry]');
  const seq = 1 + Number(await page.getAttribute('[data-entry]', 'data-entry'));
  agent.tell('event', { seq, at: new Date().toISOString(), kind: 'config', text: 'a new configuration is in force' });
  await page.waitForSelector(`[data-entry="${seq}"]`);
  await close(page);
});

test('only new critical issues are spoken, and not more often than every half minute', async () => {
  const agent = await start();
  const page = await open(browser);
  await page.clock.install();
  await page.goto(agent.url);
  await page.waitForSelector('[data-announcer]', { state: 'attached' });
  await page.waitForSelector('[data-row]');
  const issue = (id, severity = 'critical') => ({ id, code: 'hot', severity, title: `${id} is too hot`, detail: 'chip 0 at 120 °C', since: new Date().toISOString(), source_ids: ['nano-01'] });
  const before = agent.issues;
  const spoken = async (text) => {
    for (let n = 0; n < 200 && (await page.textContent('[data-announcer]')) !== text; n++) await page.clock.runFor(10);
    assert.equal(await page.textContent('[data-announcer]'), text);
  };
  const say = async (...more) => {
    agent.tell('issues', { issues: [...before, ...more] });
    const badge = page.locator('nav[aria-label=Pages] a[href="/events"] span').last();
    for (let n = 0; n < 200 && (await badge.textContent()) !== String(before.length + more.length); n++) await page.clock.runFor(10);
  };
  await spoken('');
  await say(issue('a'));
  await spoken('New: a is too hot.');
  await say(issue('a'), issue('w', 'warning'), issue('b'));
  await spoken('New: a is too hot.');
  await page.clock.runFor(31_000);
  await spoken('New: b is too hot.');
  await say(issue('b'));
  await page.clock.runFor(31_000);
  await spoken('Over: a is too hot.');
  await close(page);
});

test('polling that is behind is said with a way to mend it', async () => {
  const agent = await start();
  for (const { row } of agent.world.devices) row.observed_at = new Date(Date.now() - 95_000).toISOString();
  agent.tick = () => {};
  const page = await open(browser);
  await page.goto(agent.url);
  await page.waitForSelector('text=/Polling is behind by 1 min/');
  assert.equal(await page.getAttribute('text=Change the interval', 'href'), '/settings/polling');
  await assertAccessible(page);
  await close(page);
});

test('the page of the flows fits into 320 px', async () => {
  for (const [flows, path, sign] of [[{}, '/events', '[data-issue]'], [{}, '/events?view=history', '[data-entry]'], [{}, '/discovery', 'text=Not searched yet'], [flowsOf('setup'), '/', 'text=Set-up code'], [flowsOf('password'), '/', 'text=Log in']]) {
    const agent = await start({ flows });
    const page = await open(browser, { size: 'phone', context: { viewport: { width: 320, height: 640 } } });
    await page.goto(agent.url + path);
    await page.waitForSelector(sign);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), path);
    await close(page);
  }
});

