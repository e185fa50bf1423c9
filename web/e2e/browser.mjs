// The browser of the tests: the system's Chromium, and what every page is watched for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
export const THEMES = ['light', 'dark'];

const ARGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function launch() {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...ARGS, ...(isRoot ? ['--no-sandbox'] : [])] });
}

const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * A page of one size and theme. Whatever it reports against its content security policy, and every error, is kept in `page.trouble`;
 * `settle` fails if there is any.
 */
export async function open(browser, { size = 'desktop', theme = 'dark', scale = 1, context: more = {} } = {}) {
  const isPhone = size === 'phone';
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: theme,
    deviceScaleFactor: scale,
    reducedMotion: 'reduce',
    isMobile: isPhone,
    hasTouch: isPhone,
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    ...more,
  });
  const page = await context.newPage();
  page.trouble = [];
  await page.addInitScript(() => {
    window.cspReports = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.cspReports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  page.on('pageerror', (error) => page.trouble.push(`error: ${error.stack}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) page.trouble.push(`console: ${message.text()}`);
  });
  return page;
}

/** Fails if the page had errors or broke its content security policy. */
export async function assertClean(page) {
  const reports = await page.evaluate(() => window.cspReports ?? []);
  assert.deepEqual([...page.trouble, ...reports], []);
}

/** The A and AA violations that axe finds, in one line each. */
export async function violations(page) {
  // Run in the page's own world, where no policy forbids it: the text is evaluated by the debugger, not by the page.
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { violations: found } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary.split('\n').slice(1).join(' ')}`));
  }, TAGS);
}

export async function assertAccessible(page) {
  assert.deepEqual(await violations(page), []);
}

/** Waits until what a function in the page gives is true. */
export async function until(page, what, argument) {
  await page.waitForFunction(what, argument, { timeout: 10_000 });
}
