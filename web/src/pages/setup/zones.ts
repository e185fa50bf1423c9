/** Time zones that the browser knows, and what the clock shows there. */

export interface Zones {
  /** The browser's own. */
  readonly here: string;
  readonly all: readonly string[];
}

let known: Zones | undefined;

export function zones(): Zones {
  if (!known) {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
    known = { here, all: [...new Set(['UTC', here, ...Intl.supportedValuesOf('timeZone')])].sort() };
  }
  return known;
}

/** `Thursday 10:42` */
export function timeIn(zone: string, at: number): string {
  const parts = { weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone } as const;
  return new Intl.DateTimeFormat('en-GB', parts).format(at).replace(',', '');
}
