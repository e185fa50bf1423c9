//! A day of the main figures of every miner, and of every coin of a pool, in a fixed amount of memory.
//!
//! Each of them has a ring of cells, one cell for each step of time, four bytes for each metric. One budget holds for all: with more
//! sources the steps get longer, the span stays a day. A step in which nothing was observed stays empty: a gap is a gap.

mod metric;
mod ring;
#[cfg(test)]
mod tests;
mod trend;

use std::collections::{BTreeMap, HashMap};

use gssa_model::{MinerSnapshot, PoolSnapshot, SourceId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

pub use metric::{Metric, UnknownMetric};
use ring::{Cell, Ring, cells_for, slot_of};
pub use trend::{MAX_TREND_POINTS, Member, Trend};

/// How far back the history reaches.
const SPAN_SECS: u64 = 24 * 3600;

/// The steps that can be taken, finest first; each divides the span.
const STEPS_SECS: [u64; 11] = [60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 14400];

/// So many coins of one pool are kept.
const MAX_COINS: usize = 64;

/// What one source costs beside its cells: the key, the ring and the place in the map.
const OVERHEAD_BYTES: u64 = 200;

/// One metric of one source over time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Series {
    /// What it is.
    pub metric: Metric,
    /// The time between two points.
    pub step_secs: u64,
    /// Unix milliseconds and value, oldest first; missing points are left out.
    pub points: Vec<(i64, f64)>,
}

/// The rings of all sources.
#[derive(Debug)]
pub struct History {
    max_bytes: u64,
    /// How many sources there will be.
    sources: usize,
    step_secs: u64,
    /// Of miners.
    rings: HashMap<SourceId, Ring>,
    /// Of pools, by the keys of their coins.
    coins: HashMap<SourceId, BTreeMap<String, Ring>>,
}

impl History {
    /// A history that never holds more than about `max_bytes`.
    pub fn new(max_bytes: u64) -> Self {
        Self { max_bytes, sources: 0, step_secs: STEPS_SECS[0], rings: HashMap::new(), coins: HashMap::new() }
    }

    /// The time between two points at the moment.
    pub const fn step_secs(&self) -> u64 {
        self.step_secs
    }

    /// Sets the budget and how many sources share it; what is kept is brought to the step that follows.
    pub fn fit(&mut self, max_bytes: u64, sources: usize) {
        (self.max_bytes, self.sources) = (max_bytes, sources);
        self.fit_coins();
    }

    /// Brings what is kept to the step that the budget allows. How many coins a pool has is seen when it answers.
    fn fit_coins(&mut self) {
        let coins: usize = self.coins.values().map(BTreeMap::len).sum();
        let step_secs = step_for(self.max_bytes, (self.sources + coins) as u64);
        if step_secs != self.step_secs {
            let all = self.rings.values_mut().chain(self.coins.values_mut().flat_map(BTreeMap::values_mut));
            all.for_each(|ring| *ring = ring.with_step(self.step_secs, step_secs));
            self.step_secs = step_secs;
        }
    }

    /// Adds what was observed of a miner at `at`.
    pub fn record(&mut self, id: &SourceId, at: Timestamp, miner: &MinerSnapshot) {
        let slot = slot_of(at.unix_ms(), self.step_secs);
        let values = Metric::ALL.map(|metric| metric.of(miner));
        if let Some(ring) = self.rings.get_mut(id) {
            ring.record(slot, values);
        } else {
            let mut ring = Ring::new(cells_for(self.step_secs), slot);
            ring.record(slot, values);
            self.rings.insert(id.clone(), ring);
        }
    }

    /// Adds what was observed of a pool at `at`. Coins that it no longer has are kept for a day.
    pub fn record_pool(&mut self, id: &SourceId, at: Timestamp, pool: &PoolSnapshot) {
        let slot = slot_of(at.unix_ms(), self.step_secs);
        let cells = cells_for(self.step_secs);
        let coins = self.coins.entry(id.clone()).or_default();
        let before = coins.len();
        coins.retain(|key, ring| slot - ring.newest < cells as i64 || pool.coins.iter().any(|coin| coin.key == *key));
        for coin in &pool.coins {
            let values = Metric::ALL.map(|metric| metric.of_coin(coin));
            if let Some(ring) = coins.get_mut(&coin.key) {
                ring.record(slot, values);
            } else if coins.len() < MAX_COINS {
                let mut ring = Ring::new(cells, slot);
                ring.record(slot, values);
                coins.insert(coin.key.clone(), ring);
            }
        }
        if coins.len() != before {
            self.fit_coins();
        }
    }

    /// Forgets a source.
    pub fn forget(&mut self, id: &str) {
        self.rings.remove(id);
        if self.coins.remove(id).is_some() {
            self.fit_coins();
        }
    }

    /// One metric of a source, or of a coin of a pool, from `since_ms` on; `None` for one without history.
    pub fn series(&self, id: &str, coin: Option<&str>, metric: Metric, since_ms: Option<i64>) -> Option<Series> {
        let ring = match coin {
            Some(key) => self.coins.get(id)?.get(key)?,
            None => self.rings.get(id)?,
        };
        let step_ms = self.step_secs as i64 * 1000;
        let since_ms = since_ms.unwrap_or(i64::MIN);
        let points = ring.slots().map(|slot| (slot * step_ms, ring.value(slot, metric)));
        let points = points.filter_map(|(at, value)| Some((at, value?))).filter(|(at, _)| *at >= since_ms).collect();
        Some(Series { metric, step_secs: self.step_secs, points })
    }

    /// The mean hashrate of a source in each half hour of the last day.
    pub fn half_hours(&self, id: &str, now: Timestamp) -> HalfHours {
        let mut sums = [(0.0, 0_u32); HALF_HOURS];
        let Some(ring) = self.rings.get(id) else { return [None; HALF_HOURS] };
        let first = half_hour(now.unix_ms()) - HALF_HOURS as i64 + 1;
        let step_ms = self.step_secs as i64 * 1000;
        for slot in ring.slots() {
            let Some(value) = ring.value(slot, Metric::CurrentHps) else { continue };
            // A long step stands for every half hour that it begins or covers.
            for at in half_hour(slot * step_ms)..=half_hour((slot + 1) * step_ms - 1) {
                if let Some((sum, count)) = usize::try_from(at - first).ok().and_then(|at| sums.get_mut(at)) {
                    (*sum, *count) = (*sum + value, *count + 1);
                }
            }
        }
        sums.map(|(sum, count)| (count > 0).then(|| sum / f64::from(count)))
    }

    /// What the rings hold in bytes.
    pub fn bytes(&self) -> u64 {
        let coins = self.coins.values().flat_map(BTreeMap::values);
        self.rings
            .values()
            .chain(coins)
            .map(|ring| ring.cells.len() as u64 * size_of::<Cell>() as u64 + OVERHEAD_BYTES)
            .sum()
    }
}

/// Half hours of a day.
const HALF_HOURS: usize = 48;

/// A figure for each half hour of a day, oldest first; the last one is the current half hour, as far as it has come.
pub type HalfHours = [Option<f64>; HALF_HOURS];

/// Which half hour since 1970 a time is in.
pub const fn half_hour(unix_ms: i64) -> i64 {
    unix_ms.div_euclid(30 * 60 * 1000)
}

/// The finest step with which `sources` rings fit into `max_bytes`; the coarsest one when none does.
fn step_for(max_bytes: u64, sources: u64) -> u64 {
    let fits =
        |step: &u64| sources * (cells_for(*step) as u64 * size_of::<Cell>() as u64 + OVERHEAD_BYTES) <= max_bytes;
    STEPS_SECS.into_iter().find(fits).unwrap_or(STEPS_SECS[STEPS_SECS.len() - 1])
}
