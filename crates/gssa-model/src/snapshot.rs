//! What one successful observation says.

use serde::{Deserialize, Serialize};

use crate::miner::MinerSnapshot;

/// The state of one source at one moment, by what kind of thing it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Snapshot {
    /// A mining device.
    Miner(Box<MinerSnapshot>),
}

impl Snapshot {
    /// The miner in it, if it is one.
    pub fn as_miner(&self) -> Option<&MinerSnapshot> {
        match self {
            Self::Miner(miner) => Some(miner),
        }
    }

    /// What was reported but could not be read, or asked for and not given.
    pub fn gaps(&self) -> &[Gap] {
        match self {
            Self::Miner(miner) => &miner.gaps,
        }
    }
}

impl From<MinerSnapshot> for Snapshot {
    fn from(miner: MinerSnapshot) -> Self {
        Self::Miner(Box::new(miner))
    }
}

/// Something that the source reported and we could not read, or that it was asked for and did not give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gap {
    /// The peer's own name of the field or request.
    pub field: String,
    /// What was found in its place, shortened.
    pub found: String,
}

impl Gap {
    /// The longest `found`, in characters.
    pub const MAX_FOUND_CHARS: usize = 80;

    /// A gap at `field`; `found` is cleaned and shortened. Never pass it a field that may hold a secret.
    pub fn new(field: impl Into<String>, found: &str) -> Self {
        let cleaned = crate::text::clean(found).unwrap_or_default();
        let found = match cleaned.char_indices().nth(Self::MAX_FOUND_CHARS) {
            Some((at, _)) => format!("{}…", &cleaned[..at]),
            None => cleaned,
        };
        Self { field: field.into(), found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_gap_shows_is_bounded() {
        let gap = Gap::new("bestDiff", &"9".repeat(500));
        assert_eq!(gap.found.chars().count(), Gap::MAX_FOUND_CHARS + 1);
        assert!(gap.found.ends_with('…'));
    }
}
