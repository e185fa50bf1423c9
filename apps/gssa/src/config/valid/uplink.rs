//! Where readings are sent.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use gssa_model::{Address, SourceId, SourceKind};

use super::{Reader, unique};
use crate::config::fields::{self, FieldRule};
use crate::config::problems::{Problems, nth};
use crate::config::secret::{Secret, Written};
use crate::config::{defaults, raw};

/// The most uplinks.
const MAX_UPLINKS: usize = 4;

/// The memory that the waiting messages of all uplinks may take, in bytes.
const MAX_RINGS_BYTES: u64 = 16 * 1024 * 1024;

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
    /// The file that the token is in, if it is in one: it may be another later.
    pub token_file: Option<PathBuf>,
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
    /// Parts of what is sent, and what is done with them.
    pub fields: BTreeMap<String, FieldRule>,
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
    check_bounds(&uplinks, reader.problems);
    uplinks.truncate(MAX_UPLINKS);
    uplinks
}

/// The memory of a small machine is what all of them share.
fn check_bounds(uplinks: &[Uplink], problems: &mut Problems<'_>) {
    if uplinks.len() > MAX_UPLINKS {
        problems.error("uplinks", format!("are more than {MAX_UPLINKS}; what is behind is left out"));
    }
    let enabled = uplinks.iter().filter(|uplink| uplink.enabled);
    let bytes: u64 = enabled.map(|uplink| uplink.ring_max_bytes).fold(0, u64::saturating_add);
    if bytes > MAX_RINGS_BYTES {
        let message = format!(
            "take {bytes} bytes for waiting messages together, and may take {MAX_RINGS_BYTES}; lower `ring_max_bytes`"
        );
        problems.error("uplinks", message);
    }
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
    for (field, rule) in raw.fields.iter().flatten() {
        if let Some(problem) = fields::problem(field, *rule) {
            reader.problems.error(&format!("{path}.fields.{field}"), problem);
        }
    }
    let token = reader.secret(raw.token.as_ref(), &format!("{path}.token"));
    Some(Uplink {
        id: id?.ok()?,
        enabled: raw.enabled.unwrap_or(true),
        endpoint: endpoint?.ok()?,
        token,
        token_file: match &raw.token {
            Some(Written::File(file)) => Some(PathBuf::from(file)),
            _ => None,
        },
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
        Some("ws" | "http") if allow_plaintext || is_this_machine(address.host()) => Ok(address),
        Some("ws" | "http") => {
            Err("is not encrypted; write `wss://` or `https://`, or set `allow_plaintext` if that is meant".into())
        }
        _ => Err("must begin with `wss://` or `https://`".into()),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
