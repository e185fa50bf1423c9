//! From a request to its answer.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, Request, StatusCode};
use hyper::body::Incoming;
use tokio::time::timeout;
use tracing::error;

use crate::config::Network;
use crate::db::Db;
use crate::gateway::{self, Gateway};
use crate::http::{Response, full, problem};
use crate::metrics;

/// How long an answer may take to begin.
const ANSWER_TIME: Duration = Duration::from_secs(90);

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// The other end of it.
    pub address: IpAddr,
    /// Whether it is encrypted to here.
    pub is_tls: bool,
}

/// Everything that is served.
#[derive(Debug)]
pub struct Service {
    /// The door for agents.
    pub gateway: Arc<Gateway>,
    /// The file.
    pub db: Db,
    /// Whose `X-Forwarded-For` is believed, and without TLS the only ones who may come in beside this machine.
    pub trusted_proxies: Vec<Network>,
    /// Whether callers may come without TLS from everywhere.
    pub allow_plaintext: bool,
}

/// Who asks, seen through trusted proxies.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The address.
    pub address: IpAddr,
    /// Whether it is this machine, and no proxy between.
    pub is_here: bool,
    /// Whether the way to it is encrypted, as far as is known.
    pub is_https: bool,
}

impl Service {
    /// Answers a request.
    pub async fn answer(&self, request: Request<Incoming>, peer: Peer) -> Response {
        let answered = AssertUnwindSafe(timeout(ANSWER_TIME, self.dispatch(request, peer))).catch_unwind();
        let mut response = match answered.await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => problem(StatusCode::SERVICE_UNAVAILABLE, "took-too-long", "the answer took too long"),
            Err(_) => {
                error!("a handler panicked");
                problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the log says why")
            }
        };
        let headers = response.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers
            .entry(CONTENT_SECURITY_POLICY)
            .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
        if peer.is_tls {
            headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
        response
    }

    async fn dispatch(&self, request: Request<Incoming>, peer: Peer) -> Response {
        let caller = match self.caller(request.headers(), peer) {
            Ok(caller) => caller,
            Err(response) => return response,
        };
        let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
        match request.uri().path() {
            gateway::PATH => self.gateway.answer(request, caller.address).await,
            "/healthz" if is_get => full("alive\n", "text/plain; charset=utf-8"),
            "/readyz" if is_get => self.ready(),
            "/metrics" if is_get && caller.is_here => {
                full(metrics::render(&self.gateway, &self.db), metrics::CONTENT_TYPE)
            }
            _ => problem(StatusCode::NOT_FOUND, "unknown-path", "there is nothing at this path"),
        }
    }

    fn ready(&self) -> Response {
        if self.db.is_healthy() {
            full("ready\n", "text/plain; charset=utf-8")
        } else {
            problem(StatusCode::SERVICE_UNAVAILABLE, "not-ready", "the log cannot be written")
        }
    }

    /// Who asks. Without TLS only this machine and trusted proxies may, unless everybody may.
    fn caller(&self, headers: &HeaderMap, peer: Peer) -> Result<Caller, Response> {
        let is_proxied = headers.contains_key(X_FORWARDED_FOR) || headers.contains_key("forwarded");
        let is_trusted = self.trusts(peer.address);
        let here = peer.address.is_loopback();
        if !peer.is_tls && !is_trusted && !here && !self.allow_plaintext {
            let detail = "come by TLS, or through a proxy that is named in `server.trusted_proxies`";
            return Err(problem(StatusCode::FORBIDDEN, "plaintext", detail));
        }
        let address = if is_trusted { self.behind(headers).unwrap_or(peer.address) } else { peer.address };
        let says_https = || {
            let proto = headers.get_all("x-forwarded-proto").iter().next_back()?.to_str().ok()?;
            Some(proto.rsplit(',').next()?.trim().eq_ignore_ascii_case("https"))
        };
        let is_https = peer.is_tls || (is_trusted && says_https().unwrap_or(false));
        Ok(Caller { address, is_here: here && !is_proxied, is_https })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(address))
    }

    /// The caller as trusted proxies saw it: the last address that is not one of theirs.
    fn behind(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let lines: Vec<&str> =
            headers.get_all(X_FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
        let mut client = None;
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let address = hop.trim().parse().ok()?;
            client = Some(address);
            if !self.trusts(address) {
                break;
            }
        }
        client
    }
}

const X_FORWARDED_FOR: &str = "x-forwarded-for";
