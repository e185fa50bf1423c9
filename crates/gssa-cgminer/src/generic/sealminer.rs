//! What a `SealMiner` tells in `stats`.
//!
//! Its summary counts shares of the pool's difficulty and is far from what the boards do (368 TH/s where they sample 220): rates are
//! those of `stats`.

use gssa_model::unit::{Hashrate, Megahertz, Millivolts, Volts, Watts};
use gssa_model::{Board, BoardState, Fan, Fault, FaultCode, MinerSnapshot, Sensor, Severity, Temperature, Windows};

use crate::standard::{celsius, positive};
use crate::wire::makers::{SealminerBoard, SealminerRow};

pub(super) fn add(row: &SealminerRow, snapshot: &mut MinerSnapshot) {
    let mhs = |figure: Option<f64>| figure.and_then(Hashrate::from_mhs);
    if let Some(now) = mhs(row.now_mhs.get()) {
        let told = [("30s", &row.mhs_30s), ("1m", &row.mhs_1m), ("5m", &row.mhs_5m), ("15m", &row.mhs_15m)];
        let mut windows = Windows::default();
        told.into_iter().filter_map(|(name, field)| Some((name, mhs(field.get())?))).for_each(|(name, rate)| {
            windows.push(name, rate);
        });
        snapshot.hashing.current_hps = Some(now);
        snapshot.hashing.average_hps = mhs(row.average_mhs.get()).or(snapshot.hashing.average_hps);
        snapshot.hashing.windows_hps = windows;
    }
    snapshot.hashing.expected_hps = mhs(row.ideal_mhs.get().and_then(positive));
    snapshot.power.watts = row.psu_watts.get().and_then(positive).and_then(Watts::from_watts);
    snapshot.power.input_volts = row.psu_volts.get().and_then(positive).and_then(Volts::from_volts);
    snapshot.power.core_millivolts = row.chip_voltage.get().and_then(positive).and_then(Millivolts::from_millivolts);
    snapshot.power.frequency_mhz = row.frequency.get().and_then(positive).and_then(Megahertz::from_mhz);
    let psu = row.psu_ambient.get().and_then(celsius);
    snapshot.temperatures.extend(psu.map(|celsius| Temperature { sensor: Sensor::Psu, index: 0, celsius }));
    snapshot.fans = row.numbered.fans.iter().map(|(index, rpm)| fan(*index, *rpm)).collect();
    if !row.numbered.boards.is_empty() {
        snapshot.boards = row.numbered.boards.iter().map(|(index, told)| board(*index, told)).collect();
    }
    add_identity(row, snapshot);
    snapshot.network.ip = row.ip.text().and_then(|ip| ip.parse().ok());
    if let Some(code) = row.error_code.text() {
        let message = format!("error code {code}");
        snapshot.faults.push(Fault { code: FaultCode::Hardware, severity: Severity::Warning, message });
    }
}

fn add_identity(row: &SealminerRow, snapshot: &mut MinerSnapshot) {
    let identity = &mut snapshot.identity;
    identity.model = row.model.text().map(|model| format!("SealMiner {model}"));
    identity.chip = row.asic.known().cloned();
    identity.board = row.board.known().cloned();
    identity.serial = row.serial.known().cloned();
    identity.mac = row.mac.get();
    identity.firmware_version = row.firmware.known().cloned().or_else(|| identity.firmware_version.take());
}

/// `PWM` is not percent (112 was seen), so it is not read.
fn fan(index: u32, rpm: f64) -> Fan {
    Fan { index, rpm: Some(rpm.max(0.0) as u32), percent: None }
}

fn board(index: u32, told: &SealminerBoard) -> Board {
    let current_hps = told.now_mhs.and_then(Hashrate::from_mhs);
    let works = current_hps.is_some_and(|rate| rate.get() > 0.0);
    let state = match told.is_online {
        Some(false) => Some(BoardState::Missing),
        _ if works => Some(BoardState::Hashing),
        Some(true) => Some(BoardState::Idle),
        None => None,
    };
    Board {
        index,
        state,
        current_hps,
        chips: told.chips.and_then(|chips| u32::try_from(chips).ok()),
        frequency_mhz: told.frequency.and_then(positive).and_then(Megahertz::from_mhz),
        board_celsius_max: told.hottest.and_then(celsius),
        ..Board::default()
    }
}
