/** Ids for sources that are added, made as the agent makes them: from the name, else from the host. */

function slug(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 58);
}

export function hostOf(address: string): string {
  const rest = address.replace(/^[a-z0-9+]+:\/\//, '').replace(/[/?#].*$/, '').replace(/^.*@/, '');
  return /^\[/.test(rest) ? rest.replace(/^\[([^\]]*)\].*$/, '$1') : rest.replace(/:\d*$/, '');
}

export function freeId(source: { name?: unknown; address?: unknown }, taken: ReadonlySet<string>): string {
  const base = [String(source.name ?? ''), hostOf(String(source.address ?? ''))].map(slug).find(Boolean) ?? 'source';
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(id)) return id;
  }
}

/** Gives every source that has no id one that is free. */
export function withIds<T extends Record<string, unknown>>(sources: readonly T[], taken: Iterable<string>): T[] {
  const all = new Set(taken);
  return sources.map((source) => {
    if (typeof source.id === 'string') return source;
    const id = freeId(source, all);
    all.add(id);
    return { id, ...source };
  });
}
