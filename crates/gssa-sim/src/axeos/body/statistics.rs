//! `/api/system/statistics`: history since boot.

use crate::axeos::figures::{Figures, figures_at};
use crate::axeos::profile::Shape;
use crate::axeos::release::Release;
use crate::axeos::{Behaviour, DeviceSpec, Moment};
use crate::json::Json;

/// Seconds between two rows.
const ROW_SECS: f64 = 120.0;
/// Rows that the firmware keeps.
const MAX_ROWS: u32 = 720;

/// A column: its label, the release that brought it, and where its figure comes from.
type Column = (&'static str, Release, fn(&Figures) -> f64);

/// Labels of v2.8 to v2.10; a query is not understood there.
const OLD_COLUMNS: [Column; 11] = [
    ("hashRate", Release(2, 8, 0), |figures| figures.ghs),
    ("temp", Release(2, 8, 0), |figures| figures.chip_celsius),
    ("vrTemp", Release(2, 8, 0), |figures| figures.regulator_celsius),
    ("power", Release(2, 8, 0), |figures| figures.watts),
    ("voltage", Release(2, 8, 0), |figures| figures.input_millivolts),
    ("current", Release(2, 8, 0), |figures| figures.current_milliamps),
    ("coreVoltageActual", Release(2, 8, 0), |figures| figures.core_millivolts),
    ("fanspeed", Release(2, 8, 0), |figures| figures.fan_percent),
    ("fanrpm", Release(2, 8, 0), |figures| figures.fan_rpm),
    ("wifiRSSI", Release(2, 8, 0), |figures| figures.rssi_dbm as f64),
    ("freeHeap", Release(2, 8, 0), |figures| figures.free_heap_bytes as f64),
];

/// Labels from v2.11 on, in the firmware's order, which a query does not change.
const COLUMNS: [Column; 18] = [
    ("hashrate", Release(2, 11, 0), |figures| figures.ghs),
    ("hashrate_1m", Release(2, 12, 0), |figures| figures.ghs_1m),
    ("hashrate_10m", Release(2, 12, 0), |figures| figures.ghs_10m),
    ("hashrate_1h", Release(2, 12, 0), |figures| figures.ghs_1h),
    ("errorPercentage", Release(2, 11, 0), |figures| figures.error_percent),
    ("asicTemp", Release(2, 11, 0), |figures| figures.chip_celsius),
    ("asicTemp2", Release(2, 14, 0), |figures| figures.second_celsius),
    ("vrTemp", Release(2, 11, 0), |figures| figures.regulator_celsius),
    ("asicVoltage", Release(2, 11, 0), |figures| figures.core_millivolts),
    ("voltage", Release(2, 11, 0), |figures| figures.input_millivolts),
    ("power", Release(2, 11, 0), |figures| figures.watts),
    ("current", Release(2, 11, 0), |figures| figures.current_milliamps),
    ("fanSpeed", Release(2, 11, 0), |figures| figures.fan_percent),
    ("fanRpm", Release(2, 11, 0), |figures| figures.fan_rpm),
    ("fan2Rpm", Release(2, 11, 0), |figures| figures.second_fan_rpm),
    ("wifiRssi", Release(2, 11, 0), |figures| figures.rssi_dbm as f64),
    ("freeHeap", Release(2, 11, 0), |figures| figures.free_heap_bytes as f64),
    ("responseTime", Release(2, 13, 0), |figures| figures.pool_ms),
];

/// Makes the document `/api/system/statistics`, where the firmware has it.
///
/// `query` is the part of the address after `?`. The fork keeps no history, so that its rows are empty.
pub fn statistics_body(spec: &DeviceSpec, behaviour: Behaviour, moment: &Moment, query: &str) -> Option<Json> {
    let (release, keeps_history) = match spec.model.profile().shape {
        Shape::Bitaxe(release) if release >= Release(2, 8, 0) => (release, true),
        Shape::Tch(_) => (Release(2, 8, 0), false),
        _ => return None,
    };
    let columns = columns(release, query);
    let up_secs = moment.up_secs;
    let count = if keeps_history { ((up_secs / ROW_SECS) as u32).min(MAX_ROWS) } else { 0 };
    let row = |age: u32| {
        let back_secs = f64::from(age) * ROW_SECS;
        let figures = figures_at(spec, behaviour, &before(moment, back_secs));
        let cells = columns.iter().map(|(_, _, read)| Json::Float(read(&figures)));
        Json::List(cells.chain([Json::Int(((up_secs - back_secs) * 1000.0) as i64)]).collect())
    };
    let labels: Vec<&'static str> = columns.iter().map(|(label, _, _)| *label).chain(["timestamp"]).collect();
    Some(Json::object([
        ("currentTimestamp", ((up_secs * 1000.0) as i64).into()),
        ("labels", labels.into()),
        ("statistics", Json::List((0..count).rev().map(row).collect())),
    ]))
}

fn columns(release: Release, query: &str) -> Vec<&'static Column> {
    if release < Release(2, 11, 0) {
        return OLD_COLUMNS.iter().collect();
    }
    let asked = query.split('&').find_map(|pair| pair.strip_prefix("columns=")).map(|list| list.replace("%2C", ","));
    let wanted = |label: &str| asked.as_ref().is_none_or(|list| list.split(',').any(|name| name == label));
    COLUMNS.iter().filter(|(label, since, _)| *since <= release && wanted(label)).collect()
}

fn before(moment: &Moment, secs: f64) -> Moment {
    Moment {
        up_secs: moment.up_secs - secs,
        session_hashing_secs: (moment.session_hashing_secs - secs).max(0.0),
        lifetime_hashing_secs: moment.lifetime_hashing_secs - secs,
        clock_secs: moment.clock_secs - secs,
        boots: moment.boots,
    }
}
