/** Where the program says its figures, and where people look at it. */
const [API_PORT, PAGE_PORT] = ['4004', '3003'];

/** The page of a pool: beside its API at the usual port, else where it is asked. */
export function pageUrl(address: string, software: string | undefined): string | undefined {
  try {
    const url = new URL(address);
    if (software === 'GoSlimStratum' && url.port === API_PORT) url.port = PAGE_PORT;
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
