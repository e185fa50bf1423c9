/** The home page: is all well, and if not, what to do first. */
import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ButtonLink, IconButton } from '../../components/button';
import { lazy } from '../../components/lazy';
import { Page } from '../../components/page';
import { Search } from '../../components/search';
import { isWide } from '../../lib/media';
import { place, setQuery } from '../../lib/route';
import { isAdmin } from '../../lib/session';
import { lineup } from '../../lib/lineup';
import { hasTable } from '../../lib/store';
import { followTrends } from '../../lib/trend';
import { Attention } from './attention';
import { DeviceDrawer } from './drawer';
import { Loading, NoMiners } from './blank';
import { Devices } from './devices';
import { Totals } from './totals';

const FleetMap = lazy(() => import('./map').then((it) => it.FleetMap));

/** A map of fewer devices says nothing that the table does not. */
const MAP_FROM = 8;

export function Fleet() {
  const isSearching = useSignal(false);
  useEffect(() => followTrends(), []);
  const q = place.value.query.get('q') ?? '';
  const search = (text: string) => setQuery({ q: text }, { replace: true });
  const field = (
    <Search
      value={q}
      placeholder="Name, IP, model, rack…"
      class="w-full lg:w-56"
      autoFocus={isSearching.value}
      onChange={search}
      onLeave={() => (isSearching.value = false)}
    />
  );
  const isPhoneSearch = !isWide.value && (isSearching.value || q !== '');
  return (
    <>
    <Page
      title="Fleet"
      {...(isPhoneSearch && { head: field })}
      actions={
        isWide.value ? (
          <>
            {field}
            {isAdmin() && (
              <ButtonLink href="/settings/devices?add" weight="primary" icon="plus" class="order-last h-8!">
                Add device
              </ButtonLink>
            )}
          </>
        ) : (
          <IconButton name="search" label="Search" bordered class="size-10!" onClick={() => (isSearching.value = true)} />
        )
      }
    >
      <Content />
    </Page>
    <DeviceDrawer />
    </>
  );
}

function Content() {
  const n = useComputed(() => lineup.value.length).value;
  if (!hasTable.value) return <Loading />;
  if (n === 0) return <NoMiners />;
  return (
    <div class="flex flex-col gap-4 p-4 sm:p-5">
      <Totals />
      <div class="grid gap-4 lg:grid-cols-[minmax(0,4fr)_minmax(0,7fr)]">
        <Attention />
        {isWide.value && n >= MAP_FROM && <FleetMap />}
      </div>
      <Devices />
    </div>
  );
}
