/** The fleet as squares: how large they are, how they are grouped, and what colour each has. Pure functions. */
import type { Row, State } from './row';
import { freshness, RANK } from './states';

export type MapMode = 'hashrate' | 'heat' | 'efficiency';

/** The colours of cells, by what they mean. */
export type Shade = 'good' | 'fair' | 'warn' | 'bad' | 'off' | 'stale' | 'auth' | 'idle' | 'unknown';

/** From here on a miner is at its target, in percent of the expected hashrate. */
const AT_TARGET_PERCENT = 98;
/** So far below the warning limit a chip is cool, in degrees. */
const COOL_BELOW = 10;
/** A miner that needs so much more than the best of its model is wasteful. */
const [FAIR_FACTOR, WASTEFUL_FACTOR] = [1.05, 1.15];

const FIXED: Partial<Record<State, Shade>> = {
  offline: 'off',
  stale: 'stale',
  auth: 'auth',
  standby: 'idle',
  pending: 'idle',
  disabled: 'idle',
  unknown: 'unknown',
};

/** The least watts per terahash of each model. */
export function bestByModel(rows: readonly Row[]): Map<string, number> {
  const best = new Map<string, number>();
  for (const { model = '', efficiency_joules_per_terahash: each } of rows) {
    if (each !== undefined) best.set(model, Math.min(each, best.get(model) ?? Infinity));
  }
  return best;
}

/** What is older than it may be is stale, whatever its state was. */
export function shadeOf(row: Row, mode: MapMode, best: ReadonlyMap<string, number>, now: number): Shade {
  const fixed = FIXED[row.state];
  if (fixed) return fixed;
  if (freshness(row, now) === 'old') return 'stale';
  if (mode === 'heat') return heat(row);
  if (mode === 'efficiency') return efficiency(row, best);
  if (row.state === 'hot' || row.state === 'not_hashing') return 'bad';
  if (row.state === 'degraded') return 'warn';
  return (row.expected_percent ?? 100) >= AT_TARGET_PERCENT ? 'good' : 'fair';
}

function heat({ hottest_celsius: celsius, warning_celsius: warning, critical_celsius: critical }: Row): Shade {
  if (celsius === undefined) return 'unknown';
  if (critical !== undefined && celsius >= critical) return 'bad';
  if (warning !== undefined && celsius >= warning) return 'warn';
  return warning !== undefined && celsius >= warning - COOL_BELOW ? 'good' : 'fair';
}

function efficiency({ efficiency_joules_per_terahash: each, model = '' }: Row, best: ReadonlyMap<string, number>): Shade {
  const least = best.get(model);
  if (each === undefined || least === undefined) return 'unknown';
  return each <= least * FAIR_FACTOR ? 'good' : each <= least * WASTEFUL_FACTOR ? 'fair' : 'warn';
}

export interface Place {
  readonly name: string;
  readonly rows: readonly Row[];
  /** What is drawn: each device, or of a very large fleet some that stand for the others. */
  readonly cells: readonly Row[];
  readonly problems: number;
}

/** Over so many devices a cell stands for several. */
const MAX_CELLS = 600;
/** Then so many stand for the healthy ones of a place. */
const CELLS_PER_PLACE = 20;

const NAMES = new Intl.Collator('en', { numeric: true });

/** The places, with their devices in the order in which they came. */
export function places(rows: readonly Row[], isProblem: (row: Row) => boolean): Place[] {
  const byName = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row.group ?? '';
    const of = byName.get(name);
    if (of) of.push(row);
    else byName.set(name, [row]);
  }
  return [...byName]
    .sort(([a], [b]) => Number(a === '') - Number(b === '') || NAMES.compare(a, b))
    .map(([name, of]) => {
      const problems = of.filter(isProblem);
      const cells = rows.length > MAX_CELLS ? [...problems, ...sample(of.filter((row) => !isProblem(row)))] : of;
      return { name, rows: of, cells, problems: problems.length };
    });
}

/** So many of them, at even steps in the order of their output. */
function sample(others: Row[]): Row[] {
  others.sort((a, b) => RANK[a.state] - RANK[b.state] || (a.expected_percent ?? 0) - (b.expected_percent ?? 0));
  const step = Math.max(1, others.length / CELLS_PER_PLACE);
  return Array.from({ length: Math.min(CELLS_PER_PLACE, others.length) }, (_, at) => others[Math.floor(at * step)]!);
}

export interface MapFit {
  readonly cell: number;
  readonly gap: number;
  /** Cells from top to bottom. */
  readonly deep: number;
  /** Lines of places. */
  readonly lines: number;
}

/** A title needs so much room, and so does the space between two places, in pixels. */
const [TITLE_PX, BETWEEN_PX, TITLE_HEIGHT] = [64, 24, 28];

/** The largest cells with which all places fit into the box; the smallest there are when none do. */
export function fit(sizes: readonly number[], width: number, height: number): MapFit {
  for (let cell = 18; cell >= 10; cell -= 1) {
    const gap = cell >= 14 ? 4 : cell >= 12 ? 3 : 2;
    for (const deep of [6, 5, 7, 4, 8, 3]) {
      const lines = linesOf(sizes, { cell, gap, deep }, width);
      if (heightOf(lines, { cell, gap, deep }) <= height) return { cell, gap, deep, lines };
    }
  }
  const least = { cell: 10, gap: 2, deep: 4 };
  return { ...least, lines: linesOf(sizes, least, width) };
}

type Cells = Omit<MapFit, 'lines'>;

/** How high so many lines are. */
export function heightOf(lines: number, { cell, gap, deep }: Cells): number {
  return lines * (TITLE_HEIGHT + deep * (cell + gap)) + (lines - 1) * 12;
}

/** Into how many lines the places flow; infinite if one is wider than the box. */
export function linesOf(sizes: readonly number[], { cell, gap, deep }: Cells, width: number): number {
  let [lines, used, most] = [1, 0, 0];
  for (const size of sizes) {
    const across = Math.max(TITLE_PX, Math.ceil(size / deep) * (cell + gap) - gap);
    if (used > 0 && used + BETWEEN_PX + across > width) {
      lines += 1;
      used = 0;
    }
    used += (used > 0 ? BETWEEN_PX : 0) + across;
    most = Math.max(most, used);
  }
  return most > width ? Infinity : lines;
}
