/** The columns of the table: what each shows, how wide it is, and which give way when there is little room. */
import type { ComponentChildren } from 'preact';
import { ExpectedBar } from '../../components/expected-bar';
import { Num } from '../../components/num';
import { Spark } from '../../components/spark';
import * as format from '../../lib/format';
import { degrees } from '../../lib/prefs';
import type { Row } from '../../lib/row';
import { hostText, modelText } from '../../lib/row-text';
import { type Freshness, LOOKS, type Tone } from '../../lib/states';
import { PoolCell } from './pool-cell';

export interface Column {
  readonly id: string;
  readonly title: string;
  /** For the chooser, where the title alone does not say it. */
  readonly longTitle?: string;
  /** The least width in pixels, and the share of what is left. */
  readonly width: number;
  readonly grow?: number;
  readonly isText?: boolean;
  /** Stands apart from a figure at its left. */
  readonly indent?: boolean;
  /** Sorted by the column of this name, if by any. */
  readonly sort?: string;
  /** Whether it is there unless it was chosen away. */
  readonly isUsual?: boolean;
  readonly cell: (row: Row, fresh: Freshness) => ComponentChildren;
}

/** A figure of the last poll: there only while it may be shown. */
const live = (show: (row: Row, fresh: Freshness) => ComponentChildren) => (row: Row, fresh: Freshness) =>
  fresh === 'none' ? <Num q={undefined} /> : show(row, fresh);

function figure<T>(value: T | undefined, write: (value: T) => format.Quantity) {
  return <Num q={value === undefined ? undefined : write(value)} />;
}

const plain = (text: string | undefined) => (text === undefined ? <Num q={undefined} /> : <span class="truncate">{text}</span>);

/** A temperature is tinted only while it is from now. */
function Heat({ row, fresh }: { row: Row; fresh: Freshness }) {
  const celsius = row.hottest_celsius;
  if (celsius === undefined) return <Num q={undefined} />;
  const isOver = row.critical_celsius !== undefined && celsius >= row.critical_celsius;
  const isWarm = row.warning_celsius !== undefined && celsius >= row.warning_celsius;
  const tone = fresh !== 'live' ? '' : isOver ? 'text-bad font-semibold' : isWarm ? 'text-warn' : '';
  return (
    <span class={tone}>
      <Num q={format.temperature(celsius, degrees.value)} unit={tone || 'text-ink3'} />
    </span>
  );
}

export function toneOf(row: Row): Tone {
  return LOOKS[row.state].tone;
}

export const COLUMNS: readonly Column[] = [
  { id: 'hashrate', title: 'Hashrate', width: 82, sort: 'hashrate', isUsual: true, cell: live((row) => figure(row.current_hps, format.hashrate)) },
  {
    id: 'expected',
    title: 'of expected',
    width: 70,
    isText: true,
    sort: 'expected',
    isUsual: true,
    cell: (row, fresh) => <ExpectedBar percent={fresh === 'none' ? undefined : row.expected_percent} tone={fresh === 'live' ? toneOf(row) : 'idle'} />,
  },
  { id: 'spark', title: '24 h', longTitle: 'Hashrate over 24 h', width: 86, isText: true, isUsual: true, cell: (row) => <Spark points={row.spark} tone={toneOf(row)} /> },
  { id: 'temp', title: 'Temp', longTitle: 'Hottest sensor', width: 56, sort: 'temp', isUsual: true, cell: live((row, fresh) => <Heat row={row} fresh={fresh} />) },
  { id: 'power', title: 'Power', width: 66, sort: 'power', isUsual: true, cell: live((row) => figure(row.watts, format.power)) },
  {
    id: 'efficiency',
    title: 'J/TH',
    longTitle: 'Efficiency, J/TH',
    width: 46,
    sort: 'efficiency',
    isUsual: true,
    cell: live((row) => figure(row.efficiency_joules_per_terahash, (value) => ({ ...format.efficiency(value), unit: '' }))),
  },
  { id: 'pool', title: 'Pool', width: 104, grow: 0.8, isText: true, sort: 'pool', isUsual: true, cell: (row, fresh) => <PoolCell row={row} isKnown={fresh !== 'none'} />, indent: true },
  { id: 'uptime', title: 'Uptime', width: 66, sort: 'uptime', isUsual: true, cell: live((row) => plain(row.uptime_secs === undefined ? undefined : format.uptime(row.uptime_secs))) },
  { id: 'best', title: 'Best diff', longTitle: 'Best difficulty', width: 62, sort: 'best', isUsual: true, cell: (row) => figure(row.best_difficulty, format.difficulty) },
  { id: 'session', title: 'Session best', width: 84, sort: 'session', cell: (row) => figure(row.best_session_difficulty, format.difficulty) },
  { id: 'average', title: 'Average', longTitle: 'Average hashrate', width: 84, sort: 'average', cell: live((row) => figure(row.average_hps, format.hashrate)) },
  { id: 'rejects', title: 'Rejects', longTitle: 'Rejected shares, %', width: 62, sort: 'rejects', cell: live((row) => figure(row.reject_percent, (value) => ({ text: format.decimal(value, 2), unit: '%' }))) },
  { id: 'shares', title: 'Shares', longTitle: 'Accepted shares', width: 62, sort: 'shares', cell: live((row) => figure(row.accepted, format.difficulty)) },
  { id: 'fan', title: 'Fan', longTitle: 'Fan speed', width: 80, sort: 'fan', cell: live((row) => figure(row.fan_rpm, (value) => ({ text: format.count(value), unit: 'rpm' }))) },
  { id: 'signal', title: 'Wi-Fi', longTitle: 'Wi-Fi signal', width: 72, sort: 'signal', cell: live((row) => figure(row.rssi_dbm, (value) => ({ text: format.decimal(value, 0), unit: 'dBm' }))) },
  { id: 'place', title: 'Place', width: 80, isText: true, sort: 'place', cell: (row) => plain(row.group) },
  { id: 'model', title: 'Model', width: 120, grow: 0.6, isText: true, sort: 'model', cell: (row) => plain(modelText(row)) },
  { id: 'firmware', title: 'Firmware', width: 90, isText: true, sort: 'firmware', cell: (row) => plain(row.firmware_version) },
  { id: 'ip', title: 'Address', width: 104, isText: true, sort: 'ip', cell: (row) => plain(hostText(row)) },
];

const USUAL = COLUMNS.filter((column) => column.isUsual).map((column) => column.id);

/** The columns that were chosen, in the order of the table. */
export function chosen(ids: readonly string[]): readonly Column[] {
  const wanted = ids.length > 0 ? ids : USUAL;
  return COLUMNS.filter((column) => wanted.includes(column.id));
}

/** What gives way first when there is little room and nothing was chosen. */
const GIVE_WAY = ['best', 'efficiency', 'uptime', 'spark', 'expected', 'power'];

/** Widths of what is always there: device, state and the menu; and of the space between two columns. */
export const [DEVICE_PX, STATE_PX, MENU_PX, GAP_PX] = [164, 166, 28, 10];

function widthOf(columns: readonly Column[]): number {
  return DEVICE_PX + STATE_PX + MENU_PX + (columns.length + 2) * GAP_PX + columns.reduce((sum, it) => sum + it.width, 0);
}

/** The columns that fit into a width. Those that were chosen by hand stay: then the table is scrolled. */
export function fitting(ids: readonly string[], width: number): readonly Column[] {
  let columns = chosen(ids);
  if (ids.length > 0 || width === 0) return columns;
  for (const id of GIVE_WAY) {
    if (widthOf(columns) <= width) break;
    columns = columns.filter((column) => column.id !== id);
  }
  return columns;
}

export function template(columns: readonly Column[]): string {
  const tracks = columns.map(({ width, grow }) => (grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`));
  return [`minmax(${DEVICE_PX}px, 1.6fr)`, `minmax(${STATE_PX}px, 1.2fr)`, ...tracks, `${MENU_PX}px`].join(' ');
}

export { widthOf };
