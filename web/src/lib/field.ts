/** What a form needs to know of a key of the configuration, from the JSON Schema that the agent serves. */

/** A schema as it arrives. */
export type Schema = Record<string, unknown>;

export type Shape = 'text' | 'integer' | 'number' | 'switch' | 'choice' | 'choices' | 'texts' | 'numbers' | 'secret' | 'group' | 'list' | 'map';

export interface Choice {
  readonly value: string;
  readonly description: string;
}

export interface Field {
  readonly key: string;
  readonly shape: Shape;
  readonly title: string;
  readonly description: string;
  readonly initial?: unknown;
  readonly unit?: string;
  readonly isRequired: boolean;
  readonly isAdvanced: boolean;
  readonly needsRestart: boolean;
  /** The kinds of source that have it; absent for all. */
  readonly kinds?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly choices?: readonly Choice[];
  /** The keys of a group. */
  readonly fields?: readonly Field[];
  /** Each element of a list, or each value of a map. */
  readonly item?: Field;
  /** The keys that a map may have; absent for any. */
  readonly names?: readonly string[];
}

const UNITS: Record<string, string> = { secs: 's', ms: 'ms', days: 'd', mb: 'MB', bytes: 'B', percent: '%', celsius: '°C' };

/** `max_size_mb` as a person says it, where the schema has no title. */
export function titleOf(key: string): string {
  const words = key.split('_');
  if (words.length > 1 && words.at(-1)! in UNITS) words.pop();
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Which sources have a key, where only its description says it: "(gss, mim)". */
function kindsIn(description: string): readonly string[] | undefined {
  const found = /\(((?:axeos|antminer|canaan|cgminer|gss|mim|host)(?:, \w+)*)\)/.exec(description)?.[1]?.split(', ');
  return found?.includes('antminer') ? ['auto', ...found] : found;
}

/** What a schema says beside `null`, which only stands for absence. The outer words go before the inner ones. */
function withoutNull(schema: Schema): Schema {
  const either = schema.anyOf as Schema[] | undefined;
  if (!either || isSecret(schema)) return schema;
  const inner = either.find((it) => it.type !== 'null');
  const { anyOf: _, ...outer } = schema;
  return { ...withoutNull(inner ?? {}), ...outer, ...(inner && isSecret(inner) && { writeOnly: true }) };
}

const isSecret = (schema: Schema) => schema.writeOnly === true;

function typeOf({ type }: Schema): string | undefined {
  return Array.isArray(type) ? type.find((it) => it !== 'null') : (type as string | undefined);
}

function choicesOf(schema: Schema): Choice[] | undefined {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ value: String(value), description: '' }));
  const one = schema.oneOf as Schema[] | undefined;
  if (!one?.every((it) => 'const' in it)) return undefined;
  return one.map((it) => ({ value: String(it.const), description: String(it.description ?? '') }));
}

function shapeOf(schema: Schema, item: Field | undefined): Shape {
  if (isSecret(schema)) return 'secret';
  if (choicesOf(schema)) return 'choice';
  switch (typeOf(schema)) {
    case 'boolean':
      return 'switch';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'array':
      return item?.shape === 'text' ? 'texts' : item?.shape === 'choice' ? 'choices' : item?.shape === 'integer' ? 'numbers' : 'list';
    case 'object':
      return schema.properties ? 'group' : 'map';
    default:
      return 'text';
  }
}

interface Hints {
  order?: number;
  unit?: string;
  advanced?: boolean;
  restart?: boolean;
  kinds?: string[];
}

const LIMITS = ['minimum', 'maximum', 'minLength', 'maxLength', 'maxItems', 'pattern'] as const;

export function fieldOf(key: string, given: Schema, isRequired = false): Field {
  const schema = withoutNull(given);
  const hints = (schema['x-ui'] ?? {}) as Hints;
  const description = String(schema.description ?? '');
  const inner = (schema.items ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined)) as Schema | undefined;
  const item = inner && fieldOf('', inner);
  const properties = schema.properties as Record<string, Schema> | undefined;
  const required = (schema.required ?? []) as string[];
  const fields = properties && Object.entries(properties).map(([name, it], at) => [orderOf(it, at), fieldOf(name, it, required.includes(name))] as const);
  const names = (schema.propertyNames as { enum?: string[] } | undefined)?.enum;
  const kinds = hints.kinds ?? kindsIn(description);
  const choices = choicesOf(schema);
  const unit = hints.unit ?? UNITS[key.split('_').at(-1) ?? ''];
  return {
    key,
    shape: shapeOf(schema, item),
    title: typeof given.title === 'string' ? given.title : titleOf(key),
    description,
    isRequired,
    isAdvanced: hints.advanced ?? false,
    needsRestart: hints.restart ?? false,
    ...(unit && { unit }),
    ...(schema.default !== undefined && { initial: schema.default }),
    ...Object.fromEntries(LIMITS.flatMap((limit) => (schema[limit] === undefined ? [] : [[limit, schema[limit]]]))),
    ...(kinds && { kinds }),
    ...(choices && { choices }),
    ...(fields && { fields: fields.sort(([a], [b]) => a - b).map(([, field]) => field) }),
    ...(item && { item }),
    ...(names && { names }),
  };
}

function orderOf(schema: Schema, at: number): number {
  return ((schema['x-ui'] as Hints | undefined)?.order ?? 0) * 1000 + at;
}

/** The field at a path of keys and of places in lists. */
export function fieldAt(root: Field, path: readonly (string | number)[]): Field | undefined {
  let field: Field | undefined = root;
  for (const step of path) {
    field = field?.fields ? field.fields.find((it) => it.key === step) : field?.item;
  }
  return field;
}

/** What is wrong with the value of one field as far as its schema tells, in the words that the agent uses. */
export function problemOf(field: Field, value: unknown): string | undefined {
  if (value === undefined || value === null) return field.isRequired ? 'is missing' : undefined;
  switch (field.shape) {
    case 'text': {
      const text = String(value);
      if (text === '' && (field.isRequired || field.minLength)) return 'must not be empty';
      if (field.maxLength !== undefined && text.length > field.maxLength) return `must have at most ${field.maxLength} characters`;
      if (field.pattern && !new RegExp(field.pattern, 'u').test(text)) return 'must be 1 to 64 of `a-z 0-9 - _ .`';
      return undefined;
    }
    case 'integer':
    case 'number': {
      const { minimum = -Infinity, maximum = Infinity } = field;
      if (typeof value !== 'number') return 'must be a number';
      if (field.shape === 'integer' && !Number.isInteger(value)) return 'must be a whole number';
      return value < minimum || value > maximum ? `must be ${minimum} to ${maximum}, not ${value}` : undefined;
    }
    case 'choice':
      return field.choices?.some((it) => it.value === value) ? undefined : `\`${String(value)}\` is none of the choices`;
    default:
      return undefined;
  }
}
