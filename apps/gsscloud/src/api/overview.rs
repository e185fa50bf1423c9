//! Every agent in a few figures: whether it is there, what became of what it sent, how much of it is kept.

use std::sync::Arc;
use std::time::Duration;

use gssa_model::Timestamp;
use gssa_serve::response::json;
use gssa_serve::{Call, Error, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use super::issues::{CloudIssue, issues_of};
use super::{AGENT, Api, access};
use crate::clock;
use crate::fleet::Figures;
use crate::gateway::Door;
use crate::log::{Account, AgentId, Counts, Dropped, Retention};
use crate::registry::{Agent, User};

/// How long an answer waits for figures of fleets.
const FIGURES_WAIT: Duration = Duration::from_millis(250);

/// The agents that somebody sees.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Overview {
    /// Sorted by id.
    pub agents: Vec<AgentOverview>,
    /// How much is kept of each.
    pub retention: Retention,
    /// The time of this receiver.
    pub generated_at: Timestamp,
}

/// One agent.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AgentOverview {
    /// Its name in addresses.
    pub id: AgentId,
    /// What people call it.
    pub name: String,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When its tokens were taken from it.
    pub revoked_at: Option<Timestamp>,
    /// Whether it is connected.
    pub online: bool,
    /// By which way.
    pub door: Option<Door>,
    /// Since when.
    pub connected_since: Option<Timestamp>,
    /// When something came last; absent if nothing ever did.
    pub heard_at: Option<Timestamp>,
    /// The name that its operator gave it there.
    pub site: Option<String>,
    /// The version of it.
    pub version: Option<String>,
    /// How far its clock is ahead of ours, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// The time of a round trip, in milliseconds.
    pub round_trip_ms: Option<u64>,
    /// How old the newest item of the last batch was when it came, in milliseconds.
    pub lag_ms: Option<u64>,
    /// When another copy of it was noticed.
    pub duplicate_at: Option<Timestamp>,
    /// What became of its items, since it was enrolled.
    pub ledger: Counts,
    /// What is kept of them.
    pub kept: Kept,
    /// Its sources in a few figures, of the newest report of each; absent for a moment where very many agents are looked at.
    pub fleet: Option<Figures>,
    /// What needs attention about it.
    pub issues: Vec<CloudIssue>,
}

/// What is kept of an agent, and what is not any more.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Kept {
    /// Bytes of records.
    pub bytes: u64,
    /// When the oldest of them came.
    pub oldest_at: Option<Timestamp>,
    /// What the retention took.
    pub dropped: Dropped,
}

pub(super) async fn list(call: Call<Api>) -> Result<Response, Error> {
    json(&overview(&call.app, call.caller.user()?).await?)
}

pub(super) async fn one(call: Call<Api>) -> Result<Response, Error> {
    let id: AgentId = call.param(AGENT).parse().map_err(|_| access::unknown_agent())?;
    let agent = call.app.parts.registry.agent(&id).ok_or_else(access::unknown_agent)?;
    let mut agents = of(&call.app, vec![agent], FIGURES_WAIT).await?;
    json(&agents.pop().ok_or_else(access::unknown_agent)?)
}

/// The agents that `user` sees.
pub(super) async fn overview(api: &Api, user: &User) -> Result<Overview, Error> {
    let agents = of(api, seen_by(api, user), FIGURES_WAIT).await?;
    Ok(Overview { agents, retention: api.parts.retention, generated_at: clock::now() })
}

/// The agents that `user` sees.
pub(super) fn seen_by(api: &Api, user: &User) -> Vec<Arc<Agent>> {
    let agents = api.parts.registry.agents().into_iter();
    agents.filter(|agent| user.sees(agent.id.as_str())).collect()
}

/// These agents. What has to be read for the figures of their fleets is waited for so long.
pub(super) async fn of(api: &Api, agents: Vec<Arc<Agent>>, wait: Duration) -> Result<Vec<AgentOverview>, Error> {
    let mut accounts = Vec::with_capacity(agents.len());
    for agent in agents {
        let account = api.parts.log.account(&agent.id).await.map_err(|error| {
            tracing::error!(error = %error, "the log cannot be read");
            Error::Internal
        })?;
        accounts.push((agent, account));
    }
    let newest: Vec<_> = accounts.iter().map(|(agent, account)| (agent.id.clone(), account.last)).collect();
    let mut figures = api.parts.fleet.figures(&newest, wait).await;
    let shown = accounts.iter().map(|(agent, account)| one_of(api, agent, account, figures.remove(&agent.id)));
    Ok(shown.collect())
}

fn one_of(api: &Api, agent: &Agent, account: &Account, fleet: Option<Figures>) -> AgentOverview {
    let (seen, now) = (api.parts.gateway.presence().seen(&agent.id), clock::now());
    let online = seen.is_online(now);
    let connected = seen.connected.as_ref().filter(|_| online);
    let heard_at = seen.heard_at.max(account.newest_at);
    AgentOverview {
        issues: issues_of(agent, &seen, heard_at, api.started_at, now),
        id: agent.id.clone(),
        name: agent.name.clone(),
        created_at: agent.created_at,
        revoked_at: agent.revoked_at,
        online,
        door: connected.map(|connected| connected.door),
        connected_since: connected.map(|connected| connected.since),
        heard_at,
        site: seen.program.as_ref().and_then(|program| program.site.clone()),
        version: seen.program.as_ref().map(|program| program.version.clone()),
        clock_offset_ms: seen.clock_offset_ms,
        round_trip_ms: seen.round_trip_ms,
        lag_ms: seen.lag_ms,
        duplicate_at: seen.duplicate_at,
        ledger: account.counts,
        kept: Kept { bytes: account.bytes, oldest_at: account.oldest_at, dropped: account.dropped },
        fleet,
    }
}
