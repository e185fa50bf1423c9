//! What the agent says about itself, and what belongs to no source.

use gssa_model::Timestamp;
use serde::Serialize;
use serde_with::skip_serializing_none;

use super::problem::Error;
use super::request::Call;
use super::response::{Response, json};
use super::token::{Digest, hex, random};
use super::{Api, Version};

/// The agent itself, now.
#[skip_serializing_none]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct AgentStatus {
    /// What the site is called.
    name: String,
    /// The version that runs here.
    version: &'static str,
    /// The commit that it was built from.
    commit: Option<&'static str>,
    /// The target that it was built for.
    target: &'static str,
    /// Since when.
    started_at: Timestamp,
    /// The time of the agent.
    now: Timestamp,
    /// Its time zone by the IANA name, `Europe/Berlin`; absent if the machine does not tell its own.
    time_zone: Option<String>,
    /// How far the clock there is ahead of UTC.
    utc_offset_secs: i32,
    /// Memory that this process takes; absent where the system does not tell.
    resident_bytes: Option<u64>,
    /// CPU time of the last seconds in percent of one processor; absent where the system does not tell.
    cpu_percent: Option<f64>,
    /// How late a poll of the last half minute began after it was due.
    behind_ms: u64,
    /// What is not ready, in words; absent when everything is.
    unready: Option<String>,
}

impl AgentStatus {
    /// As it is now.
    pub(super) fn of(api: &Api) -> Self {
        let agent = &api.parts.configuration.current().config.agent;
        let Version { version, commit, target, .. } = api.parts.version;
        let (usage, now) = (api.meter.read(), api.now());
        let at = jiff::Timestamp::from_millisecond(now.unix_ms()).unwrap_or_default();
        Self {
            name: agent.name.clone(),
            version,
            commit,
            target,
            started_at: api.started_at,
            now,
            time_zone: agent.time_zone.iana_name().map(str::to_owned),
            utc_offset_secs: agent.time_zone.to_offset(at).seconds(),
            resident_bytes: usage.map(|(usage, _)| usage.resident_bytes),
            cpu_percent: usage.map(|(_, percent)| (percent * 100.0).round() / 100.0),
            behind_ms: u64::try_from(api.parts.stats.behind().as_millis()).unwrap_or(u64::MAX),
            unready: (api.parts.unready)(),
        }
    }
}

/// The time zones that this machine knows.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct TimeZones {
    /// By their IANA names, sorted.
    time_zones: Vec<String>,
}

/// A token that was made and is kept nowhere.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct NewToken {
    /// What its holder shows. It is not shown again.
    token: String,
    /// What goes into the configuration: `hash` of an API token or a hook.
    hash: String,
}

pub(super) async fn agent(call: Call) -> Result<Response, Error> {
    json(&AgentStatus::of(&call.api))
}

pub(super) async fn time_zones(_call: Call) -> Result<Response, Error> {
    let mut time_zones: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    time_zones.sort_unstable();
    json(&TimeZones { time_zones })
}

pub(super) async fn token(_call: Call) -> Result<Response, Error> {
    let token = format!("gssa_{}", hex(&random::<32>()));
    let hash = Digest::of(&token).written();
    json(&NewToken { token, hash })
}
