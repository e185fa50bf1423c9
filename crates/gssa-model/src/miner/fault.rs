//! What a device says is wrong.

use serde::{Deserialize, Serialize};

/// Something that the device itself says is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fault {
    /// What.
    pub code: FaultCode,
    /// How bad.
    pub severity: Severity,
    /// In words.
    pub message: String,
}

/// What can be wrong with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultCode {
    /// Its overheat protection is on.
    Overheat,
    /// The regulator or the power supply failed.
    Power,
    /// Another part failed.
    Hardware,
    /// A pool is not to be had.
    Pool,
    /// It is in its set-up mode or has lost its Wi-Fi.
    Setup,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// It should be looked at.
    Warning,
    /// It costs money or hardware now.
    Critical,
}
