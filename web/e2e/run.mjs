// Builds the page if there is none, then runs every test of it in a browser.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../', import.meta.url));
const run = (command, args) => {
  const { status } = spawnSync(command, args, { cwd: web, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

if (!existsSync(`${web}dist/index.html`)) run('npm', ['run', 'build']);
run(process.execPath, ['--test', '--test-concurrency=1', 'e2e/specs/']);
