//! What is told by its form, wherever it stands: wallets, hardware and IP addresses, host names, links, tokens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use gssa_model::Mac;

use super::places::{Places, What};
use crate::runs::runs;

/// The text without anything that its form gives away.
pub(super) fn redact(text: &str, places: &mut Places) -> String {
    let text = places.without_learned(text);
    addresses(&named(&text, places), places)
}

/// The same for the name of a key, which is never one of the texts that are looked for everywhere.
pub(super) fn redact_key(text: &str, places: &mut Places) -> String {
    addresses(&named(text, places), places)
}

/// The same for a version: `2.6.0.39` is none's address.
pub(super) fn redact_version(text: &str, places: &mut Places) -> String {
    let text = places.without_learned(text);
    named(&text, places)
}

/// An account or a wallet, with a worker behind it: `bc1q….rig1`, `alice.rig1`.
pub(super) fn user(text: &str, places: &mut Places) -> String {
    let redacted = redact(text, places);
    let (account, worker) = text.split_at(text.find(['.', '/']).unwrap_or(text.len()));
    let is_name = account.contains(char::is_alphabetic) && !account.contains(char::is_whitespace);
    if redacted != text || !is_name || is_nobody(account) {
        return redacted;
    }
    places.put(What::Account, account) + worker
}

/// A host with or without scheme, user, port and path: `pool.example.org:3333`. One without a dot, where it cannot be anything else.
pub(super) fn host(text: &str, is_surely_one: bool, places: &mut Places) -> String {
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if text.contains("://") || text.contains(char::is_whitespace) {
        return redact(text, places);
    }
    let (host, rest) = text.split_at(text.find(|c| !is_host(c)).unwrap_or(text.len()));
    let is_name = (is_surely_one || host.contains('.')) && host.contains(|c: char| c.is_ascii_alphabetic());
    let ends = rest.is_empty() || rest.starts_with([':', '/', ',']);
    let is_other = is_nobody(host) || is_local(host) || is_wallet(host.split('.').next().unwrap_or_default());
    if !is_name || !ends || is_other {
        return redact(text, places);
    }
    places.put(What::HostName, host) + &redact(rest, places)
}

/// What is nobody's account and no host. `DevFee` is how `VNish` shows its own.
fn is_nobody(name: &str) -> bool {
    const NOBODY: [&str; 11] =
        ["x", "root", "admin", "user", "worker", "default", "anonymous", "none", "true", "false", "devfee"];
    NOBODY.contains(&name.to_ascii_lowercase().as_str())
}

/// A hardware address without dividers, where a key says that it is one.
pub(super) fn bare_mac(text: &str, places: &mut Places) -> Option<String> {
    let trimmed = text.trim();
    (trimmed.len() == 12 && trimmed.parse::<Mac>().is_ok()).then(|| mac(trimmed, places))
}

/// Everything but plain addresses.
fn named(text: &str, places: &mut Places) -> String {
    let text = ["ENC:", "Bearer ", "bearer ", "Basic "]
        .iter()
        .fold(text.to_owned(), |text, mark| after_mark(&text, mark, places));
    let text = links(&text, places);
    let text = runs(
        &text,
        |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@' | '%'),
        |_, run| {
            let is_token = run.starts_with("eyJ") && run.matches('.').count() == 2;
            let is_mail = run.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
            let what = if is_token { What::Secret } else { What::Account };
            (is_token || is_mail).then(|| places.put(what, run))
        },
    );
    let text =
        runs(&text, |c| c.is_ascii_alphanumeric(), |_, run| is_wallet(run).then(|| places.put(What::Wallet, run)));
    runs(
        &text,
        |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'),
        |_, run| {
            let name = run.trim_matches(['.', '-']);
            let is_name = is_public_name(name) && !is_local(name);
            is_name.then(|| run.replace(name, &places.put(What::HostName, name)))
        },
    )
}

/// Hardware and IP addresses.
fn addresses(text: &str, places: &mut Places) -> String {
    let text = runs(
        text,
        |c| c.is_ascii_hexdigit() || matches!(c, ':' | '-'),
        |before, run| {
            let found = macs(run).find(|at| *at > 0 || !before.is_some_and(char::is_alphanumeric))?;
            let end = found + MAC_CHARS;
            Some(format!("{}{}{}", &run[..found], mac(&run[found..end], places), &run[end..]))
        },
    );
    let text = runs(
        &text,
        |c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'),
        |_, run| {
            let trimmed = run.trim_end_matches('.').strip_suffix(':').unwrap_or(run);
            // What ends in hexadecimal digits and a colon may stand before it: `addr:2001:…`.
            let behind = trimmed.find(':').map_or("", |at| &trimmed[at + 1..]);
            let (found, address) =
                [trimmed, behind].into_iter().find_map(|it| Some((it, it.parse::<Ipv6Addr>().ok()?)))?;
            (!is_private(address.into())).then(|| run.replace(found, &place_v6(address, places)))
        },
    );
    runs(
        &text,
        |c| c.is_ascii_digit() || c == '.',
        |before, run| {
            let trimmed = run.trim_end_matches('.');
            let address: Ipv4Addr =
                trimmed.parse().ok().filter(|_| !before.is_some_and(|c| c.is_alphanumeric() || c == '-'))?;
            (!is_private(address.into())).then(|| run.replace(trimmed, &places.put(What::PublicAddress, trimmed)))
        },
    )
}

/// A hardware address with its dividers.
const MAC_CHARS: usize = 17;

/// Where hardware addresses begin in a run of hexadecimal digits and dividers.
fn macs(run: &str) -> impl Iterator<Item = usize> {
    let is_end = |at: usize| run.as_bytes().get(at).is_none_or(|b| matches!(b, b':' | b'-'));
    (0..run.len().saturating_sub(MAC_CHARS - 1)).filter(move |at| {
        let begins = *at == 0 || is_end(at - 1);
        begins && is_end(at + MAC_CHARS) && run[*at..at + MAC_CHARS].parse::<Mac>().is_ok()
    })
}

/// A placeholder of the same kind: `2001:db8::/32` is of the documentation too (RFC 3849).
fn place_v6(address: Ipv6Addr, places: &mut Places) -> String {
    let v4 = places.put(What::PublicAddress, &address.to_string());
    let last = v4.parse().map_or(1, |v4: Ipv4Addr| v4.to_bits() & 0xffff);
    format!("2001:db8::{last:x}")
}

/// The maker's half as it is, the machine's half numbered.
fn mac(text: &str, places: &mut Places) -> String {
    let number = places.put(What::Mac, &text.replace([':', '-'], ""));
    let mut digits = number.chars();
    let mut seen = 0;
    text.chars()
        .map(|c| {
            if !c.is_ascii_hexdigit() {
                return c;
            }
            seen += 1;
            let digit = if seen > 6 { digits.next().unwrap_or('0') } else { c };
            if text.contains(|c: char| c.is_ascii_uppercase()) { digit.to_ascii_uppercase() } else { digit }
        })
        .collect()
}

/// Takes out what follows a mark: `ENC:…`.
fn after_mark(text: &str, mark: &str, places: &mut Places) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-' | '.' | '~');
    let mut redacted = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(mark) {
        let (before, after) = rest.split_at(at + mark.len());
        let (secret, behind) = after.split_at(after.find(|c| !is_part(c)).unwrap_or(after.len()));
        redacted.push_str(before);
        // `Basic` is also a word.
        let is_secret = !mark.ends_with(' ') || secret.len() >= 8 && secret.contains(|c: char| c.is_ascii_digit());
        if is_secret && !secret.is_empty() {
            redacted.push_str(&places.put(What::Secret, secret));
        } else {
            redacted.push_str(secret);
        }
        rest = behind;
    }
    redacted + rest
}

/// Takes user, password and host out of links: `stratum+tcp://alice:x@pool.example.org:3333`.
fn links(text: &str, places: &mut Places) -> String {
    let ends = |c: char| {
        !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '@' | '%' | '+' | '~' | '[' | ']'))
    };
    let mut redacted = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        let (authority, behind) = after.split_at(after.find(ends).unwrap_or(after.len()));
        redacted.push_str(before);
        let host_and_port = match authority.rsplit_once('@') {
            Some((user, host)) => {
                // Left out altogether: a link is one without it too.
                places.put(What::Secret, user);
                host
            }
            None => authority,
        };
        // IPv6 stands in brackets and is found as an address.
        let name_ends = host_and_port.find([':', '[', ']']).unwrap_or(host_and_port.len());
        let (name, port) = host_and_port.split_at(name_ends);
        let is_name = name.contains(|c: char| c.is_ascii_alphabetic()) && !is_local(name);
        if is_name {
            redacted.push_str(&places.put(What::HostName, name));
        } else {
            redacted.push_str(name);
        }
        redacted.push_str(port);
        rest = behind;
    }
    redacted + rest
}

/// Whether a run of letters and digits is a wallet address, or a key that is written like one.
fn is_wallet(run: &str) -> bool {
    let bech32 =
        |text: &str| text.bytes().all(|b| b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".contains(&b.to_ascii_lowercase()));
    let one_case = !run.bytes().any(|b| b.is_ascii_uppercase()) || !run.bytes().any(|b| b.is_ascii_lowercase());
    // One that somebody mistyped is one too.
    let is_meant =
        run.len() >= 20 && ["bc1", "tb1", "ltc1", "dgb1", "BC1", "DGB1"].iter().any(|it| run.starts_with(it));
    // bc1q…, dgb1q…, ckb1…
    let is_segwit = one_case
        && run.find('1').is_some_and(|at| {
            (2..=5).contains(&at)
                && run.bytes().take(at).all(|b| b.is_ascii_alphabetic())
                && (25..=110).contains(&(run.len() - at - 1))
                && bech32(&run[at + 1..])
        });
    // The part of bitcoincash:q…, ecash:q…, kaspa:q… behind its mark.
    let is_cash = one_case && (42..=110).contains(&run.len()) && run.starts_with(['q', 'p', 'z']) && bech32(run);
    let is_account = run.len() == 42 && run.starts_with("0x") && run[2..].bytes().all(|b| b.is_ascii_hexdigit());
    let is_base58 = (26..=112).contains(&run.len())
        && run.bytes().all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(&b))
        && run.bytes().any(|b| b.is_ascii_digit())
        && run.bytes().any(|b| b.is_ascii_uppercase())
        && run.bytes().any(|b| b.is_ascii_lowercase());
    is_meant || is_segwit || is_cash || is_account || is_base58
}

/// Ends of names by which hosts are reached, of the internet and of homes. Names of firmware files and workers end otherwise.
const ENDS: [&str; 46] = [
    "com", "net", "org", "io", "info", "biz", "dev", "app", "pro", "me", "xyz", "cc", "co", "tech", "cloud", "online",
    "site", "top", "club", "pool", "mining", "eu", "de", "at", "ch", "fr", "it", "es", "nl", "be", "pl", "cz", "se",
    "no", "fi", "uk", "us", "ca", "au", "jp", "cn", "ru", "br", "local", "lan", "home",
];

fn is_public_name(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let [.., before, end] = labels.as_slice() else { return false };
    let is_label = |label: &&str| !label.is_empty() && label.len() < 64;
    let end = end.to_ascii_lowercase();
    labels.iter().all(is_label) && before.len() >= 2 && ENDS.contains(&end.as_str())
}

/// Whether a name is nobody's in particular.
fn is_local(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".example") || name.parse::<Ipv4Addr>().is_ok()
}

/// Addresses that tell nothing of where a site is: private, of this machine, of the link, of documents, of groups, none.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let is_shared = a == 100 && b & 0xc0 == 64;
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_documentation()
                || is_shared
                || a == 0
                || a >= 224
        }
        IpAddr::V6(ip) => {
            let segments = ip.segments();
            // An address of the link is often made of the hardware address.
            let has_mac = segments[5] & 0xff == 0xff && segments[6] >> 8 == 0xfe;
            let is_document = segments[0] == 0x2001 && segments[1] == 0xdb8;
            ip.is_loopback()
                || ip.is_unspecified()
                || is_document
                || ip.is_multicast()
                || (ip.is_unicast_link_local() || ip.is_unique_local()) && !has_mac
        }
    }
}
