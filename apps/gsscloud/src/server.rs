//! The listener: TLS where there are certificates, and who may come without.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use gssa_serve::accept::accept;
use gssa_serve::facts::Peer;
use gssa_serve::network::Network;
use gssa_serve::places::Places;
use gssa_serve::server::serve_stream;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::api::Api;
use crate::tls::Tls;

/// The time for the handshake of TLS.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// How long connections may finish what they do after the stop.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// What somebody gets who comes without TLS and may not; the request is never read.
const PLAINTEXT: &[u8] = b"HTTP/1.1 403 Forbidden\r\ncontent-type: application/problem+json\r\nconnection: close\r\n\
content-length: 150\r\n\r\n\
{\"type\":\"about:blank#plaintext\",\"title\":\"Forbidden\",\"status\":403,\"detail\":\"come by TLS, or through a proxy that is named in `server.trusted_proxies`\"}";

/// A listener and who may come.
#[derive(Debug)]
pub struct Server {
    /// What is served.
    pub api: Arc<Api>,
    /// The certificate.
    pub tls: Option<Arc<Tls>>,
    /// Who may come without TLS, beside this machine.
    pub trusted_proxies: Vec<Network>,
    /// Whether everybody may.
    pub allow_plaintext: bool,
    /// What a connection may use.
    pub limits: gssa_serve::Limits,
}

impl Server {
    /// Serves on `listener` until `stop`, then lets connections finish for a while.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let bound_to_loopback = listener.local_addr().is_ok_and(|bound| bound.ip().to_canonical().is_loopback());
        let server = Arc::new(self);
        let places = Places::new(server.limits.connections, server.limits.connections_of_one);
        let begin = |stream, from: SocketAddr| {
            let is_shared = server.trusted_proxies.iter().any(|network| network.contains(from.ip().to_canonical()));
            let Some(place) = places.take(from.ip().to_canonical(), is_shared) else {
                debug!(%from, "all connections that it may have are taken");
                return None;
            };
            let (server, stop) = (Arc::clone(&server), stop.clone());
            Some(async move {
                server.connection(stream, from, bound_to_loopback, stop).await;
                drop(place);
            })
        };
        accept(listener, &stop, DRAIN_TIME, begin).await;
    }

    async fn connection(&self, stream: TcpStream, from: SocketAddr, bound_to_loopback: bool, stop: CancellationToken) {
        // Acknowledgements are small and should leave at once.
        let _ = stream.set_nodelay(true);
        let peer = Peer { address: from.ip().to_canonical(), bound_to_loopback, is_tls: self.tls.is_some() };
        let Some(tls) = &self.tls else {
            if may_come_plain(peer.address, &self.trusted_proxies, self.allow_plaintext) {
                serve_stream(&self.limits, stream, peer, self.api.clone(), stop).await;
            } else {
                let _ = stream.try_write(PLAINTEXT);
            }
            return;
        };
        match timeout(HANDSHAKE_TIME, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => serve_stream(&self.limits, stream, peer, self.api.clone(), stop).await,
            Ok(Err(error)) => debug!(%from, error = &error as &dyn std::error::Error, "no handshake"),
            Err(_) => debug!(%from, "no handshake in time"),
        }
    }
}

/// Whether somebody at `address` may come without TLS.
fn may_come_plain(address: IpAddr, trusted: &[Network], allow_plaintext: bool) -> bool {
    allow_plaintext || address.is_loopback() || trusted.iter().any(|network| network.contains(address))
}

/// What a connection may use here: there is one for each agent. Many agents may come from one address, that of their farm.
pub fn limits(max_agents: usize) -> gssa_serve::Limits {
    let (connections, more) = (max_agents + 2_000, gssa_serve::Limits::default());
    gssa_serve::Limits {
        connections,
        connections_of_one: connections / 4,
        answer_time: Duration::from_secs(90),
        drain_time: DRAIN_TIME,
        ..more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tls_only_this_machine_and_named_proxies_come_in() {
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        for (address, allow_plaintext, may) in [
            ("127.0.0.1", false, true),
            ("::1", false, true),
            ("10.1.2.3", false, true),
            ("192.168.1.7", false, false),
            ("203.0.113.7", false, false),
            ("203.0.113.7", true, true),
        ] {
            assert_eq!(may_come_plain(address.parse().unwrap(), &proxies, allow_plaintext), may, "{address}");
        }
    }

    #[test]
    fn the_answer_to_who_comes_without_tls_is_whole() {
        let text = std::str::from_utf8(PLAINTEXT).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["status"], 403);
    }
}
