/** What the pages know of the agent. Objects in here are replaced, never changed, so that comparing is enough to see what is new. */
import { batch, computed, signal } from '@preact/signals';
import type { components } from './api-types';
import { setPlace } from './format';
import { isMiner } from './filter';
import { type Row, timesOf } from './row';

type Schemas = components['schemas'];
export type Summary = Schemas['Summary'];
export type Issue = Schemas['Issue'];
export type Entry = Schemas['Entry'];
export type Caller = Schemas['Caller'];
export type Version = Schemas['Version'];

/** How the page hears of news. */
export type Connection = 'starting' | 'live' | 'polling' | 'lost';

export const rows = signal<readonly Row[]>([]);
export const summary = signal<Summary | undefined>(undefined);
export const issues = signal<readonly Issue[]>([]);
/** The newest journal entries, newest first. */
export const entries = signal<readonly Entry[]>([]);
export const caller = signal<Caller | undefined>(undefined);
export const version = signal<Version | undefined>(undefined);
/** The entity tag of the configuration in force, once it is told. */
export const configTag = signal('');

export const connection = signal<Connection>('starting');
/** When the agent was last heard, by the clock of this browser. */
export const heardAt = signal(0);
/** Whether the table arrived at least once. */
export const hasTable = signal(false);

/** The agent's clock, moved on every second. */
export const now = signal(Date.now());
/** The same in steps of five seconds, for what many rows look at. */
export const slowNow = signal(now.value);

/** What the agent's clock is ahead of this one, in milliseconds. */
let ahead = 0;
/** What the agent's clock is ahead of that of the program that answers, in milliseconds. */
let skew = 0;

/** Times of readings are of the agent's clock: that is the one to compare them with. */
export function setSkew(ms: number): void {
  ahead += ms - skew;
  skew = ms;
}

const SLOW_MS = 5000;

/** Starts the clock of the page; the function that is given stops it. */
export function startClock(): () => void {
  const timer = setInterval(tick, 1000);
  return () => clearInterval(timer);
}

export function tick(): void {
  const at = Date.now() + ahead;
  batch(() => {
    now.value = at;
    // A clock that was set back is believed too.
    if (Math.abs(at - slowNow.value) >= SLOW_MS) slowNow.value = at;
  });
}

export const miners = computed(() => rows.value.filter(isMiner));
export const rowsById = computed(() => new Map(rows.value.map((row) => [row.id, row])));
export const issuesById = computed(() => new Map(issues.value.map((issue) => [issue.id, issue])));
/** When the newest reading was taken. */
export const polledAt = computed(() => {
  let newest = 0;
  for (const row of rows.value) {
    newest = Math.max(newest, timesOf(row)[0] ?? 0);
  }
  return newest;
});

/** A whole table. */
export type Table = Schemas['TableRows'];
/** Forgets what is known, when another agent is looked at. */
export function forget(): void {
  batch(() => {
    [rows.value, issues.value, entries.value] = [[], [], []];
    summary.value = caller.value = undefined;
    hasTable.value = false;
    connection.value = 'starting';
    generation.value += 1;
  });
}

/** Counts the agents that were looked at: what belongs to one is not shown of another. */
export const generation = signal(0);

/** What changed of it. */
export type Delta = Schemas['Delta'];
/** What changed of a row: the new fields, and the names of those that are gone. */
type Change = Delta['items'][number];

/** Sets the clock of the page by the one of the program that answers. */
export function setClock(generatedAt: string): void {
  ahead = Date.parse(generatedAt) + skew - Date.now();
  if (Math.abs(ahead) < 2000) ahead = 0;
}

/** Takes a whole table. Rows that are as they were keep their identity. */
export function takeTable(table: Table): void {
  const before = rowsById.peek();
  const same = (row: Row) => {
    const old = before.get(row.id);
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  };
  batch(() => {
    setClock(table.generated_at);
    rows.value = table.rows.map(same);
    hasTable.value = true;
    heardAt.value = Date.now();
    tick();
  });
}

/** The rows after a delta. */
export function withDelta(before: readonly Row[], delta: Delta): readonly Row[] {
  const changes = new Map(delta.items.map((change) => [change.id, change]));
  const removed = new Set(delta.removed);
  const after: Row[] = [];
  for (const row of before) {
    if (removed.has(row.id)) continue;
    const change = changes.get(row.id);
    after.push(change ? changed(row, change) : row);
    changes.delete(row.id);
  }
  for (const fresh of changes.values()) after.push(changed({ tags: [] } as unknown as Row, fresh));
  return after;
}

function changed(row: Row, change: Change): Row {
  const { gone, ...fields } = change;
  const next: Record<string, unknown> = { ...row, ...fields };
  for (const field of gone ?? []) delete next[field];
  return next as unknown as Row;
}

export function takeDelta(delta: Delta): void {
  batch(() => {
    rows.value = withDelta(rows.peek(), delta);
    heardAt.value = Date.now();
  });
}

/** So many journal entries are kept. */
const MAX_ENTRIES = 500;

export function takeEntry(entry: Entry): void {
  if (entries.peek().some((known) => known.seq === entry.seq)) return;
  entries.value = [entry, ...entries.peek()].slice(0, MAX_ENTRIES);
}

export function takeCaller(next: Caller): void {
  caller.value = next;
  setPlace(navigator.language, (next as { time_zone?: string }).time_zone);
}

/** A link to a receiver. */
export type Uplink = Schemas['Uplink'];

export const uplinks = signal<readonly Uplink[]>([]);

/** The agent itself, and what it uses. */
export type Usage = Schemas['AgentStatus'];

/** How many devices the last search found that are no sources yet. */
export const discovered = signal(0);

export const usage = signal<Usage | undefined>(undefined);
