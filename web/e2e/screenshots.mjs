// The pictures of the documentation: each page over a fleet as `gssa demo` shows it, and those of a receiver, in docs/screenshots. WebP, since a picture of a page
// with text has to be sharp and small; Chromium writes it itself. Names of pages as arguments write only those.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launch, open } from './browser.mjs';
import { FixtureAgent, flowsOf } from './fixture/agent.mjs';
import { FixtureCloud } from './fixture/cloud.mjs';

const OUT = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const MOST_BYTES = 200_000;

/** Name, path, what is there when the page is, and what the agent is like. */
const PAGES = [
  ['fleet', '/', '[data-row] >> nth=8'],
  ['fleet-drawer', '/?device=nano-04', 'aside .uplot', { sizes: ['desktop'] }],
  ['device', '/d/nano-04', '.uplot'],
  ['pools', '/pools', 'main [data-pool], main section', { services: true }],
  ['servers', '/servers', 'main [data-server], main section', { services: true }],
  ['events', '/events', '[data-issue]'],
  ['history', '/events?view=history', '[data-entry]'],
  ['discovery', '/discovery', '[data-finding]', { search: true }],
  ['settings', '/settings', 'nav[aria-label=Settings]'],
  ['settings-device', '/settings/devices?edit=nano-04', 'dialog[open] label'],
  ['settings-limits', '/settings/limits', 'main section'],
  ['uplink', '/settings/uplink', 'pre >> text=gssa.reading/1', { links: ['on'] }],
  ['uplink-edit', '/settings/uplink?edit=cloud', 'dialog[open] label', { links: ['on'], sizes: ['desktop'] }],
  ['cloud', '/', '[data-agent] >> nth=8', { user: 'ada' }],
  ['cloud-fleet', '/a/garage-b55e/', '[data-row] >> nth=5', { user: 'ada' }],
  ['cloud-away', '/a/barn-19c4/', 'text=has not been heard since', { user: 'ada' }],
  ['cloud-users', '/users', '[data-user]', { user: 'ada' }],
  ['cloud-login', '/', '[name=username]', { user: '' }],
  ['login', '/', '[name=password]', { flows: flowsOf('password') }],
  ['setup', '/', 'text=Set-up code', { flows: flowsOf('setup'), empty: true }],
];

const LOOKS = [
  ['desktop', 'dark'],
  ['desktop', 'light'],
  ['phone', 'dark'],
  ['phone', 'light'],
];

mkdirSync(OUT, { recursive: true });
const only = process.argv.slice(2);
if (only.length === 0) for (const name of readdirSync(OUT)) if (name.endsWith('.webp')) rmSync(OUT + name);
const browser = await launch();
for (const [name, path, sign, options = {}] of PAGES.filter(([it]) => only.length === 0 || only.includes(it))) {
  // Whoever looks at a receiver is somebody, or nobody yet.
  const isCloud = options.user !== undefined;
  const program = isCloud ? new FixtureCloud() : new FixtureAgent(options);
  if (isCloud) program.sessions.set('shown', options.user);
  else program.flows.searchMs = 0;
  const url = `http://127.0.0.1:${await program.listen()}`;
  if (options.search) await fetch(`${url}/api/v1/discovery`, { method: 'POST', body: JSON.stringify({ range: '10.0.2.0/24, 10.0.3.0/24' }) });
  for (const [size, theme] of LOOKS) {
    if (options.sizes && !options.sizes.includes(size)) continue;
    const page = await open(browser, { size, theme, scale: 2 });
    if (options.user) await page.context().addCookies([{ name: 'session', value: 'shown', url }]);
    await page.goto(url + path);
    await page.waitForSelector(sign);
    await page.waitForLoadState('load');
    await page.evaluate(() => Promise.all([document.fonts.ready, new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))]));
    writeFileSync(`${OUT}${name}-${size}-${theme}.webp`, await picture(page));
    await page.context().close();
  }
  await program.close();
}
await browser.close();

/** As sharp as it may be within the limit. */
async function picture(page) {
  const session = await page.context().newCDPSession(page);
  for (const quality of [90, 80, 70, 60]) {
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality });
    const bytes = Buffer.from(data, 'base64');
    if (bytes.length < MOST_BYTES) return bytes;
  }
  throw new Error(`${page.url()} makes a picture of more than ${MOST_BYTES} bytes`);
}
