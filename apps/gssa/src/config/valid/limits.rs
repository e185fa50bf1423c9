//! When a value deserves attention: source, then kind, then built-in.

use std::collections::BTreeMap;

use gssa_model::SourceKind;
use gssa_view::plan::Limit;

use crate::config::problems::Problems;
use crate::config::{defaults, raw};

/// The limits of one source or one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// The hottest chip; too much is bad.
    pub chip_celsius: Limit,
    /// Hashrate in percent of the expected; too little is bad.
    pub expected_percent: Limit,
    /// Rejected shares in percent of all; too many are bad.
    pub reject_percent: Limit,
}

/// Which side of a limit is the bad one.
#[derive(Clone, Copy, PartialEq)]
enum Bad {
    Above,
    Below,
}

impl Limits {
    /// These limits with what is written laid over them. A pair in the wrong order is a problem, and then not taken.
    pub(super) fn with(self, raw: Option<&raw::Limits>, path: &str, problems: &mut Problems<'_>) -> Self {
        let Some(raw) = raw else { return self };
        let chip = raw.chip_celsius.as_ref().map(|limit| Limit { warning: limit.warning, critical: limit.critical });
        let percent = |limit: &raw::Percent| Limit { warning: limit.warning, critical: limit.critical };
        let expected = raw.expected_percent.as_ref().map(percent);
        let reject = raw.reject_percent.as_ref().map(percent);
        let mut over = |below: Limit, own: Option<Limit>, bad: Bad, key: &str| {
            laid_over(below, own, bad, &format!("{path}.{key}"), problems)
        };
        Self {
            chip_celsius: over(self.chip_celsius, chip, Bad::Above, "chip_celsius"),
            expected_percent: over(self.expected_percent, expected, Bad::Below, "expected_percent"),
            reject_percent: over(self.reject_percent, reject, Bad::Above, "reject_percent"),
        }
    }
}

/// A limit with what is written laid over it.
fn laid_over(below: Limit, own: Option<Limit>, bad: Bad, path: &str, problems: &mut Problems<'_>) -> Limit {
    let Some(own) = own else { return below };
    let both = Limit { warning: own.warning.or(below.warning), critical: own.critical.or(below.critical) };
    let (Some(warning), Some(critical)) = (both.warning, both.critical) else { return both };
    let (in_order, side) = match bad {
        Bad::Above => (critical >= warning, "below"),
        Bad::Below => (critical <= warning, "above"),
    };
    if in_order {
        return both;
    }
    problems.error(path, format!("`critical` ({critical}) must not be {side} `warning` ({warning})"));
    below
}

/// The limits by kind: what is written over what is built in.
pub(super) fn kinds(
    raw: Option<&BTreeMap<SourceKind, raw::Limits>>,
    problems: &mut Problems<'_>,
) -> BTreeMap<SourceKind, Limits> {
    let built_in: BTreeMap<SourceKind, raw::Limits> =
        serde_json::from_value(defaults::layer()["limits"].take()).expect("the built-in limits have their own shape");
    let mut limits = BTreeMap::new();
    for (kind, written) in raw.into_iter().flatten() {
        let path = format!("limits.{kind}");
        let below = Limits::default().with(built_in.get(kind), &path, problems);
        limits.insert(*kind, below.with(Some(written), &path, problems));
    }
    limits
}
