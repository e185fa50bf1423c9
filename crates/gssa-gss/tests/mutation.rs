//! Fixtures with members removed, retyped and cut: never a panic, never a `null`, never more than is kept.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::sync::LazyLock;
use std::time::Duration;

use gssa_gss::gse::{self, Estimator};
use gssa_gss::gss::{self, CoinAnswers};
use gssa_gss::{Error, MAX_WORKERS};
use gssa_model::PoolSnapshot;
use gssa_testkit::mutation::{Change, apply, changes, damage, damaged};
use gssa_testkit::{fixtures, has_null};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use tokio::time::Instant;

mod support;

/// Which document of which program a body is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Health,
    Pool,
    Workers,
    Stats,
    Sessions,
}

impl Kind {
    fn of(program: &str, file: &str) -> Self {
        match file {
            "health.json" => Self::Health,
            "stats.json" => Self::Stats,
            _ if file.ends_with(".pool.json") => Self::Pool,
            _ if program.starts_with("gostratumengine") => Self::Sessions,
            _ => Self::Workers,
        }
    }
}

static FIXTURES: LazyLock<Vec<(Kind, Value)>> = LazyLock::new(|| {
    let of_folder = |folder: std::path::PathBuf| {
        let program = fixtures::name_of(&folder);
        let one =
            move |(file, body): (String, String)| (Kind::of(&program, &file), serde_json::from_str(&body).unwrap());
        support::documents(&folder).into_iter().map(one).collect::<Vec<_>>()
    };
    fixtures::of(support::FAMILY).into_iter().flat_map(of_folder).collect()
});

/// What the rest of an observation says where one document of it is looked at.
fn snapshot_of(kind: Kind, body: &[u8]) -> Result<PoolSnapshot, Error> {
    let pool = || gss::parse_pool(br#"{"active_miners":3}"#).unwrap();
    let answers = |pool, workers| CoinAnswers { key: "DGB".to_owned(), pool, workers };
    let stats = || gse::parse_stats(br#"{"uptime_seconds":1,"coins":{"BTC":{}}}"#).unwrap();
    Ok(match kind {
        Kind::Health => gss::normalize(Some(&gss::parse_health(body)?), &[]),
        Kind::Pool => gss::normalize(None, &[answers(gss::parse_pool(body)?, None)]),
        Kind::Workers => gss::normalize(None, &[answers(pool(), Some(gss::parse_workers(body)?))]),
        Kind::Stats => {
            let stats = gse::parse_stats(body)?;
            let sessions = gse::parse_sessions(br#"{"miners":{"BTC":[{"worker_name":"rig"}]}}"#).unwrap();
            estimated(&stats, &sessions)
        }
        Kind::Sessions => estimated(&stats(), &gse::parse_sessions(body)?),
    })
}

/// Looks twice, so that there are estimates.
fn estimated(stats: &gse::Stats, sessions: &gse::Sessions) -> PoolSnapshot {
    let (mut estimator, now) = (Estimator::default(), Instant::now());
    estimator.observe(now, stats, sessions);
    let estimates = estimator.observe(now + Duration::from_secs(5), stats, sessions);
    gse::normalize(stats, Some(sessions), &estimates)
}

fn change() -> impl Strategy<Value = Change> {
    let shape =
        json!({ "status": 1, "data": { "data": {}, "workers": [{}] }, "1m": {}, "valid": [], "worker_name": 7 });
    gssa_testkit::mutation::change(&[1e-300, 9.1e15], &["0x10", "0001-01-01T00:00:00Z", "9h", "[::%]:1"], shape)
}

fn check(kind: Kind, body: &[u8]) -> Result<(), TestCaseError> {
    let Ok(snapshot) = snapshot_of(kind, body) else { return Ok(()) };
    let json = serde_json::to_value(&snapshot).unwrap();
    prop_assert!(!has_null(&json), "null in {json}");
    prop_assert!(snapshot.gaps.len() < 256);
    for coin in &snapshot.coins {
        prop_assert!(coin.workers.len() <= MAX_WORKERS);
        prop_assert!(coin.workers.iter().all(|worker| !worker.name.is_empty()));
    }
    let again: PoolSnapshot = serde_json::from_value(json.clone()).unwrap();
    prop_assert_eq!(serde_json::to_value(again).unwrap(), json, "what is written can be read");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_document_is_a_snapshot_or_an_error(
        fixture in any::<Index>(),
        changes in changes(change()),
    ) {
        let (kind, mut document) = fixture.get(&FIXTURES).clone();
        for (path, change) in &changes {
            apply(&mut document, path, change);
        }
        check(kind, document.to_string().as_bytes())?;
    }

    #[test]
    fn a_cut_document_is_an_error(fixture in any::<Index>(), cut in any::<Index>()) {
        let (kind, document) = fixture.get(&FIXTURES);
        let body = document.to_string().into_bytes();
        prop_assert!(snapshot_of(*kind, &body[..cut.index(body.len())]).is_err());
    }

    #[test]
    fn any_bytes_are_an_error_or_a_document(body in prop::collection::vec(any::<u8>(), 0..400)) {
        for kind in [Kind::Health, Kind::Pool, Kind::Workers, Kind::Stats, Kind::Sessions] {
            check(kind, &body)?;
        }
    }

    #[test]
    fn a_damaged_document_is_a_snapshot_or_an_error(fixture in any::<Index>(), damage in damage()) {
        let (kind, document) = fixture.get(&FIXTURES);
        check(*kind, &damaged(document.to_string().into_bytes(), &damage))?;
    }
}

#[test]
fn one_unreadable_member_never_costs_the_reading() {
    // What a document is known by.
    let is_known_by = |key: &str| matches!(key, "status" | "version" | "data" | "workers" | "miners" | "coins");
    for (kind, document) in FIXTURES.iter() {
        for key in document.as_object().unwrap().keys().filter(|key| !is_known_by(key)) {
            for wrong in [json!({ "a": 1 }), json!([1]), json!("??"), Value::Null] {
                let mut changed = document.clone();
                changed[key] = wrong.clone();
                assert!(snapshot_of(*kind, changed.to_string().as_bytes()).is_ok(), "{kind:?} {key} = {wrong}");
            }
        }
    }
}

#[test]
fn a_list_without_end_is_kept_as_far_as_it_may_be() {
    let one = r#"{"worker_name":"rig#","is_active":true,"current_hashrate":1}"#;
    let list: Vec<String> = (0..30_000).map(|number| one.replace('#', &number.to_string())).collect();
    let body = format!(r#"{{"workers":[{}]}}"#, list.join(","));
    let snapshot = snapshot_of(Kind::Workers, body.as_bytes()).unwrap();
    assert_eq!((snapshot.coins[0].workers.len(), snapshot.coins[0].workers_truncated), (MAX_WORKERS, true));
    let body = format!(r#"{{"miners":{{"BTC":[{}]}}}}"#, list.join(","));
    let snapshot = snapshot_of(Kind::Sessions, body.as_bytes()).unwrap();
    assert_eq!((snapshot.coins[0].workers.len(), snapshot.coins[0].workers_truncated), (MAX_WORKERS, true));
}

#[test]
fn names_without_end_are_kept_as_far_as_they_may_be() {
    let windows: Vec<String> = (0..5000).map(|number| format!(r#""{number}m":1"#)).collect();
    let body = format!(r#"{{"hashrate":{{{}}}}}"#, windows.join(","));
    let coin = snapshot_of(Kind::Pool, body.as_bytes()).unwrap().coins.remove(0);
    assert!(serde_json::to_string(&coin.windows_hps).unwrap().len() < 1000);
    let body = format!(r#"{{"hashrate":{{"{}":1,"\u001b[31m5m\n":2}}}}"#, "x".repeat(10_000));
    let coin = snapshot_of(Kind::Pool, body.as_bytes()).unwrap().coins.remove(0);
    assert_eq!(serde_json::to_string(&coin.windows_hps).unwrap(), r#"{"[31m5m":2.0}"#);
}
