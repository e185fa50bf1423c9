//! What clients cannot do to the server.

use std::time::Duration;

use gssa_serve::Limits;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::{Agent, DEADLINE, answer};

const SHORT: Duration = Duration::from_millis(200);

async fn with(limits: Limits) -> Agent {
    Agent::with("{}", "127.0.0.1:0", limits).await
}

#[tokio::test]
async fn a_client_that_is_slow_with_its_head_is_cut() {
    let agent = with(Limits { head_time: SHORT, ..Limits::default() }).await;
    for part in ["", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"] {
        let mut stream = TcpStream::connect(agent.address).await.unwrap();
        stream.write_all(part.as_bytes()).await.unwrap();
        let answer = answer(&mut stream).await;
        assert!(answer.status == 0 || answer.status == 408, "{answer:?}");
    }
}

#[tokio::test]
async fn a_kept_connection_does_not_wait_for_ever() {
    let agent = with(Limits { head_time: SHORT, ..Limits::default() }).await;
    let mut stream = TcpStream::connect(agent.address).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert_eq!(answer(&mut stream).await.status, 200);
}

#[tokio::test]
async fn a_head_has_a_size_and_a_number_of_lines() {
    let agent = with(Limits::default()).await;
    let long = format!("X-Long: {}\r\n", "x".repeat(20 * 1024));
    assert_eq!(agent.send("GET", "/healthz", &long, None).await.status, 431);
    let many = "X-Many: x\r\n".repeat(70);
    assert_eq!(agent.send("GET", "/healthz", &many, None).await.status, 431);
    let path = format!("/healthz?{}", "x".repeat(70 * 1024));
    assert!(matches!(agent.get(&path).await.status, 0 | 414 | 431));
    assert_eq!(agent.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn connections_are_counted() {
    let agent = with(Limits { connections: 2, ..Limits::default() }).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(agent.address).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut [0; 1]).await.unwrap() > 0);
        held.push(stream);
    }
    let mut third = TcpStream::connect(agent.address).await.unwrap();
    let answer = answer(&mut third).await;
    assert_eq!((answer.status, answer.problem().as_str()), (503, "too-many-connections"));
    drop(held);
    let freed = async { while agent.get("/healthz").await.status != 200 {} };
    tokio::time::timeout(DEADLINE, freed).await.expect("places are given back");
}

#[tokio::test]
async fn an_answer_has_a_deadline_and_so_has_a_body() {
    let agent = with(Limits { answer_time: SHORT, ..Limits::default() }).await;
    agent.put("hangs");
    let answer = agent.change("POST", "/api/v1/readings/hangs/refresh", "", &json!({})).await;
    assert_eq!((answer.status, answer.problem().as_str()), (503, "took-too-long"));
    let head = format!("Host: {}\r\n{}Content-Type: application/json\r\n", agent.address, agent.origin());
    let drip = agent.raw(&format!("POST /api/v1/probe HTTP/1.1\r\n{head}Content-Length: 20\r\n\r\n{{\"add")).await;
    assert_eq!((drip.status, drip.problem().as_str()), (503, "took-too-long"));
}

#[tokio::test]
async fn a_request_under_way_is_finished_at_the_stop() {
    let mut agent = with(Limits::default()).await;
    agent.put("waits");
    let mut stream = TcpStream::connect(agent.address).await.unwrap();
    let head = format!("Host: {}\r\n{}Content-Length: 0\r\n", agent.address, agent.origin());
    stream.write_all(format!("POST /api/v1/readings/waits/refresh HTTP/1.1\r\n{head}\r\n").as_bytes()).await.unwrap();
    agent.polls.begun.notified().await;
    agent.stop.cancel();
    agent.polls.go_on.notify_one();
    assert_eq!(answer(&mut stream).await.status, 200);
    tokio::time::timeout(DEADLINE, &mut agent.served).await.expect("the server ends").unwrap();
}

#[tokio::test]
async fn what_does_not_finish_is_closed() {
    let mut agent = with(Limits { drain_time: SHORT, ..Limits::default() }).await;
    agent.put("waits");
    let request = async { agent.change("POST", "/api/v1/readings/waits/refresh", "", &json!({})).await };
    let stop = async {
        agent.polls.begun.notified().await;
        agent.stop.cancel();
    };
    let (answer, ()) = tokio::join!(request, stop);
    assert_eq!(answer.status, 0, "cut");
    tokio::time::timeout(DEADLINE, &mut agent.served).await.expect("the server ends").unwrap();
}

#[tokio::test]
async fn nonsense_is_answered_and_cut() {
    let agent = with(Limits::default()).await;
    for nonsense in ["\r\n\r\n\0\0\0", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}hello tls\r\n\r\n"] {
        let answer = agent.raw(nonsense).await;
        assert!(matches!(answer.status, 0 | 400 | 505), "{nonsense:?} {answer:?}");
    }
    assert_eq!(agent.get("/healthz").await.status, 200);
}
