// The page of a real receiver with real agents: by keyboard alone from the login to an agent that sends, users, and an agent that is gone.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible, assertClean, launch, open, SIZES, tabTo, until } from '../browser.mjs';
import { cloudBinary, demoWithCloud, eventually, hasCloud, startAgent, startCloud } from '../real.mjs';

const skip = !cloudBinary() && 'no gsscloud binary';
/** A receiver calls an agent gone that it has not heard for three minutes. */
const GONE_MS = 200_000;
const PASSWORD = 'correct horse battery';

let browser;
let folder;
let cloud;
let demo;
let garage;

before(async () => {
  if (skip) return;
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), 'gssa-cloud-'));
  cloud = await startCloud(folder);
  cloud.run(['user', 'add', 'ada', '--admin'], PASSWORD);
  demo = await startAgent(['demo', '--devices', '12']);
});

after(async () => {
  if (skip) return;
  await browser.close();
  await garage?.stop();
  await demo.stop();
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

async function logIn(user, { url = cloud.url, password = PASSWORD, ...options } = {}) {
  const page = await open(browser, options);
  await page.goto(url);
  await page.waitForSelector('input[name=username]');
  // The name gets the focus; what is typed before that is lost.
  await until(page, () => document.activeElement?.name === 'username');
  await page.keyboard.type(user);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('h1:has-text("Agents")');
  return page;
}

/** A day is drawn in steps of two minutes, and a line needs two of them: two points that fall into one are no line. */
const STEP_MS = 120_000;

function hasLine({ points = [] }) {
  return new Set(points.map(([at]) => Math.floor(at / STEP_MS))).size > 1;
}

/** The history of a source, as the receiver has it. */
function historyAt(page, fleet, source) {
  const path = new URL(fleet).pathname.replace(/^\/a\//, '/api/v1/agents/');
  return page.evaluate(async (url) => (await fetch(url)).json(), `${path}history/${source}?metric=current_hps`);
}

/** Goes to a button by Tab and presses it. */
async function press(page, selector, text) {
  await tabTo(page, selector, text);
  await page.keyboard.press('Enter');
}

/** An agent whose sources are those of the demo, with what the page said for its configuration. */
async function startWith(snippet) {
  const { sources } = await demo.json('/config');
  const file = join(folder, 'garage.json');
  const uplinks = JSON.parse(`{${snippet}}`).uplinks.map((it) => ({ ...it, flush_secs: 1, endpoint: `ws://127.0.0.1:${cloud.port}/agent` }));
  writeFileSync(file, JSON.stringify({ agent: { name: 'Garage' }, sources, uplinks }));
  return startAgent(['run', '--config', file]);
}

test('by keyboard alone: log in, add an agent, see it come, open its fleet', { skip }, async () => {
  const page = await logIn('ada');
  await page.waitForSelector('text=No agents yet');
  await press(page, 'button', 'Add agent');
  await page.waitForSelector('dialog[open] input:focus');
  await page.keyboard.type('Garage');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-copy=snippet]');
  await assertAccessible(page);
  const snippet = await page.textContent('[data-copy=snippet]');
  const token = await page.textContent('[data-copy=token]');
  for (let n = 0; n < 3; n++) await page.keyboard.press('Escape');
  assert.ok(await page.isVisible('[data-copy=token]'), 'it is not lost by a key');
  await press(page, 'dialog button', 'I have copied it');
  await page.waitForSelector('[data-state="Never connected"]');
  assert.ok(!(await page.content()).includes(token), 'it is not shown again');
  garage = await startWith(snippet);
  await page.waitForSelector('[data-state=Online]');
  await press(page, 'a', 'Open fleet');
  await page.waitForSelector('[data-row] >> nth=5');
  await page.waitForSelector('text=Live · polled');
  await assertClean(page);
  await page.context().close();
});

test('by keyboard alone: add a user, grant an agent, take it again', { skip }, async () => {
  const page = await logIn('ada');
  await page.waitForSelector('[data-agent]');
  await press(page, 'nav[aria-label=Pages] a', 'Users');
  await page.waitForSelector('[data-user=ada]');
  await press(page, 'button', 'Add user');
  await page.waitForSelector('dialog[open] input:focus');
  await page.keyboard.type('bob');
  await tabTo(page, 'input[name=new-password]');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  // What they may see is the next question.
  await page.waitForSelector('dialog h2:has-text("bob")');
  const bob = await logIn('bob');
  await bob.waitForSelector('text=No agents for you yet');
  await tabTo(page, 'dialog li input[type=checkbox]');
  await page.keyboard.press('Space');
  await page.waitForSelector('text=bob sees Garage');
  assert.ok(await page.evaluate(() => document.activeElement.matches('input[type=checkbox]:checked')), 'the focus stays');
  await bob.waitForSelector('[data-agent] >> text=Garage');
  assert.doesNotMatch(await bob.textContent('body'), /Users|Add agent/);
  await page.keyboard.press('Space');
  await page.waitForSelector('text=bob does not see Garage any more');
  await bob.waitForSelector('text=No agents for you yet');
  await page.keyboard.press('Space');
  await bob.waitForSelector('[data-agent] >> text=Garage');
  await press(page, 'dialog button', 'Done');
  await page.waitForSelector('[data-user=bob] >> text=1 agent: Garage');
  for (const it of [page, bob]) {
    await assertClean(it);
    await it.context().close();
  }
});

test('by keyboard alone: revoke an agent, whose token is good no more', { skip }, async () => {
  const token = cloud.run(['agent', 'add', 'Loft']).trim().split('\n').at(-1);
  const asked = () => fetch(`http://127.0.0.1:${cloud.port}/agent`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  assert.notEqual((await asked()).status, 401);
  const page = await logIn('ada');
  await page.waitForSelector('article:has-text("Loft")');
  await press(page, 'button[aria-label="More about Loft"]');
  await page.waitForSelector('[role=menuitem]:focus');
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('[role=menuitem]:focus >> text=Revoke its tokens');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open]');
  await press(page, 'dialog button', 'Revoke its tokens');
  await page.waitForSelector('article:has-text("Loft")[data-state=Revoked]');
  assert.equal((await asked()).status, 401);
  await assertClean(page);
  await page.context().close();
});

test('an agent that is killed is away at once, and nothing of it looks live', { skip }, async () => {
  const page = await logIn('ada');
  await page.click('article:has-text("Garage") h2 a');
  await page.waitForSelector('text=Live · polled');
  await page.waitForSelector('[data-fresh=live]');
  await garage.halt('SIGKILL');
  const fleet = page.url();
  await page.waitForSelector('text=The agent has not been heard since');
  await until(page, () => document.querySelectorAll('[data-fresh=live]').length === 0 && document.querySelector('main.washed') !== null);
  for (const path of ['pools', 'servers', 'events', '']) {
    await page.goto(fleet + path);
    await page.waitForSelector('text=The agent has not been heard since');
    await until(page, () => document.querySelector('main.washed') !== null);
    assert.equal(await page.$('text=Live · polled'), null, path);
    await assertAccessible(page);
  }
  await page.goto(cloud.url);
  await page.waitForSelector('article:has-text("Garage")[data-state=Away]');
  await assertClean(page);
  await page.context().close();
});

test('no page over a fleet with pools and servers has a violation, and none scrolls sideways', { skip: skip || (!hasCloud() && 'no gsscloud beside gssa') }, async () => {
  const { cloud: receiver, stop } = await demoWithCloud(24);
  const pages = { '': '[data-row]', pools: '[data-coin]', 'pools?pool=home-pool&coin=BTC': '[data-worker]', servers: '[data-container]', events: '[data-issue]', 'events?view=history': '[data-entry]', 'd/home-pool': 'section[aria-label=Identity] dl', 'd/hall-s19': '.uplot' };
  for (const size of Object.keys(SIZES)) {
    const page = await logIn(receiver.user, { url: receiver.url, password: receiver.password, size });
    await page.click('[data-agent] h2 a');
    await page.waitForSelector('[data-row]');
    const fleet = page.url();
    for (const [path, ready] of Object.entries(pages)) {
      if (ready === '.uplot') await eventually(async () => assert.ok(hasLine(await historyAt(page, fleet, 'hall-s19'))), 240_000);
      await page.goto(fleet + path);
      await page.waitForSelector(ready);
      await assertAccessible(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${path} on a ${size}`);
    }
    await assertClean(page);
    await page.context().close();
  }
  await stop();
});

// The last one: most of its three minutes have passed meanwhile.
test('an agent that is away for three minutes is gone', { skip }, async () => {
  const page = await logIn('ada');
  await page.waitForSelector('article:has-text("Garage")[data-state=Gone]', { timeout: GONE_MS });
  await page.waitForSelector('[aria-label="Needs attention"] >> text=Garage is gone');
  await assertAccessible(page);
  await assertClean(page);
  await page.context().close();
});
