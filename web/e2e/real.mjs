// The real agent with simulated devices, for tests of the page.
import { execFileSync, spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { page } from './fixture/agent.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_DEADLINE_MS = 60_000;

/** The binary: GSSA_BIN, or what cargo built last. */
export function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? `${ROOT}target`;
  const found = [process.env.GSSA_BIN, `${target}/release/gssa`, `${target}/debug/gssa`].find((path) => path && existsSync(path));
  if (!found) throw new Error('no gssa binary: build it first (cargo build -p gssa), or set GSSA_BIN');
  return found;
}

export async function freePort() {
  const socket = createSocket();
  await new Promise((done) => socket.listen(0, '127.0.0.1', done));
  const { port } = socket.address();
  await new Promise((done) => socket.close(done));
  return port;
}

/** What a test that failed has left running. */
const children = new Set();
process.on('exit', () => children.forEach((it) => it.kill('SIGKILL')));

/** Where an agent writes that it listens. */
const LISTENS = / listen=\S+:(\d+)/;

/**
 * Starts `gssa` with these arguments, reachable at `host`, and waits until it answers. Without a port it takes a free one itself, so that nobody
 * can be faster. `stop` ends it, `log` is what it wrote.
 */
export async function startAgent(args, { port = 0, host = '127.0.0.1', env = {} } = {}) {
  const child = spawn(binary(), [...args, '--listen', `${host}:${port}`], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  const ended = new Promise((done) => child.on('exit', done));
  void ended.then(() => children.delete(child));
  const deadline = Date.now() + START_DEADLINE_MS;
  const failUnless = (isGood) => {
    if (!isGood && (Date.now() > deadline || child.exitCode !== null)) throw new Error(`gssa did not start:\n${log}`);
    return isGood;
  };
  while (!failUnless(LISTENS.test(log))) await new Promise((done) => setTimeout(done, 50));
  port = Number(LISTENS.exec(log)[1]);
  const agent = {
    port,
    url: `http://127.0.0.1:${port}`,
    get log() {
      return log;
    },
    /** Ends the agent and leaves the page beside it, if there is one, so that another agent can take its place. */
    async halt(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
    async stop(signal = 'SIGTERM') {
      await agent.halt(signal);
      await agent.front?.close();
    },
    async json(path) {
      return (await fetch(`${agent.api}${path}`)).json();
    },
  };
  agent.api = `${agent.url}/api/v1`;
  while (!failUnless(await isUp(agent.url))) await new Promise((done) => setTimeout(done, 50));
  await withPage(agent);
  return agent;
}

const isUp = (url) => fetch(`${url}/healthz`).then((it) => it.ok, () => false);

/** A fleet like that of `gssa demo`. */
export const startDemo = (devices = 12) => startAgent(['demo', '--devices', String(devices)]);

/** The receiver: GSSCLOUD_BIN, or what cargo built last; none is no error. */
export function cloudBinary() {
  const target = process.env.CARGO_TARGET_DIR ?? `${ROOT}target`;
  return [process.env.GSSCLOUD_BIN, `${target}/release/gsscloud`, `${target}/debug/gsscloud`].find((path) => path && existsSync(path));
}

/** Starts `gsscloud` over a folder, and waits until it answers. `run` gives it a command, and what it wrote. */
export async function startCloud(folder, port) {
  port ??= await freePort();
  const data = join(folder, 'cloud');
  const child = spawn(cloudBinary(), ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], { stdio: 'ignore' });
  children.add(child);
  const ended = new Promise((done) => child.on('exit', done));
  void ended.then(() => children.delete(child));
  const cloud = {
    port,
    url: `http://127.0.0.1:${port}`,
    run: (args, input = '') => execFileSync(cloudBinary(), [...args, '--data', data], { encoding: 'utf8', input }),
    /** Ends it, and leaves its folder. */
    async halt(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
    async stop() {
      await cloud.halt();
      await cloud.front?.close();
    },
  };
  await eventually(async () => assert.ok(await isUp(cloud.url), 'gsscloud did not start'));
  await withPage(cloud);
  return cloud;
}

/** Serves the page of `dist` beside the API of a program that was built without it, or with an older one. */
async function withPage(program) {
  const home = await (await fetch(program.url)).text();
  if (process.env.GSSA_PAGE !== 'dist' && home.includes('id="app"')) return;
  program.front = await front(program.url);
  program.url = program.front.url;
}

/** Whether the receiver is where the demo looks for it. */
export const hasCloud = () => existsSync(join(dirname(binary()), 'gsscloud'));

/** A fleet like that of `gssa demo --cloud`, its receiver, and who may look there. */
export async function demoWithCloud(devices = 12) {
  const agent = await startAgent(['demo', '--devices', String(devices), '--cloud', '--cloud-port', String(await freePort())]);
  const [, url, user, password] = await eventually(() => /(http:\/\/[\d.:]+)\/, user (\S+), password (\S+)/.exec(agent.log) ?? assert.fail(`no receiver is told:\n${agent.log}`));
  const cloud = { url, user, password };
  await withPage(cloud);
  return { agent, cloud, stop: halfway(async () => cloud.front?.close(), agent.stop) };
}

/** Asked once, and then not again while a test runs. */
export const FIGURES_STAND_STILL = { polling: { interval_secs: 86_400 } };

/**
 * An agent with a file of its own, whose sources are the devices that a demo simulates. Its table has an answer of each when this is done.
 * `file` is its configuration, `start` starts it anew after `halt`.
 */
export async function followDemo(devices, config = {}) {
  const demo = await startDemo(devices);
  const folder = mkdtempSync(join(tmpdir(), 'gssa-follow-'));
  const file = join(folder, 'config.json');
  const { sources } = await demo.json('/config');
  // The host is this machine, whose figures never stand still.
  const followed = sources.filter((it) => it.kind !== 'host');
  writeFileSync(file, JSON.stringify({ ...config, sources: followed.map(({ interval_secs: _, ...it }) => it) }));
  const start = (port) => startAgent(['run', '--config', file], { port });
  const agent = await start();
  await eventually(async () => {
    const { rows } = await agent.json('/readings?view=table');
    assert.ok(rows.length === followed.length && rows.every((row) => row.state !== 'pending'));
  });
  return Object.assign(agent, {
    file,
    start,
    stop: halfway(agent.stop, async () => {
      await demo.stop();
      rmSync(folder, { recursive: true });
    }),
  });
}

const halfway = (first, then) => async () => {
  await first();
  await then();
};

/** Tries what may not hold yet, until it does; what is wrong at the end is what is told. */
export async function eventually(check, ms = 60_000) {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

export async function front(agentUrl) {
  const server = createServer((incoming, outgoing) => {
    if (!incoming.url.startsWith('/api/')) return page(new URL(incoming.url, agentUrl).pathname, outgoing);
    const onward = request(new URL(incoming.url, agentUrl), { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
    return undefined;
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
