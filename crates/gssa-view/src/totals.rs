//! Summary and issues as text, made once for all streams and at most once a second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::issues::issues;
use crate::store::Store;
use crate::summary::summary;

/// The time between two of them.
const EVERY: Duration = Duration::from_secs(1);

/// Totals as they are told.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The summary as JSON.
    pub summary: Arc<str>,
    /// The issues as JSON.
    pub issues: Arc<str>,
}

/// Texts and finite numbers: they can be written.
fn to_json(value: &impl serde::Serialize) -> Arc<str> {
    serde_json::to_string(value).expect("what an agent says can be written as JSON").into()
}

/// The totals of the last time.
#[derive(Debug, Default)]
pub struct Totals(Mutex<Option<Made>>);

#[derive(Debug)]
struct Made {
    at: Instant,
    /// The revision of the store that they are of.
    revision: u64,
    told: Told,
}

impl Totals {
    /// The totals, and when to ask again if these are not up to date but too new to be made anew.
    pub fn told(&self, store: &Store) -> (Told, Option<Instant>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, revision) = (Instant::now(), store.revision());
        if let Some(made) = &*kept {
            let next = made.at + EVERY;
            if made.revision == revision {
                return (made.told.clone(), None);
            } else if now < next {
                return (made.told.clone(), Some(next));
            }
        }
        let readings = store.all();
        let told = Told { summary: to_json(&summary(&readings)), issues: to_json(&issues(&readings)) };
        *kept = Some(Made { at: now, revision, told: told.clone() });
        (told, None)
    }
}
