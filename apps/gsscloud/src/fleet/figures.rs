//! The fleet of each agent in a few figures, for those who look at many agents at once.
//!
//! They are of the newest report of every source, which may be old where the agent is away. Where somebody looks at an agent its view has them; else
//! the newest reports are read, and what came of it is kept for as long as nothing new comes, and for half a minute in any case.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gssa_view::store::Store;
use gssa_view::summary::{Count, HashingTotal, summary};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;
use tokio::time::Instant;

use super::{AgentView, Fleet};
use crate::log::{AgentId, LogError, Position};

/// How old figures may be where something new came.
const LAST_FOR: Duration = Duration::from_secs(30);

/// The sources of an agent, in a few figures.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Figures {
    /// All sources.
    pub sources: u64,
    /// Mining devices, by state.
    pub miners: Count,
    /// Hashrate by algorithm.
    pub hashing: BTreeMap<String, HashingTotal>,
    /// Power of all that report it, in watts.
    pub watts: Option<f64>,
}

/// What was read of agents at which nobody looks.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<AgentId, Made>>);

#[derive(Debug)]
struct Made {
    at: Instant,
    /// The newest record then.
    last: Position,
    figures: Figures,
}

impl Known {
    fn made(&self) -> MutexGuard<'_, HashMap<AgentId, Made>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn forget(&self, agent: &AgentId) {
        self.made().remove(agent);
    }
}

impl Figures {
    fn of(store: &Store) -> Self {
        let all = summary(&store.all());
        Self { sources: all.sources, miners: all.miners, hashing: all.hashing, watts: all.watts }
    }
}

impl Fleet {
    /// The figures of an agent whose newest record is `last`. Those that would have to be read are left out from `until` on, unless older ones are
    /// known: whoever looks at very many agents has them with the next looks.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn figures(&self, agent: &AgentId, last: Position, until: Instant) -> Result<Option<Figures>, LogError> {
        if let Some(view) = self.looked_at(agent) {
            return Ok(Some(Figures::of(view.view().store())));
        }
        let now = Instant::now();
        if let Some(made) = self.figures.made().get(agent)
            && (made.last == last || now - made.at < LAST_FOR || now >= until)
        {
            return Ok(Some(made.figures.clone()));
        }
        if now >= until {
            return Ok(None);
        }
        let view = AgentView::new();
        view.show_newest(&self.log.newest(agent).await?);
        let figures = Figures::of(view.view().store());
        let made = Made { at: now, last, figures: figures.clone() };
        self.figures.made().insert(agent.clone(), made);
        Ok(Some(figures))
    }
}
