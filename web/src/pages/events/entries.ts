/** What happened, as it is filtered and written: functions of the journal and of what the address asks for. */
import { date } from '../../lib/format';
import type { Row, State } from '../../lib/row';
import { LOOKS } from '../../lib/states';
import type { Entry, Issue } from '../../lib/store';

export const KINDS: readonly (readonly [kind: string, text: string])[] = [
  ['state', 'State changes'],
  ['config', 'Configuration'],
  ['access', 'Access'],
  ['agent', 'Agent'],
];

const HOUR_MS = 3_600_000;

/** Spans of time, by their name in the address. */
export const SPANS: readonly (readonly [name: string, text: string, ms: number])[] = [
  ['1h', 'Last hour', HOUR_MS],
  ['6h', 'Last 6 hours', 6 * HOUR_MS],
  ['24h', 'Last 24 hours', 24 * HOUR_MS],
  ['7d', 'Last 7 days', 168 * HOUR_MS],
];

/** What is asked for; empty is everything. */
export interface Asked {
  readonly q: string;
  readonly kind: string;
  readonly place: string;
  readonly since: string;
  readonly source: string;
}

export function askedOf(query: URLSearchParams): Asked {
  const get = (name: string) => query.get(name) ?? '';
  return { q: get('q'), kind: get('kind'), place: get('place'), since: get('since'), source: get('source') };
}

const wordsOf = (q: string) => q.toLowerCase().split(/\s+/).filter(Boolean);

/** The entries that are asked for, newest first. */
export function selectEntries(entries: readonly Entry[], asked: Asked, rows: ReadonlyMap<string, Row>, now: number): Entry[] {
  const words = wordsOf(asked.q);
  const ms = SPANS.find(([name]) => name === asked.since)?.[2];
  const from = ms === undefined ? '' : new Date(now - ms).toISOString();
  return entries.filter((entry) => {
    if (asked.kind !== '' && entry.kind !== asked.kind) return false;
    if (asked.source !== '' && entry.source_id !== asked.source) return false;
    if (entry.at < from) return false;
    const row = entry.source_id ? rows.get(entry.source_id) : undefined;
    if (asked.place !== '' && row?.group !== asked.place) return false;
    const text = words.length > 0 ? `${entry.text} ${entry.source_id ?? ''} ${row?.name ?? ''} ${row?.group ?? ''}`.toLowerCase() : '';
    return words.every((word) => text.includes(word));
  });
}

/** The journal as it was asked for and what came since, newest first, each once. */
export function merged(loaded: readonly Entry[], live: readonly Entry[]): Entry[] {
  const newest = loaded.at(-1)?.seq ?? 0;
  return [...live.filter((it) => it.seq > newest), ...loaded.toReversed()];
}

export function selectIssues(issues: readonly Issue[], asked: Asked, rows: ReadonlyMap<string, Row>): Issue[] {
  const words = wordsOf(asked.q);
  return issues.filter((issue) => {
    const of = issue.source_ids.flatMap((id) => rows.get(id) ?? []);
    if (asked.kind !== '' && issue.code !== asked.kind) return false;
    if (asked.place !== '' && issue.group !== asked.place && !of.some((row) => row.group === asked.place)) return false;
    if (words.length === 0) return true;
    const text = [issue.title, issue.detail, issue.group, ...of.flatMap((row) => [row.name, row.group])].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What an issue is called in a list of kinds. */
export function codeText(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The state that a source went to, where the entry tells of one. */
export function stateOf(entry: Entry): State | undefined {
  const to = entry.kind === 'state' ? /changed from \w+ to (\w+)/.exec(entry.text)?.[1] : undefined;
  return to !== undefined && Object.hasOwn(LOOKS, to) ? (to as State) : undefined;
}

/** What is behind the name of the source, if the entry begins with it. */
export function afterName(entry: Entry, name: string | undefined): string | undefined {
  return name !== undefined && entry.text.startsWith(`${name} `) ? entry.text.slice(name.length) : undefined;
}

/** Entries under their days. */
export function byDay(entries: readonly Entry[], now: number): { readonly day: string; readonly entries: readonly Entry[] }[] {
  const [today, yesterday] = [date(now), date(now - 24 * HOUR_MS)];
  const days: { day: string; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const on = date(Date.parse(entry.at));
    const day = on === today ? 'Today' : on === yesterday ? 'Yesterday' : on;
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}
