use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::header::{
    ACCEPT, CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::connect::{ConnectError, connect};
use crate::events::FirstEvent;
use crate::tap::{Outcome, Request, Watch};
use crate::{Error, Origin};

/// The longest head of a reply, in bytes. Hyper's own floor is 8192.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The most headers of a reply.
const MAX_HEADERS: usize = 64;

/// The longest wait that a peer may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// How long a peer on the same network may take to accept a connection, whatever the deadline of the whole exchange. A silent address
/// costs no more than this.
pub const CONNECT_DEADLINE: Duration = Duration::from_secs(2);

/// How long an event stream may take to its first event. Such a stream has no end, so that nothing behind its first event is read.
pub const EVENT_STREAM_DEADLINE: Duration = Duration::from_secs(2);

/// The bounds of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For resolving the name and connecting, and once more for the handshake of TLS.
    pub connect: Duration,
    /// For the whole exchange, connecting included.
    pub total: Duration,
    /// The largest body.
    pub max_body_bytes: usize,
}

impl Limits {
    /// So long for the whole exchange, of which connecting may take [`CONNECT_DEADLINE`], and so many bytes of body.
    pub fn within(total: Duration, max_body_bytes: usize) -> Self {
        Self { connect: CONNECT_DEADLINE.min(total), total, max_body_bytes }
    }
}

impl Default for Limits {
    /// 2 s to connect, 5 s in all, 256 KiB.
    fn default() -> Self {
        Self { connect: CONNECT_DEADLINE, total: Duration::from_secs(5), max_body_bytes: 256 * 1024 }
    }
}

/// Asks with fixed [`Limits`]; holds no connection.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    limits: Limits,
}

/// A whole reply, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The `Content-Type`, if it is text.
    pub content_type: Option<String>,
    /// The `Location`, which is not followed.
    pub location: Option<String>,
    /// The `Retry-After` in seconds form, at most one hour.
    pub retry_after: Option<Duration>,
    /// Each `WWW-Authenticate` that is text: how a peer that answers 401 wants to be asked.
    pub www_authenticate: Vec<String>,
    /// The body. Of an event stream (`text/event-stream`) it is what came up to the end of the first event, or within
    /// [`EVENT_STREAM_DEADLINE`].
    pub body: Bytes,
}

impl Client {
    /// A client with these limits.
    pub const fn new(limits: Limits) -> Self {
        Self { limits }
    }

    /// Asks for `path` (which starts with a slash) on a connection of its own and closes it.
    ///
    /// Dropping the future closes the connection.
    pub async fn get(&self, origin: &Origin, path: &str) -> Result<Response, Error> {
        self.get_with(origin, path, &[]).await
    }

    /// [`Client::get`] with headers of one's own, such as `Authorization`.
    pub async fn get_with(
        &self,
        origin: &Origin,
        path: &str,
        headers: &[(HeaderName, HeaderValue)],
    ) -> Result<Response, Error> {
        let watch = Watch::begin(origin.port(), || Request::Http {
            target: origin.target(path),
            with: headers.iter().map(|(name, _)| name.as_str().to_owned()).collect(),
        });
        let exchange = async {
            let stream = self.connect(origin).await?;
            #[cfg(feature = "tls")]
            if let Some(settings) = origin.tls() {
                let (host, port) = (origin.host(), origin.port());
                let stream = crate::tls::handshake(settings, stream, host, port, self.limits.connect).await?;
                // Apart, so that the many exchanges without TLS do not get its size.
                return Box::pin(self.exchange(stream, origin, path, headers)).await;
            }
            self.exchange(stream, origin, path, headers).await
        };
        let reply = self.in_time(path, exchange).await;
        match &reply {
            Ok(response) => watch.end(|| Outcome::Http(response.clone())),
            Err(error) => watch.failed(error.reason(), error),
        }
        reply
    }

    /// [`Client::get`] on a connection that the caller opened, such as a unix socket; `origin` is who it is told to be for. The
    /// connection is closed after it. No [tap](crate::tap) hears of it: what a machine says to itself holds what is nobody else's.
    pub async fn get_over<S>(&self, stream: S, origin: &Origin, path: &str) -> Result<Response, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.in_time(path, self.exchange(stream, origin, path, &[])).await
    }

    async fn in_time<T>(&self, path: &str, exchange: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let after = self.limits.total;
        timeout(after, exchange).await.unwrap_or_else(|_| Err(Error::Timeout { path: path.to_owned(), after }))
    }

    async fn connect(&self, origin: &Origin) -> Result<TcpStream, Error> {
        let stream = connect(origin.host(), origin.port(), self.limits.connect).await?;
        // One small request: nothing is gained by waiting for more to send.
        stream.set_nodelay(true).map_err(|source| ConnectError::tcp(origin.host(), origin.port(), source))?;
        Ok(stream)
    }

    async fn exchange<S>(
        &self,
        stream: S,
        origin: &Origin,
        path: &str,
        headers: &[(HeaderName, HeaderValue)],
    ) -> Result<Response, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let broken = |source| Error::from_hyper(path, source);
        let mut request = hyper::Request::get(origin.target(path))
            .header(HOST, origin.authority())
            .header(ACCEPT, "*/*")
            .header(CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .map_err(|_| Error::BadPath { path: path.to_owned() })?;
        request.headers_mut().extend(headers.iter().cloned());
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_HEAD_BYTES)
            .max_headers(MAX_HEADERS)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let reading = async {
            let reply = sender.send_request(request).await.map_err(broken)?;
            let (head, body) = reply.into_parts();
            let content_type = text_header(&head.headers, &CONTENT_TYPE);
            let body = match content_type.as_deref() {
                Some(kind) if is_event_stream(kind) => self.read_event(body, path).await?,
                _ => self.read_body(body, path).await?,
            };
            Ok(Response {
                status: head.status.as_u16(),
                content_type,
                location: text_header(&head.headers, &LOCATION),
                retry_after: retry_after(&head.headers),
                www_authenticate: text_headers(&head.headers, &WWW_AUTHENTICATE),
                body,
            })
        };
        drive(connection, reading).await
    }

    async fn read_body(&self, mut body: Incoming, path: &str) -> Result<Bytes, Error> {
        let max_bytes = self.limits.max_body_bytes;
        let too_large = || Error::TooLarge { path: path.to_owned(), max_bytes };
        if body.size_hint().lower() > max_bytes as u64 {
            return Err(too_large());
        }
        let mut whole = BytesMut::with_capacity(body.size_hint().lower() as usize);
        while let Some(data) = next_data(&mut body, path).await? {
            if whole.len() + data.len() > max_bytes {
                return Err(too_large());
            }
            whole.extend_from_slice(&data);
        }
        Ok(whole.freeze())
    }

    /// What comes up to the end of the first event, or in [`EVENT_STREAM_DEADLINE`].
    async fn read_event(&self, mut body: Incoming, path: &str) -> Result<Bytes, Error> {
        let max_bytes = self.limits.max_body_bytes;
        let until = Instant::now() + EVENT_STREAM_DEADLINE;
        let (mut whole, mut event) = (BytesMut::new(), FirstEvent::default());
        while let Ok(more) = timeout_at(until, next_data(&mut body, path)).await {
            let Some(data) = more? else { break };
            let end = event.end_in(&data);
            let data = &data[..end.unwrap_or(data.len())];
            if whole.len() + data.len() > max_bytes {
                return Err(Error::TooLarge { path: path.to_owned(), max_bytes });
            }
            whole.extend_from_slice(data);
            if end.is_some() {
                break;
            }
        }
        Ok(whole.freeze())
    }
}

async fn next_data(body: &mut Incoming, path: &str) -> Result<Option<Bytes>, Error> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|source| Error::from_hyper(path, source))?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

fn is_event_stream(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("text/event-stream")
}

/// Polls the connection while `reading` goes on, in one task: whoever drops this drops both.
async fn drive<T>(connection: impl Future<Output = hyper::Result<()>>, reading: impl Future<Output = T>) -> T {
    let mut connection = pin!(connection);
    let mut reading = pin!(reading);
    tokio::select! {
        biased;
        read = &mut reading => read,
        // The connection is done when all is read; what it could say of an error, `reading` says with the path.
        _ = &mut connection => reading.await,
    }
}

fn text_header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn text_headers(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok()).map(str::to_owned).collect()
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let secs = text_header(headers, &RETRY_AFTER)?.trim().parse().ok()?;
    Some(Duration::from_secs(secs).min(MAX_RETRY_AFTER))
}
