// An uplink over the real agent and a real receiver (GSSCLOUD_BIN): added in the page, cut, and back. Without a receiver it is left out.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertClean, launch, open } from '../browser.mjs';
import { cloudBinary, freePort, startAgent, startCloud } from '../real.mjs';

const skip = !cloudBinary() && 'no gsscloud binary';

let browser;
let agent;
let folder;
let file;
let cloud;

before(async () => {
  if (skip) return;
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), 'gssa-uplink-'));
  file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify({ agent: { name: 'Real' }, polling: { interval_secs: 2 }, sources: [{ id: 'here', kind: 'host', address: 'local' }] }));
  agent = await startAgent(['run', '--config', file]);
});

after(async () => {
  if (skip) return;
  await browser.close();
  await agent.stop();
  await cloud?.stop();
  rmSync(folder, { recursive: true });
});

const acknowledged = (page, more) =>
  page.waitForFunction((n) => Number((document.querySelector('[data-fate=acknowledged] td')?.textContent ?? '0').replaceAll(',', '')) > n, more, { timeout: 60_000 });

test('an uplink that is added in the page delivers, is in trouble without its receiver, and comes back', { skip }, async () => {
  const port = await freePort();
  cloud = await startCloud(folder, port);
  const token = cloud.run(['agent', 'add', 'real']).trim().split('\n').at(-1);
  const page = await open(browser);
  page.setDefaultTimeout(60_000);
  await page.goto(`${agent.url}/settings/uplink`);
  await page.waitForSelector('text=Nothing leaves this network');
  await page.click('text=Add uplink');
  const dialog = page.getByRole('dialog');
  await dialog.locator('#u-endpoint').fill(`ws://127.0.0.1:${port}/agent`);
  await dialog.locator('#u-token').fill(token);
  await dialog.locator('summary').click();
  await dialog.locator('#u-allow_plaintext').check();
  await dialog.locator('#u-flush_secs').fill('1');
  await dialog.getByRole('button', { name: 'Add uplink' }).click();
  await page.waitForSelector('text=Added uplink cloud');
  await page.waitForSelector('[data-state=on]');
  await acknowledged(page, 0);
  await page.waitForSelector('pre >> text=gssa.reading/1');
  assert.ok(!(await page.content()).includes(token));
  assert.equal(JSON.parse(readFileSync(file, 'utf8')).uplinks[0].allow_plaintext, true);
  const shown = await page.locator('pre').textContent();
  const { message } = await agent.json('/uplinks/cloud/preview');
  assert.equal(JSON.parse(shown).items[0].source_id, message.items[0].source_id);

  await cloud.stop();
  await page.waitForSelector('[data-state=trouble]');
  await page.waitForSelector('text=/connection refused/i');
  const before = (await agent.json('/uplinks')).uplinks[0].ledger.acknowledged.items;

  cloud = await startCloud(folder, port);
  await page.waitForSelector('[data-state=on]', { timeout: 90_000 });
  await acknowledged(page, before);
  const { ledger } = (await agent.json('/uplinks')).uplinks[0];
  const { produced, queued, acknowledged: stored, thinned, lost, refused } = Object.fromEntries(Object.entries(ledger).map(([key, it]) => [key, it.items]));
  assert.equal(produced, queued + stored + thinned + lost + refused);
  assert.equal(lost, 0);
  await assertClean(page);
  await page.context().close();
});
