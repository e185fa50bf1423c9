//! Everything about one agent, together.

use std::sync::Arc;

use crate::clock::Clock;
use crate::journal::Journal;
use crate::plan::PlansInForce;
use crate::store::Store;
use crate::table::Table;
use crate::totals::Totals;

/// What is known of the sources of one agent.
#[derive(Debug)]
pub struct View {
    store: Arc<Store>,
    journal: Arc<Journal>,
    plans: PlansInForce,
    clock: Arc<dyn Clock>,
    table: Arc<Table>,
    totals: Totals,
    run: String,
}

impl View {
    /// Over these parts, which others fill.
    ///
    /// # Panics
    /// If the operating system gives no random bytes.
    pub fn new(store: Arc<Store>, journal: Arc<Journal>, plans: PlansInForce, clock: Arc<dyn Clock>) -> Self {
        let run = getrandom::u32().expect("the operating system has random bytes");
        Self {
            table: Arc::new(Table::new(Arc::clone(&store), plans.clone(), Arc::clone(&clock))),
            totals: Totals::default(),
            run: format!("{run:08x}"),
            store,
            journal,
            plans,
            clock,
        }
    }

    /// The readings and their history.
    pub const fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// What happened.
    pub const fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// How often sources are asked.
    pub const fn plans(&self) -> &PlansInForce {
        &self.plans
    }

    /// The time of day.
    pub const fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Every source as one flat row.
    pub const fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// Summary and issues as text.
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Tells this view from another one of the same agent, in entity tags and ids of events: revisions begin anew with each.
    pub fn run(&self) -> &str {
        &self.run
    }
}
