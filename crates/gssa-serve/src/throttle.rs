//! How often somebody may guess: a pure function of the guesses so far.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

/// Wrong guesses of one address before it has to wait.
const FREE_PER_ADDRESS: u32 = 4;
/// Wrong guesses of all before everybody has to wait.
const FREE_FOR_ALL: u32 = 20;
/// The longest wait of one address.
const MAX_WAIT: Duration = Duration::from_secs(5 * 60);
/// The longest wait of everybody; short, since it meets the owner too.
const MAX_WAIT_FOR_ALL: Duration = Duration::from_secs(30);
/// Guesses are forgotten this long after the last one.
const FORGET_AFTER: Duration = Duration::from_secs(15 * 60);
/// Addresses that are remembered; the one that guessed longest ago makes room.
const MAX_ADDRESSES: usize = 1024;

/// Guesses by address and in all.
#[derive(Debug, Default)]
pub struct Throttle {
    by_address: HashMap<IpAddr, Guesses>,
    all: Guesses,
}

#[derive(Debug, Default, Clone, Copy)]
struct Guesses {
    count: u32,
    last: Option<Instant>,
    wait: Duration,
}

impl Guesses {
    fn wait_left(&self, now: Instant) -> Duration {
        self.last.map_or(Duration::ZERO, |last| (last + self.wait).saturating_duration_since(now))
    }

    fn is_forgotten(&self, now: Instant) -> bool {
        self.last.is_none_or(|last| now >= last + FORGET_AFTER)
    }

    fn add(&mut self, now: Instant, free: u32, max_wait: Duration) {
        if self.is_forgotten(now) {
            *self = Self::default();
        }
        self.count = self.count.saturating_add(1);
        self.last = Some(now);
        self.wait = match self.count.checked_sub(free) {
            None | Some(0) => Duration::ZERO,
            Some(over) => Duration::from_secs(1 << (over - 1).min(16)).min(max_wait),
        };
    }
}

impl Throttle {
    /// Counts a guess of `from`, or gives how long it has to wait before one.
    ///
    /// A guess counts as wrong until [`right`](Self::right) is called, so that hanging up early gains nothing.
    pub fn guess(&mut self, from: IpAddr, now: Instant) -> Result<(), Duration> {
        let from = neighbourhood(from);
        let mine = self.by_address.get(&from).copied().unwrap_or_default();
        let wait = mine.wait_left(now).max(self.all.wait_left(now));
        if !wait.is_zero() {
            return Err(wait);
        }
        self.by_address.retain(|_, guesses| !guesses.is_forgotten(now));
        if self.by_address.len() >= MAX_ADDRESSES
            && let Some(oldest) = self.by_address.iter().min_by_key(|(_, guesses)| guesses.last).map(|(from, _)| *from)
        {
            self.by_address.remove(&oldest);
        }
        self.by_address.entry(from).or_default().add(now, FREE_PER_ADDRESS, MAX_WAIT);
        self.all.add(now, FREE_FOR_ALL, MAX_WAIT_FOR_ALL);
        Ok(())
    }

    /// The last guess of `from` was right.
    pub fn right(&mut self, from: IpAddr) {
        self.by_address.remove(&neighbourhood(from));
        self.all.count = self.all.count.saturating_sub(1);
        self.all.wait = Duration::ZERO;
    }
}

/// One caller: an IPv4 address, or the /64 that an IPv6 host has to itself.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn waits_of_one_address_grow_and_end_with_a_right_guess() {
        let (mut throttle, mut now) = (Throttle::default(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..14 {
            throttle.guess(ip("10.0.0.1"), now).unwrap();
            let wait = throttle.guess(ip("10.0.0.1"), now).err().unwrap_or_default();
            waits.push(wait.as_secs());
            now += wait;
            if wait.is_zero() {
                // The second guess counted.
                waits.push(0);
            }
            if waits.len() >= 12 {
                break;
            }
        }
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128]);
        throttle.guess(ip("10.0.0.1"), now).unwrap();
        throttle.right(ip("10.0.0.1"));
        assert!(throttle.guess(ip("10.0.0.1"), now).is_ok());
    }

    #[test]
    fn many_addresses_make_everybody_wait_but_not_for_long() {
        let (mut throttle, mut now) = (Throttle::default(), Instant::now());
        for n in 0..200_u32 {
            let from = IpAddr::V4((0x0a00_0000 + n).into());
            if let Err(wait) = throttle.guess(from, now) {
                assert!(n >= FREE_FOR_ALL && wait <= MAX_WAIT_FOR_ALL, "{n} {wait:?}");
                now += wait;
                throttle.guess(from, now).unwrap();
            }
        }
        assert!(throttle.guess(ip("192.168.0.9"), now).is_err());
        now += FORGET_AFTER;
        assert!(throttle.guess(ip("192.168.0.9"), now).is_ok());
    }

    #[test]
    fn an_ipv6_network_is_one_caller() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        let guesses = (0..6_u16).map(|n| throttle.guess(IpAddr::V6([0xfd00, 0, 0, 1, 0, 0, 0, n].into()), now));
        assert_eq!(guesses.flatten().count(), FREE_PER_ADDRESS as usize + 1);
        assert!(throttle.guess(ip("fd00:0:0:2::1"), now).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let (mut throttle, mut now) = (Throttle::default(), Instant::now());
        for n in 0..3_000_u32 {
            now += Duration::from_millis(100);
            throttle.all = Guesses::default();
            throttle.guess(IpAddr::V4((0x0a00_0000 + n).into()), now).unwrap();
            assert!(throttle.by_address.len() <= MAX_ADDRESSES);
        }
    }
}
