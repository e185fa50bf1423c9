/** What the page knows of a cloud: its agents, who looks, and which agent is looked at. */
import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { Api, ApiError } from '../../lib/api';
import { away } from '../../lib/away';
import { api, live } from '../../lib/client';
import { place, prefix } from '../../lib/route';
import { type Visitor, visitor } from '../../lib/session';
import * as store from '../../lib/store';
import type { components } from './api-types';

type Schemas = components['schemas'];
export type Agent = Schemas['AgentOverview'];
export type AgentIssue = Schemas['CloudIssue'];
export type User = Schemas['UserShown'];
export type Enrolled = Schemas['Enrolled'];
type Overview = Schemas['Overview'];

const ROOT = { base: '/api/v1' };
/** The cloud itself; `api` is that of the agent that is looked at. */
export const cloud = new Api(ROOT);

export const agents = signal<readonly Agent[]>([]);
export const hasAgents = signal(false);
export const retention = signal<Schemas['Retention'] | undefined>(undefined);
export const agentIssues = computed(() => agents.value.flatMap((it) => it.issues));

/** Whether somebody has to log in, also over the page whose session ended. */
export const isOut = computed(() => visitor.value?.who !== 'user');
export const isManager = computed(() => visitor.value?.admin === true);

/** The agent that the address names. */
export const shownId = computed(() => /^\/a\/([^/]+)/.exec(place.value.path)?.[1] ?? '');
export const shown = computed(() => agents.value.find((it) => it.id === shownId.value));

/** Takes the agents; those that are as they were keep their identity. */
export function takeAgents(overview: Overview): void {
  const before = new Map(agents.peek().map((it) => [it.id, it]));
  const same = (it: Agent) => {
    const old = before.get(it.id);
    return old && JSON.stringify(old) === JSON.stringify(it) ? old : it;
  };
  batch(() => {
    agents.value = overview.agents.map(same);
    retention.value = overview.retention;
    hasAgents.value = true;
    if (shownId.peek() === '') store.setClock(overview.generated_at);
  });
}

export async function refresh(): Promise<void> {
  takeAgents(await cloud.get<Overview>('/agents'));
}

export function takeVisitor(next: Visitor): void {
  visitor.value = next;
}

export async function logOut(): Promise<void> {
  await cloud.send('DELETE', '/session');
  location.assign('/');
}

const POLL_MS = 5000;
const SILENCE_MS = 40_000;

/** Follows the agents. While one of them is looked at its own stream is open: browsers allow few connections to a host, so then they are asked for. */
function follow(): () => void {
  let stream: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  const isTop = () => shownId.peek() === '';
  const again = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void begin(), ms);
  };
  const close = () => {
    turn += 1;
    clearTimeout(timer);
    stream?.close();
    stream = undefined;
  };
  const hear = () => {
    batch(() => {
      store.connection.value = 'live';
      store.heardAt.value = Date.now();
    });
    again(SILENCE_MS);
  };
  const begin = async () => {
    close();
    if (document.hidden) return;
    const mine = turn;
    try {
      await refresh();
    } catch (error) {
      if (mine !== turn || (error instanceof ApiError && error.status === 401)) return;
      if (isTop()) store.connection.value = 'lost';
      again(POLL_MS);
      return;
    }
    if (mine !== turn) return;
    if (!isTop()) return again(POLL_MS);
    hear();
    const opened = new EventSource(cloud.url('/events'));
    stream = opened;
    opened.addEventListener('agents', (event) => {
      hear();
      takeAgents(JSON.parse((event as MessageEvent<string>).data) as Overview);
    });
    // The stream does not say what is wrong; asking does.
    opened.addEventListener('error', () => {
      close();
      again(1000);
    });
  };
  const onVisibility = () => void begin();
  document.addEventListener('visibilitychange', onVisibility);
  const end = effect(() => {
    // Another one is looked at, or none.
    shownId.value;
    if (isOut.value) close();
    else untracked(() => void begin());
  });
  return () => {
    end();
    document.removeEventListener('visibilitychange', onVisibility);
    close();
  };
}

/** Makes the pages of an agent those of the one that the address names. */
function showAgent(): () => void {
  const endAway = effect(() => {
    const it = shown.value;
    away.value = !it || it.online ? undefined : Date.parse(it.heard_at ?? '') || 0;
    store.setSkew(it?.clock_offset_ms ?? 0);
  });
  // Whose pages may be shown: nobody's while somebody has to log in, but what is on the page stays.
  const known = computed(() => (isOut.value ? '' : (shown.value?.id ?? '')));
  let last = '';
  const endMove = effect(() => {
    const [id, isKnown] = [shownId.value, known.value !== ''];
    untracked(() => {
      if (id !== last) {
        last = id;
        live.stop();
        store.forget();
        prefix.value = id && `/a/${id}`;
        api.move({ ...ROOT, agent: id });
      }
      if (!isKnown) return live.stop();
      takeName();
      live.start();
      void api.get<{ time_zone?: string }>('/agent').then(
        ({ time_zone }) => id === known.peek() && takeName(time_zone),
        () => {},
      );
    });
  });
  return () => {
    endMove();
    endAway();
    live.stop();
  };
}

/** Nobody changes anything of an agent from here. */
function takeName(time_zone?: string): void {
  const agent_name = shown.peek()?.name ?? '';
  store.takeCaller({ agent_name, login: 'password', who: 'user', scope: 'read', ...(time_zone && { time_zone }) });
}

/** Begins to follow; the function that is given ends it. */
export function start(): () => void {
  const onRefused = (error: ApiError) => {
    live.stop();
    if (error.status === 401) visitor.value = { who: 'nobody', admin: false };
  };
  cloud.onRefused = api.onRefused = onRefused;
  const ends = [showAgent(), follow()];
  return () => ends.forEach((end) => end());
}
