/** Short results of what the user just did. Nothing else is told in toasts. */
import { signal } from '@preact/signals';
import { Button, IconButton } from './button';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isBad: boolean;
  readonly action?: { label: string; run: () => void };
}

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

const SHOWN_MS = 5000;
/** An undo is offered for so long. */
const ACTION_MS = 10_000;

export function toast(text: string, options: { isBad?: boolean; action?: Toast['action'] } = {}): void {
  const { isBad = false, action } = options;
  lastId += 1;
  const it: Toast = { id: lastId, text, isBad, ...(action && { action }) };
  toasts.value = [...toasts.value.slice(-2), it];
  // What went wrong stays until it was read.
  if (!isBad) setTimeout(() => (isHeld ? due.add(it.id) : dismiss(it.id)), action ? ACTION_MS : SHOWN_MS);
}

/** Nothing goes away under somebody's hand: those whose time is over meanwhile go when the pointer and the focus have left. */
let isHeld = false;
const due = new Set<number>();

function release(): void {
  isHeld = false;
  toasts.value = toasts.value.filter((it) => !due.has(it.id));
  due.clear();
}

function dismiss(id: number): void {
  due.add(id);
  release();
}

const hold = () => void (isHeld = true);
const leave = ({ currentTarget }: { currentTarget: Element }) => currentTarget.matches(':hover, :focus-within') || release();

export function Toasts() {
  return (
    <div
      role="status"
      class="pointer-events-none fixed inset-x-0 bottom-[calc(4.75rem+env(safe-area-inset-bottom))] z-40 flex flex-col items-center gap-2 px-4 lg:bottom-6"
    >
      {toasts.value.map((it) => (
        <div
          key={it.id}
          data-toast
          onPointerEnter={hold}
          onFocusIn={hold}
          onPointerLeave={leave}
          onFocusOut={leave}
          class="pointer-events-auto flex max-w-full animate-rise items-center gap-3 rounded-control bg-ink py-1.5 pr-1.5 pl-4 text-control text-bg shadow-pop"
        >
          <span class="min-w-0 py-1.5">{it.text}</span>
          {it.action && (
            <Button
              weight="plain"
              size="small"
              onClick={() => {
                dismiss(it.id);
                it.action?.run();
              }}
            >
              {it.action.label}
            </Button>
          )}
          <IconButton name="x" label="Dismiss" class="size-8! max-lg:size-8!" onClick={() => dismiss(it.id)} />
        </div>
      ))}
    </div>
  );
}
