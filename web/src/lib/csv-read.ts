/** Reading CSV: RFC 4180, and what spreadsheets make of it. */

/** The cells of each line. The separator is what the first line has most of: comma, semicolon or tab. */
export function parseCsv(text: string): string[][] {
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  const first = source.split('\n', 1)[0] ?? '';
  const count = (mark: string) => first.split(mark).length;
  const mark = [',', ';', '\t'].reduce((best, it) => (count(it) > count(best) ? it : best));
  const lines: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endCell = () => {
    cells.push(cell.trim());
    cell = '';
  };
  const endLine = () => {
    endCell();
    if (cells.some((it) => it !== '')) lines.push(cells);
    cells = [];
  };
  for (let at = 0; at < source.length; at++) {
    const c = source[at]!;
    if (isQuoted) {
      if (c !== '"') cell += c;
      else if (source[at + 1] === '"') cell += source[++at];
      else isQuoted = false;
    } else if (c === '"' && cell.trim() === '') {
      cell = '';
      isQuoted = true;
    } else if (c === mark) endCell();
    else if (c === '\n') endLine();
    else cell += c;
  }
  endLine();
  return lines;
}

export interface Taken {
  readonly sources: Record<string, unknown>[];
  /** What was left out, and why. */
  readonly left: { readonly line: number; readonly why: string }[];
}

const COLUMNS: Record<string, string> = { ip: 'address', host: 'address', url: 'address', type: 'kind', place: 'group', label: 'name', enabled: 'enabled' };
const KEYS = new Set(['name', 'kind', 'address', 'group', 'tags', 'enabled', 'interval_secs', 'username', 'password']);

/** The sources that a table means. Its first line names the columns; without names the first column is the address, the second the name. */
export function sourcesOf(lines: readonly (readonly string[])[], kinds: readonly string[]): Taken {
  const named = (lines[0] ?? []).map((it) => it.toLowerCase().replaceAll(' ', '_')).map((it) => COLUMNS[it] ?? it);
  const hasHead = named.includes('address');
  const head = hasHead ? named : ['address', 'name', 'kind', 'group'];
  const taken: { sources: Record<string, unknown>[]; left: { line: number; why: string }[] } = { sources: [], left: [] };
  for (const [at, cells] of lines.entries()) {
    if (hasHead && at === 0) continue;
    const values = new Map(head.map((key, column) => [key, (cells[column] ?? '').replace(/^'(?=[=+\-@])/, '')] as const).filter(([key, it]) => KEYS.has(key) && it !== ''));
    const kind = (values.get('kind') ?? 'auto').toLowerCase();
    const address = values.get('address');
    if (!address) taken.left.push({ line: at + 1, why: 'it has no address' });
    else if (!kinds.includes(kind)) taken.left.push({ line: at + 1, why: `“${kind}” is no kind of device` });
    else taken.sources.push(source(values, kind, address));
  }
  return taken;
}

function source(values: ReadonlyMap<string, string>, kind: string, address: string): Record<string, unknown> {
  const of = (key: string) => values.get(key);
  const tags = of('tags')?.split(/[;,|]/).map((it) => it.trim()).filter(Boolean);
  const interval = Number(of('interval_secs'));
  const credentials = { ...(of('username') && { username: of('username') }), ...(of('password') && { password: of('password') }) };
  return {
    ...(of('name') && { name: of('name') }),
    kind,
    address,
    ...(of('group') && { group: of('group') }),
    ...(tags?.length && { tags }),
    ...(interval > 0 && { interval_secs: interval }),
    ...(/^(no|off|false|0)$/i.test(of('enabled') ?? '') && { enabled: false }),
    ...(Object.keys(credentials).length > 0 && { credentials }),
  };
}
