/** What differs between two configurations, in words, and putting two changes of one configuration together. */
import type { Config } from './config';
import { type Path, getAt, isSame, setAt } from './config-path';
import { type Field, fieldAt } from './field';
import { decimal } from './format';

/** The lists whose elements have a name, and the key that holds it. Their order means nothing. */
const NAMED: Record<string, string> = { sources: 'id', uplinks: 'id', hooks: 'name', 'server.api_tokens': 'name' };

/** A step of the path of a change: a key, or the name of an element of such a list. */
export interface Change {
  /** The keys; an element of a named list is the step after the list, by its name. */
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

type Keys = Record<string, unknown>;

const isKeys = (value: unknown): value is Keys => typeof value === 'object' && value !== null && !Array.isArray(value);

function byName(list: unknown, key: string): Map<string, unknown> {
  return new Map(Array.isArray(list) ? list.map((it: Keys, at) => [String(it?.[key] ?? `#${at + 1}`), it]) : []);
}

export function changesOf(before: unknown, after: unknown, path: readonly string[] = []): Change[] {
  if (isSame(before, after)) return [];
  const name = NAMED[path.join('.')];
  if (name && (Array.isArray(before) || Array.isArray(after))) {
    const [old, fresh] = [byName(before, name), byName(after, name)];
    return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((it) => {
      const [a, b] = [old.get(it), fresh.get(it)];
      return a && b ? changesOf(a, b, [...path, it]) : [{ path: [...path, it], before: a, after: b }];
    });
  }
  const isGroup = (value: unknown) => isKeys(value) || value === undefined || value === null;
  const [a, b] = [isKeys(before) ? before : {}, isKeys(after) ? after : {}];
  const inner = isGroup(before) && isGroup(after) ? [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => changesOf(a[key], b[key], [...path, key])) : [];
  // An empty group is not the same as none.
  return inner.length > 0 || (isKeys(before) && isKeys(after)) ? inner : [{ path, before, after }];
}

/** The list and the element that a path leads to, if it is one of a named list. */
function elementOf(path: readonly string[]): { list: string; name: string; rest: readonly string[] } | undefined {
  for (const list of Object.keys(NAMED)) {
    const { length } = list.split('.');
    if (path.slice(0, length).join('.') === list && path.length > length) {
      return { list, name: path[length]!, rest: path.slice(length + 1) };
    }
  }
  return undefined;
}

/** The same place with numbers for elements, in this configuration. */
export function placeIn(config: Config, path: readonly string[]): Path | undefined {
  const element = elementOf(path);
  if (!element) return path;
  const list = element.list.split('.');
  const elements = (getAt(config, list) ?? []) as Keys[];
  const at = elements.findIndex((it) => it?.[NAMED[element.list]!] === element.name);
  return at < 0 ? undefined : [...list, at, ...element.rest];
}

/** Makes the change in a configuration that may not be the one it was made from. */
export function applyChange(config: Config, { path, after }: Change): Config {
  const place = placeIn(config, path);
  if (place) return setAt(config, place, after);
  const element = elementOf(path);
  if (!element || after === undefined || element.rest.length > 0) return config;
  const list = element.list.split('.');
  const elements = (getAt(config, list) ?? []) as unknown[];
  return setAt(config, [...list, elements.length], after);
}

/** A place that both changed, and not to the same. */
export interface Conflict {
  readonly path: readonly string[];
  readonly mine: Change;
  readonly theirs: Change;
}

const covers = (a: readonly string[], b: readonly string[]) => a.every((step, at) => b[at] === step);

/** What both did to one configuration: what only one did is no conflict. */
export function conflictsOf(mine: readonly Change[], theirs: readonly Change[]): Conflict[] {
  const conflicts = new Map<string, Conflict>();
  for (const one of mine) {
    const other = theirs.find((it) => covers(it.path, one.path) || covers(one.path, it.path));
    if (!other || isSame(other.after, one.after)) continue;
    const path = covers(other.path, one.path) ? other.path : one.path;
    const key = path.join('\n');
    // Theirs is about something whole, such as a source that is gone: so is mine, with each of my changes in it.
    const before = conflicts.get(key)?.mine.after ?? other.before;
    const rest = one.path.slice(path.length);
    const whole = rest.length > 0 ? { path, before: other.before, after: setAt(before, rest, one.after) } : one;
    conflicts.set(key, { path, mine: whole, theirs: other });
  }
  return [...conflicts.values()];
}

const SECTIONS: Record<string, string> = {
  agent: 'Site',
  server: 'Access',
  logging: 'Logging',
  polling: 'Polling',
  kinds: 'Polling',
  limits: 'Limits',
  discovery: 'Discovery',
};

const ELEMENTS: Record<string, string> = { sources: 'source', uplinks: 'uplink', hooks: 'webhook', 'server.api_tokens': 'API token' };

export const KIND_NAMES: Record<string, string> = {
  auto: 'Find out',
  axeos: 'AxeOS',
  antminer: 'Antminer',
  canaan: 'Avalon',
  cgminer: 'cgminer',
  gss: 'GoSlimStratum',
  mim: 'MIM',
  host: 'This machine',
};

export const kindName = (kind: unknown) => KIND_NAMES[String(kind)] ?? String(kind);

export interface Told {
  /** The section, or what the element is called. */
  readonly where: string;
  readonly what: string;
  /** Nothing for what was added or removed as a whole. */
  readonly from?: string;
  readonly to?: string;
  readonly needsRestart: boolean;
}

/** A change as a person would say it: "Poll interval", "30 s", "15 s". */
export function tell(change: Change, schema: Field, configs: { before: Config; after: Config }): Told {
  const { path } = change;
  const element = elementOf(path);
  const keys = element ? [...element.list.split('.'), 0, ...element.rest] : path;
  const fields = keys.map((_, at) => fieldAt(schema, keys.slice(0, at + 1)));
  const needsRestart = fields.some((it) => it?.needsRestart);
  if (element && element.rest.length === 0) {
    const it = (change.after ?? change.before) as Keys;
    const isSource = element.list === 'sources';
    const about = isSource ? [it.kind === 'host' ? undefined : kindName(it.kind), it.address].filter(Boolean).join(', ') : String(it.endpoint ?? '');
    const verb = change.before === undefined ? 'Add' : 'Remove';
    const name = String(it.name || it.id || element.name);
    return { where: name, what: `${verb} ${ELEMENTS[element.list]} ${name}${about && ` (${about})`}`, needsRestart };
  }
  const field = fields.at(-1);
  const own = element ? fields.slice(element.list.split('.').length + 1) : fields.slice(1);
  const steps = element ? element.rest : path.slice(1);
  const what = steps.map((step, at) => own[at]?.title || (path[0] === 'kinds' || path[0] === 'limits' ? kindName(step) : step)).join(', ');
  return {
    where: element ? nameOf(element, configs) : (SECTIONS[path[0] ?? ''] ?? path[0] ?? ''),
    what: what || (SECTIONS[path[0] ?? ''] ?? ''),
    ...valuesOf(field, change),
    needsRestart,
  };
}

function nameOf({ list, name }: { list: string; name: string }, { before, after }: { before: Config; after: Config }): string {
  const key = NAMED[list]!;
  const find = (config: Config) => ((getAt(config, list.split('.')) ?? []) as Keys[]).find((it) => it?.[key] === name);
  return String(find(before)?.name ?? find(after)?.name ?? name);
}

const MASK = '********';

function valuesOf(field: Field | undefined, { before, after }: Change): { from: string; to: string } {
  if (field?.shape !== 'secret') return { from: valueText(field, before), to: valueText(field, after) };
  const text = (value: unknown) => (value === undefined || value === null ? 'not set' : value === MASK ? 'set' : isKeys(value) ? reference(value) : 'changed');
  const to = text(after);
  return { from: text(before), to: to === 'changed' && (before === undefined || before === null) ? 'set' : to };
}

/** Where a secret is kept outside the configuration. */
export function reference(value: unknown): string {
  const { env, file } = value as { env?: string; file?: string };
  return env !== undefined ? `from variable ${env}` : `from file ${file ?? ''}`;
}

/** A value in words. */
export function valueText(field: Field | undefined, value: unknown): string {
  if (value === undefined || value === null) {
    const { initial } = field ?? {};
    const isPlain = initial !== undefined && typeof initial !== 'object';
    return isPlain ? `default (${valueText(field, initial)})` : 'not set';
  }
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return `${decimal(value, Number.isInteger(value) ? 0 : 1)}${field?.unit ? ` ${field.unit}` : ''}`;
  if (typeof value === 'string') return value === '' ? 'empty' : value;
  if (Array.isArray(value) && value.every((it) => typeof it !== 'object')) return value.length > 0 ? value.join(', ') : 'none';
  return JSON.stringify(value);
}
