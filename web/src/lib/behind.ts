/** Whether the agent comes after with asking: many sources are asked later than they are due. */
import { type Row, timesOf } from './row';

/** An attempt may begin so much later than its interval says, in part of it, and end so much later. */
const [JITTER, SLACK_MS] = [0.1, 10_000];
/** Below this part of the sources it is theirs, not the agent's. */
const SHARE = 0.1;

/** Seconds that polling is behind, or 0. */
export function behindSecs(rows: readonly Row[], now: number): number {
  const late: number[] = [];
  let polled = 0;
  for (const row of rows) {
    const [observed] = timesOf(row);
    if (row.state === 'disabled' || observed === undefined) continue;
    polled += 1;
    const over = now - observed - row.interval_secs * 1000 * (1 + JITTER);
    if (over > SLACK_MS) late.push(over);
  }
  if (late.length === 0 || late.length < polled * SHARE) return 0;
  late.sort((a, b) => a - b);
  return Math.round(late[late.length >> 1]! / 1000);
}
