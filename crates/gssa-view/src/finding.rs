//! What needs attention about one source, as the agent that watches it finds it.

use std::borrow::Cow;

use gssa_model::{FailureReason, Severity, State, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// What can need attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueCode {
    /// It does not answer.
    Offline,
    /// It wants credentials or refuses us.
    Auth,
    /// Its protection against heat is on, or it is over the critical limit.
    Hot,
    /// It is over the warning limit.
    Warm,
    /// It answers and does no work.
    NotHashing,
    /// Its hashrate is below the expected one.
    LowHashrate,
    /// Too many of its shares are rejected.
    HighRejects,
    /// It works for its fallback pool.
    OnFallbackPool,
    /// The device reports a fault of its power supply or regulator.
    PowerFault,
    /// The device reports another fault.
    Fault,
    /// Its figures do not move.
    Frozen,
    /// A figure of it cannot be.
    Impossible,
    /// What answers there is not what it was taken for.
    Unsupported,
    /// It hashes, and its pool does not credit it.
    NotEarning,
    /// A part of it could not be read.
    Incomplete,
    /// A coin key of a pool says that it does not work.
    CoinTrouble,
    /// A pool does not count what its miners do.
    NotCounted,
    /// A server does not answer whoever keeps it.
    ServerUnreachable,
    /// A volume is nearly full.
    DiskFull,
    /// Main memory is nearly used up.
    MemoryFull,
    /// A container does not run as it should.
    ContainerTrouble,
    /// There is a newer version of something.
    UpdateAvailable,
    /// A server waits for a restart.
    RebootRequired,
    /// It comes and goes.
    Flapping,
}

/// Something about one source that needs attention.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What.
    pub code: IssueCode,
    /// How bad.
    pub severity: Severity,
    /// What makes two findings of one code the same trouble: a failure's reason, or nothing.
    pub reason: Option<FailureReason>,
    /// Which part of the source, where it has several of a kind: a disk, a container, a coin key.
    pub part: Option<Box<str>>,
    /// In words, with figures.
    pub detail: Cow<'static, str>,
    /// Since when.
    pub since: Timestamp,
}

impl Finding {
    /// Whether it is the same trouble, perhaps with other figures.
    pub fn is_same(&self, other: &Self) -> bool {
        self.code == other.code && self.reason == other.reason && self.part == other.part
    }
}

/// The state of a source that others have findings about.
pub fn with_joined(own: State, findings: &[Finding]) -> State {
    let is_well = matches!(own, State::Hashing | State::Running);
    if is_well && findings.iter().any(|finding| finding.severity > Severity::Info) { State::Degraded } else { own }
}
