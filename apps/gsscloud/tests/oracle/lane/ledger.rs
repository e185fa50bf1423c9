//! What an agent says of its link.

use serde_json::Value;

/// What became of the items of one run, as the agent said last.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ledger {
    pub(crate) produced: u64,
    pub(crate) acknowledged: u64,
    pub(crate) thinned: u64,
    pub(crate) lost: u64,
    pub(crate) refused: u64,
}

impl Ledger {
    pub(super) fn of(link: &Value) -> Self {
        let items = |fate: &str| link["ledger"][fate]["items"].as_u64().unwrap_or(0);
        let ledger = Self {
            produced: items("produced"),
            acknowledged: items("acknowledged"),
            thinned: items("thinned"),
            lost: items("lost"),
            refused: items("refused"),
        };
        assert_eq!(ledger.produced, items("queued") + ledger.settled(), "{link:#}");
        ledger
    }

    pub(super) const fn settled(self) -> u64 {
        self.acknowledged + self.gaps()
    }

    pub(crate) const fn gaps(self) -> u64 {
        self.thinned + self.lost + self.refused
    }
}

/// Whatever fails between the two, neither does anything that the other must not see, and nobody is taken for a second copy.
pub(super) fn assert_understood(link: &Value) {
    for attempt in link["attempts"].as_array().into_iter().flatten() {
        let text = attempt["text"].as_str().unwrap_or_default();
        for never in ["did not understand", "two copies may run", "run as one", "cannot be read"] {
            assert!(!text.contains(never), "{link:#}");
        }
    }
}

/// How many connections ended for this reason.
pub(super) fn endings(link: &Value, reason: &str) -> u64 {
    link["endings"][reason].as_u64().unwrap_or(0)
}
