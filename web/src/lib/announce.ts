/** What a screen reader is told of critical issues: only new and cleared ones, in one sentence. */

/** Titles by the id of the issue. */
export type Critical = ReadonlyMap<string, string>;

/** The sentence between two moments, or nothing. */
export function announcement(before: Critical, after: Critical): string {
  const fresh = [...after].filter(([id]) => !before.has(id)).map(([, title]) => title);
  const over = [...before].filter(([id]) => !after.has(id)).map(([, title]) => title);
  const parts = [
    fresh.length === 1 ? `New: ${fresh[0]}` : fresh.length > 1 ? `${fresh.length} new critical issues, first: ${fresh[0]}` : '',
    over.length === 1 ? `over: ${over[0]}` : over.length > 1 ? `${over.length} critical issues are over` : '',
  ];
  const text = parts.filter(Boolean).join('; ');
  return text && `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
