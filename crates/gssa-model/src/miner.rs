//! The snapshot of a mining device.

use std::borrow::Cow;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_with::skip_serializing_none;

use crate::unit::{Celsius, Difficulty, Hashrate, JoulesPerTerahash, Megahertz, Millivolts, Percent, Volts, Watts};
use crate::{Gap, Mac};

/// What a mining device said about itself. Whatever it did not report is absent.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct MinerSnapshot {
    /// What it is.
    pub identity: Identity,
    /// How fast it hashes.
    pub hashing: Hashing,
    /// What came of it.
    pub work: Work,
    /// What it draws and at which settings.
    pub power: Power,
    /// One entry for each sensor that the device names.
    pub temperatures: Vec<Temperature>,
    /// The fans that exist; one that stands still has `rpm` 0.
    pub fans: Vec<Fan>,
    /// Hash boards, or the groups of chips that the device counts apart.
    pub boards: Vec<Board>,
    /// The pools it is configured with.
    pub pools: Vec<Pool>,
    /// How it is connected.
    pub network: Network,
    /// Seconds since it started.
    pub uptime_secs: Option<u64>,
    /// What the device itself says is wrong.
    pub faults: Vec<Fault>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

impl MinerSnapshot {
    /// Fills in the figures that follow from reported ones. Every normalization ends with it.
    #[must_use]
    pub fn with_derived(mut self) -> Self {
        let hashrate =
            self.hashing.average_hps.filter(|_| self.hashing.current_hps.is_none()).or(self.hashing.current_hps);
        self.power.efficiency_joules_per_terahash =
            self.power.watts.zip(hashrate).and_then(|(watts, hashrate)| JoulesPerTerahash::of(watts, hashrate));
        self
    }

    /// The hashrate now in percent of the expected one.
    pub fn percent_of_expected(&self) -> Option<Percent> {
        let expected = self.hashing.expected_hps.filter(|expected| expected.get() > 0.0)?;
        Percent::from_fraction(self.hashing.current_hps?.get() / expected.get())
    }

    /// Rejected shares in percent of all shares that were answered.
    pub fn reject_percent(&self) -> Option<Percent> {
        let (accepted, rejected) = (self.work.accepted?, self.work.rejected?);
        (accepted + rejected > 0)
            .then(|| rejected as f64 / (accepted + rejected) as f64)
            .and_then(Percent::from_fraction)
    }

    /// The hottest chip.
    pub fn hottest_chip(&self) -> Option<Celsius> {
        let sensors = self.temperatures.iter().filter(|entry| entry.sensor == Sensor::Chip).map(|entry| entry.celsius);
        let boards = self.boards.iter().filter_map(|board| board.chip_celsius_max);
        sensors.chain(boards).max_by(|a, b| a.get().total_cmp(&b.get()))
    }

    /// The pool that gets the work now, the first one where several do.
    pub fn active_pool(&self) -> Option<&Pool> {
        self.pools.iter().find(|pool| pool.state == Some(PoolState::Active))
    }
}

/// What a device is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Identity {
    /// Who makes it: `Bitaxe`, `Bitmain`, `Canaan`.
    pub make: Option<String>,
    /// The model: `Gamma`, `Antminer S21`, `Avalon Nano 3S`.
    pub model: Option<String>,
    /// The board or hardware revision.
    pub board: Option<String>,
    /// The mining chip.
    pub chip: Option<String>,
    /// The name of the firmware.
    pub firmware: Option<String>,
    /// Its version as the device writes it.
    pub firmware_version: Option<String>,
    /// The host name, not unique and not an identity.
    pub hostname: Option<String>,
    /// The hardware address.
    pub mac: Option<Mac>,
    /// The serial number.
    pub serial: Option<String>,
}

/// How fast a device hashes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Hashing {
    /// What it hashes.
    pub algorithm: Option<Algorithm>,
    /// Absent if the device does not tell.
    pub state: Option<HashingState>,
    /// The shortest window that the device gives, in hashes per second.
    pub current_hps: Option<Hashrate>,
    /// Its long or lifetime average.
    pub average_hps: Option<Hashrate>,
    /// What it should do at its settings.
    pub expected_hps: Option<Hashrate>,
    /// Averages over named windows, shortest first.
    #[serde(skip_serializing_if = "Windows::is_empty")]
    pub windows_hps: Windows,
}

/// Averages by the length of their window, such as `1m` or `24h`, in the order they were added.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Windows(Vec<(Cow<'static, str>, Hashrate)>);

impl Windows {
    /// The most windows that are kept.
    pub const MAX: usize = 16;

    /// The windows in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Hashrate)> {
        self.0.iter().map(|(window, hashrate)| (window.as_ref(), *hashrate))
    }

    /// Adds a window unless there are [`Self::MAX`].
    pub fn push(&mut self, window: impl Into<Cow<'static, str>>, hashrate: Hashrate) {
        if self.0.len() < Self::MAX {
            self.0.push((window.into(), hashrate));
        }
    }

    /// The average over `window`.
    pub fn get(&self, window: &str) -> Option<Hashrate> {
        self.0.iter().find(|(name, _)| name == window).map(|(_, hashrate)| *hashrate)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Windows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (window, hashrate) in &self.0 {
            map.serialize_entry(window, hashrate)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Windows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Windows;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of windows")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Windows, A::Error> {
                let mut windows = Windows::default();
                while let Some((window, hashrate)) = map.next_entry::<String, Hashrate>()? {
                    windows.push(window, hashrate);
                }
                Ok(windows)
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Windows {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Windows".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": { "type": "number" } })
    }
}

/// A proof-of-work function, by its usual name in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Algorithm(Cow<'static, str>);

impl Algorithm {
    /// SHA-256d: Bitcoin and its kin.
    pub const SHA256D: Self = Self(Cow::Borrowed("sha256d"));

    /// From a name, in lower case.
    pub fn from_name(name: &str) -> Self {
        Self(Cow::Owned(name.to_ascii_lowercase()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HashingState {
    /// It works.
    Mining,
    /// Paused by a person, a schedule or a sleep mode.
    Paused,
    /// No work: no pool.
    Idle,
    /// Stopped by its own protection.
    Stopped,
    /// Starting up.
    Starting,
}

/// Shares and what became of them.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Work {
    /// Shares accepted since the device started.
    pub accepted: Option<u64>,
    /// Shares rejected since the device started.
    pub rejected: Option<u64>,
    /// Shares that came too late.
    pub stale: Option<u64>,
    /// Wrong results of the chips.
    pub hardware_errors: Option<u64>,
    /// Wrong results in percent, as the device computes it.
    pub error_percent: Option<Percent>,
    /// The best share ever.
    pub best_difficulty: Option<Difficulty>,
    /// The best share since the device started.
    pub best_session_difficulty: Option<Difficulty>,
    /// Blocks found.
    pub blocks_found: Option<u64>,
    /// Why shares were rejected, in the pool's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reject_reasons: Vec<RejectReason>,
}

/// One of the pool's reasons and how often it gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RejectReason {
    /// The pool's text.
    pub reason: String,
    /// How many shares.
    pub count: u64,
}

/// Electrical figures.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Power {
    /// What it draws, as the device measures or estimates it.
    pub watts: Option<Watts>,
    /// The supply voltage.
    pub input_volts: Option<Volts>,
    /// The core voltage measured.
    pub core_millivolts: Option<Millivolts>,
    /// The core voltage asked for.
    pub core_millivolts_set: Option<Millivolts>,
    /// The chip clock asked for.
    pub frequency_mhz: Option<Megahertz>,
    /// Derived from `watts` and the hashrate.
    pub efficiency_joules_per_terahash: Option<JoulesPerTerahash>,
}

/// One temperature sensor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Temperature {
    /// What it measures.
    pub sensor: Sensor,
    /// Which one of these, from 0.
    pub index: u32,
    /// The temperature.
    pub celsius: Celsius,
}

/// What a temperature sensor sits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sensor {
    /// A mining chip.
    Chip,
    /// A hash board.
    Board,
    /// A voltage regulator.
    Regulator,
    /// The air that comes in.
    Intake,
    /// The air that goes out.
    Outlet,
    /// The power supply.
    Psu,
}

/// One fan.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fan {
    /// Which one, from 0.
    pub index: u32,
    /// Turns per minute; 0 for a fan that stands still.
    #[serde(default)]
    pub rpm: Option<u32>,
    /// The speed asked for, 0 to 100.
    #[serde(default)]
    pub percent: Option<Percent>,
}

/// A hash board, or a group of chips that the device counts apart.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Board {
    /// Which one, from 0.
    pub index: u32,
    /// What it does.
    pub state: Option<BoardState>,
    /// Its own hashrate.
    pub current_hps: Option<Hashrate>,
    /// How many chips it has.
    pub chips: Option<u32>,
    /// Its clock.
    pub frequency_mhz: Option<Megahertz>,
    /// Wrong results of its chips.
    pub hardware_errors: Option<u64>,
    /// The coolest chip.
    pub chip_celsius_min: Option<Celsius>,
    /// The mean of the chips.
    pub chip_celsius_avg: Option<Celsius>,
    /// The hottest chip.
    pub chip_celsius_max: Option<Celsius>,
    /// The hottest sensor of the board.
    pub board_celsius_max: Option<Celsius>,
    /// Every chip that has a sensor, in the device's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chips_celsius: Vec<Celsius>,
    /// The hashrate of each part of a chip that counts for itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains_hps: Vec<Hashrate>,
}

impl Board {
    /// Keeps the temperatures of the chips and reduces them to lowest, mean and highest.
    #[must_use]
    pub fn with_chips_celsius(mut self, chips: Vec<Celsius>) -> Self {
        let by_value = |a: &Celsius, b: &Celsius| a.get().total_cmp(&b.get());
        self.chip_celsius_min = chips.iter().copied().min_by(by_value);
        self.chip_celsius_max = chips.iter().copied().max_by(by_value);
        let sum: f64 = chips.iter().map(|chip| chip.get()).sum();
        self.chip_celsius_avg = if chips.is_empty() { None } else { Celsius::from_celsius(sum / chips.len() as f64) };
        self.chips_celsius = chips;
        self
    }
}

/// What a hash board does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BoardState {
    /// It works.
    Hashing,
    /// It is there and does nothing.
    Idle,
    /// It is not there.
    Missing,
    /// It is broken.
    Failed,
    /// It is switched off.
    Off,
}

/// A pool that the device is configured with.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Pool {
    /// Which one, from 0, in the device's order.
    pub index: u32,
    /// Scheme, host and port, never credentials: `stratum+tcp://public-pool.io:21496`.
    pub url: Option<String>,
    /// The user or worker name; it often holds a wallet address.
    pub user: Option<String>,
    /// Absent if the device does not tell.
    pub state: Option<PoolState>,
    /// What it is there for.
    pub role: Option<PoolRole>,
    /// Shares that this pool accepted.
    pub accepted: Option<u64>,
    /// Shares that this pool rejected.
    pub rejected: Option<u64>,
    /// Shares that came too late for this pool.
    pub stale: Option<u64>,
    /// The share difficulty that the pool asks for.
    pub difficulty: Option<Difficulty>,
    /// The round trip to the pool in milliseconds.
    pub ping_ms: Option<f64>,
}

/// What a pool is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PoolState {
    /// It gets the work.
    Active,
    /// It is there and waits.
    Standby,
    /// It cannot be reached.
    Dead,
    /// A person switched it off.
    Disabled,
}

/// What a pool is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PoolRole {
    /// The first choice.
    Primary,
    /// The next one when the first fails.
    Fallback,
    /// It shares the work with the primary.
    Second,
    /// The firmware's own fee.
    Fee,
}

/// How a device is connected.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Network {
    /// The device's own idea of its IP address.
    pub ip: Option<std::net::IpAddr>,
    /// Wi-Fi signal strength.
    pub rssi_dbm: Option<i32>,
}

/// Something that the device itself says is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fault {
    /// What.
    pub code: FaultCode,
    /// How bad.
    pub severity: Severity,
    /// In words.
    pub message: String,
}

/// What can be wrong with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultCode {
    /// Its overheat protection is on.
    Overheat,
    /// The regulator or the power supply failed.
    Power,
    /// Another part failed.
    Hardware,
    /// A pool is not to be had.
    Pool,
    /// It is in its set-up mode or has lost its Wi-Fi.
    Setup,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// It should be looked at.
    Warning,
    /// It costs money or hardware now.
    Critical,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn miner(hps: Option<f64>, watts: Option<f64>) -> MinerSnapshot {
        let mut miner = MinerSnapshot::default();
        miner.hashing.current_hps = hps.and_then(Hashrate::from_hps);
        miner.power.watts = watts.and_then(Watts::from_watts);
        miner.with_derived()
    }

    #[test]
    fn nothing_reported_is_nothing_written() {
        let json = serde_json::to_value(MinerSnapshot::default()).unwrap();
        let empty = serde_json::json!({ "identity": {}, "hashing": {}, "work": {}, "power": {}, "temperatures": [], "fans": [],
            "boards": [], "pools": [], "network": {}, "faults": [], "gaps": [] });
        assert_eq!(json, empty);
    }

    #[test]
    fn efficiency_is_derived_only_from_both_figures() {
        let efficiency =
            |hps, watts| miner(hps, watts).power.efficiency_joules_per_terahash.map(JoulesPerTerahash::get);
        assert_eq!(efficiency(Some(2e12), Some(40.0)), Some(20.0));
        assert_eq!(efficiency(Some(0.0), Some(40.0)), None);
        assert_eq!(efficiency(None, Some(40.0)), None);
        assert_eq!(efficiency(Some(2e12), None), None);
    }

    #[test]
    fn shares_in_percent_need_shares() {
        let mut miner = MinerSnapshot::default();
        (miner.work.accepted, miner.work.rejected) = (Some(0), Some(0));
        assert_eq!(miner.reject_percent(), None);
        (miner.work.accepted, miner.work.rejected) = (Some(99), Some(1));
        assert_eq!(miner.reject_percent().map(Percent::get), Some(1.0));
    }

    #[test]
    fn chips_are_reduced_and_kept() {
        let chips = [50.0, 70.0, 60.0].into_iter().filter_map(Celsius::from_celsius).collect();
        let board = Board::default().with_chips_celsius(chips);
        let figures =
            [board.chip_celsius_min, board.chip_celsius_avg, board.chip_celsius_max].map(|c| c.map(Celsius::get));
        assert_eq!((figures, board.chips_celsius.len()), ([Some(50.0), Some(60.0), Some(70.0)], 3));
        assert_eq!(Board::default().with_chips_celsius(Vec::new()), Board::default());
    }

    #[test]
    fn windows_keep_their_order_through_json() {
        let mut windows = Windows::default();
        for (window, ghs) in [("1m", 3.0), ("10m", 2.0), ("1h", 1.0)] {
            windows.push(window, Hashrate::from_ghs(ghs).unwrap());
        }
        let json = serde_json::to_string(&windows).unwrap();
        assert_eq!(json, r#"{"1m":3000000000.0,"10m":2000000000.0,"1h":1000000000.0}"#);
        assert_eq!(serde_json::from_str::<Windows>(&json).unwrap(), windows);
    }
}
