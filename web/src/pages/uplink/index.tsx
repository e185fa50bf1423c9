/** What leaves this network: each link to a receiver, how it is, what became of what was made, and the very message. Off until somebody sets one up. */
import { CloudOff } from 'lucide';
import { useSignal } from '@preact/signals';
import { Button } from '../../components/button';
import { Empty } from '../../components/empty';
import { lazy } from '../../components/lazy';
import { Panel } from '../../components/panel';
import { place, setQuery } from '../../lib/route';
import { isAdmin } from '../../lib/session';
import { TEXT } from '../../lib/states';
import { uplinks } from '../../lib/store';
import { lookOf } from '../../lib/uplink';
import { Attempts } from './attempts';
import { Drop } from './drop';
import { Days, Fates } from './ledger';
import { linksOf, MAX_LINKS, type UplinkConfig } from './links';
import { Preview } from './preview';
import { Sends } from './sends';
import { CloudIcon, State } from './state';

const UplinkSheet = lazy(() => import('./sheet').then((it) => it.UplinkSheet));

export function UplinkSection() {
  const { query } = place.value;
  const dropped = useSignal<{ id: string; isDeleted: boolean } | undefined>(undefined);
  const edited = query.get('edit');
  const links: readonly UplinkConfig[] = isAdmin() ? linksOf() : uplinks.value;
  const link = links.find((it) => it.id === (edited ?? query.get('link'))) ?? links[0];
  const close = () => setQuery({ edit: undefined, add: undefined, token: undefined, ...(edited && links.length > 1 && { link: edited }) }, { replace: true });
  return (
    <div class="flex flex-col gap-4">
      {links.length > 1 && <Links links={links} shown={link?.id ?? ''} />}
      {link?.id ? <Link key={link.id} link={link} onDrop={(isDeleted) => (dropped.value = { id: link.id!, isDeleted })} /> : <Nothing />}
      {isAdmin() && links.length > 0 && links.length < MAX_LINKS && (
        <Button weight="quiet" icon="plus" class="self-start" onClick={() => setQuery({ add: '1' })}>
          Add another uplink
        </Button>
      )}
      {isAdmin() && (query.has('add') || edited !== null) && (
        <UplinkSheet key={edited ?? 'new'} id={edited ?? undefined} isReplacingToken={query.has('token')} onClose={close} />
      )}
      {dropped.value && <Drop {...dropped.value} onClose={() => (dropped.value = undefined)} />}
    </div>
  );
}

function Nothing() {
  return (
    <>
      <Panel title="Uplink" hideTitle>
        <Empty
          icon={CloudOff}
          title="Nothing leaves this network"
          actions={
            isAdmin() && (
              <Button icon="plus" onClick={() => setQuery({ add: '1' })}>
                Add uplink
              </Button>
            )
          }
        >
          Everything here works without a cloud. An uplink is one connection that the agent opens itself, to a receiver that you name, so that you
          see your miners from outside. Nothing calls in, and nothing can be changed from there. Below is what one would send.
        </Empty>
      </Panel>
      <div class="grid items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <Sends />
        <Preview />
      </div>
    </>
  );
}

function Link({ link, onDrop }: { link: UplinkConfig; onDrop: (isDeleted: boolean) => void }) {
  const id = link.id!;
  const isOff = link.enabled === false;
  const told = uplinks.value.find((it) => it.id === id);
  const ledger = isOff ? undefined : told?.ledger;
  return (
    <>
      <State id={id} link={link} onDrop={onDrop} />
      {ledger && (
        <div class="grid items-start gap-4 xl:grid-cols-2">
          <Fates ledger={ledger} />
          <div class="flex min-w-0 flex-col gap-4">
            <Days days={told?.sent_by_day ?? []} />
            <Attempts attempts={told?.attempts ?? []} endings={told?.endings ?? {}} />
          </div>
        </div>
      )}
      <div class="grid items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        {isAdmin() && <Sends link={link} />}
        <Preview key={id} id={id} isWide={!isAdmin()} />
      </div>
    </>
  );
}

/** Which link is shown. */
function Links({ links, shown }: { links: readonly UplinkConfig[]; shown: string }) {
  return (
    <Panel title="Uplinks" note="each with its own memory and its own rules">
      <ul class="divide-y divide-line">
        {links.map(({ id = '', endpoint, enabled }) => {
          const state = enabled === false ? 'off' : uplinks.value.find((it) => it.id === id)?.state;
          const { word, tone } = lookOf(state);
          return (
            <li key={id}>
              <a
                href={`/settings/uplink?link=${encodeURIComponent(id)}`}
                aria-current={id === shown ? 'true' : undefined}
                class={`flex min-h-12 items-center gap-3 px-4 py-2 text-control -outline-offset-2 hover:bg-raise ${id === shown ? 'bg-raise' : ''}`}
              >
                <CloudIcon state={state} />
                <span class={`min-w-0 flex-1 truncate ${id === shown ? 'font-medium' : ''}`}>
                  {id}
                  <span class="ml-2 font-mono text-caption font-normal text-ink3 max-sm:hidden">{endpoint}</span>
                </span>
                <span class={TEXT[tone]}>{word}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
