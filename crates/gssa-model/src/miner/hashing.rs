//! How fast a device hashes.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::Windows;
use crate::unit::Hashrate;

/// How fast a device hashes.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Hashing {
    /// What it hashes.
    pub algorithm: Option<Algorithm>,
    /// Absent if the device does not tell.
    pub state: Option<HashingState>,
    /// The shortest window that the device gives, in hashes per second.
    pub current_hps: Option<Hashrate>,
    /// Its long or lifetime average.
    pub average_hps: Option<Hashrate>,
    /// What it should do at its settings.
    pub expected_hps: Option<Hashrate>,
    /// Averages over named windows, shortest first.
    #[serde(skip_serializing_if = "Windows::is_empty")]
    pub windows_hps: Windows,
}

/// A proof-of-work function, by its usual name in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Algorithm(Cow<'static, str>);

impl Algorithm {
    /// SHA-256d: Bitcoin and its kin.
    pub const SHA256D: Self = Self(Cow::Borrowed("sha256d"));

    /// From a name, in lower case.
    pub fn from_name(name: &str) -> Self {
        Self(Cow::Owned(name.to_ascii_lowercase()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HashingState {
    /// It works.
    Mining,
    /// Paused by a person, a schedule or a sleep mode.
    Paused,
    /// No work: no pool.
    Idle,
    /// Stopped by its own protection.
    Stopped,
    /// Starting up.
    Starting,
}
