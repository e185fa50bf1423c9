/** What pages do about one device. The device itself is only ever read. */
import { toast } from '../components/toast';
import { messageOf } from './api';
import { api, live } from './client';
import { editConfig } from './config';
import { pageUrl } from './page-url';
import { prefix } from './route';
import type { Row } from './row';

/** The device's own page, for kinds that have one. */
export function deviceUrl(row: Row): string | undefined {
  // From a cloud nobody reaches it.
  if (row.kind === 'host' || row.kind === 'auto' || prefix.value !== '') return undefined;
  if (row.kind === 'gss') return pageUrl(row.address, row.firmware);
  try {
    const url = new URL(/^https?:/.test(row.address) ? row.address : `http://${row.address}`);
    // The port of the cgminer API is none that a browser can use; the page is at the usual one.
    if (!/^https?:/.test(row.address)) url.port = '';
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Asks a device at once; the table hears the answer by itself. */
export async function pollNow(row: Pick<Row, 'id' | 'name'>): Promise<void> {
  try {
    const { body, status } = await api.send<{ failure?: { detail: string } }>('POST', `/readings/${encodeURIComponent(row.id)}/refresh`);
    const failure = body.failure?.detail;
    toast(status === 202 ? `${row.name} is being polled already` : failure ? `${row.name}: ${failure}` : `${row.name} was polled`, { isBad: !!failure });
    await live.refresh();
  } catch (error) {
    toast(`${row.name}: ${messageOf(error)}`, { isBad: true });
  }
}

/** Watches a device again that was switched off in the configuration. */
export async function switchOn(row: Pick<Row, 'id' | 'name'>): Promise<void> {
  try {
    await editConfig((config) => ({
      ...config,
      sources: (config.sources ?? []).map(({ enabled, ...rest }) => (rest.id === row.id || enabled === undefined ? rest : { ...rest, enabled })),
    }));
    toast(`Enabled ${row.name}`);
    await live.refresh();
  } catch (error) {
    toast(`${row.name}: ${messageOf(error)}`, { isBad: true });
  }
}
