/**
 * How figures are written: three significant digits, decimal SI units, and "—" for what is not known.
 *
 * Everything here is a function of its arguments and of the locale and time zone that were set once at the start.
 */

/** A figure as text and the unit behind it. */
export interface Quantity {
  readonly text: string;
  readonly unit: string;
}

export const MISSING = '—';

let locale = 'en';
let zone: string | undefined;

/** Sets whose decimal mark is written, and in which zone clocks are read; a zone nobody knows is the browser's. */
export function setPlace(language: string, timeZone?: string): void {
  locale = language;
  zone = timeZone;
  try {
    new Intl.DateTimeFormat(locale, { timeZone });
  } catch {
    zone = undefined;
  }
  formats.clear();
  times.clear();
  zoneName = undefined;
}

let zoneName: string | undefined;

/** Making a number format costs more than using it. */
const formats = new Map<number, Intl.NumberFormat>();
const times = new Map<Intl.DateTimeFormatOptions, Intl.DateTimeFormat>();

/** A number with so many decimals, grouped. */
export function decimal(value: number, decimals: number): string {
  let format = formats.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  return format.format(value === 0 ? 0 : value);
}

/** A whole number, grouped. */
export function count(value: number): string {
  return decimal(Math.round(value), 0);
}

/** Three significant digits; the border is where rounding would show a fourth. */
export function significant(value: number): string {
  const size = Math.abs(value);
  return decimal(value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** From here on the next unit is used: 999.5 would be written as 1000. */
const STEP_UP = 999.5;

function scaled(value: number, units: readonly string[]): Quantity {
  if (value === 0) return { text: '0', unit: units[0] ?? '' };
  let at = 0;
  let rest = value;
  while (Math.abs(rest) >= STEP_UP && at < units.length - 1) {
    rest /= 1000;
    at += 1;
  }
  return { text: significant(rest), unit: units[at] ?? '' };
}

const HASHRATES = ['H/s', 'kH/s', 'MH/s', 'GH/s', 'TH/s', 'PH/s', 'EH/s'];

export function hashrate(hps: number): Quantity {
  return scaled(hps, HASHRATES);
}

export function power(watts: number): Quantity {
  // Meters of small devices are good for a tenth of a watt.
  if (Math.abs(watts) < 99.95) return { text: watts === 0 ? '0' : decimal(watts, 1), unit: 'W' };
  return scaled(watts, ['W', 'kW', 'MW']);
}

export function energy(wattHours: number): Quantity {
  return scaled(wattHours / 1000, ['kWh', 'MWh', 'GWh']);
}

export function efficiency(joulesPerTerahash: number): Quantity {
  return { text: significant(joulesPerTerahash), unit: 'J/TH' };
}

export type Degrees = 'celsius' | 'fahrenheit';

export function temperature(celsius: number, degrees: Degrees = 'celsius'): Quantity {
  return degrees === 'fahrenheit'
    ? { text: count(celsius * 1.8 + 32), unit: '°F' }
    : { text: count(celsius), unit: '°C' };
}

/** One decimal under 100. */
export function percent(value: number): Quantity {
  return { text: decimal(value, Math.abs(value) < 99.95 ? 1 : 0), unit: '%' };
}

/** The part of shares that was accepted. One rejected share is seen: it is never 100 % then. */
export function acceptance(accepted: number, rejected: number): Quantity | undefined {
  const answered = accepted + rejected;
  if (answered <= 0) return undefined;
  if (rejected === 0) return { text: decimal(100, 0), unit: '%' };
  return { text: decimal(Math.min((accepted / answered) * 100, 99.99), 2), unit: '%' };
}

const DIFFICULTIES = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

export function difficulty(value: number): Quantity {
  if (value >= STEP_UP * 1e18) return { text: value.toExponential(2).replace('e+', 'e'), unit: '' };
  if (value < STEP_UP && Number.isInteger(value)) return { text: count(value), unit: '' };
  return scaled(value, DIFFICULTIES);
}

export function bytes(value: number): Quantity {
  return scaled(value, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
}

/** How long something runs: `45 s`, `12m`, `3h 20m`, `40d 22h`. */
export function uptime(secs: number): string {
  const whole = Math.floor(secs);
  if (whole < 60) return `${whole} s`;
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  if (days > 0) return `${days}d ${hours}h`;
  return hours > 0 ? `${hours}h ${minutes}m` : `${minutes}m`;
}

/** A span of time in a sentence: `45 s`, `4 min`, `4 h 15 min`, `3 d 4 h`. */
export function span(secs: number): string {
  const whole = Math.max(0, Math.floor(secs));
  if (whole < 60) return `${whole} s`;
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  const parts = days > 0 ? [`${days} d`, hours > 0 ? `${hours} h` : ''] : hours > 0 ? [`${hours} h`, minutes > 0 ? `${minutes} min` : ''] : [`${minutes} min`];
  return parts.filter(Boolean).join(' ');
}

/** How long ago: seconds, minutes, then the clock, after a day the date. */
export function age(at: number, now: number): string {
  const secs = Math.max(0, Math.floor((now - at) / 1000));
  if (secs < 60) return `${secs} s ago`;
  if (secs < 3600) return `${Math.floor(secs / 60)} min ago`;
  return when(at, now);
}

/** The clock within a day, else the date. */
export function when(at: number, now: number): string {
  return now - at < 86_400_000 ? clock(at) : date(at);
}

/** `06:04`, in the zone of the site. */
export function clock(at: number): string {
  return time(at, MINUTES);
}

/** `06:04:31` */
export function clockSeconds(at: number): string {
  return time(at, SECONDS);
}

/** `21 Nov` */
export function date(at: number): string {
  return time(at, DAY);
}

/** For a tooltip: the moment in full, and its zone. */
export function moment(at: number): string {
  // Asking for it costs more than all the rest.
  zoneName ??= zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return `${new Date(at).toISOString()} (${date(at)} ${clockSeconds(at)} ${zoneName})`;
}

const MINUTES: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const SECONDS: Intl.DateTimeFormatOptions = { ...MINUTES, second: '2-digit' };
const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

function time(at: number, options: Intl.DateTimeFormatOptions): string {
  let format = times.get(options);
  if (!format) {
    // Days and months are words, and the words of this page are English.
    format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    times.set(options, format);
  }
  return format.format(at);
}

/** A quantity in running text, with a space that does not break. */
export function inline(quantity: Quantity | undefined): string {
  if (!quantity) return MISSING;
  return quantity.unit ? `${quantity.text}\u00a0${quantity.unit}` : quantity.text;
}

/** `1 miner`, `6 miners`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
