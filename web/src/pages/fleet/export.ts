import { csv, download } from '../../lib/csv';
import type { Row } from '../../lib/row';

/** The fields of a row that a file gets, under their own names: they carry the unit. */
const FIELDS = [
  'id', 'name', 'kind', 'address', 'group', 'state', 'health', 'reason', 'detail', 'since', 'observed_at', 'make', 'model', 'firmware',
  'firmware_version', 'hostname', 'mac', 'serial', 'ip', 'algorithm', 'current_hps', 'average_hps', 'expected_hps', 'expected_percent',
  'watts', 'efficiency_joules_per_terahash', 'hottest_celsius', 'hottest_sensor', 'fan_rpm', 'fan_percent', 'accepted', 'rejected',
  'reject_percent', 'best_difficulty', 'best_session_difficulty', 'uptime_secs', 'pool', 'pool_role', 'user', 'rssi_dbm', 'blocks_found',
] as const satisfies readonly (keyof Row)[];

export function exportRows(rows: readonly Row[]): void {
  const lines = rows.map((row) => [...FIELDS.map((field) => row[field]), row.tags.join(' ')]);
  const day = new Date().toISOString().slice(0, 10);
  download(`gssa-devices-${day}.csv`, 'text/csv;charset=utf-8', csv([...FIELDS, 'tags'], lines));
}
