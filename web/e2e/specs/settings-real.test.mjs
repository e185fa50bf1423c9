// Settings over the real agent: what it says is wrong, the secrets it keeps, and undo.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertClean, launch, open, undo } from '../browser.mjs';
import { startAgent } from '../real.mjs';

let browser;
let agent;
let folder;
let file;

before(async () => {
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), 'gssa-settings-'));
  file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify({ agent: { name: 'Real' }, sources: [{ id: 'kept', kind: 'antminer', address: '127.0.0.1:9', credentials: { username: 'root', password: 'composed' } }] }));
  agent = await startAgent(['run', '--config', file]);
});

after(async () => {
  await browser.close();
  await agent.stop();
  rmSync(folder, { recursive: true });
});

const saved = () => JSON.parse(readFileSync(file, 'utf8'));

test('a device is added, refused, tested, edited, disabled and deleted, its secret comes back by undo', async () => {
  const page = await open(browser);
  await page.goto(`${agent.url}/settings/devices?add`);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Kind').selectOption('axeos');
  await dialog.getByLabel('Address').fill('https://127.0.0.1');
  await dialog.getByLabel('Address').blur();
  await page.waitForSelector('text=/AxeOS devices do not speak TLS/');
  await dialog.getByLabel('Address').fill('127.0.0.1:9');
  await dialog.getByLabel('Name', { exact: true }).fill('Shed Gämma');
  await dialog.getByRole('button', { name: 'Test connection' }).click();
  await page.waitForSelector('text=You can save it all the same');
  await dialog.getByRole('button', { name: 'Add device' }).click();
  await page.waitForSelector('text=Added Shed Gämma');
  const ids = saved().sources.map((it) => it.id);
  assert.equal(ids[0], 'kept');
  assert.match(ids[1], /^[a-z0-9._-]+$/);
  assert.equal(saved().sources[0].credentials.password, 'composed');
  const added = () => saved().sources.find((it) => it.id === ids[1]);
  await page.click(`[data-source="${ids[1]}"] a`);
  await dialog.getByLabel('Place').fill('Shed');
  await dialog.getByRole('button', { name: 'Save 1 change' }).click();
  await page.waitForSelector('text=Saved Shed Gämma');
  assert.equal(added().group, 'Shed');
  await page.click(`[data-source="${ids[1]}"] button`);
  await page.click('[role=menuitem] >> text=Disable');
  await page.waitForSelector('text=Disabled Shed Gämma');
  assert.equal(added().enabled, false);
  await page.waitForSelector(`[data-source="${ids[1]}"] >> text=Disabled`);
  await page.click('[data-source=kept] button');
  await page.click('[role=menuitem] >> text=Delete');
  await dialog.getByRole('button', { name: 'Delete device' }).click();
  await undo(page, 'Deleted kept');
  await page.waitForSelector('text=Undone');
  const replaced = readdirSync(join(folder, 'versions')).sort().at(-1);
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'versions', replaced), 'utf8')).sources.map((it) => it.id), [ids[1]], 'it was deleted meanwhile');
  assert.equal(saved().sources.find((it) => it.id === 'kept').credentials.password, 'composed');
  assert.ok(!(await page.content()).includes('composed'));
  await assertClean(page);
  await page.context().close();
});

test('a token that was made in the browser opens the API', async () => {
  const page = await open(browser);
  await page.goto(`${agent.url}/settings/access`);
  await page.click('text=Make token');
  await page.getByLabel('Name', { exact: true }).fill('script');
  await page.getByRole('dialog').getByLabel('Everything').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Make token' }).click();
  const token = await page.textContent('[data-token]');
  const answer = await fetch(`${agent.api}/config/check`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{}' });
  assert.equal(answer.status, 200);
  assert.ok(!JSON.stringify(saved()).includes(token));
  await page.context().close();
});

test('what the agent finds wrong stands at its field, and a file that changed meanwhile is put together', async () => {
  const page = await open(browser);
  await page.goto(`${agent.url}/settings/polling`);
  const interval = page.locator('[id="f-polling.interval_secs"]');
  await interval.fill('100000');
  await interval.blur();
  await page.waitForSelector('text=Must be 1 to 86400, not 100000');
  await interval.fill('20');
  await interval.blur();
  await page.waitForSelector('#problems', { state: 'detached' });
  await page.click('text=Review and save');
  await page.waitForSelector('text=Save 1 change');
  writeFileSync(file, JSON.stringify({ ...saved(), agent: { name: 'Edited by hand' } }));
  await page.waitForSelector('text=The configuration was changed meanwhile');
  await page.click('text=Put together and review');
  await page.click('text=Save 1 change');
  await page.waitForSelector('text=Saved 1 change');
  assert.deepEqual([saved().agent.name, saved().polling.interval_secs], ['Edited by hand', 20]);
  await assertClean(page);
  await page.context().close();
});

test('who saves a moment later is told by the agent that the configuration was changed', async () => {
  const page = await open(browser);
  await page.goto(`${agent.url}/settings/site`);
  await page.getByLabel('Name', { exact: true }).fill('Mine');
  await page.click('text=Review and save');
  await page.waitForSelector('text=Save 1 change');
  const answers = [];
  let isBeaten = false;
  page.on('response', (it) => it.request().method() === 'PUT' && answers.push(it.status()));
  // Between the click and the agent somebody else saves: the page cannot have heard of it.
  await page.route('**/api/v1/config', async (route) => {
    if (route.request().method() !== 'PUT' || isBeaten) return route.fallback();
    isBeaten = true;
    const now = await fetch(`${agent.api}/config`);
    const config = await now.json();
    const put = await fetch(`${agent.api}/config`, { method: 'PUT', headers: { origin: agent.api.replace('/api/v1', ''), 'content-type': 'application/json', 'if-match': now.headers.get('etag')  }, body: JSON.stringify({ ...config, logging: { level: 'debug' } }) });
    assert.equal(put.status, 200);
    return route.continue();
  });
  await page.click('text=Save 1 change');
  await page.waitForSelector('text=The configuration was changed meanwhile');
  assert.deepEqual(answers, [412]);
  await page.click('text=Put together and review');
  await page.click('text=Save 1 change');
  await page.waitForSelector('text=Saved 1 change');
  assert.deepEqual([saved().agent.name, saved().logging.level], ['Mine', 'debug']);
  await assertClean(page);
  await page.context().close();
});
