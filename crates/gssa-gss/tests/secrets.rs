//! The API key is searched for wherever something is told.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::error::Error;
use std::time::Duration;

use gssa_gss::{Collector, Endpoint, Options};
use gssa_model::Collector as _;
use mockito::{Matcher, Server};

const SECRET: &str = "hunter2-7319";

/// A pool that repeats the key to whoever sends it.
fn options() -> Options {
    let extra = Endpoint { name: "echo".to_owned(), path: "/echo".to_owned(), every: 1 };
    Options {
        timeout: Duration::from_secs(3),
        coins: vec!["DGB".to_owned()],
        api_key: Some(SECRET.to_owned()),
        extra_endpoints: vec![extra],
        ..Options::default()
    }
}

/// What an error says, with all its causes, for people and for programmers.
fn everything(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(|error| format!("{error} {error:?}")).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_pool_that_repeats_the_key_in_its_refusals_does_not_make_us_repeat_it() {
    for (status, body) in [
        (401, format!("invalid key {SECRET}")),
        (403, format!("{SECRET}{}", " ".repeat(300))),
        (500, format!("{}{SECRET}", "x".repeat(195))),
        (404, format!("/api/v1/health?key={SECRET}")),
        (503, SECRET.to_owned()),
        (200, format!("{{\"status\": {SECRET}")),
        (200, format!("<html>{SECRET}")),
    ] {
        let mut server = Server::new_async().await;
        let _any = server.mock("GET", Matcher::Any).with_status(status).with_body(&body).create_async().await;
        let address = server.host_with_port().parse().unwrap();
        let collector = Collector::new("pool".parse().unwrap(), &address, options()).unwrap();
        let error = collector.collect().await.unwrap_err();
        let told = format!("{} {collector:?}", everything(&error));
        assert!(!told.contains(SECRET) && !told.contains(&SECRET[..5]), "{status}: {told}");
    }
}

#[tokio::test]
async fn a_pool_that_repeats_the_key_in_a_part_does_not_either() {
    let mut server = Server::new_async().await;
    let health = r#"{"status":"ok","version":"5.2.6","uptime":4200}"#;
    let _health = server.mock("GET", "/api/v1/health").with_body(health).create_async().await;
    let _pool = server.mock("GET", "/api/v1/DGB/metrics/pool").with_body(r#"{"active_miners":0}"#).create_async().await;
    let miners = server.mock("GET", "/api/v1/DGB/metrics/miners").with_status(403).with_body(SECRET);
    let _miners = miners.create_async().await;
    let echo = format!(r#"{{"headers":["X-API-Key: {SECRET}"]}}"#);
    let _echo = server.mock("GET", "/echo").with_body(echo).create_async().await;
    let address = server.host_with_port().parse().unwrap();
    let collector = Collector::new("pool".parse().unwrap(), &address, options()).unwrap();
    let snapshot = collector.collect().await.unwrap();
    let told = format!("{snapshot:?} {} {collector:?}", serde_json::to_string(&snapshot).unwrap());
    assert!(told.contains("<redacted>") && !told.contains(SECRET), "{told}");
}

#[test]
fn a_key_that_cannot_be_sent_is_not_shown() {
    let options = Options { api_key: Some(format!("{SECRET}\n")), ..options() };
    let shown = format!("{options:?}");
    let error = Collector::new("pool".parse().unwrap(), &"192.168.1.10".parse().unwrap(), options).unwrap_err();
    assert!(!format!("{shown}{}", everything(&error)).contains(SECRET));
}
