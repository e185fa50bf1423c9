//! What leaves the network: readings, findings and events after masking, as an operator wants it for one uplink.
//!
//! Twice over: parts have a rule by their path, an operator's or a built-in one; and whatever text has none is searched for what is private
//! by its form, since nobody knows what a device writes into an error.

mod scrub;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use gssa_model::{Address, Reading, Snapshot, Source, SourceKind};
use gssa_view::finding::Finding;
use gssa_view::journal::{Entry, EntryKind};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use self::scrub::{GONE, Known, is_address, scrub, shorten_wallets};
use crate::config::{Config, FieldRule, Uplink};

/// What stays at home unless an operator wants it otherwise.
const WITHHELD: [&str; 9] = [
    "source.address",
    "snapshot.identity.mac",
    "snapshot.identity.serial",
    "snapshot.identity.hostname",
    "snapshot.network.ip",
    "snapshot.network.rssi_dbm",
    "snapshot.coins.workers.address",
    "snapshot.servers.address",
    // What an operator has asked for by path has no known shape, so nobody knows what is in it.
    "snapshot.extra",
];

/// Where a wallet address is expected: any long word is one.
const USERS: [&str; 3] = ["snapshot.pools.user", "snapshot.coins.workers.name", "links.worker"];

/// Texts that are never searched: words of the contract, and names that receivers know sources by.
const PLAIN: [&str; 9] = [
    "schema",
    "source.id",
    "source.kind",
    "snapshot.kind",
    "links.source_id",
    "events.source_id",
    "snapshot.identity.mac",
    "snapshot.network.ip",
    "snapshot.coins.blocks.last_hash",
];

/// So many characters of a digest are sent.
const HASH_CHARS: usize = 12;

/// What one uplink may send.
#[derive(Debug, Clone)]
pub struct Privacy {
    kinds: HashSet<SourceKind>,
    groups: HashSet<String>,
    rules: HashMap<String, FieldRule>,
    mask_wallets: bool,
    /// What digests are made with, so that nobody can try all addresses.
    salt: [u8; 32],
    hosts: Arc<HashSet<String>>,
}

impl Privacy {
    /// What `uplink` may send of the sources of `config`.
    pub fn new(uplink: &Uplink, config: &Config) -> Self {
        Self::of(&uplink.kinds, &uplink.groups, &uplink.fields, uplink.mask_wallets, config)
    }

    /// What one with default settings may.
    pub fn with_defaults(config: &Config) -> Self {
        Self::of(&[], &[], &BTreeMap::new(), true, config)
    }

    fn of(
        kinds: &[SourceKind],
        groups: &[String],
        fields: &BTreeMap<String, FieldRule>,
        mask_wallets: bool,
        config: &Config,
    ) -> Self {
        let mut rules: HashMap<String, FieldRule> =
            WITHHELD.iter().map(|path| ((*path).to_owned(), FieldRule::Withhold)).collect();
        rules.extend(fields.iter().map(|(path, rule)| (path.clone(), *rule)));
        Self {
            kinds: kinds.iter().copied().collect(),
            groups: groups.iter().cloned().collect(),
            rules,
            mask_wallets,
            salt: salt(config),
            hosts: Arc::new(hosts(config)),
        }
    }

    /// Whether anything of a source may leave.
    pub fn sends(&self, source: &Source) -> bool {
        let is_kind = self.kinds.is_empty() || self.kinds.contains(&source.kind);
        let is_group = self.groups.is_empty() || source.group.as_ref().is_some_and(|group| self.groups.contains(group));
        is_kind && is_group
    }

    /// A reading and what needs attention about it, as they leave.
    pub fn report(&self, reading: &Reading, findings: &[Finding]) -> Value {
        let known = self.known(reading);
        let mut reading_json = serde_json::to_value(reading).unwrap_or_default();
        if reading.source.kind == SourceKind::Host {
            self.unname(&mut reading_json);
        }
        self.walk(&mut reading_json, &mut String::new(), None, &known);
        let mut findings = serde_json::to_value(findings).unwrap_or_default();
        self.walk(&mut findings, &mut "findings".to_owned(), None, &known);
        json!({ "reading": reading_json, "findings": findings })
    }

    /// An entry of the journal as it leaves, if it does: who logs in is nobody's business.
    pub fn event(&self, entry: &Entry) -> Option<Value> {
        if entry.kind == EntryKind::Access {
            return None;
        }
        let known = Known { hosts: Some(&self.hosts), wallets: self.mask_wallets, ..Known::default() };
        let mut event = serde_json::to_value(entry).unwrap_or_default();
        self.walk(&mut event, &mut "events".to_owned(), None, &known);
        Some(event)
    }

    /// What is private about the source of `reading`, wherever it may be written.
    fn known(&self, reading: &Reading) -> Known<'_> {
        let mut known = Known { hosts: Some(&self.hosts), wallets: self.mask_wallets, ..Known::default() };
        let Some(miner) = reading.snapshot.as_deref().and_then(Snapshot::as_miner) else { return known };
        let identity = &miner.identity;
        if let Some(mac) = identity.mac {
            let mac = mac.to_string();
            known.learn(&mac.replace(':', ""));
            known.learn(&mac.replace(':', "-"));
        }
        if let Some(serial) = &identity.serial {
            known.learn(serial);
        }
        // Many devices are called like what they are: `bitaxe`.
        let names = [&identity.make, &identity.model, &identity.board, &identity.chip, &identity.firmware];
        let is_a_kind = |name: &str| {
            let name = name.to_ascii_lowercase();
            reading.source.kind.as_str() == name
                || names.iter().any(|text| text.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains(&name)))
        };
        let hostname = identity.hostname.as_deref().filter(|name| !is_a_kind(name));
        known.own_host = hostname.map(|name| name.trim().to_ascii_lowercase());
        known
    }

    /// The name of a host is that of its machine, and its id that of its installation.
    fn unname(&self, reading: &mut Value) {
        for server in reading.pointer_mut("/snapshot/servers").and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(server) = server.as_object_mut() else { continue };
            if !self.rules.contains_key("snapshot.servers.name") {
                server.remove("name");
            }
            if !self.rules.contains_key("snapshot.servers.id")
                && let Some(Value::String(id)) = server.get_mut("id")
            {
                *id = self.hash(id);
            }
        }
    }

    fn walk(&self, value: &mut Value, path: &mut String, inherited: Option<FieldRule>, known: &Known<'_>) {
        let rule = self.rules.get(path.as_str()).copied().or(inherited);
        match value {
            Value::Object(map) => self.walk_object(map, path, rule, known),
            Value::Array(elements) => {
                for element in elements {
                    self.walk(element, path, rule, known);
                }
            }
            Value::String(text) => match rule {
                Some(FieldRule::Send) => {}
                Some(FieldRule::Mask | FieldRule::Withhold) => *text = self.mask(text, known),
                Some(FieldRule::Hash) => *text = self.hash(text),
                None if PLAIN.contains(&path.as_str()) => {}
                None => {
                    let is_user = self.mask_wallets && USERS.contains(&path.as_str());
                    let short = if is_user { shorten_wallets(text) } else { std::mem::take(text) };
                    *text = scrub(&short, path.ends_with("version"), known);
                }
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn walk_object(&self, map: &mut Map<String, Value>, path: &mut String, rule: Option<FieldRule>, known: &Known<'_>) {
        let before = path.len();
        let mut gone = Vec::new();
        for (key, value) in map.iter_mut() {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
            if self.rules.get(path.as_str()) == Some(&FieldRule::Withhold) {
                gone.push(key.clone());
            } else {
                self.walk(value, path, rule, known);
            }
            path.truncate(before);
        }
        for key in gone {
            map.remove(&key);
        }
    }

    /// What is private in the text taken out; where nothing is, its ends.
    fn mask(&self, text: &str, known: &Known<'_>) -> String {
        let scrubbed = scrub(&shorten_wallets(text), false, known);
        if scrubbed != text {
            return scrubbed;
        }
        let chars: Vec<char> = text.chars().collect();
        match chars.as_slice() {
            [a, b, .., y, z] if chars.len() >= 8 => format!("{a}{b}{GONE}{y}{z}"),
            [] => String::new(),
            _ => GONE.to_owned(),
        }
    }

    fn hash(&self, text: &str) -> String {
        let mut digest = Sha256::new();
        digest.update(self.salt);
        digest.update(text.as_bytes());
        let hex: String = digest.finalize().iter().flat_map(|byte| [byte >> 4, byte & 15]).map(hex_digit).collect();
        format!("h:{}", &hex[..HASH_CHARS])
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}

/// The same as long as the machine and the password are: an agent keeps nothing else. Neither ever leaves.
fn salt(config: &Config) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(b"gssa uplink\0");
    if let crate::config::Password::Hash(hash) = &config.server.password {
        digest.update(hash.expose().as_bytes());
    }
    digest.update(std::fs::read("/etc/machine-id").unwrap_or_default());
    digest.finalize().into()
}

/// The hosts of all sources, as far as they are names. Addresses are told by their form.
fn hosts(config: &Config) -> HashSet<String> {
    let host = |address: &str| address.parse::<Address>().ok().map(|address| address.host().to_ascii_lowercase());
    let names = config.sources.iter().filter_map(|source| host(&source.address.to_string()));
    // What everybody is called by tells nothing.
    names.filter(|name| !is_address(name) && !matches!(name.as_str(), "local" | "localhost")).collect()
}

#[cfg(test)]
mod tests;
