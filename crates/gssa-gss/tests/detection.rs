//! Who answers: which of the two programs, an old one, none of them, or somebody who says no.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::error::Error as _;
use std::time::Duration;

use gssa_gss::{Collector, Dialect, Options};
use gssa_model::{FailureKind, FailureReason, PoolSnapshot};
use mockito::{Matcher, Server};

#[path = "support/scripted.rs"]
mod scripted;

use scripted::{
    GSS, HEALTH, MINERS, POOL, SESSIONS, STATE, STATS, answer, asked, collect, collector, gaps, keys, options,
};

#[tokio::test]
async fn an_engine_is_known_by_its_counters_and_not_by_its_state() {
    let mut server = Server::new_async().await;
    let health = asked(&mut server, HEALTH, 200, STATE, 1).await;
    let stats = asked(&mut server, "/api/v1/stats", 200, STATS, 3).await;
    let miners = asked(&mut server, "/api/v1/miners", 200, SESSIONS, 3).await;
    let collector = collector(&server, options(&[]));
    for _ in 0..3 {
        let snapshot = collect(&collector).await.unwrap();
        assert_eq!(snapshot.software.name.as_deref(), Some("GoStratumEngine"));
        assert_eq!((keys(&snapshot), gaps(&snapshot)), (vec!["BTC"], vec![]));
        assert_eq!(snapshot.coins[0].workers[0].accepted, Some(3));
    }
    for mock in [health, stats, miners] {
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn an_engine_before_1_0_2_has_its_paths_at_the_root() {
    for dialect in [Dialect::Auto, Dialect::Gse] {
        let mut server = Server::new_async().await;
        let not_found = server.mock("GET", Matcher::Regex("^/api/.*".to_owned())).with_status(404).expect(1);
        let not_found = not_found.with_body("404 page not found\n").create_async().await;
        let _stats = answer(&mut server, "/stats", 200, STATS).await;
        let _miners = answer(&mut server, "/miners", 200, SESSIONS).await;
        let collector = collector(&server, Options { dialect, ..options(&[]) });
        for _ in 0..2 {
            assert_eq!(keys(&collect(&collector).await.unwrap()), ["BTC"]);
        }
        not_found.assert_async().await;
    }
}

#[tokio::test]
async fn what_is_no_pool_is_told_as_what_it_is() {
    use FailureReason as R;
    let gsbe = r#"{"status":"ok","data":{"service":"gsbe","version":"1.0.0"}}"#;
    for (status, body, reason, detail) in [
        (
            200,
            "<!doctype html><title>GoSlimStratum</title>",
            R::NotAMiner,
            "a web page: not a GSS API; is this the web UI port?",
        ),
        (302, "", R::NotAMiner, "a web page"),
        (200, gsbe, R::NotAMiner, "another program of its maker"),
        (200, r#"{"device":"lamp","version":"1.4.2"}"#, R::NotAMiner, "the JSON of something else"),
        (200, STATE, R::NotAMiner, "not a pool: answered GET /api/v1/health with a state and nothing else"),
        (200, "[]", R::NotAMiner, "JSON that is no object"),
        (
            404,
            "404 page not found\n",
            R::NotAMiner,
            "not a pool: answered 404 to GET /api/v1/health, saying: 404 page not found",
        ),
        (200, r#"{"status":"#, R::Malformed, "not JSON"),
        (200, "", R::Malformed, "not JSON"),
        (500, "panic: \u{1b}[31mno\r\n", R::Malformed, "answered 500 to GET /api/v1/health, saying: panic: [31mno"),
        (
            502,
            "<html><h1>Bad Gateway</h1></html>",
            R::Malformed,
            "answered 502 to GET /api/v1/health, saying: a web page",
        ),
        (503, "", R::Busy, "answered 503"),
        (429, "", R::Busy, "answered 429"),
        (
            401,
            r#"{"error":"no key"}"#,
            R::PasswordNeeded,
            "it may need an API key (`apikey.json`) or a licence, saying: {\"error\"",
        ),
        (
            402,
            "",
            R::ApiDisabled,
            "refused GET /api/v1/health with 402: it may need an API key (`apikey.json`) or a licence",
        ),
        (403, "", R::ApiDisabled, "or a licence"),
    ] {
        let mut server = Server::new_async().await;
        let _health = answer(&mut server, HEALTH, status, body).await;
        for path in ["/api/v1/stats", "/stats", "/api/v1/DGB/metrics/pool"] {
            // A refusal and a web page end it; nothing else is asked of whoever is no pool.
            let _other = answer(&mut server, path, 404, "404 page not found\n").await;
        }
        let error = collect(&collector(&server, options(&["DGB"]))).await.unwrap_err();
        assert_eq!(error.reason(), reason, "{status} {body}");
        assert!(error.detail().contains(detail), "{status} {body}: {}", error.detail());
    }
}

#[tokio::test]
async fn who_has_a_state_or_counters_of_another_kind_is_no_pool() {
    for (health_status, health, stats_path) in [(200, STATE, "/api/v1/stats"), (404, "", "/stats")] {
        for (status, body) in
            [(200, r#"{"coins":[]}"#), (200, "uptime: 5"), (200, "<html>"), (401, ""), (500, ""), (503, "")]
        {
            let mut server = Server::new_async().await;
            let _health = answer(&mut server, HEALTH, health_status, health).await;
            let stats = asked(&mut server, stats_path, status, body, 1).await;
            let error = collect(&collector(&server, options(&["DGB"]))).await.unwrap_err();
            assert_eq!(error.reason(), FailureReason::NotAMiner, "{health_status}, then {status} {body}");
            stats.assert_async().await;
        }
    }
}

#[tokio::test]
async fn a_busy_pool_says_when_to_come_back() {
    let mut server = Server::new_async().await;
    let _busy = server.mock("GET", HEALTH).with_status(503).with_header("retry-after", "70").create_async().await;
    let error = collect(&collector(&server, options(&["DGB"]))).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(70)));
}

#[tokio::test]
async fn a_closed_port_asks_whether_the_api_is_switched_on() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string().parse().unwrap();
    drop(listener);
    let collector = Collector::new("gone".parse().unwrap(), &address, options(&["DGB"])).unwrap();
    let error = collect(&collector).await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ConnectionRefused);
    assert!(
        error.detail().ends_with("connection refused; is `metrics.enable_http_api` on in its config.json?"),
        "{error}"
    );
    assert!(
        error.source().is_some_and(|cause| !error.detail().contains(&cause.to_string())),
        "the cause is not repeated"
    );
}

#[tokio::test]
async fn who_is_said_to_be_a_gss_needs_less_to_be_believed() {
    let mut server = Server::new_async().await;
    let _health = answer(&mut server, HEALTH, 200, STATE).await;
    let _pool = answer(&mut server, "/api/v1/DGB/metrics/pool", 200, POOL).await;
    let _miners = answer(&mut server, "/api/v1/DGB/metrics/miners", 200, MINERS).await;
    let not_asked = asked(&mut server, "/api/v1/stats", 200, STATS, 0).await;
    let options = Options { dialect: Dialect::Gss, ..options(&["DGB"]) };
    assert_eq!(keys(&collect(&collector(&server, options)).await.unwrap()), ["DGB"]);
    not_asked.assert_async().await;
}

#[tokio::test]
async fn another_program_at_the_same_place_is_found_out() {
    let mut server = Server::new_async().await;
    let collector = collector(&server, options(&["BTC"]));
    let gss = [
        answer(&mut server, HEALTH, 200, GSS).await,
        answer(&mut server, "/api/v1/BTC/metrics/pool", 200, POOL).await,
        answer(&mut server, "/api/v1/BTC/metrics/miners", 200, MINERS).await,
    ];
    let name = |snapshot: PoolSnapshot| snapshot.software.name.unwrap();
    assert_eq!(name(collect(&collector).await.unwrap()), "GoSlimStratum");
    for mock in gss {
        mock.remove_async().await;
    }
    let engine = [
        answer(&mut server, HEALTH, 200, STATE).await,
        answer(&mut server, "/api/v1/stats", 200, STATS).await,
        answer(&mut server, "/api/v1/miners", 200, SESSIONS).await,
    ];
    assert_eq!(name(collect(&collector).await.unwrap()), "GoStratumEngine");
    for mock in engine {
        mock.remove_async().await;
    }
    let page = server.mock("GET", Matcher::Any).with_body("<html>").create_async().await;
    assert_eq!(collect(&collector).await.unwrap_err().kind(), FailureKind::Unsupported);
    page.remove_async().await;
    let _gss = [
        answer(&mut server, HEALTH, 200, GSS).await,
        answer(&mut server, "/api/v1/BTC/metrics/pool", 200, POOL).await,
        answer(&mut server, "/api/v1/BTC/metrics/miners", 200, MINERS).await,
    ];
    assert_eq!(name(collect(&collector).await.unwrap()), "GoSlimStratum");
}
