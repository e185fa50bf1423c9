/** Rows under headings. */
import type { GroupBy } from './filter';
import type { Row } from './row';
import { modelText, poolText } from './row-text';
import { LOOKS, RANK } from './states';

export interface Heading {
  readonly key: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

/** An item of the list: a heading, or a row. */
export type Item = { readonly heading: Heading } | { readonly row: Row; readonly at: number };

const NAMES = new Intl.Collator('en', { numeric: true });

function titleOf(row: Row, by: GroupBy): string {
  switch (by) {
    case 'place':
      return row.group ?? '';
    case 'model':
      return modelText(row);
    case 'state':
      return LOOKS[row.state].word;
    case 'pool':
      return row.pool ? poolText(row) : '';
    default:
      return '';
  }
}

const NONE: Record<GroupBy, string> = { none: '', place: 'No place', model: 'Model not known', state: '', pool: 'No pool' };

/** The rows as they are, or under headings, each group in the order of its rows. */
export function itemsOf(rows: readonly Row[], by: GroupBy): Item[] {
  if (by === 'none') return rows.map((row, at) => ({ row, at }));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = titleOf(row, by);
    const of = groups.get(key);
    if (of) of.push(row);
    else groups.set(key, [row]);
  }
  const rank = (of: readonly Row[]) => (by === 'state' && of[0] ? RANK[of[0].state] : 0);
  const inOrder = [...groups].sort(
    ([a, aRows], [b, bRows]) => rank(aRows) - rank(bRows) || Number(a === '') - Number(b === '') || NAMES.compare(a, b),
  );
  let at = 0;
  return inOrder.flatMap(([key, of]): Item[] => [
    { heading: { key, title: key || NONE[by], rows: of } },
    ...of.map((row) => ({ row, at: at++ })),
  ]);
}

/** The hashrate of rows that are heard, by their main algorithm. */
export function hashrateOf(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + (['up', 'partial', 'stale'].includes(row.health) ? (row.current_hps ?? 0) : 0), 0);
}
