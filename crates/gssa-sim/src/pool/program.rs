//! Which program, in which version.

use std::fmt;
use std::str::FromStr;

use crate::named::{UnknownName, named};

/// A pool program at a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Program {
    /// GoSlimStratum 3.0.20: no API key, paths without a coin key, the whole list of workers.
    GoSlimStratum3_0_20,
    /// GoSlimStratum 4.1.2: an API key, paths without a coin key, the list in pages.
    GoSlimStratum4_1_2,
    /// GoSlimStratum 5.2.6: no path without a coin key, a best share.
    GoSlimStratum5_2_6,
    /// GoStratumEngine 1.0.0: paths at the root.
    GoStratumEngine1_0_0,
    /// GoStratumEngine 1.0.5.
    GoStratumEngine1_0_5,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::GoSlimStratum3_0_20,
        Self::GoSlimStratum4_1_2,
        Self::GoSlimStratum5_2_6,
        Self::GoStratumEngine1_0_0,
        Self::GoStratumEngine1_0_5,
    ];

    /// The name used in commands and listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GoSlimStratum3_0_20 => "gss-3.0.20",
            Self::GoSlimStratum4_1_2 => "gss-4.1.2",
            Self::GoSlimStratum5_2_6 => "gss-5.2.6",
            Self::GoStratumEngine1_0_0 => "gse-1.0.0",
            Self::GoStratumEngine1_0_5 => "gse-1.0.5",
        }
    }

    /// The version as the program writes it.
    pub const fn version(self) -> &'static str {
        match self {
            Self::GoSlimStratum3_0_20 => "3.0.20",
            Self::GoSlimStratum4_1_2 => "4.1.2",
            Self::GoSlimStratum5_2_6 => "5.2.6",
            Self::GoStratumEngine1_0_0 => "1.0.0",
            Self::GoStratumEngine1_0_5 => "1.0.5",
        }
    }

    /// Whether it is the engine.
    pub const fn is_engine(self) -> bool {
        matches!(self, Self::GoStratumEngine1_0_0 | Self::GoStratumEngine1_0_5)
    }

    /// What stands before its paths.
    pub(crate) const fn prefix(self) -> &'static str {
        if matches!(self, Self::GoStratumEngine1_0_0) { "" } else { "/api/v1" }
    }

    /// Whether it answers paths without a coin key, for DGB.
    pub(crate) const fn has_legacy_paths(self) -> bool {
        matches!(self, Self::GoSlimStratum3_0_20 | Self::GoSlimStratum4_1_2)
    }

    /// Whether it can ask for an API key.
    pub(crate) const fn knows_keys(self) -> bool {
        matches!(self, Self::GoSlimStratum4_1_2 | Self::GoSlimStratum5_2_6)
    }

    /// Whether it hands out the list of workers in pages.
    pub(crate) const fn pages(self) -> bool {
        self.knows_keys()
    }

    /// Whether it tells its best share.
    pub(crate) const fn tells_best_share(self) -> bool {
        matches!(self, Self::GoSlimStratum5_2_6)
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Program {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("program", Self::ALL, name)
    }
}
