//! What runs here, whether it lives, and its figures.

use std::sync::Arc;

use gssa_serve::response::{full, json, typed};
use gssa_serve::{Call, Error, Response};
use gssa_view::agent::AgentStatus;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use super::Api;
use crate::fleet::AgentView;
use crate::registry::Agent;
use crate::{clock, metrics};

/// What this program is.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "as everywhere")]
pub(super) struct Version {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
    /// The commit that it was built from.
    commit: Option<&'static str>,
}

/// A sign of life.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Alive {
    /// Always `ok`; anything else is a problem document.
    status: &'static str,
}

pub(super) async fn healthz(_: Call<Api>) -> Result<Response, Error> {
    json(&Alive { status: "ok" })
}

pub(super) async fn readyz(call: Call<Api>) -> Result<Response, Error> {
    if call.app.parts.db.is_healthy() {
        json(&Alive { status: "ok" })
    } else {
        Err(Error::NotReady { what: "the log cannot be written".into() })
    }
}

pub(super) async fn metrics(call: Call<Api>) -> Result<Response, Error> {
    let parts = &call.app.parts;
    Ok(typed(full(metrics::render(&parts.gateway, &parts.fleet, &parts.db)), metrics::CONTENT_TYPE))
}

pub(super) async fn version(_: Call<Api>) -> Result<Response, Error> {
    json(&Version {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("GSSA_COMMIT"),
    })
}

/// An agent as its own API tells of itself, as far as it said so.
pub(super) fn of_agent(api: &Arc<Api>, agent: &Agent, view: &AgentView) -> AgentStatus {
    let seen = api.parts.gateway.presence().seen(&agent.id);
    let (status, now) = (view.status(), clock::now());
    let number = |name: &str| status.said.get(name).and_then(serde_json::Value::as_u64);
    let text = |name: &str| status.said.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    let version = text("version").or_else(|| seen.program.as_ref().map(|program| program.version.clone()));
    // What it said is as old as that.
    let uptime_ms = number("uptime_secs").unwrap_or_default().saturating_mul(1000);
    let is_online = seen.is_online(now);
    AgentStatus {
        name: agent.name.clone(),
        version: version.unwrap_or_default(),
        commit: text("commit"),
        target: text("target").unwrap_or_default(),
        started_at: clock::before(status.at.unwrap_or(now), uptime_ms),
        now,
        time_zone: text("time_zone"),
        utc_offset_secs: status.said.get("utc_offset_secs").and_then(serde_json::Value::as_i64).unwrap_or_default()
            as i32,
        resident_bytes: number("resident_bytes"),
        cpu_percent: status.said.get("cpu_percent").and_then(serde_json::Value::as_f64),
        behind_ms: number("behind_ms").unwrap_or_default(),
        unready: unready(is_online, view.unread()),
    }
}

/// Why what is shown may not be all there is to know now.
fn unready(is_online: bool, unread: u64) -> Option<String> {
    if !is_online {
        return Some("the agent is not connected; what is shown is what it sent last".to_owned());
    }
    (unread > 0).then(|| {
        format!("{unread} of its reports could not be read and are not shown; the agent may be newer than this program")
    })
}
