//! One exchange at a time, with its limits.

use std::io;
use std::time::Duration;

use gssa_http::tap::{self, Outcome, Watch};
use gssa_model::Address;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::reply::extent::{End, Extent};
use crate::reply::parse_reply;
use crate::{Error, MAX_REPLY_BYTES, Reply, Request};

/// The port of every miner of the family, `VolcMiner`'s 8359 aside.
pub const DEFAULT_PORT: u16 = 4028;

/// The least time between two connections. The server has one thread, and some firmware stalls when asked at once
/// (`Canaan-Creative/avalon10-docs#1`).
const PAUSE: Duration = Duration::from_millis(50);

/// How long to wait for more after bytes that may have been all: a NUL inside of a joined reply, or a whole reply without one.
const GRACE: Duration = Duration::from_millis(300);

/// How much is read at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// Asks one miner. One connection for each request, one after the other, whoever asks.
///
/// Dropping a future closes its connection.
#[derive(Debug)]
pub struct Client {
    host: String,
    port: u16,
    /// Held while a connection is open; when the last one was closed.
    closed: Mutex<Option<Instant>>,
}

impl Client {
    /// A client of the miner at `address`; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Scheme`] for a scheme other than `tcp` and `cgminer`.
    pub fn new(address: &Address) -> Result<Self, Error> {
        match address.scheme() {
            None | Some("tcp" | "cgminer") => Ok(Self {
                host: address.host().to_owned(),
                port: address.port().unwrap_or(DEFAULT_PORT),
                closed: Mutex::default(),
            }),
            Some(other) => Err(Error::Scheme(other.to_owned())),
        }
    }

    /// The reply to `request`, within `deadline`. What the reply's STATUS says is for the caller.
    ///
    /// # Errors
    ///
    /// Those of connecting, reading and [`parse_reply`]; [`Error::Empty`] when the miner closes without a byte.
    pub async fn fetch(&self, request: Request<'_>, deadline: Duration) -> Result<Reply, Error> {
        let until = Instant::now() + deadline;
        let mut closed = timeout_at(until, self.closed.lock()).await.map_err(|_| Error::Waited(deadline))?;
        let watch = Watch::begin(self.port, || tap::Request::Bare(request.to_bytes()));
        let exchange = async {
            if let Some(closed) = closed.filter(|closed| closed.elapsed() < PAUSE) {
                sleep_until(closed + PAUSE).await;
            }
            // No `TCP_NODELAY`: the request is one small write, and the first on its connection, so nothing holds it back.
            let stream = gssa_http::connect(&self.host, self.port, gssa_http::CONNECT_DEADLINE.min(deadline)).await?;
            self.exchange(stream, request).await
        };
        let bytes = timeout_at(until, exchange).await;
        *closed = Some(Instant::now());
        drop(closed);
        let bytes = bytes.unwrap_or_else(|_| Err(Error::Timeout { request: request.name(), after: deadline }));
        match &bytes {
            Ok(bytes) => watch.end(|| Outcome::Bare(bytes.clone().into())),
            Err(error) => watch.failed(error.reason(), error),
        }
        parse_reply(&bytes?)
    }

    /// One write, then one reply. The sending side stays open: some servers take its end for the end of the client.
    async fn exchange(&self, mut stream: TcpStream, request: Request<'_>) -> Result<Vec<u8>, Error> {
        let broken = |source| Error::Broken { request: request.name(), source };
        stream.write_all(&request.to_bytes()).await.map_err(broken)?;
        read_reply(&mut stream, request, MAX_REPLY_BYTES).await
    }
}

/// Everything up to a NUL that ends the document, or the end, or a silence after bytes that may have been all.
///
/// It has no deadline of its own. Generic over the stream, so that tests and fuzzing can hand it bytes as no socket would.
pub async fn read_reply<S>(stream: &mut S, request: Request<'_>, max_bytes: usize) -> Result<Vec<u8>, Error>
where
    S: AsyncRead + Unpin,
{
    let (mut reply, mut extent) = (Vec::new(), Extent::default());
    loop {
        let before = reply.len();
        let read = match extent.end() {
            End::Here => return Ok(reply),
            End::Perhaps => timeout(GRACE, read_more(stream, &mut reply)).await.unwrap_or(Ok(0)),
            End::NotYet => read_more(stream, &mut reply).await,
        };
        match read {
            Ok(0) if reply.is_empty() => return Err(Error::Empty),
            Ok(0) => return Ok(reply),
            Ok(_) if reply.len() > max_bytes => return Err(Error::TooLarge),
            Ok(_) => extent.feed(&reply[before..]),
            // A reset after the whole reply is how a server closes that has not read all we sent.
            Err(_) if extent.end() == End::Perhaps => return Ok(reply),
            Err(error) if reply.is_empty() && is_reset(&error) => return Err(Error::Empty),
            Err(source) => return Err(Error::Broken { request: request.name(), source }),
        }
    }
}

/// At most [`CHUNK_BYTES`] more, straight to where they stay.
async fn read_more<S>(stream: &mut S, reply: &mut Vec<u8>) -> io::Result<usize>
where
    S: AsyncRead + Unpin,
{
    reply.reserve(CHUNK_BYTES);
    stream.take(CHUNK_BYTES as u64).read_buf(reply).await
}

fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe
    )
}
