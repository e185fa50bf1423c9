/** Keyboard shortcuts of single keys, and of two in a row such as `g f`. They are off while something is typed, and can be switched off. */
import { hasShortcuts } from './prefs';

export interface Shortcut {
  /** `/`, or `g f`. */
  readonly keys: string;
  readonly what: string;
  readonly run: () => void;
}

const active = new Set<readonly Shortcut[]>();

/** Adds shortcuts; the function that is given takes them away. */
export function addShortcuts(shortcuts: readonly Shortcut[]): () => void {
  active.add(shortcuts);
  return () => active.delete(shortcuts);
}

/** What works now, the newest first. */
export function shortcuts(): Shortcut[] {
  return [...active].reverse().flat();
}

/** Two keys are one shortcut within this time. */
const PAIR_MS = 1000;

let last = { key: '', at: 0 };

/** The shortcut of a key, given the one before it. */
export function find(list: readonly Shortcut[], key: string, before: string): Shortcut | undefined {
  return (before && list.find((it) => it.keys === `${before} ${key}`)) || list.find((it) => it.keys === key);
}

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return !!element?.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
}

export function startKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!hasShortcuts.value || isTyping(event.target) || document.querySelector('dialog[open]')) return;
    const before = event.timeStamp - last.at < PAIR_MS ? last.key : '';
    last = { key: event.key, at: event.timeStamp };
    const found = find(shortcuts(), event.key, before);
    if (!found) return;
    event.preventDefault();
    last = { key: '', at: 0 };
    found.run();
  });
}
