//! Fans and temperatures beside those of the boards: Braiins OS, LuxOS.

use gssa_model::unit::Percent;
use gssa_model::{Fan, Sensor, Temperature};

use super::Machine;
use crate::standard::celsius;
use crate::wire::standard::{FanRow, count};
use crate::{Command, Replies};

/// A fan that turns faster has a counter that overflowed.
const MAX_RPM: f64 = 30_000.0;

/// The fans that are there. Braiins OS lists four connectors whatever is in them: the last ones that do not turn, while others do, are
/// taken as empty. If none turns nothing is known of them.
pub(super) fn fans(replies: &Replies) -> Vec<Fan> {
    let rows: Vec<FanRow> = replies.rows(&[Command::Fans], "FANS");
    let rpm = |row: &FanRow| row.rpm.get().filter(|rpm| (0.0..=MAX_RPM).contains(rpm));
    let turning = rows.iter().rposition(|row| rpm(row).is_some_and(|rpm| rpm > 0.0)).map_or(0, |last| last + 1);
    let fan = |(place, row): (usize, &FanRow)| Fan {
        index: count(&row.id).and_then(|id| u32::try_from(id).ok()).unwrap_or(place as u32),
        rpm: rpm(row).map(|rpm| rpm as u32),
        percent: row.speed.get().filter(|speed| (0.0..=100.0).contains(speed)).and_then(Percent::from_percent),
    };
    rows.iter().take(turning).enumerate().map(fan).collect()
}

/// What the machine as a whole measures; boards tell their own.
pub(super) fn temperatures(machine: &Machine) -> Vec<Temperature> {
    let Some(row) = &machine.whatsminer else { return Vec::new() };
    let read = [(Sensor::Intake, row.env_temp.get()), (Sensor::Chip, row.chip_temp_max.get())];
    let entry = |(sensor, read): (Sensor, Option<f64>)| {
        Some(Temperature { sensor, index: 0, celsius: read.and_then(celsius)? })
    };
    read.into_iter().filter_map(entry).collect()
}
