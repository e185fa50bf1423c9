//! Canaan Avalon: Nano 3, Nano 3S, Mini 3, Q, the A-series from 1026 to 1566, and the AUC stacks from 711 to 921.
//!
//! The figures that matter stand in one text of `stats` or `estats`, the MM string. One observation is one joined request where the
//! machine answers it, and `version` once for each start.
//!
//! # Quirks
//!
//! Sources are `Canaan-Creative/Avalon_Nano3s`, `Canaan-Creative/avalon10-docs`, the avalon drivers of `ckolivas/cgminer`, and issues
//! where named.
//!
//! | quirk | where | what is made of it |
//! |---|---|---|
//! | items parted by one blank, two or none; values with commas and brackets | `Elapsed[103840]BOOTBY[1]`, `SYSTEMSTATU[Work: In Work, Hash Board: 3 ]` | read by counting brackets, keys compared whole |
//! | `'STATS':{…}`, `MM ID0:Summary`, `HBinfo` | Q | the same items; the chips come from `HBinfo` |
//! | several `MM ID` in several rows | AUC stacks | each machine is a board, fans and temperatures are numbered through |
//! | `MHS 5s` jumps, averages stay high for hours after a stop | all; `UpstreamData/pyasic#199` | `GHSspd`; the minute of the summary where it is not told (before 2021, stacks) |
//! | `In Idle` with `SoftOFF` other than 0 | A12 on, home machines | `paused`; without it `idle` |
//! | no SYSTEMSTATU | Nano 3, stacks | the state follows from the rate |
//! | `TMax` 0 beside temperatures and voltages of chips | idle | these are old and left out |
//! | places of `PS` differ | Nano 3: wall power last but one; `dcbert/miner-sentinel#16` | by driver and number of places |
//! | `PS` of six numbers | up to A10 | power of the boards alone: no watts |
//! | `PS` all zero | A1047 of 2020 | no telemetry: no watts |
//! | watts above 1.5 times the limit of the mode | | a gap |
//! | voltages in 0.01 V; in mV on a Nano 3S | `PS`, `Vi` | volts; below 1 V the supply is off |
//! | -273 | `ITemp` without a sensor | left out |
//! | fans at 0 rpm | soft-off | they exist and stand still |
//! | `RSSI` 0 | on a cable | left out |
//! | DNA of zeros, no MAC | Nano 3; `Schnitzel/hass-miner#458` | the serial is `HDNA` |
//! | `10xx` as a model, `15-194` for the A1566 | version | from `Ver`; from a table |
//! | a Nano 3 was taken for something else | `UpstreamData/pyasic#198` | names are compared whole |
//! | 1, 16 and 512 in `ECHU` | healthy machines | no fault; bits that are fatal are |
//! | `PVT_T` of `21-80/14-88/84` | 7xx | not read |
//! | `HashStatus`, `STATE`, `coin` | meaning differs, figures differ by 150 times | not read |

use gssa_model::unit::Hashrate;
use gssa_model::{Algorithm, Hashing, MinerSnapshot};
use gssa_wire::MAX_GAPS;

use crate::collector::Peer;
use crate::standard::{self, pool_rows};
use crate::wire::canaan::StatsRow;
use crate::wire::identity::VersionRow;
use crate::wire::standard::{PoolRow, SummaryRow, count};
use crate::{Command, Error, Replies, recognise};

mod boards;
mod electrical;
mod faults;
mod identity;
mod mm;
mod module;
mod state;

use module::Module;

/// One poll. The vendor names `estats` for details; joined, all of it is one connection.
const WANTS: [&[Command]; 3] =
    [&[Command::Summary], &[Command::EStats, Command::Stats, Command::LiteStats], &[Command::Pools]];

/// Where the MM string may stand.
const STATS: [Command; 3] = [Command::EStats, Command::Stats, Command::LiteStats];

/// The most modules of one address: ten AUC cables with five miners each are the largest stack of the captures.
const MAX_MODULES: usize = 128;

/// So many seconds the driver averages where `GHSspd` is not told.
const MINUTE_SECS: u64 = 60;

/// Asks an Avalon once.
pub(crate) async fn observe(peer: &mut Peer<'_>) -> Result<MinerSnapshot, Error> {
    let mut replies = peer.talk.ask(&WANTS, true, peer.until).await?;
    replies.extend(peer.version.clone().map(|reply| (Command::Version, reply)));
    let snapshot = normalize(&replies);
    match recognise(&replies) {
        Some(family) if family != crate::Family::Canaan => {
            Err(Error::OtherFamily { found: family.to_string(), wanted: "an Avalon" })
        }
        _ => Ok(snapshot),
    }
}

/// Turns the replies of an Avalon into a snapshot: `version`, `summary`, `estats` or `stats`, `pools`, as far as they are there.
pub fn normalize(replies: &Replies) -> MinerSnapshot {
    let mut gaps = replies.gaps.clone();
    let machine = Machine::read(replies, &mut gaps);
    let pool_rows = pool_rows(replies);
    let mut pools = standard::pools(&pool_rows, &mut gaps);
    if let (Some(pool), Some(ping)) =
        (pools.iter_mut().find(|pool| pool.state == Some(gssa_model::PoolState::Active)), machine.ping_ms())
    {
        pool.ping_ms = Some(ping);
    }
    let hashing = machine.hashing(&pools);
    let power = machine.power(&mut gaps);
    gaps.truncate(MAX_GAPS);
    MinerSnapshot {
        identity: machine.identity(),
        work: machine.work(&pool_rows),
        power,
        temperatures: machine.temperatures(),
        fans: machine.fans(),
        boards: machine.boards(&hashing),
        network: machine.network(),
        uptime_secs: machine.uptime_secs(),
        faults: machine.faults().into_iter().chain(standard::no_pool_fault(hashing.state, &pools)).collect(),
        pools,
        hashing,
        gaps,
    }
    .with_derived()
}

/// What the parts of a normalization look at.
#[derive(Debug)]
struct Machine {
    version: Option<VersionRow>,
    summary: Option<SummaryRow>,
    /// Of `stats`: seconds since the mining program started.
    elapsed_secs: Option<u64>,
    /// The driver: `AVANANO0`.
    driver: Option<String>,
    modules: Vec<Module>,
}

impl Machine {
    fn read(replies: &Replies, gaps: &mut Vec<gssa_model::Gap>) -> Self {
        let rows: Vec<StatsRow> = replies.rows(&STATS, "STATS");
        let mut modules = Vec::new();
        for row in &rows {
            for string in row.strings.modules.iter().take(MAX_MODULES.saturating_sub(modules.len())) {
                // Only a Q has texts beside, and it is no stack: read for each module they would multiply.
                let boards = row.strings.boards.iter().filter(|_| row.strings.modules.len() == 1);
                modules.push(Module::read(string, &boards.map(String::as_str).collect::<Vec<_>>()));
            }
        }
        gaps.extend(modules.iter().flat_map(|module| module.gaps.clone()).take(MAX_GAPS));
        let first = rows.iter().find(|row| !row.strings.modules.is_empty());
        Self {
            version: replies.row(&[Command::Version], "VERSION"),
            summary: standard::summary(replies, gaps),
            elapsed_secs: first.and_then(|row| count(&row.elapsed)),
            driver: first.and_then(|row| row.id.known().cloned()),
            modules,
        }
    }

    /// The machine, unless there are several behind the address.
    fn only(&self) -> Option<&Module> {
        if let [module] = &self.modules[..] { Some(module) } else { None }
    }

    /// `GHSspd` is what the device's own page shows; `MHS 5s` jumps, and averages stay high for hours after a stop
    /// (`UpstreamData/pyasic#199`). Where it is not told, the minute of the summary is.
    fn current(&self) -> Option<Hashrate> {
        if let Some(now) = self.sum(|module| module.now_ghs) {
            return Hashrate::from_ghs(now);
        }
        let rates = &self.summary.as_ref()?.rates;
        rates.over(MINUTE_SECS).or_else(|| rates.current())
    }

    fn average(&self) -> Option<Hashrate> {
        let told = self.sum(|module| module.average_ghs).and_then(Hashrate::from_ghs);
        told.or_else(|| self.summary.as_ref()?.rates.average())
    }

    /// A figure of all modules together; nothing if one of them does not tell it.
    fn sum(&self, figure: impl Fn(&Module) -> Option<f64>) -> Option<f64> {
        if self.modules.is_empty() {
            return None;
        }
        self.modules.iter().map(figure).sum()
    }

    fn hashing(&self, pools: &[gssa_model::Pool]) -> Hashing {
        let current_hps = self.current();
        let uptime_secs = self.uptime_secs();
        Hashing {
            algorithm: Some(Algorithm::SHA256D),
            state: self.state(current_hps, pools),
            current_hps,
            average_hps: self.average(),
            expected_hps: self.sum(|module| module.ideal_ghs).and_then(Hashrate::from_ghs),
            windows_hps: self.summary.as_ref().map(|row| row.rates.windows(uptime_secs)).unwrap_or_default(),
        }
    }

    /// Of the mining program, whose counters the others are; else of the control board.
    fn uptime_secs(&self) -> Option<u64> {
        let of_board = || self.only()?.elapsed_secs.filter(|secs| *secs >= 0.0).map(|secs| secs as u64);
        let of_summary = || count(&self.summary.as_ref()?.elapsed);
        self.elapsed_secs.or_else(of_summary).or_else(of_board)
    }

    fn work(&self, pools: &[PoolRow]) -> gssa_model::Work {
        let mut work = standard::work(self.summary.as_ref(), pools);
        let of_modules =
            || self.sum(|module| module.errors).filter(|errors| *errors >= 0.0).map(|errors| errors as u64);
        work.hardware_errors = work.hardware_errors.or_else(of_modules);
        let percent = self.only().and_then(|module| module.error_percent);
        work.error_percent = percent.and_then(gssa_model::unit::Percent::from_percent).or(work.error_percent);
        work
    }

    fn ping_ms(&self) -> Option<f64> {
        self.only()?.ping_ms.and_then(standard::positive)
    }
}

#[cfg(test)]
mod testing {
    use super::Machine;
    use super::module::Module;

    /// A machine that tells only this.
    pub(super) fn machine(string: &str) -> Machine {
        machine_with_driver(string, "AVALON0")
    }

    pub(super) fn machine_with_driver(string: &str, driver: &str) -> Machine {
        let modules = vec![Module::read(string, &[])];
        Machine { version: None, summary: None, elapsed_secs: None, driver: Some(driver.to_owned()), modules }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn modules(row: &serde_json::Value) -> Vec<Module> {
        let reply = crate::parse_reply(json!({ "STATS": [row] }).to_string().as_bytes()).unwrap();
        Machine::read(&Replies::from_iter([(Command::EStats, reply)]), &mut Vec::new()).modules
    }

    #[test]
    fn texts_beside_are_those_of_one_machine() {
        let one = modules(&json!({ "MM ID0": "Ver[Q-1]", "HBinfo": "PVT_T0[58 59]" }));
        assert_eq!(one[0].chips_celsius, [(0, vec![58.0, 59.0])]);
        let stack = modules(&json!({ "MM ID0": "Ver[1]", "MM ID1": "Ver[1]", "HBinfo": "PVT_T0[58 59]" }));
        assert!(stack.iter().all(|module| module.chips_celsius.is_empty()), "each module would have all of them");
    }
}
