//! The whole fleet in a few figures.

use std::collections::BTreeMap;

use gssa_model::unit::{Celsius, Hashrate, JoulesPerTerahash, Watts};
use gssa_model::{HashingState, Health, MinerSnapshot, Reading, SourceId, State};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::store::Versioned;
use crate::table::SnapshotKind;

/// Totals over all sources.
///
/// A source that missed once counts with its last values; one that is down does not, but its expected hashrate stays in the sum. One
/// that is paused on purpose counts with its power and not with an expected hashrate.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Summary {
    /// All sources, disabled ones included.
    pub sources: u64,
    /// How many of each health.
    pub by_health: BTreeMap<&'static str, u64>,
    /// How many of each state.
    pub by_state: BTreeMap<&'static str, u64>,
    /// How many of each kind.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Mining devices, and what is not known yet.
    pub miners: Count,
    /// Pools.
    pub pools: Count,
    /// Servers.
    pub infrastructure: Count,
    /// Hashrate by algorithm.
    pub hashing: BTreeMap<String, HashingTotal>,
    /// Power of all that report it, in watts.
    pub watts: Option<f64>,
    /// How many miners that are on do not report their power.
    pub without_watts: u64,
    /// Shares of all miners since each of them started.
    pub shares: Shares,
    /// The hottest chip of the fleet.
    pub hottest_chip: Option<HottestChip>,
    /// Faults that devices report themselves.
    pub faults: u64,
}

/// Sources of one sort.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Count {
    /// All of them, disabled ones included.
    pub total: u64,
    /// How many are in a state that asks for attention: `hot`, `not_hashing`, `offline`, `auth`, `degraded` or `stale`.
    pub attention: u64,
    /// How many of each state.
    pub by_state: BTreeMap<&'static str, u64>,
}

impl Count {
    fn add(&mut self, state: State) {
        use State::{Auth, Degraded, Hot, NotHashing, Offline, Stale};
        self.total += 1;
        self.attention += u64::from(matches!(state, Hot | NotHashing | Offline | Auth | Degraded | Stale));
        *self.by_state.entry(state.as_str()).or_default() += 1;
    }
}

/// Hashrate of one algorithm.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub struct HashingTotal {
    /// Miners of this algorithm.
    pub miners: u64,
    /// The sum of what they do now, in hashes per second.
    pub current_hps: f64,
    /// The sum of what they should do.
    pub expected_hps: f64,
    /// Power over hashrate of those that report both.
    pub efficiency_joules_per_terahash: Option<f64>,
}

/// Shares of many miners.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "ShareTotal")]
pub struct Shares {
    /// Accepted.
    pub accepted: u64,
    /// Rejected.
    pub rejected: u64,
    /// Accepted in percent of those that were answered.
    pub accepted_percent: Option<f64>,
}

/// A chip and whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HottestChip {
    /// Its temperature in degrees Celsius.
    pub celsius: f64,
    /// The source.
    pub source_id: SourceId,
}

/// The summary of these readings.
pub fn summary(readings: &[Versioned]) -> Summary {
    let mut summary = Summary { sources: readings.len() as u64, ..Summary::default() };
    let mut efficient: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for Versioned { reading, .. } in readings {
        *summary.by_health.entry(reading.health.as_str()).or_default() += 1;
        *summary.by_state.entry(reading.state.as_str()).or_default() += 1;
        *summary.by_kind.entry(reading.source.kind.as_str()).or_default() += 1;
        let sort = match SnapshotKind::of(reading) {
            Some(SnapshotKind::Pool) => &mut summary.pools,
            Some(SnapshotKind::Infrastructure) => &mut summary.infrastructure,
            Some(SnapshotKind::Miner) | None => &mut summary.miners,
        };
        sort.add(reading.state);
        if let Some(miner) = reading.snapshot.as_ref().and_then(|snapshot| snapshot.as_miner()) {
            summary.add(reading, miner, &mut efficient);
        }
    }
    for (algorithm, (watts, hps)) in efficient {
        let efficiency = Watts::from_watts(watts).zip(Hashrate::from_hps(hps));
        let efficiency = efficiency.and_then(|(watts, hashrate)| JoulesPerTerahash::of(watts, hashrate));
        summary.hashing.entry(algorithm).or_default().efficiency_joules_per_terahash =
            efficiency.map(JoulesPerTerahash::get);
    }
    let Shares { accepted, rejected, .. } = summary.shares;
    let answered = accepted + rejected;
    summary.shares.accepted_percent = (answered > 0).then(|| accepted as f64 / answered as f64 * 100.0);
    summary
}

impl Summary {
    fn add(&mut self, reading: &Reading, miner: &MinerSnapshot, efficient: &mut BTreeMap<String, (f64, f64)>) {
        let is_shown = matches!(reading.health, Health::Up | Health::Partial | Health::Stale);
        if reading.health == Health::Disabled {
            return;
        }
        let algorithm = miner.hashing.algorithm.as_ref().map_or("unknown", |algorithm| algorithm.as_str()).to_owned();
        let total = self.hashing.entry(algorithm.clone()).or_default();
        total.miners += 1;
        let is_paused = miner.hashing.state == Some(HashingState::Paused) || reading.state == State::Standby;
        if !is_paused {
            total.expected_hps += miner.hashing.expected_hps.map_or(0.0, Hashrate::get);
        }
        if !is_shown {
            return;
        }
        let hashrate = miner.hashing.current_hps.map(Hashrate::get);
        let watts = miner.power.watts.map(Watts::get);
        total.current_hps += hashrate.unwrap_or(0.0);
        match watts {
            Some(watts) => *self.watts.get_or_insert(0.0) += watts,
            None => self.without_watts += 1,
        }
        if let (Some(watts), Some(hps)) = (watts, hashrate.filter(|hps| *hps > 0.0)) {
            let sums = efficient.entry(algorithm).or_default();
            *sums = (sums.0 + watts, sums.1 + hps);
        }
        self.shares.accepted += miner.work.accepted.unwrap_or(0);
        self.shares.rejected += miner.work.rejected.unwrap_or(0);
        self.faults += miner.faults.len() as u64;
        if let Some(celsius) = miner.hottest_chip().map(Celsius::get)
            && self.hottest_chip.as_ref().is_none_or(|hottest| celsius > hottest.celsius)
        {
            self.hottest_chip = Some(HottestChip { celsius, source_id: reading.source.id.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gssa_model::{Algorithm, Sensor, Source, SourceKind, Temperature};

    use super::*;

    fn entry(id: &str, health: Health, ths: f64, watts: Option<f64>) -> Versioned {
        let mut miner = MinerSnapshot::default();
        miner.hashing.algorithm = Some(Algorithm::SHA256D);
        miner.hashing.current_hps = Hashrate::from_ths(ths);
        miner.hashing.expected_hps = Hashrate::from_ths(2.0);
        miner.power.watts = watts.and_then(Watts::from_watts);
        (miner.work.accepted, miner.work.rejected) = (Some(99), Some(1));
        let celsius = Celsius::from_celsius(50.0 + ths).unwrap();
        miner.temperatures.push(Temperature { sensor: Sensor::Chip, index: 0, celsius });
        let source = Source::new(id.parse().unwrap(), SourceKind::Axeos, "");
        let mut reading = Reading::pending(Arc::new(source));
        reading.health = health;
        reading.snapshot = Some(Arc::new(miner.into()));
        Versioned { revision: 1, reading: Arc::new(reading), findings: Arc::new([]) }
    }

    #[test]
    fn the_down_count_only_as_expected() {
        let readings = [
            entry("a", Health::Up, 2.0, Some(30.0)),
            entry("b", Health::Stale, 1.0, None),
            entry("c", Health::Down, 5.0, Some(99.0)),
            entry("d", Health::Disabled, 5.0, Some(99.0)),
        ];
        let summary = summary(&readings);
        let total = &summary.hashing["sha256d"];
        assert_eq!((total.miners, total.current_hps, total.expected_hps), (3, 3e12, 6e12));
        assert_eq!((summary.watts, summary.without_watts), (Some(30.0), 1));
        assert_eq!(total.efficiency_joules_per_terahash, Some(15.0), "of those that report both");
        assert_eq!(summary.hottest_chip.as_ref().map(|hottest| hottest.source_id.as_str()), Some("a"));
        assert_eq!((summary.sources, summary.by_health["up"], summary.by_health["down"]), (4, 1, 1));
        assert_eq!(summary.shares, Shares { accepted: 198, rejected: 2, accepted_percent: Some(99.0) });
    }

    #[test]
    fn paused_on_purpose_is_not_expected_to_hash() {
        let mut paused = entry("a", Health::Up, 0.0, Some(3.0));
        let mut reading = (*paused.reading).clone();
        reading.state = State::Standby;
        paused.reading = Arc::new(reading);
        let summary = summary(&[paused]);
        assert_eq!((summary.hashing["sha256d"].expected_hps, summary.watts), (0.0, Some(3.0)));
    }

    #[test]
    fn sources_are_counted_by_what_they_are() {
        let of = |id: &str, kind, state| {
            let mut entry = entry(id, Health::Up, 1.0, None);
            let reading = Arc::make_mut(&mut entry.reading);
            (reading.state, reading.snapshot) = (state, None);
            Arc::make_mut(&mut reading.source).kind = kind;
            entry
        };
        let summary = summary(&[
            of("a", SourceKind::Axeos, State::Hashing),
            of("b", SourceKind::Auto, State::Pending),
            of("c", SourceKind::Canaan, State::Hot),
            of("d", SourceKind::Gss, State::Stale),
            of("e", SourceKind::Mim, State::Running),
            of("f", SourceKind::Host, State::Running),
        ]);
        let figures = |count: &Count| (count.total, count.attention, count.by_state.clone());
        assert_eq!(figures(&summary.miners), (3, 1, BTreeMap::from([("hashing", 1), ("hot", 1), ("pending", 1)])));
        assert_eq!(figures(&summary.pools), (1, 1, BTreeMap::from([("stale", 1)])));
        assert_eq!(figures(&summary.infrastructure), (2, 0, BTreeMap::from([("running", 2)])));
    }

    #[test]
    fn an_empty_fleet_has_no_figures() {
        assert_eq!(summary(&[]), Summary::default());
    }
}
