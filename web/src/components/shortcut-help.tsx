import { shortcuts } from '../lib/keys';
import { hasShortcuts } from '../lib/prefs';
import { Dialog } from './dialog';
import { Key } from './key';

/** The list of shortcuts. */
export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl class="grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2 text-control">
        {shortcuts().map(({ keys, what }) => (
          <>
            <dt class="flex justify-end gap-1">
              {keys.split(' ').map((key) => (
                <Key text={key} />
              ))}
            </dt>
            <dd class="text-ink2">{what}</dd>
          </>
        ))}
      </dl>
      <label class="mt-5 flex items-center gap-2.5 border-t border-line pt-4 text-control">
        <input
          type="checkbox"
          class="size-4 accent-ink"
          checked={hasShortcuts.value}
          onChange={(event) => (hasShortcuts.value = event.currentTarget.checked)}
        />
        Use shortcuts of single keys in this browser
      </label>
    </Dialog>
  );
}
