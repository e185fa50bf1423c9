//! The hashrate that is estimated for a `GoStratumEngine`, over hours that pass in no time.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::time::Duration;

use gssa_gss::gse::{Estimator, normalize, parse_sessions, parse_stats};
use gssa_model::Coin;
use gssa_model::unit::Hashrate;
use serde_json::{Value, json};
use tokio::time::Instant;

/// An engine that is looked at from time to time.
struct Engine {
    begun: Instant,
    /// When it last started, in seconds after `begun`.
    started: u64,
    key: &'static str,
    estimator: Estimator,
}

/// A session: worker name, shares accepted, difficulty.
type Session = (&'static str, u64, f64);

impl Engine {
    fn new(key: &'static str) -> Self {
        Self { begun: Instant::now(), started: 0, key, estimator: Estimator::default() }
    }

    /// What is seen `at` seconds after the beginning.
    fn look(&mut self, at: u64, sessions: &[Session]) -> Coin {
        let total: u64 = sessions.iter().map(|(_, accepted, _)| accepted).sum();
        let stats = json!({ "uptime_seconds": (at - self.started) as f64 + 0.25,
            "coins": { self.key: { "shares_accepted": total, "shares_rejected": 0, "shares_stale": 0, "blocks_found": 0 } } });
        let session = |(name, accepted, difficulty): &Session| {
            json!({ "worker_name": name, "remote_addr": "192.168.1.51:1001",
            "difficulty": difficulty, "shares_accepted": accepted, "shares_rejected": 0, "shares_stale": 0, "blocks_found": 0 })
        };
        let listed: Vec<Value> = sessions.iter().map(session).collect();
        let stats = parse_stats(stats.to_string().as_bytes()).unwrap();
        let sessions = parse_sessions(json!({ "miners": { self.key: listed } }).to_string().as_bytes()).unwrap();
        let estimates = self.estimator.observe(self.begun + Duration::from_secs(at), &stats, &sessions);
        normalize(&stats, Some(&sessions), &estimates).coins.remove(0)
    }
}

/// Hashes per second of so many shares in so many seconds.
fn rate(shares: f64, difficulty: f64, secs: f64) -> f64 {
    shares * difficulty * 4_294_967_296.0 / secs
}

fn total(coin: &Coin) -> Option<f64> {
    assert_eq!(coin.estimated, !coin.windows_hps.is_empty(), "what is estimated says so");
    coin.windows_hps.get("15m").map(Hashrate::get)
}

fn worker(coin: &Coin, name: &str) -> Option<f64> {
    let worker = coin.workers.iter().find(|worker| worker.name == name).unwrap();
    assert_eq!(worker.estimated, worker.current_hps.map(|_| true));
    worker.current_hps.map(Hashrate::get)
}

#[track_caller]
fn assert_close(got: Option<f64>, wanted: f64) {
    let got = got.unwrap();
    assert!((got - wanted).abs() <= wanted * 1e-9, "{got} is not {wanted}");
}

#[test]
fn a_hashrate_is_the_work_accepted_over_a_quarter_of_an_hour() {
    let mut engine = Engine::new("BTC");
    for minute in 0_u64..60 {
        // Four shares a minute for half an hour, and eight from then on.
        let shares = minute * 4 + minute.saturating_sub(30) * 4;
        let coin = engine.look(minute * 60, &[("rig", 500 + shares, 1024.0)]);
        match minute {
            0..10 => assert_eq!((total(&coin), worker(&coin, "rig")), (None, None), "minute {minute}"),
            10..=30 => {
                assert_close(worker(&coin, "rig"), rate(4.0, 1024.0, 60.0));
                assert_close(total(&coin), rate(4.0, 1024.0, 60.0));
            }
            31..45 => {
                let rate_now = worker(&coin, "rig").unwrap();
                assert!(rate_now > rate(4.0, 1024.0, 60.0) && rate_now < rate(8.0, 1024.0, 60.0), "minute {minute}");
            }
            _ => assert_close(worker(&coin, "rig"), rate(8.0, 1024.0, 60.0)),
        }
    }
}

#[test]
fn how_often_it_is_looked_at_makes_no_difference() {
    for step in [1, 7, 30, 45, 60, 299] {
        let mut engine = Engine::new("BTC");
        let mut last = None;
        for at in (0..=3600).step_by(step) {
            last = total(&engine.look(at, &[("rig", at, 512.0)]));
        }
        assert_close(last, rate(1.0, 512.0, 1.0));
    }
}

#[test]
fn a_restart_begins_anew_also_where_the_uptime_does_not_show_it() {
    let mut engine = Engine::new("BTC");
    for minute in 0..=12 {
        engine.look(minute * 60, &[("rig", minute * 4, 1024.0)]);
    }
    // It restarted 11 minutes before it is looked at again: the uptime is as long as before, and the clock knows.
    engine.started = 13 * 60;
    let coin = engine.look(25 * 60, &[("rig", 400, 1024.0)]);
    assert_eq!((total(&coin), worker(&coin, "rig")), (None, None));
    engine.started = 26 * 60;
    assert_eq!(total(&engine.look(27 * 60, &[("rig", 4, 1024.0)])), None);
    assert_eq!(total(&engine.look(36 * 60, &[("rig", 40, 1024.0)])), None);
    assert_close(total(&engine.look(37 * 60, &[("rig", 44, 1024.0)])), rate(4.0, 1024.0, 60.0));
}

#[test]
fn a_worker_that_joins_has_its_own_ten_minutes_and_the_total_goes_on() {
    let mut engine = Engine::new("BTC");
    for minute in 0..=40 {
        let rig = ("rig", minute * 4, 1024.0);
        let late = ("late", 9000 + minute * 2, 4096.0);
        let coin = if minute < 20 { engine.look(minute * 60, &[rig]) } else { engine.look(minute * 60, &[rig, late]) };
        if (20..30).contains(&minute) {
            assert_eq!(worker(&coin, "late"), None, "what it did before it was seen does not count");
            assert!(total(&coin).unwrap() < rate(4.0, 1024.0, 60.0) + rate(2.0, 4096.0, 60.0) + 1.0);
        }
        if minute == 40 {
            assert_close(worker(&coin, "late"), rate(2.0, 4096.0, 60.0));
            assert_close(total(&coin), rate(4.0, 1024.0, 60.0) + rate(2.0, 4096.0, 60.0));
        }
    }
}

#[test]
fn the_counters_of_a_worker_that_comes_back_come_back_with_it() {
    let mut engine = Engine::new("BTC");
    let mut last = None;
    for minute in 0..=20 {
        let coin = match minute {
            8..=10 => engine.look(minute * 60, &[]),
            _ => engine.look(minute * 60, &[("rig", minute * 4, 1024.0)]),
        };
        last = Some(coin);
    }
    assert_close(worker(&last.unwrap(), "rig"), rate(4.0, 1024.0, 60.0));
}

#[test]
fn a_counter_that_goes_back_begins_anew_for_its_worker_alone() {
    let mut engine = Engine::new("BTC");
    for minute in 0..=15 {
        engine.look(minute * 60, &[("a", minute * 4, 1024.0), ("b", minute * 4, 1024.0)]);
    }
    let coin = engine.look(16 * 60, &[("a", 1, 1024.0), ("b", 64, 1024.0)]);
    assert_eq!(worker(&coin, "a"), None);
    assert_close(worker(&coin, "b"), rate(4.0, 1024.0, 60.0));
    let limit = rate(8.0, 1024.0, 60.0) * 1.001;
    assert!(total(&coin).is_some_and(|total| total < limit), "and is not counted as work");
}

#[test]
fn shares_between_two_difficulties_count_as_their_mean() {
    let mut engine = Engine::new("BTC");
    engine.look(0, &[("rig", 0, 1000.0)]);
    let coin = engine.look(600, &[("rig", 60, 3000.0)]);
    assert_close(worker(&coin, "rig"), rate(60.0, 2000.0, 600.0));
}

#[test]
fn the_sessions_of_one_name_are_counted_once() {
    let mut engine = Engine::new("BTC");
    for minute in 0..=10 {
        let coin = engine.look(minute * 60, &[("rig", minute * 8, 1000.0), ("rig", minute * 8, 3000.0)]);
        if minute == 10 {
            assert_close(worker(&coin, "rig"), rate(8.0, 2000.0, 60.0));
            assert_eq!((coin.active_workers, coin.workers.len(), coin.workers[0].sessions), (Some(1), 1, Some(2)));
        }
    }
}

#[test]
fn looks_that_are_too_far_apart_give_no_estimate() {
    let mut engine = Engine::new("BTC");
    for look in 0..4 {
        assert_eq!(total(&engine.look(look * 1000, &[("rig", look * 1000, 512.0)])), None);
    }
}

#[test]
fn who_finds_nothing_for_a_window_is_estimated_at_nothing() {
    let mut engine = Engine::new("BTC");
    engine.look(0, &[("rig", 5, 1024.0)]);
    let coin = engine.look(700, &[("rig", 5, 1024.0)]);
    assert_eq!((worker(&coin, "rig"), total(&coin)), (Some(0.0), Some(0.0)));
}

#[test]
fn a_key_that_only_looks_like_a_symbol_is_not_counted_from_the_first_look_on() {
    let mut engine = Engine::new("DGB-BIG");
    let coin = engine.look(0, &[("rig", 0, 1024.0)]);
    assert_eq!((coin.counted, coin.shares), (Some(false), None));
    assert_eq!((coin.workers[0].accepted, coin.active_workers), (None, Some(1)));
    let coin = engine.look(800, &[("rig", 0, 1024.0)]);
    assert_eq!((total(&coin), worker(&coin, "rig")), (None, None), "nothing is known of its work");
    assert_eq!(engine.look(860, &[]).counted, None, "without a miner there is nothing to count");
}

#[test]
fn a_key_of_its_own_is_not_counted_when_a_whole_window_of_work_gave_nothing() {
    let mut engine = Engine::new("FB");
    for minute in 0..15 {
        let coin = engine.look(minute * 60, &[("rig", 0, 1024.0)]);
        assert_eq!((coin.counted, coin.shares.and_then(|shares| shares.accepted)), (None, Some(0)), "minute {minute}");
    }
    assert_eq!(engine.look(900, &[("rig", 0, 1024.0)]).counted, Some(false));
    let coin = engine.look(960, &[("rig", 1, 1024.0)]);
    assert_eq!((coin.counted, coin.shares.and_then(|shares| shares.accepted)), (None, Some(1)));
    assert_eq!(engine.look(1020, &[("rig", 1, 1024.0)]).counted, None);
}

#[test]
fn a_built_in_symbol_is_always_counted() {
    let mut engine = Engine::new("DGB");
    engine.look(0, &[("rig", 0, 1024.0)]);
    assert_eq!(engine.look(890, &[("rig", 0, 1024.0)]).counted, None);
}
