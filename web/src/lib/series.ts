/** Figures over time, brought to one axis. Where nothing was observed there is `null`: a gap stays a gap. */
import type { Point } from './path';

/** A chart shows at most so many points. */
export const MAX_POINTS = 720;

export interface Aligned {
  /** Unix seconds. */
  readonly at: number[];
  /** One list for each series. */
  readonly values: (number | null)[][];
}

/** The step in which a span is drawn: a multiple of the step of the data. */
export function stepFor(stepMs: number, spanMs: number): number {
  return stepMs * Math.max(1, Math.ceil(spanMs / stepMs / MAX_POINTS));
}

/** Series over the same steps, from `from` to `to` in Unix milliseconds; several points of a step are averaged. */
export function align(series: readonly (readonly Point[])[], stepMs: number, from: number, to: number): Aligned {
  const first = Math.floor(from / stepMs);
  const steps = Math.max(0, Math.floor(to / stepMs) - first + 1);
  const at = Array.from({ length: steps }, (_, step) => ((first + step) * stepMs) / 1000);
  const values = series.map((points) => {
    const sums = new Float64Array(steps);
    const counts = new Uint32Array(steps);
    for (const [time, value] of points) {
      const step = Math.floor(time / stepMs) - first;
      if (step < 0 || step >= steps) continue;
      sums[step]! += value;
      counts[step]! += 1;
    }
    return Array.from(sums, (sum, step) => (counts[step]! > 0 ? sum / counts[step]! : null));
  });
  return { at, values };
}
