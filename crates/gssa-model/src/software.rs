//! The program at the other end.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// A program and its version.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Software {
    /// Its name.
    pub name: Option<String>,
    /// Its version as it writes it.
    pub version: Option<String>,
    /// How sure the two are; absent where the program says them itself, by a known way.
    pub confidence: Option<Confidence>,
}

/// How sure something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A guess.
    Low,
    /// It fits what is known.
    Medium,
    /// It is proven.
    High,
}
