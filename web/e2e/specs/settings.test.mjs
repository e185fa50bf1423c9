// Settings over the fixture agent: every section, and each way that a draft can go.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { assertAccessible, assertClean, launch, open, SIZES, undo, until } from '../browser.mjs';
import { eventually } from '../real.mjs';
import { FixtureAgent } from '../fixture/agent.mjs';

let browser;
let agent;
let url;

before(async () => (browser = await launch()));
after(() => browser.close());

beforeEach(async () => {
  agent = new FixtureAgent({ every: true, links: [] });
  url = `http://127.0.0.1:${await agent.listen()}/settings`;
});

afterEach(() => agent.close());

const INTERVAL = '[id="f-polling.interval_secs"]';

const SECTIONS = ['', '/site', '/devices', '/devices?add', '/devices?edit=nano-04', '/pools', '/pools?edit=gss-btc', '/servers', '/servers?edit=barn', '/servers?edit=here', '/polling', '/limits', '/access', '/logging', '/uplink', '/uplink?add', '/json', '/versions', '/import', '/about'];

async function settings(path, options) {
  const page = await open(browser, options);
  await page.goto(`${url}${path}`);
  await page.waitForSelector('nav[aria-label=Settings]', { state: 'attached' });
  await page.locator('main section, main nav').filter({ visible: true }).first().waitFor();
  return page;
}

for (const size of Object.keys(SIZES)) {
  test(`no section has a violation on a ${size}, light or dark`, async () => {
    // A few devices have every part that many have.
    const { config } = agent.settings;
    config.sources = config.sources.filter((it, at) => at % 15 === 0 || SECTIONS.some((path) => path.endsWith(`edit=${it.id}`)));
    const page = await settings('', { size });
    for (const path of SECTIONS) {
      await page.goto(`${url}${path}`);
      await page.locator('main section, main nav').filter({ visible: true }).first().waitFor();
      if (path.includes('?')) await page.waitForSelector('dialog[open] label');
      await page.$$eval('details', (all) => all.forEach((it) => (it.open = true)));
      await assertAccessible(page, path);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`);
    }
    await assertClean(page);
    await page.context().close();
  });
}

test('a change is marked, reviewed in words, saved, and undone', async () => {
  const page = await settings('/polling');
  await page.locator(INTERVAL).fill('15');
  await page.waitForSelector('[data-field="polling.interval_secs"] [data-changed]');
  await page.click('text=Review and save');
  const review = page.getByRole('dialog');
  await review.getByText('Polling', { exact: true }).waitFor();
  assert.match(await review.innerText(), /30 s\s*→\s*15 s/);
  await assertAccessible(page);
  await page.click('text=Save 1 change');
  await undo(page, 'Saved 1 change');
  await page.waitForSelector('text=Undone');
  const { config: replaced } = agent.settings.versions[0];
  assert.equal(replaced.polling.interval_secs, 15);
  assert.equal(replaced.server.password_hash, 'composed', 'a secret that was not touched stays');
  assert.equal(agent.settings.config.polling.interval_secs, 30);
  assert.equal(await page.locator(INTERVAL).inputValue(), '30');
  await assertClean(page);
  await page.context().close();
});

test('what is wrong stands at its field when it is left, and a summary leads there', async () => {
  const page = await settings('/polling');
  const field = page.locator(INTERVAL);
  await field.fill('0');
  await field.blur();
  await page.waitForSelector('#problems');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await page.waitForSelector('[data-field="polling.interval_secs"] >> text=Must be 1 to 86400, not 0');
  await assertAccessible(page);
  await page.click('nav[aria-label=Settings] >> text=Site');
  await page.locator('[id="f-agent.time_zone"]').fill('Mars/North');
  await page.locator('[id="f-agent.time_zone"]').blur();
  await page.waitForSelector('text=2 problems to repair before saving');
  await page.click('#problems a >> nth=0');
  await until(page, () => document.activeElement?.closest('[data-field]'));
  await page.click('text=Review and save');
  await page.waitForSelector('text=2 problems to repair first');
  assert.ok(await page.getByRole('button', { name: /Save 2 changes/ }).isDisabled());
  assert.equal(agent.settings.config.polling.interval_secs, 30);
  await page.keyboard.press('Escape');
  await page.click('text=Discard');
  await page.waitForSelector('#problems', { state: 'detached' });
  await page.context().close();
});

test('a device is added by keyboard alone, tested before, then edited, disabled and deleted', async () => {
  const page = await settings('/devices?add');
  await until(page, () => document.activeElement?.closest('[data-field=address]'));
  await page.keyboard.type('10.0.7.7');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Shed one');
  await page.getByRole('button', { name: 'Test connection' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Bitaxe Gamma v2.12.2, 1.19 TH/s');
  // A button that was busy is where one still is.
  assert.equal(await page.evaluate(() => document.activeElement.textContent.slice(0, 40)), 'Test connection');
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Set kind to AxeOS' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Added Shed one');
  const added = () => agent.settings.config.sources.find((it) => it.address.startsWith('10.0.7.7'));
  assert.deepEqual(added(), { id: 'shed-one', kind: 'axeos', address: '10.0.7.7', name: 'Shed one' });
  await page.waitForSelector('dialog', { state: 'detached' });

  await page.click('[data-source=shed-one] a');
  await page.getByRole('dialog').getByLabel('Place').fill('Shed');
  assert.match(page.url(), /edit=shed-one/);
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await page.waitForSelector('text=Saved Shed one');
  assert.equal(added().group, 'Shed');

  await page.click('[data-source=shed-one] button');
  await page.click('[role=menuitem] >> text=Disable');
  await page.waitForSelector('text=Disabled Shed one');
  assert.equal(added().enabled, false);

  await page.click('[data-source=shed-one] button');
  await page.click('[role=menuitem] >> text=Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete device' }).click();
  await page.waitForSelector('[data-source=shed-one]', { state: 'detached' });
  assert.equal(added(), undefined);
  await assertClean(page);
  await page.context().close();
});

test('a device without an address, or with one that is none, is not added', async () => {
  const page = await settings('/devices?add');
  await page.waitForSelector('dialog');
  await page.getByRole('dialog').getByRole('button', { name: 'Add device' }).click();
  await page.waitForSelector('text=Is missing');
  await until(page, () => document.activeElement?.id === 's-address');
  await page.keyboard.type('not a host');
  await page.keyboard.press('Tab');
  await page.waitForSelector('text=is neither a host name nor an IP address');
  await assertAccessible(page);
  await page.keyboard.press('Escape');
  await page.waitForSelector('text=Discard what you typed?');
  await page.click('text=Keep editing');
  await page.getByRole('dialog').getByLabel('Address').fill('10.0.0.99');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.waitForSelector('text=You can save it all the same');
  await page.context().close();
});

test('Enter saves once, however often it is pressed', async () => {
  const page = await settings('/devices?add');
  const [changes, held] = [[], []];
  page.on('request', (request) => request.method() !== 'GET' && changes.push(request.url()));
  await page.route('**/api/v1/config', (route) => (route.request().method() === 'PUT' ? held.push(() => route.fallback()) : route.fallback()));
  await page.getByRole('dialog').getByLabel('Address').fill('10.0.7.8');
  await page.keyboard.press('Enter');
  await eventually(() => assert.equal(held.length, 1));
  const before = [...changes];
  await page.keyboard.press('Enter');
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  assert.deepEqual(changes, before);
  await held[0]();
  await page.waitForSelector('text=Added 10.0.7.8');
  await assertClean(page);
  await page.context().close();
});

test('only the fields of its kind are shown, and only they are saved', async () => {
  const page = await settings('/devices?add');
  const labels = () => page.$$eval('dialog [data-field]', (all) => all.map((it) => it.dataset.field));
  await page.getByRole('dialog').getByLabel('Kind').selectOption('gss');
  assert.ok((await labels()).includes('coins') && !(await labels()).includes('http_port'));
  await page.getByRole('dialog').getByLabel('Address').fill('http://10.0.0.20:4004');
  await page.locator('#s-coins').fill('BTC,');
  await page.locator('#s-api_key').fill('typed-key');
  await page.getByRole('dialog').getByLabel('Kind').selectOption('mim');
  assert.ok(!(await labels()).some((it) => ['coins', 'api_key'].includes(it)));
  await page.getByRole('dialog').getByRole('button', { name: 'Add device' }).click();
  await page.waitForSelector('text=Added http://10.0.0.20:4004');
  assert.deepEqual(agent.settings.config.sources.at(-1), { id: '10.0.0.20', kind: 'mim', address: 'http://10.0.0.20:4004' });
  assert.ok(!(await page.content()).includes('typed-key'), 'what was typed is forgotten');
  await page.context().close();
});

test('a secret is kept, replaced and removed, and never shown', async () => {
  const page = await settings('/pools?edit=gss-btc');
  const key = () => agent.settings.config.sources.find((it) => it.id === 'gss-btc').api_key;
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Barn');
  await dialog.getByRole('button', { name: 'Save 1 change' }).click();
  await page.waitForSelector('text=Saved Barn');
  assert.equal(key(), 'composed');
  await page.click('[data-source=gss-btc] a');
  await page.getByRole('button', { name: /Replace api key/i }).click();
  await page.keyboard.type('a new one');
  await dialog.getByRole('button', { name: 'Save 1 change' }).click();
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.equal(key(), 'a new one');
  await page.click('[data-source=gss-btc] a');
  await page.getByRole('button', { name: /Remove api key/i }).click();
  await dialog.getByRole('button', { name: 'Save 1 change' }).click();
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.equal(key(), undefined);
  assert.ok(!(await page.content()).includes('a new one'));
  await page.context().close();
});

test('what somebody else saved is shown field by field, and put together', async () => {
  const page = await settings('/site');
  await page.getByLabel('Name', { exact: true }).fill('Mine');
  await page.click('nav[aria-label=Settings] >> text=Polling');
  await page.locator(INTERVAL).fill('15');
  await page.click('text=Review and save');
  await page.waitForSelector('text=Save 2 changes');
  // The tag is not told before the save: somebody was a moment earlier.
  agent.settings.replace({ ...agent.settings.config, agent: { ...agent.settings.config.agent, name: 'Theirs' }, logging: { level: 'debug' } });
  await page.click('text=Save 2 changes');
  await page.waitForSelector('text=The configuration was changed meanwhile');
  const dialog = page.getByRole('dialog');
  assert.match(await dialog.innerText(), /1 field changed on both sides/);
  assert.match(await dialog.innerText(), /default \(info\)\s*→\s*debug/);
  await assertAccessible(page);
  await dialog.getByLabel('Theirs').check();
  await dialog.getByRole('button', { name: 'Put together and review' }).click();
  await page.click('text=Save 1 change');
  await page.waitForSelector('text=Saved 1 change');
  const { config } = agent.settings;
  assert.deepEqual([config.agent.name, config.polling.interval_secs, config.logging.level], ['Theirs', 15, 'debug']);
  await assertClean(page);
  await page.context().close();
});

test('an answer from before a save does not take it back', async () => {
  const page = await settings('/site');
  const name = page.getByLabel('Name', { exact: true });
  const late = [];
  await page.route('**/api/v1/config', async (route) => {
    if (route.request().method() !== 'GET' || late.length > 0) return route.fallback();
    const response = await route.fetch();
    return late.push(() => route.fulfill({ response }));
  });
  agent.tell('config', { etag: 'of somebody else' });
  await eventually(() => assert.equal(late.length, 1));
  await name.fill('Mine');
  await page.click('text=Review and save');
  await page.click('text=Save 1 change');
  await page.waitForSelector('text=Saved 1 change');
  const answered = page.waitForResponse('**/api/v1/config');
  await late[0]();
  await (await answered).finished();
  // What comes of an answer is there before the next frame.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  assert.equal(await name.inputValue(), 'Mine');
  assert.equal(await page.getByRole('dialog').count(), 0);
  await assertClean(page);
  await page.context().close();
});

test('a toast stays under the pointer and the focus, and goes when its time is over', async () => {
  const page = await open(browser);
  await page.clock.install();
  await page.goto(`${url}/polling`);
  await page.locator(INTERVAL).fill('15');
  await page.click('text=Review and save');
  await page.click('text=Save 1 change');
  const toast = page.locator('[data-toast]');
  await toast.hover();
  await page.clock.runFor(11_000);
  await toast.getByRole('button', { name: 'Undo' }).focus();
  await page.mouse.move(0, 0);
  await page.clock.runFor(11_000);
  assert.equal(await toast.count(), 1);
  await page.locator(INTERVAL).focus();
  await toast.waitFor({ state: 'detached' });
  await page.context().close();
});

test('a draft is not left by accident', async () => {
  const page = await settings('/site');
  await page.getByLabel('Name', { exact: true }).fill('Other');
  await page.click('nav[aria-label=Pages] >> text=Fleet');
  await page.waitForSelector('text=1 change not saved');
  assert.match(page.url(), /settings/);
  await page.click('text=Stay');
  await page.click('nav[aria-label=Settings] >> text=Limits');
  await page.waitForSelector('text=Limits by kind');
  await page.click('nav[aria-label=Pages] >> text=Fleet');
  await page.click('text=Discard and leave');
  await page.waitForSelector('[data-row]');
  await page.goBack();
  await page.click('nav[aria-label=Settings] >> text=Site');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Hollow Creek');
  await page.context().close();
});

test('a token is made in the browser, shown once, and kept as its digest', async () => {
  const page = await settings('/access');
  await page.click('text=Make token');
  await page.getByLabel('Name', { exact: true }).fill('grafana');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=There is one of this name already');
  await page.getByLabel('Name', { exact: true }).fill('script');
  await page.keyboard.press('Enter');
  const token = await page.textContent('[data-token]');
  assert.match(token, /^[0-9a-f]{64}$/);
  const kept = agent.settings.config.server.api_tokens.find((it) => it.name === 'script');
  assert.deepEqual(kept, { name: 'script', hash: `sha256:${createHash('sha256').update(token).digest('hex')}`, scope: 'read' });
  await assertAccessible(page);
  await page.click('text=I have copied it');
  await page.waitForSelector('[data-token]', { state: 'detached' });
  assert.ok(!(await page.content()).includes(token));
  await page.click('text=Add webhook');
  await page.getByLabel('Name', { exact: true }).fill('gss');
  await page.keyboard.press('Enter');
  assert.match(await page.textContent('[data-token]'), /^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/hooks\/[0-9a-f]{64}$/);
  await page.context().close();
});

test('a wrong password says so at its field', async () => {
  const page = await settings('/access');
  await page.click('text=Change password');
  await page.getByLabel('Current password').fill('wrong');
  await page.getByLabel('New password', { exact: true }).fill('short');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=A password has at least 8 characters');
  await page.getByLabel('New password', { exact: true }).fill('long enough');
  await page.getByLabel('New password again').fill('long enough');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=the password is wrong');
  await assertAccessible(page);
  await page.getByLabel('Current password').fill('correct horse');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Password changed');
  await page.context().close();
});

const file = (name, text) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

test('devices come from a table and from GSSM, after a look at what would come', async () => {
  const page = await settings('/import');
  await page.setInputFiles('input[type=file]', file('list.csv', 'name;address;kind\nNew one;10.9.9.9;axeos\nBad;;axeos\nKnown;10.0.1.20;axeos\n'));
  await page.waitForSelector('text=2 sources found');
  await page.waitForSelector('text=address is known');
  await page.waitForSelector('text=it has no address');
  await assertAccessible(page);
  await page.click('text=Take over 1 source');
  await page.waitForSelector('text=Add source New one (AxeOS, 10.9.9.9)');
  await page.click('text=Save 1 change');
  await page.waitForSelector('text=Saved 1 change');
  assert.equal(agent.settings.config.sources.at(-1).id, 'new-one');
  await page.setInputFiles('input[type=file]', file('config.json', JSON.stringify({ miners: [{ name: 'Old', deviceType: 'canaan', address: '10.9.9.8' }, { name: 'What', deviceType: 'other' }] })));
  await page.waitForSelector('text=this type of device is not known');
  await page.click('text=Take over 1 source');
  await page.click('text=/Save \\d+ changes/');
  await page.waitForSelector('text=/Saved \\d+ changes/');
  assert.equal(agent.settings.config.limits.axeos.chip_celsius.critical, 75);
  assert.equal(agent.settings.config.limits.canaan.chip_celsius.critical, 100, 'what was there stays');
  await page.setInputFiles('input[type=file]', file('x.json', '{ broken'));
  await page.waitForSelector('text=The file is not complete JSON.');
  await page.context().close();
});

test('the draft can be edited as text, and what is no JSON says where', async () => {
  const page = await settings('/json');
  const text = page.getByLabel('Configuration as JSON');
  const config = JSON.parse(await text.inputValue());
  await text.fill('{\n  "agent": {,}\n}');
  await text.blur();
  await page.waitForSelector('text=/line 2, column 1[2-4]/');
  await text.fill(JSON.stringify({ ...config, agent: { name: 'Typed' }, nonsense: 1 }));
  await text.blur();
  await page.waitForSelector('text=/unknown key/');
  await text.fill(JSON.stringify({ ...config, agent: { name: 'Typed' } }));
  await text.blur();
  await page.waitForSelector('#problems', { state: 'detached' });
  await page.click('nav[aria-label=Settings] >> text=Site');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Typed');
  await page.context().close();
});

test('a version is compared in words and restored', async () => {
  agent.settings.replace({ ...agent.settings.config, agent: { name: 'Newer' } });
  const page = await settings('/versions');
  await page.click('text=Compare');
  await page.waitForSelector('text=Restoring would change');
  assert.match(await page.getByRole('dialog').innerText(), /Name Newer\s*→\s*Hollow Creek/);
  await assertAccessible(page);
  await page.click('text=Restore this version');
  await page.waitForSelector('text=Restored.');
  assert.equal(agent.settings.config.agent.name, 'Hollow Creek');
  await page.context().close();
});

test('what the environment sets cannot be changed, and says why', async () => {
  agent.settings.locked = ['agent.name'];
  const page = await settings('/site');
  assert.ok(await page.getByLabel('Name', { exact: true }).isDisabled());
  await page.waitForSelector('text=Set by the environment or the command line');
  await assertAccessible(page);
  await page.context().close();
});

test('a session that ends while a setting is edited keeps the draft, and logging out ends it', async () => {
  const own = new FixtureAgent({ flows: { password: 'correct horse' } });
  own.flows.isLoggedIn = true;
  const page = await open(browser);
  await page.goto(`http://127.0.0.1:${await own.listen()}/settings/polling`);
  await page.locator(INTERVAL).fill('15');
  await page.click('nav[aria-label=Settings] >> text=Site');
  await page.getByLabel('Name', { exact: true }).fill('Draft');
  own.flows.expire();
  await page.click('text=Review and save');
  const login = page.locator('dialog', { hasText: 'Your session has ended' });
  await login.waitFor();
  await assertAccessible(page);
  await login.locator('[name=password]').fill('correct horse');
  await page.keyboard.press('Enter');
  await login.waitFor({ state: 'detached' });
  await page.click('text=Save 2 changes');
  await page.waitForSelector('text=Saved 2 changes');
  assert.deepEqual([own.settings.config.agent.name, own.settings.config.polling.interval_secs], ['Draft', 15]);
  await page.click('nav[aria-label=Settings] >> text=Access');
  await page.click('text=Log out');
  await page.waitForSelector('button:has-text("Log in")');
  assert.equal(own.flows.isLoggedIn, false);
  assert.equal(await page.$('nav[aria-label=Pages]'), null);
  await assertClean(page);
  await own.close();
  await page.context().close();
});
