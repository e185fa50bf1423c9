//! One source in one flat line.

use std::net::IpAddr;

use gssa_model::unit::{Celsius, Difficulty, Hashrate, JoulesPerTerahash, Percent, Watts};
use gssa_model::{
    FailureReason, Health, Link, Mac, MarkKind, MinerSnapshot, PoolRole, Reading, Sensor, Snapshot, Software, SourceId,
    SourceKind, State, Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use super::spark::Spark;
use crate::plan::{Limit, Plan};
use crate::store::Versioned;

/// One source in the table. What is not known is left out.
///
/// Figures that move (hashrate, power, temperature, fan, shares, uptime, pool in use, signal) are there while the source is `up`, `partial`
/// or `stale`, as in the summary, so that a sum over rows is the total. What a source is, its best shares and `expected_hps` stay.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Row<'a> {
    /// The id of the source.
    pub id: &'a SourceId,
    /// What people call it.
    pub name: &'a str,
    /// The kind configured or, with `auto`, found.
    pub kind: SourceKind,
    /// Where it is asked.
    pub address: &'a str,
    /// The place it stands in.
    pub group: Option<&'a str>,
    /// Free labels.
    pub tags: &'a [String],
    /// What it is: as its snapshot says or its kind does; absent for an `auto` that was never read.
    pub snapshot_kind: Option<SnapshotKind>,
    /// What it does, in one word.
    pub state: State,
    /// Whether it can be observed.
    pub health: Health,
    /// Why the last attempt failed.
    pub reason: Option<FailureReason>,
    /// In words: why the last attempt failed, or else the worst finding.
    pub detail: Option<&'a str>,
    /// Since when `state` holds.
    pub since: Option<Timestamp>,
    /// When the last attempt ended.
    pub observed_at: Option<Timestamp>,
    /// When the figures were read.
    pub snapshot_at: Option<Timestamp>,
    /// The time between two attempts at the moment; what is older than three of them is not live.
    pub interval_secs: u64,
    /// Who makes it.
    pub make: Option<&'a str>,
    /// The model.
    pub model: Option<&'a str>,
    /// The name of the firmware, or of the program of a pool or server.
    pub firmware: Option<&'a str>,
    /// Its version.
    pub firmware_version: Option<&'a str>,
    /// The host name.
    pub hostname: Option<&'a str>,
    /// The hardware address.
    pub mac: Option<Mac>,
    /// The serial number.
    pub serial: Option<&'a str>,
    /// The device's own idea of its IP address.
    pub ip: Option<IpAddr>,
    /// What it hashes.
    pub algorithm: Option<&'a str>,
    /// Hashrate now.
    pub current_hps: Option<f64>,
    /// Its long or lifetime average.
    pub average_hps: Option<f64>,
    /// What it should do at its settings.
    pub expected_hps: Option<f64>,
    /// Hashrate now in percent of the expected one.
    pub expected_percent: Option<f64>,
    /// Power.
    pub watts: Option<f64>,
    /// Power over hashrate.
    pub efficiency_joules_per_terahash: Option<f64>,
    /// The hottest chip; of a device that reports none, its hottest other sensor.
    pub hottest_celsius: Option<f64>,
    /// Which sensor that is.
    pub hottest_sensor: Option<Sensor>,
    /// From where on a chip is warm; there when `hottest_sensor` is a chip.
    pub warning_celsius: Option<f64>,
    /// From where on a chip is too hot; there when `hottest_sensor` is a chip.
    pub critical_celsius: Option<f64>,
    /// The slowest fan.
    pub fan_rpm: Option<u32>,
    /// The highest speed asked for of a fan.
    pub fan_percent: Option<f64>,
    /// Shares accepted since the device started.
    pub accepted: Option<u64>,
    /// Shares rejected since the device started.
    pub rejected: Option<u64>,
    /// Rejected shares in percent of those that were answered.
    pub reject_percent: Option<f64>,
    /// The best share ever.
    pub best_difficulty: Option<f64>,
    /// The best share since the device started.
    pub best_session_difficulty: Option<f64>,
    /// Seconds since it started.
    pub uptime_secs: Option<u64>,
    /// Host and port of the pool that gets the work.
    pub pool: Option<&'a str>,
    /// What that pool is there for.
    pub pool_role: Option<PoolRole>,
    /// The user or worker name there.
    pub user: Option<&'a str>,
    /// Wi-Fi signal strength.
    pub rssi_dbm: Option<i32>,
    /// Blocks found.
    pub blocks_found: Option<u64>,
    /// What it is connected with.
    #[serde(skip_serializing_if = "is_empty")]
    pub links: &'a [Link],
    /// What the agent noticed by comparing with the reading before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<MarkKind>,
    /// The last 24 hours. Sent anew when a half hour begins, and with the first points.
    pub spark: Option<Spark>,
}

fn is_empty(links: &&[Link]) -> bool {
    links.is_empty()
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotKind {
    /// A mining device.
    Miner,
    /// A pool.
    Pool,
    /// A server with what runs on it.
    Infrastructure,
}

impl SnapshotKind {
    /// As the snapshot says; without one as the kind of the source does.
    pub fn of(reading: &Reading) -> Option<Self> {
        match reading.snapshot.as_deref() {
            Some(Snapshot::Miner(_)) => return Some(Self::Miner),
            Some(Snapshot::Pool(_)) => return Some(Self::Pool),
            Some(Snapshot::Infrastructure(_)) => return Some(Self::Infrastructure),
            _ => {}
        }
        match reading.source.kind {
            SourceKind::Axeos | SourceKind::Antminer | SourceKind::Canaan | SourceKind::Cgminer => Some(Self::Miner),
            SourceKind::Gss => Some(Self::Pool),
            SourceKind::Mim | SourceKind::Host => Some(Self::Infrastructure),
            _ => None,
        }
    }
}

impl<'a> Row<'a> {
    /// The row of a source without its sparkline.
    pub fn new(entry: &'a Versioned, plan: Plan) -> Self {
        let reading = &*entry.reading;
        let mut row = Self::of_source(reading, plan.interval_secs);
        row.detail = detail(entry);
        let is_live = matches!(reading.health, Health::Up | Health::Partial | Health::Stale);
        match reading.snapshot.as_deref() {
            Some(Snapshot::Miner(miner)) => {
                row.identify(miner);
                if is_live {
                    row.measure(miner, plan.chip_celsius);
                }
            }
            Some(Snapshot::Pool(pool)) => {
                row.name_program(&pool.software);
                row.uptime_secs = pool.uptime_secs.filter(|_| is_live);
            }
            Some(Snapshot::Infrastructure(infrastructure)) => row.name_program(&infrastructure.software),
            _ => {}
        }
        row
    }

    fn name_program(&mut self, software: &'a Software) {
        (self.firmware, self.firmware_version) = (software.name.as_deref(), software.version.as_deref());
    }

    fn of_source(reading: &'a Reading, interval_secs: u64) -> Self {
        let source = &*reading.source;
        let mut marks: Vec<MarkKind> = reading.marks.iter().map(|mark| mark.mark).collect();
        marks.sort_unstable();
        marks.dedup();
        Self {
            id: &source.id,
            name: &source.name,
            kind: source.kind,
            address: &source.address,
            group: source.group.as_deref(),
            tags: &source.tags,
            snapshot_kind: SnapshotKind::of(reading),
            state: reading.state,
            health: reading.health,
            reason: reading.failure.as_ref().map(|failure| failure.reason),
            detail: None,
            since: reading.state_since,
            observed_at: reading.observed_at,
            snapshot_at: reading.snapshot_at,
            interval_secs: reading.effective_interval_secs.unwrap_or(interval_secs),
            make: None,
            model: None,
            firmware: None,
            firmware_version: None,
            hostname: None,
            mac: None,
            serial: None,
            ip: None,
            algorithm: None,
            current_hps: None,
            average_hps: None,
            expected_hps: None,
            expected_percent: None,
            watts: None,
            efficiency_joules_per_terahash: None,
            hottest_celsius: None,
            hottest_sensor: None,
            warning_celsius: None,
            critical_celsius: None,
            fan_rpm: None,
            fan_percent: None,
            accepted: None,
            rejected: None,
            reject_percent: None,
            best_difficulty: None,
            best_session_difficulty: None,
            uptime_secs: None,
            pool: None,
            pool_role: None,
            user: None,
            rssi_dbm: None,
            blocks_found: None,
            links: &reading.links,
            marks,
            spark: None,
        }
    }

    /// What stays true while a miner does not answer.
    fn identify(&mut self, miner: &'a MinerSnapshot) {
        let identity = &miner.identity;
        self.make = identity.make.as_deref();
        self.model = identity.model.as_deref();
        self.firmware = identity.firmware.as_deref();
        self.firmware_version = identity.firmware_version.as_deref();
        self.hostname = identity.hostname.as_deref();
        self.mac = identity.mac;
        self.serial = identity.serial.as_deref();
        self.ip = miner.network.ip;
        self.algorithm = miner.hashing.algorithm.as_ref().map(gssa_model::Algorithm::as_str);
        self.expected_hps = miner.hashing.expected_hps.map(whole);
        self.best_difficulty = miner.work.best_difficulty.map(Difficulty::get);
        self.best_session_difficulty = miner.work.best_session_difficulty.map(Difficulty::get);
        self.blocks_found = miner.work.blocks_found;
    }

    /// What moves.
    fn measure(&mut self, miner: &'a MinerSnapshot, limit: Limit) {
        self.current_hps = miner.hashing.current_hps.map(whole);
        self.average_hps = miner.hashing.average_hps.map(whole);
        self.expected_percent = miner.percent_of_expected().map(|percent| rounded(percent.get()));
        self.watts = miner.power.watts.map(Watts::get);
        let efficiency = miner.power.efficiency_joules_per_terahash;
        self.efficiency_joules_per_terahash = efficiency.map(|efficiency| rounded(JoulesPerTerahash::get(efficiency)));
        if let Some((sensor, celsius)) = hottest(miner) {
            (self.hottest_sensor, self.hottest_celsius) = (Some(sensor), Some(celsius));
            if sensor == Sensor::Chip {
                (self.warning_celsius, self.critical_celsius) = (limit.warning, limit.critical);
            }
        }
        self.fan_rpm = miner.fans.iter().filter_map(|fan| fan.rpm).min();
        self.fan_percent = miner.fans.iter().filter_map(|fan| fan.percent.map(Percent::get)).max_by(f64::total_cmp);
        self.accepted = miner.work.accepted;
        self.rejected = miner.work.rejected;
        self.reject_percent = miner.reject_percent().map(|percent| rounded(percent.get()));
        self.uptime_secs = miner.uptime_secs;
        if let Some(pool) = miner.active_pool() {
            self.pool = pool.url.as_deref().map(|url| url.split_once("://").map_or(url, |(_, rest)| rest));
            self.pool_role = pool.role;
            self.user = pool.user.as_deref();
        }
        self.rssi_dbm = miner.network.rssi_dbm;
    }
}

/// A hashrate to the hash: less is noise that only makes the rows longer.
fn whole(hashrate: Hashrate) -> f64 {
    hashrate.get().round()
}

/// A derived figure to a thousandth.
fn rounded(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}

fn detail(entry: &Versioned) -> Option<&str> {
    let failure = entry.reading.failure.as_ref().map(|failure| failure.detail.as_str());
    let worst = || entry.findings.iter().max_by_key(|finding| finding.severity).map(|finding| &*finding.detail);
    failure.or_else(worst).filter(|detail| !detail.is_empty())
}

fn hottest(miner: &MinerSnapshot) -> Option<(Sensor, f64)> {
    let chip = || miner.hottest_chip().map(|celsius| (Sensor::Chip, celsius.get()));
    let boards = || miner.boards.iter().filter_map(|board| Some((Sensor::Board, board.board_celsius_max?.get())));
    let sensors = miner.temperatures.iter().map(|entry| (entry.sensor, Celsius::get(entry.celsius)));
    chip().or_else(|| sensors.chain(boards()).max_by(|a, b| a.1.total_cmp(&b.1)))
}

#[cfg(test)]
mod tests;
