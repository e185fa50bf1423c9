/** The whole reading of one source, asked for anew whenever the table says that there is a newer one. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { components } from './api-types';
import { ApiError, messageOf } from './api';
import { api } from './client';

type Schemas = components['schemas'];
export type Reading = Schemas['Reading'];
export type Miner = Schemas['MinerSnapshot'];
export type Board = Schemas['Board'];
export type Entry = Schemas['Entry'];

export interface Loaded<T> {
  readonly value?: T;
  readonly failure?: string;
  /** Whether the agent does not know it. */
  readonly isUnknown?: boolean;
}

/** What stands at a path of the API; asked for again when `version` changes. What was there stays until it is replaced. */
export function useLoaded<T>(path: string, version: unknown, query?: Record<string, string>): Loaded<T> {
  const loaded = useSignal<Loaded<T>>({});
  useEffect(() => {
    const stop = new AbortController();
    api.get<T>(path, { signal: stop.signal, ...(query && { query }) }).then(
      (value) => (loaded.value = { value }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        const isUnknown = error instanceof ApiError && error.status === 404;
        loaded.value = { ...loaded.peek(), failure: messageOf(error), isUnknown };
      },
    );
    return () => stop.abort();
  }, [path, version]);
  return loaded.value;
}

export function useReading(id: string, version: unknown): Loaded<Reading> {
  return useLoaded<Reading>(`/readings/${encodeURIComponent(id)}`, version);
}

/** The snapshot of a miner, if that is what the reading is of. */
export function minerOf(reading: Reading | undefined): Miner | undefined {
  const snapshot = reading?.snapshot as ({ kind: string } & Miner) | undefined;
  return snapshot?.kind === 'miner' ? snapshot : undefined;
}
