/** What is done about several devices at once: tags, place, mutes, export. Each shows what it will do, and asks once. */
import { type Signal, useSignal } from '@preact/signals';
import { BellOff, FolderInput, Tag } from 'lucide';
import { Button, IconButton } from '../../components/button';
import { Question } from '../../components/question';
import { TextField } from '../../components/text-field';
import { toast } from '../../components/toast';
import { messageOf } from '../../lib/api';
import { type Config, editConfig, type SourceConfig } from '../../lib/config';
import { plural } from '../../lib/format';
import type { Row } from '../../lib/row';
import { isAdmin } from '../../lib/session';
import { MuteDialog } from './bulk-mute';
import { exportRows } from './export';

type Action = 'tag' | 'move' | 'mute';
type Edit = Exclude<Action, 'mute'>;

export function BulkBar({ selected, rows }: { selected: Signal<ReadonlySet<string>>; rows: readonly Row[] }) {
  const action = useSignal<Action | undefined>(undefined);
  const chosen = rows.filter((row) => selected.value.has(row.id));
  const clear = () => (selected.value = new Set());
  const close = () => (action.value = undefined);
  const done = () => {
    close();
    clear();
  };
  return (
    <div class="flex flex-1 items-center gap-2 pl-2" role="toolbar" aria-label="Selected devices">
      <span class="mr-2 text-control font-medium">{plural(chosen.length, 'device')} selected</span>
      {isAdmin() && (
        <>
          <Button size="small" icon={Tag} onClick={() => (action.value = 'tag')}>
            Tag
          </Button>
          <Button size="small" icon={FolderInput} onClick={() => (action.value = 'move')}>
            Move
          </Button>
        </>
      )}
      <Button size="small" icon={BellOff} onClick={() => (action.value = 'mute')}>
        Mute
      </Button>
      <Button size="small" icon="download" onClick={() => exportRows(chosen)}>
        Export CSV
      </Button>
      <IconButton name="x" label="Clear selection" class="ml-auto size-8!" onClick={clear} />
      {action.value === 'mute' && <MuteDialog rows={chosen} onClose={close} onDone={done} />}
      {action.value && action.value !== 'mute' && <BulkDialog action={action.value} rows={chosen} onClose={close} onDone={done} />}
    </div>
  );
}

const TITLES: Record<Edit, (n: number) => string> = {
  tag: (n) => `Tag ${plural(n, 'device')}`,
  move: (n) => `Move ${plural(n, 'device')}`,
};

function BulkDialog({ action, rows, onClose, onDone }: { action: Edit; rows: readonly Row[]; onClose: () => void; onDone: () => void }) {
  const text = useSignal('');
  const isBusy = useSignal(false);
  const failure = useSignal('');
  const known = action === 'tag' ? rows.flatMap((row) => row.tags) : [];
  const places = [...new Set(rows.flatMap((row) => row.group ?? []))].sort();
  const save = async () => {
    isBusy.value = true;
    failure.value = '';
    try {
      const ids = new Set(rows.map((row) => row.id));
      const value = text.value.trim();
      const undo = await editConfig((config) => changed(config, ids, (source) => apply(source, action, value)));
      const done = action === 'tag' ? `Tagged ${plural(rows.length, 'device')}` : `Moved ${plural(rows.length, 'device')}`;
      const back = () => void undo().catch((error: unknown) => toast(messageOf(error), { isBad: true }));
      toast(done, { action: { label: 'Undo', run: back } });
      onDone();
    } catch (error) {
      failure.value = messageOf(error);
      isBusy.value = false;
    }
  };
  const isReady = action === 'move' || text.value.trim() !== '';
  return (
    <Question
      title={TITLES[action](rows.length)}
      verb={TITLES[action](rows.length)}
      isBusy={isBusy.value}
      isReady={isReady}
      onAnswer={save}
      onClose={onClose}
      failure={failure.value}
      below={
        <ul class="mt-4 max-h-56 divide-y divide-line overflow-y-auto rounded-control border border-line text-control">
          {rows.map((row) => (
            <li key={row.id} class="flex justify-between gap-3 px-3 py-1.5">
              <span class="truncate">{row.name}</span>
              <span class="truncate text-ink3">{action === 'tag' ? row.tags.join(', ') : row.group}</span>
            </li>
          ))}
        </ul>
      }
    >
      <TextField
        label={action === 'tag' ? 'Tag to add' : 'Place'}
        list="bulk-known"
        placeholder={action === 'tag' ? 'heat' : 'Empty takes them out of their place'}
        value={text.value}
        onInput={(typed) => (text.value = typed)}
      />
      <datalist id="bulk-known">
        {[...new Set(action === 'tag' ? known : places)].map((it) => (
          <option key={it} value={it} />
        ))}
      </datalist>
    </Question>
  );
}

function changed(config: Config, ids: ReadonlySet<string>, change: (source: SourceConfig) => SourceConfig): Config {
  const sources = (config.sources ?? []).map((source) => (source.id !== undefined && ids.has(source.id) ? change(source) : source));
  return { ...config, sources };
}

function apply(source: SourceConfig, action: Edit, value: string): SourceConfig {
  if (action === 'tag') return { ...source, tags: [...new Set([...(source.tags ?? []), value])] };
  const { group: _, ...rest } = source;
  return value === '' ? rest : { ...rest, group: value };
}
