//! Webhooks: who may send them, how much, and what becomes of them.

use std::sync::Arc;
use std::time::Duration;

use gssa::hooks::OfHook;
use gssa_serve::Limits;
use gssa_view::journal::{Entry, Filter};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::{Agent, Answer, DEADLINE, answer, password_hash, token_hash};

const TOKEN: &str = "b7e1-hook-token";

fn config() -> Value {
    json!({
        "server": { "password_hash": password_hash() },
        "hooks": [
            { "name": "pool", "hash": token_hash(TOKEN) },
            { "name": "miners", "hash": token_hash("another-token") },
        ],
    })
}

async fn agent() -> Agent {
    Agent::new(config()).await
}

/// Lets what was taken be read.
fn read(agent: &Agent) {
    let (hooks, stop) = (Arc::clone(&agent.hooks), agent.stop.clone());
    tokio::spawn(async move { hooks.run(stop).await });
}

/// Sends a body as another program does: without `Origin`, with whatever it calls its type.
async fn send(agent: &Agent, target: &str, more: &str, body: &str) -> Answer {
    let head = format!("POST {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{more}", agent.address);
    agent.raw(&format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())).await
}

async fn entries(agent: &Agent, count: u64) -> Vec<Arc<Entry>> {
    let mut newest = agent.journal.subscribe();
    let told = newest.wait_for(|seq| *seq >= count);
    tokio::time::timeout(DEADLINE, told).await.expect("what was sent is told").unwrap();
    agent.journal.list(&Filter::default())
}

#[tokio::test]
async fn a_webhook_is_answered_at_once_and_told_later() {
    let agent = agent().await;
    let body =
        r#"{"subject":"Block Found!","message":"DGB block 9","type":"block_found","timestamp":"2026-11-20T08:09:10Z"}"#;
    let answer = send(&agent, &format!("/api/v1/hooks/{TOKEN}"), "Content-Type: application/json\r\n", body).await;
    assert_eq!((answer.status, answer.text().as_str()), (202, ""));
    assert_eq!(agent.journal.list(&Filter::default()).len(), 0, "nothing reads yet");

    read(&agent);
    entries(&agent, 1).await;
    let session = agent.log_in().await;
    let journal = agent.send("GET", "/api/v1/journal?kind=hook", &session, None).await.json();
    let entry = &journal["entries"][0];
    assert_eq!(
        (entry["kind"].as_str(), entry["text"].as_str()),
        (Some("hook"), Some("pool: Block Found!: DGB block 9"))
    );
    let event = json!({ "name": "pool", "product": "gss", "event": "block_found", "severity": "info", "title": "Block Found!",
        "detail": "DGB block 9", "at": "2026-11-20T08:09:10.000Z" });
    assert_eq!(entry["hook"], event);

    let mut stream = TcpStream::connect(agent.address).await.unwrap();
    let run = "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    stream.write_all(format!("{run}{session}\r\n").as_bytes()).await.unwrap();
    send(&agent, &format!("/api/v1/hooks/{TOKEN}"), "", r#"{"event_type":"miner_offline","entity":"Shed Gamma"}"#)
        .await;
    let told = async {
        let mut text = String::new();
        let mut chunk = [0; 4096];
        while !text.contains("pool: Miner offline: Shed Gamma") {
            let read = stream.read(&mut chunk).await.unwrap();
            assert!(read > 0, "the stream ended: {text}");
            text.push_str(&String::from_utf8_lossy(&chunk[..read]));
        }
        text
    };
    let text = tokio::time::timeout(DEADLINE, told).await.expect("the stream tells it");
    assert!(text.contains("event: event\n") && text.contains(r#""severity":"critical""#), "{text}");
}

#[tokio::test]
async fn the_token_may_stand_in_the_path_the_query_or_a_header() {
    let agent = agent().await;
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    let cases = [
        (format!("/api/v1/hooks/{TOKEN}"), "", 202),
        (format!("/api/v1/hooks?token={TOKEN}"), "", 202),
        ("/api/v1/hooks".to_owned(), bearer.as_str(), 202),
        // Whatever else stands there, from whatever page.
        (
            format!("/api/v1/hooks/{TOKEN}"),
            "Authorization: Bearer of-a-proxy\r\nOrigin: http://elsewhere.example\r\n",
            202,
        ),
        (format!("/api/v1/hooks?token={TOKEN}"), "Authorization: Basic eDp5\r\nCookie: gssa_session=0\r\n", 202),
        (format!("/api/v1/hooks/{TOKEN}x"), "", 403),
        (format!("/api/v1/hooks/{}", TOKEN.to_uppercase()), "", 403),
        (format!("/api/v1/hooks/{}", token_hash(TOKEN)), "", 403),
        ("/api/v1/hooks/x".to_owned(), bearer.as_str(), 403),
        ("/api/v1/hooks?token=".to_owned(), "", 403),
        ("/api/v1/hooks?token=x".to_owned(), bearer.as_str(), 403),
        ("/api/v1/hooks".to_owned(), "", 403),
        ("/api/v1/hooks/".to_owned(), "", 404),
        (format!("/api/v1/hooks/{TOKEN}/x"), "", 404),
        (format!("/api/v1/hooks?key={TOKEN}"), "", 400),
    ];
    for (target, more, status) in cases {
        let answer = send(&agent, &target, more, "{}").await;
        assert_eq!(answer.status, status, "{target} {more}: {}", answer.text());
        if status == 403 {
            assert_eq!(answer.problem(), "hook-unknown");
        }
        assert!(!answer.text().contains(TOKEN), "{}", answer.text());
    }
    assert_eq!(agent.hooks.counts().unknown_tokens(), 7);
}

#[tokio::test]
async fn without_hooks_there_is_none() {
    let agent = Agent::new(json!({})).await;
    for token in ["", "x", "sha256:"] {
        assert_eq!(send(&agent, &format!("/api/v1/hooks?token={token}"), "", "{}").await.status, 403);
    }
}

#[tokio::test]
async fn a_hook_takes_post_and_nothing_else() {
    let agent = agent().await;
    for path in [format!("/api/v1/hooks/{TOKEN}"), format!("/api/v1/hooks?token={TOKEN}")] {
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE"] {
            let answer = agent.send(method, &path, "", None).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some("POST, OPTIONS")), "{method} {path}");
        }
    }
    let answer = agent.send("GET", "/api/v1/readings", &format!("Authorization: Bearer {TOKEN}\r\n"), None).await;
    assert_eq!(answer.problem(), "token-unknown", "the token of a hook opens nothing else");
}

#[tokio::test]
async fn a_body_has_a_size_and_a_deadline() {
    let agent = Agent::with(
        &config().to_string(),
        "127.0.0.1:0",
        Limits { answer_time: Duration::from_millis(300), ..Limits::default() },
    )
    .await;
    let target = format!("/api/v1/hooks/{TOKEN}");
    let of_bytes = |count: usize| format!("{{\"type\":\"{}\"}}", "a".repeat(count - 11));
    assert_eq!(send(&agent, &target, "", &of_bytes(64 * 1024)).await.status, 202);
    assert_eq!(send(&agent, &target, "", &of_bytes(64 * 1024 + 1)).await.problem(), "body-too-large");

    let head = format!("POST {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    let chunk = "x".repeat(64 * 1024 + 1);
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{chunk}\r\n0\r\n\r\n", chunk.len());
    assert_eq!(agent.raw(&chunked).await.status, 413, "one that does not say its size is counted");

    let mut slow = TcpStream::connect(agent.address).await.unwrap();
    slow.write_all(format!("{head}Content-Length: 20\r\n\r\n{{\"type\":").as_bytes()).await.unwrap();
    assert_eq!(answer(&mut slow).await.problem(), "took-too-long");

    // A stranger's body is not waited for.
    let mut stranger = TcpStream::connect(agent.address).await.unwrap();
    let wrong = head.replace(TOKEN, "guess");
    stranger.write_all(format!("{wrong}Content-Length: 60000\r\n\r\n").as_bytes()).await.unwrap();
    assert_eq!(answer(&mut stranger).await.problem(), "hook-unknown");

    read(&agent);
    entries(&agent, 1).await;
    assert_eq!(agent.hooks.counts().all(), [("pool".to_owned(), OfHook { received: 1, refused: 3, dropped: 0 })]);
}

#[tokio::test]
async fn a_flood_fills_the_queue_and_is_told_to_come_back() {
    let agent = agent().await;
    let target = format!("/api/v1/hooks/{TOKEN}");
    let mut taken = 0;
    let full = loop {
        let answer = send(&agent, &target, "", r#"{"type":"miner_disconnect"}"#).await;
        match answer.status {
            202 => taken += 1,
            _ => break answer,
        }
        assert!(taken < 1000, "no end of it");
    };
    assert_eq!((full.status, full.problem().as_str(), full.header("retry-after")), (503, "not-ready", Some("5")));
    read(&agent);
    entries(&agent, 20).await;
    assert_eq!(send(&agent, &target, "", r#"{"type":"block_found"}"#).await.status, 202, "there is room again");
    let entries = entries(&agent, 21).await;
    assert_eq!(entries.last().unwrap().hook.as_ref().unwrap().event, "block_found", "the flood hid nothing else");
    let counts = OfHook { received: taken + 1, refused: 0, dropped: taken - 20 + 1 };
    assert_eq!(agent.hooks.counts().all(), [("pool".to_owned(), counts)]);
}

#[tokio::test]
async fn what_is_no_event_is_refused_in_silence() {
    let agent = agent().await;
    read(&agent);
    let target = format!("/api/v1/hooks/{TOKEN}");
    for body in ["", "hello", "[]", "{\"type\":"] {
        assert_eq!(send(&agent, &target, "", body).await.status, 202, "{body}");
    }
    send(&agent, &target, "", r#"{"type":"cleanup"}"#).await;
    let entries = entries(&agent, 1).await;
    assert_eq!(entries.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>(), ["pool: Cleaned up"]);
    assert_eq!(agent.hooks.counts().all()[0].1, OfHook { received: 1, refused: 4, dropped: 0 });
}

#[tokio::test]
async fn a_hook_that_is_taken_out_of_the_configuration_is_closed() {
    let agent = agent().await;
    let target = format!("/api/v1/hooks/{TOKEN}");
    assert_eq!(send(&agent, &target, "", "{}").await.status, 202);
    let session = agent.log_in().await;
    let mut shown = agent.send("GET", "/api/v1/config", &session, None).await.json();
    shown["hooks"].as_array_mut().unwrap().retain(|hook| hook["name"] != "pool");
    let saved = agent.change("PUT", "/api/v1/config", &format!("{session}If-Match: *\r\n"), &shown).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    assert_eq!(send(&agent, &target, "", "{}").await.status, 403);
    assert_eq!(send(&agent, "/api/v1/hooks/another-token", "", "{}").await.status, 202);
}
