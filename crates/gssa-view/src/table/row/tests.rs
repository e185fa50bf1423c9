use std::sync::Arc;

use gssa_model::{Failure, Fan, Pool, PoolState, Severity, Source, Temperature};
use serde_json::{Value, json};

use super::*;
use crate::finding::{Finding, IssueCode};

const PLAN: Plan = Plan { interval_secs: 30, chip_celsius: Limit { warning: Some(65.0), critical: Some(80.0) } };

fn miner() -> MinerSnapshot {
    let mut miner = MinerSnapshot { uptime_secs: Some(303), ..MinerSnapshot::default() };
    miner.identity.model = Some("Gamma".into());
    miner.hashing.algorithm = Some(gssa_model::Algorithm::SHA256D);
    miner.hashing.current_hps = Hashrate::from_hps(1.2e12 + 0.25);
    miner.hashing.expected_hps = Hashrate::from_ths(1.275);
    miner.power.watts = Watts::from_watts(22.2);
    (miner.work.accepted, miner.work.rejected) = (Some(29_999), Some(1));
    miner.work.best_difficulty = Difficulty::from_difficulty(6_702_259_710.0);
    let celsius = |sensor, celsius| Temperature { sensor, index: 0, celsius: Celsius::from_celsius(celsius).unwrap() };
    miner.temperatures = vec![celsius(Sensor::Chip, 59.9), celsius(Sensor::Regulator, 75.0)];
    miner.fans = vec![Fan { index: 0, rpm: Some(3859), percent: None }, Fan { index: 1, rpm: Some(0), percent: None }];
    miner.pools = vec![Pool {
        url: Some("stratum+tcp://public-pool.io:21496".into()),
        user: Some("wallet.rig".into()),
        state: Some(PoolState::Active),
        role: Some(PoolRole::Primary),
        ..Pool::default()
    }];
    miner.with_derived()
}

fn entry(health: Health, state: State) -> Versioned {
    let source =
        Source { group: Some("garage".into()), ..Source::new("a".parse().unwrap(), SourceKind::Axeos, "http://a") };
    let mut reading = Reading::pending(Arc::new(source));
    (reading.health, reading.state) = (health, state);
    reading.snapshot_at = Some(Timestamp::from_unix_ms(0));
    reading.snapshot = Some(Arc::new(miner().into()));
    Versioned { revision: 1, reading: Arc::new(reading), findings: Arc::new([]) }
}

fn row(entry: &Versioned) -> Value {
    serde_json::to_value(Row::new(entry, PLAN)).unwrap()
}

#[test]
fn a_miner_that_answers_has_its_figures() {
    let expected = json!({
        "id": "a", "name": "a", "kind": "axeos", "address": "http://a", "group": "garage", "tags": [],
        "snapshot_kind": "miner", "state": "hashing", "health": "up", "snapshot_at": "1970-01-01T00:00:00.000Z",
        "interval_secs": 30, "model": "Gamma", "algorithm": "sha256d", "current_hps": 1.2e12, "expected_hps": 1.275e12,
        "expected_percent": 94.118, "watts": 22.2, "efficiency_joules_per_terahash": 18.5, "hottest_celsius": 59.9,
        "hottest_sensor": "chip", "warning_celsius": 65.0, "critical_celsius": 80.0, "fan_rpm": 0, "accepted": 29999,
        "rejected": 1, "reject_percent": 0.003, "best_difficulty": 6_702_259_710.0, "uptime_secs": 303,
        "pool": "public-pool.io:21496", "pool_role": "primary", "user": "wallet.rig",
    });
    assert_eq!(row(&entry(Health::Up, State::Hashing)), expected);
    assert_eq!(row(&entry(Health::Stale, State::Stale))["current_hps"], 1.2e12, "the last values after one miss");
}

#[test]
fn a_miner_that_does_not_answer_keeps_what_it_is_and_shows_no_figure() {
    let mut entry = entry(Health::Down, State::Offline);
    let since = Timestamp::from_unix_ms(60_000);
    let reason = FailureReason::Timeout;
    Arc::make_mut(&mut entry.reading).failure =
        Some(Failure { kind: reason.kind(), reason, detail: "no answer".into(), since, in_a_row: 2 });
    let expected = json!({
        "id": "a", "name": "a", "kind": "axeos", "address": "http://a", "group": "garage", "tags": [],
        "snapshot_kind": "miner", "state": "offline", "health": "down", "reason": "timeout", "detail": "no answer",
        "snapshot_at": "1970-01-01T00:00:00.000Z", "interval_secs": 30, "model": "Gamma", "algorithm": "sha256d",
        "expected_hps": 1.275e12, "best_difficulty": 6_702_259_710.0,
    });
    assert_eq!(row(&entry), expected);
}

#[test]
fn the_detail_is_that_of_the_worst_finding() {
    let finding = |severity, detail: &'static str| Finding {
        code: IssueCode::Warm,
        severity,
        reason: None,
        part: None,
        detail: detail.into(),
        since: Timestamp::from_unix_ms(0),
    };
    let mut entry = entry(Health::Up, State::Hot);
    entry.findings = Arc::new([
        finding(Severity::Warning, "warm"),
        finding(Severity::Critical, "hot"),
        finding(Severity::Info, "so so"),
    ]);
    assert_eq!(row(&entry)["detail"], "hot");
}

#[test]
fn without_a_chip_sensor_another_one_counts_and_has_no_limits() {
    let mut miner = miner();
    miner.temperatures.remove(0);
    let mut entry = entry(Health::Up, State::Hashing);
    Arc::make_mut(&mut entry.reading).snapshot = Some(Arc::new(miner.into()));
    let row = row(&entry);
    assert_eq!((&row["hottest_sensor"], &row["hottest_celsius"]), (&json!("regulator"), &json!(75.0)));
    assert_eq!(row.get("warning_celsius"), None);
}

#[test]
fn what_a_source_is_follows_from_its_kind_until_it_answers() {
    for (kind, word) in [
        (SourceKind::Canaan, Some(SnapshotKind::Miner)),
        (SourceKind::Gss, Some(SnapshotKind::Pool)),
        (SourceKind::Host, Some(SnapshotKind::Infrastructure)),
        (SourceKind::Auto, None),
    ] {
        let reading = Reading::pending(Arc::new(Source::new("a".parse().unwrap(), kind, "")));
        assert_eq!(SnapshotKind::of(&reading), word, "{kind}");
    }
}

/// A sum over rows must be the total of the miners: what a pool counts is there already.
#[test]
fn a_pool_has_its_program_and_no_hashrate_of_its_own() {
    let mut pool = gssa_model::PoolSnapshot { uptime_secs: Some(7), ..Default::default() };
    pool.software.name = Some("GoSlimStratum".into());
    pool.software.version = Some("5.2.6".into());
    pool.coins.push(gssa_model::Coin { key: "DGB".into(), ..Default::default() });
    let mut entry = entry(Health::Up, State::Running);
    let reading = Arc::make_mut(&mut entry.reading);
    Arc::make_mut(&mut reading.source).kind = SourceKind::Gss;
    reading.snapshot = Some(Arc::new(pool.into()));
    let row = row(&entry);
    let figures = ["snapshot_kind", "firmware", "firmware_version", "uptime_secs"].map(|name| &row[name]);
    assert_eq!(figures, [&json!("pool"), &json!("GoSlimStratum"), &json!("5.2.6"), &json!(7)]);
    assert_eq!(row.get("current_hps"), None);
}
