import { FILL, type Tone } from '../lib/states';

/** What the whole width stands for, in percent: the mark of 100 is near its end. */
const FULL = 106;

/** How much of the expected hashrate there is, with a mark at all of it. */
export function ExpectedBar({ percent, tone }: { percent: number | undefined; tone: Tone }) {
  const width = percent === undefined ? 0 : (Math.min(percent, FULL) / FULL) * 100;
  return (
    <span class="relative block h-1 w-full rounded-full bg-sunk">
      <span class={`absolute inset-y-0 left-0 rounded-full ${FILL[tone]}`} style={{ width: `${width}%` }} />
      <span class="absolute -inset-y-0.5 w-px bg-ink3" style={{ left: `${(100 / FULL) * 100}%` }} />
    </span>
  );
}
