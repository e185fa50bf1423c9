//! Takes out of the replies of devices and pools what their owner would not show: passwords and keys, network names, serial numbers,
//! wallets, accounts, hardware addresses, host names and public addresses.
//!
//! What it is is told by its key where there is one (`keys`), and by its form everywhere (`forms`). The same thing gets the same
//! placeholder (`places`), so that a worker of a pool can still be found at its miner. Everything else stays byte for byte, and JSON
//! stays JSON (`json`); what is not JSON, or broken as the cgminer API breaks it, is read as text (`pairs`).
//!
//! It is a help for whoever looks over a file before sending it, and no promise: a device may call a password by a name that nobody has
//! heard of.

mod forms;
mod json;
mod keys;
mod pairs;
mod places;

use std::borrow::Cow;

use self::keys::Rule;
use self::places::Places;
pub use self::places::{Counts, What};

/// Redacts texts that belong together: what is the same in all of them stays the same.
#[derive(Debug, Default)]
pub struct Redactor {
    places: Places,
}

impl Redactor {
    /// Redacts a body, a line or any other text.
    pub fn text(&mut self, text: &str) -> String {
        // The cgminer API ends its JSON with a NUL.
        let (document, end) = text.split_at(text.trim_end_matches(['\0', '\n', '\r', ' ']).len());
        match json::redact(document, &mut self.places) {
            Some(json) => json + end,
            None => pairs::redact(text, &mut self.places),
        }
    }

    /// Redacts bytes, whatever they are; those that are no text stay as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.text(text).into_bytes();
        }
        // As if each byte were a character: all that is looked for is ASCII, and every byte comes back as it was.
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let redacted = pairs::redact(&text, &mut self.places);
        redacted.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
    }

    /// Redacts an address that a person gave: a private one stays.
    pub fn address(&mut self, address: &str) -> String {
        value(Rule::Link, address, &mut self.places).into_owned()
    }

    /// Makes known what is secret although nothing in a text says so: it is looked for everywhere.
    pub fn learn(&mut self, what: What, text: &str) {
        self.places.learn(what, text);
    }

    /// How often something was redacted, and counts anew.
    pub fn take_counts(&mut self) -> Counts {
        self.places.take_counts()
    }
}

/// What stands in place of a value whose key has a rule.
fn value<'a>(rule: Rule, text: &'a str, places: &mut Places) -> Cow<'a, str> {
    let says_nothing = text.trim().is_empty() || text.bytes().all(|b| matches!(b, b'*' | b'0' | b'-' | b':'));
    if says_nothing {
        return text.into();
    }
    match rule {
        Rule::Secret => places.put(What::Secret, text).into(),
        Rule::WifiName => places.put(What::WifiName, text).into(),
        Rule::Serial => places.put(What::Serial, text).into(),
        Rule::Device => places.put(What::HostName, text).into(),
        Rule::Mac => forms::bare_mac(text, places).unwrap_or_else(|| forms::redact(text, places)).into(),
        Rule::User => forms::user(text, places).into(),
        Rule::Link => forms::host(text, true, places).into(),
        Rule::Host => forms::host(text, false, places).into(),
        Rule::Version => forms::redact_version(text, places).into(),
    }
}

#[cfg(test)]
mod tests;
