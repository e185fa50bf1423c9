//! A client that sends what it is told and reads what comes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Every answer is whole before this, or the test fails.
const DEADLINE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(it, _)| *it == name).map(|(_, value)| value)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a whole head");
        let head = String::from_utf8(bytes[..end + 2].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Self { status, head, body: bytes[end + 4..].to_vec() };
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = dechunk(&answer.body);
        }
        answer
    }
}

fn dechunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        let rest = &bytes[end + 2..];
        if size == 0 || rest.len() < size {
            break;
        }
        whole.extend_from_slice(&rest[..size]);
        bytes = &rest[size + 2..];
    }
    whole
}

/// Sends a request on a connection of its own. `more` are whole header lines.
pub(crate) fn send(to: SocketAddr, method: &str, path: &str, more: &str, body: Option<&Value>) -> Answer {
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
    Answer::parse(&bytes)
}

/// A connection on which the beginning of a request was sent, and no more.
pub(crate) fn half_a_request(to: SocketAddr) -> TcpStream {
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
pub(crate) struct Events(BufReader<TcpStream>);

/// One of them.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) data: Value,
}

impl Events {
    /// Opens the stream and waits for its head.
    pub(crate) fn open(to: SocketAddr, more: &str) -> Self {
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
    pub(crate) fn next(&mut self, name: &str) -> Event {
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
    pub(crate) fn ended(mut self) {
        while self.line().is_some() {}
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        // A stream that is cut off has ended too.
        let read = self.0.read_line(&mut line).unwrap_or(0);
        (read > 0).then(|| line.trim_end().to_owned())
    }
}
