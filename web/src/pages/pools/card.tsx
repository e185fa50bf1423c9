/** The cards of one pool: one for each coin, or one that says why there is none. */
import { Coin as CoinMark } from '../../components/coin';
import { Icon } from '../../components/icon';
import { Num } from '../../components/num';
import { Panel } from '../../components/panel';
import { Fact, ServiceNote, SourceCard, StateWord } from '../../components/service';
import { Skeleton } from '../../components/empty';
import { deviceUrl } from '../../lib/device';
import * as format from '../../lib/format';
import { type Coin, minersOf, ofBlock, partText, poolOf, scopeText, smallPercent, windowsOf, windowsText, windowText } from '../../lib/pool';
import { readings } from '../../lib/readings';
import type { Row, State } from '../../lib/row';
import { lastKnown } from '../../lib/states';
import { lineup } from '../../lib/lineup';
import { issuesById, now, slowNow } from '../../lib/store';
import { CoinTrend } from './trend';

/** Whether coins of it can be shown, or will be in a moment. */
export function hasCoins(row: Row): boolean {
  const reading = readings.value.get(row.id);
  return reading ? (poolOf(reading)?.coins.length ?? 0) > 0 : row.snapshot_at !== undefined;
}

export function PoolCards({ row }: { row: Row }) {
  const coins = poolOf(readings.value.get(row.id))?.coins;
  if (!coins) return <Skeleton class="h-80 rounded-card" />;
  const url = deviceUrl(row);
  return (
    <>
      {coins.map((coin) => (
        <CoinCard key={coin.key} row={row} coin={coin} url={url} />
      ))}
    </>
  );
}

/** A pool without coins. */
export function BareCard({ row }: { row: Row }) {
  return (
    <SourceCard row={row} section="pools" url={deviceUrl(row)} action="Name its coins">
      {poolOf(readings.value.get(row.id)) &&
        'It answers, and tells of no coin. Name the coin keys in the settings, exactly as they stand in the config.json of the pool.'}
    </SourceCard>
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
  const windows = windowsOf(coin);
  const [main] = windows;
  const mine = minersOf(lineup.value, row.id, coin.key).length;
  const href = coinHref(row.id, coin.key);
  const program = [row.firmware, row.firmware_version].filter(Boolean).join(' ');
  return (
    <Panel title={`${coin.key} of ${row.name}`} hideTitle class="group relative flex flex-col hover:border-edge">
      <article data-coin={`${row.id} ${coin.key}`} data-fresh={isOld ? 'old' : 'live'} class={`flex h-full flex-col ${isOld ? 'text-ink3' : ''}`}>
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
        {(state !== 'running' || isOld) && <ServiceNote row={row} class="mx-4 mb-3" />}
        <dl class="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-x-4 px-4">
          <Fact
            large
            name={main ? `Hashrate, ${windowText(main[0])}` : 'Hashrate'}
            note={coin.estimated ? 'estimated from its shares' : windowsText(windows)}
          >
            <Num q={main && format.hashrate(main[1])} unit="text-ink3 text-body" />
          </Fact>
          <Fact large name="Workers" note={coin.active_workers === undefined ? '' : coin.active_workers === 1 ? 'connected' : 'connected now'}>
            <Num q={coin.active_workers === undefined ? undefined : { text: format.count(coin.active_workers), unit: '' }} />
          </Fact>
        </dl>
        <CoinTrend row={row} coin={coin} isOld={isOld} class="mt-1 px-4" />
        <dl class="mt-3 grid flex-1 grid-cols-2 gap-px border-y border-line bg-line">
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
            <a href={url} target="_blank" rel="noreferrer" aria-label={`Open its page: ${row.name}`} class="relative z-1 ml-auto flex h-8 items-center gap-1 rounded-small px-2 text-ink2 hover:bg-raise hover:text-ink max-lg:h-11">
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
export function CoinFacts({ coin, cell, large }: { coin: Coin; cell: string; large?: boolean }) {
  const { shares, blocks, best_share: best, network } = coin;
  const refused = shares?.rejected === undefined ? undefined : shares.rejected + (shares.stale ?? 0);
  const accepted = shares?.accepted === undefined || refused === undefined ? undefined : format.acceptance(shares.accepted, refused);
  const found = blocks?.last_found_at === undefined ? undefined : Date.parse(blocks.last_found_at);
  const part = ofBlock(coin);
  const unit = large ? 'text-ink3 text-body' : 'text-ink3';
  return (
    <>
      <Fact
        large={large}
        name="Accepted"
        class={cell}
        note={coin.counted === false ? 'not counted under this key' : shares && scopeText(shares.scope, shares.window_secs)}
        title={shares && `${format.count(shares.accepted ?? 0)} accepted, ${format.count(shares.rejected ?? 0)} rejected, ${format.count(shares.stale ?? 0)} stale`}
      >
        <Num q={accepted} unit={unit} />
      </Fact>
      <Fact large={large} name="Share of the network" class={cell} note={network?.difficulty !== undefined && `difficulty ${format.inline(format.difficulty(network.difficulty))}`}>
        <Num q={network?.share_percent === undefined ? undefined : smallPercent(network.share_percent)} unit={unit} />
      </Fact>
      <Fact
        large={large}
        name={found === undefined && blocks?.count ? 'Blocks' : 'Last block'}
        class={cell}
        note={blocks && (found === undefined || !blocks.count ? scopeText(blocks.scope) : `${format.plural(blocks.count, 'block')} ${scopeText(blocks.scope)}`)}
        title={found === undefined ? undefined : `${blocks?.last_height === undefined ? '' : `Height ${format.count(blocks.last_height)}, `}${format.moment(found)}`}
      >
        {found !== undefined ? `${format.span((now.value - found) / 1000)} ago` : blocks?.count === 0 ? 'None yet' : <Num q={blocks?.count ? { text: format.count(blocks.count), unit: '' } : undefined} />}
      </Fact>
      <Fact large={large} name="Best share" class={cell} note={best && [part !== undefined && partText(part), scopeText(best.scope)].filter(Boolean).join(', ')}>
        <Num q={best && format.difficulty(best.difficulty)} unit={unit} />
      </Fact>
    </>
  );
}
