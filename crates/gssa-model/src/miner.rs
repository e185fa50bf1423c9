//! The snapshot of a mining device.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::Gap;
use crate::unit::{Celsius, JoulesPerTerahash, Percent};

mod board;
mod electrical;
mod fault;
mod hashing;
mod identity;
mod pool;
mod windows;
mod work;

pub use board::{Board, BoardState};
pub use electrical::{Fan, Power, Sensor, Temperature};
pub use fault::{Fault, FaultCode, Severity};
pub use hashing::{Algorithm, Hashing, HashingState};
pub use identity::{Identity, Network};
pub use pool::{Pool, PoolRole, PoolState};
pub use windows::Windows;
pub use work::{RejectReason, Work};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::{Hashrate, Watts};

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
}
