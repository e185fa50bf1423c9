//! A client that sends what it is told and reads what comes.

mod answer;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

pub use answer::Answer;

/// Every answer is whole before this, or the test fails.
const DEADLINE: Duration = Duration::from_secs(30);

/// Sends a request on a connection of its own. `more` are whole header lines.
pub fn send(to: SocketAddr, method: &str, path: &str, more: &str, body: Option<&Value>) -> Answer {
    let body = body.map(ToString::to_string);
    let content = body
        .as_ref()
        .map_or(String::new(), |body| format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    let body = body.unwrap_or_default();
    let mut stream = open(to);
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n{more}{content}\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let answer = Answer::parse(&bytes);
    assert_ne!(answer.status, 0, "a whole head");
    answer
}

/// A connection on which the beginning of a request was sent, and no more.
pub fn half_a_request(to: SocketAddr) -> TcpStream {
    let mut stream = open(to);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost:").unwrap();
    stream
}

fn open(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// A stream of server-sent events.
#[derive(Debug)]
pub struct Events(BufReader<TcpStream>);

/// One of them.
#[derive(Debug)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it tells.
    pub data: Value,
}

impl Events {
    /// Opens the stream and waits for its head.
    pub fn open(to: SocketAddr, more: &str) -> Self {
        let mut stream = open(to);
        let head = format!("GET /api/v1/events HTTP/1.1\r\nHost: {to}\r\nAccept: text/event-stream\r\n{more}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut events = Self(BufReader::new(stream));
        let status = events.line().unwrap();
        assert!(status.starts_with("HTTP/1.1 200"), "{status}");
        while events.line().is_some_and(|line| !line.is_empty()) {}
        events
    }

    /// The next event of this name.
    pub fn next(&mut self, name: &str) -> Event {
        let mut event = Event { id: String::new(), name: String::new(), data: Value::Null };
        let begun = Instant::now();
        while begun.elapsed() < DEADLINE {
            // The sizes of chunks are lines that are no field, and so go by.
            let line = self.line().unwrap_or_else(|| panic!("the stream ended before an event {name}"));
            match line.split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut event.id),
                Some(("event", word)) => word.clone_into(&mut event.name),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                _ if event.name == name && !event.data.is_null() => return event,
                _ => {}
            }
        }
        panic!("no event {name} in {DEADLINE:?}");
    }

    /// Waits for the end of the stream.
    pub fn ended(mut self) {
        while self.line().is_some() {}
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        // A stream that is cut off has ended too.
        let read = self.0.read_line(&mut line).unwrap_or(0);
        (read > 0).then(|| line.trim_end().to_owned())
    }
}
