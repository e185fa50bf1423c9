//! Rates of the machine.

use gssa_model::unit::Hashrate;
use gssa_model::{Algorithm, Hashing, Windows};
use gssa_wire::Field;

use super::{Device, hashrate, state};
use crate::antminer::scalar::Rate;
use crate::antminer::wire::Summary;

pub(super) fn hashing(device: &Device<'_>) -> Hashing {
    let current_hps = momentary(device);
    Hashing {
        algorithm: device.model.map(|model| Algorithm::from_name(model.coin.algorithm())),
        state: state::state(device, current_hps),
        current_hps,
        average_hps: total(device, device.machine(|m| &m.average).or(device.summary(|s| &s.average))),
        expected_hps: expected(device),
        windows_hps: windows(device),
    }
}

/// The rate now. An average since the start stays high when hashing stops, so nothing takes its place.
pub(super) fn momentary(device: &Device<'_>) -> Option<Hashrate> {
    total(device, device.machine(|m| &m.current).or(device.summary(|s| &s.current)))
}

fn total(device: &Device<'_>, rate: Option<Rate>) -> Option<Hashrate> {
    hashrate(rate.and_then(|rate| device.units.total(rate)))
}

/// The nominal rate, or what the boards say of themselves; 0 asleep, and on boards of the S17.
fn expected(device: &Device<'_>) -> Option<Hashrate> {
    let nominal = device.machine(|m| &m.ideal).or(device.summary(|s| &s.ideal));
    if let Some(nominal) = nominal.filter(|nominal| nominal.value > 0.0) {
        return total(device, Some(nominal));
    }
    let boards = device.boards().map(|(_, slot)| slot.rate_ideal.get().and_then(|rate| device.units.chain(rate)));
    let sum: f64 = boards.sum::<Option<f64>>()?;
    hashrate(Some(sum).filter(|sum| *sum > 0.0))
}

fn windows(device: &Device<'_>) -> Windows {
    type OfSummary = fn(&Summary) -> &Field<Rate>;
    let of_summary: [(&'static str, OfSummary); 6] = [
        ("5s", |s| &s.current),
        ("1m", |s| &s.one_minute),
        ("5m", |s| &s.five_minutes),
        ("15m", |s| &s.quarter_hour),
        ("30m", |s| &s.half_hour),
        ("24h", |s| &s.day),
    ];
    let mut windows = Windows::default();
    for (name, field) in of_summary {
        let of_machine = match name {
            "5s" => device.machine(|m| &m.current),
            "30m" => device.machine(|m| &m.half_hour),
            _ => None,
        };
        if let Some(rate) = total(device, of_machine.or(device.summary(field))) {
            windows.push(name, rate);
        }
    }
    windows
}
