//! Fans and temperatures.

use gssa_model::unit::{Celsius, Percent};
use gssa_model::{Board, Fan, Sensor, Temperature};
use gssa_wire::Field;

use super::Device;
use crate::Command;
use crate::wire::standard::FanRow;

/// Turns above this are noise on the line.
const MAX_RPM: f64 = 60_000.0;

pub(super) fn fans(device: &Device<'_>) -> Vec<Fan> {
    let rows: Vec<FanRow> = device.replies.rows(&[Command::Fans], "FANS");
    if !rows.is_empty() {
        return (0..).zip(&rows).filter_map(|(place, row)| fan_of_row(place, row)).collect();
    }
    let percent = device.machine(|machine| &machine.fan_percent);
    let percent = percent.filter(|percent| (0.0..=100.0).contains(percent)).and_then(Percent::from_percent);
    let fans = &device.slots.fans;
    let turning = |number: &u32| fans.get(number).and_then(Field::get).is_some_and(|rpm| rpm > 0.0);
    let count = device.machine(|machine| &machine.fan_num).map(|count| count.0);
    let last_turning = fans.keys().rev().find(|number| turning(number)).copied();
    // Sixteen slots with two fans hold zeros for the rest. Where the fans fill the first slots, one of these at zero stands still;
    // where they do not (5 and 6 on an S9), which one is missing cannot be told.
    let exists = |number: u32| match count {
        _ if turning(&number) => true,
        Some(count) if fans.len() as u64 <= count => true,
        Some(count) => u64::from(number) <= count && last_turning.is_none_or(|last| u64::from(last) <= count),
        None => false,
    };
    fans.iter()
        .filter(|(number, _)| exists(**number))
        .filter_map(|(number, rpm)| Some(Fan { index: number - 1, rpm: Some(turns(rpm.get()?)?), percent }))
        .collect()
}

/// A fan of `LuxOS` or Braiins OS, which tell the speed asked for also of connectors without a fan.
fn fan_of_row(place: u32, row: &FanRow) -> Option<Fan> {
    let index = row.id.get().and_then(|index| u32::try_from(index.0).ok()).unwrap_or(place);
    Some(Fan { index, rpm: Some(turns(row.rpm.get()?)?), percent: row.speed.get().and_then(Percent::from_percent) })
}

fn turns(rpm: f64) -> Option<u32> {
    (0.0..=MAX_RPM).contains(&rpm).then_some(rpm as u32)
}

/// The hottest chip and the hottest sensor of each board, and the water where it is known.
pub(super) fn temperatures(device: &Device<'_>, boards: &[Board]) -> Vec<Temperature> {
    let mut all = Vec::new();
    let mut add = |sensor, index, celsius: Option<Celsius>| {
        all.extend(celsius.map(|celsius| Temperature { sensor, index, celsius }));
    };
    for board in boards {
        add(Sensor::Chip, board.index, board.chip_celsius_max);
    }
    for board in boards {
        add(Sensor::Board, board.index, board.board_celsius_max);
    }
    for (number, slot) in device.boards() {
        let Some((intake, outlet)) = slot.water(device) else { continue };
        add(Sensor::Intake, number - 1, Celsius::from_celsius(intake));
        add(Sensor::Outlet, number - 1, Celsius::from_celsius(outlet));
    }
    all
}
