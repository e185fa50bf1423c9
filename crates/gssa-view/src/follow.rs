//! What changes, for whoever follows along: a position in the store and in the journal, never a queue of events.
//!
//! A follower that is slow or was away gets the newest reading of each source that changed since, and every journal entry that is still
//! kept. What it costs does not depend on how slow it is. In place of readings it can follow the changes of the [table](crate::table),
//! which all such followers share.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::View;
use crate::journal::{Entry, Journal};
use crate::plan::{Plans, PlansInForce};
use crate::store::{Store, Versioned};
use crate::table::{Delta, Table};

/// Totals are told at most so often.
const TOTALS_EVERY: Duration = Duration::from_secs(1);

/// How far a follower has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The revision of the last reading, or the number of the last delta of the table.
    pub readings: u64,
    /// The number of the last journal entry.
    pub journal: u64,
}

/// One thing that changed.
#[derive(Debug, Clone)]
pub enum Change {
    /// A source has a new reading.
    Reading(Versioned),
    /// The table changed.
    Delta(Delta),
    /// The table changed in a way that is not kept any more; it has to be fetched again.
    Missed,
    /// Something was written into the journal.
    Entry(Arc<Entry>),
    /// Other plans are in force.
    Config(Arc<dyn Plans>),
    /// Summary and issues may be others.
    Totals,
}

/// What is followed, beside the journal and the plans.
#[derive(Debug)]
enum Watched {
    Readings(Arc<Store>),
    /// The table, and when it is to be looked at again, if anything changed since it was.
    Table(Arc<Table>, Option<Instant>),
}

/// Follows store or table, journal and plans from a position on.
#[derive(Debug)]
pub struct Follower {
    watched: Watched,
    journal: Arc<Journal>,
    readings: watch::Receiver<u64>,
    entries: watch::Receiver<u64>,
    plans: PlansInForce,
    position: Position,
    pending: VecDeque<Change>,
    /// When totals are to be told next, if anything changed since they were.
    totals_due: Option<Instant>,
    totals_told: Option<Instant>,
}

impl Follower {
    /// Follows from `after` on, or from now on. `None` if what came after is not kept any more or was never here.
    pub fn new(view: &View, after: Option<Position>) -> Option<Self> {
        let (store, journal) = (view.store(), view.journal());
        let now = Position { readings: store.revision(), journal: *journal.subscribe().borrow() };
        let position = after.unwrap_or(now);
        let is_known = position.readings <= now.readings;
        is_known.then(|| Self::at(position, Watched::Readings(store.clone()), view)).flatten()
    }

    /// Follows the table in place of readings. Positions of the one mean nothing to the other.
    pub fn of_table(view: &View, after: Option<Position>) -> Option<Self> {
        let (table, journal) = (view.table(), view.journal());
        table.refresh();
        let now = Position { readings: table.seq(), journal: *journal.subscribe().borrow() };
        let position = after.unwrap_or(now);
        table.after(position.readings)?;
        Self::at(position, Watched::Table(table.clone(), None), view)
    }

    fn at(position: Position, watched: Watched, view: &View) -> Option<Self> {
        let (store, journal) = (view.store(), view.journal());
        let mut plans = view.plans().clone();
        plans.mark_unchanged();
        let (mut readings, mut entries) = (store.subscribe(), journal.subscribe());
        if position.journal > *entries.borrow() || !journal.reaches_back_to(position.journal) {
            return None;
        }
        readings.mark_changed();
        entries.mark_changed();
        Some(Self {
            watched,
            journal: journal.clone(),
            readings,
            entries,
            plans,
            position,
            pending: VecDeque::new(),
            totals_due: Some(Instant::now()),
            totals_told: None,
        })
    }

    /// Whether it follows the table.
    pub const fn is_of_table(&self) -> bool {
        matches!(self.watched, Watched::Table(..))
    }

    /// How far this follower has seen.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The next change; waits for it. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Change {
        loop {
            if let Some(change) = self.pending.pop_front() {
                match &change {
                    Change::Reading(reading) => self.position.readings = reading.revision,
                    Change::Delta(delta) => self.position.readings = delta.seq,
                    Change::Entry(entry) => self.position.journal = entry.seq,
                    Change::Missed | Change::Config(_) | Change::Totals => {}
                }
                return change;
            }
            let totals_due = self.totals_due;
            let table_due = if let Watched::Table(_, due) = &self.watched { *due } else { None };
            tokio::select! {
                biased;
                Ok(()) = self.plans.changed() => {
                    let plans = Arc::clone(&self.plans.borrow_and_update());
                    self.pending.push_back(Change::Config(plans));
                }
                Ok(()) = self.entries.changed() => {
                    self.entries.mark_unchanged();
                    self.pending.extend(self.journal.after(self.position.journal).into_iter().map(Change::Entry));
                }
                Ok(()) = self.readings.changed() => self.take_readings(),
                () = sleep_until(table_due) => self.take_deltas(),
                () = sleep_until(totals_due) => {
                    (self.totals_due, self.totals_told) = (None, Some(Instant::now()));
                    self.pending.push_back(Change::Totals);
                }
                else => std::future::pending().await,
            }
        }
    }

    /// Has the table looked at even if no reading changed: with the time its sparklines move on.
    pub fn look(&mut self) {
        if let Watched::Table(_, due) = &mut self.watched {
            *due = due.or_else(|| Some(Instant::now()));
        }
    }

    /// Totals are to be told again at `due`: what was told is not up to date.
    pub fn totals_again(&mut self, due: Instant) {
        self.totals_due = Some(self.totals_due.map_or(due, |earlier| earlier.min(due)));
    }

    fn take_readings(&mut self) {
        self.readings.mark_unchanged();
        match &mut self.watched {
            Watched::Readings(store) => {
                self.pending.extend(store.after(self.position.readings).into_iter().map(Change::Reading));
            }
            Watched::Table(_, due) => *due = due.or_else(|| Some(Instant::now())),
        }
        if self.totals_due.is_none() {
            let earliest = self.totals_told.map(|told| told + TOTALS_EVERY);
            self.totals_due = Some(earliest.unwrap_or_else(Instant::now));
        }
    }

    fn take_deltas(&mut self) {
        let Watched::Table(table, due) = &mut self.watched else { return };
        *due = table.refresh();
        if let Some(deltas) = table.after(self.position.readings) {
            self.pending.extend(deltas.into_iter().map(Change::Delta));
        } else {
            self.position.readings = table.seq();
            self.pending.push_back(Change::Missed);
        }
    }
}

/// Waits for a time, or for ever.
async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use gssa_model::{Reading, Source, SourceKind};

    use super::*;
    use crate::clock::SystemClock;
    use crate::journal::EntryKind;
    use crate::plan::{Limit, Plan, WrittenPlans};

    struct Bench {
        view: View,
        plans: watch::Sender<Arc<dyn Plans>>,
    }

    fn plans(etag: &str) -> Arc<dyn Plans> {
        let others = Plan { interval_secs: 30, chip_celsius: Limit::default() };
        Arc::new(WrittenPlans { etag: etag.into(), sources: BTreeMap::new(), others })
    }

    impl Bench {
        fn new() -> Self {
            let clock = Arc::new(SystemClock);
            let journal = Arc::new(Journal::new(clock.clone()));
            let (plans, in_force) = watch::channel(plans("first"));
            Self { view: View::new(Arc::new(Store::new(1 << 20)), journal, in_force, clock), plans }
        }

        fn follow(&self, after: Option<Position>) -> Option<Follower> {
            Follower::new(&self.view, after)
        }

        fn put(&self, id: &str) {
            let source = Source::new(id.parse().unwrap(), SourceKind::Axeos, "");
            self.view.store().put(Arc::new(Reading::pending(Arc::new(source))), Arc::new([]));
        }
    }

    /// What a change is about.
    async fn next(follower: &mut Follower) -> String {
        match follower.next().await {
            Change::Reading(entry) => entry.reading.source.id.to_string(),
            Change::Delta(delta) => delta.json.to_string(),
            Change::Missed => "missed".into(),
            Change::Entry(entry) => entry.text.clone(),
            Change::Config(plans) => plans.etag().into(),
            Change::Totals => "totals".into(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_follower_gets_the_newest_of_each_and_totals_once_a_second() {
        let bench = Bench::new();
        bench.put("before");
        let mut follower = bench.follow(None).unwrap();
        assert_eq!(next(&mut follower).await, "totals", "whoever comes is told at once");
        for _ in 0..1000 {
            bench.put("a");
            bench.put("b");
        }
        let start = Instant::now();
        assert_eq!([next(&mut follower).await, next(&mut follower).await], ["a", "b"]);
        assert_eq!(next(&mut follower).await, "totals");
        assert_eq!(start.elapsed(), TOTALS_EVERY);
        assert_eq!(follower.position(), Position { readings: 2001, journal: 0 });
    }

    #[tokio::test(start_paused = true)]
    async fn a_follower_goes_on_where_it_was() {
        let bench = Bench::new();
        bench.put("a");
        bench.view.journal().write(EntryKind::Agent, None, "one");
        bench.put("b");
        bench.view.journal().write(EntryKind::Agent, None, "two");
        let mut follower = bench.follow(Some(Position { readings: 1, journal: 1 })).unwrap();
        assert_eq!([next(&mut follower).await, next(&mut follower).await], ["two", "b"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_follower_is_told_of_other_plans_and_not_of_those_it_came_to() {
        let bench = Bench::new();
        let mut follower = bench.follow(None).unwrap();
        assert_eq!(next(&mut follower).await, "totals");
        bench.plans.send_replace(plans("second"));
        assert_eq!(next(&mut follower).await, "second");
    }

    #[test]
    fn a_position_that_was_never_here_is_none() {
        let bench = Bench::new();
        for _ in 0..crate::journal::MAX_ENTRIES + 2 {
            bench.view.journal().write(EntryKind::Agent, None, "entry");
        }
        let follows = |readings, journal| bench.follow(Some(Position { readings, journal })).is_some();
        assert!(follows(0, 2) && follows(0, 5002));
        assert!(!follows(0, 1), "an entry that came after is gone");
        assert!(!follows(1, 5002) && !follows(0, 5003), "not yet here");
    }
}
