use std::fmt;

use gssa_model::Address;

/// A host and a port that speak plain HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    host: String,
    port: u16,
    /// The value of the `Host` header.
    authority: String,
    base_path: String,
}

/// An address with a scheme that this client does not speak.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}:// is not spoken here, only http://")]
pub struct UnsupportedScheme(String);

impl Origin {
    /// The origin that `address` means; `default_port` where it names none. A path in it stands before every path asked for.
    pub fn of(address: &Address, default_port: u16) -> Result<Self, UnsupportedScheme> {
        match address.scheme() {
            None | Some("http") => Ok(Self {
                host: address.host().to_owned(),
                port: address.port().unwrap_or(default_port),
                authority: address.authority(80),
                base_path: address.path().to_owned(),
            }
            .with_default_port(address, default_port)),
            Some(other) => Err(UnsupportedScheme(other.to_owned())),
        }
    }

    /// `Host` names the port whenever it is not 80, also when it came from the default of the peer's kind.
    fn with_default_port(mut self, address: &Address, default_port: u16) -> Self {
        if address.port().is_none() && default_port != 80 {
            self.authority = format!("{}:{default_port}", self.authority);
        }
        self
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
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority, self.base_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_fills_in_the_port_of_the_kind() {
        let of = |text: &str, port| Origin::of(&text.parse().unwrap(), port).map(|origin| origin.to_string());
        assert_eq!(of("192.168.1.50", 80).unwrap(), "http://192.168.1.50");
        assert_eq!(of("http://gss.local", 4004).unwrap(), "http://gss.local:4004");
        assert_eq!(of("[fe80::1]:8080/base/", 80).unwrap(), "http://[fe80::1]:8080/base");
        assert_eq!(of("https://x", 80), Err(UnsupportedScheme("https".into())));
    }
}
