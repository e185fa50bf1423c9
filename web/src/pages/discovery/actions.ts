/** What is done about findings: all of it is a change of the configuration, and can be undone. */
import { toast } from '../../components/toast';
import { messageOf } from '../../lib/api';
import { live } from '../../lib/client';
import { type Config, editConfig, type SourceConfig } from '../../lib/config';
import { plural } from '../../lib/format';
import { ignoredBy, modelOf, namesFor, withoutIgnored } from './names';
import { type Finding, look } from './state';

/** Saves, tells what was done and offers the way back. Throws what went wrong. */
async function apply(what: string, change: (config: Config) => Config): Promise<void> {
  const undo = await editConfig(change);
  await settle();
  const run = () => void undo().then(settle).catch((error: unknown) => toast(messageOf(error), { isBad: true }));
  toast(what, { action: { label: 'Undo', run } });
}

/** Findings are judged anew at each look. */
async function settle(): Promise<void> {
  await Promise.all([look({ anew: true }), live.refresh()]).catch(() => {});
}

/** Does it, and tells what went wrong. */
export function attempt(work: Promise<void>): void {
  void work.catch((error: unknown) => toast(messageOf(error), { isBad: true }));
}

export interface Adding {
  readonly pattern: string;
  readonly place: string;
  /** What speaks there, where the search did not find it out. */
  readonly kind?: string;
  readonly credentials?: { readonly username?: string; readonly password: string };
}

export function add(findings: readonly Finding[], { pattern, place, kind, credentials }: Adding): Promise<void> {
  return apply(`Added ${plural(findings.length, 'device')}`, (config) => {
    const sources = config.sources ?? [];
    const names = namesFor(findings, pattern, takenNames(sources));
    const fresh = findings.map((finding, at): SourceConfig => ({
      name: names[at],
      kind: kind ?? finding.kind ?? 'auto',
      address: finding.address,
      ...(place && { group: place }),
      ...(credentials && { credentials }),
    }));
    return { ...config, sources: [...sources, ...fresh] };
  });
}

export function takenNames(sources: readonly SourceConfig[]): string[] {
  return sources.flatMap((it) => [it.name, it.id].filter((text): text is string => typeof text === 'string'));
}

export function updateAddress(finding: Finding, name: string): Promise<void> {
  return apply(`${name} is polled at ${finding.address}`, (config) => ({
    ...config,
    sources: (config.sources ?? []).map((it) => (it.id === finding.source_id ? { ...it, address: finding.address } : it)),
  }));
}

const entriesOf = (config: Config) => (config.discovery as { ignored?: string[] } | undefined)?.ignored ?? [];

const withEntries = (config: Config, ignored: readonly string[]): Config => ({
  ...config,
  discovery: { ...(config.discovery as object | undefined), ignored },
});

export function ignore(findings: readonly Finding[]): Promise<void> {
  const [first] = findings;
  const what = findings.length === 1 && first ? `${modelOf(first)} at ${first.ip} is ignored` : `${plural(findings.length, 'device')} ignored`;
  return apply(what, (config) => withEntries(config, [...new Set([...entriesOf(config), ...findings.map(ignoredBy)])]));
}

export function unignore(finding: Finding): Promise<void> {
  return apply(`${modelOf(finding)} at ${finding.ip} is no longer ignored`, (config) =>
    withEntries(config, withoutIgnored(entriesOf(config), finding)),
  );
}
