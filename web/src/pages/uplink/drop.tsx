/** Asks before a link ends: what waits in memory is gone with it. */
import { useSignal } from '@preact/signals';
import { Question } from '../../components/question';
import { uplinks } from '../../lib/store';
import { deleteLink, switchLink } from './links';
import { items } from './words';

export function Drop({ id, isDeleted, onClose }: { id: string; isDeleted: boolean; onClose: () => void }) {
  const isBusy = useSignal(false);
  const waiting = uplinks.value.find((it) => it.id === id)?.ledger?.queued.items ?? 0;
  const verb = isDeleted ? 'Delete uplink' : 'Switch off';
  const run = async () => {
    isBusy.value = true;
    await (isDeleted ? deleteLink(id) : switchLink(id, false));
    onClose();
  };
  return (
    <Question title={isDeleted ? `Delete uplink ${id}?` : `Switch off uplink ${id}?`} verb={verb} weight="danger" isBusy={isBusy.value} onAnswer={run} onClose={onClose}>
      <p class="text-body text-ink2">
        {isDeleted ? 'Its endpoint, its token and its rules are forgotten. What the receiver has stored stays there.' : 'Endpoint, token and rules are kept.'}
        {waiting > 0 && ` ${items(waiting)} not stored by the receiver yet will be given up.`}
      </p>
    </Question>
  );
}
