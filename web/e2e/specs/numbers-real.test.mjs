// Every number of the Fleet page against the agent's own answers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, launch, open } from '../browser.mjs';
import { celsius, difficulty, efficiency, fixed, hashrate, MISSING, percent, power, si, three, uptime } from '../figures.mjs';
import { eventually, FIGURES_STAND_STILL, followDemo } from '../real.mjs';

let browser;
let fleet;

before(async () => {
  browser = await launch();
  fleet = await followDemo(24, FIGURES_STAND_STILL);
});

after(async () => {
  await browser.close();
  await fleet.stop();
});

const OTHERS = new Set(['gss', 'mim', 'host']);
const isMiner = (row) => (row.snapshot_kind ? row.snapshot_kind === 'miner' : !OTHERS.has(row.kind));

/** Texts of the page without their spaces. */
function shown(page) {
  return page.evaluate(() => {
    const text = (element) => element?.textContent.replace(/\s+/g, '') ?? null;
    const section = (name) => document.querySelector(`main section[aria-label="${name}"]`);
    const totals = Object.fromEntries([...section('Totals').querySelectorAll('h2')].filter((it) => it.nextElementSibling).map((it) => [it.textContent.split(' · ')[0], { value: text(it.nextElementSibling), notes: [...it.parentElement.querySelectorAll(':scope > p')].slice(1).map(text), title: it.parentElement.title }]));
    const titles = [...document.querySelectorAll('[role=columnheader]')].map((it) => it.textContent);
    const rows = [...document.querySelectorAll('[data-row]')].map((row) => [row.dataset.row, Object.fromEntries([...row.querySelectorAll('[role=cell]')].map((cell, at) => [titles[at], text(cell)]))]);
    return {
      totals,
      rows: Object.fromEntries(rows),
      order: rows.map(([id]) => id),
      tabs: Object.fromEntries([...document.querySelectorAll('[data-lens]')].map((it) => [it.dataset.lens, text(it.querySelector('span:last-child'))])),
      rail: Object.fromEntries([...document.querySelectorAll('nav[aria-label=Pages] a')].filter((it) => it.checkVisibility()).map((it) => [it.getAttribute('href'), text(it.querySelector('span:not(:first-of-type):not([role])')) ?? '0'])),
      attention: text(section('Needs attention')),
      map: document.querySelectorAll('[data-device]').length,
    };
  });
}

const STATE_WORDS = { hashing: 'Hashing', degraded: 'Degraded', hot: 'Toohot', not_hashing: 'Nothashing', standby: 'Standby', stale: 'Stale', offline: 'Offline', auth: 'Authneeded', unknown: 'Unknown', pending: 'Pending', disabled: 'Disabled' };
const NOT_LIVE = new Set(['offline', 'auth', 'unknown', 'pending', 'disabled']);

test('every number of the page is that of the agent and of its own rows', async () => {
  // High enough for every row to be there.
  const page = await open(browser, { context: { viewport: { width: 1600, height: 3000 } } });
  await page.goto(fleet.url);
  await page.waitForSelector('[data-row]');
  await eventually(async () => {
    const [{ rows }, summary, { issues }] = await Promise.all([fleet.json('/readings?view=table'), fleet.json('/summary'), fleet.json('/issues')]);
    const it = await shown(page);
    const miners = rows.filter(isMiner);
    const count = (fits) => String(miners.filter(fits).length);

    // Totals.
    const [[algorithm, main], ...others] = Object.entries(summary.hashing).sort(([, a], [, b]) => b.miners - a.miners);
    const { Hashrate, Power, Efficiency, Hottest } = it.totals;
    const Shares = it.totals['Shares accepted'];
    assert.equal(Hashrate.value, hashrate(main.current_hps));
    assert.deepEqual(Hashrate.notes, [`${percent((main.current_hps / main.expected_hps) * 100)}of${hashrate(main.expected_hps)}`, ...others.map(([name, other]) => hashrate(other.current_hps) + name)]);
    assert.equal(Power.value, power(summary.watts));
    assert.deepEqual(Power.notes, [summary.without_watts > 0 ? `${summary.without_watts}miner${summary.without_watts === 1 ? '' : 's'}without` : `${si((summary.watts * 24) / 1000, ['kWh', 'MWh', 'GWh'])}aday`]);
    assert.equal(Efficiency.value, `${efficiency(main.efficiency_joules_per_terahash)}J/TH`);
    const each = miners.filter((row) => row.algorithm === algorithm && !NOT_LIVE.has(row.state)).flatMap((row) => row.efficiency_joules_per_terahash ?? []);
    assert.deepEqual(Efficiency.notes, [`best${three(Math.min(...each))}·worst${three(Math.max(...each))}`]);
    const { hottest_chip: hottest } = summary;
    const hottestRow = miners.find((row) => row.id === hottest.source_id);
    assert.equal(Hottest.value, celsius(hottest.celsius));
    assert.deepEqual(Hottest.notes, [hottestRow.name.replace(/\s+/g, '') + (hottestRow.critical_celsius === undefined ? '' : `·limit${fixed(hottestRow.critical_celsius, 0)}`)]);
    const { accepted, rejected } = summary.shares;
    assert.equal(Shares.value, rejected === 0 ? '100%' : `${fixed(Math.min((accepted / (accepted + rejected)) * 100, 99.99), 2)}%`);
    assert.deepEqual(Shares.notes, [`${difficulty(rejected)}rejected`]);
    assert.equal(Shares.title, `${fixed(accepted, 0)} accepted, ${fixed(rejected, 0)} rejected since the miners started`);

    // The totals of the agent are the sums of its rows.
    const sum = (all, field) => all.reduce((total, row) => total + (row[field] ?? 0), 0);
    const counted = miners.filter((row) => !NOT_LIVE.has(row.state));
    near(main.current_hps, sum(counted.filter((row) => row.algorithm === algorithm), 'current_hps'));
    near(summary.watts, sum(counted, 'watts'));
    near(accepted, sum(counted, 'accepted'));
    near(rejected, sum(counted, 'rejected'));

    // Counts.
    assert.deepEqual(it.tabs, {
      all: count(() => true),
      attention: count((row) => ['hot', 'not_hashing', 'offline', 'auth', 'degraded', 'stale'].includes(row.state)),
      working: count((row) => ['hashing', 'degraded', 'hot'].includes(row.state)),
      offline: count((row) => row.state === 'offline'),
      standby: count((row) => row.state === 'standby'),
    });
    assert.equal(it.tabs.all, String(summary.miners.total));
    assert.equal(it.tabs.attention, String(summary.miners.attention));
    assert.equal(it.tabs.standby, String(summary.miners.by_state.standby ?? 0));
    assert.equal(it.rail['/'], String(miners.length));
    assert.equal(it.rail['/pools'], String(rows.filter((row) => row.snapshot_kind === 'pool').length));
    assert.equal(it.rail['/servers'], String(rows.filter((row) => row.snapshot_kind === 'infrastructure').length));
    assert.equal(it.rail['/events'], String(issues.length));
    const plural = (n, word) => `${n}${word}${n === 1 ? '' : 's'}`;
    const involved = new Set(issues.flatMap((issue) => issue.source_ids)).size;
    assert.ok(it.attention.includes(`${plural(issues.length, 'issue')},${plural(involved, 'device')}`), it.attention);
    assert.equal(it.map, miners.length);

    // Rows.
    assert.deepEqual([...it.order].sort(), miners.map((row) => row.id).sort());
    for (const row of miners) {
      const cells = it.rows[row.id];
      const live = (text) => (NOT_LIVE.has(row.state) ? MISSING : text);
      const want = {
        Hashrate: live(hashrate(row.current_hps)),
        Temp: live(celsius(row.hottest_celsius)),
        Power: live(power(row.watts)),
        'J/TH': live(efficiency(row.efficiency_joules_per_terahash)),
        // Without the letter of the coin before it.
        Pool: live(row.pool ? (row.pool_role === 'fallback' ? 'backup' : row.pool.replace(/:\d+$/, '')) : MISSING),
        Uptime: live(uptime(row.uptime_secs)),
        'Best diff': row.best_difficulty === undefined ? MISSING : difficulty(row.best_difficulty),
      };
      cells.Pool = cells.Pool.replace(/^[A-Z](?=.+)/, '');
      for (const [column, text] of Object.entries(want)) assert.equal(cells[column], text, `${row.id}, ${column}`);
      assert.ok(cells.Device.startsWith(row.name.replace(/\s+/g, '')), cells.Device);
      assert.ok(cells.State.startsWith(STATE_WORDS[row.state]), `${row.id}: ${cells.State}`);
    }
  });
  await assertClean(page);
  await page.context().close();
});

function near(a, b) {
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)), `${a} is not ${b}`);
}
