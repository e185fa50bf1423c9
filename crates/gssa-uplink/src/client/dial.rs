//! From an endpoint to a stream of bytes: name, proxy, TCP, TLS, each with a deadline.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use gssa_http::Trust;
use gssa_model::Address;
use http::Uri;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::Service as _;

use super::meter::{Measured, Meter};
use super::resolve::Resolver;
use crate::session::Ended;

const RESOLVE_DEADLINE: Duration = Duration::from_secs(5);
/// For each address of a name.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
const PROXY_DEADLINE: Duration = Duration::from_secs(10);
const TLS_DEADLINE: Duration = Duration::from_secs(10);

/// A connection.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Gives the token as it is now, from wherever it is; or says why there is none, in words without it.
pub type Token = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<String, String>> + Send>> + Send + Sync>;

/// Which proxies the environment names, as curl reads them: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`.
#[derive(Debug, Clone)]
pub struct Proxies(Arc<Matcher>);

impl Proxies {
    /// Those of this process's environment.
    pub fn from_env() -> Self {
        Self(Arc::new(Matcher::from_env()))
    }

    /// One for all, but not for the hosts in `except`, which is written as in `NO_PROXY`.
    pub fn all(proxy: &str, except: &str) -> Self {
        Self(Arc::new(Matcher::builder().all(proxy.to_owned()).no(except.to_owned()).build()))
    }

    /// None.
    pub fn none() -> Self {
        Self(Arc::new(Matcher::builder().build()))
    }
}

/// How a receiver is reached.
#[derive(Clone)]
pub struct Dialer {
    /// `wss://`, `ws://`, `https://` or `http://`.
    pub endpoint: Address,
    /// Who may vouch for it.
    pub trust: Trust,
    /// Proxies on the way.
    pub proxies: Proxies,
    /// What the agent proves itself with.
    pub token: Token,
    /// Name and version of the program.
    pub user_agent: String,
}

/// Without the token.
impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("endpoint", &self.endpoint).field("trust", &self.trust).finish_non_exhaustive()
    }
}

impl Dialer {
    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self.endpoint.scheme(), Some("wss" | "https"))
    }

    fn port(&self) -> u16 {
        self.endpoint.port().unwrap_or(if self.is_encrypted() { 443 } else { 80 })
    }

    /// The value of the `Host` header.
    pub(super) fn authority(&self) -> String {
        self.endpoint.authority(if self.is_encrypted() { 443 } else { 80 })
    }

    /// The path to ask for.
    pub(super) fn path(&self) -> &str {
        match self.endpoint.path() {
            "" => "/",
            path => path,
        }
    }

    /// The endpoint as a URL of HTTP, which a POST goes to.
    pub fn post_url(&self) -> String {
        format!("http{}://{}{}", if self.is_encrypted() { "s" } else { "" }, self.authority(), self.path())
    }

    /// The endpoint as a URL that a WebSocket goes to.
    pub fn websocket_url(&self) -> String {
        format!("ws{}://{}{}", if self.is_encrypted() { "s" } else { "" }, self.authority(), self.path())
    }

    /// A stream to the endpoint, whose bytes `meter` counts as they travel.
    pub(super) async fn dial(&self, resolver: &Resolver, meter: &Arc<Meter>) -> Result<Box<dyn Stream>, Ended> {
        let (host, port) = (self.endpoint.host(), self.port());
        let tcp = match self.proxy() {
            Some(proxy) => through(&proxy, resolver, &format!("http://{}", self.far_end())).await?,
            None => connect(resolver, host, port, "").await?,
        };
        let tcp = Measured::new(tcp, meter.clone());
        if !self.is_encrypted() {
            return Ok(Box::new(tcp));
        }
        let shaken = self.trust.handshake(tcp, host, port, TLS_DEADLINE).await;
        shaken.map(|stream| Box::new(stream) as Box<dyn Stream>).map_err(|error| Ended::Tls(error.to_string()))
    }

    /// Host and port, always with the port.
    fn far_end(&self) -> String {
        self.endpoint.with_port(self.port()).authority(0)
    }

    fn proxy(&self) -> Option<Intercept> {
        let host = self.endpoint.host();
        let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let uri: Uri = self.post_url().parse().ok()?;
        if is_here { None } else { self.proxies.0.intercept(&uri) }
    }
}

/// A TCP connection; `whose` says whose name or address it is.
async fn connect(resolver: &Resolver, host: &str, port: u16, whose: &str) -> Result<TcpStream, Ended> {
    let looked_up = timeout(RESOLVE_DEADLINE, resolver.resolve(host, port)).await;
    let addresses = match looked_up {
        Ok(Ok(addresses)) if !addresses.is_empty() => addresses,
        Err(_) => {
            return Err(not_reached(format!(
                "the name{whose} {host} was not looked up in 5 s: check the DNS server of this machine"
            )));
        }
        Ok(Err(error)) if error.kind() == io::ErrorKind::ResourceBusy => {
            return Err(not_reached(format!(
                "looking up the name{whose} {host} takes long: check the DNS server of this machine"
            )));
        }
        Ok(_) => {
            return Err(not_reached(format!(
                "the name{whose} {host} is not known: check its spelling and the DNS server of this machine"
            )));
        }
    };
    let (addresses, others): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| may_be_a_receiver(address.ip()));
    if let (true, Some(other)) = (addresses.is_empty(), others.first()) {
        return Err(not_reached(format!("{host} is {}, where no receiver can be: check the endpoint", other.ip())));
    }
    let mut last = None;
    for address in addresses {
        match timeout(CONNECT_DEADLINE, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => last = Some(words(&error)),
            Err(_) => last = last.or(Some("no answer in 5 s")),
        }
    }
    let problem = last.unwrap_or("it has no address");
    Err(not_reached(format!("cannot connect to{whose} {}: {problem}", at(host, port))))
}

/// Not the addresses of one link, where clouds keep the secrets of a machine, and those of nobody. A proxy and a receiver are at others.
fn may_be_a_receiver(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => !(it.is_link_local() || it.is_unspecified() || it.is_multicast() || it.is_broadcast()),
        IpAddr::V6(it) => !(it.is_unicast_link_local() || it.is_unspecified() || it.is_multicast()),
    }
}

/// A tunnel through a proxy to `far_end`, a URL.
async fn through(proxy: &Intercept, resolver: &Resolver, far_end: &str) -> Result<TcpStream, Ended> {
    let uri = proxy.uri();
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    if uri.scheme_str() != Some("http") {
        let scheme = uri.scheme_str().unwrap_or_default();
        return Err(not_reached(format!(
            "the proxy {host} is written with {scheme}://; only http:// is spoken to proxies"
        )));
    }
    let port = uri.port_u16().unwrap_or(80);
    let far_end: Uri =
        far_end.parse().map_err(|_| not_reached("the endpoint cannot be asked for through a proxy".to_owned()))?;
    let tcp = connect(resolver, &host, port, " of the proxy").await?;
    let mut tcp = Some(TokioIo::new(tcp));
    let connector = tower::service_fn(move |_: Uri| std::future::ready(tcp.take().ok_or(io::Error::other("used"))));
    let mut tunnel = Tunnel::new(uri.clone(), connector);
    if let Some(user) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(user.clone());
    }
    let problem = match timeout(PROXY_DEADLINE, tunnel.call(far_end)).await {
        Ok(Ok(stream)) => return Ok(stream.into_inner()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in 10 s".to_owned(),
    };
    Err(not_reached(format!("the proxy {} does not let through to the endpoint: {problem}", at(&host, port))))
}

fn not_reached(text: String) -> Ended {
    Ended::NotReached(text)
}

fn at(host: &str, port: u16) -> String {
    match host.parse::<IpAddr>() {
        Ok(address) => SocketAddr::new(address, port).to_string(),
        Err(_) => format!("{host}:{port}"),
    }
}

fn words(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused; is the receiver running, and is this its port?",
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => "connection reset",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "no route; is this machine online?",
        io::ErrorKind::TimedOut => "no answer",
        io::ErrorKind::PermissionDenied => "the system forbids it",
        _ => "the system refuses it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_looks_for_a_receiver_where_none_can_be() {
        for host in
            ["169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "fe80::1", "::", "::ffff:169.254.169.254"]
        {
            let ended = connect(&Resolver::default(), host, 80, "").await.unwrap_err();
            assert!(
                matches!(&ended, Ended::NotReached(text) if text.contains("no receiver can be")),
                "{host}: {ended:?}"
            );
        }
        for address in ["127.0.0.1", "192.168.1.5", "9.9.9.9", "::1", "fd00::1", "2620:fe::fe"] {
            assert!(may_be_a_receiver(address.parse().unwrap()), "{address}");
        }
    }
}
