/** Who uses the page, and what they have to do before they see anything. */
import { signal } from '@preact/signals';
import { ApiError } from './api';
import { api, live } from './client';
import * as store from './store';

export type Stage = 'asking' | 'login' | 'setup' | 'broken' | 'in' | 'cloud';

export const stage = signal<Stage>('asking');

/** Who calls, where it is a cloud that answers. */
export interface Visitor {
  readonly who: string;
  readonly user?: string;
  readonly admin: boolean;
}

export const visitor = signal<Visitor | undefined>(undefined);

const RETRY_MS = 2000;
/** How often the small figures at the edge of the page are asked for. */
const EDGE_MS = 30_000;

/** Asks who calls, then begins to follow. The function that is given ends it. */
export function startSession(): () => void {
  api.onRefused = (error) => {
    live.stop();
    // What is wrong with the configuration is told with who calls.
    if (error.kind === 'password-unusable') void ask();
    else stage.value = error.kind === 'setup-required' ? 'setup' : 'login';
  };
  void ask();
  const timer = setInterval(() => void edge(), EDGE_MS);
  return () => {
    clearInterval(timer);
    live.stop();
  };
}

/** Takes what a login or a set-up answered. */
export function enter(caller: store.Caller): void {
  store.takeCaller(caller);
  stage.value = caller.scope ? 'in' : caller.login === 'setup' ? 'setup' : caller.login === 'impossible' ? 'broken' : 'login';
  if (stage.value !== 'in') return;
  live.start();
  void edge();
}

export async function logOut(): Promise<void> {
  await api.send('DELETE', '/session');
  live.stop();
  location.assign('/');
}

/** Whether the one at the page may change something. */
export function isAdmin(): boolean {
  return store.caller.value?.scope === 'admin';
}

let retry: ReturnType<typeof setTimeout> | undefined;

/** Asks who calls. While the agent does not answer it tries again by itself. */
export async function ask(): Promise<void> {
  try {
    const it = await api.get<store.Caller | Visitor>('/session');
    // Only a cloud has users: the rest of the page is its own.
    if ('admin' in it) {
      visitor.value = it;
      stage.value = 'cloud';
    } else enter(it);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 0) throw error;
    store.connection.value = 'lost';
    clearTimeout(retry);
    retry = setTimeout(() => void ask(), RETRY_MS);
  }
}

/** Version, uplinks and the agent's own use. They matter little: what fails is asked for next time. */
async function edge(): Promise<void> {
  if (stage.peek() !== 'in' || document.hidden) return;
  const quietly = <T>(path: string, take: (body: T) => void) => api.get<T>(path).then(take, () => {});
  if (!store.version.peek()) {
    void quietly<store.Version>('/version', (version) => {
      store.version.value = version;
    });
  }
  void quietly<{ uplinks: store.Uplink[] }>('/uplinks', ({ uplinks }) => {
    store.uplinks.value = uplinks;
  });
  void quietly<store.Usage>('/agent', (agent) => {
    store.usage.value = agent;
  });
}
