//! How often each source is asked and what it is judged by.

use std::sync::Arc;

use gssa_model::{Reading, SourceKind};

use crate::config::{Limits, Loaded};

/// The plans of all sources.
#[derive(Debug)]
pub(crate) struct Plans {
    loaded: Arc<Loaded>,
    /// Places in the list of sources, sorted by id.
    by_id: Vec<u32>,
}

/// That of one source.
pub(crate) struct Plan {
    /// The time between two attempts.
    pub(crate) interval_secs: u64,
    /// When its values deserve attention.
    pub(crate) limits: Limits,
}

impl Plans {
    /// As this configuration has them.
    pub(crate) fn new(loaded: Arc<Loaded>) -> Self {
        let sources = &loaded.config.sources;
        let mut by_id: Vec<u32> = (0..sources.len() as u32).collect();
        by_id.sort_unstable_by_key(|at| &sources[*at as usize].id);
        Self { loaded, by_id }
    }

    /// Another configuration may be in force.
    pub(crate) fn follow(&mut self, loaded: Arc<Loaded>) {
        if !Arc::ptr_eq(&self.loaded, &loaded) {
            *self = Self::new(loaded);
        }
    }

    /// The plan of the source of a reading.
    pub(crate) fn of(&self, reading: &Reading) -> Plan {
        let (config, kind) = (&self.loaded.config, reading.source.kind);
        let found = self.by_id.binary_search_by_key(&&reading.source.id, |at| &config.sources[*at as usize].id);
        let Ok(at) = found else {
            let interval_secs = config.polling.interval_secs.into();
            return Plan { interval_secs, limits: config.limits.get(&kind).copied().unwrap_or_default() };
        };
        let source = &config.sources[self.by_id[at] as usize];
        let (schedule, limits) = if source.kind == SourceKind::Auto {
            (config.schedule_as(source, kind), config.limits_as(source, kind))
        } else {
            (source.schedule, source.limits)
        };
        Plan { interval_secs: schedule.interval().as_secs(), limits }
    }
}
