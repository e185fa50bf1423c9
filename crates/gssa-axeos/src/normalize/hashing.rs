//! Hashrates, as a whole and by chip.

use gssa_model::unit::{Hashrate, Megahertz};
use gssa_model::{Algorithm, Board, BoardState, Hashing, Windows};

use super::electrical::celsius;
use super::family::Family;
use super::{Device, state};

const HOUR_SECS: u64 = 3600;
const DAY_SECS: u64 = 24 * HOUR_SECS;

pub(super) fn hashing(device: &Device<'_>) -> Hashing {
    let windows = windows(device);
    let current_hps = current(device);
    Hashing {
        algorithm: Some(Algorithm::SHA256D),
        state: state::state(device, current_hps),
        current_hps,
        average_hps: windows.last().map(|(_, hashrate)| *hashrate),
        expected_hps: device.expected(),
        windows_hps: windows.into_iter().fold(Windows::default(), |mut all, (window, hashrate)| {
            all.push(window, hashrate);
            all
        }),
    }
}

/// `hashRate`, or the shortest window of firmware without that key (`NerdAxe` v1.0.2–v1.0.19). A `null` is a NaN and not a reason to
/// show something else.
fn current(device: &Device<'_>) -> Option<Hashrate> {
    let document = device.document;
    let ghs = if document.hash_rate.is_present() {
        document.hash_rate.get()
    } else {
        let nested = document.miner.at(|miner| &miner.hash_rate).copied();
        nested.or(document.hash_rate_1m.get()).or(document.hash_rate_10m.get())
    };
    ghs.and_then(Hashrate::from_ghs)
}

/// The windows that are what their names say, shortest first.
///
/// Bitaxe averages what there is until a window is full. `NerdQAxe` counts the unfilled part as zero (v1.1.0-beta1), and wrote the ten
/// minutes into the longer windows until about v1.0.32 (`shufps/ESP-Miner-NerdQAxePlus#252`): there a window counts only once the
/// device has been up for as long, and not when it repeats the shorter one.
fn windows(device: &Device<'_>) -> Vec<(&'static str, Hashrate)> {
    let document = device.document;
    let uptime = document.uptime_seconds.get().map_or(0, |count| count.0);
    let is_nerd = device.family == Family::Nerd;
    let ten_minutes = document.hash_rate_10m.get();
    let filled = |window: Option<f64>, secs: u64| {
        window.filter(|_| !is_nerd || uptime >= secs).filter(|_| !is_nerd || window != ten_minutes)
    };
    [
        ("1m", document.hash_rate_1m.get()),
        ("10m", ten_minutes),
        ("1h", filled(document.hash_rate_1h.get(), HOUR_SECS)),
        ("1d", filled(document.hash_rate_1d.get(), DAY_SECS)),
    ]
    .into_iter()
    .filter_map(|(window, ghs)| Some((window, Hashrate::from_ghs(ghs?)?)))
    .collect()
}

/// One board for each chip that counts for itself (Bitaxe ≥ v2.11), or one for all where only their temperatures are told
/// (`NerdQAxe` ≥ v1.0.34, where 0 means no sensor).
pub(super) fn boards(device: &Device<'_>) -> Vec<Board> {
    let document = device.document;
    if let Some(monitor) = document.hashrate_monitor.known() {
        let frequency_mhz = device.frequency_mhz().and_then(Megahertz::from_mhz);
        return monitor
            .asics
            .entries()
            .map(|(index, chip)| {
                let current_hps = chip.total.get().and_then(Hashrate::from_ghs);
                Board {
                    index,
                    state: current_hps.map(|hps| if hps.get() > 0.0 { BoardState::Hashing } else { BoardState::Idle }),
                    current_hps,
                    chips: Some(1),
                    frequency_mhz,
                    hardware_errors: chip.error_count.get().map(|count| count.0),
                    domains_hps: chip.domains.entries().filter_map(|(_, ghs)| Hashrate::from_ghs(*ghs)).collect(),
                    ..Board::default()
                }
            })
            .collect();
    }
    let chips: Vec<_> = document.asic_temps.entries().filter_map(|(_, read)| celsius(*read)).collect();
    if chips.is_empty() {
        return Vec::new();
    }
    vec![Board { chips: device.chips(), ..Board::default() }.with_chips_celsius(chips)]
}

#[cfg(test)]
mod tests {
    use crate::normalize::testing::snapshot;
    use gssa_model::BoardState;
    use gssa_model::unit::Hashrate;
    use serde_json::json;

    #[test]
    fn a_null_hashrate_is_not_replaced_by_a_window() {
        let hashing = snapshot(&json!({ "hashRate": null, "hashRate_1m": 900 })).hashing;
        assert_eq!(hashing.current_hps, None);
        assert_eq!(hashing.average_hps.map(Hashrate::get), Some(9e11));
    }

    #[test]
    fn a_chip_that_makes_nothing_is_idle() {
        let asics = json!([{ "total": 1200.5 }, { "total": 0 }, { "total": null }]);
        let boards = snapshot(&json!({ "hashrateMonitor": { "asics": asics } })).boards;
        let states: Vec<_> = boards.iter().map(|board| board.state).collect();
        assert_eq!(states, [Some(BoardState::Hashing), Some(BoardState::Idle), None]);
    }

    #[test]
    fn a_nerd_window_counts_once_it_is_filled() {
        let windows = |uptime: u64, hour: f64| {
            let nerd = json!({ "deviceModel": "NerdQAxe++", "uptimeSeconds": uptime, "hashRate_10m": 5510, "hashRate_1h": hour,
                "hashRate_1d": 2748 });
            let hashing = snapshot(&nerd).hashing;
            ["10m", "1h", "1d"].map(|window| hashing.windows_hps.get(window).is_some())
        };
        assert_eq!(windows(43_173, 5509.0), [true, true, false]);
        assert_eq!(windows(90_000, 5509.0), [true, true, true]);
        assert_eq!(windows(1800, 5509.0), [true, false, false]);
        assert_eq!(windows(43_173, 5510.0), [true, false, false], "a copy of the ten minutes");
    }
}
