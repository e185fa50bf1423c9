// Every test of the page in a browser: `npm run e2e`, or `npm run e2e -- fleet settings` for some. `--screenshots` writes those of the
// documentation too. The page is built anew when it is older than its sources.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../', import.meta.url));
const run = (command, args) => {
  const { status } = spawnSync(command, args, { cwd: web, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
const changed = (path) => Math.max(...[statSync(path), ...(statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map((it) => statSync(join(path, it))) : [])].map((it) => it.mtimeMs));

const args = process.argv.slice(2);
const names = args.filter((it) => !it.startsWith('-'));
const isBuilt = existsSync(`${web}dist/index.html`);
if (!isBuilt || ['src', 'public', 'index.html', 'vite.config.ts'].some((it) => changed(web + it) > changed(`${web}dist`))) run('npm', ['run', 'build']);
if (args.includes('--screenshots')) run(process.execPath, ['e2e/screenshots.mjs']);

const specs = readdirSync(`${web}e2e/specs`).filter((it) => names.length === 0 || names.some((name) => it === `${name}.test.mjs`));
if (specs.length === 0) throw new Error(`no spec of these names: ${names.join(' ')}`);
const atOnce = Math.min(2, availableParallelism());
// A test that failed may have left something open: that is no reason to wait for it.
run(process.execPath, ['--test', '--test-reporter=spec', '--test-force-exit', `--test-concurrency=${atOnce}`, ...specs.map((it) => `e2e/specs/${it}`)]);
