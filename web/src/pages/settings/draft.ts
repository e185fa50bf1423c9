/** The configuration while it is edited: what is saved, what it would become, and what is wrong with it. One draft for all of Settings. */
import { batch, computed, signal } from '@preact/signals';
import type { components } from '../../lib/api-types';
import { ApiError, messageOf } from '../../lib/api';
import { api, live } from '../../lib/client';
import { type Config, loadConfig, saveConfig, type SourceConfig } from '../../lib/config';
import { type Change, changesOf } from '../../lib/config-diff';
import { type Path, getAt, isSame, setAt } from '../../lib/config-path';
import { type Field, fieldOf, type Schema } from '../../lib/field';
import { configTag } from '../../lib/store';
import { toast } from '../../components/toast';

export type Problem = components['schemas']['Checked']['problems'][number];
/** What the environment or the command line sets, and by what where that is told. */
type Status = components['schemas']['ConfigStatus'] & { overrides?: { path: string; by: string; value: unknown }[] };

export const saved = signal<{ config: Config; etag: string } | undefined>(undefined);
export const draft = signal<Config>({});
export const schema = signal<Field | undefined>(undefined);
export const status = signal<Status | undefined>(undefined);
export const problems = signal<readonly Problem[]>([]);
export const failure = signal('');
/** What somebody else saved while this draft was made. */
export const conflict = signal<{ config: Config; etag: string } | undefined>(undefined);
export const isSaving = signal(false);
export const isReviewing = signal(false);

export const changes = computed<Change[]>(() => (saved.value ? changesOf(saved.value.config, draft.value) : []));
export const isDirty = computed(() => changes.value.length > 0);
export const errors = computed(() => problems.value.filter((it) => it.level === 'error'));

export const sourcesOf = (config: Config): readonly SourceConfig[] => (Array.isArray(config.sources) ? config.sources : []);

/** Counts loads and saves: the answer to one that another came after is older than what is there. */
let turn = 0;

/** Reads what is there; a draft that was begun stays. */
export async function load(): Promise<void> {
  const asked = ++turn;
  failure.value = '';
  try {
    const [loaded, read, told] = await Promise.all([
      loadConfig(),
      schema.peek() ? undefined : api.get<Schema>('/config/schema'),
      api.get<Status>('/config/status').catch(() => undefined),
    ]);
    if (asked !== turn) return;
    batch(() => {
      if (read) schema.value = fieldOf('', read);
      status.value = told;
      take(loaded);
    });
  } catch (error) {
    if (asked === turn) failure.value = messageOf(error);
  }
}

function take(loaded: { config: Config; etag: string }): void {
  const before = saved.peek();
  const isChanged = before !== undefined && before.etag !== loaded.etag && !isSame(before.config, loaded.config);
  if (isChanged && isDirty.peek()) {
    conflict.value = loaded;
    return;
  }
  const isKept = before !== undefined && isDirty.peek();
  saved.value = loaded;
  if (!isKept) draft.value = loaded.config;
}

/** Whether what is in force is not what is shown. The event tells the tag without its quotes. */
export const isOutdated = computed(() => configTag.value !== '' && saved.value !== undefined && saved.value.etag.replaceAll('"', '') !== configTag.value);

export function change(path: Path, to: unknown): void {
  batch(() => {
    draft.value = setAt(draft.peek(), path, to);
    if (problems.peek().length > 0) scheduleCheck();
  });
}

export function discard(): void {
  batch(() => {
    draft.value = saved.peek()?.config ?? {};
    problems.value = [];
  });
}

let timer = 0;
const CHECK_DELAY_MS = 400;

export function scheduleCheck(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void check(), CHECK_DELAY_MS);
}

export async function checkOf(config: Config): Promise<Problem[]> {
  return (await api.post<{ problems: Problem[] }>('/config/check', config)).problems;
}

/** Asks the agent what is wrong with the draft. */
export async function check(): Promise<boolean> {
  clearTimeout(timer);
  const asked = draft.peek();
  const found = await checkOf(asked);
  if (asked === draft.peek()) problems.value = found;
  return !found.some((it) => it.level === 'error');
}

/** The problem of a key, or of something in it that has no field of its own. */
export function problemAt(path: string): string | undefined {
  return problems.value.find((it) => it.level === 'error' && it.path === path)?.message;
}

export const overrideOf = (path: string): { by: string; value?: unknown } | undefined => {
  const told = status.value?.overrides?.find((it) => it.path === path);
  if (told) return told;
  return status.value?.locked.includes(path) ? { by: 'set by the environment or the command line' } : undefined;
};

/** Saves the draft. `done` is what the toast says. */
export async function save(done = 'Saved'): Promise<boolean> {
  const before = saved.peek();
  if (!before) return false;
  isSaving.value = true;
  try {
    const after = await saveConfig(draft.peek(), before.etag);
    turn += 1;
    batch(() => {
      saved.value = after;
      draft.value = after.config;
      problems.value = [];
      conflict.value = undefined;
      isReviewing.value = false;
    });
    toast(done, { action: { label: 'Undo', run: () => void undo(before.config, after.etag) } });
    live.refresh();
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 412) conflict.value = await loadConfig();
    else if (error.problem.problems) problems.value = error.problem.problems;
    else toast(messageOf(error), { isBad: true });
    isReviewing.value = false;
    return false;
  } finally {
    isSaving.value = false;
  }
}

/** Takes back the version that the save replaced, secrets and all. The tag makes sure that it is the newest one. */
async function undo(before: Config, etag: string): Promise<void> {
  try {
    const { versions } = await api.get<{ versions: { id: string }[] }>('/config/versions');
    const [newest] = versions;
    if (newest) await api.send('POST', `/config/versions/${encodeURIComponent(newest.id)}/restore`, { etag });
    else await saveConfig(before, etag);
    await load();
    live.refresh();
    toast('Undone');
  } catch (error) {
    toast(messageOf(error), { isBad: true });
  }
}

/**
 * Makes one change that stands for itself: saved at once if nothing else waits, else kept with what waits.
 * A `false` means that something is wrong; `problems` say what.
 */
export async function commit(next: Config, done: string): Promise<boolean> {
  const isAlone = !isDirty.peek();
  const before = draft.peek();
  draft.value = next;
  if (!isAlone) {
    toast('Kept with your other changes', { action: { label: 'Review', run: () => (isReviewing.value = true) } });
    return true;
  }
  const isDone = await save(done);
  if (!isDone && !conflict.peek()) draft.value = before;
  return isDone;
}

export const draftAt = (path: Path): unknown => getAt(draft.value, path);
