/** One device: beside the table, or as a page of its own. */
import { ButtonLink, IconButton } from '../../components/button';
import { Empty } from '../../components/empty';
import { LiveNote, Page } from '../../components/page';
import { Panel } from '../../components/panel';
import type { Row } from '../../lib/row';
import { minerOf, useReading } from '../../lib/reading';
import { homeOf } from '../../lib/issue-looks';
import { freshness } from '../../lib/states';
import { hasTable, rowOf, slowNow } from '../../lib/store';
import { Actions } from './actions';
import { Boards } from './boards';
import { DeviceEvents } from './events';
import { Figures } from './figures';
import { Headline, SubTitle } from './headline';
import { History } from './history';
import { Identity, Raw, Sensors, Work } from './facts';
import { Issues } from './issues';
import { Pools } from './pools';

export function DrawerContent({ id, onClose }: { id: string; onClose: () => void }) {
  const row = rowOf(id);
  const { value: reading } = useReading(id, row?.observed_at);
  const miner = minerOf(reading);
  if (!row) {
    return (
      <>
        <IconButton name="x" label="Close" class="absolute top-3 right-3" onClick={onClose} />
        <Empty icon="search" title="No such device">
          There is no device with the id {id}.
        </Empty>
      </>
    );
  }
  return (
    <div class="flex flex-col gap-5 p-5">
      <header class="flex items-start gap-2">
        <div class="min-w-0 flex-1">
          <h2 class="truncate text-title">{row.name}</h2>
          <SubTitle row={row} />
        </div>
        <IconButton name="x" label="Close" class="-mt-1.5 -mr-2" onClick={onClose} />
      </header>
      <Headline row={row} />
      <Actions row={row} isDrawer />
      <Figures row={row} />
      <Issues row={row} />
      {row.snapshot_at && <History row={row} />}
      {miner && (
        <div class={`flex flex-col gap-5 ${washed(row)}`}>
          <Boards miner={miner} row={row} />
          <Pools miner={miner} row={row} />
          <Work miner={miner} />
          <Sensors miner={miner} />
        </div>
      )}
      <Identity row={row} miner={miner} reading={reading} />
      <DeviceEvents row={row} />
      <Raw reading={reading} />
    </div>
  );
}

/** What the last good answer told loses its colours when it is not from now. */
const washed = (row: Row) => (freshness(row, slowNow.value) === 'live' ? '' : 'washed');

export function Device({ id }: { id: string }) {
  const row = rowOf(id);
  if (row) return <DevicePage row={row} />;
  return (
    <Page title="Device">
      {hasTable.value && (
        <Empty icon="search" title="No such device" actions={<ButtonLink href="/">Go to Fleet</ButtonLink>}>
          There is no device with the id {id}.
        </Empty>
      )}
    </Page>
  );
}

function DevicePage({ row }: { row: Row }) {
  const { value: reading } = useReading(row.id, row.observed_at);
  const miner = minerOf(reading);
  const box = 'p-5';
  const kind = row.snapshot_kind;
  const isService = kind === 'pool' || kind === 'infrastructure';
  const back = isService ? { href: homeOf(row.id, kind), text: kind === 'pool' ? 'Show its coins' : 'Show its servers' } : { href: '/', text: 'Back to Fleet' };
  return (
    <Page title={row.name} back={back} note={<LiveNote class="max-sm:hidden" />} actions={<Actions row={row} />}>
      <div class="flex flex-col gap-4 p-4 sm:p-5">
        <Panel title="Now" hideTitle clip={false}>
          <div class="flex flex-col gap-4 p-5">
            <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
              <Headline row={row} />
              <SubTitle row={row} />
            </div>
            {!isService && <Figures row={row} isWide />}
            <Issues row={row} />
          </div>
        </Panel>
        <div class={`grid grid-cols-1 items-start gap-4 ${isService ? '' : 'lg:grid-cols-[minmax(0,7fr)_minmax(0,4fr)]'} ${washed(row)}`}>
          <div class={`min-w-0 flex-col gap-4 ${isService ? 'hidden' : 'flex'}`}>
            {!isService && row.snapshot_at && (
              <Panel title="History" hideTitle>
                <History row={row} class={box} />
              </Panel>
            )}
            {miner && miner.boards.length > 0 && (
              <Panel title="Boards and chips" hideTitle>
                <Boards miner={miner} row={row} class={box} />
              </Panel>
            )}
            {miner && miner.pools.length > 0 && (
              <Panel title="Pools" hideTitle>
                <Pools miner={miner} row={row} class={box} />
              </Panel>
            )}
          </div>
          <div class={`min-w-0 gap-4 ${isService ? 'grid grid-cols-1 items-start lg:grid-cols-2' : 'flex flex-col'}`}>
            {miner && (
              <Panel title="Work" hideTitle>
                <Work miner={miner} class={box} />
              </Panel>
            )}
            {miner && (
              <Panel title="Sensors" hideTitle>
                <Sensors miner={miner} class={box} />
              </Panel>
            )}
            <Panel title="Identity" hideTitle>
              <Identity row={row} miner={miner} reading={reading} class={box} />
            </Panel>
            <Panel title="Last events" hideTitle>
              <DeviceEvents row={row} class={box} />
            </Panel>
          </div>
        </div>
        <Panel title="Raw JSON" hideTitle>
          <Raw reading={reading} class={box} />
        </Panel>
      </div>
    </Page>
  );
}
