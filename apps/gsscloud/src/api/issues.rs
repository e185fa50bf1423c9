//! What needs attention about agents themselves; what does about their sources is in the view of each.

use std::time::Duration;

use gssa_model::{Severity, Timestamp};
use gssa_serve::response::json;
use gssa_serve::{Call, Error, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::Api;
use super::overview::{of, seen_by};
use crate::gateway::Seen;
use crate::log::AgentId;
use crate::registry::Agent;

/// Away for longer than this is gone: a restart and a back-off take less.
const GONE_AFTER_MS: i64 = 3 * 60 * 1000;
/// A sign of a copy counts for so long.
const DUPLICATE_LASTS_MS: i64 = 15 * 60 * 1000;
/// A clock may be so far off.
const CLOCK_MAY_BE_OFF_MS: u64 = 2 * 60 * 1000;

/// All of them.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CloudIssues {
    /// Worst first, then oldest first.
    issues: Vec<CloudIssue>,
}

/// What can need attention about an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "in JSON they stand beside the codes of sources")]
pub enum CloudIssueCode {
    /// It was connected and is not any more.
    AgentGone,
    /// It was enrolled and never connected.
    AgentNeverSeen,
    /// Two copies of it may be running.
    AgentDuplicate,
    /// Its clock is wrong.
    AgentClock,
}

/// One thing that needs attention.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CloudIssue {
    /// The same as long as the issue lasts.
    pub id: String,
    /// What it is.
    pub code: CloudIssueCode,
    /// How bad it is.
    pub severity: Severity,
    /// In a few words.
    pub title: String,
    /// What to do about it.
    pub detail: String,
    /// Since when.
    pub since: Timestamp,
    /// The agent.
    pub agent_id: AgentId,
}

pub(super) async fn get(call: Call<Api>) -> Result<Response, Error> {
    let mut issues = Vec::new();
    for agent in of(&call.app, seen_by(&call.app, call.caller.user()?), Duration::ZERO).await? {
        issues.extend(agent.issues);
    }
    issues.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.since.cmp(&b.since)).then_with(|| a.id.cmp(&b.id)));
    json(&CloudIssues { issues })
}

/// Those of one agent. `started_at` is when this receiver began to listen: before it nobody could connect.
pub(super) fn issues_of(
    agent: &Agent,
    seen: &Seen,
    heard_at: Option<Timestamp>,
    started_at: Timestamp,
    now: Timestamp,
) -> Vec<CloudIssue> {
    let mut issues = Vec::new();
    if agent.revoked_at.is_some() {
        return issues;
    }
    let mut add = |code, word: &str, severity, title: &str, detail: String, since| {
        issues.push(CloudIssue {
            id: format!("{word}-{}", agent.id),
            code,
            severity,
            title: format!("{} {title}", agent.name),
            detail,
            since,
            agent_id: agent.id.clone(),
        });
    };
    let is_online = seen.is_online(now);
    match heard_at {
        Some(heard_at) if !is_online && now.unix_ms() - heard_at.max(started_at).unix_ms() >= GONE_AFTER_MS => {
            let (severity, detail) = if seen.said_bye {
                (Severity::Warning, "it ended in order; what is shown is what it sent last")
            } else {
                (Severity::Critical, "nothing is heard of it; what is shown is what it sent last")
            };
            add(CloudIssueCode::AgentGone, "agent-gone", severity, "is gone", detail.into(), heard_at);
        }
        None if !is_online => {
            let detail = "it was enrolled and never connected: its token goes into an uplink of its configuration";
            let (code, word) = (CloudIssueCode::AgentNeverSeen, "agent-never-seen");
            add(code, word, Severity::Info, "never connected", detail.into(), agent.created_at);
        }
        _ => {}
    }
    if let Some(at) = seen.duplicate_at.filter(|at| now.unix_ms() - at.unix_ms() < DUPLICATE_LASTS_MS) {
        let detail = "two copies with the same token take turns; give each a token of its own";
        let (code, word) = (CloudIssueCode::AgentDuplicate, "agent-duplicate");
        add(code, word, Severity::Warning, "may be running twice", detail.into(), at);
    }
    if let (true, Some(offset)) = (is_online, seen.clock_offset_ms.filter(|it| it.unsigned_abs() > CLOCK_MAY_BE_OFF_MS))
    {
        let side = if offset > 0 { "ahead" } else { "behind" };
        let detail =
            format!("it is {} s {side}; the times of its readings are wrong by as much", offset.unsigned_abs() / 1000);
        let since = seen.connected.as_ref().map_or(now, |connected| connected.since);
        add(CloudIssueCode::AgentClock, "agent-clock", Severity::Warning, "has a wrong clock", detail, since);
    }
    issues
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_unix_ms(1_800_000_000_000 + minute * MINUTE_MS)
    }

    fn agent() -> Agent {
        let agent = r#"{"id":"garage-1","name":"Garage","created_at":"2026-11-21T15:00:00.000Z","tokens":[]}"#;
        serde_json::from_str(agent).unwrap()
    }

    /// What is told about an agent that was heard last at one minute, by a receiver that listens since another.
    fn codes(seen: &Seen, heard: Option<i64>, started: i64, now: i64) -> Vec<(CloudIssueCode, Severity)> {
        let issues = issues_of(&agent(), seen, heard.map(at), at(started), at(now));
        issues.iter().map(|issue| (issue.code, issue.severity)).collect()
    }

    #[test]
    fn away_for_three_minutes_is_gone() {
        use CloudIssueCode::{AgentGone, AgentNeverSeen};
        let seen = Seen::default();
        assert_eq!(codes(&seen, Some(10), 0, 12), []);
        assert_eq!(codes(&seen, Some(10), 0, 13), [(AgentGone, Severity::Critical)]);
        // Nobody could come while the receiver itself was away.
        assert_eq!(codes(&seen, Some(10), 50, 52), []);
        assert_eq!(codes(&seen, Some(10), 50, 53), [(AgentGone, Severity::Critical)]);
        let mut ended = Seen::default();
        ended.said_bye = true;
        assert_eq!(codes(&ended, Some(10), 0, 13), [(AgentGone, Severity::Warning)]);
        assert_eq!(codes(&seen, None, 0, 1), [(AgentNeverSeen, Severity::Info)]);
    }

    #[test]
    fn the_sign_of_a_copy_counts_for_a_quarter_of_an_hour() {
        let mut seen = Seen::default();
        seen.duplicate_at = Some(at(0));
        assert_eq!(codes(&seen, Some(0), 0, 1), [(CloudIssueCode::AgentDuplicate, Severity::Warning)]);
        assert!(!codes(&seen, Some(0), 0, 15).iter().any(|(code, _)| *code == CloudIssueCode::AgentDuplicate));
    }

    #[test]
    fn an_agent_that_was_revoked_is_no_issue() {
        let mut revoked = agent();
        revoked.revoked_at = Some(at(1));
        assert_eq!(issues_of(&revoked, &Seen::default(), Some(at(0)), at(0), at(60)), []);
    }
}
