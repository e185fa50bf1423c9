//! What stands in place of what was taken out: the same for the same, all through.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// What is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Passwords, keys, tokens.
    Secret,
    /// Names of wireless networks.
    WifiName,
    /// Serial numbers.
    Serial,
    /// The part of a hardware address that is one machine's.
    Mac,
    /// Wallet addresses.
    Wallet,
    /// Accounts at pools, and mail addresses.
    Account,
    /// How machines are called, here and on the internet.
    HostName,
    /// IP addresses that are not of a private network.
    PublicAddress,
}

impl What {
    /// One of it and several, for people.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Secret => ("password or key", "passwords and keys"),
            Self::WifiName => ("Wi-Fi name", "Wi-Fi names"),
            Self::Serial => ("serial number", "serial numbers"),
            Self::Mac => ("hardware address", "hardware addresses"),
            Self::Wallet => ("wallet address", "wallet addresses"),
            Self::Account => ("account", "accounts"),
            Self::HostName => ("host name", "host names"),
            Self::PublicAddress => ("public address", "public addresses"),
        }
    }

    /// The word for it in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secrets",
            Self::WifiName => "wifi_names",
            Self::Serial => "serials",
            Self::Mac => "macs",
            Self::Wallet => "wallets",
            Self::Account => "accounts",
            Self::HostName => "host_names",
            Self::PublicAddress => "public_addresses",
        }
    }
}

/// How often each was taken out.
pub type Counts = BTreeMap<What, u64>;

/// A text shorter than this is not looked for outside of its key: it may be part of anything.
const MIN_LEARNED_CHARS: usize = 6;

/// A text of letters alone, or of digits alone, is looked for from this length on: `password` is a word, `123456` a figure.
const MIN_LEARNED_PLAIN_CHARS: usize = 12;

/// So many texts are looked for everywhere.
const MAX_LEARNED: usize = 256;

/// Addresses of the documentation networks (RFC 5737), which belong to nobody.
const NETWORKS: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];

/// The placeholders that were given out.
#[derive(Debug, Default)]
pub(super) struct Places {
    given: BTreeMap<(What, String), String>,
    numbers: BTreeMap<What, u32>,
    /// What is looked for everywhere, the longest first, and what takes its place.
    learned: BTreeMap<(Reverse<usize>, String), (What, String)>,
    counts: Counts,
}

impl Places {
    /// The placeholder for a text, which was found to be such.
    pub(super) fn put(&mut self, what: What, text: &str) -> String {
        *self.counts.entry(what).or_default() += 1;
        let place = self.place(what, text);
        if matches!(what, What::Secret | What::WifiName | What::Serial | What::Account) {
            self.remember(what, text, &place);
        }
        place
    }

    fn place(&mut self, what: What, text: &str) -> String {
        if what == What::Secret {
            // Not even which ones are the same.
            return "redacted".to_owned();
        }
        let key = (what, text.to_ascii_lowercase());
        if let Some(place) = self.given.get(&key) {
            return place.clone();
        }
        let number = self.numbers.entry(what).or_default();
        *number += 1;
        let place = match what {
            What::Secret => unreachable!("they have no number"),
            What::WifiName => format!("wifi-{number}"),
            // The DNA of an Avalon is read only if it looks like one.
            What::Serial if text.len() >= 8 && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
                format!("{number:0width$x}", width = text.len())
            }
            What::Serial => format!("serial-{number}"),
            What::Mac => format!("{:06x}", *number & 0x00ff_ffff),
            What::Wallet => format!("wallet-{number}"),
            What::Account => format!("account-{number}"),
            // RFC 2606: nobody's.
            What::HostName => format!("host-{number}.example"),
            What::PublicAddress => documentation_address(*number).to_string(),
        };
        self.given.insert(key, place.clone());
        place
    }

    /// Looks for a text everywhere from now on.
    pub(super) fn learn(&mut self, what: What, text: &str) {
        let place = self.place(what, text);
        self.remember(what, text, &place);
    }

    fn remember(&mut self, what: What, text: &str, place: &str) {
        let text = text.trim();
        let chars = text.chars().count();
        let is_plain = text.chars().all(char::is_alphabetic) || text.chars().all(|c| c.is_ascii_digit());
        let is_telling = chars >= if is_plain { MIN_LEARNED_PLAIN_CHARS } else { MIN_LEARNED_CHARS };
        if is_telling && self.learned.len() < MAX_LEARNED {
            self.learned.insert((Reverse(text.len()), text.to_owned()), (what, place.to_owned()));
        }
    }

    /// The text without what was learned, wherever it stands for itself.
    pub(super) fn without_learned(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for ((_, learned), (what, place)) in &self.learned {
            let mut from = 0;
            while let Some(at) = text[from..].find(learned.as_str()).map(|at| at + from) {
                let end = at + learned.len();
                let goes_on = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                if goes_on(text[..at].chars().next_back()) || goes_on(text[end..].chars().next()) {
                    from = end;
                    continue;
                }
                text.replace_range(at..end, place);
                *self.counts.entry(*what).or_default() += 1;
                from = at + place.len();
            }
        }
        text
    }

    pub(super) fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }
}

fn documentation_address(number: u32) -> Ipv4Addr {
    let at = number.saturating_sub(1) % (NETWORKS.len() as u32 * 254);
    let [a, b, c] = NETWORKS[(at / 254) as usize];
    Ipv4Addr::new(a, b, c, (at % 254 + 1) as u8)
}
