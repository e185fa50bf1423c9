//! Asks every source on its own schedule.
//!
//! One task for each source, so that a slow or dead one delays nobody. The gate says who may ask now, the pace when to ask next;
//! both are free of I/O. [`Scheduler::apply`] brings the running pollers to a new configuration and leaves alone what did not change.

mod gate;
mod pace;
mod poller;
mod stats;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gssa_model::{CollectError, Collector, Failure, Health, Reading, Source, SourceId, SourceKind, State};
use tokio_util::sync::CancellationToken;

pub use gate::{Gate, HostKey, Turn};
use gssa_view::store::Versioned;
pub use poller::{AsFound, Shared, Spec};
pub use stats::{BUCKETS_SECS, FAILURE_KINDS, Histogram, PollStats};

use self::poller::Poller;
use crate::supervise::Supervisor;

/// The first attempts of a handful of sources start within this time …
const FIRST_ATTEMPTS_MIN: Duration = Duration::from_millis(500);

/// … and within so much more for each of them, but never later than the interval.
const FIRST_ATTEMPTS_STEP: Duration = Duration::from_millis(20);

/// Makes the collector that a source needs.
pub type MakeCollector = dyn Fn(&Spec) -> Result<Arc<dyn Collector>, CollectError> + Send + Sync;

/// Owns the pollers.
pub struct Scheduler {
    shared: Shared,
    supervisor: Supervisor,
    make: Box<MakeCollector>,
    pollers: Mutex<BTreeMap<SourceId, Running>>,
}

/// A source as it is scheduled now.
struct Running {
    spec: Spec,
    /// Absent for a source that is disabled or cannot be collected.
    poller: Option<Arc<Poller>>,
    stop: CancellationToken,
}

/// What became of a request to ask a source at once.
#[derive(Debug, Clone)]
pub enum Refreshed {
    /// It was asked; this is the new reading.
    Done(Arc<Reading>),
    /// It is being asked already; this is the reading so far.
    UnderWay(Arc<Reading>),
    /// It is not asked: disabled, or no collector can be made for it.
    NotPolled(Arc<Reading>),
    /// There is no such source.
    Unknown,
}

impl std::fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scheduler").field("sources", &self.lock().len()).finish_non_exhaustive()
    }
}

impl Scheduler {
    /// A scheduler without sources.
    pub fn new(shared: Shared, supervisor: Supervisor, make: Box<MakeCollector>) -> Self {
        Self { shared, supervisor, make, pollers: Mutex::default() }
    }

    /// Makes `specs` the sources that are asked: starts the new ones, stops those that are gone, restarts those that changed.
    pub fn apply(&self, specs: Vec<Spec>) {
        let mut pollers = self.lock();
        let mut wanted: BTreeMap<SourceId, Spec> =
            specs.into_iter().map(|spec| (spec.source.id.clone(), spec)).collect();
        pollers.retain(|id, running| match wanted.get(id) {
            Some(spec) if *spec == running.spec => {
                wanted.remove(id);
                true
            }
            changed => {
                running.stop.cancel();
                if changed.is_none() {
                    self.shared.store.remove(id.as_str());
                }
                false
            }
        });
        let first_within = FIRST_ATTEMPTS_MIN + FIRST_ATTEMPTS_STEP * u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        for (id, spec) in wanted {
            pollers.insert(id, self.start(spec, first_within));
        }
    }

    /// How many sources there are.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there is no source.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Asks a source at once, outside its schedule.
    pub async fn refresh(&self, id: &str) -> Refreshed {
        let found = self.lock().get(id).map(|running| (running.poller.clone(), running.stop.clone()));
        let is_done = match &found {
            None => return Refreshed::Unknown,
            Some((None, _)) => None,
            Some((Some(poller), stop)) => tokio::select! {
                is_done = poller.refresh() => Some(is_done),
                // A poller that is stopped gives its attempt up: at the end of the agent, or when its source changes.
                () = stop.cancelled() => Some(false),
            },
        };
        match (self.shared.store.get(id), is_done) {
            (None, _) => Refreshed::Unknown,
            (Some(entry), None) => Refreshed::NotPolled(entry.reading),
            (Some(entry), Some(true)) => Refreshed::Done(entry.reading),
            (Some(entry), Some(false)) => Refreshed::UnderWay(entry.reading),
        }
    }

    fn start(&self, spec: Spec, first_within: Duration) -> Running {
        let stop = self.supervisor.stop().child_token();
        let poller = if spec.enabled { self.start_poller(&spec, &stop, first_within) } else { None };
        if !spec.enabled {
            self.shared.store.put(Arc::new(Reading::disabled(spec.source.clone())), Arc::new([]));
        }
        Running { spec, poller, stop }
    }

    fn start_poller(&self, spec: &Spec, stop: &CancellationToken, first_within: Duration) -> Option<Arc<Poller>> {
        let collector = match (self.make)(spec) {
            Ok(collector) => collector,
            Err(error) => {
                self.shared.store.put(Arc::new(self.impossible(spec, &error)), Arc::new([]));
                return None;
            }
        };
        let kept = self.shared.store.get(spec.source.id.as_str()).map(|before| carried_over(spec, &before));
        let first = kept.unwrap_or_else(|| Reading::pending(spec.source.clone()));
        self.shared.store.put(Arc::new(first), Arc::new([]));
        let poller = Arc::new(Poller::new(spec.clone(), collector, self.shared.clone(), first_within));
        let (task, signal) = (poller.clone(), stop.clone());
        let name = format!("poll {}", spec.source.id);
        self.supervisor.spawn(name, stop.clone(), move || task.clone().run(signal.clone()));
        Some(poller)
    }

    fn impossible(&self, spec: &Spec, error: &CollectError) -> Reading {
        let mut reading = Reading::pending(spec.source.clone());
        let now = self.shared.clock.now();
        reading.observed_at = Some(now);
        (reading.health, reading.state) = (Health::Down, State::Unknown);
        let detail = error.to_string();
        reading.failure = Some(Failure { kind: error.kind(), reason: error.reason(), detail, since: now, in_a_row: 1 });
        reading
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<SourceId, Running>> {
        self.pollers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stays of a reading when the source is configured anew: its last good values if it is still asked at the same place, and the kind
/// that was found if none is configured.
fn carried_over(spec: &Spec, before: &Versioned) -> Reading {
    let last = &before.reading;
    let same_kind = spec.source.kind == last.source.kind || spec.source.kind == SourceKind::Auto;
    if !same_kind || last.source.address != spec.source.address || last.health == Health::Disabled {
        return Reading::pending(spec.source.clone());
    }
    let source = Source { kind: last.source.kind, ..Source::clone(&spec.source) };
    Reading { source: Arc::new(source), ..Reading::clone(last) }
}

#[cfg(test)]
mod tests;
