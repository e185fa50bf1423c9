//! IP networks.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// An IP network; a single address is one too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    text: String,
    base: u128,
    mask: u128,
}

impl Network {
    /// Whether an address is in it. IPv4 and its form in IPv6 are the same.
    pub fn contains(&self, ip: IpAddr) -> bool {
        bits(ip) & self.mask == self.base
    }
}

fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bad = || format!("`{text}` is neither an IP address nor a network such as `10.0.0.0/8`");
        let (ip, length) = text.trim().split_once('/').map_or((text.trim(), None), |(ip, length)| (ip, Some(length)));
        let ip: IpAddr = ip.parse().map_err(|_| bad())?;
        let all: u32 = if ip.is_ipv4() { 32 } else { 128 };
        let length =
            length.map_or(Some(all), |length| length.parse().ok()).filter(|length| *length <= all).ok_or_else(bad)?;
        let mask = u128::MAX.checked_shl(all - length).unwrap_or(0);
        // An IPv4 mask lies in the last 32 bits; those before are the same for every IPv4 address.
        let mask = if ip.is_ipv4() { mask | !u128::from(u32::MAX) } else { mask };
        Ok(Self { base: bits(ip) & mask, mask, text })
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_network() {
        for (network, ip, is_in) in [
            ("10.0.0.0/8", "10.200.1.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("192.168.1.7", "192.168.1.7", true),
            ("192.168.1.7", "192.168.1.8", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "fd00::1", false),
            ("fd00::/8", "fd12::1", true),
        ] {
            let network = Network::try_from(network.to_owned()).unwrap();
            assert_eq!(network.contains(ip.parse().unwrap()), is_in, "{network:?} {ip}");
        }
        for bad in ["", "10.0.0.0/33", "fd00::/129", "x", "10.0.0.0/-1"] {
            assert!(Network::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
