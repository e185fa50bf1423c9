// What a link without rules of its own leaves out, told a second time: what the API of an agent says, as a receiver may know it.
const WITHHELD = new Set(['source.address', 'snapshot.identity.mac', 'snapshot.identity.serial', 'snapshot.identity.hostname', 'snapshot.network.ip', 'snapshot.network.rssi_dbm', 'snapshot.coins.workers.address', 'snapshot.servers.address', 'snapshot.extra']);
/** The same in a row of the table. */
const ROW_WITHHELD = new Set(['mac', 'serial', 'hostname', 'ip', 'rssi_dbm']);

const WALLET = /[a-z0-9]{20,}/gi;
const IPV4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/g;

/** What stays of a wallet address. */
const shortened = (wallet) => `${wallet.slice(0, 4)}…${wallet.slice(-4)}`;

/** A text without addresses, and with the ends of wallets alone. */
export const hidden = (text) => text.replace(WALLET, (it) => (/\d/.test(it) && /[a-z]/i.test(it) ? shortened(it) : it)).replace(IPV4, '…');

/** A digest stands where the id of a machine was: which one depends on the machine. */
export const DIGEST = /^h:[0-9a-f]{12}$/;

function walk(value, path, isWithheld) {
  if (Array.isArray(value)) return value.map((it) => walk(it, path, isWithheld));
  // Four numbers of a version are no address.
  if (typeof value === 'string') return path.endsWith('version') ? value : hidden(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, it]) => {
      const inner = path ? `${path}.${key}` : key;
      return isWithheld(inner) ? [] : [[key, walk(it, inner, isWithheld)]];
    }),
  );
}

/** A reading as a receiver has it. The machine that an agent runs on is not named, and has a digest for an id, which is taken from `told`. */
export function readingAway(reading, told) {
  const away = walk(reading, '', (path) => WITHHELD.has(path));
  if (reading.source.kind === 'host') {
    for (const [at, server] of away.snapshot.servers.entries()) {
      delete server.name;
      const digest = told.snapshot.servers[at]?.id ?? '';
      server.id = DIGEST.test(digest) ? digest : 'a digest';
    }
  }
  return away;
}

/** A row of the table as a receiver has it. The small chart begins when the receiver first heard of the source. */
export function rowAway({ spark: _, ...row }) {
  return { ...walk(row, '', (path) => ROW_WITHHELD.has(path)), address: '' };
}
