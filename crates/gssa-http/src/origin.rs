use std::fmt;

use gssa_model::Address;

use crate::Trust;
use crate::trust::NOT_BUILT_IN;

/// A host and a port that speak HTTP.
#[derive(Debug, Clone)]
pub struct Origin {
    host: String,
    port: u16,
    /// The value of the `Host` header.
    authority: String,
    base_path: String,
    scheme: Scheme,
}

#[derive(Clone)]
enum Scheme {
    Http,
    #[cfg(feature = "tls")]
    Https(std::sync::Arc<crate::tls::Settings>),
}

/// An address with a scheme that this client does not speak, or not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct UnsupportedScheme {
    scheme: String,
    /// Whether it would be spoken in another build.
    is_left_out: bool,
}

impl UnsupportedScheme {
    fn words(&self) -> String {
        if self.is_left_out {
            NOT_BUILT_IN.to_owned()
        } else {
            format!("{}:// is not spoken here, only http://", self.scheme)
        }
    }
}

impl Origin {
    /// The origin that `address` means; `default_port` where it names none. A path in it stands before every path asked for.
    ///
    /// # Errors
    ///
    /// A scheme other than `http`: peers without TLS. [`Origin::trusting`] is for those that may have it.
    pub fn of(address: &Address, default_port: u16) -> Result<Self, UnsupportedScheme> {
        match address.scheme() {
            None | Some("http") => Ok(Self::new(address, default_port, Scheme::Http)),
            Some(other) => Err(UnsupportedScheme { scheme: other.to_owned(), is_left_out: false }),
        }
    }

    /// As [`Origin::of`], of a peer that may be at `https://` too, where `trust` says who may vouch for it.
    ///
    /// # Errors
    ///
    /// Another scheme, and `https` in a build without the feature `tls`.
    pub fn trusting(address: &Address, default_port: u16, trust: &Trust) -> Result<Self, UnsupportedScheme> {
        if address.scheme() != Some("https") {
            return Self::of(address, default_port);
        }
        #[cfg(feature = "tls")]
        return Ok(Self::new(address, default_port, Scheme::Https(trust.settings())));
        #[cfg(not(feature = "tls"))]
        {
            let _ = trust;
            Err(UnsupportedScheme { scheme: "https".to_owned(), is_left_out: true })
        }
    }

    /// `Host` names the port whenever it is not the standard one of the scheme, also when it came from the default of the peer's kind.
    fn new(address: &Address, default_port: u16, scheme: Scheme) -> Self {
        let standard = scheme.standard_port();
        let mut authority = address.authority(standard);
        if address.port().is_none() && default_port != standard {
            authority = format!("{authority}:{default_port}");
        }
        Self {
            host: address.host().to_owned(),
            port: address.port().unwrap_or(default_port),
            authority,
            base_path: address.path().to_owned(),
            scheme,
        }
    }

    /// The host name or IP address to connect to; IPv6 without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn target(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    /// How to shake hands, where it is to be done.
    #[cfg(feature = "tls")]
    pub(crate) const fn tls(&self) -> Option<&std::sync::Arc<crate::tls::Settings>> {
        match &self.scheme {
            Scheme::Http => None,
            Scheme::Https(settings) => Some(settings),
        }
    }
}

impl Scheme {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Http => "http",
            #[cfg(feature = "tls")]
            Self::Https(_) => "https",
        }
    }

    const fn standard_port(&self) -> u16 {
        match self {
            Self::Http => 80,
            #[cfg(feature = "tls")]
            Self::Https(_) => 443,
        }
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.as_str(), self.authority, self.base_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(origin: Result<Origin, UnsupportedScheme>) -> Result<String, String> {
        origin.map(|origin| origin.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_origin_fills_in_the_port_of_the_kind() {
        let of = |text: &str, port| shown(Origin::of(&text.parse().unwrap(), port));
        assert_eq!(of("192.168.1.50", 80).unwrap(), "http://192.168.1.50");
        assert_eq!(of("http://gss.local", 4004).unwrap(), "http://gss.local:4004");
        assert_eq!(of("[fe80::1]:8080/base/", 80).unwrap(), "http://[fe80::1]:8080/base");
        assert_eq!(of("https://x", 80).unwrap_err(), "https:// is not spoken here, only http://");
    }

    #[test]
    fn an_origin_that_may_have_tls_takes_both_schemes() {
        let of = |text: &str, port| shown(Origin::trusting(&text.parse().unwrap(), port, &Trust::system()));
        assert_eq!(of("gss.local", 4004).unwrap(), "http://gss.local:4004");
        assert_eq!(of("tcp://x", 80).unwrap_err(), "tcp:// is not spoken here, only http://");
        if cfg!(feature = "tls") {
            assert_eq!(of("https://gss.lan/pool", 443).unwrap(), "https://gss.lan/pool");
            assert_eq!(of("https://gss.lan:443", 4004).unwrap(), "https://gss.lan");
            assert_eq!(of("https://gss.lan", 4004).unwrap(), "https://gss.lan:4004");
        } else {
            assert_eq!(of("https://gss.lan", 443).unwrap_err(), NOT_BUILT_IN);
        }
    }
}
