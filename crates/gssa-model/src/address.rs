//! Where a source is reached.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// `host`, `host:port` or a URL with one of the schemes that peers use. IPv6 stands in brackets. Never credentials.
///
/// An address names what a person wrote; a collector fills in its own scheme and port for what is missing.
///
/// ```
/// # use gssa_model::Address;
/// let address: Address = "http://192.168.1.50:8080/".parse().unwrap();
/// assert_eq!((address.host(), address.port()), ("192.168.1.50", Some(8080)));
/// let address: Address = "bitaxe.local".parse().unwrap();
/// assert_eq!((address.scheme(), address.port()), (None, None));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    scheme: Option<String>,
    host: String,
    port: Option<u16>,
    path: String,
}

/// What is wrong with an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadAddress {
    /// Nothing, or nothing but blanks.
    #[error("the address is empty")]
    Empty,
    /// `user:password@host`: secrets do not belong in addresses, which are shown and logged.
    #[error("an address holds no user or password; use `credentials`")]
    Credentials,
    /// Neither a host name nor an IP address.
    #[error("{0:?} is neither a host name nor an IP address (IPv6 stands in brackets)")]
    Host(String),
    /// Not 1 to 65535.
    #[error("{0:?} is no port (1 to 65535)")]
    Port(String),
    /// A query or a fragment, which no peer takes here.
    #[error("an address ends with its path; remove what follows `{0}`")]
    Query(char),
    /// A path with characters that cannot be in one.
    #[error("the path {0:?} holds characters that a URL cannot")]
    Path(String),
}

impl Address {
    /// The scheme in lower case, if one was written.
    pub fn scheme(&self) -> Option<&str> {
        self.scheme.as_deref()
    }

    /// The same at another port.
    #[must_use]
    pub fn with_port(&self, port: u16) -> Self {
        Self { port: Some(port), ..self.clone() }
    }

    /// The host name in lower case, or the IP address; IPv6 without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, if one was written.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path without a slash at its end: empty, or `/like/this`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Host and port as they stand in a URL or a `Host` header; the port only if it is not `default_port`.
    pub fn authority(&self, default_port: u16) -> String {
        let host = BracketedHost(&self.host);
        match self.port {
            Some(port) if port != default_port => format!("{host}:{port}"),
            _ => host.to_string(),
        }
    }
}

/// A host as it stands in a URL: IPv6 in brackets.
struct BracketedHost<'a>(&'a str);

impl fmt::Display for BracketedHost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(':') { write!(f, "[{}]", self.0) } else { f.write_str(self.0) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = &self.scheme {
            write!(f, "{scheme}://")?;
        }
        write!(f, "{}", BracketedHost(&self.host))?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.path)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        let is_scheme = |s: &String| {
            s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')) && !s.is_empty()
        };
        if scheme.as_ref().is_some_and(|scheme| !is_scheme(scheme)) {
            return Err(BadAddress::Host(shown(text)));
        }
        if rest.is_empty() {
            return Err(BadAddress::Empty);
        }
        if let Some(at) = rest.find(['?', '#']) {
            return Err(BadAddress::Query(char::from(rest.as_bytes()[at])));
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(BadAddress::Credentials);
        }
        let (host, port) = split_port(authority)?;
        let is_path_byte =
            |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}');
        let path = path.trim_end_matches('/');
        if !path.bytes().all(is_path_byte) {
            return Err(BadAddress::Path(shown(path)));
        }
        Ok(Self { scheme, host, port, path: path.to_owned() })
    }
}

fn split_port(authority: &str) -> Result<(String, Option<u16>), BadAddress> {
    let bad_host = || BadAddress::Host(shown(authority));
    let (host, port) = if let Some(inner) = authority.strip_prefix('[') {
        let (host, after) = inner.split_once(']').ok_or_else(bad_host)?;
        let ip: Ipv6Addr = host.parse().map_err(|_| bad_host())?;
        let port = if after.is_empty() { None } else { Some(after.strip_prefix(':').ok_or_else(bad_host)?) };
        (ip.to_string(), port)
    } else {
        let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
        if !is_host(host) {
            return Err(bad_host());
        }
        (host.to_ascii_lowercase(), port)
    };
    let bad_port = |text: &str| BadAddress::Port(shown(text));
    let port = port.map(|text| text.parse().ok().filter(|port| *port > 0).ok_or_else(|| bad_port(text))).transpose()?;
    Ok((host, port))
}

/// A dotted IPv4 address or a host name (RFC 1123, underscores allowed since home networks have them).
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let looks_numeric = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if looks_numeric {
        host.parse::<Ipv4Addr>().is_ok()
    } else {
        host.len() <= 253 && host.trim_end_matches('.').split('.').all(is_label)
    }
}

/// As much of a wrong text as an error may show.
fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_each_form() {
        for (text, scheme, host, port, path) in [
            ("192.168.1.50", None, "192.168.1.50", None, ""),
            (" Bitaxe.LOCAL:8080 ", None, "bitaxe.local", Some(8080), ""),
            ("http://192.168.1.10:4004/", Some("http"), "192.168.1.10", Some(4004), ""),
            ("https://gss.example/api/", Some("https"), "gss.example", None, "/api"),
            ("[fe80::1]:4028", None, "fe80::1", Some(4028), ""),
            ("http://[2001:db8::5]/x", Some("http"), "2001:db8::5", None, "/x"),
            ("my_miner", None, "my_miner", None, ""),
        ] {
            let address: Address = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                (address.scheme(), address.host(), address.port(), address.path()),
                (scheme, host, port, path),
                "{text}"
            );
            assert_eq!(address.to_string().parse(), Ok(address), "{text} survives a round trip");
        }
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        let host = |text: &str| BadAddress::Host(text.into());
        for (text, error) in [
            ("", BadAddress::Empty),
            ("http://", BadAddress::Empty),
            ("root:root@192.168.1.5", BadAddress::Credentials),
            ("192.168.1.300", host("192.168.1.300")),
            ("192.168.1", host("192.168.1")),
            ("fe80::1", host("fe80::1").clone()),
            ("a b", host("a b")),
            ("-x", host("-x")),
            ("host:0", BadAddress::Port("0".into())),
            ("host:70000", BadAddress::Port("70000".into())),
            ("[::1]4028", host("[::1]4028")),
            ("http://host/?q=1", BadAddress::Query('?')),
            ("http://host/a b", BadAddress::Path("/a b".into())),
        ] {
            let got = text.parse::<Address>();
            match (&error, text) {
                (BadAddress::Host(_), "fe80::1") => assert!(got.is_err(), "{text}"),
                _ => assert_eq!(got, Err(error), "{text}"),
            }
        }
    }

    #[test]
    fn an_authority_leaves_out_the_standard_port() {
        let authority = |text: &str| text.parse::<Address>().unwrap().authority(80);
        assert_eq!(authority("http://h:80"), "h");
        assert_eq!(authority("h:81"), "h:81");
        assert_eq!(authority("[::1]"), "[::1]");
    }
}
