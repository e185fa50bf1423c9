/** One coin of a pool: its figures, its workers and what could not be read. */
import { ButtonLink } from '../../components/button';
import { Coin as CoinMark } from '../../components/coin';
import { Empty, Skeleton } from '../../components/empty';
import { Num } from '../../components/num';
import { LiveNote, Page } from '../../components/page';
import { Panel } from '../../components/panel';
import { Fact, PollNow, ServiceNote, SourceCard, StateWord } from '../../components/service';
import { deviceUrl } from '../../lib/device';
import * as format from '../../lib/format';
import { type Coin, gapsOf, minersOf, poolOf, windowsOf, windowsText, windowText } from '../../lib/pool';
import { readings } from '../../lib/readings';
import type { Row } from '../../lib/row';
import { hostText } from '../../lib/row-text';
import { lastKnown } from '../../lib/states';
import { lineup } from '../../lib/lineup';
import { now } from '../../lib/store';
import { CoinFacts, coinState } from './card';
import { Workers } from './workers';
import { CoinTrend } from './trend';

export function CoinPage({ row, coinKey }: { row: Row; coinKey: string }) {
  const reading = readings.value.get(row.id);
  const pool = poolOf(reading);
  const coin = pool?.coins.find((it) => it.key === coinKey);
  const url = deviceUrl(row);
  return (
    <Page
      title={`${coinKey} · ${row.name}`}
      back={{ href: '/pools', text: 'Back to Pools' }}
      note={<LiveNote class="max-sm:hidden" />}
      actions={
        url && (
          <ButtonLink href={url} class="h-8! max-lg:h-10!" label={`Open its page: ${row.name}`}>
            <span class="max-sm:hidden">Open its page</span>
          </ButtonLink>
        )
      }
    >
      <div class="flex flex-col gap-4 p-4 sm:p-5">
        {coin && pool ? (
          <>
            <Now row={row} coin={coin} uptime={pool.uptime_secs} />
            <Workers row={row} coin={coin} />
            <Gaps gaps={gapsOf(pool, coin.key)} />
          </>
        ) : reading && pool ? (
          <Empty icon="drop" title={`No coin ${coinKey} here`} actions={<ButtonLink href={`/pools?pool=${encodeURIComponent(row.id)}`}>Show its coins</ButtonLink>}>
            {row.name} tells of no coin with this key.
          </Empty>
        ) : row.snapshot_at && !reading ? (
          <Skeleton class="h-64 rounded-card" />
        ) : (
          <SourceCard row={row} section="pools" url={url} />
        )}
      </div>
    </Page>
  );
}

function Now({ row, coin, uptime }: { row: Row; coin: Coin; uptime: number | undefined }) {
  const state = coinState(row, coin.key);
  const isOld = lastKnown(row, now.value) === 'old';
  const windows = windowsOf(coin);
  const mine = minersOf(lineup.value, row.id, coin.key).length;
  const about = [row.firmware, row.firmware_version].filter(Boolean).join(' ');
  const more = [about, hostText(row), coin.algorithm, uptime !== undefined && !isOld && `up ${format.uptime(uptime)}`].filter(Boolean).join(' · ');
  const cell = 'bg-panel px-4 py-3';
  return (
    <Panel title="Now" hideTitle>
      <div class={isOld ? 'text-ink3' : ''}>
        <header class="flex items-center gap-3 p-4">
          <CoinMark coin={coin.coin ?? coin.key} size={32} />
          <div class="min-w-0 flex-1">
            <StateWord state={state} />
            <p class="text-caption text-ink2 sm:truncate">{more}</p>
          </div>
          <ButtonLink href={`/d/${encodeURIComponent(row.id)}`} size="small" icon="list" class="max-lg:h-10" label={`All details: ${row.name}`}>
            <span class="max-sm:hidden">All details</span>
          </ButtonLink>
          <PollNow row={row} isShort />
        </header>
        {(state !== 'running' || isOld) && <ServiceNote row={row} class="mx-4 mb-4" />}
        <CoinTrend row={row} coin={coin} isOld={isOld} class="px-4 pb-3" />
        <dl class="grid grid-cols-2 gap-px border-t border-line bg-line sm:grid-cols-3 xl:grid-cols-6">
          <Fact
            large
            class={cell}
            name={windows[0] ? `Hashrate, ${windowText(windows[0][0])}` : 'Hashrate'}
            note={coin.estimated ? 'estimated from its shares' : windowsText(windows)}
          >
            <Num q={windows[0] && format.hashrate(windows[0][1])} unit="text-ink3 text-body" />
          </Fact>
          <Fact large class={cell} name="Workers connected" note={mine > 0 ? `${mine} of my miners` : 'none of my miners'}>
            <Num q={coin.active_workers === undefined ? undefined : { text: format.count(coin.active_workers), unit: '' }} />
          </Fact>
          <CoinFacts large coin={coin} cell={cell} />
        </dl>
        {coin.counted === false && (
          <p class="border-t border-line px-4 py-3 text-control text-ink2">
            The pool has miners under this key and counts their shares under the symbol of the coin, so that its counters stay at zero here and are
            left out. The miners earn all the same.
          </p>
        )}
      </div>
    </Panel>
  );
}

/** What the pool was asked for and did not give, or gave in a form that nobody knows. */
function Gaps({ gaps }: { gaps: readonly { field: string; found: string }[] }) {
  if (gaps.length === 0) return null;
  return (
    <Panel title="Not read" note={format.plural(gaps.length, 'answer')}>
      <ul class="divide-y divide-line">
        {gaps.map(({ field, found }) => (
          <li key={field} class="flex flex-wrap gap-x-3 px-4 py-2 text-control">
            <code class="min-w-0 font-mono text-caption break-all text-ink2">{field}</code>
            <span class="min-w-0 break-words">{found}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
