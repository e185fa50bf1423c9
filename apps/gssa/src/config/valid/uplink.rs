//! Where readings are sent.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use gssa_model::{Address, SourceId, SourceKind};

use super::{Reader, unique};
use crate::config::problems::nth;
use crate::config::secret::Secret;
use crate::config::{defaults, raw};

/// A cloud endpoint that readings are sent to. One with any error is left out: it must not send more than was meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Uplink {
    /// Its name.
    pub id: SourceId,
    /// Whether anything is sent.
    pub enabled: bool,
    /// A URL; `wss` or `https` unless plaintext is allowed.
    pub endpoint: Address,
    /// What the agent proves itself with.
    pub token: Option<Secret>,
    /// The certificate authority of the endpoint.
    pub ca_file: Option<PathBuf>,
    /// Whether `ws` and `http` are allowed.
    pub allow_plaintext: bool,
    /// The memory that waiting messages may take.
    pub ring_max_bytes: u64,
    /// The longest time that a reading waits for others.
    pub flush_secs: u32,
    /// The kinds that are sent; empty is all.
    pub kinds: Vec<SourceKind>,
    /// The groups that are sent; empty is all.
    pub groups: Vec<String>,
    /// Parts of a reading, and whether they are sent.
    pub fields: BTreeMap<String, bool>,
    /// Whether wallet addresses are shortened.
    pub mask_wallets: bool,
}

pub(super) fn read(raw: &[raw::Uplink], reader: &mut Reader<'_, '_>) -> Vec<Uplink> {
    let mut ids = HashSet::new();
    let mut uplinks = Vec::new();
    for (index, raw) in raw.iter().enumerate() {
        let path = nth("uplinks", index);
        unique(&mut ids, raw.id.as_deref(), &format!("{path}.id"), reader.problems);
        let uplink = one(raw, &path, reader);
        uplinks.extend(uplink.filter(|_| !reader.problems.any_error_in(&path)));
    }
    uplinks
}

fn one(raw: &raw::Uplink, path: &str, reader: &mut Reader<'_, '_>) -> Option<Uplink> {
    let allow_plaintext = raw.allow_plaintext.unwrap_or(false);
    let id = raw.id.as_deref().map(str::parse::<SourceId>);
    if let Some(Err(_)) = id {
        reader.problems.error(&format!("{path}.id"), "an uplink id is 1 to 64 of a-z, 0-9, '-', '_' and '.'");
    }
    let endpoint = raw.endpoint.as_deref().map(|text| endpoint(text, allow_plaintext));
    if let Some(Err(message)) = &endpoint {
        reader.problems.error(&format!("{path}.endpoint"), message.clone());
    }
    let token = reader.secret(raw.token.as_ref(), &format!("{path}.token"));
    Some(Uplink {
        id: id?.ok()?,
        enabled: raw.enabled.unwrap_or(true),
        endpoint: endpoint?.ok()?,
        token,
        ca_file: raw.ca_file.as_deref().map(PathBuf::from),
        allow_plaintext,
        ring_max_bytes: raw.ring_max_bytes.unwrap_or(defaults::RING_MAX_BYTES),
        flush_secs: raw.flush_secs.unwrap_or(defaults::FLUSH_SECS),
        kinds: raw.kinds.clone().unwrap_or_default(),
        groups: raw.groups.clone().unwrap_or_default(),
        fields: raw.fields.clone().unwrap_or_default(),
        mask_wallets: raw.mask_wallets.unwrap_or(true),
    })
}

fn endpoint(text: &str, allow_plaintext: bool) -> Result<Address, String> {
    let address: Address = text.parse().map_err(|error: gssa_model::BadAddress| error.to_string())?;
    match address.scheme() {
        Some("wss" | "https") => Ok(address),
        Some("ws" | "http") if allow_plaintext => Ok(address),
        Some("ws" | "http") => {
            Err("is not encrypted; write `wss://` or `https://`, or set `allow_plaintext` if that is meant".into())
        }
        _ => Err("must begin with `wss://` or `https://`".into()),
    }
}
