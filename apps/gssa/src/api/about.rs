//! What the agent says about itself, and what belongs to no source.

use gssa_serve::response::json;
use gssa_serve::token::{Digest, hex, random};
use gssa_serve::{Call, Error, Response};
use gssa_view::agent::AgentStatus;
use serde::Serialize;

use super::{Api, Version};

/// The agent as it is now.
pub(super) fn status(api: &Api) -> AgentStatus {
    let agent = &api.parts.configuration.current().config.agent;
    let Version { version, commit, target, .. } = api.parts.version;
    let (usage, now) = (api.meter.read(), api.now());
    let at = jiff::Timestamp::from_millisecond(now.unix_ms()).unwrap_or_default();
    AgentStatus {
        name: agent.name.clone(),
        version: version.to_owned(),
        commit: commit.map(str::to_owned),
        target: target.to_owned(),
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

pub(super) async fn time_zones(_call: Call<Api>) -> Result<Response, Error> {
    let mut time_zones: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    time_zones.sort_unstable();
    json(&TimeZones { time_zones })
}

pub(super) async fn token(_call: Call<Api>) -> Result<Response, Error> {
    let token = format!("gssa_{}", hex(&random::<32>()));
    let hash = Digest::of(&token).written();
    json(&NewToken { token, hash })
}
