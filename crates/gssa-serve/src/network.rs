//! IP networks: those of the proxies that are believed.

use std::net::IpAddr;
use std::str::FromStr;

/// A text that is no [`Network`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an IP address nor a network such as 10.0.0.0/8")]
pub struct NotANetwork;

/// An IP network; a single address is one too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: u128,
    mask: u128,
}

impl Network {
    /// Whether an address is in it. IPv4 and its form in IPv6 are the same.
    pub fn contains(&self, ip: IpAddr) -> bool {
        bits(ip) & self.mask == self.base
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (ip, length) = text.trim().split_once('/').map_or((text.trim(), None), |(ip, length)| (ip, Some(length)));
        let ip: IpAddr = ip.parse().map_err(|_| NotANetwork)?;
        let all: u32 = if ip.is_ipv4() { 32 } else { 128 };
        let length = length
            .map_or(Some(all), |length| length.parse().ok())
            .filter(|length| *length <= all)
            .ok_or(NotANetwork)?;
        let mask = u128::MAX.checked_shl(all - length).unwrap_or(0);
        // An IPv4 mask lies in the last 32 bits; those before are the same for every IPv4 address.
        let mask = if ip.is_ipv4() { mask | !u128::from(u32::MAX) } else { mask };
        Ok(Self { base: bits(ip) & mask, mask })
    }
}

fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_what_it_should() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.168.1.7", "192.168.1.7", "192.168.1.8"),
            ("192.168.1.7/24", "::ffff:192.168.1.200", "192.168.2.7"),
            ("0.0.0.0/0", "8.8.8.8", "2001:db8::1"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("::1", "::1", "::2"),
            ("10.0.0.0/32", "10.0.0.0", "10.0.0.1"),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert!(parsed.contains(inside.parse().unwrap()), "{network} has {inside}");
            assert!(!parsed.contains(outside.parse().unwrap()), "{network} has not {outside}");
        }
        assert!("::/0".parse::<Network>().unwrap().contains("10.0.0.1".parse().unwrap()));
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "proxy.local", "10.0.0.0/-1", "10.0.0.0/"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
