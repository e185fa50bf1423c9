//! The listener, its connections and their limits; TLS where there are certificates.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::service::{Peer, Service};
use crate::tls::Tls;

/// What one server lets its callers use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at the same time; the next one is closed.
    pub connections: usize,
    /// The time for the handshake of TLS.
    pub handshake_time: Duration,
    /// The time for the head of a request, and for which a kept connection may wait for the next one.
    pub head_time: Duration,
    /// The size of the head of a request in bytes.
    pub head_bytes: usize,
    /// The number of its headers.
    pub headers: usize,
    /// How long connections may finish what they do after the stop.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 12_000,
            handshake_time: Duration::from_secs(10),
            head_time: Duration::from_secs(20),
            head_bytes: 16 * 1024,
            headers: 64,
            drain_time: Duration::from_secs(2),
        }
    }
}

/// The pause after an accept that failed: most often there are no file descriptors, and more tries do not make any.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Serves on `listener` until `stop`, then lets connections finish for a while.
pub async fn serve(
    limits: Limits,
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    service: Arc<Service>,
    stop: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
                    debug!(%from, "all connections are taken");
                    continue;
                };
                let connection =
                    Connection { limits: limits.clone(), service: service.clone(), stop: stop.clone(), permit };
                connections.spawn(connection.run(stream, from, tls.clone()));
            }
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "accept failed");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(ACCEPT_PAUSE) => {}
                }
            }
        }
    }
    drop(listener);
    let drained = timeout(limits.drain_time, async { while connections.join_next().await.is_some() {} });
    if drained.await.is_err() {
        info!(left = connections.len(), "closing connections that did not finish");
    }
}

struct Connection {
    limits: Limits,
    service: Arc<Service>,
    stop: CancellationToken,
    permit: OwnedSemaphorePermit,
}

impl Connection {
    async fn run(self, stream: TcpStream, from: SocketAddr, tls: Option<Arc<Tls>>) {
        // Acknowledgements are small and should leave at once.
        let _ = stream.set_nodelay(true);
        let address = from.ip().to_canonical();
        match tls {
            None => self.serve(stream, Peer { address, is_tls: false }).await,
            Some(tls) => match timeout(self.limits.handshake_time, tls.acceptor().accept(stream)).await {
                Ok(Ok(stream)) => self.serve(stream, Peer { address, is_tls: true }).await,
                Ok(Err(error)) => debug!(%from, error = &error as &dyn std::error::Error, "no handshake"),
                Err(_) => debug!(%from, "no handshake in time"),
            },
        }
    }

    async fn serve(self, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: Peer) {
        let Self { limits, service, stop, permit } = self;
        // An upgraded connection goes on after this task; its permit goes with the request.
        let permit = Arc::new(permit);
        let answer = service_fn(move |mut request| {
            request.extensions_mut().insert(permit.clone());
            let service = service.clone();
            async move { Ok::<_, std::convert::Infallible>(service.answer(request, peer).await) }
        });
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_headers(limits.headers)
            .max_header_size(limits.head_bytes)
            .max_buf_size(limits.head_bytes.max(MIN_BUFFER_BYTES));
        let connection = builder.serve_connection(TokioIo::new(io), answer).with_upgrades();
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
}

/// hyper takes no smaller buffer.
const MIN_BUFFER_BYTES: usize = 8192;
