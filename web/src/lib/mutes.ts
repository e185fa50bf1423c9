/** Issues that are hidden for a while, in this browser. */
import { type Issue, issues } from './store';
import { muted } from './prefs';

const HOUR_MS = 3_600_000;

/** For how long one can be muted. */
export const SPANS: readonly (readonly [hours: number, text: string])[] = [
  [1, '1 hour'],
  [8, '8 hours'],
  [24, 'a day'],
  [24 * 7, 'a week'],
];

/** The open issues of any of these sources. */
export function issuesOf(ids: ReadonlySet<string>): Issue[] {
  return issues.value.filter((issue) => issue.source_ids.some((id) => ids.has(id)));
}

/** Mutes issues for so many hours, 0 ends it; gives until when. What has ended is forgotten. */
export function muteFor(list: readonly Issue[], hours: number, now: number): number {
  const until = now + hours * HOUR_MS;
  const ids = new Set(list.map((it) => it.id));
  const rest = Object.entries(muted.peek()).filter(([id, end]) => end > now && !ids.has(id));
  muted.value = Object.fromEntries(hours > 0 ? [...rest, ...[...ids].map((id) => [id, until] as const)] : rest);
  return until;
}
