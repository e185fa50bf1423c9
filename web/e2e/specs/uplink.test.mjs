// What leaves the network, over the fixture agent: each state of a link, what is done about it, and the message.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, assertClean, launch, open, SIZES } from '../browser.mjs';
import { FixtureAgent } from '../fixture/agent.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** A page over an agent with links in these states. */
async function uplink(links, { query = '', ...options } = {}, more = {}) {
  const agent = new FixtureAgent({ links, ...more });
  const port = await agent.listen();
  const page = await open(browser, options);
  page.setDefaultTimeout(15_000);
  const at = (path) => page.goto(`http://127.0.0.1:${port}/settings/uplink${path}`);
  await at(query);
  const end = async () => {
    await assertClean(page);
    await page.context().close();
    await agent.close();
  };
  return { agent, page, at, end };
}

const FOUR = ['on', 'catching_up', 'trouble', 'rejected'];
const state = (page) => page.locator('[data-state]').textContent();

for (const size of Object.keys(SIZES)) {
  test(`no state of a link has a violation on a ${size}`, async () => {
    const { page, at, end } = await uplink(FOUR, { size });
    for (const [id, word] of [['cloud', 'On'], ['home', 'Catching up'], ['backup', 'Trouble'], ['old', 'Rejected']]) {
      await at(`?link=${id}`);
      await page.waitForSelector('pre >> text=gssa.reading/1');
      assert.equal(await state(page), word);
      await assertAccessible(page);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${id} is ${overflow} px too wide`);
    }
    await at('?edit=backup');
    await page.waitForSelector('dialog[open] label');
    await assertAccessible(page);
    await end();
  });
}

test('without an uplink it is said what one would be, and what it would send', async () => {
  const { agent, page, end } = await uplink([]);
  await page.waitForSelector('text=Nothing leaves this network');
  await page.waitForSelector('pre >> text=gssa.reading/1');
  const message = await page.locator('pre').textContent();
  assert.ok(!/"mac"|"hostname"|"address"/.test(message));
  await assertAccessible(page);
  await page.click('text=Add uplink');
  const dialog = page.getByRole('dialog');
  await dialog.locator('#u-endpoint').fill('ftp://x');
  await dialog.getByRole('button', { name: 'Add uplink' }).click();
  await page.waitForSelector('text=/Must begin with/');
  await dialog.locator('#u-endpoint').fill('wss://cloud.example/agent');
  await dialog.locator('#u-token').fill('typo');
  await dialog.getByRole('button', { name: 'Test connection' }).click();
  await page.waitForSelector('[data-works=false] >> text=/does not take the token/');
  await dialog.locator('#u-token').fill('typed-token');
  await dialog.getByRole('button', { name: 'Test connection' }).click();
  await page.waitForSelector('[data-works=true] >> text=/It works: gsscloud/');
  await assertAccessible(page);
  await dialog.getByRole('button', { name: 'Add uplink' }).click();
  await page.waitForSelector('text=Added uplink cloud');
  assert.deepEqual(agent.settings.config.uplinks, [{ id: 'cloud', endpoint: 'wss://cloud.example/agent', token: 'typed-token' }]);
  await page.waitForSelector('[data-state=connecting], [data-state=on]');
  await page.waitForSelector('[data-state=on]');
  assert.ok(!(await page.content()).includes('typed-token'));
  await page.getByLabel('Send to cloud').click();
  await page.waitForSelector('text=Switched cloud off');
  await page.waitForSelector('[data-state=off]');
  await page.locator('[role=status] >> text=Undo').last().click();
  await page.waitForSelector('[data-state=connecting], [data-state=on]');
  await end();
});

test('a refused token is replaced by keyboard, and what is typed is never shown again', async () => {
  const { agent, page, end } = await uplink(['rejected']);
  await page.waitForSelector('[data-state=rejected]');
  await page.getByRole('link', { name: 'Replace token' }).press('Enter');
  await page.waitForFunction(() => document.activeElement?.id === 'u-token');
  await page.keyboard.type('another-token');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Saved uplink old');
  assert.equal(agent.settings.config.uplinks[0].token, 'another-token');
  assert.equal(agent.settings.config.uplinks[0].fields['source.group'], 'withhold');
  await end();
});

test('what is done with a part of a message is chosen, seen in the message, and a wrong path is said at its field', async () => {
  const { agent, page, end } = await uplink(['on'], { query: '?edit=cloud' });
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Path of another part').fill('nothing.such');
  await dialog.getByLabel('Path of another part').press('Enter');
  await page.waitForSelector('text=/There is no such part|there is no such part/');
  await dialog.getByRole('button', { name: 'Remove the rule for nothing.such' }).click();
  await dialog.locator('[id="rule-source.name"]').selectOption('hash');
  await dialog.locator('[id="rule-snapshot.identity.hostname"]').selectOption('send');
  await dialog.getByRole('button', { name: 'Save 2 changes' }).click();
  await page.waitForSelector('text=Saved uplink cloud');
  assert.deepEqual(agent.settings.config.uplinks[0].fields, { 'source.name': 'hash', 'snapshot.identity.hostname': 'send' });
  await page.waitForSelector('text=Sent though private');
  await page.waitForSelector('pre mark >> text=/"h:[0-9a-f]{12}"/');
  await page.waitForSelector('pre >> text=hostname');
  await end();
});

test('switching off what waits asks first, and a cancelled question changes nothing', async () => {
  const { agent, page, end } = await uplink(['trouble']);
  await page.waitForSelector('[data-next]');
  await page.getByLabel('Send to backup').click();
  await page.waitForSelector('text=/not stored by the receiver yet will be given up/');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.ok(await page.getByLabel('Send to backup').isChecked());
  assert.equal(agent.settings.config.uplinks[0].enabled, undefined);
  await page.getByRole('button', { name: 'Change backup' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete uplink' }).click();
  await page.waitForSelector('text=Nothing leaves this network');
  assert.equal(agent.settings.config.uplinks, undefined);
  await end();
});

test('the ledger moves by itself, and adds up', async () => {
  const { page, end } = await uplink(['catching_up']);
  const figure = async (fate) => Number((await page.locator(`[data-fate=${fate}] td`).first().textContent()).replaceAll(',', ''));
  await page.waitForSelector('[data-fate=queued]');
  const before = await figure('queued');
  await page.waitForFunction((n) => Number(document.querySelector('[data-fate=queued] td').textContent.replaceAll(',', '')) < n, before);
  await page.waitForSelector('text=/to go at [0-9,]+ a second/');
  const sum = await page.$$eval('[data-fate]', (rows) => {
    const of = Object.fromEntries(rows.map((row) => [row.dataset.fate, Number(row.querySelector('td').textContent.replaceAll(',', ''))]));
    return of.produced - of.acknowledged - of.queued - of.thinned - of.lost - of.refused;
  });
  assert.equal(sum, 0);
  await end();
});

test('who may only look sees the states and the message, and can change nothing', async () => {
  const { page, end } = await uplink(['on'], {}, { flows: { password: 'correct horse', anonymous: true } });
  await page.waitForSelector('[data-state=on]');
  await page.waitForSelector('pre >> text=gssa.reading/1');
  assert.equal(await page.getByLabel('Send to cloud').count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Change cloud' }).count(), 0);
  await assertAccessible(page);
  await end();
});
