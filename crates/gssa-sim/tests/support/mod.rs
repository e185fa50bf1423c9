//! A bare client and the reference material, for tests that look at bytes.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::{Fleet, FleetConfig};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// No exchange in these tests may take longer.
pub(crate) const DEADLINE: Duration = Duration::from_secs(4);
pub(crate) const INFO: &str = "/api/system/info";
/// A reply larger than this is not read to its end.
const MAX_READ: usize = 4 * 1024 * 1024;

/// What came back over a connection.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) bytes: Vec<u8>,
    /// How the connection ended; `None` while it is open.
    pub(crate) end: Option<End>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
}

/// A parsed reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// Starts one device.
pub(crate) fn one(model: Model, behaviour: Behaviour) -> Fleet {
    Fleet::start(FleetConfig::new(vec![DeviceSpec::new(model, 7).behaving(behaviour)])).expect("a port can be had")
}

pub(crate) fn request_bytes(method: &str, path: &str, headers: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nHost: device\r\n{headers}\r\n").into_bytes()
}

/// Asks on a connection of its own and reads until the connection ends.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Reply {
    ask(address, "GET", path, "").await
}

pub(crate) async fn ask(address: SocketAddr, method: &str, path: &str, headers: &str) -> Reply {
    let sent = request_bytes(method, path, &format!("{headers}Connection: close\r\n"));
    let received = exchange(address, &sent, DEADLINE).await;
    assert_eq!(received.end, Some(End::Closed), "{method} {path}: {}", String::from_utf8_lossy(&received.bytes));
    parse(&received.bytes).unwrap_or_else(|| panic!("no reply to {method} {path}: {:?}", received.bytes))
}

pub(crate) async fn info(fleet: &Fleet) -> Value {
    get(fleet.devices()[0].address(), INFO).await.json()
}

/// Sends bytes and reads whatever comes until the connection ends or the time is over.
pub(crate) async fn exchange(address: SocketAddr, sent: &[u8], for_long: Duration) -> Received {
    let mut stream = timeout(DEADLINE, TcpStream::connect(address)).await.expect("connects in time").expect("connects");
    let mut received = Received::default();
    if stream.write_all(sent).await.is_err() {
        received.end = Some(End::Reset);
        return received;
    }
    read(&mut stream, &mut received, for_long).await;
    received
}

/// Sends a request and reads until its reply is whole, and then a little longer to see whether the connection ends.
pub(crate) async fn reply_and_end(address: SocketAddr, sent: &[u8]) -> Received {
    const SLICE: Duration = Duration::from_millis(100);
    let deadline = Instant::now() + DEADLINE;
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let mut received = Received::default();
    stream.write_all(sent).await.expect("sends");
    while parse(&received.bytes).is_none() && received.end.is_none() && Instant::now() < deadline {
        read(&mut stream, &mut received, SLICE).await;
    }
    if received.end.is_none() {
        read(&mut stream, &mut received, SLICE).await;
    }
    received
}

/// Reads until the connection ends or the time is over.
pub(crate) async fn read(stream: &mut TcpStream, received: &mut Received, for_long: Duration) {
    let until = Instant::now() + for_long;
    let mut block = vec![0; 64 * 1024];
    while received.bytes.len() < MAX_READ {
        match timeout(until.saturating_duration_since(Instant::now()), stream.read(&mut block)).await {
            Err(_) => return,
            Ok(Ok(0)) => {
                received.end = Some(End::Closed);
                return;
            }
            Ok(Ok(count)) => received.bytes.extend_from_slice(&block[..count]),
            Ok(Err(_)) => {
                received.end = Some(End::Reset);
                return;
            }
        }
    }
}

/// Takes a whole reply apart. `None` if it is not HTTP or not whole.
pub(crate) fn parse(bytes: &[u8]) -> Option<Reply> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let pairs = lines.filter_map(|line| line.split_once(": "));
    let headers: BTreeMap<String, String> =
        pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let rest = &bytes[end + 4..];
    let body = if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        unchunk(rest)?
    } else {
        let length: usize = headers.get("content-length")?.parse().ok()?;
        (rest.len() == length).then(|| rest.to_vec())?
    };
    Some(Reply { status, headers, body })
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
        rest = &rest[line + 2..];
        if length == 0 {
            return (rest == b"\r\n").then_some(body);
        }
        body.extend_from_slice(rest.get(..length)?);
        rest = rest.get(length..)?.strip_prefix(b"\r\n")?;
    }
}

/// Waits until a condition holds; fails when it takes too long.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds().await {
        assert!(Instant::now() < deadline, "still not: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) async fn is_refused(address: SocketAddr) -> bool {
    TcpStream::connect(address).await.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
}

/// The folder with captured replies and protocol notes beside the project, if it is there.
#[expect(clippy::print_stderr, reason = "a skipped test shall say so")]
pub(crate) fn reference(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if !found.exists() {
        eprintln!("skipped: there is no {path} beside the project");
        return None;
    }
    Some(found)
}
