// Each state that a source or a page can have: what it says, which numbers it shows, what comes next. Pictures of all of them are
// written into the folder that STATES_OUT names.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAccessible, assertClean, launch, open, SIZES, THEMES, until } from '../browser.mjs';
import { FixtureAgent } from '../fixture/agent.mjs';

let browser;
let agent;
let url;

before(async () => {
  browser = await launch();
  agent = new FixtureAgent({ every: true });
  url = `http://127.0.0.1:${await agent.listen()}`;
});

after(async () => {
  await browser.close();
  await agent.close();
});

const OUT = process.env.STATES_OUT;

/** A picture in both themes, if they are wanted. */
async function picture(page, name) {
  if (!OUT) return;
  mkdirSync(OUT, { recursive: true });
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${OUT}/${name}-${page.viewportSize().width}-${colorScheme}.png` });
  }
}

/** A device in each state: its word, how its figures are shown, what is said beside the word, and a next step. */
const STATES = {
  hashing: ['nano-01', 'Hashing', 'live', undefined, 'Open its page'],
  degraded: ['s19-r1-07', 'Degraded', 'live', /Hashes at 69 %/, 'Open its page'],
  hot: ['nano-04', 'Too hot', 'live', /Over limit · \d+ min/, 'Open its page'],
  not_hashing: ['gamma-idle', 'Not hashing', 'live', /Has no pool/, 'Open its page'],
  stale: ['nerdq-03', 'Stale', 'old', /Last seen \d+ min ago/, 'Poll now'],
  offline: ['s21-r3-15', 'Offline', 'none', /No answer · 4 h/, 'Poll now'],
  auth: ['s19-r2-18', 'Auth needed', 'none', /Password wrong · 7 h/, 'Sign in'],
  standby: ['gamma-06', 'Standby', 'live', /For 5 h/, 'Open its page'],
  unknown: ['gamma-mute', 'Unknown', 'none', /Not a miner/, 'Identify'],
  pending: ['gamma-fresh', 'Pending', 'none', undefined, 'Poll now'],
  disabled: ['gamma-off', 'Disabled', 'none', /Switched off/, 'Enable'],
};

for (const size of Object.keys(SIZES)) {
  test(`each state has its icon, its word, its numbers and a next step on a ${size}`, async () => {
    const page = await open(browser, { size });
    const icons = new Map();
    for (const [state, [id, word, fresh, reason, step]] of Object.entries(STATES)) {
      await page.goto(`${url}/?show=${state}&q=${id}`);
      const row = page.locator(`[data-row="${id}"]`);
      await row.waitFor();
      const text = await row.innerText();
      assert.equal(await row.getAttribute('data-fresh'), fresh, id);
      if (size === 'desktop') assert.ok(text.includes(word), `${id}: ${text}`);
      if (reason) assert.match(text, reason, id);
      const icon = await row.locator('svg').first().innerHTML();
      assert.ok(!icons.has(icon), `${state} looks like ${icons.get(icon)}`);
      icons.set(icon, state);
      // Of what is not known there is no figure, and never a zero.
      if (fresh === 'none') assert.doesNotMatch(text, /\d\s*(?:[kMGTP]?H\/s|°C|W)\b/, `${id}: ${text}`);
      if (fresh === 'none') assert.match(text, /—/, id);
      if (state === 'standby' || state === 'not_hashing') assert.match(text.replace(/\s/g, ''), /(?<![\d.])0H\/s/, `${id}: a true zero is one`);
      await picture(page, state);
      await page.goto(`${url}/d/${id}`);
      const main = page.locator('#main');
      await main.getByText(word, { exact: true }).first().waitFor();
      await page.locator('header, main').getByRole('link', { name: step }).or(page.locator('header, main').getByRole('button', { name: step })).first().waitFor();
      await assertAccessible(page, `${state} on a ${size}`);
      await picture(page, `device-${state}`);
    }
    await assertClean(page);
    await page.context().close();
  });

  test(`a page that loads, has lost its agent, or is broken in one panel says so on a ${size}`, async () => {
    const own = new FixtureAgent();
    const address = `http://127.0.0.1:${await own.listen()}`;
    const page = await open(browser, { size });
    // Loading: nothing at first, then the places of what comes.
    let letIn;
    const waits = new Promise((done) => (letIn = done));
    await page.route('**/api/v1/readings?view=table', async (route) => {
      await waits;
      await route.continue();
    });
    await page.goto(address);
    await page.waitForSelector('[role=status][aria-label=Loading]');
    await assertAccessible(page, 'loading');
    await picture(page, 'page-loading');
    letIn();
    await page.waitForSelector('[data-row]');
    // One panel: what it got is nonsense, the rest of the page stays.
    own.tell('issues', { issues: [{ id: 'x' }] });
    await page.waitForSelector('text=/Needs attention cannot be shown/');
    assert.ok((await page.$$('[data-row]')).length > 5);
    page.trouble.length = 0;
    await assertAccessible(page, 'one panel is broken');
    await picture(page, 'page-panel');
    await page.reload();
    await page.waitForSelector('text=Live · polled >> visible=true').catch(() => page.waitForSelector('[data-fresh=live]'));
    await own.close();
    await page.waitForSelector('text=/Connection to the agent lost, showing values from/');
    await page.waitForSelector('main.washed');
    await assertAccessible(page, 'lost');
    await picture(page, 'page-lost');
    await page.context().close();
  });
}

test('a device that is switched off is enabled from its page', async () => {
  const own = new FixtureAgent({ every: true });
  const page = await open(browser);
  await page.goto(`http://127.0.0.1:${await own.listen()}/d/gamma-off`);
  await page.click('text=Enable');
  await page.waitForSelector('text=Enabled gamma-off');
  assert.equal(own.settings.config.sources.find((it) => it.id === 'gamma-off').enabled, undefined);
  await page.waitForSelector('[data-fresh=live]');
  await assertClean(page);
  await page.context().close();
  await own.close();
});

test('a stream that is refused again and again is replaced by asking, and says so', async () => {
  const page = await open(browser);
  await page.route('**/api/v1/events?**', (route) => route.abort());
  await page.clock.install();
  await page.goto(url);
  await page.waitForSelector('[data-row]');
  for (let n = 0; n < 60 && !(await page.$('text=/^Polling · polled/')); n++) await page.clock.runFor(1000);
  await page.waitForSelector('text=/^Polling · polled/');
  await until(page, () => document.querySelector('[data-fresh=live]'));
  await assertAccessible(page, 'polling');
  await page.context().close();
});
