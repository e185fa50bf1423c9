//! A pool answers in the shape of its program, counts as it should, and changes while it runs.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use gssa_sim::Behaviour;
use gssa_sim::pool::{CoinSpec, Form, Pool, PoolSpec, Program, Shares, Worker, Workers, coins};
use serde_json::{Value, json};
use support::{Reply, ask, get, is_refused, until};

fn two_keys() -> Vec<CoinSpec> {
    coins(&[("DGB".to_owned(), 4), ("DGB-BIG".to_owned(), 2)], 1)
}

fn start(spec: PoolSpec) -> Pool {
    Pool::start(spec, "127.0.0.1:0".parse().expect("an address")).expect("a port can be had")
}

fn slim() -> PoolSpec {
    PoolSpec::new(Program::GoSlimStratum5_2_6, two_keys())
}

fn engine() -> PoolSpec {
    PoolSpec::new(Program::GoStratumEngine1_0_5, two_keys())
}

async fn asked(pool: &Pool, path: &str) -> Reply {
    get(pool.address(), path).await
}

/// What a pool answers that is asked once.
async fn once(spec: PoolSpec, path: &str) -> Value {
    let pool = start(spec);
    let reply = asked(&pool, path).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")), "{path}");
    pool.stop().await;
    reply.json()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_gss_has_the_members_that_programs_read() {
    assert_eq!(keys(&once(slim(), "/api/v1/health").await), ["status", "uptime", "version"].into());
    let pool = once(slim(), "/api/v1/DGB-BIG/metrics/pool").await;
    let expected = ["active_miners", "blocks_found", "hashrate", "network_comparison", "pool_best_share", "shares"];
    assert_eq!(keys(&pool), expected.into());
    assert_eq!(keys(&pool["hashrate"]), ["15m", "1m", "5m"].into());
    assert_eq!(keys(&pool["shares"]), ["invalid", "stale", "total", "valid"].into());
    let expected = ["estimated_time_to_block", "network_difficulty", "pool_percentage"];
    assert_eq!(keys(&pool["network_comparison"]), expected.into());
    let miners = once(slim(), "/api/v1/DGB-BIG/metrics/miners").await;
    assert_eq!(miners["workers"].as_array().map(Vec::len), Some(2));
    assert!(keys(&miners["workers"][0]).is_superset(&["is_active", "last_seen_at", "worker_name"].into()));
}

#[tokio::test]
async fn an_engine_has_the_members_of_its_source() {
    assert_eq!(once(engine(), "/api/v1/health").await, json!({ "status": "ok" }));
    let stats = once(engine(), "/api/v1/stats").await;
    assert_eq!(keys(&stats), ["coins", "pool_name", "uptime_seconds"].into());
    let expected = ["blocks_found", "last_block_time", "shares_accepted", "shares_rejected", "shares_stale"];
    assert_eq!(keys(&stats["coins"]["DGB"]), expected.into());
    assert_eq!(stats["coins"]["DGB"]["last_block_time"], "0001-01-01T00:00:00Z");
    let miners = once(engine(), "/api/v1/miners").await;
    let sessions = miners["miners"]["DGB"].as_array().expect("a list");
    assert_eq!(sessions.iter().filter(|session| session["worker_name"] == "").count(), 1, "one has not authorised");
    let expected = ["best_difficulty", "blocks_found", "connected_at", "difficulty", "last_share_time", "remote_addr"];
    assert!(keys(&sessions[0]).is_superset(&expected.into()));
}

/// Beside a checkout that has captures of a real engine; elsewhere there is nothing to compare.
#[tokio::test]
async fn an_engine_writes_what_a_real_one_does() {
    let Some(folder) = support::reference("captures/gostratumengine") else { return };
    let real = |file: &str| -> Value {
        let body = std::fs::read(folder.join(file)).expect("it is there");
        serde_json::from_slice(&body).expect("it is JSON")
    };
    let (stats, miners) = (once(engine(), "/api/v1/stats").await, once(engine(), "/api/v1/miners").await);
    let (real_stats, real_miners) = (real("stats.raw.json"), real("miners.raw.json"));
    assert_eq!(keys(&stats), keys(&real_stats));
    assert_eq!(keys(&stats["coins"]["DGB-BIG"]), keys(&real_stats["coins"]["DGB-BIG"]));
    let (ours, theirs) = (&miners["miners"]["DGB"][0], &real_miners["miners"]["BTC"][0]);
    assert_eq!(keys(ours), keys(theirs));
    let texts =
        |session: &Value| session.as_object().map(|members| members.values().map(Value::is_string).collect::<Vec<_>>());
    assert_eq!(texts(ours), texts(theirs));
    assert_eq!(once(engine(), "/api/v1/health").await, real("health.json"));
}

#[tokio::test]
async fn an_engine_counts_under_the_symbol_and_not_under_the_key() {
    let stats = once(engine(), "/api/v1/stats").await;
    let accepted = |key: &str| stats["coins"][key]["shares_accepted"].as_u64();
    assert!(accepted("DGB") > Some(10_000) && accepted("DGB-BIG") == Some(0), "{stats}");
    let miners = once(engine(), "/api/v1/miners").await;
    let big = miners["miners"]["DGB-BIG"].as_array().expect("a list");
    assert!(big.iter().all(|session| session["shares_accepted"] == 0 && session["best_difficulty"] == 0));
}

#[tokio::test]
async fn each_program_has_its_paths() {
    for (program, path, status) in [
        (Program::GoSlimStratum3_0_20, "/api/v1/metrics/pool", 200),
        (Program::GoSlimStratum4_1_2, "/api/v1/metrics/miners", 200),
        (Program::GoSlimStratum5_2_6, "/api/v1/metrics/pool", 404),
        (Program::GoSlimStratum5_2_6, "/api/v1/BTC/metrics/pool", 404),
        (Program::GoSlimStratum5_2_6, "/api/v1/DGB/metrics/blocks", 404),
        (Program::GoSlimStratum5_2_6, "/api/v1/stats", 404),
        (Program::GoStratumEngine1_0_0, "/stats", 200),
        (Program::GoStratumEngine1_0_0, "/api/v1/stats", 404),
        (Program::GoStratumEngine1_0_5, "/stats", 404),
        (Program::GoStratumEngine1_0_5, "/api/v1/DGB/metrics/pool", 404),
    ] {
        let pool = start(PoolSpec::new(program, two_keys()));
        assert_eq!(asked(&pool, path).await.status, status, "{program} {path}");
        pool.stop().await;
    }
}

#[tokio::test]
async fn a_key_opens_what_is_closed_without_it() {
    let pool = start(slim().asking_for("s3cret"));
    let path = "/api/v1/DGB/metrics/pool";
    assert_eq!(asked(&pool, path).await.status, 401);
    assert_eq!(ask(pool.address(), "GET", path, "x-api-key: wrong\r\n").await.status, 401);
    assert_eq!(ask(pool.address(), "GET", path, "X-API-Key: s3cret\r\n").await.status, 200);
    assert_eq!(asked(&pool, "/api/v1/health").await.status, 200);
    pool.change(|spec| spec.form.health_needs_key = true);
    assert_eq!(asked(&pool, "/api/v1/health").await.status, 401);
    pool.change(|spec| spec.api_key = None);
    assert_eq!(asked(&pool, path).await.status, 200);
}

#[tokio::test]
async fn forms_change_how_it_is_written_and_not_what() {
    let form = Form { envelope: true, texts: true, shares: Shares::Both, ..Form::default() };
    let pool = once(slim().writing(form), "/api/v1/DGB/metrics/pool").await;
    assert_eq!((pool["status"].as_str(), pool["data"]["active_miners"].as_str()), (Some("ok"), Some("4")));
    assert_eq!(keys(&pool["data"]["shares"]).len(), 7);
    let health = once(slim().writing(form), "/api/v1/health").await;
    assert_eq!(health["data"]["version"], "5.2.6");
    let form = Form { page: Some((3, true)), ..Form::default() };
    let miners = once(slim().writing(form), "/api/v1/DGB/metrics/miners").await;
    assert_eq!((miners["workers"].as_array().map(Vec::len), miners["total"].as_u64()), (Some(3), Some(4)));
}

#[tokio::test]
async fn workers_are_a_list_or_whoever_a_function_names() {
    let count = Arc::new(AtomicUsize::new(1));
    let feed = {
        let count = Arc::clone(&count);
        Workers::fed(move || (0..count.load(Relaxed)).map(|number| Worker::new(format!("a.{number}"), 1e12)).collect())
    };
    let pool = start(PoolSpec::new(Program::GoSlimStratum5_2_6, vec![CoinSpec::new("BTC", feed)]));
    let active = async || asked(&pool, "/api/v1/BTC/metrics/pool").await.json()["active_miners"].clone();
    assert_eq!(active().await, 1);
    count.store(3, Relaxed);
    assert_eq!(active().await, 3);
    pool.set_workers("BTC", vec![Worker::new("b.0", 1e12)]);
    assert_eq!(active().await, 1);
    let all = asked(&pool, "/api/v1/BTC/metrics/miners").await.json();
    assert_eq!(all["workers"].as_array().map(Vec::len), Some(4), "who left is inactive");
    assert_eq!((&all["workers"][0]["worker_name"], &all["workers"][3]["is_active"]), (&json!("b.0"), &json!(false)));
}

#[tokio::test]
async fn the_devices_of_a_fleet_work_for_a_pool() {
    let fleet = support::one(gssa_sim::axeos::Model::GammaV2_12_2, Behaviour::Healthy);
    let devices = fleet.handles();
    let feed = Workers::fed(move || devices.iter().map(|device| Worker::of(device, "a.gamma")).collect());
    let pool = start(PoolSpec::new(Program::GoStratumEngine1_0_5, vec![CoinSpec::new("BTC", feed)]));
    let session = asked(&pool, "/api/v1/miners").await.json()["miners"]["BTC"].clone();
    let gamma = session.as_array().and_then(|all| all.iter().find(|one| one["worker_name"] == "a.gamma"));
    let gamma = gamma.expect("it works").clone();
    assert!(gamma["shares_accepted"].as_u64() > Some(1000), "{gamma}");
    assert!(gamma["remote_addr"].as_str().is_some_and(|address| address.starts_with("127.0.0.1:")), "{gamma}");
}

#[tokio::test]
async fn a_restart_begins_at_zero() {
    let pool = start(engine());
    let uptime = async || asked(&pool, "/api/v1/stats").await.json()["uptime_seconds"].as_f64();
    assert!(uptime().await > Some(200_000.0));
    pool.restart();
    let stats = asked(&pool, "/api/v1/stats").await.json();
    assert!(
        stats["uptime_seconds"].as_f64() < Some(60.0) && stats["coins"]["DGB"]["shares_accepted"].as_u64() < Some(10)
    );
}

#[tokio::test]
async fn the_list_of_workers_may_take_longer_than_the_rest() {
    let mut spec = slim();
    spec.miners_time = Duration::from_millis(300);
    let pool = start(spec);
    let begun = Instant::now();
    let (summary, list) =
        tokio::join!(async { (asked(&pool, "/api/v1/DGB/metrics/pool").await.status, begun.elapsed()) }, async {
            (asked(&pool, "/api/v1/DGB/metrics/miners").await.status, begun.elapsed())
        },);
    assert_eq!((summary.0, list.0), (200, 200));
    assert!(list.1 >= Duration::from_millis(300) && summary.1 < list.1, "{summary:?} {list:?}");
}

#[tokio::test]
async fn each_refusal_has_its_status() {
    for (behaviour, status) in [
        (Behaviour::Unauthorized, 401),
        (Behaviour::PaymentRequired, 402),
        (Behaviour::Forbidden, 403),
        (Behaviour::NotFound, 404),
        (Behaviour::ServerError, 500),
        (Behaviour::Busy, 503),
    ] {
        let pool = start(slim().behaving(behaviour));
        assert_eq!(asked(&pool, "/api/v1/health").await.status, status, "{behaviour}");
        pool.stop().await;
    }
    let pool = start(slim().behaving(Behaviour::WrongContentType));
    let page = asked(&pool, "/api/v1/health").await;
    assert!(page.status == 200 && page.text().starts_with("<!doctype html>"));
}

#[tokio::test]
async fn a_port_closes_and_opens_with_the_behaviour() {
    let pool = start(slim());
    assert_eq!(asked(&pool, "/api/v1/health").await.status, 200);
    pool.set_behaviour(Behaviour::Refuse);
    until("the port is closed", async || is_refused(pool.address()).await).await;
    pool.set_behaviour(Behaviour::Healthy);
    until("the port is open", async || !is_refused(pool.address()).await).await;
    assert_eq!(asked(&pool, "/api/v1/health").await.status, 200);
}

#[tokio::test]
async fn what_would_change_something_is_counted_and_refused() {
    let pool = start(slim());
    assert_eq!(ask(pool.address(), "DELETE", "/api/v1/DGB/metrics/miners", "").await.status, 405);
    assert_eq!(asked(&pool, "/api/v1/health").await.status, 200);
    let counts = pool.counts();
    assert_eq!((counts.requests, counts.write_requests, counts.by_path["GET /api/v1/health"]), (2, 1, 1));
}
