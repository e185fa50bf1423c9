import { Num } from '../../components/num';
import type { Row } from '../../lib/row';
import { poolText } from '../../lib/row-text';
import { rowsById } from '../../lib/store';
import { Coin } from '../../components/coin';

/** The pool in use. On a fallback pool its word is said, and its mark has a ring: nobody may take it for the usual one. */
export function PoolCell({ row, isKnown }: { row: Row; isKnown: boolean }) {
  if (!row.pool || !isKnown) return <Num q={undefined} />;
  const isFallback = row.pool_role === 'fallback';
  return (
    <span class="flex min-w-0 items-center gap-2" title={row.pool}>
      <Coin coin={row.links?.[0]?.coin ?? coinIn(row.pool)} isFallback={isFallback} />
      <span class={`truncate ${isFallback ? 'text-warn' : 'text-ink2'}`}>{isFallback ? 'backup' : nameOf(row)}</span>
    </span>
  );
}

/** The host of the pool. Where that stays at home it is called as the source is that it is. */
function nameOf(row: Row): string {
  const text = poolText(row);
  return (text === '…' && rowsById.value.get(row.links?.[0]?.source_id ?? '')?.name) || text;
}

/** A coin that the pool's name tells: `gss-btc.lan`. */
function coinIn(pool: string): string | undefined {
  return /\b(btc|bch|dgb|ltc|xec)\b/i.exec(pool)?.[1]?.toUpperCase();
}
