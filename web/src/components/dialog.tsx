/** What opens over the page: a question in the middle, or a sheet at its side. The browser's own dialog keeps the focus and closes on Esc. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useModal } from '../lib/modal';
import { IconButton } from './button';

const SHAPES = {
  middle:
    'm-auto w-full max-w-lg rounded-card max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none max-sm:animate-rise sm:animate-in',
  side: 'ml-auto mr-0 my-0 h-dvh max-h-none w-full max-w-[520px] border-l border-line animate-slide',
};

export function Dialog(props: {
  title: string;
  onClose: () => void;
  shape?: keyof typeof SHAPES;
  /** Buttons at the bottom, which stay in sight. */
  footer?: ComponentChildren;
  /** Asked before Esc or a click beside it closes. */
  mayClose?: () => boolean;
  /** Only a button of the footer closes it. */
  isHeld?: boolean;
  children: ComponentChildren;
}) {
  const ref = useModal();
  const titleId = useId();
  const close = () => {
    if (!props.isHeld && (props.mayClose?.() ?? true)) props.onClose();
  };
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      class={`flex flex-col overflow-hidden bg-panel p-0 text-ink shadow-pop backdrop:bg-veil ${SHAPES[props.shape ?? 'middle']}`}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onKeyDown={(event) => {
        // Chromium closes at the second Esc, whatever a listener of `cancel` says.
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current) close();
      }}
    >
      <header class="flex min-h-13 items-center gap-2 border-b border-line py-2 pr-2 pl-5">
        <h2 id={titleId} class="min-w-0 flex-1 truncate text-title">
          {props.title}
        </h2>
        {!props.isHeld && <IconButton name="x" label="Close" onClick={close} />}
      </header>
      <div class="min-h-0 flex-1 overflow-y-auto overscroll-contain p-5">{props.children}</div>
      {props.footer && (
        <footer class="flex items-center justify-end gap-2 border-t border-line bg-panel px-5 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
          {props.footer}
        </footer>
      )}
    </dialog>
  );
}
