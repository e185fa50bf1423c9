//! Canaan Avalon: Nano 3, Nano 3S, Mini 3, Q, the A-series from 1026 to 1566, and the AUC stacks from 711 to 921.
//!
//! The figures that matter stand in one text of `stats` or `estats`, the MM string. Sources: `Canaan-Creative/Avalon_Nano3s`,
//! `Canaan-Creative/avalon10-docs`, the avalon drivers of `ckolivas/cgminer`, and issues where named.

use gssa_model::unit::Hashrate;
use gssa_model::{Algorithm, Hashing, MinerSnapshot};

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
    MinerSnapshot {
        identity: machine.identity(),
        work: machine.work(&pool_rows),
        power: machine.power(&mut gaps),
        temperatures: machine.temperatures(),
        fans: machine.fans(),
        boards: machine.boards(&hashing),
        network: machine.network(),
        uptime_secs: machine.uptime_secs(),
        faults: machine.faults(),
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
                let boards: Vec<&str> = row.strings.boards.iter().map(String::as_str).collect();
                modules.push(Module::read(string, &boards));
            }
        }
        gaps.extend(modules.iter().flat_map(|module| module.gaps.clone()).take(crate::wire::field::MAX_GAPS));
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
