/** Where on these pages a key of the configuration is edited. */
import type { components } from '../../lib/api-types';
import type { Config } from '../../lib/config';
import { type Path, getAt, parsePath } from '../../lib/config-path';
import { fieldAt } from '../../lib/field';
import { draft, schema } from './draft';
import { Marked } from './form';
import { go } from '../../lib/route';

type Problem = components['schemas']['Checked']['problems'][number];

export const SOURCE_SECTIONS: Record<string, readonly string[]> = {
  devices: ['auto', 'axeos', 'antminer', 'canaan', 'cgminer'],
  pools: ['gss'],
  servers: ['mim', 'host'],
};

export function sourceSection(kind: unknown): string {
  return Object.keys(SOURCE_SECTIONS).find((it) => SOURCE_SECTIONS[it]?.includes(String(kind))) ?? 'devices';
}

const SECTION_OF: Record<string, string> = { agent: 'site', polling: 'polling', kinds: 'polling', limits: 'limits', server: 'access', hooks: 'access', logging: 'logging', uplinks: 'uplink' };

export function sectionOf(path: Path, config: Config): string {
  if (path[0] === 'sources') return sourceSection(getAt(config, ['sources', path[1] ?? 0, 'kind']) ?? 'auto');
  return SECTION_OF[String(path[0])] ?? 'json';
}

/** The address at which a key is edited. */
export function hrefOf(text: string, config: Config): string {
  const path = parsePath(text);
  const element = typeof path[1] === 'number' ? (getAt(config, path.slice(0, 2)) as { id?: string } | undefined) : undefined;
  const query = element?.id && (path[0] === 'sources' || path[0] === 'uplinks') ? `?edit=${encodeURIComponent(element.id)}` : '';
  return `/settings/${sectionOf(path, config)}${query}`;
}

/** The key as a person says it: "nano-04, Address". */
export function labelOf(text: string, config: Config): string {
  const path = parsePath(text);
  const root = schema.value;
  if (!root || path.length === 0) return 'Configuration';
  const isElement = typeof path[1] === 'number';
  const element = isElement ? (getAt(config, path.slice(0, 2)) as Record<string, unknown> | undefined) : undefined;
  const name = element && String(element.name || element.id || element.address || `number ${Number(path[1]) + 1}`);
  const from = isElement ? 2 : path.length > 1 ? 1 : 0;
  const titles = path.slice(from).map((step, at) => (typeof step === 'number' ? String(step + 1) : fieldAt(root, path.slice(0, from + at + 1))?.title || step));
  return [name, ...titles].filter(Boolean).join(', ');
}

/** Goes to the field of a problem, wherever it is. */
export function goToField(text: string): void {
  go(hrefOf(text, draft.value));
  let tries = 0;
  const find = () => {
    const inner = text.replace(/^(sources|uplinks)\[\d+\]\.?/, '');
    const box = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(text)}"], dialog [data-field="${CSS.escape(inner)}"]`);
    const details = box?.closest('details');
    if (details) details.open = true;
    const control = box?.querySelector<HTMLElement>('input, select, textarea, button');
    if (control) control.focus();
    else if (tries++ < 30) requestAnimationFrame(find);
    box?.scrollIntoView({ block: 'center' });
  };
  requestAnimationFrame(find);
}

export function ProblemLinks({ problems }: { problems: readonly Problem[] }) {
  return (
    <ul class="mt-1.5 flex flex-col gap-1 text-caption text-ink2">
      {problems.slice(0, 12).map((it) => (
        <li key={it.path + it.message}>
          <a
            class="font-medium text-ink underline"
            href={hrefOf(it.path, draft.value)}
            onClick={(event) => {
              event.preventDefault();
              goToField(it.path);
            }}
          >
            {labelOf(it.path, draft.value)}
          </a>{' '}
          <Marked text={it.message} />
        </li>
      ))}
      {problems.length > 12 && <li>and {problems.length - 12} more</li>}
    </ul>
  );
}
