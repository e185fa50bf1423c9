//! What is private wherever it stands, by its form: hardware and IP addresses, names of hosts at home, wallet addresses, and texts that are
//! known to be private.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use gssa_model::Mac;

use crate::runs::runs;

/// What stands in place of what was taken out.
pub(super) const GONE: &str = "…";

/// Letters and digits in a row from which on a text is taken for a wallet address. The shortest are of 25 (Ripple, Bitcoin).
const WALLET_MIN_CHARS: usize = 20;
/// What stays of a wallet address at both ends.
const WALLET_SHOWN_CHARS: usize = 4;
/// The hexadecimal digits of a block hash or of the digest of an image: nobody's wallet.
const DIGEST_CHARS: usize = 64;
/// A hardware address with its dividers.
const MAC_CHARS: usize = 17;
/// Shorter texts are in too many others.
const KNOWN_MIN_CHARS: usize = 4;

/// How names end that only a home or a site knows.
const HOME: [&str; 9] =
    [".local", ".lan", ".home", ".internal", ".localdomain", ".intranet", ".home.arpa", ".fritz.box", ".private"];

/// What is looked for beside the forms.
#[derive(Debug, Default)]
pub(super) struct Known<'a> {
    /// Names of hosts in lower case, as whole words.
    pub(super) hosts: Option<&'a HashSet<String>>,
    /// The name of this source's host in lower case.
    pub(super) own_host: Option<String>,
    /// Texts of this source, wherever they are.
    pub(super) own: Vec<String>,
    /// Whether wallet addresses are shortened.
    pub(super) wallets: bool,
}

impl Known<'_> {
    /// Adds a text of this source.
    pub(super) fn learn(&mut self, text: &str) {
        let text = text.trim();
        if text.chars().count() >= KNOWN_MIN_CHARS && !self.own.iter().any(|known| known == text) {
            self.own.push(text.to_owned());
        }
    }
}

/// What a text is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct What {
    /// Four numbers of a version are no address, if they are none of a private network.
    pub(super) is_version: bool,
    /// The name of a product is not that of a host.
    pub(super) is_product: bool,
}

/// The text without what is private.
pub(super) fn scrub(text: &str, what: What, known: &Known<'_>) -> String {
    let mut text = known.own.iter().fold(text.to_owned(), |text, own| without(&text, own));
    text = without_macs(&text);
    text = runs(&text, |c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'), |_, run| address(run, what.is_version));
    if !what.is_product {
        text = runs(&text, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'), |_, run| host(run, known));
    }
    if known.wallets { without_wallets(&text) } else { text }
}

/// The text without `known`, whatever its case.
fn without(text: &str, known: &str) -> String {
    let (low, known_low) = (text.to_ascii_lowercase(), known.to_ascii_lowercase());
    if !low.contains(&known_low) {
        return text.to_owned();
    }
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    // Lower case of ASCII has the same places.
    while let Some(at) = low[from..].find(&known_low).map(|at| at + from) {
        out.push_str(&text[from..at]);
        out.push_str(GONE);
        from = at + known_low.len();
    }
    out + &text[from..]
}

fn without_macs(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '-');
    runs(text, is_part, |_, run| {
        let is_end = |at: usize| run.as_bytes().get(at).is_none_or(|b| matches!(b, b':' | b'-'));
        let is_mac = |at: usize| {
            let end = at + MAC_CHARS;
            let is_whole = run.len() >= end && (at == 0 || is_end(at - 1)) && is_end(end);
            is_whole && run[at..end].parse::<Mac>().is_ok()
        };
        let (mut out, mut from) = (String::new(), 0);
        while let Some(at) = (from..run.len()).find(|at| is_mac(*at)) {
            out.push_str(&run[from..at]);
            out.push_str(GONE);
            from = at + MAC_CHARS;
            // The end of a word may look like the first pair of digits: `mac:02:…`. What follows is as private as what was found.
            let is_pair = |at: usize| {
                run.len() >= at + 3 && is_end(at) && is_end(at + 3) && !run[at + 1..at + 3].contains([':', '-'])
            };
            while is_pair(from) {
                from += 3;
            }
        }
        (from > 0).then(|| out + &run[from..])
    })
}

/// An IP address, with a port or a full stop behind it.
fn address(run: &str, is_version: bool) -> Option<String> {
    let is_v6 =
        |text: &str| text.matches(':').count() >= 2 && text.parse::<Ipv6Addr>().is_ok_and(|ip| !ip.is_unspecified());
    let is_v4 = |text: &str| {
        let ip: Option<Ipv4Addr> = text.parse().ok();
        ip.is_some_and(|ip| !is_version || matches!(ip.octets(), [192, 168, ..] | [172, 16..=31, ..]))
    };
    let bare = run.trim_end_matches(['.', ':']);
    if is_v6(bare) {
        return Some(run.replacen(bare, GONE, 1));
    }
    // What ends in hexadecimal digits and a colon may stand before it, a port behind it.
    let parts: Vec<String> = run
        .split(':')
        .map(|part| {
            let bare = part.trim_matches('.');
            if is_v4(bare) { part.replacen(bare, GONE, 1) } else { part.to_owned() }
        })
        .collect();
    let joined = parts.join(":");
    if joined != run {
        return Some(joined);
    }
    let behind = bare.split_once(':').map(|(_, behind)| behind).filter(|behind| is_v6(behind))?;
    Some(run.replacen(behind, GONE, 1))
}

fn host(run: &str, known: &Known<'_>) -> Option<String> {
    let bare = run.trim_matches(['.', '-', '_']);
    let low = bare.to_ascii_lowercase();
    let is_known = known.hosts.is_some_and(|hosts| hosts.contains(&low)) || known.own_host.as_ref() == Some(&low);
    let is_home = HOME.iter().any(|end| low.strip_suffix(end).is_some_and(|name| !name.is_empty()));
    (is_known || is_home).then(|| run.replacen(bare, GONE, 1))
}

/// The text with every wallet address in it shortened to its ends, whatever else the word might be.
pub(super) fn shorten_wallets(text: &str) -> String {
    runs(text, |c| c.is_ascii_alphanumeric(), |_, run| (run.len() >= WALLET_MIN_CHARS).then(|| shortened(run)))
}

/// The same in a text that may be anything.
fn without_wallets(text: &str) -> String {
    runs(
        text,
        |c| c.is_ascii_alphanumeric(),
        |_, run| {
            let has = |is: fn(&u8) -> bool| run.as_bytes().iter().any(is);
            let is_digest = run.len() == DIGEST_CHARS && run.bytes().all(|b| b.is_ascii_hexdigit());
            let is_wallet = run.len() >= WALLET_MIN_CHARS && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
            (is_wallet && !is_digest).then(|| shortened(run))
        },
    )
}

fn shortened(run: &str) -> String {
    format!("{}{GONE}{}", &run[..WALLET_SHOWN_CHARS], &run[run.len() - WALLET_SHOWN_CHARS..])
}

/// Whether a text is the address of a host, or its name as only a home knows it.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_private_goes_and_the_rest_stays() {
        let hosts = HashSet::from(["nas".to_owned(), "pool-box".to_owned()]);
        let mut known = Known { hosts: Some(&hosts), wallets: true, ..Known::default() };
        known.learn("SN-0815");
        known.learn("x");
        for (text, scrubbed) in [
            ("no answer of 192.168.1.50:4028 in 5 s", "no answer of …:4028 in 5 s"),
            ("10.0.0.7.", "…."),
            ("at 02:00:00:00:00:09 and 02-00-00-00-00-0A", "at … and …"),
            ("fe80::1%eth0, [2001:db8::7]:80", "…%eth0, […]:80"),
            ("mac:02:00:00:00:00:09", "m…"),
            ("http://nas/x and NAS. nasty", "http://…/x and …. nasty"),
            ("stratum+tcp://pool-box:3333", "stratum+tcp://…:3333"),
            ("stratum+tcp://public-pool.io:21496", "stratum+tcp://public-pool.io:21496"),
            ("bitaxe.local says sn-0815", "… says …"),
            ("printer.fritz.box", "…"),
            ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzw4f2k.rig1", "bc1q…4f2k.rig1"),
            ("0x52908400098527886E0F7030069857D2E4169EE7", "0x52…9EE7"),
            ("12:30:45, 2026-11-21T15:47:57.325Z, v2.12.2", "12:30:45, 2026-11-21T15:47:57.325Z, v2.12.2"),
            ("restarted 3 times: 5.04 V, 1.2.3", "restarted 3 times: 5.04 V, 1.2.3"),
            ("γ☃ 1.2.3.4 γ", "γ☃ … γ"),
            ("", ""),
        ] {
            assert_eq!(scrub(text, What::default(), &known), scrubbed, "{text}");
        }
        let digest = "a".repeat(63) + "7";
        assert_eq!(scrub(&digest, What::default(), &known), digest, "the hash of a block");
        let version = What { is_version: true, ..What::default() };
        assert_eq!(scrub("2.6.0.39", version, &known), "2.6.0.39");
        assert_eq!(scrub("192.168.1.7", version, &known), "…");
        let product = What { is_product: true, ..What::default() };
        assert_eq!(scrub("NAS at 10.0.0.1", product, &known), "NAS at …");
        known.wallets = false;
        let wallet = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzw4f2k";
        assert_eq!(scrub(wallet, What::default(), &known), wallet);
    }

    #[test]
    fn wallets_are_shortened_and_names_are_not() {
        for (text, masked) in [
            ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzw4f2k.rig1", "bc1q…4f2k.rig1"),
            ("DGBwalletXaaaaaaaaaaaaaaaaaaaaaaaaz", "DGBw…aaaz"),
            ("kaspa:qqkqkzjvr7zwxxmjxjkmxxdwju9kjs6e9u82uh59z07vgaks6gg62v8707g73/x", "kaspa:qqkq…7g73/x"),
            ("operator.garage-gamma", "operator.garage-gamma"),
            ("γ☃.rig", "γ☃.rig"),
        ] {
            assert_eq!(shorten_wallets(text), masked);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_wallet_survives_in_any_text(text in "[a-zA-Z0-9.:_γ/-]{0,120}") {
            let masked = shorten_wallets(&text);
            let longest = masked.split(|c: char| !c.is_ascii_alphanumeric()).map(str::len).max();
            assert!(longest < Some(WALLET_MIN_CHARS), "{masked}");
        }

        #[test]
        fn no_text_is_too_odd_and_no_address_survives(before in "\\PC{0,20}", after in "[^0-9a-fA-F.:]?[ -~]{0,20}", ip: [u8; 4]) {
            let known = Known { own: vec!["Übermittler".to_owned()], wallets: true, ..Known::default() };
            let ip = Ipv4Addr::from(ip).to_string();
            let scrubbed = scrub(&format!("{before} {ip} {after}"), What::default(), &known);
            assert!(!scrubbed.split(' ').any(|word| word == ip), "{scrubbed}");
        }
    }
}
