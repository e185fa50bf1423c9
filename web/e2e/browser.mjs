// The browser of the tests: the system's Chromium, and what every page is watched for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
export const THEMES = ['light', 'dark'];
export const PATIENCE_MS = 60_000;

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
  // Generous, so that a busy machine makes a test slow and not red.
  page.setDefaultTimeout(PATIENCE_MS);
  page.theme = theme;
  page.trouble = [];
  await page.addInitScript(() => {
    window.cspReports = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.cspReports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  page.on('response', (answer) => {
    // Links to a cloud are optional; anything else that is asked for has to be there.
    if (answer.status() === 404 && /\/api\/v1\/(?!uplinks)/.test(answer.url())) page.trouble.push(`not there: ${answer.url()}`);
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
async function violations(page) {
  return page.evaluate(async (tags) => {
    const { violations: found } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary.split('\n').slice(1).join(' ')}`));
  }, TAGS);
}

/** Fails for each A and AA violation that axe finds in what is shown, in the one theme and in the other. */
export async function assertAccessible(page, where = page.url()) {
  // Run in the page's own world, where no policy forbids it: the text is evaluated by the debugger, not by the page.
  await page.evaluate(AXE);
  for (const theme of [...THEMES.filter((it) => it !== page.theme), page.theme]) {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForFunction((isDark) => document.documentElement.classList.contains('dark') === isDark, theme === 'dark');
    assert.deepEqual(await violations(page), [], `${where}, ${theme}`);
  }
}

/** Waits until what a function in the page gives is true. */
export async function until(page, what, argument) {
  await page.waitForFunction(what, argument);
}

/**
 * Waits for a toast that says something, and takes what it offers in the same moment: an undo is there for ten seconds, and on a busy machine a
 * test may need longer to come back to it.
 */
export async function undo(page, text) {
  await until(page, (words) => {
    const toast = [...document.querySelectorAll('[data-toast]')].find((it) => it.textContent.includes(words));
    const button = [...(toast?.querySelectorAll('button') ?? [])].find((it) => it.textContent === 'Undo');
    button?.click();
    return button !== undefined;
  }, text);
}

/** Presses Tab until the element with the focus fits a selector and has a text: what cannot be reached by keyboard fails. */
export async function tabTo(page, selector, text = '', most = 120) {
  for (let n = 0; n < most; n++) {
    if (await page.evaluate(([it, words]) => document.activeElement?.matches(it) && document.activeElement.textContent.includes(words), [selector, text])) return;
    await page.keyboard.press('Tab');
  }
  const at = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
  assert.fail(`${selector} ${text} is not reached by Tab; the focus is at ${at}`);
}

/** Milliseconds of processor time that the page has spent so far, as Chromium counts them: others may use the machine too. */
export async function processorOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name) => metrics.find((it) => it.name === name).value * 1000;
    return { script: of('ScriptDuration'), all: of('TaskDuration') };
  };
}

/** From now on what has the focus in the moment in which `selector` leaves the page is kept: its label, its link and its row. The function returned tells it. */
export async function focusWhenGone(page, selector) {
  const kept = await page.evaluateHandle((selector) => {
    const kept = {};
    const observer = new MutationObserver(() => {
      if (document.querySelector(selector)) return;
      const it = document.activeElement;
      Object.assign(kept, { label: it.labels?.[0]?.textContent, href: it.getAttribute('href'), row: it.closest('[data-row]')?.dataset.row });
      observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true });
    return kept;
  }, selector);
  return () => kept.jsonValue();
}
