//! Engines that misbehave, sockets that do not open, secrets that stay where they are.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use gssa_host::{Collector, Options};
use gssa_model::{Collector as _, Container, Gap};
use serde_json::{Value, json};

#[path = "support/engine.rs"]
mod simulated;
mod support;

use simulated::{Answer, SimulatedEngine};

const SHORT: Duration = Duration::from_millis(600);

fn collector(socket: PathBuf, timeout: Duration) -> Collector {
    support::collector(Options { timeout, docker_socket: Some(socket), ..Options::default() })
}

/// What comes of an engine that answers so: the machine itself is always read.
async fn read(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> (Vec<Container>, Vec<Gap>) {
    let engine = SimulatedEngine::start(answer);
    read_at(engine.socket(), SHORT).await
}

async fn read_at(socket: PathBuf, timeout: Duration) -> (Vec<Container>, Vec<Gap>) {
    let begun = Instant::now();
    let snapshot = support::observed(&collector(socket, timeout)).await;
    assert!(begun.elapsed() < timeout + Duration::from_secs(5), "{:?}", begun.elapsed());
    let server = support::server(&snapshot);
    assert!(server.memory.is_some(), "the machine is read whatever the engine does");
    (server.containers.clone(), snapshot.gaps)
}

fn version() -> Answer {
    Answer::Json(json!({ "Version": "28.2.2", "ApiVersion": "1.50" }))
}

fn id(number: usize) -> String {
    format!("{number:064x}")
}

fn listed(numbers: std::ops::Range<usize>) -> Value {
    let container =
        |n| json!({ "Id": id(n), "Names": [format!("/c{n:03}")], "Image": "example/app:1.0", "State": "running" });
    numbers.map(container).collect()
}

/// Answers `/version` and a list of two, and with `details` what is asked beyond.
fn with_two(details: Answer) -> impl Fn(&str) -> Answer + Send + Sync {
    move |path| match path {
        "/version" => version(),
        "/containers/json?all=1" => Answer::Json(listed(0..2)),
        _ => details.clone(),
    }
}

#[tokio::test]
async fn it_only_asks_and_by_the_version_of_the_engine() {
    let fixture = support::fixtures("engines").remove(0);
    let engine = SimulatedEngine::of(&fixture);
    read_at(engine.socket(), Duration::from_secs(30)).await;
    let requests = engine.requests();
    assert_eq!(requests[..2], ["GET /version HTTP/1.1", "GET /v1.50/containers/json?all=1 HTTP/1.1"]);
    let is_details = |request: &String| {
        request.starts_with("GET /v1.50/containers/") && request.ends_with("/json HTTP/1.1") && !request.contains('?')
    };
    assert_eq!(requests.len(), 10);
    assert!(requests[2..].iter().all(is_details), "{requests:?}");
}

#[tokio::test]
async fn no_secret_of_a_container_is_kept() {
    for fixture in support::fixtures("engines") {
        let engine = SimulatedEngine::of(&fixture);
        let collector = collector(engine.socket(), Duration::from_secs(30));
        let snapshot = collector.collect().await.unwrap();
        let shown = format!("{} {snapshot:?} {collector:?}", serde_json::to_string(&snapshot).unwrap());
        assert!(shown.contains("18.1"), "the one value that is read is there");
        assert!(!shown.contains("planted"), "{shown}");
    }
    for answer in [Answer::Status(500), Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\"planted\"")] {
        let (_, gaps) = read(with_two(answer)).await;
        assert!(gaps.len() == 1 && !format!("{gaps:?}").contains("planted"), "{gaps:?}");
    }
}

#[tokio::test]
async fn a_socket_that_does_not_open_is_a_gap_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let gap = |path: &PathBuf, found: &str| vec![Gap::new(path.display().to_string(), found)];
    let none = folder.path().join("none.sock");
    let said = gap(&none, "no such socket: is Docker running, and the socket mounted?");
    assert_eq!(read_at(none, SHORT).await, (Vec::new(), said));

    let closed = folder.path().join("closed.sock");
    drop(std::os::unix::net::UnixListener::bind(&closed).unwrap());
    let said = gap(&closed, "nobody listens: Docker is not running");
    assert_eq!(read_at(closed, SHORT).await, (Vec::new(), said));
}

#[tokio::test]
async fn whatever_the_engine_does_is_a_gap_in_time() {
    for (name, answer, found) in [
        ("hangs", Answer::Hang, "no answer to GET /version in 0.6 s"),
        ("floods", Answer::Flood, "the answer to GET /version is larger than 1048576 bytes"),
        ("closes", Answer::Bytes(b""), "the connection broke off during GET /version"),
        ("garbage", Answer::Bytes(b"\x00\xffgarbage\r\n\r\n"), "the answer to GET /version is not HTTP"),
    ] {
        let (containers, gaps) = read(move |_| answer.clone()).await;
        assert_eq!((containers.len(), gaps), (0, vec![Gap::new("/version", found)]), "{name}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_understood_is_a_gap_with_its_path() {
    for (answer, found) in [
        (Answer::Status(403), "answered 403: a socket proxy does not allow it"),
        (Answer::Status(500), "answered 500"),
        (Answer::Json(json!({ "message": "no" })), "answered what is not understood"),
        (Answer::Json(json!([5])), "answered what is not understood"),
        (Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"), "answered what is not understood"),
    ] {
        let (containers, gaps) = read(move |path| if path == "/version" { version() } else { answer.clone() }).await;
        assert_eq!((containers.len(), gaps), (0, vec![Gap::new("/v1.50/containers/json?all=1", found)]));
    }
}

#[tokio::test]
async fn a_proxy_that_hides_the_version_still_shows_the_containers() {
    let (containers, gaps) = read(|path| match path {
        "/version" => Answer::Status(403),
        "/containers/json?all=1" => Answer::Json(listed(0..2)),
        _ => Answer::Json(json!({ "RestartCount": 3 })),
    })
    .await;
    assert_eq!(containers.iter().map(|container| container.restarts).collect::<Vec<_>>(), [Some(3), Some(3)]);
    assert_eq!(gaps, [Gap::new("/version", "answered 403: a socket proxy does not allow it")]);
}

#[tokio::test]
async fn containers_without_details_show_what_the_list_says() {
    for (answer, found) in [
        (Answer::Status(403), "2 of 2: answered 403: a socket proxy does not allow it"),
        (Answer::Json(json!("x")), "2 of 2: answered what is not understood"),
    ] {
        let (containers, gaps) = read(with_two(answer)).await;
        assert_eq!(gaps, [Gap::new("/containers/{id}/json", found)]);
        assert_eq!(containers.len(), 2);
        assert_eq!((containers[0].version.as_deref(), containers[0].restarts), (Some("1.0"), None));
    }
    let (containers, gaps) = read(with_two(Answer::Hang)).await;
    assert_eq!(containers.len(), 2);
    assert!(gaps.len() == 1 && gaps[0].found.starts_with("2 of 2: no answer to GET /v1.50/containers/0"), "{gaps:?}");
}

#[tokio::test]
async fn a_container_that_is_gone_between_two_questions_is_left_out() {
    let gone = format!("/containers/{}/json", id(1));
    let (containers, gaps) = read(move |path| match path {
        path if path == gone => Answer::Status(404),
        path if path.ends_with("/json") => Answer::Json(json!({})),
        path => with_two(Answer::Hang)(path),
    })
    .await;
    let names: Vec<&str> = containers.iter().map(|container| container.name.as_str()).collect();
    assert_eq!((names, gaps), (vec!["c000"], Vec::new()));
}

#[tokio::test]
async fn many_containers_are_capped_and_asked_a_few_at_a_time() {
    let engine = SimulatedEngine::start(|path| match path {
        "/version" => version(),
        "/containers/json?all=1" => Answer::Json(listed(0..250)),
        _ => Answer::Json(json!({})),
    });
    let (containers, gaps) = read_at(engine.socket(), Duration::from_secs(30)).await;
    assert_eq!(containers.len(), 200);
    assert!(containers.is_sorted_by_key(|container| container.name.clone()));
    assert_eq!(gaps, [Gap::new("/containers/json", "250 containers, 200 of them shown")]);
    assert!(engine.most_open() <= 4, "{}", engine.most_open());
}
