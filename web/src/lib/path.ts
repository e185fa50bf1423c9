/** Lines through points, as the path of an SVG. */

export type Point = readonly [x: number, y: number];

/** A box that points are fitted into, its y axis pointing down. */
export interface Scale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export function scale(xs: readonly [number, number], ys: readonly [number, number], width: number, height: number): Scale {
  const part = (value: number, [from, to]: readonly [number, number]) => (to === from ? 0.5 : (value - from) / (to - from));
  return { x: (value) => part(value, xs) * width, y: (value) => (1 - part(value, ys)) * height };
}

/** Runs of points no further apart than `gap`. */
export function runs(points: readonly Point[], gap: number): Point[][] {
  const parts: Point[][] = [];
  for (const point of points) {
    const last = parts.at(-1)?.at(-1);
    if (last && point[0] - last[0] <= gap) parts.at(-1)?.push(point);
    else parts.push([point]);
  }
  return parts;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** A line that breaks where something is missing. A point alone is a dot, if lines end round. */
export function line(points: readonly Point[], gap: number, { x, y }: Scale): string {
  return runs(points, gap)
    .map((run) => {
      const at = run.map(([px, py]) => `${round(x(px))} ${round(y(py))}`);
      return run.length === 1 ? `M${at[0]}h.1` : `M${at.join('L')}`;
    })
    .join('');
}

/** The same line closed down to `floor`. */
export function area(points: readonly Point[], gap: number, { x, y }: Scale, floor: number): string {
  return runs(points, gap)
    .filter((run) => run.length > 1)
    .map((run) => {
      const at = run.map(([px, py]) => `${round(x(px))} ${round(y(py))}`);
      return `M${round(x(run[0]![0]))} ${floor}L${at.join('L')}L${round(x(run.at(-1)![0]))} ${floor}Z`;
    })
    .join('');
}

/** From the least to the greatest value, at least so wide, with a little room. */
export function extent(values: readonly number[], least: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const missing = Math.max(0, least - (high - low));
  const room = (high - low + missing) * 0.08;
  return [low - missing / 2 - room, high + missing / 2 + room];
}
