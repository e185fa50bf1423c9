//! Places for connections: so many in all, and so many for one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The part of an IPv6 address that tells one network from another; whoever has a network has all addresses of it.
const NETWORK_MASK: u128 = u128::MAX << 64;

/// Hands out places.
#[derive(Debug, Clone)]
pub struct Places {
    taken: Arc<Mutex<Taken>>,
    in_all: usize,
    of_one: usize,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Places {
    /// `in_all` places, of which one address gets at most `of_one`.
    pub fn new(in_all: usize, of_one: usize) -> Self {
        Self { taken: Arc::default(), in_all, of_one }
    }

    /// A place for a connection from `address`, unless all that it may have are taken. Proxies that speak for many are `shared`: for
    /// them only the number in all counts.
    pub fn take(&self, address: IpAddr, shared: bool) -> Option<Place> {
        let address = network(address);
        let mut taken = self.taken();
        let of_one = taken.by_address.get(&address).copied().unwrap_or_default();
        if taken.in_all >= self.in_all || (of_one >= self.of_one && !shared) {
            return None;
        }
        taken.in_all += 1;
        taken.by_address.insert(address, of_one + 1);
        Some(Place { places: self.clone(), address })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place that is taken until it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Places,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.in_all -= 1;
        let left = taken.by_address.get(&self.address).map_or(0, |count| count - 1);
        if left == 0 {
            taken.by_address.remove(&self.address);
        } else {
            taken.by_address.insert(self.address, left);
        }
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK_MASK).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(places: &Places, address: &str, count: usize) -> Vec<Place> {
        (0..count).map_while(|_| places.take(address.parse().unwrap(), false)).collect()
    }

    #[test]
    fn one_address_leaves_places_to_others() {
        let places = Places::new(6, 4);
        let greedy = take(&places, "192.168.1.9", 9);
        assert_eq!(greedy.len(), 4);
        assert_eq!(take(&places, "::ffff:192.168.1.9", 1).len(), 0, "another spelling of it");
        assert_eq!(take(&places, "192.168.1.10", 9).len(), 2, "what is left in all");
        drop(greedy);
        assert_eq!(take(&places, "192.168.1.9", 9).len(), 4, "given back");
        assert!(places.taken().by_address.is_empty(), "nobody is remembered");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let places = Places::new(6, 2);
        let _held = [take(&places, "fd00::1", 1), take(&places, "fd00::2", 1)];
        assert_eq!(take(&places, "fd00::3", 1).len(), 0);
        assert_eq!(take(&places, "fd00:0:0:1::3", 1).len(), 1);
    }

    #[test]
    fn a_proxy_speaks_for_many() {
        let places = Places::new(6, 2);
        let address = "127.0.0.1".parse().unwrap();
        let held: Vec<_> = (0..9).map_while(|_| places.take(address, true)).collect();
        assert_eq!(held.len(), 6);
    }
}
