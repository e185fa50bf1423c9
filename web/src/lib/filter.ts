/** Which rows are shown, as the address of the page says it. One function decides for lists, counts and links alike. */
import type { Row, State } from './row';
import { ATTENTION, LOOKS, WORKING } from './states';

/** What the tabs above the table choose from. */
export type Lens = 'all' | 'attention' | 'working' | State;

export type GroupBy = 'none' | 'place' | 'model' | 'state' | 'pool';

/** What is asked for. */
export interface View {
  lens: Lens;
  /** Words that all have to be found. */
  q: string;
  /** The place; `''` is the rows without one. */
  place?: string;
  tag?: string;
  /** The issue whose sources are wanted. */
  issue?: string;
  /** The pool that they work for, and the key of the coin there. */
  pool?: string;
  coin?: string;
  by: GroupBy;
  sort: string;
}

export const DEFAULT_VIEW: View = { lens: 'all', q: '', by: 'none', sort: '' };

const GROUPS: readonly GroupBy[] = ['none', 'place', 'model', 'state', 'pool'];

function isLens(word: string): word is Lens {
  return word === 'all' || word === 'attention' || word === 'working' || Object.hasOwn(LOOKS, word);
}

/** What else narrows a view, by the name that it has in the address. */
export const NARROWS = ['place', 'tag', 'issue', 'pool', 'coin'] as const;

/** Reads a view from a query; what it does not know it leaves out. */
export function viewFrom(query: URLSearchParams): View {
  const show = query.get('show') ?? 'all';
  const by = query.get('by') as GroupBy;
  const view: View = {
    lens: isLens(show) ? show : 'all',
    q: query.get('q') ?? '',
    by: GROUPS.includes(by) ? by : 'none',
    sort: query.get('sort') ?? '',
  };
  for (const key of NARROWS) {
    const value = query.get(key);
    if (value !== null) view[key] = value;
  }
  return view;
}

/** The query of a view: only what differs from the default. */
export function queryOf(view: View): URLSearchParams {
  const query = new URLSearchParams();
  if (view.lens !== 'all') query.set('show', view.lens);
  if (view.q !== '') query.set('q', view.q);
  for (const key of NARROWS) {
    const value = view[key];
    if (value !== undefined) query.set(key, value);
  }
  if (view.by !== 'none') query.set('by', view.by);
  if (view.sort !== '') query.set('sort', view.sort);
  return query;
}

/** Whether anything but the order is asked for. */
export function isFiltered(view: View): boolean {
  return view.lens !== 'all' || view.q !== '' || NARROWS.some((key) => view[key] !== undefined);
}

export function inLens(row: Row, lens: Lens): boolean {
  switch (lens) {
    case 'all':
      return true;
    case 'attention':
      return ATTENTION.has(row.state);
    case 'working':
      return WORKING.has(row.state);
    default:
      return row.state === lens;
  }
}

/** Whether a pool knows this row as a worker of a coin, or of any of its coins. */
export function worksFor(row: Row, pool: string, coin?: string): boolean {
  return row.links?.some((link) => link.source_id === pool && (coin === undefined || link.coin === coin)) ?? false;
}

/** The rows of a view, in the order they came. `ofIssue` are the sources of its issue, if it names one that there is. */
export function select(rows: readonly Row[], view: View, ofIssue?: ReadonlySet<string>): Row[] {
  const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      inLens(row, view.lens) &&
      (view.place === undefined || (row.group ?? '') === view.place) &&
      (view.tag === undefined || row.tags.includes(view.tag)) &&
      (view.issue === undefined || (ofIssue?.has(row.id) ?? false)) &&
      (view.pool === undefined || worksFor(row, view.pool, view.coin)) &&
      words.every((word) => textOf(row).includes(word)),
  );
}

/** How many rows each lens would show, the rest of the view kept. */
export function counts(rows: readonly Row[], view: View, lenses: readonly Lens[], ofIssue?: ReadonlySet<string>): number[] {
  const rest = select(rows, { ...view, lens: 'all' }, ofIssue);
  return lenses.map((lens) => rest.reduce((sum, row) => sum + (inLens(row, lens) ? 1 : 0), 0));
}

/** Rows are replaced, never changed: what was made of one is good for as long as it is there. */
const texts = new WeakMap<Row, string>();

function textOf(row: Row): string {
  let text = texts.get(row);
  if (text === undefined) {
    const parts = [row.id, row.name, row.address, row.ip, row.group, ...row.tags, row.make, row.model, row.hostname];
    parts.push(row.mac, row.serial, row.firmware, row.firmware_version, row.pool, row.user, LOOKS[row.state].word);
    text = parts.filter(Boolean).join('\n').toLowerCase();
    texts.set(row, text);
  }
  return text;
}

const OTHERS: ReadonlySet<Row['kind']> = new Set(['gss', 'mim', 'host']);

/** Whether a source is a miner, also before it ever answered. */
export function isMiner(row: Row): boolean {
  if (row.snapshot_kind) return row.snapshot_kind === 'miner';
  return !OTHERS.has(row.kind);
}
