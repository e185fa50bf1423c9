/** One stop of the Tab key for the whole list; arrows and `j` `k` move inside it, also to rows that do not exist yet. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { addShortcuts } from '../../lib/keys';
import type { Item } from '../../lib/groups';

export function useRoving(list: { current: HTMLElement | null }, items: readonly Item[], tops: readonly number[]) {
  const [active, setActive] = useState<string>();
  const latest = useRef({ items, tops, active });
  latest.current = { items, tops, active };

  const move = useCallback(
    (by: number) => {
      const { items, tops, active } = latest.current;
      const rows = items.flatMap((item, at) => ('row' in item ? [{ id: item.row.id, at }] : []));
      const from = rows.findIndex(({ id }) => id === active);
      const next = rows[Math.max(0, Math.min(rows.length - 1, from < 0 ? 0 : from + by))];
      if (!next || !list.current) return;
      setActive(next.id);
      reveal(list.current, tops[next.at] ?? 0, tops[next.at + 1] ?? 0);
      focusWhenThere(list.current, next.id);
    },
    [list],
  );

  useEffect(
    () =>
      addShortcuts([
        { keys: 'j', what: 'Next device', run: () => move(1) },
        { keys: 'k', what: 'Previous device', run: () => move(-1) },
      ]),
    [move],
  );

  const onKeyDown = (event: KeyboardEvent, toggle: (id: string) => void) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
    const by = steps[event.key];
    const isInside = (event.target as HTMLElement).closest('[role=menu], [role=dialog]');
    if (isInside || event.ctrlKey || event.metaKey || event.altKey) return;
    if (by !== undefined) {
      event.preventDefault();
      move(by);
    } else if (event.key === 'x' && latest.current.active) {
      event.preventDefault();
      toggle(latest.current.active);
    }
  };

  const onFocus = (event: FocusEvent) => {
    const id = (event.target as HTMLElement).closest<HTMLElement>('[data-row]')?.dataset.row;
    if (id) setActive(id);
  };

  const first = useMemo(() => items.find((item) => 'row' in item), [items]);
  const isThere = useMemo(() => items.some((item) => 'row' in item && item.row.id === active), [items, active]);
  return { active: isThere ? active : first && 'row' in first ? first.row.id : undefined, onKeyDown, onFocus };
}

/** The head of the page and that of the table cover so much. */
const COVERED_PX = 52 + 32 + 8;

function reveal(list: HTMLElement, top: number, bottom: number): void {
  const at = list.getBoundingClientRect().top;
  if (at + top < COVERED_PX) scrollBy(0, at + top - COVERED_PX);
  else if (at + bottom > innerHeight - 16) scrollBy(0, at + bottom - innerHeight + 16);
}

/** A row far away is made after the scroll: some frames are waited for it. */
function focusWhenThere(list: HTMLElement, id: string, frames = 5): void {
  const link = list.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"] a`);
  if (link) link.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusWhenThere(list, id, frames - 1));
}
