/** What this browser remembers. Nothing here leaves it, and the page works without. */
import { type Signal, effect, signal } from '@preact/signals';
import type { Degrees } from './format';

function kept<T>(name: string, fallback: T, isFit: (value: unknown) => boolean): Signal<T> {
  const key = `gssa.${name}`;
  let value = fallback;
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    if (isFit(found)) value = found as T;
  } catch {
    // Storage is off, or holds something else.
  }
  const it = signal(value);
  let isFirst = true;
  effect(() => {
    const text = JSON.stringify(it.value);
    if (isFirst) {
      isFirst = false;
      return;
    }
    try {
      localStorage.setItem(key, text);
    } catch {
      // Then it is forgotten with the page.
    }
  });
  return it;
}

const oneOf = (...words: unknown[]) => (value: unknown) => words.includes(value);
const isStrings = (value: unknown) => Array.isArray(value) && value.every((it) => typeof it === 'string');

export type Theme = 'system' | 'light' | 'dark';

export const theme = kept<Theme>('theme', 'system', oneOf('system', 'light', 'dark'));
export const degrees = kept<Degrees>('degrees', 'celsius', oneOf('celsius', 'fahrenheit'));
export const isCompact = kept('compact', false, oneOf(true, false));
/** The columns of the table that were chosen, by name; empty for the usual ones. */
export const columns = kept<string[]>('columns', [], isStrings);
export const hasShortcuts = kept('shortcuts', true, oneOf(true, false));
/** Issues that were muted, and until when in Unix milliseconds. */
export const muted = kept<Record<string, number>>('muted', {}, (value) => typeof value === 'object' && value !== null);
/** Whether the first set-up was offered: it is not opened by itself again. */
export const isSetupSeen = kept('setup-seen', false, oneOf(true, false));
/** The last order of the table. */
export const lastSort = kept('sort', '', (value) => typeof value === 'string');

export function isMuted(id: string, now: number): boolean {
  return (muted.value[id] ?? 0) > now;
}

/** Keeps the page's class at the theme that was chosen. */
export function startTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const isDark = theme.value === 'dark' || (theme.value === 'system' && system.matches);
    document.documentElement.classList.toggle('dark', isDark);
  };
  effect(apply);
  system.addEventListener('change', apply);
}
