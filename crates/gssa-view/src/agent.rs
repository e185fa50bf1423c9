//! What an agent says about itself.

use gssa_model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The agent itself, now.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentStatus {
    /// What the site is called.
    pub name: String,
    /// The version that runs here.
    pub version: String,
    /// The commit that it was built from.
    pub commit: Option<String>,
    /// The target that it was built for.
    pub target: String,
    /// Since when.
    pub started_at: Timestamp,
    /// The time of the agent.
    pub now: Timestamp,
    /// Its time zone by the IANA name, `Europe/Berlin`; absent if the machine does not tell its own.
    pub time_zone: Option<String>,
    /// How far the clock there is ahead of UTC.
    pub utc_offset_secs: i32,
    /// Memory that this process takes; absent where the system does not tell.
    pub resident_bytes: Option<u64>,
    /// CPU time of the last seconds in percent of one processor; absent where the system does not tell.
    pub cpu_percent: Option<f64>,
    /// How late a poll of the last half minute began after it was due.
    pub behind_ms: u64,
    /// What is not ready, in words; absent when everything is.
    pub unready: Option<String>,
}
