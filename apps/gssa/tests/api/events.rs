//! The event stream.

use std::time::Duration;

use gssa_serve::Limits;
use gssa_view::journal::EntryKind;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::{Agent, DEADLINE, password_hash};

/// A client of the stream.
pub(crate) struct Client {
    stream: TcpStream,
    pub(crate) text: String,
}

impl Client {
    pub(crate) async fn open(agent: &Agent, more: &str) -> Self {
        Self::open_at(agent, "/api/v1/events", more).await
    }

    pub(crate) async fn open_at(agent: &Agent, path: &str, more: &str) -> Self {
        let mut stream = TcpStream::connect(agent.address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: gzip\r\n{more}\r\n", agent.address);
        stream.write_all(head.as_bytes()).await.unwrap();
        Self { stream, text: String::new() }
    }

    /// Reads until `text` was seen; gives whether that came before the end.
    pub(crate) async fn sees(&mut self, text: &str) -> bool {
        let read = async {
            let mut chunk = vec![0; 64 * 1024];
            while !self.text.contains(text) {
                match self.stream.read(&mut chunk).await {
                    Ok(read @ 1..) => self.text.push_str(&String::from_utf8_lossy(&chunk[..read])),
                    _ => return false,
                }
            }
            true
        };
        tokio::time::timeout(DEADLINE, read).await.expect("the stream goes on or ends")
    }

    /// The id of the last event of this name.
    pub(crate) fn last_id(&self, name: &str) -> String {
        ids(&self.text, name).pop().unwrap()
    }

    async fn ends(&mut self) -> bool {
        !self.sees("\u{0}").await
    }
}

/// The ids of the events of this name that a client has seen.
fn ids(text: &str, name: &str) -> Vec<String> {
    let events = text.split("id: ").skip(1);
    let of_name = events.filter(|event| event.lines().nth(1) == Some(&format!("event: {name}")));
    of_name.map(|event| event.lines().next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn events_come_as_they_happen() {
    let agent = Agent::new(json!({})).await;
    let mut client = Client::open(&agent, "").await;
    assert!(client.sees("retry: 3000\n\n").await);
    assert!(client.text.contains("content-type: text/event-stream") && client.text.contains("cache-control: no-store"));
    assert!(!client.text.contains("content-encoding"), "{}", client.text);
    assert!(client.sees("event: issues\ndata: {\"issues\":[]}\n\n").await, "whoever comes is told the totals");
    agent.put("a");
    assert!(client.sees("event: reading\ndata: {\"schema\":\"gssa.reading/1\",\"source\":{\"id\":\"a\"").await);
    assert!(client.sees("event: summary\ndata: {\"sources\":1,").await);
    agent.journal.write(EntryKind::Agent, None, "something happened");
    assert!(client.sees("event: event\ndata: {\"seq\":1,").await);
    let etag = agent.put_config(json!({ "agent": { "name": "Attic" } })).await;
    assert!(client.sees(&format!("event: config\ndata: {{\"etag\":\"{etag}\"}}\n\n")).await);
    assert_eq!(ids(&client.text, "issues").len(), 1, "nothing new is not told: {}", client.text);
}

#[tokio::test]
async fn a_client_goes_on_where_it_was() {
    let agent = Agent::new(json!({})).await;
    let mut client = Client::open(&agent, "").await;
    assert!(client.sees("retry:").await);
    agent.put("a");
    assert!(client.sees("\"id\":\"a\"").await);
    let last = ids(&client.text, "reading").pop().unwrap();
    drop(client);
    for id in ["b", "c", "b"] {
        agent.put(id);
    }
    let mut client = Client::open(&agent, &format!("Last-Event-ID: {last}\r\n")).await;
    assert!(client.sees("\"id\":\"c\"").await && client.sees("\"id\":\"b\"").await);
    assert!(!client.text.contains("\"id\":\"a\"") && !client.text.contains("reset"), "{}", client.text);
    assert_eq!(ids(&client.text, "reading").len(), 2, "the newest of each");
}

#[tokio::test]
async fn a_client_with_a_position_that_is_not_ours_starts_over() {
    let agent = Agent::new(json!({})).await;
    for id in ["1", "00000000-0-0", "of-another-run", "-1", ""] {
        let mut client = Client::open(&agent, &format!("Last-Event-ID: {id}\r\n")).await;
        assert!(client.sees("event: reset\ndata: {}\n\n").await, "{id}");
    }
}

#[tokio::test]
async fn streams_are_counted() {
    let agent = Agent::new(json!({})).await;
    let mut clients = Vec::new();
    for _ in 0..32 {
        let mut client = Client::open(&agent, "").await;
        assert!(client.sees("retry:").await);
        clients.push(client);
    }
    let full = agent.get("/api/v1/events").await;
    assert_eq!(
        (full.status, full.problem().as_str(), full.header("retry-after")),
        (503, "too-many-streams", Some("5"))
    );
    clients.pop();
    let again = async {
        loop {
            let mut client = Client::open(&agent, "Connection: close\r\n").await;
            if client.sees("retry:").await {
                break;
            }
        }
    };
    tokio::time::timeout(DEADLINE, again).await.expect("the place of a client that left is free");
}

#[tokio::test]
async fn a_reader_that_falls_behind_gets_the_newest() {
    let agent = Agent::new(json!({})).await;
    let mut client = Client::open(&agent, "").await;
    assert!(client.sees("retry:").await);
    // Without a break in between: nobody could have read these.
    for _ in 0..1000 {
        agent.put("a");
    }
    let newest = format!("-{}-0\nevent: reading\n", agent.store.revision());
    assert!(client.sees(&newest).await);
    assert_eq!(ids(&client.text, "reading").len(), 1);
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_cut_off() {
    let limits = Limits { connections: 1, stall_time: Duration::from_millis(200), ..Limits::default() };
    let agent = Agent::with("{}", "127.0.0.1:0", limits).await;
    let mut client = Client::open(&agent, "").await;
    assert!(client.sees("retry:").await);
    assert_eq!(agent.get("/healthz").await.status, 503, "the only connection is taken");
    let large = "x".repeat(512 * 1024);
    for n in 0..60 {
        agent.journal.write(EntryKind::Agent, None, format!("{n}{large}"));
    }
    let freed = async { while agent.get("/healthz").await.status != 200 {} };
    tokio::time::timeout(DEADLINE, freed).await.expect("the connection is taken away");
}

#[tokio::test]
async fn the_stop_ends_streams_and_the_server() {
    let mut agent = Agent::new(json!({ "server": { "password_hash": password_hash() } })).await;
    let session = agent.log_in().await;
    let mut client = Client::open(&agent, &session).await;
    assert!(client.sees("retry:").await);
    let mut idle = TcpStream::connect(agent.address).await.unwrap();
    agent.stop.cancel();
    assert!(client.ends().await);
    assert_eq!(
        tokio::time::timeout(DEADLINE, idle.read(&mut [0; 1])).await.expect("idle connections end").unwrap_or(0),
        0
    );
    tokio::time::timeout(DEADLINE, &mut agent.served).await.expect("the server ends").unwrap();
    assert!(TcpStream::connect(agent.address).await.is_err());
}
