/** Devices, pools or servers: the list of what is watched, and the sheet to add or change one. */
import { FileInput, Trash2, Power, PowerOff, Pencil, EllipsisVertical } from 'lucide';
import { useComputed, useSignal } from '@preact/signals';
import { Button, ButtonLink, IconButton } from '../../components/button';
import { Empty } from '../../components/empty';
import { Icon, type IconName, StateIcon } from '../../components/icon';
import { MenuItem, MenuLink, Popover } from '../../components/menu';
import { Panel } from '../../components/panel';
import { Question } from '../../components/question';
import { Search } from '../../components/search';
import type { SourceConfig } from '../../lib/config';
import { kindName } from '../../lib/config-diff';
import { isSame, setAt } from '../../lib/config-path';
import { count } from '../../lib/format';
import type { State } from '../../lib/row';
import { place, setQuery, withQuery } from '../../lib/route';
import { LOOKS } from '../../lib/states';
import { rowOf } from '../../lib/store';
import { commit, draft, saved, sourcesOf } from './draft';
import { SOURCE_SECTIONS } from './problems';
import { SourceSheet } from './source-sheet';

type Of = 'devices' | 'pools' | 'servers';

const WORDS: Record<Of, { one: string; none: string; about: string; icon: IconName; first: string }> = {
  devices: { one: 'device', none: 'No devices yet', about: 'Search the network, or add a miner by its address.', icon: 'grid', first: 'auto' },
  pools: { one: 'pool', none: 'No pools yet', about: 'Add a GoSlimStratum or GoStratumEngine instance to see its coins, and which of your miners work for it.', icon: 'drop', first: 'gss' },
  servers: { one: 'server', none: 'No servers yet', about: 'Add a MIM instance, or the machine that the agent runs on.', icon: 'server', first: 'mim' },
};

const SHOWN = 200;
/** As people count: 2 before 10. */
const { compare: compareNames } = new Intl.Collator(undefined, { numeric: true });

export function Sources({ of }: { of: Of }) {
  const search = useSignal('');
  const isAll = useSignal(false);
  const deleting = useSignal<SourceConfig | undefined>(undefined);
  const words = WORDS[of];
  const kinds = SOURCE_SECTIONS[of] ?? [];
  const all = sourcesOf(draft.value);
  const mine = all.filter((it) => kinds.includes(String(it.kind ?? 'auto'))).sort((a, b) => compareNames(nameOf(a), nameOf(b)));
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = mine.filter((it) => {
    const text = [it.name, it.id, it.address, it.kind, kindName(it.kind), it.group, ...(it.tags ?? [])].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const shown = isAll.value ? found : found.slice(0, SHOWN);
  const { query } = place.value;
  const edited = query.get('edit');
  const close = () => setQuery({ edit: undefined, add: undefined, address: undefined, kind: undefined, name: undefined }, { replace: true });
  return (
    <>
      <div class="mb-3 flex flex-wrap items-center gap-2">
        <ButtonLink href={`${place.value.path}?add`} weight="primary" icon="plus">
          Add {words.one}
        </ButtonLink>
        <ButtonLink href="/discovery" icon="radar">
          Search network
        </ButtonLink>
        {of === 'devices' && (
          <ButtonLink href="/settings/import" icon={FileInput}>
            Import
          </ButtonLink>
        )}
        {mine.length > 8 && <Search value={search.value} placeholder="Name, address, place…" class="ml-auto min-w-44 flex-1 sm:max-w-64" onChange={(it) => (search.value = it)} />}
      </div>
      <Panel title={`${count(mine.length)} ${words.one}s`} hideTitle clip={false}>
        {mine.length === 0 && (
          <Empty icon={words.icon} title={words.none}>
            {words.about}
          </Empty>
        )}
        {mine.length > 0 && found.length === 0 && (
          <Empty icon="search" title={`No ${words.one} matches “${search.value}”`} actions={<Button onClick={() => (search.value = '')}>Clear search</Button>} />
        )}
        {found.length > 0 && <Head />}
        <ul class="divide-y divide-line">
          {shown.map((it) => (
            <Line key={String(it.id)} source={it} onDelete={() => (deleting.value = it)} />
          ))}
        </ul>
        {found.length > shown.length && (
          <div class="border-t border-line p-3 text-center">
            <Button onClick={() => (isAll.value = true)}>Show all {count(found.length)}</Button>
          </div>
        )}
      </Panel>
      {(query.has('add') || edited !== null) && (
        <SourceSheet
          key={edited ?? 'new'}
          id={edited ?? undefined}
          start={{ kind: query.get('kind') ?? words.first, ...(query.get('address') && { address: query.get('address')! }), ...(query.get('name') && { name: query.get('name')! }) }}
          kinds={kinds}
          word={words.one}
          onClose={close}
          onDelete={(it) => {
            close();
            deleting.value = it;
          }}
        />
      )}
      {deleting.value && <Delete source={deleting.value} word={words.one} onClose={() => (deleting.value = undefined)} />}
    </>
  );
}

const nameOf = (source: SourceConfig) => String(source.name || source.id || source.address || '');

/** Puts one changed source, or nothing, in the place of the one that is there. */
async function replace(source: SourceConfig, next: SourceConfig | undefined, done: string): Promise<void> {
  const at = sourcesOf(draft.peek()).findIndex((it) => it.id === source.id);
  if (at >= 0) await commit(setAt(draft.peek(), ['sources', at], next), done);
}

const GRID = 'lg:grid lg:grid-cols-[minmax(0,3fr)_6.5rem_minmax(0,2.5fr)_minmax(0,1.5fr)_4.5rem_2.25rem] lg:items-center lg:gap-3';

function Head() {
  return (
    <div aria-hidden="true" class={`border-b border-line px-4 py-2 text-caption text-ink3 max-lg:hidden ${GRID}`}>
      <span>Name</span>
      <span>Kind</span>
      <span>Address</span>
      <span>Place</span>
      <span class="text-right">Every</span>
    </div>
  );
}

function Line({ source, onDelete }: { source: SourceConfig; onDelete: () => void }) {
  const id = String(source.id ?? '');
  // Rows change every second, what is shown of them here hardly ever.
  const live = useComputed(() => {
    const row = rowOf(id);
    return [row?.state ?? 'pending', row?.interval_secs ?? '', row?.snapshot_kind ?? ''].join();
  });
  const [told, interval, snapshotKind] = live.value.split(',') as [State, string, string];
  const isOff = source.enabled === false;
  const was = sourcesOf(saved.value?.config ?? {}).find((it) => it.id === id);
  const mark = !was ? 'New' : isSame(was, source) ? '' : 'Changed';
  const state = isOff ? 'disabled' : told;
  const name = nameOf(source);
  const kind = kindName(source.kind ?? 'auto');
  return (
    <li class={`relative flex items-center gap-3 px-4 py-2 hover:bg-raise max-lg:min-h-15 lg:min-h-11 ${GRID}`} data-source={id}>
      <div class="flex min-w-0 flex-1 items-center gap-2.5">
        <span title={LOOKS[state].word} class="grid">
          <StateIcon state={state} />
          <span class="sr-only">{LOOKS[state].word}</span>
        </span>
        <span class={`min-w-0 ${isOff ? 'text-ink3' : ''}`}>
          <a href={withQuery({ edit: id })} class="block truncate text-control font-medium after:absolute after:inset-0">
            {name}
          </a>
          <span class="block truncate text-caption text-ink3 lg:hidden">
            {kind} · {String(source.address ?? '')}
            {source.group && ` · ${source.group}`}
          </span>
        </span>
        {mark && <span class="shrink-0 rounded-full bg-sunk px-2 text-axis text-ink2">{mark}</span>}
      </div>
      <span class="truncate text-control text-ink2 max-lg:hidden">{kind}</span>
      <span class="truncate font-mono text-caption text-ink2 max-lg:hidden">{String(source.address ?? '')}</span>
      <span class="truncate text-control text-ink2 max-lg:hidden">{source.group ?? ''}</span>
      <span class="text-right text-control text-ink2 max-lg:hidden">
        {interval ? (
          <>
            {interval}
            <span class="ml-[0.22em] text-ink3">s</span>
          </>
        ) : (
          ''
        )}
      </span>
      <div class="z-10 shrink-0">
        <Popover label={`Actions for ${name}`} button={(isOpen, toggle) => <IconButton name={EllipsisVertical} label={`Actions for ${name}`} expanded={isOpen} class="lg:size-8!" onClick={toggle} />}>
          {(shut) => (
            <>
              <MenuLink icon={Pencil} href={withQuery({ edit: id })}>
                Edit
              </MenuLink>
              {snapshotKind === 'miner' && (
                <MenuLink icon="gauge" href={`/d/${encodeURIComponent(id)}`}>
                  Show readings
                </MenuLink>
              )}
              <MenuItem
                icon={isOff ? Power : PowerOff}
                onClick={() => {
                  shut();
                  const { enabled: _, ...rest } = source;
                  void replace(source, isOff ? rest : { ...source, enabled: false }, isOff ? `Enabled ${name}` : `Disabled ${name}`);
                }}
              >
                {isOff ? 'Enable' : 'Disable'}
              </MenuItem>
              <MenuItem
                icon={Trash2}
                danger
                onClick={() => {
                  shut();
                  onDelete();
                }}
              >
                Delete
              </MenuItem>
            </>
          )}
        </Popover>
      </div>
    </li>
  );
}

function Delete({ source, word, onClose }: { source: SourceConfig; word: string; onClose: () => void }) {
  const isBusy = useSignal(false);
  const name = nameOf(source);
  const remove = async () => {
    isBusy.value = true;
    await replace(source, undefined, `Deleted ${name}`);
    onClose();
  };
  return (
    <Question title={`Delete ${name}`} verb={`Delete ${word}`} weight="danger" icon={Trash2} isBusy={isBusy.value} onAnswer={remove} onClose={onClose}>
      <p class="flex items-start gap-2.5 text-control text-ink2">
        <Icon name={Trash2} class="mt-0.5 text-ink3" />
        <span>
          The agent no longer asks {name} ({String(source.address ?? '')}), and forgets its history. The {word} itself is not touched. To keep it for later, disable it
          instead.
        </span>
      </p>
    </Question>
  );
}
