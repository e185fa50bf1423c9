/** Whole readings of the sources that a page shows, each asked for anew when the table says that there is a newer one. */
import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from './api';
import type { components } from './api-types';
import { api } from './client';
import type { Row } from './row';
import { connection, generation } from './store';

export type Reading = components['schemas']['Reading'];

/** What is known of each source: kept from page to page, so that going back shows something at once. */
export const readings = signal<ReadonlyMap<string, Reading>>(new Map());
/** Why the last request failed, until one works. */
export const readingFailure = signal('');

/** The version that was asked for of each source. */
const asked = new Map<string, string>();

effect(() => {
  if (generation.value === 0) return;
  asked.clear();
  readings.value = new Map();
});

function versionOf(row: Row): string {
  return `${row.observed_at} ${row.state}`;
}

async function load(row: Row): Promise<void> {
  const version = versionOf(row);
  if (asked.get(row.id) === version) return;
  asked.set(row.id, version);
  try {
    const reading = await api.get<Reading>(`/readings/${encodeURIComponent(row.id)}`);
    // An older answer that comes late does not replace a newer one.
    if (asked.get(row.id) === version) readings.value = new Map(readings.peek()).set(row.id, reading);
    readingFailure.value = '';
  } catch (error) {
    if (asked.get(row.id) === version) asked.delete(row.id);
    readingFailure.value = messageOf(error);
  }
}

/** Keeps the readings of these rows up to date while they are shown. */
export function useReadings(rows: readonly Row[]): void {
  const versions = rows.map((row) => `${row.id} ${versionOf(row)}`).join('\n');
  useEffect(() => {
    for (const row of rows) void load(row);
  }, [versions, connection.value]);
}
