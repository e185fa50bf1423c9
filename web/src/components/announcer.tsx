/** Tells a screen reader of critical issues. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { announcement, type Critical } from '../lib/announce';
import { isMuted } from '../lib/prefs';
import { hasTable, issues, now } from '../lib/store';

/** Between two sentences. */
const QUIET_MS = 30_000;

function criticalNow(): Critical {
  const open = issues.peek().filter((it) => it.severity === 'critical' && !isMuted(it.id, now.peek()));
  return new Map(open.map((it) => [it.id, it.title]));
}

/** A polite live region. What was there when the page opened is not told. */
export function Announcer() {
  const text = useSignal('');
  const told = useRef<Critical | undefined>(undefined);
  const last = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const list = issues.value;
  const isKnown = hasTable.value;
  useEffect(() => {
    if (!isKnown) return;
    if (!told.current) {
      told.current = criticalNow();
      return;
    }
    const tell = () => {
      const next = criticalNow();
      const sentence = announcement(told.current ?? next, next);
      if (!sentence) return;
      told.current = next;
      last.current = Date.now();
      text.value = sentence;
    };
    clearTimeout(timer.current);
    timer.current = setTimeout(tell, Math.max(0, last.current + QUIET_MS - Date.now()));
  }, [list, isKnown]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <p aria-live="polite" data-announcer class="sr-only">
      {text.value}
    </p>
  );
}
