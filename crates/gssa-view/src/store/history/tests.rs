//! What a history keeps, and in how much memory.

use gssa_model::Coin;
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
    let hours = |history: &History, minute| history.half_hours("a", at(minute)).map(|hps| hps.map(|hps| hps / 1e12));
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
    Some(series.points.into_iter().map(|(at, value)| ((at - START_MS) / MINUTE_MS, (value / 1e12).round())).collect())
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
    assert_eq!((history.step_secs(), of_coin(&history, "K63").is_some(), of_coin(&history, "K64")), (120, true, None));
    assert!(history.bytes() <= 1 << 20, "{}", history.bytes());
    history.forget("gss");
    assert_eq!(history.step_secs(), 60);
}
