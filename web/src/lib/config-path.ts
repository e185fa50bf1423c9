/** Places in a configuration: `sources[3].address` as the agent writes them, and as steps. */

export type Step = string | number;
export type Path = readonly Step[];

export function parsePath(text: string): Step[] {
  const steps: Step[] = [];
  for (const [, key, index] of text.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (index !== undefined) steps.push(Number(index));
    else if (key !== undefined) steps.push(key);
  }
  return steps;
}

export function pathText(path: Path): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}

export function getAt(value: unknown, path: Path): unknown {
  let it = value;
  for (const step of path) {
    if (typeof it !== 'object' || it === null) return undefined;
    it = (it as Record<Step, unknown>)[step];
  }
  return it;
}

/** The same with one value changed; `undefined` takes it away, and with it groups that hold nothing any more. */
export function setAt<T>(value: T, path: Path, to: unknown): T {
  const [step, ...rest] = path;
  if (step === undefined) return to as T;
  if (typeof step === 'number') {
    const list = [...((value as unknown as unknown[] | undefined) ?? [])];
    if (to === undefined && rest.length === 0) list.splice(step, 1);
    else list[step] = setAt(list[step], rest, to);
    return list as T;
  }
  const keys: Record<string, unknown> = { ...(value as Record<string, unknown> | undefined) };
  const next = setAt(keys[step], rest, to);
  if (next === undefined || (to === undefined && rest.length > 0 && isBare(next))) delete keys[step];
  else keys[step] = next;
  return keys as T;
}

function isBare(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return (a ?? undefined) === (b ?? undefined);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}
