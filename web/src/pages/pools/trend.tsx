/** The hashrate of a coin over the last day. */
import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { TrendLine } from '../../components/spark';
import type { components } from '../../lib/api-types';
import { hashrate, inline, span } from '../../lib/format';
import type { Coin } from '../../lib/pool';
import { useLoaded } from '../../lib/reading';
import type { Row } from '../../lib/row';
import { align } from '../../lib/series';
import { now, slowNow } from '../../lib/store';

const HOUR_MS = 3_600_000;
/** A pool's shortest window jumps: over a day this much is averaged. */
const STEP_MS = HOUR_MS / 4;
const EVERY_MS = 5 * 60_000;

export function CoinTrend({ row, coin, isOld, class: className = '' }: { row: Row; coin: Coin; isOld: boolean; class?: string }) {
  const turn = useComputed(() => Math.floor(slowNow.value / EVERY_MS)).value;
  const { value } = useLoaded<components['schemas']['Series']>(`/history/${encodeURIComponent(row.id)}`, `${coin.key} ${turn}`, { coin: coin.key });
  const trend = useMemo(() => {
    if (!value) return undefined;
    const end = now.peek();
    const from = Math.max(end - 24 * HOUR_MS, value.points[0]?.[0] ?? 0);
    const stepMs = end - from > 6 * HOUR_MS ? STEP_MS : value.step_secs * 1000;
    const { at, values } = align([value.points], stepMs, from, end);
    const points = at.flatMap((secs, step): [number, number][] => (values[0]?.[step] == null ? [] : [[secs * 1000, values[0][step]]]));
    return { points, expected: [], stepMs, from };
  }, [value]);
  const long = trend === undefined ? 0 : now.peek() - trend.from;
  const since = long > 23.5 * HOUR_MS ? '24 h' : span(long / 1000);
  const figures = trend?.points.map(([, hps]) => hps) ?? [];
  // A young agent, or a coin that tells no hashrate, leaves no empty strip.
  const isNothing = trend !== undefined && figures.length < 2;
  return (
    <div class={isNothing ? 'hidden' : `flex items-center gap-2 ${className}`} data-trend={figures.length}>
      {figures.length > 1 && (
        <p class="sr-only">
          Between {inline(hashrate(Math.min(...figures)))} and {inline(hashrate(Math.max(...figures)))} in the last {since}.
        </p>
      )}
      <div class="min-w-0 flex-1">
        <TrendLine trend={trend} class={isOld ? 'stroke-idle-fill' : 'stroke-brand-fill'} />
      </div>
      {figures.length > 1 && (
        <span class="text-axis whitespace-nowrap text-ink3" aria-hidden="true">
          {since}
        </span>
      )}
    </div>
  );
}
