/** Keeps a draft from being forgotten. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { plural } from '../../lib/format';
import { go, guardLeaving } from '../../lib/route';
import { changes, discard, isDirty, isReviewing } from './draft';

export function Leaving() {
  const to = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const end = guardLeaving((url) => {
      if (!isDirty.peek() || url.pathname.startsWith('/settings')) return true;
      to.value = url.href;
      return false;
    });
    const onUnload = (event: BeforeUnloadEvent) => {
      if (isDirty.peek()) event.preventDefault();
    };
    addEventListener('beforeunload', onUnload);
    return () => {
      end();
      removeEventListener('beforeunload', onUnload);
    };
  }, []);
  const { value: href } = to;
  if (href === undefined) return null;
  const stay = () => (to.value = undefined);
  return (
    <Dialog
      title={`${plural(changes.value.length, 'change')} not saved`}
      onClose={stay}
      footer={
        <>
          <Button
            weight="quiet"
            class="mr-auto"
            onClick={() => {
              discard();
              stay();
              go(href);
            }}
          >
            Discard and leave
          </Button>
          <Button onClick={stay}>Stay</Button>
          <Button
            weight="primary"
            onClick={() => {
              stay();
              isReviewing.value = true;
            }}
          >
            Review and save
          </Button>
        </>
      }
    >
      <p class="text-control text-ink2">If you leave now, what you changed here is lost.</p>
    </Dialog>
  );
}
