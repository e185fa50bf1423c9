// What the page costs, for docs/performance.md: `npm run measure`, best on a quiet machine. Times are those of the processor in the page's
// main thread, as Chromium counts them. 2,000 invented devices of which 67 change each second; medians.
import { cpus, loadavg } from 'node:os';
import { eventually } from './real.mjs';
import { launch, open, processorOf } from './browser.mjs';
import { FixtureAgent } from './fixture/agent.mjs';

const EXTRA = 1856;
const [UPDATES, SORTS, STARTS] = [15, 9, 3];
const browser = await launch();
const agent = new FixtureAgent({ extra: EXTRA });
const url = `http://127.0.0.1:${await agent.listen()}`;
const median = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const rows = [];

for (const slower of [1, 4]) {
  const starts = [];
  for (let n = 0; n < STARTS; n++) {
    const page = await start(slower);
    starts.push(await page.evaluate(() => performance.now()));
    await page.context().close();
  }
  const page = await start(slower);
  const spent = await processorOf(page);
  await follow(3);
  await page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((it) => it.duration))).observe({ type: 'longtask' });
  });
  const before = await spent();
  const seq = agent.seq;
  await follow(UPDATES);
  const after = await spent();
  const n = agent.seq - seq;
  const long = await page.evaluate(() => window.longTasks);
  const sorts = [];
  for (let at = 0; at < SORTS; at++) {
    const from = await spent();
    const wall = await page.evaluate(async (column) => {
      const start = performance.now();
      document.querySelectorAll('[role=columnheader] button')[column].click();
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - start;
    }, at % 4);
    sorts.push([(await spent()).all - from.all, wall]);
  }
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  rows.push([`${slower}×`, median(starts), (after.script - before.script) / n, (after.all - before.all) / n, median(sorts.map(([cpu]) => cpu)), median(sorts.map(([, wall]) => wall)), Math.max(0, ...long), usedSize / 1e6]);
  await page.context().close();
}
await browser.close();
await agent.close();

console.log(`${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}\n`);
console.log('| slowed | to the first row, ms | script an update, ms | all work an update, ms | sort, ms | click to frame, ms | longest task, ms | heap, MB |');
console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
for (const [name, ...figures] of rows) console.log(`| ${name} | ${figures.map((it, at) => it.toFixed(at === 1 || at === 2 || at === 6 ? 1 : 0)).join(' | ')} |`);
process.exit();

/** A page that is that much slower than this machine, up to its first row. */
async function start(slower) {
  const page = await open(browser);
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForSelector('[data-row]');
  return page;
}

async function follow(updates) {
  const until = agent.seq + updates;
  await eventually(() => {
    if (agent.seq < until) throw new Error('the agent stands still');
  });
}
