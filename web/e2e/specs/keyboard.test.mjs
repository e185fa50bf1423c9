// Without a pointer: from the fleet to a new device, its form, its problems, and back. Focus moves by Tab and shortcuts only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, focusWhenGone, launch, open, tabTo, until } from '../browser.mjs';
import { FixtureAgent } from '../fixture/agent.mjs';

let browser;
let agent;
let url;

before(async () => {
  browser = await launch();
  agent = new FixtureAgent();
  url = `http://127.0.0.1:${await agent.listen()}`;
});

after(async () => {
  await browser.close();
  await agent.close();
});

const source = (address) => agent.settings.config.sources.find((it) => it.address === address);

/** What has the focus is seen to have it. */
async function assertFocusShows(page) {
  const outline = await page.evaluate(() => {
    const all = [document.activeElement, ...document.activeElement.querySelectorAll('*')];
    const has = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return all.some((it) => has(getComputedStyle(it)) || has(getComputedStyle(it, '::after'))) || has(getComputedStyle(document.activeElement.parentElement));
  });
  assert.ok(outline, await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200)));
}

test('a device is added, corrected, edited and saved by keyboard alone', async () => {
  const page = await open(browser);
  const { keyboard } = page;
  await page.goto(url);
  await page.waitForSelector('[data-row]');
  await keyboard.press('g');
  await keyboard.press('c');
  await page.waitForSelector('nav[aria-label=Settings]');
  await tabTo(page, 'nav[aria-label=Settings] a[href="/settings/devices"]');
  await assertFocusShows(page);
  await keyboard.press('Enter');
  await page.waitForSelector('[data-source]');
  await tabTo(page, 'main a', 'Add device');
  await keyboard.press('Enter');
  await until(page, () => document.activeElement?.closest('dialog [data-field=address]'));
  // A mistake is told at its field, which has the focus, and is mended there.
  await keyboard.type('no host at all');
  await keyboard.press('Enter');
  await page.waitForSelector('text=is neither a host name nor an IP address');
  await until(page, () => document.activeElement?.getAttribute('aria-invalid') === 'true');
  await keyboard.press('Control+A');
  await keyboard.type('10.0.8.8');
  await keyboard.press('Tab');
  await keyboard.type('By keyboard');
  await tabTo(page, 'dialog footer button', 'Add device');
  await assertFocusShows(page);
  await keyboard.press('Enter');
  await page.waitForSelector('text=Added By keyboard');
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.equal(source('10.0.8.8').name, 'By keyboard');

  // The dialog gave the focus back into the page; from there the new row is found and opened.
  const { id } = source('10.0.8.8');
  const row = `[data-source="${id}"] a`;
  await tabTo(page, row, '', 500);
  await keyboard.press('Enter');
  await page.waitForSelector('dialog[open] >> text=Edit By keyboard');
  const gone = await focusWhenGone(page, 'dialog');
  await keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.equal((await gone()).href, await page.getAttribute(row, 'href'));
  await keyboard.press('Enter');
  await page.waitForSelector('dialog[open] >> text=Edit By keyboard');
  await tabTo(page, 'dialog [data-field=name] input');
  await keyboard.press('Control+A');
  await keyboard.type('Edited by keyboard');
  await keyboard.press('Enter');
  await page.waitForSelector('text=Saved Edited by keyboard');
  assert.equal(source('10.0.8.8').name, 'Edited by keyboard');

  // A setting: changed, reviewed, saved, and taken back.
  await page.waitForSelector('dialog', { state: 'detached' });
  await keyboard.press('g');
  await keyboard.press('c');
  await tabTo(page, 'nav[aria-label=Settings] a', 'Polling');
  await keyboard.press('Enter');
  await page.waitForSelector('[id="f-polling.interval_secs"]');
  await tabTo(page, '[id="f-polling.interval_secs"]');
  await keyboard.press('Control+A');
  await keyboard.type('45');
  await tabTo(page, 'button', 'Review and save');
  await keyboard.press('Enter');
  await page.waitForSelector('dialog >> text=Save 1 change');
  await tabTo(page, 'dialog footer button', 'Save 1 change');
  await keyboard.press('Enter');
  await page.waitForSelector('text=Saved 1 change');
  assert.equal(agent.settings.config.polling.interval_secs, 45);
  await assertClean(page);
  await page.context().close();
});

test('the table is walked, searched, opened and left by keyboard, and nothing holds the focus', async () => {
  const page = await open(browser);
  const { keyboard } = page;
  await page.goto(url);
  await page.waitForSelector('[data-row]');
  await keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
  await keyboard.press('Enter');
  await tabTo(page, '[data-row] a');
  await assertFocusShows(page);
  const first = await page.evaluate(() => document.activeElement.closest('[data-row]').dataset.row);
  await keyboard.press('ArrowDown');
  const second = await page.evaluate(() => document.activeElement.closest('[data-row]').dataset.row);
  assert.notEqual(second, first);
  await keyboard.press('x');
  await page.waitForSelector('text=1 device selected');
  await keyboard.press('x');
  await keyboard.press('Enter');
  await page.waitForSelector('aside[aria-label=Device]');
  // Also a key that comes at once finds the focus in its place.
  const gone = await focusWhenGone(page, 'aside[aria-label=Device]');
  await keyboard.press('Escape');
  await page.waitForSelector('aside[aria-label=Device]', { state: 'detached' });
  assert.equal((await gone()).row, second);
  assert.equal(await page.evaluate(() => document.activeElement.closest('[data-row]')?.dataset.row), second);
  // Only one row is on the way of Tab: what follows its own buttons is no row.
  for (let n = 0; n < 3; n++) await keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.closest('[data-row]')), null);
  await keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  await assertClean(page);
  await page.context().close();
});
