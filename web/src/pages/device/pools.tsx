import { Coin } from '../../components/coin';
import { Num } from '../../components/num';
import * as format from '../../lib/format';
import type { Miner } from '../../lib/reading';
import type { Row } from '../../lib/row';
import { rowsById } from '../../lib/store';

const STATES: Record<string, readonly [word: string, tone: string]> = {
  active: ['In use', 'text-ok'],
  standby: ['Ready', 'text-ink2'],
  dead: ['Dead', 'text-bad'],
  disabled: ['Off', 'text-ink3'],
};

const ROLES: Record<string, string> = { primary: 'primary', fallback: 'backup', second: 'second', fee: 'fee of the firmware' };

export function Pools({ miner, row, class: className = '' }: { miner: Miner; row: Row; class?: string }) {
  if (miner.pools.length === 0) return null;
  return (
    <section aria-label="Pools" class={className}>
      <h3 class="mb-1 text-control">Pools</h3>
      <ul class="divide-y divide-line">
        {miner.pools.map((pool) => {
          const [word, tone] = STATES[pool.state ?? ''] ?? ['', ''];
          const isFallback = pool.role === 'fallback' && pool.state === 'active';
          return (
            <li key={pool.index} class="flex items-start gap-3 py-2.5 text-control">
              <span class={`mt-1.5 size-2 shrink-0 rounded-full ${isFallback ? 'bg-warn-fill ring-2 ring-warn-soft' : pool.state === 'active' ? 'bg-ok-fill' : 'border border-edge'}`} />
              <span class="min-w-0 flex-1">
                <span class="block truncate font-medium" title={pool.url}>
                  {pool.url?.replace(/^stratum\+tcp:\/\//, '') ?? format.MISSING}
                </span>
                <span class="block truncate text-caption text-ink2" title={pool.user}>
                  {[pool.role && ROLES[pool.role], pool.user].filter(Boolean).join(' · ')}
                </span>
              </span>
              <span class="shrink-0 text-right">
                <span class={`block ${isFallback ? 'text-warn' : tone}`}>{word}</span>
                <span class="block text-caption text-ink2">
                  {pool.difficulty !== undefined && (
                    <>
                      diff <Num q={format.difficulty(pool.difficulty)} />
                    </>
                  )}
                  {pool.ping_ms !== undefined && ` · ${format.inline({ text: format.significant(pool.ping_ms), unit: 'ms' })}`}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
      <Links row={row} />
    </section>
  );
}

/** The pool servers of ours that see this device, and as which worker. */
function Links({ row }: { row: Row }) {
  if (!row.links?.length) return null;
  return (
    <ul class="mt-1 flex flex-col gap-2 border-t border-line pt-3">
      {row.links.map((link) => (
        <li key={`${link.source_id} ${link.coin} ${link.worker}`}>
          <a href={`/pools?pool=${encodeURIComponent(link.source_id)}&coin=${encodeURIComponent(link.coin ?? '')}`} class="flex items-center gap-2.5 text-control hover:underline">
            <Coin coin={link.coin} />
            <span class="min-w-0 truncate">
              {rowsById.value.get(link.source_id)?.name ?? link.source_id}
              {link.worker && <span class="text-ink2"> · {link.worker}</span>}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
