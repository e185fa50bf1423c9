//! The address of a pool as the contract writes it.

use crate::Address;

/// How a miner talks to its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolScheme {
    /// Stratum in plain text.
    Tcp,
    /// Stratum over TLS.
    Ssl,
    /// Stratum V2.
    V2,
}

impl PoolScheme {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "stratum+tcp",
            Self::Ssl => "stratum+ssl",
            Self::V2 => "stratum2+tcp",
        }
    }

    /// What a scheme written in a pool address means. An unknown one is plain text.
    fn from_written(scheme: &str) -> Self {
        match scheme {
            "stratum+ssl" | "stratum+tls" | "stratum+tcps" | "ssl" | "tls" | "stratumssl" => Self::Ssl,
            "stratum2+tcp" | "stratum2" | "sv2" | "stratum2+ssl" => Self::V2,
            _ => Self::Tcp,
        }
    }
}

/// A pool address with scheme and port and without credentials: `stratum+tcp://public-pool.io:21496`.
///
/// `host` is what the device says, with or without scheme, user, port and path; `port` and `scheme` are used where `host` has none
/// and fall back to 3333 and plain text. Gives `None` when no host is in it.
///
/// ```
/// # use gssa_model::{PoolScheme, pool_url};
/// assert_eq!(pool_url("public-pool.io", Some(21496), None).as_deref(), Some("stratum+tcp://public-pool.io:21496"));
/// assert_eq!(pool_url("me:secret@pool.example:443/x", None, Some(PoolScheme::Ssl)).as_deref(), Some("stratum+ssl://pool.example:443"));
/// ```
pub fn pool_url(host: &str, port: Option<u16>, scheme: Option<PoolScheme>) -> Option<String> {
    /// The port that pools usually take where a device names none.
    const USUAL_PORT: u16 = 3333;
    let (written, rest) = match host.trim().split_once("://") {
        Some((written, rest)) => (Some(PoolScheme::from_written(&written.to_ascii_lowercase())), rest),
        None => (None, host.trim()),
    };
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let address: Address = authority.parse().ok()?;
    let scheme = written.or(scheme).unwrap_or(PoolScheme::Tcp).as_str();
    let port = address.port().or(port.filter(|port| *port > 0)).unwrap_or(USUAL_PORT);
    let host = address.host();
    Some(if host.contains(':') { format!("{scheme}://[{host}]:{port}") } else { format!("{scheme}://{host}:{port}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_url_always_has_scheme_and_port() {
        for (host, port, scheme, url) in [
            ("pool.example", Some(3334), None, "stratum+tcp://pool.example:3334"),
            ("pool.example", Some(0), None, "stratum+tcp://pool.example:3333"),
            ("stratum+tcp://digi.example:3334", None, None, "stratum+tcp://digi.example:3334"),
            ("stratum+tls://p.example:443", Some(1), None, "stratum+ssl://p.example:443"),
            ("p.example", Some(443), Some(PoolScheme::Ssl), "stratum+ssl://p.example:443"),
            (
                "stratum2+tcp://p.example:34254/9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72",
                None,
                None,
                "stratum2+tcp://p.example:34254",
            ),
            ("http://p.example:8332", None, None, "stratum+tcp://p.example:8332"),
            ("[2001:db8::1]", Some(3333), None, "stratum+tcp://[2001:db8::1]:3333"),
        ] {
            assert_eq!(pool_url(host, port, scheme).as_deref(), Some(url), "{host}");
        }
    }

    #[test]
    fn credentials_never_stay() {
        let url = pool_url("stratum+tcp://wallet.rig:hunter2@pool.example:3333/?pw=hunter2", None, None).unwrap();
        assert_eq!(url, "stratum+tcp://pool.example:3333");
    }

    #[test]
    fn without_a_host_there_is_no_pool() {
        for host in ["", "  ", "stratum+tcp://", ":3333", "user@"] {
            assert_eq!(pool_url(host, Some(3333), None), None, "{host:?}");
        }
    }
}
