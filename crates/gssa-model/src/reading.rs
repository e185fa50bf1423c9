//! One attempt to observe one source, and what is known of it since.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{FailureKind, FailureReason, Snapshot, Source, SourceId, Timestamp};

/// What the agent says about one source now.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reading {
    /// The version of this format.
    pub schema: Schema,
    /// Who it is about.
    pub source: Arc<Source>,
    /// When the last attempt ended; absent before the first one.
    #[serde(default)]
    pub observed_at: Option<Timestamp>,
    /// How long the last attempt took.
    #[serde(default)]
    pub took_ms: Option<u64>,
    /// Whether it can be observed.
    pub health: Health,
    /// What it does, in one word for people.
    pub state: State,
    /// Since when that word holds. For a source that cannot be read: since the first of the failures in a row.
    #[serde(default)]
    pub state_since: Option<Timestamp>,
    /// The time between two attempts at the moment, when it is longer than configured.
    #[serde(default)]
    pub effective_interval_secs: Option<u64>,
    /// Why the last attempt failed; there exactly when it did.
    #[serde(default)]
    pub failure: Option<Failure>,
    /// What the agent noticed by comparing with the reading before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// What it is connected with: the pool coin and worker that a miner works for, and the other way round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// When `snapshot` was taken.
    #[serde(default)]
    pub snapshot_at: Option<Timestamp>,
    /// The last good observation, kept through failures.
    #[serde(default)]
    pub snapshot: Option<Arc<Snapshot>>,
}

impl Reading {
    /// The reading of a source that was not asked yet.
    pub fn pending(source: Arc<Source>) -> Self {
        Self {
            schema: Schema::Reading1,
            source,
            observed_at: None,
            took_ms: None,
            health: Health::Pending,
            state: State::Pending,
            state_since: None,
            effective_interval_secs: None,
            failure: None,
            marks: Vec::new(),
            links: Vec::new(),
            snapshot_at: None,
            snapshot: None,
        }
    }

    /// The reading of a source that the operator switched off.
    pub fn disabled(source: Arc<Source>) -> Self {
        Self { health: Health::Disabled, state: State::Disabled, ..Self::pending(source) }
    }
}

/// The version of the format of a [`Reading`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Schema {
    /// `gssa.reading/1`
    #[serde(rename = "gssa.reading/1")]
    Reading1,
}

/// Whether a source can be observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Not asked yet.
    Pending,
    /// It answered.
    Up,
    /// It answered, but a wanted part failed or could not be read.
    Partial,
    /// One miss; the last good values are still shown.
    Stale,
    /// As many misses in a row as `down_after_misses`.
    Down,
    /// It answered and said no.
    Refused,
    /// Switched off by the operator.
    Disabled,
}

impl Health {
    /// Every value, best first.
    pub const ALL: [Self; 7] =
        [Self::Up, Self::Partial, Self::Pending, Self::Stale, Self::Refused, Self::Down, Self::Disabled];

    /// The health after an answer.
    pub fn after_answer(snapshot: &Snapshot) -> Self {
        if snapshot.gaps().is_empty() { Self::Up } else { Self::Partial }
    }

    /// The health after `in_a_row` failures, the last of them of `kind`.
    ///
    /// Only silence is a miss that may be chance. Who answered "no", or answered as something else, has answered: that is told at once.
    pub const fn after_failure(kind: FailureKind, in_a_row: u32, down_after_misses: u32) -> Self {
        match kind {
            FailureKind::Refused => Self::Refused,
            FailureKind::Unsupported => Self::Down,
            _ if in_a_row >= down_after_misses => Self::Down,
            _ => Self::Stale,
        }
    }

    /// The word for it in JSON and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Up => "up",
            Self::Partial => "partial",
            Self::Stale => "stale",
            Self::Down => "down",
            Self::Refused => "refused",
            Self::Disabled => "disabled",
        }
    }
}

/// What a source does, in one word for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A miner that works as it should.
    Hashing,
    /// Infrastructure that works as it should.
    Running,
    /// It works, and something about it is not as it should be.
    Degraded,
    /// Too hot.
    Hot,
    /// It answers and does no work, and nobody paused it.
    NotHashing,
    /// Paused by a person, a schedule or a sleep mode.
    Standby,
    /// One miss.
    Stale,
    /// It does not answer.
    Offline,
    /// It wants credentials or refuses us.
    Auth,
    /// It answers, and does not say what it does.
    Unknown,
    /// Not asked yet.
    Pending,
    /// Switched off by the operator.
    Disabled,
}

impl State {
    /// The word for it in JSON and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hashing => "hashing",
            Self::Running => "running",
            Self::Degraded => "degraded",
            Self::Hot => "hot",
            Self::NotHashing => "not_hashing",
            Self::Standby => "standby",
            Self::Stale => "stale",
            Self::Offline => "offline",
            Self::Auth => "auth",
            Self::Unknown => "unknown",
            Self::Pending => "pending",
            Self::Disabled => "disabled",
        }
    }
}

/// Why the last attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failure {
    /// What to do about it.
    pub kind: FailureKind,
    /// What happened.
    pub reason: FailureReason,
    /// One line for people.
    pub detail: String,
    /// When the first of these failures in a row was.
    pub since: Timestamp,
    /// How many in a row, this one included.
    pub in_a_row: u32,
}

/// Something that two readings side by side show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mark {
    /// What.
    pub mark: MarkKind,
    /// At which field, as a dotted path in the snapshot.
    pub field: std::borrow::Cow<'static, str>,
}

/// What two readings side by side can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// The device started anew.
    Restarted,
    /// A counter is lower than before although the device did not restart.
    CounterWentBack,
    /// A figure that always moves has not moved while no share was accepted.
    Frozen,
    /// A figure that cannot be.
    Impossible,
}

/// A miner and the pool worker that it is.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Link {
    /// The source at the other end.
    pub source_id: SourceId,
    /// The key of the coin.
    #[serde(default)]
    pub coin: Option<String>,
    /// The name of the worker.
    #[serde(default)]
    pub worker: Option<String>,
    /// What the two have in common.
    pub by: LinkedBy,
}

/// What a miner and a pool worker have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkedBy {
    /// The pool sees the miner's address.
    Address,
    /// The miner's pool has that port and that worker.
    PortAndWorker,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_after_failures() {
        use FailureKind as K;
        for (kind, in_a_row, down_after, health) in [
            (K::Timeout, 1, 2, Health::Stale),
            (K::Timeout, 2, 2, Health::Down),
            (K::Unreachable, 1, 1, Health::Down),
            (K::Refused, 1, 2, Health::Refused),
            (K::Refused, 9, 2, Health::Refused),
            (K::Unsupported, 1, 2, Health::Down),
            (K::Protocol, 3, 4, Health::Stale),
        ] {
            assert_eq!(Health::after_failure(kind, in_a_row, down_after), health, "{kind} {in_a_row} of {down_after}");
        }
    }

    #[test]
    fn a_pending_reading_says_nothing_it_does_not_know() {
        let source = Source {
            id: "a".parse().unwrap(),
            name: "A".into(),
            kind: crate::SourceKind::Axeos,
            address: "http://a".into(),
            group: None,
            tags: Vec::new(),
        };
        let json = serde_json::to_value(Reading::pending(Arc::new(source))).unwrap();
        let expected = serde_json::json!({ "schema": "gssa.reading/1", "health": "pending", "state": "pending",
            "source": { "id": "a", "name": "A", "kind": "axeos", "address": "http://a", "tags": [] } });
        assert_eq!(json, expected);
    }
}
