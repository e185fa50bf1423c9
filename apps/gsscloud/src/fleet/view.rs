//! One view and how far it was fed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gssa_model::Timestamp;
use gssa_uplink::receiver::Shown;
use gssa_view::View;
use gssa_view::clock::SystemClock;
use gssa_view::journal::Journal;
use gssa_view::plan::{Limit, Plan, Plans, USUAL_INTERVAL_SECS, WrittenPlans};
use gssa_view::store::Store;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;

use super::apply::report;
use crate::log::{Content, Entry, Newest, Position, Record};

/// What the history of one view may take, in bytes.
const HISTORY_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// One agent as it is looked at.
#[derive(Debug)]
pub struct AgentView {
    view: Arc<View>,
    plans: watch::Sender<Arc<dyn Plans>>,
    status: Mutex<Status>,
    /// How far the log was fed; `None` while the past is read.
    fed: Mutex<Option<Position>>,
    /// Reports that could not be read.
    unread: AtomicU64,
}

/// What an agent last said of itself.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// When, by our clock.
    pub at: Option<Timestamp>,
    /// What it said.
    pub said: Value,
}

/// What of it is of use here.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    plans: Option<WrittenPlans>,
}

fn usual() -> Arc<dyn Plans> {
    let others = Plan { interval_secs: USUAL_INTERVAL_SECS, chip_celsius: Limit::default() };
    Arc::new(WrittenPlans { etag: "usual".into(), sources: BTreeMap::new(), others })
}

impl AgentView {
    pub(super) fn new() -> Self {
        let clock = Arc::new(SystemClock);
        let (plans, in_force) = watch::channel(usual());
        let (store, journal) = (Arc::new(Store::new(HISTORY_MAX_BYTES)), Arc::new(Journal::new(clock.clone())));
        let view = Arc::new(View::new(store, journal, in_force, clock));
        Self { view, plans, status: Mutex::default(), fed: Mutex::default(), unread: AtomicU64::new(0) }
    }

    /// What is known of the sources.
    pub const fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// What the agent last said of itself, as far as the last day knows.
    pub fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many reports could not be read since this view was made: of an agent that is newer than this program.
    pub fn unread(&self) -> u64 {
        self.unread.load(Ordering::Relaxed)
    }

    fn count_unread(&self) {
        self.unread.fetch_add(1, Ordering::Relaxed);
    }

    fn fed(&self) -> MutexGuard<'_, Option<Position>> {
        self.fed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the log was fed; `None` while the past is read.
    pub(super) fn fed_up_to(&self) -> Option<Position> {
        *self.fed()
    }

    /// Shows the newest report of every source.
    pub(super) fn show_newest(&self, newest: &[Newest]) {
        for newest in newest {
            match report(&newest.report) {
                Some((reading, findings)) => self.view.store().take(reading, findings),
                None => self.count_unread(),
            }
        }
        self.fit();
    }

    /// Shows what came outside of the sequence, where it is newer than what the log has.
    pub(super) fn show(&self, shown: &[Shown]) {
        for shown in shown {
            self.take(&shown.report);
        }
        self.fit();
    }

    /// Takes a record of the past: what is newer than what is shown is shown, the rest is history.
    pub(super) fn fill(&self, record: &Record) {
        let Entry::Range { items, .. } = &record.entry else { return };
        for item in items {
            self.put(item.made_at, &item.content);
        }
    }

    /// Takes a record that was just appended, unless it was taken already. Tells whether nothing is missing before it.
    pub(super) fn feed(&self, record: &Record) -> bool {
        let mut fed = self.fed();
        match *fed {
            Some(position) if record.position == position + 1 => {
                self.fill(record);
                *fed = Some(record.position);
                true
            }
            Some(position) => record.position <= position,
            // It is read with the past.
            None => true,
        }
    }

    /// From now on it is fed; everything up to `read` was taken.
    pub(super) fn begin_feed(&self, read: Position) {
        *self.fed() = Some(read);
    }

    /// Whether a stream looks at it.
    pub(super) fn is_held(&self) -> bool {
        Arc::strong_count(&self.view) > 1
    }

    fn put(&self, made_at: Timestamp, content: &Content) {
        match content {
            Content::Report { report, .. } => self.take(report),
            Content::Event(event) => {
                if let Ok(entry) = serde_json::from_str(event) {
                    self.view.journal().take(entry);
                }
            }
            Content::Status(status) => {
                let Ok(said) = serde_json::from_str::<Value>(status) else { return };
                if let Ok(Said { plans: Some(plans) }) = Said::deserialize(&said) {
                    self.plans.send_if_modified(|in_force| {
                        let is_new = in_force.etag() != plans.etag;
                        if is_new {
                            *in_force = Arc::new(plans);
                        }
                        is_new
                    });
                }
                *self.status.lock().unwrap_or_else(PoisonError::into_inner) = Status { at: Some(made_at), said };
            }
            Content::Sources(sources) => {
                let store = self.view.store();
                for entry in store.all() {
                    if !sources.contains(&entry.reading.source.id) {
                        store.remove(entry.reading.source.id.as_str());
                    }
                }
                self.fit();
            }
        }
    }

    /// Shows a report, or where one that is as new is shown already, adds it to the history.
    fn take(&self, text: &str) {
        let Some((reading, findings)) = report(text) else { return self.count_unread() };
        let store = self.view.store();
        let shown = store.get(reading.source.id.as_str()).and_then(|entry| entry.reading.observed_at);
        if shown.is_some_and(|shown| reading.observed_at.is_none_or(|observed| observed <= shown)) {
            store.take_late(&reading);
        } else {
            store.take(reading, findings);
        }
    }

    fn fit(&self) {
        let store = self.view.store();
        store.fit_history(HISTORY_MAX_BYTES, store.all().len());
    }
}
