//! What a request says about its caller, read once.

use std::net::IpAddr;

use http::header::{AUTHORIZATION, COOKIE, FORWARDED, HOST, ORIGIN};
use http::{HeaderMap, Method, Version, request};

use crate::door::Door;
use crate::host::Authority;
use crate::problem::Error;
use crate::token::Digest;

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// The other end of the connection.
    pub address: IpAddr,
    /// Whether the listener is bound to loopback.
    pub bound_to_loopback: bool,
    /// Whether the connection itself is one by TLS.
    pub is_tls: bool,
}

/// What it is decided by whether a caller is [let in](crate::App::admit).
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "facts do not exclude each other")]
pub struct Facts {
    /// Who asks, seen through trusted proxies.
    pub client: IpAddr,
    /// Whether the caller sits at this machine: loopback all the way.
    pub is_local: bool,
    /// Whether the caller used TLS, to here or to a trusted proxy that says so.
    pub is_https: bool,
    /// Whether the request is HTTP/1.0.
    pub is_http10: bool,
    /// Whether the method is one that changes something.
    pub changes_state: bool,
    /// By which name the program is called.
    pub host: Option<Authority>,
    /// The page that the request comes from.
    pub origin: Option<String>,
    /// The bearer token that the caller showed.
    pub bearer: Option<Digest>,
    /// The cookie of a session that the caller showed, open or not.
    pub session: Option<Digest>,
}

impl Facts {
    /// From the head of a request; sessions are in the cookie of this name. Fails if there are several hosts or an unreadable one.
    pub fn read(head: &request::Parts, peer: Peer, door: &Door, cookie: &str) -> Result<Self, Error> {
        let headers = &head.headers;
        let trusted = door.trusts(peer.address);
        let behind = if trusted { client_behind(headers, door) } else { None };
        // A proxy on this machine makes the whole network look like loopback; its callers have to log in, unless it is trusted and
        // says that the caller is on this machine too.
        let is_proxied = headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(FORWARDED);
        let is_here = |address: IpAddr| address.to_canonical().is_loopback();
        let is_local = peer.bound_to_loopback && is_here(peer.address) && behind.map_or(!is_proxied, is_here);
        Ok(Self {
            client: behind.unwrap_or(peer.address),
            is_local,
            is_https: peer.is_tls
                || trusted && last_value(headers, X_FORWARDED_PROTO).is_some_and(|it| it.eq_ignore_ascii_case("https")),
            is_http10: head.version == Version::HTTP_10,
            changes_state: !matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS),
            host: host(head)?,
            origin: headers.get(ORIGIN).map(|origin| String::from_utf8_lossy(origin.as_bytes()).into_owned()),
            bearer: bearer(headers)?,
            session: session(headers, cookie).map(Digest::of),
        })
    }

    /// Whether `Origin` names the host that is called.
    pub fn is_same_origin(&self) -> bool {
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

/// The bearer token. Other schemes are meant for a proxy in front of us.
fn bearer(headers: &HeaderMap) -> Result<Option<Digest>, Error> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let value = value.to_str().map_err(|_| Error::TokenUnknown)?;
    let token = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    Ok(token.map(|(_, token)| Digest::of(token.trim())))
}

/// The id of a session in the cookie of this name.
fn session<'a>(headers: &'a HeaderMap, cookie: &str) -> Option<&'a str> {
    let pairs =
        headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == cookie).map(|(_, id)| id)
}

/// The caller as trusted proxies saw it: the last address that is not one of theirs. `None` if they do not tell.
fn client_behind(headers: &HeaderMap, door: &Door) -> Option<IpAddr> {
    let lines: Vec<&str> = headers.get_all(X_FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut client = None;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let address = hop.trim().parse().ok()?;
        client = Some(address);
        if !door.trusts(address) {
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
    fn facts(peer: &str, bound_to_loopback: bool, trusted: &str, headers: &[(&'static str, &'static str)]) -> Facts {
        let door = Door { proxies: trusted.parse().ok().into_iter().collect(), ..Door::default() };
        let mut request = http::Request::get("/api/v1/version").body(()).unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, http::HeaderValue::from_static(value));
        }
        let peer = Peer { address: peer.parse().unwrap(), bound_to_loopback, is_tls: false };
        Facts::read(&request.into_parts().0, peer, &door, "session").unwrap()
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

    #[test]
    fn a_token_and_a_cookie_are_read_side_by_side() {
        let digest = |facts: &Facts| [facts.bearer, facts.session].map(|shown| shown.map(|digest| digest.written()));
        let of = |text| Some(Digest::of(text).written());
        for (headers, bearer, session) in [
            (vec![("authorization", "bearer  abc "), ("cookie", "a=1; session=xyz; b=2")], of("abc"), of("xyz")),
            (vec![("authorization", "Basic eDp5"), ("cookie", "session=xyz")], None, of("xyz")),
            (vec![("cookie", "sessions=xyz"), ("cookie", "session=1")], None, of("1")),
            (vec![("authorization", "Bearer")], None, None),
        ] {
            assert_eq!(digest(&facts("127.0.0.1", true, "", &headers)), [bearer, session], "{headers:?}");
        }
    }
}
