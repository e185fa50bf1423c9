//! What became of the webhooks that came, by the name of the hook: never by its token.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts since the agent started.
#[derive(Debug, Default)]
pub struct HookCounts(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    of: BTreeMap<String, OfHook>,
    unknown_tokens: u64,
}

/// What came by one hook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfHook {
    /// Events that were taken.
    pub received: u64,
    /// Requests whose body was too large, too slow or no event.
    pub refused: u64,
    /// Events that were not kept one by one: too many waited, or too many of a kind came in a minute.
    pub dropped: u64,
}

impl HookCounts {
    /// What came by each hook that was used.
    pub fn all(&self) -> Vec<(String, OfHook)> {
        self.lock().of.iter().map(|(name, counts)| (name.clone(), *counts)).collect()
    }

    /// Requests with a token that no hook has.
    pub fn unknown_tokens(&self) -> u64 {
        self.lock().unknown_tokens
    }

    pub(crate) fn unknown_token(&self) {
        self.lock().unknown_tokens += 1;
    }

    pub(super) fn received(&self, name: &str) {
        self.count(name, |counts| counts.received += 1);
    }

    pub(super) fn refused(&self, name: &str) {
        self.count(name, |counts| counts.refused += 1);
    }

    pub(super) fn dropped(&self, name: &str) {
        self.count(name, |counts| counts.dropped += 1);
    }

    /// The names are those of the configuration, so that there are few.
    fn count(&self, name: &str, add: impl FnOnce(&mut OfHook)) {
        let mut inner = self.lock();
        match inner.of.get_mut(name) {
            Some(counts) => add(counts),
            None => add(inner.of.entry(name.to_owned()).or_default()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
