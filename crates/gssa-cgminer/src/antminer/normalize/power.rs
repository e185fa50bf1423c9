//! Power and clock. Stock firmware tells no power (`Schnitzel/hass-miner#300`), and none is guessed.

use gssa_model::Power;
use gssa_model::unit::{Megahertz, Watts};

use super::Device;
use crate::Command;
use crate::antminer::slots::Slot;
use crate::antminer::wire::LuxPower;

pub(super) fn power(device: &Device<'_>) -> Power {
    let lux: Option<LuxPower> = device.replies.row(&[Command::Power], "POWER");
    let watts = lux
        .and_then(|power| power.watts.get())
        .or_else(|| device.machine(|machine| &machine.total_power))
        .or_else(|| leading_number(device.machine.as_ref()?.chain_power.text()?))
        .or_else(|| of_boards(device))
        .filter(|watts| *watts > 0.0);
    Power { watts: watts.and_then(Watts::from_watts), frequency_mhz: frequency(device), ..Power::default() }
}

/// The sum over the boards. `VNish` from 1.0 on gives the same sum as its `power_consumption`; 3.x has 0 or the boards alone, and no
/// `state` to be told by.
fn of_boards(device: &Device<'_>) -> Option<f64> {
    let sum = |watts: fn(&Slot) -> Option<f64>| device.boards().map(|(_, slot)| watts(slot)).sum::<Option<f64>>();
    let consumption = device.machine.as_ref()?.state.known().and_then(|_| sum(|slot| slot.consumption.get()));
    sum(|slot| slot.watts.get()).or(consumption)
}

fn frequency(device: &Device<'_>) -> Option<Megahertz> {
    let machine = device.machine.as_ref()?;
    let asked_for = machine.frequency.text().and_then(leading_number);
    let above_zero = |mhz: &f64| *mhz > 0.0;
    asked_for.filter(above_zero).or(machine.frequency_average.get().filter(above_zero)).and_then(Megahertz::from_mhz)
}

/// `967.50 (AB)`, `3250 W`, `1600M`.
fn leading_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::leading_number;

    #[test]
    fn a_number_leads_what_stands_behind_it() {
        for (text, number) in
            [("967.50 (AB)", Some(967.5)), ("3250 W", Some(3250.0)), ("1600M", Some(1600.0)), ("", None), ("AB", None)]
        {
            assert_eq!(leading_number(text), number, "{text}");
        }
    }
}
