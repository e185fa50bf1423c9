//! What the configuration of another program means for this one. Pure: text in, sources and limits out, nothing is saved.

mod legacy;
mod limits;
mod merging;
mod miners;
mod pools;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use gssa_model::SourceKind;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

pub use merging::merge;

/// What a configuration means, in the shape of our own.
///
/// Secrets that our configuration has a place for are in it in clear: whoever asks has just sent them, and saves them from here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Imported {
    /// Sources as in `config.json`, without ids.
    pub sources: Vec<Value>,
    /// Limits by kind, as in `config.json`.
    pub limits: BTreeMap<SourceKind, Value>,
    /// Schedules by kind, as in `config.json`; only what somebody chose.
    pub kinds: BTreeMap<SourceKind, Value>,
    /// What was not taken over, or not as it was.
    pub not_taken: Vec<NotTaken>,
}

/// Something that was not taken over, or not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotTaken {
    /// Where it is in the file, such as `miners[3].address`; of what was taken and cannot be used yet, where it is in `sources`.
    pub path: String,
    /// Why, for people. Never the value.
    pub why: String,
}

/// What was given is no configuration of GSSM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no config.json of GSSM: none of `miners`, `goslimstratumPools`, `cryptoNodes` and `thresholds` is in it"
)]
pub struct NotGssm;

/// Keys that only concern GSSM itself, and why each is left.
const ITS_OWN: &[(&str, &str)] = &[
    ("webServerPort", "the agent listens where `server.listen` says"),
    ("title", "the agent is called what `agent.name` says"),
    ("cookieMaxAge", "sessions of the agent last 12 hours"),
    ("disableAuthentication", "access is set up anew: `server.password_hash`, `server.anonymous_read`"),
    ("disableSettings", "the agent changes no device"),
    ("disableConfigurations", "there is no such switch"),
    ("logging", "the agent logs as its own `logging` says"),
    ("animatedBackground", "there is no such switch"),
    ("updates", "there is no such switch"),
];

/// GSSM's own interval, which nobody chose.
const USUAL_INTERVAL_SECS: u64 = 120;

/// Reads a GSSM `config.json`, or one of the dashboard before it. Lenient: what is not understood is listed, the rest is taken. Sources
/// of a kind that is none of `supported` are taken and listed.
pub fn gssm(config: &Value, supported: &[SourceKind]) -> Result<Imported, NotGssm> {
    let config = legacy::renewed(config);
    let Some(keys) = config.as_object() else { return Err(NotGssm) };
    if !["miners", "goslimstratumPools", "cryptoNodes", "thresholds"].iter().any(|key| keys.contains_key(*key)) {
        return Err(NotGssm);
    }
    let mut imported = Imported::default();
    let by_model = limits::read(&config["thresholds"], &mut imported);
    miners::read(&config["miners"], &by_model, &mut imported);
    let are_pools_on = config["goslimstratumPoolsEnabled"].as_bool().unwrap_or(true);
    pools::read(&config["goslimstratumPools"], are_pools_on, &mut imported);
    imported.note_support(supported);
    nodes(&config["cryptoNodes"], &mut imported);
    intervals(&config["refresh_intervals"], &mut imported);
    for (key, why) in ITS_OWN.iter().filter(|(key, _)| keys.contains_key(*key)) {
        imported.skip(*key, *why);
    }
    let taken =
        ["miners", "goslimstratumPools", "goslimstratumPoolsEnabled", "cryptoNodes", "cryptNodesEnabled", "thresholds"];
    let known = |key: &str| {
        taken.contains(&key) || key == "refresh_intervals" || ITS_OWN.iter().any(|(known, _)| *known == key)
    };
    for key in keys.keys().filter(|key| !known(key)) {
        imported.skip(shown(key), UNKNOWN_KEY);
    }
    Ok(imported)
}

/// Why a key is left that nobody here knows.
const UNKNOWN_KEY: &str = "the agent has no place for it";

impl Imported {
    fn skip(&mut self, path: impl Into<String>, why: impl Into<String>) {
        /// A file full of nonsense is not answered by a list as long as itself.
        const MAX_NOT_TAKEN: usize = 2000;
        if self.not_taken.len() < MAX_NOT_TAKEN {
            self.not_taken.push(NotTaken { path: path.into(), why: why.into() });
        }
    }

    /// Lists the keys of one element that are not among `known`.
    fn skip_unknown(&mut self, keys: &Map<String, Value>, path: &str, known: &[&str]) {
        for key in keys.keys().filter(|key| !known.contains(&key.as_str())) {
            self.skip(format!("{path}.{}", shown(key)), UNKNOWN_KEY);
        }
    }

    /// Says which sources this version cannot observe.
    fn note_support(&mut self, supported: &[SourceKind]) {
        for index in 0..self.sources.len() {
            let source = &self.sources[index];
            let kind = source["kind"].as_str().unwrap_or_default();
            if supported.iter().all(|known| known.as_str() != kind) {
                let name = source["name"].as_str().unwrap_or_default();
                let why = format!("{name:?} is of kind `{kind}`, which this version cannot observe yet");
                self.skip(format!("sources[{index}]"), why);
            }
        }
    }
}

fn nodes(nodes: &Value, imported: &mut Imported) {
    for index in 0..nodes.as_array().map_or(0, Vec::len) {
        imported.skip(format!("cryptoNodes[{index}]"), "the agent does not observe nodes");
    }
}

fn intervals(intervals: &Value, imported: &mut Imported) {
    let Some(keys) = intervals.as_object() else { return };
    for (key, value) in keys {
        let path = format!("refresh_intervals.{}", shown(key));
        let kinds: &[SourceKind] = match key.as_str() {
            "miners" => &[SourceKind::Axeos, SourceKind::Antminer, SourceKind::Canaan, SourceKind::Cgminer],
            "pools" => &[SourceKind::Gss],
            "nodes" => {
                imported.skip(path, "the agent does not observe nodes");
                continue;
            }
            _ => {
                imported.skip(path, UNKNOWN_KEY);
                continue;
            }
        };
        match number(value) {
            Some(USUAL_INTERVAL_SECS) => {
                imported.skip(path, "it is GSSM's own; the agent has a shorter one of its own");
            }
            Some(secs @ 1..=86_400) => {
                imported.kinds.extend(kinds.iter().map(|kind| (*kind, json!({ "interval_secs": secs }))));
            }
            _ => imported.skip(path, "must be 1 to 86400"),
        }
    }
}

/// A whole number, written as one or as a text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A port: `Ok(None)` if there is none, an error if it is none.
fn port(value: &Value) -> Result<Option<u16>, ()> {
    if value.is_null() || value == "" {
        return Ok(None);
    }
    number(value).and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0).map(Some).ok_or(())
}

/// A text without blanks around and without what a terminal obeys.
fn text(value: &Value) -> Option<String> {
    gssa_model::text::clean(value.as_str()?)
}

/// As much of a key as a path may show.
fn shown(key: &str) -> String {
    gssa_model::text::clean(key).unwrap_or_default().chars().take(60).collect()
}
