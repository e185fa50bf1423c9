//! The networks that this machine stands in, as its system says.

use std::net::Ipv4Addr;
use std::path::Path;

use if_addrs::{IfAddr, IfOperStatus, Interface};
use schemars::JsonSchema;
use serde::Serialize;

use super::mdns::{self, Ask};
use super::targets::{Network, is_private};

/// A larger network is searched only around the agent, unless a person names all of it: at most 1024 addresses without being told.
const LARGEST_PREFIX: u8 = 22;

/// What is searched of a larger one.
const AROUND_PREFIX: u8 = 24;

/// How interfaces are called behind which there are containers and virtual machines, never miners.
const VIRTUAL: [&str; 16] = [
    "docker",
    "br-",
    "veth",
    "virbr",
    "cni",
    "flannel",
    "cali",
    "kube",
    "podman",
    "lxc",
    "lxdbr",
    "incusbr",
    "vmnet",
    "vboxnet",
    "vEthernet",
    "tailscale",
];

/// A network of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// Its addresses.
    pub network: Network,
    /// The interface that leads to it.
    pub interface: String,
    /// This machine's own address there.
    pub address: Ipv4Addr,
    /// All of the network, of which [`Subnet::network`] may be a part.
    pub whole: Network,
}

/// A network of this machine, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OwnRange {
    /// In CIDR form.
    pub range: String,
    /// The interface that leads to it.
    pub interface: String,
    /// How many hosts can be in it.
    pub addresses: u64,
}

/// The private networks of this machine, and what to know about them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// What is searched when nothing is named.
    pub subnets: Vec<Subnet>,
    /// For people.
    pub notes: Vec<String>,
}

impl Own {
    /// Asks the system.
    pub fn read() -> Self {
        let mut own = match if_addrs::get_if_addrs() {
            Ok(interfaces) => Self::of(interfaces.iter().filter_map(facts)),
            Err(error) => {
                Self { notes: vec![format!("the networks of this machine are not known: {error}")], ..Self::default() }
            }
        };
        if in_container() {
            own.notes.push(
                "the agent runs in a container: it may see the container's own network and not the host's; give the range, or let \
                 the container use the host's network"
                    .into(),
            );
        }
        own
    }

    fn of<'a>(interfaces: impl Iterator<Item = (&'a str, Ipv4Addr, u8)>) -> Self {
        let mut own = Self::default();
        for (interface, address, prefix) in interfaces {
            let is_virtual = VIRTUAL.iter().any(|start| interface.starts_with(start));
            // Above /30 there is one other host at most, at the far end of a tunnel.
            if is_virtual || !is_private(address) || prefix > 30 {
                continue;
            }
            let is_large = prefix < LARGEST_PREFIX;
            let searched = Network::of(address, if is_large { AROUND_PREFIX } else { prefix });
            let (Some(searched), Some(whole)) = (searched, Network::of(address, prefix)) else { continue };
            if is_large {
                own.notes.push(format!(
                    "{whole} ({interface}) has {} addresses; without being told only {searched} is searched",
                    whole.addresses()
                ));
            }
            if own.subnets.iter().all(|known| known.network != searched) {
                own.subnets.push(Subnet { network: searched, interface: interface.to_owned(), address, whole });
            }
        }
        own
    }

    /// The question that goes to all devices of these networks at once; none where there is no network.
    pub fn announcements(&self) -> Option<Ask> {
        let from: Vec<_> = self.subnets.iter().map(|subnet| (subnet.address, subnet.whole)).collect();
        (!from.is_empty()).then_some(Ask { from, to: mdns::GROUP, wait: mdns::WAIT })
    }

    /// The networks for people.
    pub fn ranges(&self) -> Vec<OwnRange> {
        let range = |subnet: &Subnet| OwnRange {
            range: subnet.network.to_string(),
            interface: subnet.interface.clone(),
            addresses: subnet.network.host_count(),
        };
        self.subnets.iter().map(range).collect()
    }
}

/// Name, address and prefix of an IPv4 interface that leads out of this machine.
fn facts(interface: &Interface) -> Option<(&str, Ipv4Addr, u8)> {
    match &interface.addr {
        IfAddr::V4(v4) if !interface.is_loopback() && interface.oper_status != IfOperStatus::Down => {
            Some((&interface.name, v4.ip, v4.netmask.to_bits().count_ones() as u8))
        }
        _ => None,
    }
}

/// Whether this process runs in a container of Docker or Podman.
fn in_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| Path::new(mark).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(interfaces: &[(&'static str, [u8; 4], u8)]) -> Own {
        Own::of(interfaces.iter().map(|(name, address, prefix)| (*name, Ipv4Addr::from(*address), *prefix)))
    }

    fn ranges(own: &Own) -> Vec<(String, u64)> {
        own.ranges().into_iter().map(|range| (range.range, range.addresses)).collect()
    }

    #[test]
    fn the_networks_of_people_are_searched_and_those_of_containers_are_not() {
        let own = own(&[
            ("eth0", [192, 168, 1, 20], 24),
            ("wlan0", [192, 168, 1, 21], 24),
            ("enp3s0", [10, 4, 9, 1], 22),
            ("docker0", [172, 17, 0, 1], 16),
            ("br-1f2e", [172, 18, 0, 1], 16),
            ("veth12", [169, 254, 1, 1], 16),
            ("tailscale0", [100, 101, 1, 1], 32),
            ("wg0", [10, 9, 0, 2], 32),
            ("ppp0", [93, 184, 1, 1], 24),
        ]);
        assert_eq!(ranges(&own), [("192.168.1.0/24".into(), 254), ("10.4.8.0/22".into(), 1022)]);
        assert_eq!(own.notes, Vec::<String>::new());
    }

    #[test]
    fn of_a_large_network_only_the_neighbourhood_is_searched() {
        let own = own(&[("eth0", [10, 20, 30, 40], 8)]);
        assert_eq!(ranges(&own), [("10.20.30.0/24".into(), 254)]);
        assert_eq!(
            own.notes,
            ["10.0.0.0/8 (eth0) has 16777216 addresses; without being told only 10.20.30.0/24 is searched"]
        );
    }

    #[test]
    fn the_system_is_asked() {
        assert!(Own::read().subnets.iter().all(|subnet| subnet.network.prefix >= LARGEST_PREFIX));
    }
}
