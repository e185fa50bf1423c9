/** One finding in the list: what it is, where, and what can be done about it. */
import type { Signal } from '@preact/signals';
import { EyeOff, Undo2, EllipsisVertical } from 'lucide';
import { Button, ButtonLink, IconButton } from '../../components/button';
import { MenuItem, MenuLink, Popover } from '../../components/menu';
import { sentence } from '../../components/issue-line';
import { Num } from '../../components/num';
import { hashrate } from '../../lib/format';
import { rowsById } from '../../lib/store';
import { add, attempt, ignore, unignore, updateAddress } from './actions';
import { modelOf } from './names';
import type { Finding } from './state';

/** What an unknown can be called: the kinds of the configuration. */
const KINDS: readonly (readonly [kind: string, text: string])[] = [
  ['axeos', 'AxeOS (Bitaxe, NerdAxe)'],
  ['antminer', 'Antminer'],
  ['canaan', 'Avalon'],
  ['cgminer', 'cgminer API'],
  ['gss', 'GoSlimStratum'],
  ['mim', 'MIM'],
];

const CHOSEN = new Set<Finding['status']>(['new', 'needs_password']);

export const keyOf = (finding: Finding) => `${finding.ip}:${finding.port}`;

export function FindingRow({ finding, selected, isPlain = false }: {
  finding: Finding;
  selected: Signal<ReadonlySet<string>>;
  /** Only to be chosen. */
  isPlain?: boolean;
}) {
  const key = keyOf(finding);
  const title = titleOf(finding);
  const { identity, status } = finding;
  const firmware = [identity?.firmware, identity?.firmware_version].filter(Boolean).join(' ');
  const facts = [firmware, identity?.mac, identity?.hostname].filter(Boolean).join(' · ');
  const note = sentence(finding.why ?? '');
  const movedFrom = finding.moved ? bare(rowsById.value.get(finding.source_id ?? '')?.address ?? 'another address') : undefined;
  const toggle = () => {
    const next = new Set(selected.value);
    if (!next.delete(key)) next.add(key);
    selected.value = next;
  };
  const isChoice = CHOSEN.has(status);
  return (
    <li data-finding={key} class="flex items-center gap-3 py-2.5 pr-3 pl-4">
      {isChoice && (
        <label class="-m-2 grid size-8 shrink-0 place-items-center max-lg:-m-3 max-lg:size-11">
          <input type="checkbox" class="size-4 accent-ink" aria-label={`Select ${title} at ${finding.ip}`} checked={selected.value.has(key)} onChange={toggle} />
        </label>
      )}
      <div class="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 lg:grid-cols-[minmax(0,1fr)_13rem_5rem] lg:gap-x-4">
        <p class="truncate text-body font-medium">{title}</p>
        <p class="text-right text-control lg:order-3 lg:row-span-2">{finding.current_hps !== undefined && <Num q={hashrate(finding.current_hps)} />}</p>
        <p class="truncate font-mono text-caption text-ink2 max-lg:col-span-2 lg:order-2 lg:row-span-2">{bare(finding.address)}</p>
        {movedFrom ? (
          <p class="truncate text-caption text-warn max-lg:col-span-2 lg:order-4">Moved from {movedFrom}</p>
        ) : (
          <p class="truncate text-caption text-ink3 max-lg:col-span-2 lg:order-4" title={finding.why ?? facts}>
            {status === 'new' ? facts || note : note || facts}
          </p>
        )}
      </div>
      {!isPlain && (
        <div class={`flex justify-end ${isChoice || status === 'unknown' ? '' : 'lg:w-30'}`}>
          <Actions finding={finding} title={title} />
        </div>
      )}
    </li>
  );
}

const bare = (address: string) => address.replace(/^https?:\/\//, '');

/** The name of the source that it is, or what it says it is. */
function titleOf(finding: Finding): string {
  const source = finding.source_id ? rowsById.value.get(finding.source_id) : undefined;
  if (source) return source.name;
  if (finding.status === 'needs_password') return finding.identity?.model ? modelOf(finding) : 'A device that refuses access';
  if (finding.status === 'unknown') return `Something at port ${finding.port}`;
  const { make } = finding.identity ?? {};
  const model = modelOf(finding);
  return make && !model.startsWith(make) && make !== model ? `${make} ${model}` : model;
}

function Actions({ finding, title }: { finding: Finding; title: string }) {
  switch (finding.status) {
    case 'known':
      return finding.moved ? (
        <Button size="small" class="max-lg:h-9" label={`Update address: ${title}`} onClick={() => attempt(updateAddress(finding, title))}>
          Update address
        </Button>
      ) : (
        <ButtonLink size="small" class="max-lg:h-9" href={`/?device=${encodeURIComponent(finding.source_id ?? '')}`} label={`Open ${title}`}>
          Open
        </ButtonLink>
      );
    case 'ignored':
      return (
        <Button size="small" class="max-lg:h-9" icon={Undo2} label={`Stop ignoring ${title}`} onClick={() => attempt(unignore(finding))}>
          Stop ignoring
        </Button>
      );
    default:
      return <More finding={finding} title={title} />;
  }
}

function More({ finding, title }: { finding: Finding; title: string }) {
  return (
    <Popover
      label={`Actions for ${title}`}
      button={(isOpen, toggle) => (
        <IconButton name={EllipsisVertical} label={`Actions for ${title} at ${finding.ip}`} class="size-8! max-lg:size-11!" expanded={isOpen} onClick={toggle} />
      )}
    >
      {(close) => {
        const run = (work: () => Promise<void>) => () => {
          close();
          attempt(work());
        };
        return (
          <>
            {finding.status === 'unknown' &&
              KINDS.map(([kind, text]) => (
                <MenuItem key={kind} onClick={run(() => add([finding], { pattern: '{ip}', place: '', kind }))}>
                  Add as {text}
                </MenuItem>
              ))}
            <MenuItem icon={EyeOff} onClick={run(() => ignore([finding]))}>
              Ignore
            </MenuItem>
            <MenuLink icon="out" href={/^https?:/.test(finding.address) ? finding.address : `http://${finding.ip}`}>
              Open its page
            </MenuLink>
          </>
        );
      }}
    </Popover>
  );
}

/** What to do about those of a tab. */
export function NoteOf({ status }: { status: Finding['status'] }) {
  const text = NOTES[status];
  return text ? <p class="border-b border-line bg-raise px-4 py-2.5 text-caption text-ink2">{text}</p> : null;
}

const NOTES: Partial<Record<Finding['status'], string>> = {
  needs_password: 'These answer, and refuse to tell anything without a password. Select those that share one.',
  unknown: 'Something answers here that no driver knows. If you know what it is, add it as that; else ignore it.',
  ignored: 'These stay away from the new ones, also in later scans.',
};
