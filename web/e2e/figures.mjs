// How figures are written, told a second time, so that a mistake of the page is not made by its tests too. All without spaces.
export const MISSING = '—';

export const fixed = (value, decimals) => new Intl.NumberFormat('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
export const whole = (value) => fixed(value, 0);
/** Three significant digits. */
export const three = (value) => fixed(value, value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);

export function si(value, units) {
  if (value === undefined) return MISSING;
  if (value === 0) return `0${units[0]}`;
  const step = Math.min(units.length - 1, [...units.keys()].find((at) => value / 1000 ** at < 999.5) ?? units.length);
  return three(value / 1000 ** step) + units[step];
}

export const hashrate = (hps) => si(hps, ['H/s', 'kH/s', 'MH/s', 'GH/s', 'TH/s', 'PH/s', 'EH/s']);
export const difficulty = (value) => (value === undefined ? MISSING : value < 999.5 && Number.isInteger(value) ? whole(value) : si(value, ['', 'k', 'M', 'G', 'T', 'P', 'E']));
export const power = (watts) => (watts === undefined ? MISSING : watts === 0 ? '0W' : watts < 99.95 ? `${fixed(watts, 1)}W` : si(watts, ['W', 'kW', 'MW']));
export const energy = (wattHours) => si(wattHours / 1000, ['kWh', 'MWh', 'GWh']);
export const celsius = (value) => (value === undefined ? MISSING : `${whole(value)}°C`);
export const efficiency = (value) => (value === undefined ? MISSING : three(value));
export const percent = (value) => (value === undefined ? MISSING : `${fixed(value, value < 99.95 ? 1 : 0)}%`);
export const bytes = (value) => si(value, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
export const plural = (n, word) => `${whole(n)}${word}${n === 1 ? '' : 's'}`;

/** The part that was accepted; one that was not is seen. */
export function acceptance(accepted, refused) {
  if (accepted === undefined || refused === undefined || accepted + refused === 0) return MISSING;
  return refused === 0 ? '100%' : `${fixed(Math.min((accepted / (accepted + refused)) * 100, 99.99), 2)}%`;
}

/** A part of something huge. */
export function smallPercent(value) {
  if (value === undefined) return MISSING;
  return value === 0 || value >= 0.995 ? `${three(value)}%` : `${fixed(value, Math.min(8, 2 - Math.floor(Math.log10(value))))}%`;
}

export function uptime(secs) {
  if (secs === undefined) return MISSING;
  const [days, hours, minutes] = [Math.floor(secs / 86400), Math.floor(secs / 3600) % 24, Math.floor(secs / 60) % 60];
  if (secs < 60) return `${Math.floor(secs)}s`;
  return days > 0 ? `${days}d${hours}h` : hours > 0 ? `${hours}h${minutes}m` : `${minutes}m`;
}

/** A span in a sentence. */
export function span(secs) {
  const it = Math.max(0, Math.floor(secs));
  const [days, hours, minutes] = [Math.floor(it / 86400), Math.floor(it / 3600) % 24, Math.floor(it / 60) % 60];
  if (it < 60) return `${it}s`;
  if (days > 0) return `${days}d${hours > 0 ? `${hours}h` : ''}`;
  return hours > 0 ? `${hours}h${minutes > 0 ? `${minutes}min` : ''}` : `${minutes}min`;
}
