// Measures what the built page costs to load, and fails above the budget. Sizes are gzip: over plain http browsers take nothing better.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KB = 1000;
const BUDGET = { first: 45 * KB, chunk: 25 * KB, font: 30 * KB, total: 200 * KB };
const dist = new URL('../dist/', import.meta.url);

const names = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(new URL(name, dist)).isFile());
const isPacked = (name) => /\.(woff2|png)$/.test(name);
const size = (name) => {
  const bytes = readFileSync(new URL(name, dist));
  return isPacked(name) ? bytes.length : gzipSync(bytes, { level: 9 }).length;
};

const html = readFileSync(new URL('index.html', dist), 'utf8');
/** What index.html loads, and what those scripts import before they run. */
const first = new Set(['index.html']);
const queue = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map(([, name]) => name);
while (queue.length > 0) {
  const name = queue.pop();
  if (first.has(name)) continue;
  first.add(name);
  if (!name.endsWith('.js')) continue;
  const code = readFileSync(new URL(name, dist), 'utf8');
  for (const [, at] of code.matchAll(/(?:^|[;}])import\s*(?:[^'"()]*?from\s*)?["']\.\/([^"']+)["']/g)) queue.push(`assets/${at}`);
}

const sum = (list) => list.reduce((total, name) => total + size(name), 0);
const lazy = names.filter((name) => /\.(js|css)$/.test(name) && !first.has(name));
const fonts = names.filter((name) => name.endsWith('.woff2'));
const wide = lazy.filter((name) => /assets\/(fleet|shared)-/.test(name));
const largest = lazy.map((name) => [size(name), name]).sort(([a], [b]) => b - a)[0] ?? [0, 'none'];

const lines = [
  ['first load', sum([...first]), BUDGET.first],
  ['largest lazy chunk', largest[0], BUDGET.chunk, largest[1]],
  ['font', sum(fonts), BUDGET.font],
  ['everything embedded', sum(names), BUDGET.total],
];
let isOver = false;
for (const [what, bytes, limit, note = ''] of lines) {
  isOver ||= bytes > limit;
  console.log(`${bytes > limit ? 'OVER' : 'ok  '} ${what.padEnd(20)} ${(bytes / KB).toFixed(1).padStart(6)} of ${limit / KB} kB ${note}`);
}
console.log(`     table and map, which wide windows load beside it: ${(sum(wide) / KB).toFixed(1)} kB`);
process.exit(isOver ? 1 : 0);
