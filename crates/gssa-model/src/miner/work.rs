//! Shares and what became of them.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::unit::{Difficulty, Percent};

/// Shares and what became of them.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Work {
    /// Shares accepted since the device started.
    pub accepted: Option<u64>,
    /// Shares rejected since the device started.
    pub rejected: Option<u64>,
    /// Shares that came too late.
    pub stale: Option<u64>,
    /// Wrong results of the chips.
    pub hardware_errors: Option<u64>,
    /// Wrong results in percent, as the device computes it.
    pub error_percent: Option<Percent>,
    /// The best share ever.
    pub best_difficulty: Option<Difficulty>,
    /// The best share since the device started.
    pub best_session_difficulty: Option<Difficulty>,
    /// Blocks found.
    pub blocks_found: Option<u64>,
    /// Why shares were rejected, in the pool's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reject_reasons: Vec<RejectReason>,
}

/// One of the pool's reasons and how often it gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RejectReason {
    /// The pool's text.
    pub reason: String,
    /// How many shares.
    pub count: u64,
}
