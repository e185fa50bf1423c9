/** What the table of the fleet shows of one source; absent is not known, never zero. */
import type { components } from './api-types';

type Schemas = components['schemas'];
export type Row = Schemas['Row'];
export type State = Schemas['State'];
export type Link = Schemas['Link'];

/** Rows are replaced, never changed: a time of one is read from its text once. */
const read = new WeakMap<Row, readonly [observed: number | undefined, snapshot: number | undefined]>();

/** When a row was asked for the last time and when it answered, in Unix milliseconds. */
export function timesOf(row: Row): readonly [observed: number | undefined, snapshot: number | undefined] {
  let times = read.get(row);
  if (!times) {
    const at = (text: string | undefined) => (text ? Date.parse(text) : undefined);
    times = [at(row.observed_at), at(row.snapshot_at)];
    read.set(row, times);
  }
  return times;
}
