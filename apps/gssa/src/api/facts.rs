//! What a request says about its caller, read once.

use std::net::IpAddr;

use http::header::{AUTHORIZATION, COOKIE, FORWARDED, HOST, ORIGIN};
use http::{HeaderMap, Method, Version, request};

use super::access::Credentials;
use super::host::Authority;
use super::policy::Policy;
use super::problem::Error;
use super::sessions::{COOKIE_NAME, Sessions};
use super::token::Digest;

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    /// The other end of the connection.
    pub(super) address: IpAddr,
    /// Whether the listener is bound to loopback.
    pub(super) bound_to_loopback: bool,
}

/// What the decisions of [`access`](super::access) are made from.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "facts do not exclude each other")]
pub(super) struct Facts {
    /// Who asks, seen through trusted proxies.
    pub(super) client: IpAddr,
    /// Whether the caller sits at this machine: loopback all the way.
    pub(super) is_local: bool,
    /// Whether a trusted proxy says that the caller used TLS.
    pub(super) is_https: bool,
    /// Whether the request is HTTP/1.0.
    pub(super) is_http10: bool,
    /// Whether the method is one that changes something.
    pub(super) changes_state: bool,
    /// By which name the agent is called.
    pub(super) host: Option<Authority>,
    /// The page that the request comes from.
    pub(super) origin: Option<String>,
    /// What the caller showed.
    pub(super) credentials: Credentials,
}

impl Facts {
    /// From the head of a request. Fails if there are several hosts or an unreadable one.
    pub(super) fn read(head: &request::Parts, peer: Peer, policy: &Policy, sessions: &Sessions) -> Result<Self, Error> {
        let headers = &head.headers;
        let trusted = policy.trusts(peer.address);
        let behind = if trusted { client_behind(headers, policy) } else { None };
        // A proxy on this machine makes the whole network look like loopback; its callers have to log in, unless it is trusted and
        // says that the caller is on this machine too.
        let is_proxied = headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(FORWARDED);
        let is_here = |address: IpAddr| address.to_canonical().is_loopback();
        let is_local = peer.bound_to_loopback && is_here(peer.address) && behind.map_or(!is_proxied, is_here);
        Ok(Self {
            client: behind.unwrap_or(peer.address),
            is_local,
            is_https: trusted
                && last_value(headers, X_FORWARDED_PROTO).is_some_and(|it| it.eq_ignore_ascii_case("https")),
            is_http10: head.version == Version::HTTP_10,
            changes_state: !matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS),
            host: host(head)?,
            origin: headers.get(ORIGIN).map(|origin| String::from_utf8_lossy(origin.as_bytes()).into_owned()),
            credentials: credentials(headers, policy, sessions)?,
        })
    }

    /// Whether `Origin` names the host that is called.
    pub(super) fn is_same_origin(&self) -> bool {
        match (&self.host, &self.origin) {
            (Some(host), Some(origin)) => host.is_origin(origin, self.is_https),
            _ => false,
        }
    }
}

const X_FORWARDED_FOR: &str = "x-forwarded-for";
const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The host of an absolute target or the `Host` header; both, if both are there, have to agree.
fn host(head: &request::Parts) -> Result<Option<Authority>, Error> {
    let mut hosts = head.headers.get_all(HOST).iter();
    let first = hosts.next();
    if hosts.next().is_some() {
        return Err(Error::HostMissing);
    }
    let parse = |text: &str| Authority::parse(text).ok_or(Error::HostMissing);
    let header = match first {
        Some(value) => Some(parse(value.to_str().map_err(|_| Error::HostMissing)?)?),
        None => None,
    };
    match head.uri.authority() {
        Some(target) => {
            let target = parse(target.as_str())?;
            if header.is_some_and(|header| header != target) { Err(Error::HostMissing) } else { Ok(Some(target)) }
        }
        None => Ok(header),
    }
}

fn credentials(headers: &HeaderMap, policy: &Policy, sessions: &Sessions) -> Result<Credentials, Error> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let value = value.to_str().map_err(|_| Error::TokenUnknown)?;
        // Other schemes are meant for a proxy in front of us.
        return Ok(match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                Credentials::Bearer(Digest::of(token.trim()))
            }
            _ => session(headers, policy, sessions),
        });
    }
    Ok(session(headers, policy, sessions))
}

fn session(headers: &HeaderMap, policy: &Policy, sessions: &Sessions) -> Credentials {
    let Some(mark) = &policy.password_mark else { return Credentials::None };
    match session_cookie(headers) {
        Some(id) if sessions.is_open(id, mark) => Credentials::Session,
        _ => Credentials::None,
    }
}

/// The id in the cookie of a session.
pub(super) fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs =
        headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE_NAME).map(|(_, id)| id)
}

/// The caller as trusted proxies saw it: the last address that is not one of theirs. `None` if they do not tell.
fn client_behind(headers: &HeaderMap, policy: &Policy) -> Option<IpAddr> {
    let lines: Vec<&str> = headers.get_all(X_FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut client = None;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let address = hop.trim().parse().ok()?;
        client = Some(address);
        if !policy.trusts(address) {
            break;
        }
    }
    client
}

fn last_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Server};

    fn facts(peer: &str, bound_to_loopback: bool, trusted: &str, headers: &[(&'static str, &'static str)]) -> Facts {
        let trusted_proxies = trusted.parse().ok().into_iter().collect();
        let policy = Policy::new(&Server { trusted_proxies, ..Config::default().server }, None);
        let mut request = http::Request::get("/api/v1/version").body(()).unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, http::HeaderValue::from_static(value));
        }
        let peer = Peer { address: peer.parse().unwrap(), bound_to_loopback };
        Facts::read(&request.into_parts().0, peer, &policy, &Sessions::default()).unwrap()
    }

    #[test]
    fn who_is_on_this_machine() {
        let forwarded_for = |value| ("x-forwarded-for", value);
        for (peer, bound, trusted, headers, local) in [
            ("127.0.0.1", true, "", vec![], true),
            ("::1", true, "", vec![], true),
            ("127.0.0.1", false, "", vec![], false),
            ("192.168.1.9", false, "", vec![], false),
            ("127.0.0.1", true, "", vec![forwarded_for("127.0.0.1")], false),
            ("127.0.0.1", true, "127.0.0.1", vec![], true),
            ("127.0.0.1", true, "127.0.0.1", vec![forwarded_for("127.0.0.1")], true),
            ("127.0.0.1", true, "127.0.0.1", vec![forwarded_for("192.168.1.9")], false),
            ("127.0.0.1", true, "127.0.0.1", vec![forwarded_for("192.168.1.9, 127.0.0.1")], false),
            ("127.0.0.1", true, "127.0.0.1", vec![forwarded_for("127.0.0.1"), forwarded_for("192.168.1.9")], false),
            ("127.0.0.1", true, "127.0.0.1", vec![forwarded_for("unknown")], false),
            ("127.0.0.1", true, "127.0.0.1", vec![("forwarded", "for=192.168.1.9")], false),
        ] {
            let facts = facts(peer, bound, trusted, &headers);
            assert_eq!(facts.is_local, local, "{peer} {bound} {trusted} {headers:?}");
        }
    }

    #[test]
    fn only_proxies_that_are_trusted_tell_who_calls() {
        let headers = [("x-forwarded-for", "6.6.6.6, 192.168.1.9, 10.0.0.1"), ("x-forwarded-proto", "https")];
        let behind = facts("10.0.0.1", false, "10.0.0.0/8", &headers);
        assert_eq!((behind.client.to_string().as_str(), behind.is_https), ("192.168.1.9", true));
        let direct = facts("10.0.0.1", false, "10.9.9.9", &headers);
        assert_eq!((direct.client.to_string().as_str(), direct.is_https), ("10.0.0.1", false));
    }
}
