/** Rows for tests. */
import type { Row, State } from './row';

export function row(id: string, more: Partial<Row> = {}): Row {
  return { id, name: id, kind: 'axeos', address: `http://${id}`, tags: [], state: 'hashing', health: 'up', interval_secs: 30, ...more };
}

export const STATES: readonly State[] = [
  'hashing', 'running', 'degraded', 'hot', 'not_hashing', 'standby', 'stale', 'offline', 'auth', 'unknown', 'pending', 'disabled',
];

/** Chance that repeats itself: numbers from 0 up to 1. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A fleet with every state, several places and figures that are missing here and there. */
export function fleet(size: number, seed: number): Row[] {
  const next = chance(seed);
  const maybe = <T>(value: T) => (next() < 0.8 ? value : undefined);
  return Array.from({ length: size }, (_, at) => {
    const all = {
      state: STATES[Math.floor(next() * STATES.length)]!,
      group: maybe(`R${Math.floor(next() * 4)}`),
      tags: next() < 0.3 ? ['heat'] : [],
      current_hps: maybe(next() * 1e14),
      watts: maybe(next() * 3000),
      model: maybe(next() < 0.5 ? 'S21' : 'Gamma'),
      pool: maybe(`pool-${Math.floor(next() * 3)}:3333`),
    };
    const known = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return row(`m-${at}`, known as Partial<Row>);
  });
}
