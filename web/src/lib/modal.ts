/** A dialog over everything, for as long as it is shown. */
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Opens the dialog with the frame that shows it, and gives the focus back with the one that removes it: a key that comes at once finds the focus in its
 * place. It is closed before, since nothing beside an open one takes the focus.
 */
export function useModal() {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement as HTMLElement | null;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (opener?.isConnected) opener.focus();
    };
  }, []);
  return ref;
}
