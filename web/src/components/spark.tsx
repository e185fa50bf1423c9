import { memo } from '../lib/memo';
import { extent, line, type Point, scale } from '../lib/path';
import { STROKE, type Tone } from '../lib/states';
import type { Trend } from '../lib/trend';

const [WIDTH, HEIGHT] = [82, 22];
/** Half hours of a day. */
const SLOTS = 48;
/** Percent that the height stands for at least: what is steady should look steady. */
const LEAST_PERCENT = 24;

/** The last day of one device in half hours, as percent of what is expected. */
export const Spark = memo(({ points, tone }: { points: readonly Point[] | undefined; tone: Tone }) => {
  if (!points || points.length === 0) return <span class="block h-[22px] w-[82px]" aria-hidden="true" />;
  const ys = extent(points.map(([, value]) => value), LEAST_PERCENT);
  const path = line(points, 1, scale([0, SLOTS - 1], ys, WIDTH - 2, HEIGHT - 4));
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`-1 -2 ${WIDTH} ${HEIGHT}`} class="block" aria-hidden="true">
      <path d={path} fill="none" class={STROKE[tone]} stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
});

/** A line without axes, as wide as its place. */
export const TrendLine = memo(({ trend, class: className }: { trend: Trend | undefined; class: string }) => {
  const { points, stepMs, from = points[0]?.[0] ?? 0 } = trend ?? { points: [], stepMs: 0 };
  if (points.length < 2) return <div class="h-6" />;
  const values = points.map(([, value]) => value);
  const middle = Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length);
  const ys = extent(values, middle * 0.04);
  const path = line(points, stepMs * 2, scale([from, points.at(-1)![0]], ys, 200, 20));
  return (
    <svg class="block h-6 w-full" viewBox="0 -2 200 24" preserveAspectRatio="none" aria-hidden="true">
      <path
        d={path}
        fill="none"
        class={className}
        stroke-width="1.4"
        stroke-linejoin="round"
        vector-effect="non-scaling-stroke"
      />
    </svg>
  );
});
