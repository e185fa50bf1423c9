//! STATS of Canaan.

use gssa_wire::{Count, Report};

use super::row::{Gathered, row};
use crate::reply::value::Members;

row! {
    /// One row: a machine, an AUC cable with its miners, or a pool.
    StatsRow {
        id: String = "ID",
        elapsed: Count = "Elapsed",
        strings: Strings = ..,
    }
}

/// The texts of a row in which the modules tell about themselves.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Strings {
    /// `MM ID0`, `MM ID1`… by number; `MM ID0:Summary` on Avalon Q.
    pub(crate) modules: Vec<String>,
    /// `HBinfo`, `HBinfo1`…: what Avalon Q tells of its boards.
    pub(crate) boards: Vec<String>,
}

impl std::fmt::Debug for Strings {
    /// The texts hold the names of networks.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} modules", self.modules.len())
    }
}

impl Report for Strings {}

impl Gathered for Strings {
    fn gather(row: &Members) -> Self {
        let mut modules: Vec<(u32, &str)> =
            row.iter().filter_map(|(key, value)| Some((number(key)?, value.as_str()?))).collect();
        modules.sort_by_key(|(number, _)| *number);
        let boards = row.iter().filter(|(key, _)| key.starts_with("HBinfo")).filter_map(|(_, value)| value.as_str());
        Self {
            modules: modules.into_iter().map(|(_, text)| text.to_owned()).collect(),
            boards: boards.map(str::to_owned).collect(),
        }
    }
}

/// The number of a key `MM ID<number>`.
fn number(key: &str) -> Option<u32> {
    let rest = key.strip_prefix("MM ID")?;
    let digits = rest.split(':').next()?;
    digits.trim().parse().ok()
}
