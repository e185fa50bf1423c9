/** The last day of the whole fleet, asked for once a minute while a page shows it. */
import { computed, effect, signal } from '@preact/signals';
import { api } from './client';
import type { Point } from './path';
import { generation } from './store';

/** The sum of the miners, and of temperatures the highest. */
const METRICS = ['current_hps', 'watts', 'chip_celsius'] as const;

export interface Trend {
  readonly points: readonly Point[];
  readonly expected: readonly Point[];
  readonly stepMs: number;
  /** Where its axis begins; with the first point if not given. */
  readonly from?: number;
}

type Metric = (typeof METRICS)[number];

interface Series {
  readonly step_secs: number;
  readonly points: Point[];
  readonly expected?: Point[];
}

export const trends = signal<Partial<Record<Metric, Trend>>>({});

effect(() => {
  if (generation.value > 0) trends.value = {};
});

const EVERY_MS = 60_000;

/** Keeps the trends up to date; the function that is given ends it. */
export function followTrends(algorithm?: string): () => void {
  const turn = generation.peek();
  const load = async (metric: Metric) => {
    const series = await api.get<Series>('/history', { query: { metric, algorithm: metric === 'current_hps' ? algorithm : undefined } });
    const trend = { points: series.points, expected: series.expected ?? [], stepMs: series.step_secs * 1000 };
    if (turn === generation.peek()) trends.value = { ...trends.value, [metric]: trend };
  };
  const loadAll = () => {
    // A figure without its past is still a figure.
    for (const metric of METRICS) load(metric).catch(() => {});
  };
  loadAll();
  const timer = setInterval(() => {
    if (!document.hidden) loadAll();
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/** Efficiency over time: power over hashrate where both are known. */
export const efficiencyTrend = computed<Trend | undefined>(() => {
  const { current_hps: hashrate, watts } = trends.value;
  if (!hashrate || !watts) return undefined;
  const of = new Map(watts.points);
  const points = hashrate.points.flatMap(([at, hps]): Point[] => {
    const power = of.get(at);
    return power !== undefined && hps > 0 ? [[at, power / (hps / 1e12)]] : [];
  });
  return { points, expected: [], stepMs: watts.stepMs };
});
