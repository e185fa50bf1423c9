//! A day of the main figures of every miner, and of every coin of a pool, in a fixed amount of memory.
//!
//! Each of them has a ring of cells, one cell for each step of time, four bytes for each metric. One budget holds for all: with more
//! sources the steps get longer, the span stays a day. A step in which nothing was observed stays empty: a gap is a gap.

mod ring;
mod trend;

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use gssa_model::{Coin, MinerSnapshot, PoolSnapshot, SourceId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

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

/// A figure that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Hashrate in hashes per second, the mean of each step.
    CurrentHps,
    /// Power in watts, the mean of each step.
    Watts,
    /// The hottest chip in degrees Celsius, the mean of each step.
    ChipCelsius,
    /// Accepted shares since the device started (of a coin, as its pool counts them), the last of each step.
    Accepted,
    /// Rejected shares, counted the same way, the last of each step.
    Rejected,
}

impl Metric {
    /// Every metric, in the order of the cells.
    pub const ALL: [Self; 5] = [Self::CurrentHps, Self::Watts, Self::ChipCelsius, Self::Accepted, Self::Rejected];

    /// The word for it in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CurrentHps => "current_hps",
            Self::Watts => "watts",
            Self::ChipCelsius => "chip_celsius",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    const fn is_counter(self) -> bool {
        matches!(self, Self::Accepted | Self::Rejected)
    }

    fn of(self, miner: &MinerSnapshot) -> Option<f64> {
        match self {
            Self::CurrentHps => miner.hashing.current_hps.map(gssa_model::unit::Hashrate::get),
            Self::Watts => miner.power.watts.map(gssa_model::unit::Watts::get),
            Self::ChipCelsius => miner.hottest_chip().map(gssa_model::unit::Celsius::get),
            Self::Accepted => miner.work.accepted.map(|count| count as f64),
            Self::Rejected => miner.work.rejected.map(|count| count as f64),
        }
    }

    /// Of a coin of a pool: the hashrate of the shortest window, and its shares.
    fn of_coin(self, coin: &Coin) -> Option<f64> {
        let shares = coin.shares.as_ref();
        match self {
            Self::CurrentHps => coin.windows_hps.iter().next().map(|(_, hashrate)| hashrate.get()),
            Self::Watts | Self::ChipCelsius => None,
            Self::Accepted => shares?.accepted.map(|count| count as f64),
            Self::Rejected => shares?.rejected.map(|count| count as f64),
        }
    }
}

/// A word that names no [`Metric`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such metric; there are current_hps, watts, chip_celsius, accepted and rejected")]
pub struct UnknownMetric;

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(word: &str) -> Result<Self, UnknownMetric> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == word).ok_or(UnknownMetric)
    }
}

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

#[cfg(test)]
mod tests {
    use gssa_model::unit::{Hashrate, Watts};

    use super::*;

    const MINUTE_MS: i64 = 60_000;
    const START_MS: i64 = 1_795_276_800_000;

    fn id(text: &str) -> SourceId {
        text.parse().unwrap()
    }

    fn miner(ths: f64, accepted: u64) -> MinerSnapshot {
        let mut miner = MinerSnapshot::default();
        miner.hashing.current_hps = Hashrate::from_ths(ths);
        miner.power.watts = Watts::from_watts(20.0);
        miner.work.accepted = Some(accepted);
        miner
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_unix_ms(START_MS + minutes * MINUTE_MS)
    }

    fn points(history: &History, metric: Metric) -> Vec<(i64, f64)> {
        let series = history.series("a", None, metric, None).unwrap();
        series.points.into_iter().map(|(at, value)| ((at - START_MS) / MINUTE_MS, value)).collect()
    }

    #[test]
    fn a_step_keeps_the_mean_of_gauges_and_the_last_of_counters() {
        let mut history = History::new(1 << 20);
        for (second, ths, accepted) in [(0, 1.0, 10), (20, 2.0, 11), (40, 3.0, 12)] {
            history.record(&id("a"), Timestamp::from_unix_ms(START_MS + second * 1000), &miner(ths, accepted));
        }
        assert_eq!(points(&history, Metric::CurrentHps), [(0, f64::from(2e12_f32))]);
        assert_eq!(points(&history, Metric::Accepted), [(0, 12.0)]);
        assert_eq!(points(&history, Metric::ChipCelsius), [], "not reported");
    }

    #[test]
    fn a_gap_stays_a_gap_and_a_day_is_kept() {
        let mut history = History::new(1 << 20);
        for minute in (0..100).chain(200..2000) {
            history.record(&id("a"), at(minute), &miner(1.0, minute as u64));
        }
        let kept: Vec<i64> = points(&history, Metric::Accepted).into_iter().map(|(minute, _)| minute).collect();
        assert_eq!((kept.first(), kept.last(), kept.len()), (Some(&560), Some(&1999), 1440));
        history.record(&id("a"), at(2500), &miner(1.0, 1));
        let kept: Vec<i64> = points(&history, Metric::Accepted).into_iter().map(|(minute, _)| minute).collect();
        assert_eq!((kept.first(), kept.len()), (Some(&1061), 940), "500 minutes were not observed");
        history.record(&id("a"), at(9000), &miner(1.0, 1));
        assert_eq!(points(&history, Metric::Accepted), [(9000, 1.0)]);
    }

    #[test]
    fn more_sources_make_longer_steps_within_the_budget() {
        for (sources, step) in [(0, 60), (1, 60), (560, 60), (1_000, 120), (10_000, 1200), (1_000_000, 14400)] {
            assert_eq!(step_for(16 << 20, sources), step, "{sources}");
        }
        let mut history = History::new(16 << 20);
        history.fit(16 << 20, 10_000);
        for source in 0..10_000 {
            let id = id(&format!("s{source}"));
            history.record(&id, at(0), &miner(1.0, 1));
        }
        assert!(history.bytes() <= 16 << 20, "{}", history.bytes());
    }

    #[test]
    fn a_change_of_step_keeps_the_day() {
        let mut history = History::new(1 << 20);
        for minute in 0..1440 {
            history.record(&id("a"), at(minute), &miner(1.0 + f64::from(minute as i32 % 2), minute as u64));
        }
        history.fit(16 << 20, 10_000);
        let coarse = points(&history, Metric::CurrentHps);
        assert_eq!((coarse.len(), coarse[0].0, coarse[71].0), (72, 0, 1420));
        assert!(coarse.iter().all(|(_, hps)| (hps - 1.5e12).abs() < 1e6), "means of each 20 minutes: {coarse:?}");
        history.fit(16 << 20, 1);
        assert_eq!(points(&history, Metric::CurrentHps).len(), 72, "finer steps, the same points");
        history.record(&id("a"), at(1440), &miner(1.0, 1440));
        assert_eq!(points(&history, Metric::CurrentHps).last().map(|point| point.0), Some(1440));
    }

    #[test]
    fn a_clock_set_back_never_loses_the_place() {
        let mut history = History::new(1 << 20);
        for minute in 0..60 {
            history.record(&id("a"), at(minute), &miner(1.0, minute as u64));
        }
        history.record(&id("a"), at(30), &miner(1.0, 777));
        assert_eq!(points(&history, Metric::Accepted)[30], (30, 777.0));
        history.record(&id("a"), at(-100_000), &miner(1.0, 5));
        assert_eq!(points(&history, Metric::Accepted), [(-100_000, 5.0)]);
    }

    #[test]
    fn half_hours_are_means_and_gaps_stay_gaps() {
        let mut history = History::new(1 << 20);
        for minute in (0..60).chain(90..100) {
            history.record(&id("a"), at(minute), &miner(1.0 + f64::from(minute as i32 / 30), 1));
        }
        let hours =
            |history: &History, minute| history.half_hours("a", at(minute)).map(|hps| hps.map(|hps| hps / 1e12));
        let day = hours(&history, 99);
        assert_eq!(
            day[44..],
            [Some(1.0), Some(2.0), None, Some(4.0)]
                .map(|ths: Option<f64>| ths.map(|ths| f64::from((ths * 1e12) as f32) / 1e12))
        );
        assert_eq!(day[..44], [None; 44]);
        assert_eq!(hours(&history, 99 + 47 * 30)[0], day[47], "a day later it is the oldest");
        assert_eq!(hours(&history, 99 + 48 * 30), [None; 48]);
        assert_eq!(history.half_hours("b", at(0)), [None; 48]);
    }

    #[test]
    fn a_long_step_stands_for_all_its_half_hours() {
        let mut history = History::new(1 << 20);
        history.fit(1, 1);
        assert_eq!(history.step_secs(), 14400);
        history.record(&id("a"), Timestamp::from_unix_ms(0), &miner(1.0, 1));
        let known = history.half_hours("a", Timestamp::from_unix_ms(4 * 3_600_000)).map(|hps| hps.is_some());
        assert_eq!((known.iter().filter(|known| **known).count(), known[39], known[47]), (8, true, false));
    }

    #[test]
    fn since_cuts_the_series() {
        let mut history = History::new(1 << 20);
        for minute in 0..10 {
            history.record(&id("a"), at(minute), &miner(1.0, 1));
        }
        let series = history.series("a", None, Metric::Watts, Some(START_MS + 7 * MINUTE_MS)).unwrap();
        assert_eq!(series.points.len(), 3);
        assert_eq!(history.series("b", None, Metric::Watts, None), None);
    }

    fn pool(coins: &[(&str, f64)]) -> PoolSnapshot {
        let mut pool = PoolSnapshot::default();
        for (key, ths) in coins {
            let mut coin = Coin { key: (*key).to_owned(), ..Coin::default() };
            for (window, times) in [("1m", 1.0), ("15m", 2.0)] {
                coin.windows_hps.push(window, Hashrate::from_ths(ths * times).unwrap());
            }
            pool.coins.push(coin);
        }
        pool
    }

    fn of_coin(history: &History, key: &str) -> Option<Vec<(i64, f64)>> {
        let series = history.series("gss", Some(key), Metric::CurrentHps, None)?;
        Some(
            series
                .points
                .into_iter()
                .map(|(at, value)| ((at - START_MS) / MINUTE_MS, (value / 1e12).round()))
                .collect(),
        )
    }

    #[test]
    fn each_coin_of_a_pool_has_a_day_of_its_shortest_window() {
        let mut history = History::new(1 << 20);
        history.record_pool(&id("gss"), at(0), &pool(&[("BTC", 5.0), ("DGB", 7.0)]));
        history.record_pool(&id("gss"), at(1), &pool(&[("BTC", 6.0)]));
        assert_eq!(of_coin(&history, "BTC").unwrap(), [(0, 5.0), (1, 6.0)]);
        assert_eq!(of_coin(&history, "DGB").unwrap(), [(0, 7.0)], "not there for the moment");
        assert_eq!(of_coin(&history, "XEC"), None);
        assert!(history.series("gss", None, Metric::CurrentHps, None).is_none(), "a pool is no miner");
        let watts = history.series("gss", Some("BTC"), Metric::Watts, None).unwrap();
        assert_eq!(watts.points, []);
        history.record_pool(&id("gss"), at(1440), &pool(&[("BTC", 6.0)]));
        assert_eq!(of_coin(&history, "DGB"), None, "a day later it is forgotten");
        history.forget("gss");
        assert_eq!((of_coin(&history, "BTC"), history.bytes()), (None, 0));
    }

    #[test]
    fn coins_share_the_budget_and_are_bounded() {
        let mut history = History::new(1 << 20);
        history.fit(1 << 20, 1);
        let many: Vec<String> = (0..200).map(|number| format!("K{number}")).collect();
        let coins: Vec<_> = many.iter().map(|key| (key.as_str(), 1.0)).collect();
        history.record_pool(&id("gss"), at(0), &pool(&coins));
        assert_eq!(
            (history.step_secs(), of_coin(&history, "K63").is_some(), of_coin(&history, "K64")),
            (120, true, None)
        );
        assert!(history.bytes() <= 1 << 20, "{}", history.bytes());
        history.forget("gss");
        assert_eq!(history.step_secs(), 60);
    }
}
