/** A button that opens a small list of actions or choices below it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { IconNode } from 'lucide';
import { Icon, type IconName } from './icon';

/** Opens below its button, and stays inside the window. */
export function Popover(props: {
  button: (open: boolean, toggle: () => void) => ComponentChildren;
  /** `close` also gives the focus back. */
  children: (close: () => void) => ComponentChildren;
  label: string;
  role?: 'menu' | 'dialog';
  class?: string;
}) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
    root.current?.querySelector<HTMLElement>('button')?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    const onDown = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', onDown);
    return () => document.removeEventListener('pointerdown', onDown);
  }, [isOpen]);
  useLayoutEffect(() => {
    const it = panel.current;
    if (!isOpen || !it) return;
    const { left, right, bottom } = it.getBoundingClientRect();
    if (left < 8) it.style.translate = `${8 - left}px 0`;
    else if (right > innerWidth - 8) it.style.translate = `${innerWidth - 8 - right}px 0`;
    if (bottom > innerHeight - 8) {
      it.style.top = 'auto';
      it.style.bottom = 'calc(100% + 4px)';
    }
    it.querySelector<HTMLElement>('button, input, a')?.focus();
  }, [isOpen]);
  return (
    <div
      ref={root}
      class="relative"
      onKeyDown={(event) => {
        if (!isOpen) return;
        if (event.key === 'Escape') {
          event.stopPropagation();
          close();
        } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          event.preventDefault();
          step(panel.current, event.key === 'ArrowDown' ? 1 : -1);
        } else if (event.key === 'Tab' && props.role !== 'dialog') {
          setOpen(false);
        }
      }}
    >
      {props.button(isOpen, () => setOpen(!isOpen))}
      {isOpen && (
        <div
          ref={panel}
          role={props.role ?? 'menu'}
          aria-label={props.label}
          class={`absolute top-full right-0 z-30 mt-1 animate-in rounded-control border border-line bg-panel p-1 shadow-pop ${props.class ?? 'min-w-44'}`}
        >
          {props.children(close)}
        </div>
      )}
    </div>
  );
}

function step(panel: HTMLElement | null, by: number): void {
  const items = [...(panel?.querySelectorAll<HTMLElement>('button, input, a') ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + by + items.length) % items.length]?.focus();
}

const ITEM =
  'flex w-full items-center gap-2.5 rounded-small px-2.5 py-1.5 text-left text-control whitespace-nowrap text-ink hover:bg-raise focus-visible:bg-raise focus-visible:outline-offset-[-2px] max-lg:py-3';

export function MenuItem(props: {
  icon?: IconName | IconNode | undefined;
  checked?: boolean;
  danger?: boolean;
  onClick: () => void;
  children: ComponentChildren;
}) {
  const isChoice = props.checked !== undefined;
  return (
    <button
      type="button"
      role={isChoice ? 'menuitemradio' : 'menuitem'}
      aria-checked={props.checked}
      class={`${ITEM} ${props.danger ? 'text-bad' : ''}`}
      onClick={props.onClick}
    >
      {isChoice && <Icon name="check" size={14} class={props.checked ? '' : 'invisible'} />}
      {props.icon && <Icon name={props.icon} size={15} class="text-ink3" />}
      {props.children}
    </button>
  );
}

export function MenuLink(props: { icon?: IconName; href: string; children: ComponentChildren }) {
  const isElsewhere = /^[a-z]+:/.test(props.href);
  return (
    <a
      role="menuitem"
      class={ITEM}
      href={props.href}
      {...(isElsewhere && { target: '_blank', rel: 'noreferrer' })}
    >
      {props.icon && <Icon name={props.icon} size={15} class="text-ink3" />}
      {props.children}
    </a>
  );
}
