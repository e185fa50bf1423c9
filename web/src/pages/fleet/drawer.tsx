/** A device beside the table. The table stays usable: this is no dialog. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { lazy } from '../../components/lazy';
import { ErrorBoundary } from '../../components/panel';
import { isWide } from '../../lib/media';
import { go, place, setQuery } from '../../lib/route';

const DrawerContent = lazy(() => import('../device').then((it) => it.DrawerContent));

export function DeviceDrawer() {
  const id = place.value.query.get('device');
  useEffect(() => {
    // Phones have no room beside anything.
    if (id && !isWide.value) go(`/d/${encodeURIComponent(id)}`, { replace: true });
  }, [id, isWide.value]);
  return id && isWide.value ? <Drawer key="drawer" id={id} /> : null;
}

function Drawer({ id }: { id: string }) {
  const ref = useRef<HTMLElement>(null);
  const close = () => setQuery({ device: undefined });
  // With the frame that shows or removes it, and not after: a key that comes at once finds the focus in its place.
  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    return () => {
      // A row may have been made anew meanwhile: it is found by its device.
      const row = opener?.closest<HTMLElement>('[data-row]')?.dataset.row;
      const link = row && document.querySelector<HTMLElement>(`[data-row="${CSS.escape(row)}"] a`);
      (link || (opener?.isConnected ? opener : undefined))?.focus({ preventScroll: true });
    };
  }, []);
  useLayoutEffect(() => ref.current?.focus({ preventScroll: true }), [id]);
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) close();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <aside
      ref={ref}
      tabIndex={-1}
      aria-label="Device"
      class="fixed inset-y-0 right-0 z-30 w-[480px] animate-slide overflow-y-auto overscroll-contain border-l border-line bg-panel shadow-pop outline-none"
    >
      <ErrorBoundary key={id} what="This device">
        <DrawerContent id={id} onClose={close} />
      </ErrorBoundary>
    </aside>
  );
}
