// What an agent and a receiver show of the same sources, over `gssa demo --cloud`: both pages and both APIs, figure by figure, twice, a minute
// apart. Three sources of each kind are drawn; SEED=… draws the same ones again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, launch, open } from '../browser.mjs';
import { hidden, readingAway, rowAway } from '../privacy.mjs';
import { demoWithCloud, eventually, hasCloud } from '../real.mjs';
import { bare, coinFigures, fleetRow, minerPage, sentence, serverCard, shortAccount, workerCells, workerName } from '../told.mjs';
import { hashrate, plural, uptime, whole } from '../figures.mjs';
import { isSameTime, linesOf, withoutTimes } from '../visible.mjs';

const skip = !hasCloud() && 'no gsscloud beside gssa';
const APART_MS = 60_000;
const EACH = 3;

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const random = randomFrom(seed);
let browser;
let demo;
let sides;

before(async () => {
  if (skip) return;
  browser = await launch();
  demo = await demoWithCloud(24);
  const { agent, cloud } = demo;
  const size = { context: { viewport: { width: 1440, height: 900 } } };
  const [home, away] = [await open(browser, size), await open(browser, size)];
  await away.goto(cloud.url);
  await away.fill('input[name=username]', cloud.user);
  await away.fill('input[type=password]', cloud.password);
  await away.keyboard.press('Enter');
  await away.click('[data-agent] h2 a');
  await away.waitForSelector('[data-row]');
  const id = new URL(away.url()).pathname.split('/')[2];
  const asked = (page, api) => ({ page, trends: trendsOf(page), json: async (path) => (await page.request.get(`${api}${path}`)).json() });
  sides = {
    agent: { ...asked(home, `${agent.url}/api/v1`), at: (path) => `${agent.url}${path}` },
    cloud: { ...asked(away, `${cloud.url}/api/v1/agents/${id}`), at: (path) => `${cloud.url}/a/${id}${path}`, isAway: true },
  };
});

after(async () => {
  if (skip) return;
  await browser.close();
  await demo.stop();
});

test('agent and receiver show the same figures, and a minute later the same others', { skip }, async (t) => {
  t.diagnostic(`SEED=${seed}`);
  console.log(`SEED=${seed}`);
  const views = await draw();
  t.diagnostic(views.map((it) => it.name).join(', '));
  const first = [];
  for (const view of views) first.push(await look(view));
  for (const [at, view] of views.entries()) {
    const then = first[at];
    await eventually(async () => assert.ok((await observed(view.id)) - then.observed >= APART_MS, `${view.name} is not a minute further`), 120_000);
    const now = await look(view);
    assert.notDeepEqual(now.reading, then.reading, `${view.name} is what it was`);
    // A pool that tells no hashrate shows counts alone, and a minute of shares is less than their third digit.
    const isCounted = view.coin !== undefined && !now.reading.coins.find((it) => it.key === view.coin).windows_hps;
    for (const side of ['agent', 'cloud']) if (!isCounted) assert.notDeepEqual(now[side], then[side], `the figures of ${view.name} have not changed at the ${side}`);
  }
  for (const { page } of Object.values(sides)) await assertClean(page);
});

const observed = async (id) => Date.parse((await sides.agent.json(`/readings/${id}`)).observed_at);

/** Three sources of each kind that answer, and how each is seen. */
async function draw() {
  const { agent, cloud } = sides;
  const rows = await eventually(async () => {
    const [{ rows }, there] = await Promise.all([agent, cloud].map((it) => it.json('/readings?view=table')));
    assert.deepEqual(there.rows.map((it) => [it.id, it.state !== 'pending']), rows.map((it) => [it.id, true]));
    for (const row of rows) if (row.snapshot_kind === 'pool') assert.ok(row.links?.length > 0, `${row.id} has no miner yet`);
    return rows;
  });
  const miners = some(rows.filter((it) => it.snapshot_kind === 'miner' && ['hashing', 'degraded'].includes(it.state) && it.current_hps > 0));
  const pools = some(rows.filter((it) => it.snapshot_kind === 'pool'));
  const servers = [];
  for (const { id } of rows.filter((it) => it.snapshot_kind === 'infrastructure')) {
    const { snapshot } = await agent.json(`/readings/${id}`);
    servers.push(...snapshot.servers.flatMap((server, at) => (server.reachable === false ? [] : [{ id, at }])));
  }
  const views = [
    ...miners.flatMap(({ id }) => [
      { name: `miner ${id}`, path: `/d/${id}`, root: 'main', ready: 'section[aria-label=Identity] dl', id, check: checkMiner },
      { name: `row of ${id}`, path: `/?q=${id}`, root: `[data-row="${id}"]`, id, check: checkRow },
    ]),
    ...some(servers).map(({ id, at }) => ({ name: `server ${at} of ${id}`, path: '/servers', root: '[data-server]', server: at, id, check: checkServer })),
  ];
  const coins = [];
  for (const { id } of pools) coins.push(...(await agent.json(`/readings/${id}`)).snapshot.coins.map(({ key }) => ({ id, coin: key })));
  views.push(...coins.map(({ id, coin }) => ({ name: `card of ${id} ${coin}`, path: '/pools', root: `[data-coin="${id} ${coin}"]`, id, coin, check: checkCard })));
  views.push(...coins.map(({ id, coin }) => ({ name: `coin ${coin} of ${id}`, path: `/pools?pool=${id}&coin=${coin}`, root: 'main', ready: '[data-worker]', id, coin, check: checkCoin })));
  return views;
}

/** Looks at both pages and asks both APIs, until all four are of one moment, and compares them. What is shown is given, without times. */
async function look(view) {
  const { id } = view;
  await Promise.all(Object.values(sides).map(({ page, at }) => page.url() !== at(view.path) && page.goto(at(view.path))));
  let wrong;
  const compared = eventually(async () => {
    const before = await observed(id);
    const [home, away] = await Promise.all(['agent', 'cloud'].map((name) => see(view, sides[name])));
    for (const it of [home.reading, home.row, away.reading, away.row]) assert.equal(Date.parse(it.observed_at), before, `${view.name} is of another moment`);
    try {
      compare(view, home, away);
    } catch (error) {
      wrong = error;
      throw error;
    }
    return { observed: before, agent: withoutTimes(home.lines).lines, cloud: withoutTimes(away.lines).lines, reading: home.reading.snapshot };
  });
  return compared.catch((error) => assert.fail(wrong ?? error));
}

function compare(view, home, away) {
  // The APIs: nothing but what stays at home is different.
  assert.deepEqual(away.reading, readingAway(home.reading, away.reading), `the readings of ${view.name}`);
  const { spark: _, ...row } = away.row;
  assert.deepEqual(row, rowAway(home.row), `the rows of ${view.name}`);
  // Page and API of each side.
  for (const it of [home, away]) view.check({ ...view, name: `${view.name} at the ${it.isAway ? 'receiver' : 'agent'}` }, it);
  // The pages: the same lines, without what stays at home.
  const [here, there] = [withoutTimes(home.lines), withoutTimes(away.lines)];
  assert.deepEqual(there.lines, awayLines(here.lines, home), `the pages of ${view.name}`);
  for (const [at, secs] of here.times.entries()) assert.ok(isSameTime(secs, there.times[at]), `a time of ${view.name}: ${secs} s and ${there.times[at]} s`);
}

/** What the page was last told of the day of each coin. It asks now and then, and the newest step is a mean that still moves. */
function trendsOf(page) {
  const trends = new Map();
  page.on('response', (response) => {
    const { pathname, searchParams } = new URL(response.url());
    const [, id] = /\/history\/([^/]+)$/.exec(pathname) ?? [];
    if (!id || !searchParams.has('coin')) return;
    // The page may have been left before all of it came.
    response.json().then(
      ({ points }) => trends.set(`${decodeURIComponent(id)} ${searchParams.get('coin')}`, points),
      () => {},
    );
  });
  return trends;
}

async function see(view, { page, json, trends, isAway = false }) {
  const root = view.server === undefined ? view.root : `[data-server^="${view.id} "]`;
  await page.waitForSelector(view.ready ?? root);
  const nth = view.server ?? 0;
  const [lines, shown] = [await linesOf(page, root, nth), await shownIn(page, root, nth)];
  const { id } = view;
  const [reading, { rows }, { issues }, { entries }, { time_zone: zone }] = await Promise.all([`/readings/${id}`, '/readings?view=table', '/issues', `/journal?source_id=${id}`, '/agent'].map(json));
  // The line of a day is what each side remembers itself: it is held against what its own API told.
  const trend = view.coin && (await page.$$eval(`${root} [data-trend] p`, (all) => all.map((it) => it.textContent)));
  const remembered = view.coin && (trends.get(`${id} ${view.coin}`) ?? []);
  return { trend, remembered, lines, ...shown, reading, rows, row: rows.find((it) => it.id === id), issues: issues.filter((it) => it.source_ids.includes(id)), entries, zone, isAway };
}

/** Names and values of the lists, and the cells of the lines of tables, without spaces. */
function shownIn(page, selector, nth) {
  return page.evaluate(
    ([it, at]) => {
      const root = document.querySelectorAll(it)[at];
      const text = (element) => element.innerText.replace(/\s+/g, '');
      const pairs = [...root.querySelectorAll('dt')].map((dt) => {
        const values = [];
        for (let next = dt.nextElementSibling; next && next.tagName === 'DD'; next = next.nextElementSibling) values.push(text(next));
        return { section: dt.closest('section')?.getAttribute('aria-label'), name: text(dt), values };
      });
      const titles = [...document.querySelectorAll('[role=columnheader], th')].map((title) => title.textContent.trim());
      const lines = [...document.querySelectorAll('[data-worker], [data-row]')].map((line) => [line.dataset.worker ?? line.dataset.row, Object.fromEntries([...line.querySelectorAll('[role=cell], td')].map((cell, n) => [titles[n].replace(/\s+/g, ''), text(cell)]))]);
      return { pairs, cells: Object.fromEntries(lines) };
    },
    [selector, nth],
  );
}

const hostOf = (row) => row.ip ?? row.address.replace(/^[a-z]+:\/\//, '');
const AT_HOME = new Set(['Host name', 'MAC', 'Serial number', 'Address', 'Wi-Fi signal']);

/** The lines of an agent's page as a receiver shows them. */
function awayLines(lines, { row, rows, reading }) {
  const workers = (reading.snapshot.coins ?? []).flatMap((it) => it.workers);
  const accounts = new Set(workers.map((it) => it.name.split('.')[0]));
  const addresses = new Set(workers.flatMap((it) => it.address ?? []));
  const host = hostOf(row);
  const machine = reading.source.kind === 'host' ? reading.snapshot.servers[0].name : undefined;
  const out = [];
  for (let at = 0; at < lines.length; at++) {
    if (lines[at] === 'Poll now' || lines[at] === 'Open its page') continue;
    if (AT_HOME.has(lines[at])) {
      at += 1;
      continue;
    }
    let line = lines[at].replace(` · ${host}`, '');
    // A page leaves out the middle of a wallet too, but shows more of it.
    for (const account of accounts) line = line.replaceAll(shortAccount(account), hidden(account));
    for (const address of addresses) line = line.replace(` · ${address}`, '');
    if (machine) line = line.replace(`${machine} · `, '');
    // In the table a pool is called by its host, and by its name where that stays at home.
    if (row.pool && line === row.pool.replace(/:\d+$/, '')) line = awayPool(row, rows);
    out.push(/^\D*\d+(\.\d+){3}$/.test(line) && line.startsWith(reading.snapshot.identity?.firmware ?? '\n') ? line : hidden(line));
  }
  return out;
}

function awayPool(row, rows) {
  const host = hidden(row.pool.replace(/:\d+$/, ''));
  return (host === '…' && rows.find((it) => it.id === row.links?.[0]?.source_id)?.name) || host;
}

/** Fails if figures are shown that nothing told explains. */
function assertExplained(it, texts, name) {
  const clocks = it.entries.map((entry) => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: it.zone }).format(Date.parse(entry.at)));
  const { row, rows } = it;
  const of = [row.name, row.make, row.model, row.kind, row.group, row.detail, row.firmware, row.firmware_version, hostOf(row), ...rows.map((one) => one.name), ...it.issues.flatMap((one) => [one.title, sentence(one.detail)]), ...it.entries.map((one) => sentence(one.text)), ...clocks];
  const known = new Set([...texts, ...it.pairs.flatMap(({ name, values }) => [name, ...values.map(timeless)]), ...of].filter(Boolean).map(bare));
  // A short text explains a line, and nothing within one.
  const parts = [...known].filter((text) => text.length > 2).sort((a, b) => b.length - a.length);
  for (const line of withoutTimes(it.lines).lines.map(bare)) {
    const rest = known.has(line) ? '' : parts.reduce((left, text) => left.replaceAll(text, '|'), line);
    assert.doesNotMatch(rest, /\d/, `nothing that is told of ${name} explains "${line}"`);
  }
}

const timeless = (text) => text.replace(/since(\d{2}:\d{2}|\d+[A-Z][a-z]{2})/, 'since@').replace(/^(\d+(s|min|h|d))+ago/, '@ago');

/** The pairs without times, by section and name or by name. */
const pairsOf = ({ pairs }, hasSections) => Object.fromEntries(pairs.map(({ section, name, values }) => [hasSections ? `${section}/${name}` : name, timeless(values.join(''))]));

function checkMiner(view, it) {
  const { pairs, texts } = minerPage(it.row, it.reading);
  assert.deepEqual(pairsOf(it, true), pairs, view.name);
  const page = bare(it.lines.join(''));
  for (const text of texts) assert.ok(page.includes(text), `${text} is not shown of ${view.name}`);
  assertExplained(it, texts, view.name);
}

function checkRow(view, it) {
  const { Device, State, More: _, ...cells } = it.cells[it.row.id];
  const expected = fleetRow(it.row, (row) => (row.pool_role === 'fallback' ? 'backup' : bare(it.isAway ? awayPool(row, it.rows) : row.pool.replace(/:\d+$/, ''))));
  // Before a pool stands the letter of its coin, if that is known.
  const coin = cells.Pool.slice(0, cells.Pool.length - expected.Pool.length);
  assert.match(coin, /^[A-Z]?$/);
  for (const [column, text] of Object.entries(expected)) assert.equal(column === 'Pool' ? cells.Pool.slice(coin.length) : cells[column], text, `${view.name}, ${column}`);
  assert.ok(Device.startsWith(bare(it.row.name)) && State !== '');
}

function checkServer(view, it) {
  const { pairs, texts } = serverCard(it.reading.snapshot.servers[view.server]);
  assert.deepEqual(pairsOf(it), pairs, view.name);
  const page = bare(it.lines.join(''));
  for (const text of texts) assert.ok(page.includes(text), `${text} is not shown of ${view.name}`);
  const { name, os, architecture, containers = [] } = it.reading.snapshot.servers[view.server];
  // Some containers tell since when they run: by the clock of the page.
  const running = containers.flatMap((one) => (one.started_at ? [0, 15_000].map((ago) => uptime((Date.now() - ago - Date.parse(one.started_at)) / 1000)) : []));
  const counts = [...running, `${containers.length}container`, `${containers.filter((one) => one.state === 'exited').length}ended`, plural(containers.filter((one) => ['available', 'critical'].includes(one.update)).length, 'update'), bare([name, os, architecture].filter(Boolean).join('·')), bare([os, architecture].filter(Boolean).join('·')), ...containers.map((one) => bare(one.name + (one.version ?? '')))];
  assertExplained(it, [...texts, ...counts], view.name);
}

const coinOf = (view, it) => it.reading.snapshot.coins.find(({ key }) => key === view.coin);
const mineOf = (view, it) => it.rows.filter((row) => row.snapshot_kind === 'miner' && row.links?.some((link) => link.source_id === it.row.id && link.coin === view.coin)).length;

/** The least and the most of the line of a coin are figures that its side told. */
function checkTrend(view, { trend, remembered }) {
  const told = new Set(remembered.map(([, hps]) => hashrate(hps)));
  for (const text of trend) {
    const [, least, most] = /^Between(.+)and(.+)inthelast/.exec(bare(text));
    for (const figure of [least, most]) assert.ok(told.has(figure), `${figure} in the line of ${view.name} is none of ${[...told].join(', ')}`);
  }
}

function checkCard(view, it) {
  const coin = coinOf(view, it);
  checkTrend(view, it);
  assert.deepEqual(pairsOf(it), { ...coinFigures(coin), Workers: `${whole(coin.active_workers)}connected${coin.active_workers === 1 ? '' : 'now'}` }, view.name);
  const mine = mineOf(view, it);
  const text = mine > 0 ? `${mine}ofmyminershere` : 'Noneofmyminershere';
  assert.ok(bare(it.lines.join('')).includes(text), text);
  assertExplained(it, [text], view.name);
}

function checkCoin(view, it) {
  const coin = coinOf(view, it);
  checkTrend(view, it);
  const mine = mineOf(view, it);
  assert.deepEqual(pairsOf(it), { ...coinFigures(coin), Workersconnected: whole(coin.active_workers) + (mine > 0 ? `${mine}ofmyminers` : 'noneofmyminers') }, view.name);
  const ids = new Map(it.reading.links.filter((link) => link.coin === coin.key).map((link) => [link.worker, link.source_id]));
  assert.deepEqual(Object.keys(it.cells).sort(), coin.workers.map((one) => one.name).sort());
  const names = [];
  for (const worker of coin.workers) {
    const { Worker, ...cells } = it.cells[worker.name];
    const expected = workerCells(worker, it.rows.find((row) => row.id === ids.get(worker.name)));
    for (const [column, text] of Object.entries(cells)) assert.equal(timeless(text), expected[column], `${worker.name} of ${view.name}, ${column}`);
    const name = workerName(worker);
    assert.equal(Worker, name.join(''), view.name);
    names.push(...name, ...Object.values(expected));
  }
  const linked = coin.workers.filter((one) => it.rows.some((row) => row.id === ids.get(one.name))).length;
  const lenses = [`All${coin.workers.length}`, `Myminers${linked}`, `Others${coin.workers.length - linked}`, `Notconnected${coin.workers.filter((one) => one.active === false).length}`];
  const page = bare(it.lines.join(''));
  for (const text of lenses) assert.ok(page.includes(text), text);
  assertExplained(it, [...lenses.map((text) => text.replace(/^\D+/, '')), ...names, coin.algorithm, `up${uptime(it.reading.snapshot.uptime_secs)}`], view.name);
}

/** A few of them, in the order they came. */
function some(all) {
  const left = [...all];
  const chosen = [];
  while (chosen.length < EACH && left.length > 0) chosen.push(...left.splice(Math.floor(random() * left.length), 1));
  assert.equal(chosen.length, EACH);
  return all.filter((it) => chosen.includes(it));
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let it = Math.imul(state ^ (state >>> 15), 1 | state);
    it = (it + Math.imul(it ^ (it >>> 7), 61 | it)) ^ it;
    return ((it ^ (it >>> 14)) >>> 0) / 2 ** 32;
  };
}
