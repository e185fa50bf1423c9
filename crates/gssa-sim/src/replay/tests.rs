use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// Composed: an answer twice and then another, a login, an error of each kind, a body that is no text.
const RECORDING: &str = r#"{ "schema": "gssa.recording/1", "agent": "x", "asked_as": "auto", "kind": "antminer", "address": "a",
  "recorded_at": "2026-11-20T08:09:10.000Z", "lasted_ms": 5, "redacted": {}, "observations": [], "exchanges": [
  { "at_ms": 0, "port": 4028, "elapsed_ms": 1, "request": { "command": "{\"command\":\"version\"}" },
    "answer": { "text": "one\u0000" }, "repeats": 1, "last_at_ms": 3 },
  { "at_ms": 1, "port": 4028, "elapsed_ms": 1, "request": { "command": "{\"command\":\"version\"}" }, "answer": { "text": "two\u0000" } },
  { "at_ms": 2, "port": 4028, "elapsed_ms": 1, "request": { "command": "stats" }, "answer": { "base64": "//4=" } },
  { "at_ms": 3, "port": 80, "elapsed_ms": 1, "request": { "method": "GET", "path": "/a?b=1" },
    "answer": { "status": 401, "headers": [["www-authenticate", "Digest realm=\"x\""]], "text": "no" } },
  { "at_ms": 3, "port": 80, "elapsed_ms": 1, "request": { "method": "GET", "path": "/a?b=1", "with": ["authorization"] },
    "answer": { "status": 200, "headers": [["content-type", "text/plain"]], "text": "yes" } },
  { "at_ms": 3, "port": 80, "elapsed_ms": 1, "request": { "method": "GET", "path": "/key", "with": ["accept", "x-api-key"] },
    "answer": { "status": 200, "headers": [], "text": "key" } },
  { "at_ms": 0, "port": 8080, "elapsed_ms": 1, "request": { "method": "GET", "path": "/key", "with": ["x-api-key"] },
    "error": { "reason": "connection_refused", "detail": "" } },
  { "at_ms": 3, "port": 80, "elapsed_ms": 1, "request": { "method": "GET", "path": "/slow" }, "error": { "reason": "timeout", "detail": "" } },
  { "at_ms": 3, "port": 80, "elapsed_ms": 1, "request": { "method": "GET", "path": "/odd" }, "error": { "reason": "malformed", "detail": "" } },
  { "at_ms": 3, "port": 80, "elapsed_ms": 1, "request": { "method": "GET", "path": "/gone" }, "error": { "reason": "connection_reset", "detail": "" } } ] }"#;

async fn start() -> Replay {
    let recording = Recording::read(RECORDING.as_bytes()).expect("it is one");
    assert_eq!(recording.kind(), "antminer");
    Replay::start(recording, ([127, 0, 0, 1], 0).into()).await.expect("a port is free")
}

/// Everything that comes until the end; `None` if nothing comes for a while.
async fn ask(replay: &Replay, request: &str) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(replay.address()).await.expect("it listens");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut bytes = Vec::new();
    let reading = async { while bytes.len() < 64 * 1024 && matches!(stream.read_buf(&mut bytes).await, Ok(1..)) {} };
    let ended = tokio::time::timeout(std::time::Duration::from_millis(300), reading).await;
    ended.is_ok().then_some(bytes)
}

async fn get(replay: &Replay, target: &str, more: &str) -> Option<String> {
    let bytes = ask(replay, &format!("GET {target} HTTP/1.1\r\nHost: x\r\n{more}\r\n")).await?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn answers_come_in_their_order_and_the_last_one_stays() {
    let replay = start().await;
    for expected in ["one\0", "one\0", "two\0", "two\0"] {
        assert_eq!(ask(&replay, r#"{"command":"version"}"#).await.as_deref(), Some(expected.as_bytes()));
    }
    assert_eq!(ask(&replay, "stats").await.as_deref(), Some(&b"\xff\xfe"[..]));
    let unknown = ask(&replay, r#"{"command":"quit"}"#).await.expect("it answers");
    assert!(String::from_utf8_lossy(&unknown).contains("\"Code\":14"));
    assert_eq!(replay.unknown(), [r#"{"command":"quit"}"#]);
    replay.stop().await;
}

#[tokio::test]
async fn http_is_served_at_the_same_port() {
    let replay = start().await;
    let refused = get(&replay, "/a?b=1", "").await.expect("it answers");
    assert!(refused.starts_with("HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Digest realm=\"x\"\r\n"), "{refused}");
    for login in ["Authorization: Digest x\r\n", "authorization: whatever\r\n"] {
        let given = get(&replay, "/a?b=1", login).await.expect("it answers");
        assert!(given.ends_with("Content-Length: 3\r\nConnection: close\r\n\r\nyes"), "{given}");
    }
    assert!(get(&replay, "/key", "X-API-Key: k\r\n").await.is_some_and(|answer| answer.ends_with("\r\n\r\nkey")));
    for unknown in ["/a", "/a?b=2", "/key"] {
        assert!(get(&replay, unknown, "").await.is_some_and(|answer| answer.starts_with("HTTP/1.1 404")), "{unknown}");
    }
    assert_eq!(replay.unknown(), ["GET /a", "GET /a?b=2", "GET /key"]);
}

#[tokio::test]
async fn what_failed_fails_again() {
    let replay = start().await;
    assert_eq!(get(&replay, "/slow", "").await, None);
    assert!(get(&replay, "/odd", "").await.is_some_and(|answer| !answer.starts_with("HTTP") && !answer.is_empty()));
    let mut stream = TcpStream::connect(replay.address()).await.expect("it listens");
    stream.write_all(b"GET /gone HTTP/1.1\r\n\r\n").await.expect("it reads");
    assert!(matches!(stream.read(&mut [0; 8]).await, Ok(0) | Err(_)));
}

#[test]
fn what_is_no_recording_is_refused_in_words() {
    for (text, why) in [
        ("", "it is no recording"),
        ("{}", "it is no recording: missing field `schema`"),
        (r#"{"schema":"gssa.recording/2","exchanges":[]}"#, "it is of form \"gssa.recording/2\""),
        (r#"{"schema":"gssa.recording/1","exchanges":[{"request":{"command":"x"}}]}"#, "neither answer nor error"),
        (
            r#"{"schema":"gssa.recording/1","exchanges":[{"request":{"command":"x"},"answer":{"base64":"?"}}]}"#,
            "no Base64",
        ),
    ] {
        let error = Recording::read(text.as_bytes()).expect_err(text).to_string();
        assert!(error.contains(why), "{error}");
    }
}
