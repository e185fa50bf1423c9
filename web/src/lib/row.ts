/** What the table of the fleet shows of one source; absent is not known, never zero. */
import type { components } from './api-types';

export type State = components['schemas']['State'];
export type Link = components['schemas']['Link'];

export interface Row {
  id: string;
  name: string;
  kind: string;
  address: string;
  group?: string;
  tags: string[];
  snapshot_kind?: 'miner' | 'pool' | 'infrastructure';
  state: State;
  health: string;
  reason?: string;
  detail?: string;
  since?: string;
  observed_at?: string;
  snapshot_at?: string;
  interval_secs?: number;
  make?: string;
  model?: string;
  firmware?: string;
  firmware_version?: string;
  hostname?: string;
  mac?: string;
  serial?: string;
  ip?: string;
  algorithm?: string;
  current_hps?: number;
  average_hps?: number;
  expected_hps?: number;
  expected_percent?: number;
  watts?: number;
  efficiency_joules_per_terahash?: number;
  hottest_celsius?: number;
  hottest_sensor?: string;
  warning_celsius?: number;
  critical_celsius?: number;
  fan_rpm?: number;
  fan_percent?: number;
  accepted?: number;
  rejected?: number;
  reject_percent?: number;
  best_difficulty?: number;
  best_session_difficulty?: number;
  uptime_secs?: number;
  pool?: string;
  pool_role?: string;
  user?: string;
  rssi_dbm?: number;
  blocks_found?: number;
  links?: Link[];
  marks?: string[];
  spark?: [number, number][];
}
