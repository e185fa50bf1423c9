/** Changes to the configuration that are made without a form: tags, places, ignored devices. */
import { api } from './client';
import { ApiError } from './api';

/** A configuration as the API shows it. Secrets are masks, and stay what they are when they are sent back. */
export type Config = Record<string, unknown> & { sources?: SourceConfig[] };
export type SourceConfig = Record<string, unknown> & { id?: string; group?: string; tags?: string[] };

export interface Loaded {
  readonly config: Config;
  readonly etag: string;
}

export async function loadConfig(): Promise<Loaded> {
  const { body, etag = '' } = await api.send<Config>('GET', '/config');
  return { config: body, etag };
}

/** Saves over the configuration that `etag` names; gives the new tag. */
export async function saveConfig(config: Config, etag: string): Promise<Loaded> {
  const { body, etag: next = '' } = await api.send<Config>('PUT', '/config', { body: config, etag });
  return { config: body, etag: next };
}

/** Applies a change, again if the configuration was changed meanwhile. Gives what undoes it. */
export async function editConfig(change: (config: Config) => Config, tries = 3): Promise<() => Promise<void>> {
  const { config, etag } = await loadConfig();
  try {
    const saved = await saveConfig(change(structuredClone(config)), etag);
    return async () => {
      await saveConfig(config, saved.etag);
    };
  } catch (error) {
    if (error instanceof ApiError && error.status === 412 && tries > 1) return editConfig(change, tries - 1);
    throw error;
  }
}
