// What somebody can read on a page, and what of it is a time that passes.

/** The lines of what is shown in an element, without the course of a day, which is drawn. */
export async function linesOf(page, selector, nth = 0) {
  const text = await page.evaluate(([it, at]) => {
    const element = document.querySelectorAll(it)[at];
    if (!element) return '';
    const drawn = element.querySelectorAll('section[aria-label=History], [data-trend]');
    // Only what is in the page has lines.
    for (const chart of drawn) chart.hidden = true;
    const lines = element.innerText;
    for (const chart of drawn) chart.hidden = false;
    return lines;
  }, [selector, nth]);
  return text.split(/[\n\t]/).map((it) => it.replace(/\s+/g, ' ').trim()).filter(Boolean);
}

const UNITS = { s: 1, min: 60, h: 3600, d: 86_400 };
const AGO = /(?:\d+ (?:s|min|h|d) ?)+ago/g;
const SINCE = /(?:for|For|·) ((?:\d+ (?:s|min|h|d)(?: |$))+)/g;
const FROM = /since (?:\d{2}:\d{2}|\d{1,2} [A-Z][a-z]{2})\b/g;

const secsOf = (text) => [...text.matchAll(/(\d+) (s|min|h|d)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * UNITS[unit], 0);

/** The lines with a mark where they tell how long something lasts, and what was there, in seconds. */
export function withoutTimes(lines) {
  const times = [];
  const mark = (what) => (text) => {
    times.push(secsOf(text));
    return what;
  };
  const rest = lines.map((line) => line.replace(AGO, mark('@ ago')).replace(SINCE, (text) => mark('for @')(text)).replace(FROM, 'since @'));
  return { lines: rest, times };
}

/** How far two times of the same moment may be apart: pages tick each five seconds, and each looks a little later than the other. */
export const isSameTime = (a, b) => Math.abs(a - b) <= (Math.max(a, b) < 60 ? 0 : Math.max(a, b) < 86_400 ? 60 : 3600) + 12;
