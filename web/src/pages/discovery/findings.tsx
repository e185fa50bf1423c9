/** What a search found, by what is to be done about it. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Button } from '../../components/button';
import { Empty } from '../../components/empty';
import { count, plural } from '../../lib/format';
import { AddDialog } from './add-dialog';
import { attempt, ignore } from './actions';
import { FindingRow, keyOf, NoteOf } from './finding-row';
import { modelOf } from './names';
import type { Finding, Report, Status } from './state';

export const STATUSES: readonly (readonly [status: Status, text: string])[] = [
  ['new', 'New'],
  ['known', 'Known'],
  ['needs_password', 'Needs password'],
  ['unknown', 'Unknown'],
  ['ignored', 'Ignored'],
];

const NOTHING: Record<Status, readonly [title: string, text: string]> = {
  new: ['Nothing new', 'Every device that answered is a source already.'],
  known: ['No known device', 'None of the configured sources answered in this range.'],
  needs_password: ['No password wanted', 'No device refused to tell what it is.'],
  unknown: ['Nothing unknown', 'Everything that answered could be named.'],
  ignored: ['Nothing ignored', 'Devices that you ignore are listed here, and can be taken back.'],
};

/** So many rows are drawn at a time. */
const PAGE = 100;

export function Findings({ report, status, onStatus }: { report: Report; status: Status; onStatus: (status: Status) => void }) {
  const counts = useMemo(() => {
    const all = new Map<Status, number>();
    for (const it of report.results) all.set(it.status, (all.get(it.status) ?? 0) + 1);
    return all;
  }, [report.results]);
  const moved = report.results.some((it) => it.moved);
  const list = useMemo(() => ordered(report.results.filter((it) => it.status === status)), [report.results, status]);
  return (
    <div>
      <div role="tablist" aria-label="What was found" class="bare-scroll flex gap-1 border-b border-line px-2">
        {STATUSES.map(([it, text], at) => (
          <button
            key={it}
            type="button"
            role="tab"
            id={`tab-${it}`}
            aria-selected={it === status}
            aria-controls="findings"
            tabIndex={it === status ? 0 : -1}
            data-tab={it}
            class={`-mb-px flex h-11 shrink-0 items-center gap-1.5 border-b-2 px-2 text-control outline-offset-[-3px] ${
              it === status ? 'border-ink font-medium text-ink' : 'border-transparent text-ink2 hover:text-ink'
            }`}
            onClick={() => onStatus(it)}
            onKeyDown={(event) => {
              const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              if (step === 0) return;
              event.preventDefault();
              const next = STATUSES[(at + step + STATUSES.length) % STATUSES.length]![0];
              onStatus(next);
              document.getElementById(`tab-${next}`)?.focus();
            }}
          >
            {text}
            <span class="text-caption font-normal text-ink3">{count(counts.get(it) ?? 0)}</span>
            {it === 'known' && moved && <span class="size-1.5 rounded-full bg-warn-fill" role="img" aria-label="some have moved" />}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="findings" aria-labelledby={`tab-${status}`}>
        {list.length === 0 ? <None status={status} isRunning={report.state === 'running'} /> : <List key={status} list={list} status={status} />}
      </div>
    </div>
  );
}

/** Those that have moved come first: something is to be done about them. */
function ordered(list: Finding[]): Finding[] {
  return [...list].sort((a, b) => Number(b.moved ?? false) - Number(a.moved ?? false));
}

function None({ status, isRunning }: { status: Status; isRunning: boolean }) {
  const [title, text] = NOTHING[status];
  return isRunning ? (
    <p class="px-4 py-10 text-center text-control text-ink3">Nothing yet. What answers appears here at once.</p>
  ) : (
    <Empty icon="radar" title={title}>
      {text}
    </Empty>
  );
}

function List({ list, status }: { list: readonly Finding[]; status: Status }) {
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const shown = useSignal(PAGE);
  const isChoice = status === 'new' || status === 'needs_password';
  useNewOnes(list, selected, status === 'new');
  return (
    <>
      <NoteOf status={status} />
      {isChoice && <Bar list={list} selected={selected} />}
      <ul class="divide-y divide-line">
        {list.slice(0, shown.value).map((it) => (
          <FindingRow key={keyOf(it)} finding={it} selected={selected} />
        ))}
      </ul>
      {list.length > shown.value && (
        <p class="border-t border-line p-3 text-center">
          <Button onClick={() => (shown.value += PAGE)}>Show {count(Math.min(PAGE, list.length - shown.value))} more</Button>
        </p>
      )}
    </>
  );
}

/** New devices are chosen as they come in; what was taken out of the choice stays out. */
export function useNewOnes(list: readonly Finding[], selected: Signal<ReadonlySet<string>>, isOn: boolean): void {
  const seen = useSignal<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!isOn) return;
    const keys = list.map(keyOf);
    const there = new Set(keys);
    const fresh = keys.filter((key) => !seen.peek().has(key));
    seen.value = new Set([...seen.peek(), ...keys]);
    selected.value = new Set([...[...selected.peek()].filter((key) => there.has(key)), ...fresh]);
  }, [list, isOn]);
}

export function Bar({ list, selected }: { list: readonly Finding[]; selected: Signal<ReadonlySet<string>> }) {
  const isAdding = useSignal(false);
  const chosen = list.filter((it) => selected.value.has(keyOf(it)));
  const isAll = chosen.length === list.length;
  return (
    <div class="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-panel py-2 pr-3 pl-4 lg:sticky lg:top-13 lg:z-10">
      <label class="flex items-center gap-3 py-1 text-control">
        <input
          type="checkbox"
          class="size-4 accent-ink"
          checked={isAll}
          ref={(input) => {
            if (input) input.indeterminate = chosen.length > 0 && !isAll;
          }}
          onChange={() => (selected.value = new Set(isAll ? [] : list.map(keyOf)))}
        />
        {chosen.length === 0 ? 'Select all' : `${count(chosen.length)} selected`}
      </label>
      <div class="ml-auto flex gap-2">
        <Button
          size="small"
          class="max-lg:h-11"
          disabled={chosen.length === 0}
          onClick={() => attempt(ignore(chosen))}
          label={chosen.length === 1 && chosen[0] ? `Ignore ${modelOf(chosen[0])}` : `Ignore ${plural(chosen.length, 'device')}`}
        >
          Ignore
        </Button>
        <Button size="small" class="max-lg:h-11" weight="primary" icon="plus" disabled={chosen.length === 0} onClick={() => (isAdding.value = true)}>
          {chosen.length === 0 ? 'Add' : `Add ${plural(chosen.length, 'device')}`}
        </Button>
      </div>
      {isAdding.value && (
        <AddDialog findings={chosen} onClose={() => (isAdding.value = false)} onDone={() => (isAdding.value = false)} />
      )}
    </div>
  );
}
