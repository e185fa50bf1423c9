//! One exchange at a time: what is asked, and what each answer becomes.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::error::Error as _;
use std::time::Duration;

use gssa_mim::{Collector, Endpoint, Map, Options};
use gssa_model::{CollectError, Collector as _, Confidence, FailureReason, InfrastructureSnapshot, Snapshot};
use mockito::{Matcher, Mock, Server, ServerGuard};

const PAGE: &str = "<!doctype html><title>MIM</title>";
const CONTAINERS: &str = r#"[{"name":"mim","state":"running"}]"#;

fn endpoint(name: &str, path: &str, every: u32, map: Option<Map>) -> Endpoint {
    Endpoint { name: name.to_owned(), path: path.to_owned(), every, map }
}

fn collector(server: &ServerGuard, endpoints: Vec<Endpoint>) -> Collector {
    collector_of(server, Options { endpoints, ..options() })
}

fn options() -> Options {
    Options { timeout: Duration::from_secs(5), ..Options::default() }
}

fn collector_of(server: &ServerGuard, options: Options) -> Collector {
    let address = server.host_with_port().parse().unwrap();
    Collector::new("mim".parse().unwrap(), &address, options).unwrap()
}

async fn answer(server: &mut ServerGuard, path: &str, kind: &str, status: usize, body: &str) -> Mock {
    server.mock("GET", path).with_status(status).with_header("content-type", kind).with_body(body).create_async().await
}

/// A server with a first page.
async fn mim() -> ServerGuard {
    let mut server = Server::new_async().await;
    answer(&mut server, "/", "text/html", 200, PAGE).await;
    server
}

async fn collect(collector: &Collector) -> Result<InfrastructureSnapshot, CollectError> {
    collector.collect().await.map(|snapshot| match snapshot {
        Snapshot::Infrastructure(snapshot) => *snapshot,
        other => panic!("{other:?}"),
    })
}

fn gaps(snapshot: &InfrastructureSnapshot) -> Vec<(&str, &str)> {
    snapshot.gaps.iter().map(|gap| (gap.field.as_str(), gap.found.as_str())).collect()
}

#[tokio::test]
async fn the_requests_are_small_and_carry_no_key() {
    let mut server = Server::new_async().await;
    let page = server
        .mock("GET", "/")
        .match_header("origin", Matcher::Missing)
        .match_header("cookie", Matcher::Missing)
        .match_header("authorization", Matcher::Missing)
        .match_header("x-api-key", Matcher::Missing)
        .match_header("connection", "close")
        .with_header("content-type", "text/html")
        .with_body(PAGE)
        .expect(1)
        .create_async()
        .await;
    let version = answer(&mut server, "/version", "text/html", 200, "<p>Version 3.3.6</p>").await;
    let snapshot = collect(&collector(&server, vec![])).await.unwrap();
    assert_eq!((snapshot.software.name.as_deref(), snapshot.software.version.as_deref()), (Some("MIM"), Some("3.3.6")));
    assert_eq!(snapshot.software.confidence, Some(Confidence::Low));
    assert!(snapshot.gaps.is_empty() && snapshot.servers.is_empty() && snapshot.extra.is_empty());
    page.assert_async().await;
    version.assert_async().await;
}

#[tokio::test]
async fn each_answer_of_the_first_page_has_its_reason() {
    for (status, kind, body, reason, detail) in [
        (401, "text/html", "", FailureReason::PasswordNeeded, "wants a login"),
        (402, "text/html", "", FailureReason::ApiDisabled, "answered 402"),
        (403, "text/html", "", FailureReason::ApiDisabled, "answered 403"),
        (404, "text/html", "", FailureReason::NotAMiner, "404 to GET /"),
        (200, "application/json", "{}", FailureReason::NotAMiner, "no page"),
        (200, "text/plain", "SSH", FailureReason::NotAMiner, "no page"),
        (500, "text/html", "", FailureReason::Malformed, "answered 500"),
        (502, "text/html", "", FailureReason::Malformed, "answered 502"),
        (503, "text/html", "", FailureReason::Busy, "answered 503"),
        (429, "text/html", "", FailureReason::Busy, "answered 429"),
    ] {
        let mut server = Server::new_async().await;
        let _page = answer(&mut server, "/", kind, status, body).await;
        let error = collect(&collector(&server, vec![])).await.unwrap_err();
        assert_eq!(error.reason(), reason, "{status} {kind}");
        assert!(error.detail().contains(detail), "{status} {kind}: {}", error.detail());
    }
}

#[tokio::test]
async fn a_busy_mim_says_when_to_come_back() {
    let mut server = Server::new_async().await;
    let _busy = server.mock("GET", "/").with_status(503).with_header("retry-after", "7").create_async().await;
    assert_eq!(collect(&collector(&server, vec![])).await.unwrap_err().retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn what_does_not_say_that_it_is_mim_is_not_called_so() {
    let mut server = Server::new_async().await;
    let _page = answer(&mut server, "/", "text/html", 200, "<title>Router</title><p>minimum</p>").await;
    let snapshot = collect(&collector(&server, vec![])).await.unwrap();
    assert_eq!(snapshot.software.name.as_deref(), Some("Router"));
    assert_eq!(snapshot.software.confidence, Some(Confidence::Low));
    assert_eq!(gaps(&snapshot), [("/", "a page that does not name MIM: Router")]);

    let mut server = Server::new_async().await;
    let to =
        server.mock("GET", "/").with_status(302).with_header("location", "https://mim.example/login?token=hunter2");
    let _to = to.create_async().await;
    let login = server.mock("GET", "/login").expect(0).create_async().await;
    let snapshot = collect(&collector(&server, vec![])).await.unwrap();
    assert_eq!(snapshot.software.name, None);
    assert_eq!(gaps(&snapshot), [("/", "a redirect, which is not followed, to https://mim.example/login")]);
    login.assert_async().await;
}

#[tokio::test]
async fn nobody_at_the_port_is_a_refused_connection_with_its_cause() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string().parse().unwrap();
    drop(listener);
    let collector = Collector::new("gone".parse().unwrap(), &address, options()).unwrap();
    let error = collect(&collector).await.unwrap_err();
    assert_eq!(error.reason(), FailureReason::ConnectionRefused);
    assert!(error.source().is_some());
}

#[test]
fn what_must_not_be_asked_is_refused_before_anything_is_sent() {
    let new = |address: &str, path: &str| {
        let endpoints = vec![endpoint("x", path, 1, None)];
        Collector::new("mim".parse().unwrap(), &address.parse().unwrap(), Options { endpoints, ..options() })
    };
    assert!(new("ftp://192.168.1.10", "/x").is_err());
    let error = CollectError::from(new("192.168.1.10", "/api/server/product/repair").unwrap_err());
    assert_eq!(error.detail(), "endpoint \"x\": its path names an action, and this only reads");
    assert!(new("192.168.1.10", "/api/server/products").is_ok());
}

#[tokio::test]
async fn each_answer_of_an_endpoint_has_its_gap_and_costs_nothing_else() {
    let json = "application/json";
    for (status, kind, body, found) in [
        (200, "text/html", PAGE, "answered a page, so that this path is none of its API"),
        (200, json, PAGE, "answered a page, so that this path is none of its API"),
        (200, json, "NAME STATE", "answered what is not JSON"),
        (200, json, "", "answered what is not JSON"),
        (200, json, r#"{"hello":1}"#, "JSON without containers"),
        (200, json, r#"{"status":"error","data":{},"errors":[{"code":"SSH_TIMEOUT"}]}"#, "an error: SSH_TIMEOUT"),
        (
            200,
            "text/event-stream",
            "data: Reading package lists\n\n",
            "answered an event stream, and no event came in 2 s",
        ),
        (302, json, "", "answered a redirect"),
        (401, json, "", "answered 401: it, or a proxy before it, wants a login that the agent does not ha…"),
        (402, json, "", "answered 402: it does not allow this"),
        (403, json, "", "answered 403: it does not allow this"),
        (404, json, r#"{"error":"not found"}"#, "answered 404"),
        (500, json, CONTAINERS, "answered 500"),
        (503, json, "", "answered 503: busy"),
    ] {
        let mut server = mim().await;
        answer(&mut server, "/bad?token=hunter2", kind, status, body).await;
        answer(&mut server, "/good", json, 200, CONTAINERS).await;
        let endpoints = vec![
            endpoint("bad", "/bad?token=hunter2", 1, Some(Map::Containers)),
            endpoint("good", "/good", 1, Some(Map::Containers)),
        ];
        let snapshot = collect(&collector(&server, endpoints)).await.unwrap();
        assert_eq!(gaps(&snapshot), [("/bad", found)], "{status} {kind} {body}");
        assert_eq!(snapshot.servers[0].containers.len(), 1, "{status} {kind} {body}");
        assert!(!format!("{snapshot:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn an_answer_of_no_known_shape_is_kept_without_what_is_secret() {
    let mut server = mim().await;
    let licence =
        r#"{"licence":"free","license_key":"hunter2","servers":[{"ssh_password":"hunter2","note":"ENC:hunter2"}]}"#;
    answer(&mut server, "/licence", "application/json", 200, licence).await;
    answer(&mut server, "/odd", "application/json", 200, r#"{"weather":"fine","token":"hunter2"}"#).await;
    let endpoints = vec![endpoint("licence", "/licence", 1, None), endpoint("odd", "/odd", 1, Some(Map::Products))];
    let snapshot = collect(&collector(&server, endpoints)).await.unwrap();
    let extra = serde_json::to_value(&snapshot.extra).unwrap();
    assert_eq!(
        extra,
        serde_json::json!({ "licence": { "licence": "free", "servers": [{}] }, "odd": { "weather": "fine" } })
    );
    assert_eq!(gaps(&snapshot), [("/odd", "JSON without products")]);
}

#[tokio::test]
async fn what_is_kept_is_bounded() {
    let mut server = mim().await;
    let long = format!("[{}1]", "\"some line of a log\",".repeat(20_000));
    answer(&mut server, "/logs", "application/json", 200, &long).await;
    let snapshot = collect(&collector(&server, vec![endpoint("logs", "/logs", 1, None)])).await.unwrap();
    assert!(serde_json::to_string(&snapshot.extra).unwrap().len() <= gssa_mim::MAX_EXTRA_BYTES);
    assert_eq!(gaps(&snapshot), [("logs", "too much to keep, its end is left out")]);
}

#[tokio::test]
async fn a_body_above_the_limit_is_not_read() {
    let mut server = mim().await;
    answer(&mut server, "/huge", "application/json", 200, &" ".repeat(gssa_mim::MAX_BODY_BYTES + 1)).await;
    let snapshot = collect(&collector(&server, vec![endpoint("huge", "/huge", 1, Some(Map::Servers))])).await.unwrap();
    assert_eq!(gaps(&snapshot), [("/huge", "too_large")]);
}

#[tokio::test]
async fn an_endpoint_of_each_nth_observation_is_shown_with_its_age_in_between() {
    let mut server = mim().await;
    let products = server.mock("GET", "/products").with_body(r#"[{"key":"gss","status":"installed","server_id":"a"}]"#);
    let products = products.expect(2).create_async().await;
    let containers = server.mock("GET", "/containers").with_body(CONTAINERS).expect(4).create_async().await;
    let endpoints = vec![
        endpoint("products", "/products", 3, Some(Map::Products)),
        endpoint("containers", "/containers", 1, Some(Map::Containers)),
    ];
    let collector = collector(&server, endpoints);
    for observation in 0..4 {
        let snapshot = collect(&collector).await.unwrap();
        let [one] = &snapshot.servers[..] else { panic!("{snapshot:?}") };
        assert_eq!(one.products[0].age_secs.is_some(), observation % 3 != 0, "{observation}");
        assert_eq!(one.containers[0].age_secs, None, "told in this observation");
        assert_eq!(gaps(&snapshot), []);
    }
    products.assert_async().await;
    containers.assert_async().await;
}

#[tokio::test]
async fn what_was_told_before_is_gone_when_its_turn_fails() {
    let mut server = mim().await;
    let collector = collector(&server, vec![endpoint("containers", "/containers", 2, Some(Map::Containers))]);
    let told = answer(&mut server, "/containers", "application/json", 200, CONTAINERS).await;
    assert_eq!(collect(&collector).await.unwrap().servers.len(), 1);
    told.remove_async().await;
    assert_eq!(collect(&collector).await.unwrap().servers[0].containers[0].age_secs, Some(0));
    let snapshot = collect(&collector).await.unwrap();
    assert_eq!((snapshot.servers.len(), gaps(&snapshot)), (0, vec![("/containers", "answered 501")]));
}

#[tokio::test]
async fn after_an_absence_everything_is_asked_anew() {
    let mut server = Server::new_async().await;
    let collector = collector(&server, vec![endpoint("containers", "/containers", 100, Some(Map::Containers))]);
    let version =
        server.mock("GET", "/version").with_header("content-type", "text/html").with_body("<p>Version 3.3.6</p>");
    let version = version.expect(2).create_async().await;
    let containers = server.mock("GET", "/containers").with_body(CONTAINERS).expect(2).create_async().await;
    for is_there in [true, true, false, true] {
        let page = answer(&mut server, "/", "text/html", if is_there { 200 } else { 500 }, PAGE).await;
        let told = collect(&collector).await;
        assert_eq!(told.is_ok(), is_there);
        let is_told = told
            .is_ok_and(|snapshot| snapshot.software.version.as_deref() == Some("3.3.6") && snapshot.servers.len() == 1);
        assert_eq!(is_told, is_there);
        page.remove_async().await;
    }
    version.assert_async().await;
    containers.assert_async().await;
}

#[tokio::test]
async fn the_version_page_is_asked_now_and_then_and_its_absence_is_no_gap() {
    let mut server = mim().await;
    let version = server.mock("GET", "/version").with_status(404).expect(2).create_async().await;
    let collector = collector(&server, vec![]);
    for _ in 0..16 {
        let snapshot = collect(&collector).await.unwrap();
        assert_eq!((snapshot.software.version.as_deref(), gaps(&snapshot)), (None, vec![]));
    }
    version.assert_async().await;
}

#[tokio::test]
async fn each_server_is_asked_for_by_its_id() {
    let mut server = mim().await;
    answer(&mut server, "/servers", "application/json", 200, r#"[{"id":"a","name":"Rack"},{"id":"b","name":"Shed"}]"#)
        .await;
    answer(&mut server, "/a/containers", "application/json", 200, CONTAINERS).await;
    answer(&mut server, "/b/containers", "application/json", 404, "").await;
    answer(&mut server, "/a/status", "application/json", 200, r#"{"cpu_percent":5,"memory":"1GiB / 2GiB"}"#).await;
    let endpoints = vec![
        endpoint("servers", "/servers", 1, Some(Map::Servers)),
        endpoint("containers", "/{server}/containers", 1, Some(Map::Containers)),
        endpoint("status", "/{server}/status", 1, Some(Map::Servers)),
    ];
    let servers = vec!["a".to_owned(), "b".to_owned()];
    let snapshot = collect(&collector_of(&server, Options { endpoints, servers, ..options() })).await.unwrap();
    let told: Vec<_> = snapshot
        .servers
        .iter()
        .map(|one| (one.id.as_str(), one.name.as_deref(), one.containers.len(), one.cpu_percent.is_some()))
        .collect();
    assert_eq!(told, [("a", Some("Rack"), 1, true), ("b", Some("Shed"), 0, false)]);
    assert_eq!(gaps(&snapshot), [("/b/containers", "answered 404"), ("/b/status", "answered 501")]);
}
