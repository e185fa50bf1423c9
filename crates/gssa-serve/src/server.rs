//! The listener, its connections and their limits.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::accept::accept;
use crate::app::App;
use crate::facts::Peer;
use crate::places::{Place, Places};
use crate::service;
use crate::stall::Stall;

/// What one server lets its callers use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at the same time; the next one is told to come back.
    pub connections: usize,
    /// Connections of one address at the same time, so that a rude one leaves places to others. Trusted proxies may have all.
    pub connections_of_one: usize,
    /// The time for the head of a request, and for which a kept connection may wait for the next one.
    pub head_time: Duration,
    /// The size of the head of a request in bytes.
    pub head_bytes: usize,
    /// The number of its headers.
    pub headers: usize,
    /// The time until an answer begins, the body of the request included.
    pub answer_time: Duration,
    /// How long a write may wait for the other end to read.
    pub stall_time: Duration,
    /// How long connections may finish what they do after the stop.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 64,
            connections_of_one: 48,
            head_time: Duration::from_secs(20),
            head_bytes: 16 * 1024,
            headers: 64,
            answer_time: Duration::from_secs(30),
            stall_time: Duration::from_secs(30),
            drain_time: Duration::from_secs(5),
        }
    }
}

/// What a connection too many gets; it is never read.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 5\r\n\
connection: close\r\ncontent-length: 124\r\n\r\n\
{\"type\":\"about:blank#too-many-connections\",\"title\":\"Too many connections\",\"status\":503,\"detail\":\"all connections are taken\"}";

/// Serves a program on `listener` until `stop`, then lets connections finish for a while.
///
/// Dropping the future closes everything at once.
pub async fn serve<A: App>(listener: TcpListener, app: Arc<A>, stop: CancellationToken) {
    serve_within(Limits::default(), listener, app, stop).await;
}

/// [`serve`] with other limits.
pub async fn serve_within<A: App>(limits: Limits, listener: TcpListener, app: Arc<A>, stop: CancellationToken) {
    let bound_to_loopback = listener.local_addr().is_ok_and(|bound| bound.ip().to_canonical().is_loopback());
    let places = Places::new(limits.connections, limits.connections_of_one);
    let begin = |stream, from: SocketAddr| {
        let Some(place) = places.take(from.ip(), app.door().trusts(from.ip())) else {
            turn_away(stream, from);
            return None;
        };
        let connection = Connection { stream, from, bound_to_loopback, place };
        Some(connection.run(limits.clone(), Arc::clone(&app), stop.clone()))
    };
    accept(listener, &stop, limits.drain_time, begin).await;
}

/// Says that all connections are taken, without waiting for anything.
#[expect(clippy::needless_pass_by_value, reason = "the stream is closed here")]
fn turn_away(stream: TcpStream, from: SocketAddr) {
    debug!(%from, "all connections are taken");
    let _ = stream.try_write(FULL);
}

struct Connection {
    stream: TcpStream,
    from: SocketAddr,
    bound_to_loopback: bool,
    place: Place,
}

impl Connection {
    async fn run<A: App>(self, limits: Limits, app: Arc<A>, stop: CancellationToken) {
        let Self { stream, from, bound_to_loopback, place } = self;
        // Small events should leave at once.
        let _ = stream.set_nodelay(true);
        let peer = Peer { address: from.ip(), bound_to_loopback, is_tls: false };
        serve_stream(&limits, stream, peer, app, stop).await;
        drop(place);
    }
}

/// Serves one connection of `peer` until it ends, or until `stop` and the end of the answer under way. For programs that have listeners of
/// their own, such as for TLS.
pub async fn serve_stream<A, S>(limits: &Limits, stream: S, peer: Peer, app: Arc<A>, stop: CancellationToken)
where
    A: App,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service::service(app, peer, limits.answer_time, stop.clone());
    let io = TokioIo::new(Stall::new(stream, limits.stall_time));
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_headers(limits.headers)
        .max_header_size(limits.head_bytes)
        .max_buf_size(limits.head_bytes.max(MIN_BUFFER_BYTES));
    // An upgraded connection goes on with whoever answered the request for it.
    let connection = builder.serve_connection(io, TowerToHyperService::new(service)).with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(from = %peer.address, error = &error as &dyn std::error::Error, "connection ended");
    }
}

/// hyper takes no smaller buffer.
const MIN_BUFFER_BYTES: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_a_full_server_is_whole() {
        let text = std::str::from_utf8(FULL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["status"], 503);
    }
}
