//! Members that one maker adds to the rows of upstream.

use gssa_model::Mac;
use gssa_wire::{Count, Report};

use super::row::{Gathered, Lenient as _, member, row};
use crate::reply::value::Members;

row! {
    /// SUMMARY of Whatsminer.
    WhatsminerRow {
        /// W.
        power: f64 = "Power",
        /// rpm.
        fan_in: f64 = "Fan Speed In",
        fan_out: f64 = "Fan Speed Out",
        /// Then there are no fans.
        is_liquid: bool = "Liquid Cooling",
        // °C
        env_temp: f64 = "Env Temp",
        chip_temp_max: f64 = "Chip Temp Max",
        /// V at the wall.
        voltage_input: f64 = "Power Voltage Input",
        /// MHz, the mean.
        freq_avg: f64 = "freq_avg",
        /// GH/s: the rating.
        factory_ghs: f64 = "Factory GHS",
        firmware_version: String = "Firmware Version",
        mac: Mac = "MAC",
        errors: ErrorCodes = ..,
    }
}

/// `Error Code 0`, `Error Code 1`…: what is wrong now. `Factory Error Code 0` is what was wrong at the works.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ErrorCodes(pub(crate) Vec<u64>);

/// The most error codes that are looked at.
const MAX_ERROR_CODES: usize = 16;

impl Report for ErrorCodes {}

impl Gathered for ErrorCodes {
    fn gather(row: &Members) -> Self {
        let codes = row.iter().filter(|(key, _)| {
            key.strip_prefix("Error Code ").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
        });
        Self(codes.filter_map(|(_, code)| Count::read(code).get()).map(|code| code.0).take(MAX_ERROR_CODES).collect())
    }
}

row! {
    /// `status` of Whatsminer, its `Msg`.
    BtminerStatus {
        is_off: bool = "btmineroff",
    }
}

row! {
    /// `get_version` of Whatsminer, its `Msg`.
    BtminerVersion {
        fw_ver: String = "fw_ver",
    }
}

row! {
    /// STATS of `SealMiner`: the machine. MH/s, W, V, °C.
    SealminerRow {
        model: String = "Model",
        asic: String = "ASIC",
        board: String = "Ctrl Board",
        serial: String = "Ctrl Board SN",
        firmware: String = "Firmware",
        mac: Mac = "MAC",
        ip: String = "IP",
        now_mhs: f64 = "MHS(Sample)",
        average_mhs: f64 = "MHS(Avg)",
        ideal_mhs: f64 = "MHS(Ideal)",
        mhs_30s: f64 = "MHS(30s)",
        mhs_1m: f64 = "MHS(1m)",
        mhs_5m: f64 = "MHS(5m)",
        mhs_15m: f64 = "MHS(15m)",
        frequency: f64 = "Freq",
        /// mV.
        chip_voltage: f64 = "Chip Voltage",
        psu_watts: f64 = "PSU Input Power",
        psu_volts: f64 = "PSU Input Voltage",
        psu_ambient: f64 = "PSU Temp AMB",
        error_code: String = "Error Code",
        numbered: SealminerBoards = ..,
    }
}

/// The members whose keys begin with a number: `0 MHS(Sample)` of board 0, `3 Speed` of fan 3.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct SealminerBoards {
    pub(crate) boards: Vec<(u32, SealminerBoard)>,
    /// rpm.
    pub(crate) fans: Vec<(u32, f64)>,
}

/// One board.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct SealminerBoard {
    pub(crate) now_mhs: Option<f64>,
    pub(crate) is_online: Option<bool>,
    pub(crate) chips: Option<u64>,
    pub(crate) frequency: Option<f64>,
    pub(crate) hottest: Option<f64>,
}

/// The most boards and fans.
const MAX_NUMBERED: u32 = 16;

impl Report for SealminerBoards {}

impl Gathered for SealminerBoards {
    fn gather(row: &Members) -> Self {
        let mut all = Self::default();
        for at in 0..MAX_NUMBERED {
            let number = |key: &str| member::<f64>(row, &[&format!("{at} {key}")]).get();
            let count = |key: &str| member::<Count>(row, &[&format!("{at} {key}")]).get().map(|count| count.0);
            if let Some(rpm) = number("Speed") {
                all.fans.push((at, rpm));
            }
            let is_online = member::<bool>(row, &[&format!("{at} Online")]).get();
            let chips = count("Chip Count");
            if is_online.is_some() || chips.is_some() {
                let hottest = (0..4).filter_map(|sensor| number(&format!("Temp {sensor}"))).reduce(f64::max);
                let board = SealminerBoard {
                    now_mhs: number("MHS(Sample)"),
                    is_online,
                    chips,
                    frequency: number("Freq"),
                    hottest,
                };
                all.boards.push((at, board));
            }
        }
        all
    }
}
