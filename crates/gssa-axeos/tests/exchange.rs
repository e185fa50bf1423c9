//! One exchange at a time: what is asked, and what each status becomes.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::error::Error as _;
use std::time::Duration;

use gssa_axeos::Collector;
use gssa_model::{CollectError, Collector as _, FailureReason, MinerSnapshot};
use mockito::{Matcher, Mock, Server, ServerGuard};

const INFO: &str = "/api/system/info";
const ASIC: &str = "/api/system/asic";

fn gamma(version: &str, uptime_secs: u64) -> String {
    format!(
        r#"{{"ASICModel":"BM1370","boardVersion":"601","version":"{version}","hashRate":1270,"uptimeSeconds":{uptime_secs}}}"#
    )
}

fn collector(server: &ServerGuard) -> Collector {
    let address = server.host_with_port().parse().unwrap();
    Collector::new("gamma".parse().unwrap(), &address, Duration::from_secs(2)).unwrap()
}

async fn answer(server: &mut ServerGuard, path: &str, status: usize, body: &str) -> Mock {
    server.mock("GET", path).with_status(status).with_body(body).create_async().await
}

async fn collect(collector: &Collector) -> Result<MinerSnapshot, CollectError> {
    collector.collect().await.map(|snapshot| snapshot.as_miner().unwrap().clone())
}

#[tokio::test]
async fn the_requests_are_small_and_have_no_origin() {
    let mut server = Server::new_async().await;
    let info = server
        .mock("GET", INFO)
        .match_header("origin", Matcher::Missing)
        .match_header("cookie", Matcher::Missing)
        .match_header("authorization", Matcher::Missing)
        .match_header("connection", "close")
        .with_body(gamma("v2.12.2", 300))
        .expect(1)
        .create_async()
        .await;
    let asic = answer(&mut server, ASIC, 404, r#"{"error":"unknown route"}"#).await;
    let snapshot = collect(&collector(&server)).await.unwrap();
    assert_eq!((snapshot.identity.model.as_deref(), snapshot.gaps.len()), (Some("Gamma"), 0));
    info.assert_async().await;
    asic.assert_async().await;
}

#[tokio::test]
async fn each_status_has_its_reason() {
    for (status, body, reason, detail) in [
        (401, "Unauthorized", FailureReason::ApiDisabled, "private IPv4"),
        (403, "", FailureReason::ApiDisabled, "private IPv4"),
        (302, "Redirect to the captive portal", FailureReason::NotAMiner, "a redirect"),
        (404, r#"{"error":"unknown route"}"#, FailureReason::NotAMiner, "404"),
        (200, "<!doctype html><title>AxeOS</title>", FailureReason::NotAMiner, "an HTML page"),
        (200, r#"{"device":"lamp"}"#, FailureReason::NotAMiner, "something else"),
        (200, "[]", FailureReason::NotAMiner, "no object"),
        (200, r#"{"ASICModel":"BM13"#, FailureReason::Malformed, "not JSON"),
        (200, "", FailureReason::Malformed, "not JSON"),
        (500, "", FailureReason::Malformed, "answered 500 to GET /api/system/info"),
        (431, "", FailureReason::Malformed, "answered 431 to GET /api/system/info"),
        (503, "OTA in progress", FailureReason::Busy, "answered 503"),
        (429, "", FailureReason::Busy, "answered 429"),
    ] {
        let mut server = Server::new_async().await;
        let _info = answer(&mut server, INFO, status, body).await;
        let error = collect(&collector(&server)).await.unwrap_err();
        assert_eq!(error.reason(), reason, "{status} {body}");
        assert!(error.detail().contains(detail), "{status} {body}: {}", error.detail());
    }
}

#[tokio::test]
async fn a_busy_device_says_when_to_come_back() {
    let mut server = Server::new_async().await;
    let busy = server.mock("GET", INFO).with_status(503).with_header("retry-after", "7");
    let _busy = busy.create_async().await;
    assert_eq!(collect(&collector(&server)).await.unwrap_err().retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_body_above_the_limit_is_not_read() {
    let mut server = Server::new_async().await;
    let _info = answer(&mut server, INFO, 200, &" ".repeat(gssa_axeos::MAX_BODY_BYTES + 1)).await;
    assert_eq!(collect(&collector(&server)).await.unwrap_err().reason(), FailureReason::TooLarge);
}

#[tokio::test]
async fn nobody_at_the_port_is_a_refused_connection_with_its_cause() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string().parse().unwrap();
    drop(listener);
    let collector = Collector::new("gone".parse().unwrap(), &address, Duration::from_secs(2)).unwrap();
    let error = collect(&collector).await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ConnectionRefused);
    assert!(error.source().is_some());
}

#[test]
fn an_address_that_is_not_http_is_refused_before_anything_is_sent() {
    let address = "https://192.168.1.50".parse().unwrap();
    assert!(Collector::new("tls".parse().unwrap(), &address, Duration::from_secs(1)).is_err());
}

#[tokio::test]
async fn chip_facts_are_asked_once_for_each_start_and_version() {
    let mut server = Server::new_async().await;
    let collector = collector(&server);
    let facts = r#"{"ASICModel":"BM1370","deviceModel":"Gamma","asicCount":1}"#;
    let asic = server.mock("GET", ASIC).with_body(facts).expect(3).create_async().await;
    for (version, uptime) in [("v2.12.2", 100), ("v2.12.2", 130), ("v2.12.2", 9), ("v2.13.0", 60), ("v2.13.0", 90)] {
        let _info = answer(&mut server, INFO, 200, &gamma(version, uptime)).await;
        collect(&collector).await.unwrap();
    }
    asic.assert_async().await;
}

#[tokio::test]
async fn firmware_without_chip_facts_is_not_asked_again_until_it_changes() {
    for (status, body) in [(302, ""), (404, r#"{"error":"unknown route"}"#), (200, "<!doctype html>")] {
        let mut server = Server::new_async().await;
        let collector = collector(&server);
        let asic = server.mock("GET", ASIC).with_status(status).with_body(body).expect(2).create_async().await;
        for (version, uptime) in [("v2.4.5", 100), ("v2.4.5", 9), ("v2.4.5", 30), ("v2.7.0", 40)] {
            let _info = answer(&mut server, INFO, 200, &gamma(version, uptime)).await;
            assert_eq!(collect(&collector).await.unwrap().gaps, []);
        }
        asic.assert_async().await;
    }
}

#[tokio::test]
async fn chip_facts_that_fail_are_a_gap_and_asked_again_less_and_less_often() {
    let mut server = Server::new_async().await;
    let collector = collector(&server);
    let _info = answer(&mut server, INFO, 200, &gamma("v2.12.2", 100)).await;
    // Observations 1, 2, 4 and 8 ask.
    let asic = server.mock("GET", ASIC).with_status(503).expect(4).create_async().await;
    for _ in 0..8 {
        let snapshot = collect(&collector).await.unwrap();
        let gaps: Vec<_> = snapshot.gaps.iter().map(|gap| (gap.field.as_str(), gap.found.as_str())).collect();
        assert_eq!(gaps, [(ASIC, "busy")], "steady, so that the health is");
        assert_eq!(snapshot.identity.model.as_deref(), Some("Gamma"), "from the table of boards");
    }
    asic.assert_async().await;
}

#[tokio::test]
async fn branches_that_tell_all_at_once_get_one_request() {
    let mut server = Server::new_async().await;
    let body =
        r#"{"ASICModel":"BM1370","deviceModel":"NerdQAxe++","asicCount":4,"hashRate":5400,"uptimeSeconds":9000}"#;
    let _info = answer(&mut server, INFO, 200, body).await;
    let asic = server.mock("GET", ASIC).expect(0).create_async().await;
    collect(&collector(&server)).await.unwrap();
    asic.assert_async().await;
}
