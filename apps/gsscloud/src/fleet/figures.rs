//! The fleet of each agent in a few figures, for those who look at many agents at once.
//!
//! They are of the newest report of every source, which may be old where the agent is away. Where somebody looks at an agent its view has them; else
//! the newest reports are read, and what came of it is kept for as long as nothing new comes, and for half a minute in any case.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gssa_view::store::Store;
use gssa_view::summary::{Count, HashingTotal, summary};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;
use tokio::time::{Instant, timeout};
use tracing::warn;

use super::{AgentView, Fleet};
use crate::log::{AgentId, Position};

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
pub(super) struct Known {
    made: Mutex<HashMap<AgentId, Made>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug)]
struct Made {
    at: Instant,
    /// The newest record then.
    last: Position,
    figures: Figures,
}

impl Known {
    fn made(&self) -> MutexGuard<'_, HashMap<AgentId, Made>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// The figures of these agents, whose newest record is at each. What has to be read for them is waited for so long; whoever looks at very many
    /// agents has some of them with the next look.
    pub async fn figures(self: &Arc<Self>, of: &[(AgentId, Position)], wait: Duration) -> BTreeMap<AgentId, Figures> {
        let due: Vec<(AgentId, Position)> =
            of.iter().filter(|(agent, last)| !self.knows(agent, *last)).cloned().collect();
        // One reads for all who look.
        if let (false, Ok(turn)) = (due.is_empty(), self.figures.turn.clone().try_lock_owned()) {
            let fleet = self.clone();
            let reading = tokio::spawn(async move {
                let _turn = turn;
                for (agent, last) in due {
                    fleet.read_figures(&agent, last).await;
                }
            });
            let _ = timeout(wait, reading).await;
        }
        of.iter().filter_map(|(agent, _)| Some((agent.clone(), self.known_figures(agent)?))).collect()
    }

    /// Whether there are figures of an agent that are new enough.
    fn knows(&self, agent: &AgentId, last: Position) -> bool {
        let is_new = |made: &Made| made.last == last || made.at.elapsed() < LAST_FOR;
        self.looked_at(agent).is_some() || self.figures.made().get(agent).is_some_and(is_new)
    }

    fn known_figures(&self, agent: &AgentId) -> Option<Figures> {
        match self.looked_at(agent) {
            Some(view) => Some(Figures::of(view.view().store())),
            None => self.figures.made().get(agent).map(|made| made.figures.clone()),
        }
    }

    async fn read_figures(&self, agent: &AgentId, last: Position) {
        let at = Instant::now();
        match self.log.newest(agent).await {
            Ok(newest) => {
                let view = AgentView::new();
                view.show_newest(&newest);
                let figures = Figures::of(view.view().store());
                self.figures.made().insert(agent.clone(), Made { at, last, figures });
            }
            Err(error) => warn!(%agent, error = %error, "what an agent sent cannot be read"),
        }
    }
}
