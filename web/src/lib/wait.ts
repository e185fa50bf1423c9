/** What is waited for after too many guesses of a password. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError } from './api';

/** Seconds to wait before another try, as the agent says it. */
export function waitOf(error: unknown): number {
  if (!(error instanceof ApiError) || error.kind !== 'too-many-tries') return 0;
  return Number(/(\d+) s/.exec(error.message)?.[1] ?? 30);
}

/** Counts down. */
export function useWait(): { left: number; begin: (secs: number) => void } {
  const left = useSignal(0);
  const isWaiting = left.value > 0;
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => (left.value = Math.max(0, left.peek() - 1)), 1000);
    return () => clearInterval(timer);
  }, [isWaiting]);
  return { left: left.value, begin: (secs) => (left.value = secs) };
}
