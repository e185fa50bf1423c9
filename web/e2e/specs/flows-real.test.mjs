// The first run, logins and searches over the real agent: its devices are those that a second agent simulates.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible, assertClean, launch, open } from '../browser.mjs';
import { startAgent, startDemo } from '../real.mjs';

let browser;
let fleet;
let folder;
/** The address and the ports of the simulated devices. */
let range;
let ports;
const running = [];

async function show(url) {
  const page = await open(browser);
  await page.goto(url);
  return page;
}

before(async () => {
  browser = await launch();
  fleet = await startDemo(8);
  folder = mkdtempSync(join(tmpdir(), 'gssa-flows-'));
  const miners = new Set(['axeos', 'antminer', 'canaan', 'cgminer']);
  const sources = (await fleet.json('/config')).sources.filter((it) => miners.has(it.kind));
  const places = sources.map((it) => new URL(it.address.includes('://') ? it.address : `http://${it.address}`));
  const last = places.map((it) => Number(it.hostname.split('.')[3]));
  range = `${places[0].hostname.replace(/\d+$/, String(Math.min(...last)))}-${Math.max(...last)}`;
  ports = [...new Set([...places.map((it) => it.port), ...sources.flatMap((it) => it.http_port ?? [])])].join(', ');
});

after(async () => {
  await browser.close();
  await Promise.all([fleet, ...running].map((it) => it.stop()));
  rmSync(folder, { recursive: true });
});

async function run(name, options) {
  const config = join(folder, name, 'config.json');
  const agent = await startAgent(['run', '--config', config], options);
  running.push(agent);
  return Object.assign(agent, { config, saved: () => JSON.parse(readFileSync(config, 'utf8')) });
}

/** Fills the form of a search for the simulated devices; they are at addresses that have to be forced. */
async function scan(page) {
  await page.getByLabel(/Addresses to search|Other addresses/).fill(range);
  await page.click('summary:has-text("Ports")');
  await page.getByLabel('Ports to ask').fill(ports);
  for (const own of await page.$$('fieldset input[type=checkbox]:checked')) await own.click();
  await page.click('button:has-text("Scan")');
  await page.waitForSelector('text=These addresses are not in a private network.');
  await page.click('text=Search them all the same');
  await page.click('button:has-text("Scan")');
  await page.waitForSelector('text=/Scanned \\d+ address/');
}

test('an agent in an empty folder becomes a working fleet through the set-up', async () => {
  const agent = await run('first', { host: '0.0.0.0' });
  const code = /code="?([A-Z0-9]{8})/.exec(agent.log.replaceAll(/\x1b\[\d*m/g, ''))?.[1];
  assert.ok(code, agent.log);
  const page = await show(agent.url);
  await page.getByLabel('Set-up code').fill('AAAA-AAAA');
  await page.getByLabel('Name').fill('North Barn');
  await page.getByLabel('Password of the admin').fill('correct horse');
  await page.click('text=Save and go on');
  await page.waitForSelector('text=/Wrong code/');
  await page.getByLabel('Set-up code').fill(`${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase());
  await page.click('text=Save and go on');
  await page.waitForSelector('h2:has-text("Your miners")');
  await assertAccessible(page);
  await scan(page);
  await page.click('text=/^Add \\d+ devices/');
  await page.getByLabel('Place').fill('Rack 1');
  await assertAccessible(page);
  await page.click('dialog footer >> text=/^Add \\d+ devices/');
  await page.waitForSelector('text=/\\d miners watched/');
  await page.click('text=Go on');
  await page.getByLabel('Address').first().fill('127.0.0.1:1');
  await page.click('text=Test >> nth=0');
  await page.waitForSelector('text=/It can be added all the same/');
  await page.getByLabel('Address').first().fill('');
  await page.click('text=Go on');
  await page.waitForSelector('text=North Barn is set up');
  await page.click('text=Open Fleet');
  await page.waitForSelector('[data-fresh=live]');
  const { agent: site, sources, server } = agent.saved();
  assert.equal(site.name, 'North Barn');
  assert.equal(site.time_zone, 'Europe/Berlin');
  assert.ok(sources.length >= 5 && sources.every((it) => it.group === 'Rack 1' && it.id && it.name), JSON.stringify(sources));
  assert.match(server.password_hash, /^\$argon2id/);
  const text = JSON.stringify(await page.content()) + agent.log;
  assert.ok(!text.includes('correct horse'), 'the password is nowhere');
  await assertClean(page);
  await page.context().close();
});

test('a login that is wrong is refused, and a restart of the agent asks for it over the page', async () => {
  const agent = running[0];
  const page = await show(`${agent.url}/events?view=history`);
  await page.fill('[name=password]', 'wrong horse');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Wrong password.');
  await page.fill('[name=password]', 'correct horse');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=/Logged in, from 127.0.0.1/');
  await page.getByLabel('Search: Name, place, words').fill('logged');
  await page.waitForSelector('text=/Wrong password, from/', { state: 'detached' });
  const { port } = agent;
  await agent.halt();
  await page.waitForSelector('text=/Connection to the agent lost/');
  const again = await startAgent(['run', '--config', agent.config], { port, host: '0.0.0.0' });
  running.push(again);
  await page.waitForSelector('dialog >> text=Your session has ended');
  await assertAccessible(page);
  await page.fill('dialog [name=password]', 'correct horse');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.waitForSelector('text=/^Live/');
  assert.match(page.url(), /q=logged/);
  await assertClean(page);
  await page.context().close();
});

test('on its own machine the agent is set up without a password', async () => {
  const agent = await run('local');
  const page = await show(agent.url);
  await page.waitForSelector('text=The agent is only reachable on this machine.');
  await page.getByLabel('Name').fill('Desk');
  await page.click('text=Save and go on');
  await page.waitForSelector('h2:has-text("Your miners")');
  await page.click('text=Skip');
  await page.click('text=Go on');
  await page.click('text=Open Fleet');
  await page.waitForSelector('text=No miners yet');
  assert.equal(agent.saved().agent.name, 'Desk');
  assert.equal(agent.saved().server, undefined);
  await assertClean(page);
  await page.context().close();
});

test('discovery adds what it found, ignores and takes back', async () => {
  const agent = await run('discovery');
  const page = await show(`${agent.url}/discovery`);
  await scan(page);
  const count = async (tab) => Number(await page.textContent(`[data-tab=${tab}] span`));
  const fresh = await count('new');
  assert.ok(fresh >= 5);
  await page.click('[data-finding] >> nth=0 >> [aria-label^="Actions for"]');
  await page.click('[role=menuitem]:has-text("Ignore")');
  await page.waitForSelector('text=/is ignored/');
  assert.deepEqual([await count('new'), await count('ignored')], [fresh - 1, 1]);
  await page.click('[data-tab=ignored]');
  await page.click('text=Stop ignoring');
  await page.waitForSelector('text=Nothing ignored');
  assert.deepEqual(agent.saved().discovery.ignored, []);
  await page.click('[data-tab=new]');
  await page.click(`text=Add ${fresh} devices`);
  await page.click(`dialog footer >> text=Add ${fresh} devices`);
  await page.waitForSelector('text=Nothing new');
  assert.equal(agent.saved().sources.length, fresh);
  await assertAccessible(page);
  await assertClean(page);
  await page.context().close();
});

test('a broken file is shown with its place, never overwritten, and read when it is repaired', async () => {
  const config = join(folder, 'broken.json');
  const text = '{\n  "agent": { "name": "Barn" },\n  "sources": [ { "kind": "axeos" "address": "10.0.0.1" } ]\n}\n';
  writeFileSync(config, text);
  const agent = await startAgent(['run', '--config', config]);
  running.push(agent);
  const page = await show(agent.url);
  assert.equal(await page.textContent('[data-broken=line]'), '3');
  assert.match(await page.textContent('[data-broken=reason]'), /expected/);
  await assertAccessible(page);
  assert.equal(readFileSync(config, 'utf8'), text);
  writeFileSync(config, '{ "agent": { "name": "Barn" } }');
  await page.waitForSelector('text=No miners yet');
  assert.ok(existsSync(config));
  await assertClean(page);
  await page.context().close();
});
