/** The hashrate of a coin over the last day. */
import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { TrendLine } from '../../components/spark';
import type { components } from '../../lib/api-types';
import { hashrate, inline } from '../../lib/format';
import type { Coin } from '../../lib/pool';
import { useLoaded } from '../../lib/reading';
import type { Row } from '../../lib/row';
import { align } from '../../lib/series';
import { now, slowNow } from '../../lib/store';

const DAY_MS = 86_400_000;
/** A pool's shortest window jumps: this much is averaged. */
const STEP_MS = 15 * 60_000;
const EVERY_MS = 5 * 60_000;

export function CoinTrend({ row, coin, isOld, class: className = '' }: { row: Row; coin: Coin; isOld: boolean; class?: string }) {
  const turn = useComputed(() => Math.floor(slowNow.value / EVERY_MS)).value;
  const { value } = useLoaded<components['schemas']['Series']>(`/history/${encodeURIComponent(row.id)}`, `${coin.key} ${turn}`, { coin: coin.key });
  const trend = useMemo(() => {
    if (!value) return undefined;
    const end = now.peek();
    const { at, values } = align([value.points], STEP_MS, end - DAY_MS, end);
    const points = at.flatMap((secs, step): [number, number][] => (values[0]?.[step] == null ? [] : [[secs * 1000, values[0][step]]]));
    return { points, expected: [], stepMs: STEP_MS, from: end - DAY_MS };
  }, [value]);
  const figures = trend?.points.map(([, hps]) => hps) ?? [];
  // A young agent, or a coin that tells no hashrate, leaves no empty strip.
  const isNothing = trend !== undefined && figures.length < 2;
  return (
    <div class={isNothing ? 'hidden' : `flex items-center gap-2 ${className}`} data-trend={figures.length}>
      {figures.length > 1 && (
        <p class="sr-only">
          Between {inline(hashrate(Math.min(...figures)))} and {inline(hashrate(Math.max(...figures)))} in the last 24 hours.
        </p>
      )}
      <div class="min-w-0 flex-1">
        <TrendLine trend={trend} class={isOld ? 'stroke-idle-fill' : 'stroke-brand-fill'} />
      </div>
      {figures.length > 1 && (
        <span class="text-axis text-ink3" aria-hidden="true">
          24 h
        </span>
      )}
    </div>
  );
}
