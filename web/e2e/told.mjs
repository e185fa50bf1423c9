// What a page has to show of a source, made from the answers of the API alone: names and values, other texts, all without spaces.
import { acceptance, bytes, celsius, difficulty, efficiency, energy, fixed, hashrate, MISSING, percent, plural, power, smallPercent, span, three, uptime, whole } from './figures.mjs';

export const bare = (text) => text.replace(/\s+/g, '');
const known = (entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ''));
const joined = (...parts) => parts.filter(Boolean).join('·');
const sentence = (text) => bare(text.charAt(0).toUpperCase() + text.slice(1));

const SENSORS = { chip: 'Chip', board: 'Board', regulator: 'Regulator', intake: 'Intake', outlet: 'Outlet', psu: 'Powersupply' };
const ROLES = { primary: 'primary', fallback: 'backup', second: 'second', fee: 'feeofthefirmware' };

/** The page of a miner. */
export function minerPage(row, { snapshot, took_ms: took, effective_interval_secs: interval }) {
  const { hashing, work, power: supply, temperatures, fans, network, identity, boards, pools } = snapshot;
  const limit = row.critical_celsius ?? row.warning_celsius;
  const now = {
    Hashrate: hashrate(row.current_hps) + (row.expected_hps === undefined ? '' : (row.expected_percent === undefined ? '' : `${percent(row.expected_percent)}of`) + hashrate(row.expected_hps)),
    Hottest: celsius(row.hottest_celsius) + joined(row.hottest_sensor, limit !== undefined && `limit${celsius(limit)}`),
    Power: power(row.watts) + (row.watts === undefined ? '' : `${energy(row.watts * 24)}aday`),
    Efficiency: efficiency(row.efficiency_joules_per_terahash) + (row.efficiency_joules_per_terahash === undefined ? '' : 'J/TH'),
    Uptime: uptime(row.uptime_secs) + (row.uptime_secs === undefined ? '' : 'since@'),
    Bestdifficulty: difficulty(row.best_difficulty) + (row.best_session_difficulty === undefined ? '' : `session${difficulty(row.best_session_difficulty)}`),
  };
  const shares = work.accepted === undefined ? undefined : acceptance(work.accepted, work.rejected ?? 0);
  const did = known([
    ...Object.entries(hashing.windows_hps ?? {}).map(([window, hps]) => [`Hashrate,${window}`, hashrate(hps)]),
    ['Sharesaccepted', work.accepted === undefined ? undefined : whole(work.accepted)],
    ['Sharesrejected', work.rejected === undefined ? undefined : whole(work.rejected)],
    ['Acceptance', shares],
    ['Rejectreasons', (work.reject_reasons ?? []).map(({ reason, count }) => bare(`${reason}(${whole(count)})`)).join(',')],
    ['Hardwareerrors', work.hardware_errors === undefined ? undefined : whole(work.hardware_errors)],
    ['Blocksfound', work.blocks_found === undefined ? undefined : whole(work.blocks_found)],
    ['Frequency', supply.frequency_mhz === undefined ? undefined : `${whole(supply.frequency_mhz)}MHz`],
    ['Corevoltage', supply.core_millivolts === undefined ? undefined : `${whole(supply.core_millivolts)}mV`],
    ['Inputvoltage', supply.input_volts === undefined ? undefined : `${fixed(supply.input_volts, 1)}V`],
  ]);
  const several = (sensor) => temperatures.filter((it) => it.sensor === sensor).length > 1;
  const sensors = known([
    ...temperatures.map((it) => [`${SENSORS[it.sensor] ?? it.sensor}${several(it.sensor) ? it.index : ''}`, celsius(it.celsius)]),
    ...fans.map((it) => [`Fan${fans.length > 1 ? it.index : ''}`, joined(it.percent !== undefined && `${whole(it.percent)}%`, it.rpm !== undefined && `${whole(it.rpm)}rpm`)]),
    ['Wi-Fisignal', network.rssi_dbm === undefined ? undefined : `${whole(network.rssi_dbm)}dBm`],
  ]);
  const who = known(
    Object.entries({
      Firmware: [identity.firmware, identity.firmware_version].filter(Boolean).join(' '),
      Board: identity.board,
      Chip: identity.chip,
      Hostname: identity.hostname,
      MAC: identity.mac,
      Serialnumber: identity.serial,
      Address: row.address,
      Askedas: row.kind,
      Askedevery: span(interval ?? row.interval_secs),
      Lastanswertook: `${whole(took)}ms`,
    }).map(([name, value]) => [name, value && bare(value)]),
  );
  const texts = [
    ...boards.flatMap((it) => [
      `Board${it.index}`,
      it.current_hps !== undefined && hashrate(it.current_hps),
      it.chips !== undefined && plural(it.chips, 'chip'),
      it.frequency_mhz !== undefined && `${whole(it.frequency_mhz)}MHz`,
      it.chip_celsius_max !== undefined && `${it.chip_celsius_min === undefined ? '' : `${whole(it.chip_celsius_min)}to`}${celsius(it.chip_celsius_max)}`,
      it.hardware_errors !== undefined && plural(it.hardware_errors, 'error'),
      it.chips_celsius?.length > 0 && `${plural(it.chips_celsius.length, 'chip')}between${Math.min(...it.chips_celsius)}and${Math.max(...it.chips_celsius)}°C.`,
      ...(it.chips_celsius ?? []).map(whole),
    ]),
    ...pools.flatMap((it) => [
      it.url?.replace(/^stratum\+tcp:\/\//, '') ?? MISSING,
      joined(it.role && ROLES[it.role], it.user),
      joined(it.difficulty !== undefined && `diff${difficulty(it.difficulty)}`, it.ping_ms !== undefined && `${three(it.ping_ms)}ms`),
    ]),
    ...(row.links ?? []).map((it) => it.worker),
  ];
  return { pairs: { ...prefixed('Now', now), ...prefixed('Work', did), ...prefixed('Sensors', sensors), ...prefixed('Identity', who) }, texts: texts.filter(Boolean).map(bare) };
}

const prefixed = (section, values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [`${section}/${name}`, value]));

const SECS = { s: 1, m: 60, h: 3600, d: 86_400 };
const WORDS = { s: 's', m: 'min', h: 'h', d: 'd' };
const windowText = (window) => window.replace(/^(\d+)([smhd])$/, (_, n, unit) => n + WORDS[unit]);

const SCOPES = { lifetime: 'sinceset-up', since_start: 'sinceitstarted', session: 'ofthissession' };
const scope = (it, secs) => SCOPES[it] ?? (secs === undefined ? 'ofthesharesitkeeps' : `ofthelast${span(secs)}`);

/** What a coin is like, on its card and on its page. */
export function coinFigures(coin) {
  const { shares, blocks, best_share: best, network } = coin;
  const windows = Object.entries(coin.windows_hps ?? {}).sort(([a], [b]) => parseFloat(a) * SECS[a.at(-1)] - parseFloat(b) * SECS[b.at(-1)]);
  const [main, ...others] = windows;
  const unit = main && hashrate(main[1]).replace(/^[\d.,]+/, '');
  const longer = others.map(([window, hps]) => `${hashrate(hps).replace(unit, '')}in${windowText(window)}`);
  const refused = shares?.rejected === undefined ? undefined : shares.rejected + (shares.stale ?? 0);
  const part = best && network?.difficulty ? (best.difficulty / network.difficulty) * 100 : undefined;
  const found = blocks?.last_found_at;
  const blocksName = found === undefined && blocks?.count ? 'Blocks' : 'Lastblock';
  const blocksNote = blocks ? (found === undefined || !blocks.count ? scope(blocks.scope) : plural(blocks.count, 'block') + scope(blocks.scope)) : '';
  return {
    [main ? `Hashrate,${windowText(main[0])}` : 'Hashrate']: hashrate(main?.[1]) + (coin.estimated ? 'estimatedfromitsshares' : longer.join('·')),
    Accepted: acceptance(shares?.accepted, refused) + (coin.counted === false ? 'notcountedunderthiskey' : shares ? scope(shares.scope, shares.window_secs) : ''),
    Shareofthenetwork: smallPercent(network?.share_percent) + (network?.difficulty === undefined ? '' : `difficulty${difficulty(network.difficulty)}`),
    [blocksName]: (found !== undefined ? '@ago' : blocks?.count === 0 ? 'Noneyet' : blocks?.count ? whole(blocks.count) : MISSING) + blocksNote,
    Bestshare: difficulty(best?.difficulty) + (best ? [part !== undefined && (part < 99.95 ? `${smallPercent(part)}ofablock` : `${three(part / 100)}timesablock`), scope(best.scope)].filter(Boolean).join(',') : ''),
  };
}

/** A wallet, of which the page leaves out the middle. */
export const shortAccount = (account) => (account.length <= 19 ? account : `${account.slice(0, 8)}…${account.slice(-6)}`);

/** Both lines of the name of a worker that is connected. */
export function workerName({ name, user_agent: program, address, sessions = 1 }) {
  const [, account, device] = /^([^.]+)\.(.+)$/.exec(name) ?? [];
  return [device ?? name, joined(account && shortAccount(account), program, address, sessions > 1 && plural(sessions, 'connection'))].map(bare);
}

/** A line of the table of workers. */
export function workerCells(worker, miner) {
  const refused = worker.rejected === undefined ? undefined : worker.rejected + (worker.stale ?? 0);
  const rejects = worker.accepted === undefined || refused === undefined || worker.accepted + refused === 0 ? undefined : (refused / (worker.accepted + refused)) * 100;
  return {
    Miner: miner ? bare(miner.name) : MISSING,
    Hashrate: (worker.estimated && worker.current_hps !== undefined ? '≈' : '') + hashrate(worker.current_hps),
    Accepted: difficulty(worker.accepted),
    Rejected: rejects === undefined ? MISSING : rejects === 0 ? '0%' : `${fixed(rejects, rejects < 9.995 ? 2 : 1)}%`,
    Bestshare: difficulty(worker.best_difficulty),
    Difficulty: difficulty(worker.difficulty),
    Lastshare: worker.last_seen_at === undefined ? MISSING : '@ago',
  };
}

/** The card of a server. */
export function serverCard(server) {
  const used = (it) => percent(Math.min(100, (it.used_bytes / it.total_bytes) * 100)) + `of${bytes(it.total_bytes)}`;
  const full = (it, [warn, bad]) => {
    const part = (it.used_bytes / it.total_bytes) * 100;
    return used(it).replace('of', part >= bad ? 'fullof' : part >= warn ? 'nearlyfullof' : 'of');
  };
  const pairs = known([
    ['Processor', server.cpu_percent === undefined ? undefined : percent(server.cpu_percent) + (server.cpus === undefined ? '' : plural(server.cpus, 'core'))],
    ['Memory', server.memory && full(server.memory, [92, 98])],
    ['Swap', server.swap?.total_bytes > 0 ? used(server.swap) : undefined],
    ...(server.disks ?? []).map((it) => [`Disk${it.mount}`, full(it, [90, 97])]),
    ['Load', server.load?.map((it) => fixed(it, 2)).join('·')],
    ...(server.temperatures ?? []).map((it) => [bare(it.name), celsius(it.celsius) + (it.critical_celsius !== undefined && it.celsius >= it.critical_celsius ? 'toohot' : '')]),
    ['Upfor', server.uptime_secs === undefined ? undefined : uptime(server.uptime_secs)],
  ]);
  return { pairs, texts: (server.containers ?? []).flatMap((it) => [bare(it.name + (it.version ?? '')), it.restarts > 0 ? plural(it.restarts, 'restart') : '', it.uptime_secs === undefined ? '' : uptime(it.uptime_secs)]).filter(Boolean) };
}

/** The line of a miner in the table of the fleet. */
export function fleetRow(row, poolText) {
  return {
    Hashrate: hashrate(row.current_hps),
    Temp: celsius(row.hottest_celsius),
    Power: power(row.watts),
    'J/TH': efficiency(row.efficiency_joules_per_terahash),
    Pool: row.pool ? poolText(row) : MISSING,
    Uptime: uptime(row.uptime_secs),
    Bestdiff: difficulty(row.best_difficulty),
  };
}

export { sentence };
