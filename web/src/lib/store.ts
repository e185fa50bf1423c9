/** What the pages know of the agent. Objects in here are replaced, never changed, so that comparing is enough to see what is new. */
import { batch, computed, signal } from '@preact/signals';
import type { components } from './api-types';
import { setPlace } from './format';
import { type Delta, isOfFigures, rowIn, withDelta } from './delta';
import { isMiner } from './filter';
import type { Row } from './row';

type Schemas = components['schemas'];
export type Summary = Schemas['Summary'];
export type Issue = Schemas['Issue'];
export type Entry = Schemas['Entry'];
export type Caller = Schemas['Caller'];
export type Version = Schemas['Version'];

/** How the page hears of news. */
export type Connection = 'starting' | 'live' | 'polling' | 'lost';

export const rows = signal<readonly Row[]>([]);
/** Counts changes of anything but figures: of who is there, and of the state, name, place or pool of somebody. */
export const roster = signal(0);
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

/** All rows by their ids. Their figures may be old: it is made anew when anything else changes. */
export const rowsById = computed(() => {
  void roster.value;
  return new Map(rows.peek().map((row) => [row.id, row]));
});

/** One row as it is now. Who reads it follows every change of the table. */
export function rowOf(id: string | undefined): Row | undefined {
  return rowIn(rows.value, id);
}

export const issuesById = computed(() => new Map(issues.value.map((issue) => [issue.id, issue])));
/** When the newest reading was taken. */
export const polledAt = signal(0);

const newest = (all: readonly { observed_at?: string }[]) => all.reduce((at, row) => Math.max(at, row.observed_at ? Date.parse(row.observed_at) : 0), 0);

/** A whole table. */
export type Table = Schemas['TableRows'];
/** Forgets what is known, when another agent is looked at. */
export function forget(): void {
  batch(() => {
    [rows.value, issues.value, entries.value] = [[], [], []];
    roster.value += 1;
    polledAt.value = 0;
    summary.value = caller.value = undefined;
    hasTable.value = false;
    connection.value = 'starting';
    generation.value += 1;
  });
}

/** Counts the agents that were looked at: what belongs to one is not shown of another. */
export const generation = signal(0);

/** Sets the clock of the page by the one of the program that answers. */
export function setClock(generatedAt: string): void {
  ahead = Date.parse(generatedAt) + skew - Date.now();
  if (Math.abs(ahead) < 2000) ahead = 0;
}

/** Takes a whole table. Rows that are as they were keep their identity. */
export function takeTable(table: Table): void {
  const before = rows.peek();
  const same = (row: Row) => {
    const old = rowIn(before, row.id);
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  };
  batch(() => {
    setClock(table.generated_at);
    rows.value = table.rows.map(same);
    roster.value += 1;
    polledAt.value = newest(rows.peek());
    hasTable.value = true;
    heardAt.value = Date.now();
    tick();
  });
}

export function takeDelta(delta: Delta): void {
  batch(() => {
    const before = rows.peek();
    rows.value = withDelta(before, delta);
    if (!isOfFigures(before, delta)) roster.value += 1;
    polledAt.value = Math.max(polledAt.peek(), newest(delta.items));
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
