//! Names that a program may be called by: the guard against DNS rebinding.
//!
//! A web page can give its own name the address of this machine and would then be "same origin" with the API. Such a page always
//! calls by a name, and never by one that is only valid here, so everything else is refused.

use std::net::{IpAddr, Ipv6Addr};

/// Host and port of a `Host` header, an absolute request target or an origin, in one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// In lower case, without a dot at the end; IPv6 without brackets.
    pub host: String,
    /// If one was written.
    pub port: Option<u16>,
}

impl Authority {
    /// Reads `host`, `host:port`, `[v6]` or `[v6]:port`.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']')?;
                let host: Ipv6Addr = host.parse().ok()?;
                (host.to_string(), if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host.to_ascii_lowercase(), Some(port)),
                None => (text.to_ascii_lowercase(), None),
            },
        };
        let host = host.strip_suffix('.').unwrap_or(&host).to_owned();
        let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':');
        let is_fit = !host.is_empty() && host.len() <= 253 && host.bytes().all(is_name);
        let port = port.map(|port| port.parse().ok()).map_or(Some(None), |port| port.map(Some))?;
        is_fit.then_some(Self { host, port })
    }

    /// Whether this is a name that the DNS of the world may know: no address, and neither `localhost` nor a name without a dot.
    pub fn is_public_name(&self) -> bool {
        self.host.contains('.')
            && self.host.parse::<IpAddr>().is_err()
            && !["localhost", "local"].iter().any(|domain| is_below(&self.host, domain))
    }

    /// The port, or the usual one of the scheme.
    fn port_of(&self, https: bool) -> u16 {
        self.port.unwrap_or(if https { 443 } else { 80 })
    }

    /// Whether `origin`, the header, names this host over the same scheme.
    pub fn is_origin(&self, origin: &str, https: bool) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let same_scheme = scheme.eq_ignore_ascii_case(if https { "https" } else { "http" });
        same_scheme
            && Self::parse(authority)
                .is_some_and(|origin| origin.host == self.host && origin.port_of(https) == self.port_of(https))
    }
}

/// Names beside the ones that are always right.
#[derive(Debug, Clone, Default)]
pub struct AllowedHosts {
    names: Vec<String>,
    any: bool,
}

impl AllowedHosts {
    /// The configured names and the machine's own.
    pub fn new(configured: &[String], own: Option<&str>) -> Self {
        let names = configured.iter().map(String::as_str).chain(own);
        Self { names: names.filter_map(Authority::parse).map(|name| name.host).collect(), any: false }
    }

    /// Every name: for a program that is open to the world, and gives nothing to somebody for being near.
    pub fn any() -> Self {
        Self { names: Vec::new(), any: true }
    }

    /// Whether a request may call the program `host`: an address, a loopback name, `*.local`, or one of the list.
    pub fn allow(&self, host: &str) -> bool {
        self.any
            || host.parse::<IpAddr>().is_ok()
            || host == "localhost"
            || is_below(host, "localhost")
            || is_below(host, "local")
            || self.names.iter().any(|name| name == host)
    }
}

/// Whether `host` is a name under `domain`.
fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|name| name.len() > 1 && name.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_has_one_spelling() {
        for (text, host, port) in [
            ("LocalHost:3010", "localhost", Some(3010)),
            ("garage.local.", "garage.local", None),
            ("[::1]:80", "::1", Some(80)),
            ("[0:0::1]", "::1", None),
            ("192.168.1.5", "192.168.1.5", None),
        ] {
            assert_eq!(Authority::parse(text), Some(Authority { host: host.into(), port }), "{text}");
        }
        for bad in ["", ":80", "a:b", "a:70000", "a@b", "a/b", "[::1", "[::1]80", "a b", "evil.example#", "::1"] {
            assert_eq!(Authority::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_names_that_are_ours_are_allowed() {
        let hosts = AllowedHosts::new(&["Agent.example:443".into()], Some("miner-pi"));
        for good in ["localhost", "a.localhost", "127.0.0.1", "8.8.8.8", "::1", "pi.local", "agent.example", "miner-pi"]
        {
            assert!(hosts.allow(good), "{good}");
        }
        for bad in ["evil.example", "localhost.evil.example", "local", "x.agent.example", "127.0.0.1.nip.io"] {
            assert!(!hosts.allow(bad), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_the_same_scheme_host_and_port() {
        let host = |text: &str| Authority::parse(text).unwrap();
        for (called, origin, https, same) in [
            ("localhost:3010", "http://localhost:3010", false, true),
            ("pi.local", "http://pi.local:80", false, true),
            ("pi.local", "https://pi.local", true, true),
            ("pi.local", "https://pi.local", false, false),
            ("localhost:3010", "http://localhost:3011", false, false),
            ("localhost:3010", "http://127.0.0.1:3010", false, false),
            ("localhost:3010", "null", false, false),
            ("localhost:3010", "http://localhost:3010/", false, false),
            ("[::1]:3010", "http://[::1]:3010", false, true),
        ] {
            assert_eq!(host(called).is_origin(origin, https), same, "{called} {origin}");
        }
    }

    #[test]
    fn a_public_name_is_no_address_and_not_one_that_is_valid_here_only() {
        let is_public = |text: &str| Authority::parse(text).unwrap().is_public_name();
        for name in ["cloud.example", "Cloud.Example:3020", "a.b.c.", "127.0.0.1.nip.io"] {
            assert!(is_public(name), "{name}");
        }
        for other in ["localhost", "localhost:3020", "a.localhost", "pi.local", "nas", "127.0.0.1:3020", "[fd00::1]"] {
            assert!(!is_public(other), "{other}");
        }
    }
}
