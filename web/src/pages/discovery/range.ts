/** Ranges of addresses as people write them: how many addresses they are. The agent has the last word. */

/** Hosts that are asked at the same time, and how long a silent one is waited for. */
const [AT_ONCE, SILENCE_SECS] = [64, 5];

/** How long a search of so many addresses may take at most, about. */
export function estimateSecs(addresses: number): number {
  return Math.ceil(addresses / AT_ONCE) * SILENCE_SECS;
}

function toNumber(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((it) => /^\d{1,3}$/.test(it) && Number(it) < 256)) return undefined;
  return parts.reduce((sum, it) => sum * 256 + Number(it), 0);
}

/** How many addresses a list of ranges has, parts that overlap counted twice; `undefined` where a part is none. */
export function addressesOf(text: string): number | undefined {
  let sum = 0;
  for (const part of text.split(',').map((it) => it.trim()).filter(Boolean)) {
    const of = ofPart(part);
    if (of === undefined) return undefined;
    sum += of;
  }
  return sum;
}

function ofPart(part: string): number | undefined {
  const [base = '', bits] = part.split('/');
  if (bits !== undefined) {
    const prefix = Number(bits);
    if (toNumber(base) === undefined || !/^\d{1,2}$/.test(bits) || prefix > 32) return undefined;
    const size = 2 ** (32 - prefix);
    return prefix < 31 ? size - 2 : size;
  }
  const [from = '', to] = part.split('-').map((it) => it.trim());
  const first = toNumber(from);
  if (first === undefined) return undefined;
  if (to === undefined) return 1;
  const last = /^\d{1,3}$/.test(to) ? toNumber(from.replace(/\d+$/, to)) : toNumber(to);
  return last === undefined || last < first ? undefined : last - first + 1;
}

/** Ports as they are typed; `undefined` where one is none. */
export function portsOf(text: string): number[] | undefined {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  const ports = parts.map(Number);
  return ports.every((it) => Number.isInteger(it) && it > 0 && it < 65536) ? ports : undefined;
}
