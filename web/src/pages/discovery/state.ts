/** What is known of searches. It outlives the page: a search goes on in the agent, and the page finds it again. */
import { batch, computed, signal } from '@preact/signals';
import type { components } from '../../lib/api-types';
import { api } from '../../lib/client';
import { discovered } from '../../lib/store';

type Schemas = components['schemas'];
export type Overview = Schemas['Overview'];
export type Progress = Schemas['Progress'];
export type Report = Schemas['Report'];
export type Finding = Schemas['Finding'];
export type Status = Finding['status'];

export const overview = signal<Overview | undefined>(undefined);
export const report = signal<Report | undefined>(undefined);

export const isRunning = computed(() => report.value?.state === 'running' || (overview.value?.searches.some((it) => it.state === 'running') ?? false));

/** What the report was made of; while it is the same there is no need to ask for it again. */
let seen = '';

/** Asks for the searches, and for what the wanted one found if that may have changed. `id` is the latest one if not given. */
export async function look({ id, anew = false }: { id?: string | undefined; anew?: boolean } = {}): Promise<void> {
  const next = await api.get<Overview>('/discovery');
  const wanted = next.searches.find((it) => it.id === id) ?? next.searches[0];
  const now = wanted ? JSON.stringify(wanted) : '';
  const found = !wanted ? undefined : now === seen && !anew ? report.peek() : await api.get<Report>(`/discovery/${encodeURIComponent(wanted.id)}`);
  seen = now;
  batch(() => {
    overview.value = next;
    report.value = found;
    if (wanted === next.searches[0]) discovered.value = found?.results.filter((it) => it.status === 'new').length ?? 0;
  });
}

export interface Asked {
  readonly range: string;
  readonly ports?: readonly number[];
  readonly force?: boolean;
}

export async function begin(asked: Asked): Promise<void> {
  await api.post<Progress>('/discovery', asked);
  await look();
}

export async function stop(id: string): Promise<void> {
  await api.send('DELETE', `/discovery/${encodeURIComponent(id)}`);
  await look({ anew: true });
}
