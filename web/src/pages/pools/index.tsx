/** Pools: a card for each instance and coin, or one coin with its workers. */
import { Button, ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { Page } from '../../components/page';
import { Attention, CardSkeletons } from '../../components/service';
import { plural } from '../../lib/format';
import { poolOf } from '../../lib/pool';
import { readings, useReadings } from '../../lib/readings';
import { place, setQuery } from '../../lib/route';
import type { Row } from '../../lib/row';
import { isAdmin } from '../../lib/session';
import { lineup } from '../../lib/lineup';
import { hasTable, rows } from '../../lib/store';
import { BareCard, hasCoins, PoolCards } from './card';
import { CoinPage } from './coin';

const NAMES = new Intl.Collator('en', { numeric: true });

export function Pools() {
  const all = rows.value.filter((row) => row.snapshot_kind === 'pool').sort((a, b) => NAMES.compare(a.name, b.name));
  useReadings(all);
  const { query } = place.value;
  const [id, key] = [query.get('pool'), query.get('coin')];
  const row = all.find((it) => it.id === id);
  if (row && key !== null) return <CoinPage row={row} coinKey={key} />;
  const shown = row ? [row] : all;
  return (
    <Page
      title="Pools"
      actions={
        isAdmin() && (
          <ButtonLink href="/settings/pools?add" weight="primary" icon="plus" class="h-8! max-lg:h-10!" label="Add pool">
            <span class="max-sm:hidden">Add pool</span>
          </ButtonLink>
        )
      }
    >
      {!hasTable.value ? (
        <CardSkeletons />
      ) : all.length === 0 ? (
        <NoPools />
      ) : (
        <div class="flex flex-col gap-4 p-4 sm:p-5">
          <Attention rows={shown} />
          <div class="flex min-h-7 items-center gap-3 text-control text-ink2">
            {row ? (
              <Button size="small" icon="x" class="max-lg:h-10" label={`Remove filter: ${row.name}`} onClick={() => setQuery({ pool: undefined })}>
                {row.name}
              </Button>
            ) : (
              <Sums />
            )}
          </div>
          <Cards rows={shown.filter(hasCoins)}>{(it) => <PoolCards key={it.id} row={it} />}</Cards>
          <Cards rows={shown.filter((it) => !hasCoins(it))} isShort>
            {(it) => <BareCard key={it.id} row={it} />}
          </Cards>
        </div>
      )}
    </Page>
  );
}

function Cards({ rows: of, isShort, children }: { rows: readonly Row[]; isShort?: boolean; children: (row: Row) => preact.ComponentChild }) {
  if (of.length === 0) return null;
  return <div class={`grid grid-cols-1 gap-4 lg:grid-cols-2 xl:grid-cols-3 min-[105rem]:grid-cols-4 ${isShort ? 'items-start' : ''}`}>{of.map(children)}</div>;
}

/** How many there are, and how many of the miners work for one of them. */
function Sums() {
  const pools = rows.value.filter((row) => row.snapshot_kind === 'pool');
  const ids = new Set(pools.map((row) => row.id));
  const coins = pools.reduce((sum, row) => sum + (poolOf(readings.value.get(row.id))?.coins.length ?? 0), 0);
  const linked = lineup.value.filter((row) => row.links?.some((link) => ids.has(link.source_id))).length;
  const parts = [plural(pools.length, 'pool'), coins > 0 && plural(coins, 'coin'), `${linked} of my ${plural(lineup.value.length, 'miner')} ${linked === 1 ? 'works' : 'work'} here`];
  return <p>{parts.filter(Boolean).join(' · ')}</p>;
}

function NoPools() {
  return (
    <Empty
      icon="drop"
      title="No pools yet"
      actions={
        isAdmin() && (
          <>
            <ButtonLink href="/settings/pools?add" weight="primary" icon="plus">
              Add pool
            </ButtonLink>
            <ButtonLink href="/discovery" icon="radar">
              Search network
            </ButtonLink>
          </>
        )
      }
    >
      Add a GoSlimStratum or GoStratumEngine by the address of its API: port 4004 or 8080 unless you changed it. GoSlimStratum answers there when
      metrics.enable_http_api is true in its config.json.
    </Empty>
  );
}
