//! Every source as one flat row, and what changed in them: what a table on a screen lives on.
//!
//! There is one table for all who look. It is brought up to date when somebody asks, at most once a second, and forgotten when nobody
//! does for a while: without a viewer it costs nothing. Each time that anything changed there is a *delta* with the next sequence number;
//! the last ones are kept, so that who was away goes on where it was, and who was away for too long is told to fetch the table again.
//!
//! A row is kept as the JSON that is sent. To find out what changed in one, its fields are compared as they are written.

mod diff;
mod row;
mod shape;
mod spark;

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gssa_model::{Reading, SourceId};
use tokio::time::Instant;

pub use row::{Row, SnapshotKind};
pub use shape::{DeltaShape, ItemShape};
pub use spark::Spark;

use crate::clock::Clock;
use crate::plan::{Plans, PlansInForce};
use crate::store::{Store, Versioned, half_hour};

/// The table is brought up to date at most so often.
pub const REFRESH_EVERY: Duration = Duration::from_secs(1);

/// How many deltas are kept for those who were away: about a minute.
const MAX_DELTAS: usize = 64;

/// How long they may be together, in bytes. The newest is always kept.
const MAX_DELTA_BYTES: usize = 2 * 1024 * 1024;

/// A table that nobody asked for so long is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(120);

/// The rows of all sources.
#[derive(Debug)]
pub struct Table {
    store: Arc<Store>,
    plans: PlansInForce,
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    rows: BTreeMap<SourceId, Kept>,
    /// The number of the newest delta. It begins with the time of day in seconds and grows by one a second at most, so that a number
    /// of an earlier run of the program is never taken for one of this.
    seq: u64,
    deltas: VecDeque<Delta>,
    /// Whether the rows were made at all.
    is_known: bool,
    /// What of the store is in them.
    revision: u64,
    /// The entity tag of the plans that are in them.
    plans: String,
    half_hour: i64,
    refreshed: Option<Instant>,
    used: Instant,
}

/// A row without its sparkline, and the sparkline.
#[derive(Debug, Clone)]
pub struct Kept {
    json: Arc<str>,
    spark: Spark,
}

/// What changed at once.
#[derive(Debug, Clone)]
pub struct Delta {
    /// One more than that of the delta before.
    pub seq: u64,
    /// As JSON, as [`DeltaShape`] says.
    pub json: Arc<str>,
}

impl Table {
    /// A table over the store; rows are made when it is first asked for.
    pub fn new(store: Arc<Store>, plans: PlansInForce, clock: Arc<dyn Clock>) -> Self {
        let inner = Inner {
            rows: BTreeMap::new(),
            seq: clock.now().unix_ms().unsigned_abs() / 1000,
            deltas: VecDeque::new(),
            is_known: false,
            revision: 0,
            plans: String::new(),
            half_hour: 0,
            refreshed: None,
            used: Instant::now(),
        };
        Self { store, plans, clock, inner: Mutex::new(inner) }
    }

    /// Brings the table up to date, unless that was done less than [`REFRESH_EVERY`] ago; gives when it can be done, if it has to wait.
    pub fn refresh(&self) -> Option<Instant> {
        let mut inner = self.lock();
        let now = Instant::now();
        inner.used = now;
        let half_hour = half_hour(self.clock.now().unix_ms());
        let is_as_planned = inner.plans == self.plans.borrow().etag();
        if inner.is_known && is_as_planned && inner.revision == self.store.revision() && inner.half_hour == half_hour {
            return None;
        }
        if let Some(earliest) = inner.refreshed.map(|last| last + REFRESH_EVERY).filter(|earliest| *earliest > now) {
            return Some(earliest);
        }
        inner.refreshed = Some(now);
        self.update(&mut inner, half_hour);
        None
    }

    /// The rows that `is_wanted`, sorted by id, and the number of the delta that they are up to.
    pub fn rows(&self, is_wanted: impl Fn(&SourceId) -> bool) -> (u64, Vec<Kept>) {
        self.refresh();
        let inner = self.lock();
        let wanted = inner.rows.iter().filter(|(id, _)| is_wanted(id));
        (inner.seq, wanted.map(|(_, kept)| kept.clone()).collect())
    }

    /// The number of the newest delta.
    pub fn seq(&self) -> u64 {
        self.lock().seq
    }

    /// The deltas after number `seq`; `None` if they are not all kept, or there was no such number yet.
    pub fn after(&self, seq: u64) -> Option<Vec<Delta>> {
        let inner = self.lock();
        let missing = usize::try_from(inner.seq.checked_sub(seq)?).ok()?;
        let from = inner.deltas.len().checked_sub(missing)?;
        Some(inner.deltas.range(from..).cloned().collect())
    }

    /// Gives the memory back if nobody has asked for a while.
    pub fn forget_unused(&self) {
        let mut inner = self.lock();
        if inner.used.elapsed() >= FORGET_AFTER && inner.is_known {
            (inner.rows, inner.deltas) = (BTreeMap::new(), VecDeque::new());
            (inner.is_known, inner.revision) = (false, 0);
        }
    }

    fn update(&self, inner: &mut Inner, half_hour: i64) {
        let is_first = !std::mem::replace(&mut inner.is_known, true);
        let is_new_half_hour = std::mem::replace(&mut inner.half_hour, half_hour) != half_hour;
        let plans = Arc::clone(&self.plans.borrow());
        if inner.plans != plans.etag() {
            plans.etag().clone_into(&mut inner.plans);
            // Every row may be another one.
            inner.revision = 0;
        }
        let changes = self.store.changes(inner.revision);
        inner.revision = changes.revision;
        let mut items = Items::default();
        for entry in &changes.readings {
            self.update_row(inner, entry, &*plans, is_new_half_hour, &mut items);
        }
        if is_new_half_hour && !is_first {
            self.update_sparks(inner, &mut items);
        }
        let removed = if inner.rows.len() == changes.sources { Vec::new() } else { self.remove_gone(inner) };
        if is_first {
            // Who has a number from before has seen rows that are not known here any more.
            inner.seq += 1;
        } else if !(items.text.is_empty() && removed.is_empty()) {
            inner.push_delta(&items.text, &removed);
        }
    }

    fn update_row(
        &self,
        inner: &mut Inner,
        entry: &Versioned,
        plans: &dyn Plans,
        is_new_half_hour: bool,
        items: &mut Items,
    ) {
        let id = &entry.reading.source.id;
        let row = Row::new(entry, plans.of(&entry.reading));
        let expected_hps = row.expected_hps;
        // A row is plain words and finite numbers: it can be written.
        let Ok(json) = serde_json::to_string(&row) else { return };
        let before = inner.rows.get(id);
        let spark = match before {
            Some(kept) if !kept.spark.is_empty() && !is_new_half_hour => kept.spark,
            _ => self.spark(id, expected_hps),
        };
        items.add(id, before, &json, &spark);
        inner.rows.insert(id.clone(), Kept { json: json.into(), spark });
    }

    /// Moves every sparkline on by a half hour.
    fn update_sparks(&self, inner: &mut Inner, items: &mut Items) {
        for (id, kept) in &mut inner.rows {
            let expected_hps = self.store.get(id.as_str()).and_then(|entry| expected_hps(&entry.reading));
            let spark = self.spark(id, expected_hps);
            if spark != kept.spark {
                items.add(id, Some(kept), &kept.json, &spark);
                kept.spark = spark;
            }
        }
    }

    fn spark(&self, id: &SourceId, expected_hps: Option<f64>) -> Spark {
        Spark::new(&self.store.half_hours(id.as_str(), self.clock.now()), expected_hps)
    }

    fn remove_gone(&self, inner: &mut Inner) -> Vec<SourceId> {
        let gone: Vec<_> = inner.rows.keys().filter(|id| !self.store.contains(id.as_str())).cloned().collect();
        for id in &gone {
            inner.rows.remove(id);
        }
        gone
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn push_delta(&mut self, items: &str, removed: &[SourceId]) {
        self.seq += 1;
        let removed = serde_json::to_string(removed).unwrap_or_else(|_| "[]".into());
        let json = format!("{{\"seq\":{},\"items\":[{items}],\"removed\":{removed}}}", self.seq);
        self.deltas.push_back(Delta { seq: self.seq, json: json.into() });
        let mut bytes: usize = self.deltas.iter().map(|delta| delta.json.len()).sum();
        while self.deltas.len() > 1 && (self.deltas.len() > MAX_DELTAS || bytes > MAX_DELTA_BYTES) {
            bytes -= self.deltas.pop_front().map_or(0, |oldest| oldest.json.len());
        }
    }
}

impl Kept {
    /// Appends the whole row.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.whole().as_bytes());
    }

    fn whole(&self) -> String {
        let mut whole = self.json.strip_suffix('}').unwrap_or_default().to_owned();
        if !self.spark.is_empty() {
            diff::write_field(&mut whole, "spark", &spark_json(&self.spark));
        }
        whole.push('}');
        whole
    }
}

fn spark_json(spark: &Spark) -> String {
    serde_json::to_string(spark).unwrap_or_else(|_| "[]".into())
}

/// The items of a delta, divided by commas.
#[derive(Default)]
struct Items {
    text: String,
}

impl Items {
    /// Adds what changed from `before` to the row `json` with `spark`, if anything.
    fn add(&mut self, id: &SourceId, before: Option<&Kept>, json: &str, spark: &Spark) {
        let start = self.text.len();
        if start > 0 {
            self.text.push(',');
        }
        let Some(before) = before else {
            self.text.push_str(&Kept { json: json.into(), spark: *spark }.whole());
            return;
        };
        // Ids have no character that JSON would write otherwise.
        let _ = write!(self.text, "{{\"id\":\"{id}\"");
        let mut any = diff::write_changes(&mut self.text, &before.json, json).unwrap_or(false);
        if before.spark != *spark {
            diff::write_field(&mut self.text, "spark", &spark_json(spark));
            any = true;
        }
        if any {
            self.text.push('}');
        } else {
            self.text.truncate(start);
        }
    }
}

fn expected_hps(reading: &Reading) -> Option<f64> {
    Some(reading.snapshot.as_deref()?.as_miner()?.hashing.expected_hps?.get())
}

#[cfg(test)]
mod tests;
