/** The configurations that were replaced, what changed since, and the way back. */
import { useSignal } from '@preact/signals';
import { History, RotateCcw } from 'lucide';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Empty } from '../../components/empty';
import { Icon } from '../../components/icon';
import { Panel } from '../../components/panel';
import { toast } from '../../components/toast';
import { messageOf } from '../../lib/api';
import { api, live } from '../../lib/client';
import type { Config } from '../../lib/config';
import { changesOf } from '../../lib/config-diff';
import { bytes, inline, moment } from '../../lib/format';
import { useLoaded } from '../../lib/reading';
import { discard, isDirty, load, saved } from './draft';
import { ChangeList, toldOf } from './review';

interface Version {
  readonly id: string;
  readonly saved_at: string;
  readonly bytes: number;
}

export function Versions() {
  const { value, failure } = useLoaded<{ versions: readonly Version[] }>('/config/versions', saved.value?.etag);
  const open = useSignal<Version | undefined>(undefined);
  const versions = value?.versions ?? [];
  return (
    <>
      <Panel title="Versions" note="the last ten that were replaced">
        {failure && !value && <p class="p-5 text-control text-bad">{failure}</p>}
        {value && versions.length === 0 && (
          <Empty icon={History} title="Nothing was replaced yet">
            Every save keeps the configuration that was before it.
          </Empty>
        )}
        <ul class="divide-y divide-line">
          {versions.map((it) => (
            <li key={it.id} class="flex items-center gap-3 px-4 py-2">
              <Icon name={History} class="text-ink3" />
              <span class="min-w-0 flex-1">
                <span class="block text-control font-medium">Replaced {moment(Date.parse(it.saved_at))}</span>
                <span class="block text-caption text-ink3">{inline(bytes(it.bytes))}</span>
              </span>
              <Button size="small" label={`Compare with the version replaced ${moment(Date.parse(it.saved_at))}`} onClick={() => (open.value = it)}>
                Compare
              </Button>
            </li>
          ))}
        </ul>
      </Panel>
      {open.value && <Compare version={open.value} onClose={() => (open.value = undefined)} />}
    </>
  );
}

function Compare({ version, onClose }: { version: Version; onClose: () => void }) {
  const at = `/config/versions/${encodeURIComponent(version.id)}`;
  const { value, failure } = useLoaded<Config>(at, version.id);
  const isBusy = useSignal(false);
  const wrong = useSignal('');
  const current = saved.value?.config ?? {};
  const told = value ? toldOf(changesOf(current, value), current, value) : [];
  const restore = async () => {
    isBusy.value = true;
    try {
      await api.send('POST', `${at}/restore`, { etag: saved.peek()?.etag ?? '' });
      discard();
      await load();
      live.refresh();
      toast('Restored. What was in force before is now the newest version.');
      onClose();
    } catch (error) {
      wrong.value = messageOf(error);
      isBusy.value = false;
    }
  };
  return (
    <Dialog
      title={`Replaced ${moment(Date.parse(version.saved_at))}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button weight="primary" icon={RotateCcw} busy={isBusy.value} disabled={!value || told.length === 0} onClick={() => void restore()}>
            Restore this version
          </Button>
        </>
      }
    >
      {(wrong.value || failure) && <p class="mb-3 text-control text-bad">{wrong.value || failure}</p>}
      {isDirty.value && <p class="mb-3 rounded-control bg-warn-soft px-3 py-2.5 text-control text-warn">Restoring drops the changes that you have not saved.</p>}
      {value && told.length === 0 && <p class="text-control text-ink2">It is the same as what is in force, but for secrets, which are not compared.</p>}
      {told.length > 0 && (
        <>
          <p class="mb-3 text-control text-ink2">Restoring would change:</p>
          <ChangeList told={told} />
        </>
      )}
    </Dialog>
  );
}
