//! Documents that the operator asks for by path.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::time::Duration;

use gssa_gss::{Collector, Endpoint, Options};
use gssa_model::{Collector as _, PoolSnapshot};
use mockito::{Server, ServerGuard};
use serde_json::json;

/// An endpoint that is always due.
fn endpoint(name: &str, path: &str) -> Endpoint {
    Endpoint { name: name.to_owned(), path: path.to_owned(), every: 1 }
}

async fn pool(server: &mut ServerGuard, coins: &[&str], extra_endpoints: Vec<Endpoint>) -> Collector {
    let health = r#"{"status":"ok","version":"5.2.6","uptime":4200}"#;
    server.mock("GET", "/api/v1/health").with_body(health).create_async().await;
    for key in coins {
        let path = |document| format!("/api/v1/{key}/metrics/{document}");
        server.mock("GET", path("pool").as_str()).with_body(r#"{"active_miners":0}"#).create_async().await;
        server.mock("GET", path("miners").as_str()).with_body(r#"{"workers":[]}"#).create_async().await;
    }
    let coins = coins.iter().map(|key| (*key).to_owned()).collect();
    let options = Options { timeout: Duration::from_secs(3), coins, extra_endpoints, ..Options::default() };
    Collector::new("pool".parse().unwrap(), &server.host_with_port().parse().unwrap(), options).unwrap()
}

async fn collect(collector: &Collector) -> PoolSnapshot {
    collector.collect().await.unwrap().as_pool().unwrap().clone()
}

#[tokio::test]
async fn a_document_is_passed_on_by_its_name_and_by_coin_key_below_it() {
    let mut server = Server::new_async().await;
    let endpoints = vec![endpoint("blocks", "/api/v1/{coin}/blocks?limit=1"), endpoint("node", "/node")];
    let collector = pool(&mut server, &["BTC", "DGB"], endpoints).await;
    server
        .mock("GET", "/api/v1/BTC/blocks?limit=1")
        .with_body(r#"[{"height":900001,"reward":null}]"#)
        .create_async()
        .await;
    server.mock("GET", "/api/v1/DGB/blocks?limit=1").with_body("[]").create_async().await;
    server.mock("GET", "/node").with_body(r#"{"online":true,"rpc_password":"hunter2"}"#).create_async().await;
    let snapshot = collect(&collector).await;
    assert_eq!(snapshot.gaps, []);
    assert_eq!(
        json!(snapshot.extra),
        json!({ "blocks": { "BTC": [{ "height": 900_001 }], "DGB": [] }, "node": { "online": true, "rpc_password": "<redacted>" } })
    );
}

#[tokio::test]
async fn a_document_is_there_only_in_the_observations_that_asked_for_it() {
    let mut server = Server::new_async().await;
    let endpoints = vec![Endpoint { every: 3, ..endpoint("slow", "/slow") }];
    let collector = pool(&mut server, &["DGB"], endpoints).await;
    let slow = server.mock("GET", "/slow").with_body("1").expect(2).create_async().await;
    let mut there = Vec::new();
    for _ in 0..6 {
        there.push(collect(&collector).await.extra.contains_key("slow"));
    }
    assert_eq!(there, [true, false, false, true, false, false]);
    slow.assert_async().await;
}

#[tokio::test]
async fn what_does_not_come_is_a_gap_and_costs_nothing_else() {
    let mut server = Server::new_async().await;
    let paths = ["/missing", "/page", "/text", "/large", "/null", "/good"];
    let endpoints = paths.iter().map(|path| endpoint(&path[1..], path)).collect();
    let collector = pool(&mut server, &["DGB"], endpoints).await;
    server.mock("GET", "/missing").with_status(404).create_async().await;
    server.mock("GET", "/page").with_body("<html>").create_async().await;
    server.mock("GET", "/text").with_body("all is well").create_async().await;
    server.mock("GET", "/large").with_body(format!("\"{}\"", "x".repeat(64 * 1024))).create_async().await;
    server.mock("GET", "/null").with_body("null").create_async().await;
    server.mock("GET", "/good").with_body("{}").create_async().await;
    let snapshot = collect(&collector).await;
    let gaps: Vec<_> = snapshot.gaps.iter().map(|gap| (gap.field.as_str(), gap.found.as_str())).collect();
    let expected = [("/missing", "404"), ("/page", "a web page"), ("/text", "malformed"), ("/large", "too_large")];
    assert_eq!(gaps, expected);
    assert_eq!(json!(snapshot.extra), json!({ "good": {} }));
    assert_eq!(snapshot.coins[0].active_workers, Some(0));
}

#[tokio::test]
async fn so_many_documents_at_once_are_enough() {
    let mut server = Server::new_async().await;
    let keys: Vec<String> = (0..12).map(|number| format!("K{number:02}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let endpoints = ["a", "b", "c"].map(|name| endpoint(name, &format!("/x/{{coin}}/{name}"))).to_vec();
    let collector = pool(&mut server, &keys, endpoints).await;
    let any = mockito::Matcher::Regex("^/x/.*".to_owned());
    let asked = server.mock("GET", any).with_body("{}").expect(32).create_async().await;
    let gaps = collect(&collector).await.gaps;
    assert_eq!((gaps.len(), gaps[0].found.as_str()), (1, "more than 32 documents at once"));
    asked.assert_async().await;
}
