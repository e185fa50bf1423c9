//! Which addresses are asked: the grammar of ranges, and what is refused.

use std::net::Ipv4Addr;
use std::str::FromStr;

use super::own::Subnet;

/// The most addresses of one search: those of a /16.
pub const MAX_ADDRESSES: u32 = 1 << 16;

/// The most parts of one list.
const MAX_PARTS: usize = 64;

/// The word for the networks that the agent stands in.
pub const OWN: &str = "own";

/// Addresses to ask, each once, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    /// First and last, apart from each other and sorted.
    spans: Vec<(u32, u32)>,
}

/// What is wrong with a range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadTargets {
    /// Nothing is named.
    #[error("no address is given; write a range such as 192.168.1.0/24, or `own`")]
    Empty,
    /// Neither an address nor a range.
    #[error(
        "{0:?} is no range of IPv4 addresses; write 192.168.1.0/24, 192.168.1.10-192.168.1.60, 192.168.1.10-60 or 192.168.1.50"
    )]
    Malformed(String),
    /// IPv6 networks are too large to be searched.
    #[error("{0:?} is IPv6; only IPv4 ranges can be searched")]
    Ipv6(String),
    /// The last address comes before the first.
    #[error("{0:?} ends before it begins")]
    Backwards(String),
    /// More than [`MAX_ADDRESSES`].
    #[error("{what} has {addresses} addresses; at most {MAX_ADDRESSES} (a /16) are searched at once")]
    TooLarge {
        /// The range, or all of them.
        what: String,
        /// How many there are.
        addresses: u64,
    },
    /// More than the parts of a list.
    #[error("the list has {0} parts; at most {MAX_PARTS} are allowed")]
    TooMany(usize),
    /// Outside of the private network, and not forced.
    #[error(
        "{0} is not on the private network (10/8, 172.16/12, 192.168/16, 169.254/16); it is searched only when that is forced"
    )]
    NotPrivate(Ipv4Addr),
    /// An address that no host has.
    #[error("{0} is no address of a host")]
    NoHost(Ipv4Addr),
    /// `own` where there is no network.
    #[error("this machine is in no private IPv4 network; give the range to search")]
    NoOwn,
}

impl Targets {
    /// Reads a list divided by commas: networks (`192.168.1.0/24`), ranges (`192.168.1.10-192.168.1.60`, `192.168.1.10-60`), single
    /// addresses, and `own` for the networks of `own`.
    ///
    /// The network and the broadcast address of a network are left out. `force` allows what is not on the private network, this machine
    /// itself included.
    pub fn parse(text: &str, own: &[Subnet], force: bool) -> Result<Self, BadTargets> {
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.len() > MAX_PARTS {
            return Err(BadTargets::TooMany(parts.len()));
        }
        let mut spans = Vec::new();
        for part in parts {
            if part.eq_ignore_ascii_case(OWN) {
                if own.is_empty() {
                    return Err(BadTargets::NoOwn);
                }
                spans.extend(own.iter().map(|subnet| subnet.network.hosts()));
                continue;
            }
            let (first, last) = span(part)?;
            check(first, last, part, force)?;
            spans.push((first, last));
        }
        let targets = Self { spans: merged(spans) };
        match targets.len() {
            0 => Err(BadTargets::Empty),
            addresses if addresses > u64::from(MAX_ADDRESSES) => {
                Err(BadTargets::TooLarge { what: "the list".into(), addresses })
            }
            _ => Ok(targets),
        }
    }

    /// How many addresses there are.
    pub fn len(&self) -> u64 {
        self.spans.iter().map(|(first, last)| u64::from(last - first) + 1).sum()
    }

    /// Whether there is none, which a parsed list never is.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Whether this address is among them.
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.spans.iter().any(|(first, last)| (*first..=*last).contains(&address.to_bits()))
    }

    /// Each address.
    pub fn iter(&self) -> impl Iterator<Item = Ipv4Addr> + use<> {
        self.spans.clone().into_iter().flat_map(|(first, last)| first..=last).map(Ipv4Addr::from_bits)
    }
}

/// A network in CIDR form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// Its lowest address.
    pub base: Ipv4Addr,
    /// How many leading bits its addresses share.
    pub prefix: u8,
}

impl Network {
    /// The network that an address is in; `None` for a prefix above 32.
    pub fn of(address: Ipv4Addr, prefix: u8) -> Option<Self> {
        (prefix <= 32).then(|| Self { base: Ipv4Addr::from_bits(address.to_bits() & mask(prefix)), prefix })
    }

    /// Whether this address is in it.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        address.to_bits() & mask(self.prefix) == self.base.to_bits()
    }

    /// How many addresses it has.
    pub const fn addresses(self) -> u64 {
        1 << (32 - self.prefix as u32)
    }

    /// First and last address of a host: without those of the network and of the broadcast, where it has them (RFC 3021).
    fn hosts(self) -> (u32, u32) {
        let (first, last) = (self.base.to_bits(), self.base.to_bits() | !mask(self.prefix));
        if self.prefix <= 30 { (first + 1, last - 1) } else { (first, last) }
    }

    /// How many hosts can be in it.
    pub fn host_count(self) -> u64 {
        let (first, last) = self.hosts();
        u64::from(last - first) + 1
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

/// First and last address of one part.
fn span(part: &str) -> Result<(u32, u32), BadTargets> {
    let malformed = || BadTargets::Malformed(shown(part));
    if part.contains(':') {
        return Err(BadTargets::Ipv6(shown(part)));
    }
    if let Some((base, prefix)) = part.split_once('/') {
        let base = address(base).ok_or_else(malformed)?;
        let prefix = number(prefix).ok_or_else(malformed)?;
        let network = Network::of(base, prefix).ok_or_else(malformed)?;
        if network.addresses() > u64::from(MAX_ADDRESSES) {
            return Err(BadTargets::TooLarge { what: network.to_string(), addresses: network.addresses() });
        }
        return Ok(network.hosts());
    }
    let Some((first, last)) = part.split_once('-') else {
        let single = address(part).ok_or_else(malformed)?.to_bits();
        return Ok((single, single));
    };
    let first = address(first).ok_or_else(malformed)?;
    let last = match number(last.trim()) {
        Some(last) => {
            let [a, b, c, _] = first.octets();
            Ipv4Addr::new(a, b, c, last)
        }
        None => address(last).ok_or_else(malformed)?,
    };
    let (first, last) = (first.to_bits(), last.to_bits());
    if last < first {
        return Err(BadTargets::Backwards(shown(part)));
    }
    let addresses = u64::from(last - first) + 1;
    if addresses > u64::from(MAX_ADDRESSES) {
        return Err(BadTargets::TooLarge { what: shown(part), addresses });
    }
    Ok((first, last))
}

fn address(text: &str) -> Option<Ipv4Addr> {
    Ipv4Addr::from_str(text.trim()).ok()
}

/// Decimal digits only: `+5` is no number of a network.
fn number(text: &str) -> Option<u8> {
    let is_plain = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

/// Refuses a span that no host has, and one outside of the private network unless it is forced. A span of at most 65,536 addresses may
/// still reach from a private network into another, so both ends count, and they must be in the same one.
fn check(first: u32, last: u32, part: &str, force: bool) -> Result<(), BadTargets> {
    for end in [first, last].map(Ipv4Addr::from_bits) {
        if end.octets()[0] == 0 || end.octets()[0] >= 224 {
            return Err(BadTargets::NoHost(end));
        }
    }
    if force {
        return Ok(());
    }
    let home = |address: u32| PRIVATE.iter().find(|(base, prefix)| address & mask(*prefix) == base.to_bits());
    let ends = [first, last].map(|end| home(end).ok_or_else(|| BadTargets::NotPrivate(Ipv4Addr::from_bits(end))));
    let [of_first, of_last] = ends;
    if of_first? == of_last? { Ok(()) } else { Err(BadTargets::Malformed(shown(part))) }
}

/// Networks that nobody but their owner is in. 100.64/10 is not among them: beside overlay networks it is that of providers.
const PRIVATE: [(Ipv4Addr, u8); 4] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
];

/// Whether an address is on the private network.
pub(super) fn is_private(address: Ipv4Addr) -> bool {
    PRIVATE.iter().any(|(base, prefix)| address.to_bits() & mask(*prefix) == base.to_bits())
}

/// Sorted and without overlaps.
fn merged(mut spans: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    spans.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (first, last) in spans {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
}

/// As much of a wrong text as an error may show.
fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    fn own() -> Vec<Subnet> {
        let subnet = |base, prefix| {
            let network = Network::of(ip(base), prefix).unwrap();
            Subnet { network, interface: "lan".into(), address: ip(base), whole: network }
        };
        vec![subnet("192.168.7.4", 30), subnet("10.1.2.3", 31)]
    }

    #[test]
    fn ranges_are_read_in_every_form() {
        for (text, count, first, last) in [
            ("192.168.1.0/24", 254, "192.168.1.1", "192.168.1.254"),
            ("192.168.1.77/24", 254, "192.168.1.1", "192.168.1.254"),
            ("10.0.0.0/16", 65_534, "10.0.0.1", "10.0.255.254"),
            ("10.0.0.4/30", 2, "10.0.0.5", "10.0.0.6"),
            ("10.0.0.4/31", 2, "10.0.0.4", "10.0.0.5"),
            ("10.0.0.4/32", 1, "10.0.0.4", "10.0.0.4"),
            ("192.168.1.10-192.168.1.60", 51, "192.168.1.10", "192.168.1.60"),
            ("192.168.1.10 - 60", 51, "192.168.1.10", "192.168.1.60"),
            ("192.168.1.250-192.168.2.5", 12, "192.168.1.250", "192.168.2.5"),
            ("172.31.255.1-255", 255, "172.31.255.1", "172.31.255.255"),
            ("192.168.1.5", 1, "192.168.1.5", "192.168.1.5"),
            (" 10.0.0.9, 10.0.0.1-3,,10.0.0.2-10.0.0.5 ", 6, "10.0.0.1", "10.0.0.9"),
            ("own", 4, "10.1.2.2", "192.168.7.6"),
            ("OWN,10.1.2.3", 4, "10.1.2.2", "192.168.7.6"),
        ] {
            let targets = Targets::parse(text, &own(), false).unwrap_or_else(|error| panic!("{text}: {error}"));
            let all: Vec<_> = targets.iter().collect();
            assert_eq!((targets.len(), all.len() as u64), (count, count), "{text}");
            assert_eq!((all[0], all[all.len() - 1]), (ip(first), ip(last)), "{text}");
            assert!(all.is_sorted_by(|a, b| a < b), "{text}: each once");
            assert!(all.iter().all(|address| targets.contains(*address)), "{text}");
            assert!(!targets.contains(ip("10.77.0.1")), "{text}");
        }
    }

    #[test]
    fn a_wrong_range_says_what_is_wrong() {
        let malformed = |text: &str| BadTargets::Malformed(text.into());
        for (text, error) in [
            ("", BadTargets::Empty),
            (" , ", BadTargets::Empty),
            ("192.168.1", malformed("192.168.1")),
            ("192.168.1.0/33", malformed("192.168.1.0/33")),
            ("192.168.1.0/+8", malformed("192.168.1.0/+8")),
            ("192.168.1.0/24/5", malformed("192.168.1.0/24/5")),
            ("192.168.1.256", malformed("192.168.1.256")),
            ("192.168.1.1-300", malformed("192.168.1.1-300")),
            ("192.168.1.1-2-3", malformed("192.168.1.1-2-3")),
            ("miner.local", malformed("miner.local")),
            ("$(reboot)", malformed("$(reboot)")),
            ("fd00::/64", BadTargets::Ipv6("fd00::/64".into())),
            ("192.168.1.60-10", BadTargets::Backwards("192.168.1.60-10".into())),
            ("10.0.0.0/15", BadTargets::TooLarge { what: "10.0.0.0/15".into(), addresses: 131_072 }),
            ("10.0.0.0-10.1.0.0", BadTargets::TooLarge { what: "10.0.0.0-10.1.0.0".into(), addresses: 65_537 }),
            ("10.0.0.0/16,10.1.0.0/30,10.9.0.1", BadTargets::TooLarge { what: "the list".into(), addresses: 65_537 }),
            ("8.8.8.8", BadTargets::NotPrivate(ip("8.8.8.8"))),
            ("127.0.0.1", BadTargets::NotPrivate(ip("127.0.0.1"))),
            ("100.64.0.1", BadTargets::NotPrivate(ip("100.64.0.1"))),
            ("192.168.255.0-192.169.0.3", BadTargets::NotPrivate(ip("192.169.0.3"))),
            ("0.0.0.0/24", BadTargets::NoHost(ip("0.0.0.1"))),
            ("224.0.0.1", BadTargets::NoHost(ip("224.0.0.1"))),
            ("255.255.255.255", BadTargets::NoHost(ip("255.255.255.255"))),
        ] {
            assert_eq!(Targets::parse(text, &own(), false), Err(error), "{text}");
        }
        assert_eq!(Targets::parse("own", &[], false), Err(BadTargets::NoOwn));
        let many = vec!["10.0.0.1"; 65].join(",");
        assert_eq!(Targets::parse(&many, &[], false), Err(BadTargets::TooMany(65)));
    }

    #[test]
    fn force_allows_what_hosts_can_have() {
        for text in ["127.88.0.0/24", "8.8.8.8", "100.64.0.0/24"] {
            assert!(Targets::parse(text, &[], true).is_ok(), "{text}");
        }
        for text in ["0.0.0.0/24", "239.1.1.1", "240.0.0.1", "10.0.0.0/8"] {
            assert!(Targets::parse(text, &[], true).is_err(), "{text}");
        }
    }
}
