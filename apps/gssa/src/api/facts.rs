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
        let proxied = headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(FORWARDED);
        let trusted = policy.trusts(peer.address);
        let client = if trusted { client_behind(headers, peer.address, policy) } else { peer.address };
        let is_loopback = peer.address.to_canonical().is_loopback() && client.to_canonical().is_loopback();
        Ok(Self {
            client,
            // A proxy on this machine makes the whole network look like loopback; its callers have to log in.
            is_local: peer.bound_to_loopback && is_loopback && (trusted || !proxied),
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

/// The caller as trusted proxies saw it: the last address that is not one of theirs.
fn client_behind(headers: &HeaderMap, peer: IpAddr, policy: &Policy) -> IpAddr {
    let lines: Vec<&str> = headers.get_all(X_FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut client = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Ok(address) = hop.trim().parse() else { break };
        client = address;
        if !policy.trusts(address) {
            break;
        }
    }
    client
}

fn last_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next().map(str::trim)
}
