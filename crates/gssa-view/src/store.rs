//! What is known of every source now, and the history of the main figures.
//!
//! Every change of a reading gets the next *revision*. Whoever follows the store remembers the last revision it has seen and asks for
//! what came after: it gets the newest reading of each changed source, never a queue of old ones. That is what the event stream does,
//! so that a slow reader costs nothing.

mod history;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use gssa_model::{Link, Reading, Snapshot, SourceId, State, Timestamp};
use tokio::sync::watch;

pub use history::{HalfHours, History, MAX_TREND_POINTS, Member, Metric, Series, Trend, UnknownMetric, half_hour};

use crate::finding::{Finding, with_joined};

/// A reading and the revision it came with.
#[derive(Debug, Clone)]
pub struct Versioned {
    /// Counts up over all sources since the agent started.
    pub revision: u64,
    /// The reading.
    pub reading: Arc<Reading>,
    /// What needs attention about it.
    pub findings: Arc<[Finding]>,
}

/// What changed after a revision.
#[derive(Debug)]
pub struct Changes {
    /// The revision of the newest change.
    pub revision: u64,
    /// How many sources there are.
    pub sources: usize,
    /// The newest reading of every source that changed, in the order of the changes.
    pub readings: Vec<Versioned>,
}

/// The readings of all sources.
#[derive(Debug)]
pub struct Store {
    inner: RwLock<Inner>,
    newest: watch::Sender<u64>,
}

/// What other sources say about one: nothing that it, or who reads it, knows alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Joined {
    /// What it is connected with.
    pub links: Vec<Link>,
    /// What needs attention.
    pub findings: Vec<Finding>,
}

/// What is known of one source.
#[derive(Debug)]
struct Entry {
    /// As it is shown.
    shown: Versioned,
    /// Its state and findings without what others say.
    own: (State, Arc<[Finding]>),
    joined: Joined,
}

#[derive(Debug)]
struct Inner {
    entries: BTreeMap<SourceId, Entry>,
    by_revision: BTreeMap<u64, SourceId>,
    revision: u64,
    history: History,
}

impl Store {
    /// An empty store with a history of at most `history_max_bytes`.
    pub fn new(history_max_bytes: u64) -> Self {
        let inner = Inner {
            entries: BTreeMap::new(),
            by_revision: BTreeMap::new(),
            revision: 0,
            history: History::new(history_max_bytes),
        };
        Self { inner: RwLock::new(inner), newest: watch::Sender::new(0) }
    }

    /// Replaces the reading of its source, and records the snapshot in the history if it was taken at this reading. Gives the reading as
    /// it is shown, with what others say about the source.
    pub fn put(&self, reading: Arc<Reading>, findings: Arc<[Finding]>) -> Arc<Reading> {
        let mut inner = self.write();
        inner.record(&reading);
        let joined = inner.entries.get_mut(&reading.source.id).map(|entry| std::mem::take(&mut entry.joined));
        let shown = inner.show(reading, findings, joined.unwrap_or_default());
        let revision = inner.revision;
        drop(inner);
        self.newest.send_replace(revision);
        shown
    }

    /// Replaces the reading of its source by one as an agent shows it: links, state and findings have in them what others say. Records
    /// it in the history as [`put`](Self::put) does.
    pub fn take(&self, reading: Arc<Reading>, findings: Arc<[Finding]>) {
        let mut inner = self.write();
        inner.record(&reading);
        let own = (reading.state, Arc::clone(&findings));
        let joined = Joined { links: reading.links.clone(), findings: Vec::new() };
        let shown = Versioned { revision: inner.next_revision(), reading, findings };
        inner.insert(Entry { shown, own, joined });
        let revision = inner.revision;
        drop(inner);
        self.newest.send_replace(revision);
    }

    /// Records a reading in the history and shows the one that is there: for readings that come late.
    pub fn take_late(&self, reading: &Reading) {
        self.write().record(reading);
    }

    /// Sets what others say about a source, if there is such a source.
    pub fn join(&self, id: &str, joined: Joined) {
        let mut inner = self.write();
        let Some(entry) = inner.entries.get(id).filter(|entry| entry.joined != joined) else { return };
        let mut reading = Arc::clone(&entry.shown.reading);
        let (state, findings) = entry.own.clone();
        let own = Arc::make_mut(&mut reading);
        // If the state becomes another one by this, it does so with the newest reading.
        (own.state, own.state_since) = (state, own.observed_at);
        inner.show(reading, findings, joined);
        let revision = inner.revision;
        drop(inner);
        self.newest.send_replace(revision);
    }

    /// Forgets a source and its history.
    pub fn remove(&self, id: &str) {
        let mut inner = self.write();
        if let Some(gone) = inner.entries.remove(id) {
            inner.by_revision.remove(&gone.shown.revision);
            inner.history.forget(id);
            let revision = inner.next_revision();
            drop(inner);
            self.newest.send_replace(revision);
        }
    }

    /// Sets the budget of the history and how many sources share it.
    pub fn fit_history(&self, max_bytes: u64, sources: usize) {
        self.write().history.fit(max_bytes, sources);
    }

    /// The reading of one source.
    pub fn get(&self, id: &str) -> Option<Versioned> {
        self.read().entries.get(id).map(|entry| entry.shown.clone())
    }

    /// The readings of all sources, sorted by id.
    pub fn all(&self) -> Vec<Versioned> {
        self.read().entries.values().map(|entry| entry.shown.clone()).collect()
    }

    /// The newest reading of every source that changed after `revision`, in the order of the changes.
    pub fn after(&self, revision: u64) -> Vec<Versioned> {
        self.changes(revision).readings
    }

    /// The same, and what it is the state of.
    pub fn changes(&self, after: u64) -> Changes {
        let inner = self.read();
        let changed = inner.by_revision.range(after.saturating_add(1)..);
        let readings = changed.filter_map(|(_, id)| inner.entries.get(id)).map(|entry| entry.shown.clone()).collect();
        Changes { revision: inner.revision, sources: inner.entries.len(), readings }
    }

    /// Whether there is a source with this id.
    pub fn contains(&self, id: &str) -> bool {
        self.read().entries.contains_key(id)
    }

    /// The revision of the newest change.
    pub fn revision(&self) -> u64 {
        self.read().revision
    }

    /// Tells the revision of the newest change.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// One metric of a source, or of a coin of a pool, over the last day; `None` if the source is not known. Empty before the first good
    /// observation, and for a coin that the pool does not have.
    pub fn history(&self, id: &str, coin: Option<&str>, metric: Metric, since_ms: Option<i64>) -> Option<Series> {
        let inner = self.read();
        inner.entries.get(id)?;
        let empty = || Series { metric, step_secs: inner.history.step_secs(), points: Vec::new() };
        Some(inner.history.series(id, coin, metric, since_ms).unwrap_or_else(empty))
    }

    /// One metric of many sources together.
    pub fn trend(&self, metric: Metric, members: &[Member], since_ms: Option<i64>) -> Trend {
        self.read().history.trend(metric, members, since_ms)
    }

    /// The mean hashrate of a source in each half hour of the last day, the current one last.
    pub fn half_hours(&self, id: &str, now: Timestamp) -> HalfHours {
        self.read().history.half_hours(id, now)
    }

    /// What the history holds in bytes.
    pub fn history_bytes(&self) -> u64 {
        self.read().history.bytes()
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Adds a snapshot to the history if it was taken at this reading.
    fn record(&mut self, reading: &Reading) {
        let (Some(at), Some(snapshot)) = (reading.snapshot_at, &reading.snapshot) else { return };
        if reading.failure.is_some() {
            return;
        }
        match &**snapshot {
            Snapshot::Miner(miner) => self.history.record(&reading.source.id, at, miner),
            Snapshot::Pool(pool) => self.history.record_pool(&reading.source.id, at, pool),
            _ => {}
        }
    }

    /// Puts the reading of a source, with what others say about it, under the next revision.
    fn show(&mut self, mut reading: Arc<Reading>, findings: Arc<[Finding]>, joined: Joined) -> Arc<Reading> {
        let revision = self.next_revision();
        let own = (reading.state, Arc::clone(&findings));
        if joined.links != reading.links {
            Arc::make_mut(&mut reading).links.clone_from(&joined.links);
        }
        let mut all = findings;
        if !joined.findings.is_empty() {
            let state = with_joined(reading.state, &joined.findings);
            if state != reading.state {
                let reading = Arc::make_mut(&mut reading);
                (reading.state, reading.state_since) = (state, reading.observed_at);
            }
            all = all.iter().chain(&joined.findings).cloned().collect();
        }
        // Whoever reads a source compares with what is shown, and does not know what others say about it.
        let before = self.entries.get(&reading.source.id).map(|entry| &entry.shown.reading);
        if let Some(before) = before.filter(|it| it.state == reading.state && it.state_since != reading.state_since) {
            let since = before.state_since;
            Arc::make_mut(&mut reading).state_since = since;
        }
        let shown = Versioned { revision, reading: Arc::clone(&reading), findings: all };
        self.insert(Entry { shown, own, joined });
        reading
    }

    fn insert(&mut self, entry: Entry) {
        let (id, revision) = (entry.shown.reading.source.id.clone(), entry.shown.revision);
        if let Some(before) = self.entries.insert(id.clone(), entry) {
            self.by_revision.remove(&before.shown.revision);
        }
        self.by_revision.insert(revision, id);
    }

    fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }
}

#[cfg(test)]
mod tests;
