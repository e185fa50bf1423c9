/** Which items of a long list are near the window, when the page itself scrolls. */
import { useEffect, useState } from 'preact/hooks';

/** Where each item begins, and where the list ends. */
export function offsets(sizes: readonly number[]): number[] {
  const tops = [0];
  for (const size of sizes) tops.push(tops.at(-1)! + size);
  return tops;
}

/** The items between two heights, the last one excluded. */
export function visible(tops: readonly number[], from: number, to: number): [number, number] {
  const items = tops.length - 1;
  const first = Math.max(0, Math.min(items, firstAbove(tops, from) - 1));
  return [first, Math.max(first, Math.min(items, firstAbove(tops, to)))];
}

/** The first index whose height is above `height`. */
function firstAbove(tops: readonly number[], height: number): number {
  let [low, high] = [0, tops.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tops[middle]! > height) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** So much is kept ready above and below the window. */
const AHEAD_PX = 400;

export function useVisible(list: { readonly current: HTMLElement | null }, tops: readonly number[]): [number, number] {
  const [range, setRange] = useState<[number, number]>([0, 0]);
  useEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const next = visible(tops, -top - AHEAD_PX, innerHeight - top + AHEAD_PX);
      setRange((before) => (before[0] === next[0] && before[1] === next[1] ? before : next));
    };
    const soon = () => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', soon);
      removeEventListener('resize', soon);
    };
  }, [list, tops]);
  const items = tops.length - 1;
  return [Math.min(range[0], items), Math.min(range[1], items)];
}
