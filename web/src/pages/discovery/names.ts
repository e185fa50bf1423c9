/** What found devices become as sources: names by a pattern, and which entries ignore them. */
import type { Finding } from './state';

export const DEFAULT_PATTERN = '{model}-{nn}';
/** The configuration takes names up to this. */
const MAX_NAME = 128;

export function modelOf({ identity, kind, address }: Finding): string {
  const { make, model } = identity ?? {};
  if (!model) return make ?? kind ?? address;
  return model;
}

/** The parts of a pattern that stand for something, and what. */
export const PARTS: readonly (readonly [part: string, what: string])[] = [
  ['{model}', 'its model'],
  ['{nn}', 'a number that counts up'],
  ['{hostname}', 'its host name'],
  ['{ip}', 'its address'],
];

function plain(finding: Finding, pattern: string): string {
  const { identity, ip } = finding;
  const values: Record<string, string> = { model: modelOf(finding), hostname: identity?.hostname ?? ip, ip };
  return pattern.replace(/\{(model|hostname|ip)\}/g, (_, part: string) => values[part] ?? '').trim();
}

/** A name for each, none of them taken; without `{nn}` what is taken gets a number behind it. */
export function namesFor(findings: readonly Finding[], pattern: string, taken: Iterable<string>): string[] {
  const used = new Set([...taken].map((it) => it.toLowerCase()));
  const width = findings.length > 99 ? 3 : 2;
  return findings.map((finding) => {
    const base = plain(finding, pattern).slice(0, MAX_NAME - 6) || finding.ip;
    const withNumber = (n: number) => base.replaceAll('{nn}', String(n).padStart(width, '0'));
    const isCounted = base.includes('{nn}');
    let n = 1;
    let name = withNumber(n);
    while (used.has(name.toLowerCase())) {
      n += 1;
      name = isCounted ? withNumber(n) : `${base} ${n}`;
    }
    used.add(name.toLowerCase());
    return name;
  });
}

/** Findings without those that are another address of a device that is among them already. */
export function once(findings: readonly Finding[]): Finding[] {
  const macs = new Set<string>();
  return findings.filter(({ identity }) => {
    if (!identity?.mac) return true;
    if (macs.has(identity.mac)) return false;
    macs.add(identity.mac);
    return true;
  });
}

/** By what a device is ignored: what it is, or else where it is. */
export function ignoredBy({ identity, ip, port }: Finding): string {
  return identity?.mac ?? identity?.serial ?? `${ip}:${port}`;
}

const spelling = (text: string) => {
  const plainText = text.trim().toLowerCase().replace(/^[a-z]+:\/\//, '');
  const hex = plainText.replace(/[:.-]/g, '');
  return /^[0-9a-f]{12}$/.test(hex) && !/^[\d.]+$/.test(plainText) ? hex : plainText;
};

/** The entries of `discovery.ignored` without those that mean this device. */
export function withoutIgnored(entries: readonly string[], { identity, ip, port }: Finding): string[] {
  const means = new Set([identity?.mac, identity?.serial, ip, `${ip}:${port}`].flatMap((it) => (it ? [spelling(it)] : [])));
  return entries.filter((entry) => !means.has(spelling(entry)));
}
