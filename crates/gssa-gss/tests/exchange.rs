//! One exchange at a time: what is asked of a pool that is known, and what each answer becomes.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use gssa_gss::{Collector, Dialect, Options};
use gssa_model::{Confidence, FailureReason};
use mockito::{Matcher, Server};

#[path = "support/scripted.rs"]
mod scripted;

use scripted::{GSS, HEALTH, MINERS, POOL, STATE, answer, asked, collect, collector, gaps, keys, options};

#[tokio::test]
async fn a_gss_is_asked_for_its_health_and_each_coin_key_as_it_is_written() {
    let mut server = Server::new_async().await;
    let mut mocks = vec![asked(&mut server, HEALTH, 200, GSS, 1).await];
    for key in ["DGB-BIG", "btc%2Fknots"] {
        mocks.push(asked(&mut server, &format!("/api/v1/{key}/metrics/pool"), 200, POOL, 1).await);
        mocks.push(asked(&mut server, &format!("/api/v1/{key}/metrics/miners"), 200, MINERS, 1).await);
    }
    let snapshot = collect(&collector(&server, options(&["btc/knots", "DGB-BIG"]))).await.unwrap();
    assert_eq!((keys(&snapshot), gaps(&snapshot)), (vec!["DGB-BIG", "btc/knots"], vec![]));
    assert_eq!((snapshot.software.version.as_deref(), snapshot.uptime_secs), (Some("5.2.6"), Some(4200)));
    assert_eq!(snapshot.software.confidence, None, "a summary proves what it is");
    assert_eq!(snapshot.coins[1].workers[0].name, "example.rig");
    for mock in mocks {
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn requests_carry_the_key_where_there_is_one_and_nothing_else() {
    for key in [None, Some("s3cret-key")] {
        let mut server = Server::new_async().await;
        let expected = key.map_or(Matcher::Missing, |key| Matcher::Exact(key.to_owned()));
        let mut mocks = Vec::new();
        for (path, body) in
            [(HEALTH, GSS), ("/api/v1/DGB/metrics/pool", POOL), ("/api/v1/DGB/metrics/miners", MINERS), ("/more", "{}")]
        {
            let mock = server.mock("GET", path).match_header("x-api-key", expected.clone());
            let mock = mock.match_header("authorization", Matcher::Missing).match_header("cookie", Matcher::Missing);
            mocks.push(mock.match_header("origin", Matcher::Missing).with_body(body).expect(1).create_async().await);
        }
        let more = gssa_gss::Endpoint { name: "more".to_owned(), path: "/more".to_owned(), every: 1 };
        let options = Options { api_key: key.map(str::to_owned), extra_endpoints: vec![more], ..options(&["DGB"]) };
        assert_eq!(gaps(&collect(&collector(&server, options)).await.unwrap()), []);
        for mock in mocks {
            mock.assert_async().await;
        }
    }
}

#[tokio::test]
async fn the_paths_stand_behind_that_of_the_address() {
    let mut server = Server::new_async().await;
    let _health = answer(&mut server, "/gss/api/v1/health", 200, GSS).await;
    let _pool = answer(&mut server, "/gss/api/v1/DGB/metrics/pool", 200, POOL).await;
    let _miners = answer(&mut server, "/gss/api/v1/DGB/metrics/miners", 200, MINERS).await;
    let address = format!("http://{}/gss/", server.host_with_port()).parse().unwrap();
    let collector = Collector::new("pool".parse().unwrap(), &address, options(&["DGB"])).unwrap();
    assert_eq!(gaps(&collect(&collector).await.unwrap()), []);
}

#[tokio::test]
async fn without_coin_keys_health_is_read_and_a_gap_says_what_is_missing() {
    let mut server = Server::new_async().await;
    let health = asked(&mut server, HEALTH, 200, GSS, 1).await;
    let snapshot = collect(&collector(&server, options(&[]))).await.unwrap();
    assert_eq!(gaps(&snapshot), [("coins", "no coin keys configured: name them in `coins`")]);
    assert_eq!((snapshot.uptime_secs, keys(&snapshot)), (Some(4200), vec![]));
    assert_eq!(snapshot.software.confidence, Some(Confidence::Medium), "many programs have a health path");
    health.assert_async().await;
}

#[tokio::test]
async fn of_an_engine_only_the_keys_that_were_named_are_kept() {
    let mut server = Server::new_async().await;
    let stats = r#"{"uptime_seconds":9.5,"coins":{"BTC":{},"XEC":{}}}"#;
    let _stats = answer(&mut server, "/api/v1/stats", 200, stats).await;
    let _miners = answer(&mut server, "/api/v1/miners", 200, r#"{"miners":{"BTC":[],"XEC":[]}}"#).await;
    let options = Options { dialect: Dialect::Gse, ..options(&["BTC", "DGB"]) };
    let snapshot = collect(&collector(&server, options)).await.unwrap();
    assert_eq!((keys(&snapshot), gaps(&snapshot)), (vec!["BTC"], vec![("coins.DGB", "no such coin key")]));
}

#[tokio::test]
async fn sessions_that_do_not_come_cost_nothing_but_themselves() {
    let mut server = Server::new_async().await;
    let _health = answer(&mut server, HEALTH, 200, STATE).await;
    let stats = r#"{"uptime_seconds":9.5,"coins":{"BTC":{"shares_accepted":3},"BTC-2":{"shares_accepted":0}}}"#;
    let _stats = answer(&mut server, "/api/v1/stats", 200, stats).await;
    let _miners = answer(&mut server, "/api/v1/miners", 500, "out of memory").await;
    let snapshot = collect(&collector(&server, options(&[]))).await.unwrap();
    assert_eq!(gaps(&snapshot), [("/api/v1/miners", "500, saying: out of memory")]);
    let coin = &snapshot.coins[0];
    assert_eq!((coin.shares.unwrap().accepted, coin.active_workers), (Some(3), None));
    let coin = &snapshot.coins[1];
    assert_eq!((coin.key.as_str(), coin.shares, coin.counted), ("BTC-2", None, None), "zeros that may mean nothing");
}

#[tokio::test]
async fn a_key_that_is_not_known_there_is_a_gap() {
    let mut server = Server::new_async().await;
    let _health = answer(&mut server, HEALTH, 200, GSS).await;
    let _pool = answer(&mut server, "/api/v1/DGB/metrics/pool", 200, POOL).await;
    let _miners = answer(&mut server, "/api/v1/DGB/metrics/miners", 200, MINERS).await;
    let _wrong = answer(&mut server, "/api/v1/BTX/metrics/pool", 404, "no such coin").await;
    let not_asked = asked(&mut server, "/api/v1/BTX/metrics/miners", 200, MINERS, 0).await;
    let snapshot = collect(&collector(&server, options(&["BTX", "DGB"]))).await.unwrap();
    assert_eq!(keys(&snapshot), ["DGB"]);
    assert_eq!(gaps(&snapshot), [("/api/v1/BTX/metrics/pool", "404, saying: no such coin")]);
    not_asked.assert_async().await;
    let snapshot = collect(&collector(&server, options(&["BTX"]))).await.unwrap();
    assert_eq!((keys(&snapshot), snapshot.uptime_secs), (vec![], Some(4200)), "it is there all the same");
}

#[tokio::test]
async fn paths_without_a_key_are_for_dgb_before_version_5() {
    const LEGACY: [&str; 2] = ["/api/v1/metrics/pool", "/api/v1/metrics/miners"];
    for (version, key, answers) in [
        ("3.0.20", "DGB", true),
        ("v4.1.2", "DGB", true),
        ("5.0.0", "DGB", false),
        ("4.1.2", "DGB-BIG", false),
        ("dev", "DGB", false),
    ] {
        let mut server = Server::new_async().await;
        let health = format!(r#"{{"status":"ok","version":"{version}","uptime":1}}"#);
        let _health = answer(&mut server, HEALTH, 200, &health).await;
        let with_key = format!("/api/v1/{key}/metrics/pool");
        let with_key = asked(&mut server, &with_key, 404, "", if answers { 1 } else { 2 }).await;
        let times = if answers { 2 } else { 0 };
        let pool = asked(&mut server, LEGACY[0], 200, POOL, times).await;
        let miners = asked(&mut server, LEGACY[1], 200, MINERS, times).await;
        let collector = collector(&server, options(&[key]));
        for _ in 0..2 {
            let snapshot = collect(&collector).await.unwrap();
            assert_eq!(keys(&snapshot), if answers { vec![key] } else { vec![] }, "{version} {key}");
        }
        for mock in [with_key, pool, miners] {
            mock.assert_async().await;
        }
    }
}

#[tokio::test]
async fn a_path_without_a_key_that_is_not_there_is_tried_once_for_each_version() {
    let mut server = Server::new_async().await;
    let legacy = asked(&mut server, "/api/v1/metrics/pool", 404, "", 2).await;
    let _with_key = answer(&mut server, "/api/v1/DGB/metrics/pool", 404, "").await;
    let collector = collector(&server, options(&["DGB"]));
    for version in ["4.0.0", "4.0.0", "4.0.1", "4.0.1"] {
        let health = format!(r#"{{"status":"ok","version":"{version}","uptime":1}}"#);
        let _health = answer(&mut server, HEALTH, 200, &health).await;
        collect(&collector).await.unwrap();
    }
    legacy.assert_async().await;
}

#[tokio::test]
async fn workers_that_do_not_come_are_a_gap_and_the_summary_stands() {
    let large = format!(r#"{{"workers":[],"pad":"{}"}}"#, "x".repeat(gssa_gss::MAX_BODY_BYTES));
    for (status, body, found) in [
        (500, "", "500"),
        (403, "licence", "403, saying: licence"),
        (404, "", "404"),
        (200, "<html>", "a web page"),
        (200, "{}", "the JSON of something else"),
        (200, r#"{"workers":["#, "malformed"),
        (200, large.as_str(), "too_large"),
    ] {
        let mut server = Server::new_async().await;
        let _health = answer(&mut server, HEALTH, 200, GSS).await;
        let _pool = answer(&mut server, "/api/v1/DGB/metrics/pool", 200, POOL).await;
        let _miners = answer(&mut server, "/api/v1/DGB/metrics/miners", status, body).await;
        let snapshot = collect(&collector(&server, options(&["DGB"]))).await.unwrap();
        assert_eq!(gaps(&snapshot), [("/api/v1/DGB/metrics/miners", found)]);
        let coin = &snapshot.coins[0];
        assert_eq!((coin.active_workers, coin.workers.len(), coin.workers_truncated), (Some(1), 0, true));
    }
}

#[tokio::test]
async fn where_no_key_can_be_read_the_observation_fails_for_what_says_most() {
    for (first, second, reason) in [
        (500, 500, FailureReason::Malformed),
        (404, 500, FailureReason::Malformed),
        (500, 401, FailureReason::PasswordNeeded),
        (402, 402, FailureReason::ApiDisabled),
        (404, 503, FailureReason::Busy),
    ] {
        let mut server = Server::new_async().await;
        let _health = answer(&mut server, HEALTH, 200, GSS).await;
        let _first = answer(&mut server, "/api/v1/BTC/metrics/pool", first, "").await;
        let _second = answer(&mut server, "/api/v1/DGB/metrics/pool", second, "").await;
        let error = collect(&collector(&server, options(&["BTC", "DGB"]))).await.unwrap_err();
        assert_eq!(error.reason(), reason, "{first} {second}: the last good values stay");
    }
}

#[tokio::test]
async fn one_key_that_the_licence_does_not_cover_is_a_gap_beside_one_that_it_does() {
    let mut server = Server::new_async().await;
    let _health = answer(&mut server, HEALTH, 200, GSS).await;
    let _covered = answer(&mut server, "/api/v1/BTC/metrics/pool", 200, POOL).await;
    let _miners = answer(&mut server, "/api/v1/BTC/metrics/miners", 200, MINERS).await;
    let _refused = answer(&mut server, "/api/v1/DGB/metrics/pool", 402, "").await;
    let snapshot = collect(&collector(&server, options(&["BTC", "DGB"]))).await.unwrap();
    assert_eq!((keys(&snapshot), gaps(&snapshot)), (vec!["BTC"], vec![("/api/v1/DGB/metrics/pool", "402")]));
}

#[tokio::test]
async fn the_health_of_a_known_gss_may_fail_without_costing_its_coins() {
    let mut server = Server::new_async().await;
    let _pool = answer(&mut server, "/api/v1/DGB/metrics/pool", 200, POOL).await;
    let _miners = answer(&mut server, "/api/v1/DGB/metrics/miners", 200, MINERS).await;
    let found_out = collector(&server, options(&["DGB"]));
    let told = collector(&server, Options { dialect: Dialect::Gss, ..options(&["DGB"]) });
    let first = answer(&mut server, HEALTH, 200, GSS).await;
    collect(&found_out).await.unwrap();
    first.remove_async().await;
    for (status, body, found) in [(500, "", "500"), (200, "{", "malformed")] {
        let _health = answer(&mut server, HEALTH, status, body).await;
        for collector in [&found_out, &told] {
            let snapshot = collect(collector).await.unwrap();
            assert_eq!((keys(&snapshot), gaps(&snapshot)), (vec!["DGB"], vec![(HEALTH, found)]));
            assert_eq!(snapshot.software.version, None, "what was said earlier is not said again");
        }
    }
}

#[test]
fn an_address_that_cannot_be_asked_is_refused_before_anything_is_sent() {
    let new = |address: &str| Collector::new("pool".parse().unwrap(), &address.parse().unwrap(), options(&["DGB"]));
    assert!(new("ftp://192.168.1.10").is_err());
    assert!(new("192.168.1.10").is_ok());
}
