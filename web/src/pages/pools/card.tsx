/** The cards of one pool: one for each coin, or one that says why there is none. */
import { Coin as CoinMark } from '../../components/coin';
import { Icon } from '../../components/icon';
import { Num } from '../../components/num';
import { Panel } from '../../components/panel';
import { Fact, ServiceNote, SourceCard, StateWord } from '../../components/service';
import { Skeleton } from '../../components/empty';
import * as format from '../../lib/format';
import { type Coin, minersOf, ofBlock, pageUrl, partText, poolOf, scopeText, smallPercent, windowsOf, windowText } from '../../lib/pool';
import { readings } from '../../lib/readings';
import type { Row, State } from '../../lib/row';
import { lastKnown } from '../../lib/states';
import { issuesById, miners, now, slowNow } from '../../lib/store';

export function PoolCards({ row }: { row: Row }) {
  const reading = readings.value.get(row.id);
  const pool = poolOf(reading);
  const url = pageUrl(row.address, row.firmware);
  if (!pool) {
    if (row.snapshot_at && !reading) return <Skeleton class="h-80 rounded-card" />;
    return <SourceCard row={row} section="pools" url={url} />;
  }
  if (pool.coins.length === 0) {
    return (
      <SourceCard row={row} section="pools" url={url}>
        It answers, and tells of no coin. Name the coin keys in the settings, exactly as they stand in the config.json of the pool.
      </SourceCard>
    );
  }
  return (
    <>
      {pool.coins.map((coin) => (
        <CoinCard key={coin.key} row={row} coin={coin} url={url} />
      ))}
    </>
  );
}

export const coinHref = (id: string, key: string) => `/pools?pool=${encodeURIComponent(id)}&coin=${encodeURIComponent(key)}`;

/** A coin is as well as its pool, but for what is wrong with another coin only. */
export function coinState(row: Row, key: string): State {
  if (row.state !== 'degraded') return row.state;
  const own = [...issuesById.value.values()].filter((it) => it.severity !== 'info' && it.source_ids.includes(row.id));
  const isOfOthers = own.length > 0 && own.every((it) => it.code === 'coin_trouble' && it.id !== `coin-trouble-${row.id}-${key}`);
  return isOfOthers ? 'running' : 'degraded';
}

function CoinCard({ row, coin, url }: { row: Row; coin: Coin; url: string | undefined }) {
  const state = coinState(row, coin.key);
  const isOld = lastKnown(row, slowNow.value) === 'old';
  const [main, ...others] = windowsOf(coin);
  const mine = minersOf(miners.value, row.id, coin.key).length;
  const href = coinHref(row.id, coin.key);
  const program = [row.firmware, row.firmware_version].filter(Boolean).join(' ');
  return (
    <Panel title={`${coin.key} of ${row.name}`} hideTitle class="group relative flex flex-col hover:border-edge">
      <article data-coin={`${row.id} ${coin.key}`} data-fresh={isOld ? 'old' : 'live'} class={`flex h-full flex-col ${isOld ? 'text-ink2' : ''}`}>
        <header class="flex items-start gap-3 p-4 pb-3">
          <CoinMark coin={coin.coin ?? coin.key} size={32} />
          <div class="min-w-0 flex-1">
            <h2 class="truncate text-title text-ink">
              <a href={href} class="after:absolute after:inset-0 after:rounded-card focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-ink">
                {coin.key}
              </a>
            </h2>
            <p class="truncate text-caption text-ink2" title={`${row.name} · ${program}`}>
              {row.name}
              {program && <span class="text-ink3"> · {program}</span>}
            </p>
          </div>
          <StateWord state={state} />
        </header>
        {state !== 'running' && <ServiceNote row={row} class="mx-4 mb-3" />}
        <dl class="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-x-4 px-4">
          <Fact
            large
            name={main ? `Hashrate, ${windowText(main[0])}` : 'Hashrate'}
            note={coin.estimated ? 'estimated from its shares' : others.map(([window, hps]) => `${format.inline(format.hashrate(hps))} in ${windowText(window)}`).join(' · ')}
          >
            <Num q={main && format.hashrate(main[1])} unit="text-ink3 text-body" />
          </Fact>
          <Fact large name="Workers" note={coin.active_workers === undefined ? '' : coin.active_workers === 1 ? 'connected' : 'connected now'}>
            <Num q={coin.active_workers === undefined ? undefined : { text: format.count(coin.active_workers), unit: '' }} />
          </Fact>
        </dl>
        <dl class="mt-3 grid flex-1 grid-cols-2 content-start gap-px border-y border-line bg-line">
          <CoinFacts coin={coin} cell="bg-panel px-4 py-2.5" />
        </dl>
        <footer class="relative flex min-h-11 items-center gap-1 px-2 py-1 text-control">
          {mine > 0 ? (
            <a href={`/?pool=${encodeURIComponent(row.id)}&coin=${encodeURIComponent(coin.key)}`} class="relative z-1 flex h-8 items-center gap-1 rounded-small px-2 font-medium text-ink hover:bg-raise max-lg:h-11">
              {mine} of my miners here
              <Icon name="right" size={14} class="text-ink3" />
            </a>
          ) : (
            <span class="px-2 text-ink3">None of my miners here</span>
          )}
          {url && (
            <a href={url} target="_blank" rel="noreferrer" aria-label={`Open the page of ${row.name}`} class="relative z-1 ml-auto flex h-8 items-center gap-1 rounded-small px-2 text-ink2 hover:bg-raise hover:text-ink max-lg:h-11">
              Open its page
              <Icon name="out" size={14} class="text-ink3" />
            </a>
          )}
        </footer>
      </article>
    </Panel>
  );
}

/** What came of the work, and how it stands in the network. */
export function CoinFacts({ coin, cell }: { coin: Coin; cell: string }) {
  const { shares, blocks, best_share: best, network } = coin;
  const refused = shares?.rejected === undefined ? undefined : shares.rejected + (shares.stale ?? 0);
  const accepted = shares?.accepted === undefined || refused === undefined ? undefined : format.acceptance(shares.accepted, refused);
  const found = blocks?.last_found_at === undefined ? undefined : Date.parse(blocks.last_found_at);
  const part = ofBlock(coin);
  return (
    <>
      <Fact
        name="Accepted"
        class={cell}
        note={coin.counted === false ? 'not counted under this key' : shares && scopeText(shares.scope, shares.window_secs)}
        title={shares && `${format.count(shares.accepted ?? 0)} accepted, ${format.count(shares.rejected ?? 0)} rejected, ${format.count(shares.stale ?? 0)} stale`}
      >
        <Num q={accepted} />
      </Fact>
      <Fact name="Share of the network" class={cell} note={network?.difficulty !== undefined && `difficulty ${format.inline(format.difficulty(network.difficulty))}`}>
        <Num q={network?.share_percent === undefined ? undefined : smallPercent(network.share_percent)} />
      </Fact>
      <Fact
        name="Last block"
        class={cell}
        note={blocks?.count !== undefined && `${format.plural(blocks.count, 'block')} ${scopeText(blocks.scope)}`}
        title={found === undefined ? undefined : `${blocks?.last_height === undefined ? '' : `Height ${format.count(blocks.last_height)}, `}${format.moment(found)}`}
      >
        {found === undefined ? blocks?.count === 0 ? 'None yet' : <Num q={undefined} /> : `${format.span((now.value - found) / 1000)} ago`}
      </Fact>
      <Fact name="Best share" class={cell} note={best && [part !== undefined && partText(part), scopeText(best.scope)].filter(Boolean).join(' · ')}>
        <Num q={best && format.difficulty(best.difficulty)} />
      </Fact>
    </>
  );
}
