//! The rows of both layouts, in Bitmain's words. One row has the spellings of both: they never stand side by side.

use gssa_model::Mac;
use gssa_wire::{Count, Endpoint, Field};

use super::scalar::{Letters, Rate, Tally, Unit};
use super::slots::Slots;
use crate::wire::row::row;
use crate::wire::scalar::Raw;

row! {
    /// What program runs on which machine: `VERSION`, the entry of `STATS` without figures, `INFO`.
    Program {
        kind: Raw = "Type" | "type",
        /// Marathon's spelling.
        model: String = "Model",
        miner: String = "Miner" | "miner_version",
        compiled: String = "CompileTime",
        bmminer: String = "BMMiner",
        cgminer: String = "CGMiner" | "Cgminer",
        luxminer: String = "LUXminer",
        bosminer: String = "BOSminer" | "BOSminer+" | "BOSer",
        build: String = "build_version",
    }
}

row! {
    /// The figures of the machine: the entry of `STATS` that has them.
    Machine {
        elapsed: Count = "Elapsed" | "elapsed",
        current: Rate = "GHS 5s" | "rate_5s" | "RT HASHRATE",
        average: Rate = "GHS av" | "rate_avg" | "AV HASHRATE",
        half_hour: Rate = "rate_30m" | "GHS 30m",
        ideal: Rate = "total_rateideal" | "rate_ideal" | "THEORY HASHRATE",
        unit: Unit = "rate_unit",
        mode: String = "Mode",
        miner_mode: Count = "miner-mode",
        /// `VNish`: `mining`, `auto-tuning`.
        state: String = "state",
        frequency: String = "frequency",
        frequency_average: f64 = "total_freqavg",
        /// Boards that there should be; in the second layout only.
        chain_num: Count = "chain_num",
        fan_num: Count = "fan_num",
        fan_percent: f64 = "fan_pwm",
        fan: Vec<Field<f64>> = "fan",
        chain: Vec<Field<Chain>> = "chain",
        mismatches: Count = "no_matching_work",
        error_percent: f64 = "Device Hardware%",
        total_power: f64 = "total_power" | "watt" | "power",
        /// `967.50 (AB)`, `3250 W`.
        chain_power: String = "chain_power",
        accepted: Count = "Accepted",
        rejected: Count = "Rejected",
        stale: Count = "Stale",
        best: f64 = "Best Share",
        slots: Slots = ..,
    }
}

row! {
    /// A board in the layout of 2021 on.
    Chain {
        index: Count = "index",
        freq_avg: f64 = "freq_avg",
        rate_ideal: Rate = "rate_ideal",
        rate_real: Rate = "rate_real",
        asic_num: Count = "asic_num",
        asic: Letters = "asic",
        temp_pic: Vec<Field<f64>> = "temp_pic",
        temp_pcb: Vec<Field<f64>> = "temp_pcb",
        temp_chip: Vec<Field<f64>> = "temp_chip",
        hw: Count = "hw",
    }
}

row! {
    /// `SUMMARY` of both layouts, and of Braiins OS and `LuxOS`.
    Summary {
        elapsed: Count = "Elapsed" | "elapsed",
        current: Rate = "GHS 5s" | "rate_5s" | "RT HASHRATE",
        average: Rate = "GHS av" | "rate_avg" | "AV HASHRATE",
        one_minute: Rate = "GHS 1m" | "Hashrate1m",
        five_minutes: Rate = "GHS 5m",
        quarter_hour: Rate = "GHS 15m" | "Hashrate15m",
        half_hour: Rate = "GHS 30m" | "rate_30m",
        day: Rate = "GHS 24h" | "Hashrate24h",
        ideal: Rate = "rate_ideal" | "THEORY HASHRATE",
        unit: Unit = "rate_unit",
        accepted: Tally = "Accepted",
        rejected: Count = "Rejected",
        stale: Count = "Stale",
        hardware_errors: Count = "Hardware Errors" | "hw_all",
        error_percent: f64 = "Device Hardware%",
        best: f64 = "Best Share" | "bestshare",
        blocks: Count = "Found Blocks",
        /// Of all the time since the start, always in megahashes.
        megahashes: f64 = "Total MH",
        verdicts: Vec<Field<Verdict>> = "status",
    }
}

row! {
    /// What the machine says of one part of itself.
    Verdict {
        kind: String = "type",
        status: String = "status",
        message: String = "msg",
    }
}

row! {
    /// A pool, in both layouts.
    PoolRow {
        index: Count = "POOL" | "index",
        url: Endpoint = "URL" | "url",
        user: String = "User" | "user",
        status: String = "Status" | "status",
        priority: f64 = "Priority" | "priority",
        /// `VNish`: 1 for its fee.
        kind: f64 = "Type",
        /// `LuxOS` and Braiins OS share the work between groups.
        group: Count = "GROUP",
        is_active: bool = "Stratum Active",
        accepted: Count = "Accepted" | "accepted",
        rejected: Count = "Rejected" | "rejected",
        stale: Count = "Stale" | "stale",
        difficulty: f64 = "Stratum Difficulty" | "Diff" | "diff",
        best: f64 = "Best Share",
    }
}

row! {
    /// `get_system_info.cgi`.
    SystemInfo {
        kind: Raw = "minertype",
        mac: Mac = "macaddr",
        hostname: String = "hostname",
        ip: String = "ipaddress",
        serial: String = "serinum" | "serial_no",
        filesystem: String = "system_filesystem_version",
    }
}

row! {
    /// `get_miner_conf.cgi`: the mode is all that is read of it.
    MinerConf {
        work_mode: Count = "bitmain-work-mode",
    }
}

row! {
    /// `CONFIG` of `LuxOS`.
    LuxConfig {
        mac: Mac = "MACAddr",
        hostname: String = "Hostname",
        ip: String = "IPAddr",
        serial: String = "SerialNumber",
        curtail: String = "CurtailMode",
    }
}
