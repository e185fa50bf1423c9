import { signal } from '@preact/signals';

const WIDE = '(min-width: 64rem)';

/** Whether the window has room for the table; below it there are rows for phones. */
export const isWide = signal(typeof matchMedia === 'function' && matchMedia(WIDE).matches);

export function startMedia(): void {
  const wide = matchMedia(WIDE);
  wide.addEventListener('change', () => {
    isWide.value = wide.matches;
  });
}
