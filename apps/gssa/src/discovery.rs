//! The search for devices on the private network.
//!
//! | question | where |
//! |---|---|
//! | which addresses, and which never | [`targets`] |
//! | in which networks this machine stands | [`own`] |
//! | who is asked when, and how gently | [`scan`] |
//! | who announces itself, beside those who are asked | [`mdns`] |
//! | what answered | [`answer`] |
//! | how far a search is | `search` |
//! | whose is it: new, known, moved, ignored | [`findings`], pure |
//! | what a new one is as a source | [`adding`] |
//! | one search at a time, the last few kept | [`Discovery`] |
//!
//! A search sends no credentials and changes nothing. A host has at most one request open, together with the schedule of the sources;
//! a source that answered a short while ago is not asked again.
//!
//! A device is the same one when its MAC address is, or else its serial number; never because of its address alone, unless it or the
//! source has neither. What a source is known by is what it said since the agent started.

pub mod adding;
pub mod answer;
pub mod findings;
pub mod mdns;
pub mod own;
pub mod scan;
mod search;
pub mod targets;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gssa_model::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;
use tracing::info;

use self::findings::{Finding, Known};
use self::own::{Own, OwnRange};
use self::scan::{Plan, Surroundings};
use self::search::Search;
use self::targets::{BadTargets, OWN, Targets};
use crate::config::Configuration;
use crate::supervise::Supervisor;

/// The ports that are asked when none are named: those of AxeOS and of cgminer.
pub const DEFAULT_PORTS: [u16; 2] = [80, 4028];

/// The ports that are asked beside them, when none are named, where a host is: those of pools and of managers.
pub const SERVICE_PORTS: [u16; 3] = [gssa_gss::DEFAULT_PORT, gssa_gss::GSE_DEFAULT_PORT, gssa_mim::DEFAULT_PORT];

/// How many hosts are asked at the same time when nothing is said.
pub const DEFAULT_CONCURRENCY: usize = 64;

/// The most hosts that are asked at the same time.
pub const MAX_CONCURRENCY: usize = 256;

/// The most ports of one search.
pub const MAX_PORTS: usize = 16;

/// How many searches are kept.
const MAX_KEPT: usize = 4;

/// What to search.
#[derive(Debug, Clone)]
pub struct Request {
    /// The range, as [`Targets::parse`] reads it.
    pub range: String,
    /// The ports, each once is enough.
    pub ports: Vec<u16>,
    /// Hosts at the same time.
    pub concurrency: usize,
    /// Whether addresses outside of the private network are allowed.
    pub force: bool,
}

impl Default for Request {
    fn default() -> Self {
        Self { range: OWN.into(), ports: DEFAULT_PORTS.into(), concurrency: DEFAULT_CONCURRENCY, force: false }
    }
}

/// Why a search does not begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The range cannot be searched.
    #[error(transparent)]
    Targets(#[from] BadTargets),
    /// The ports cannot be.
    #[error("ports: 1 to {MAX_PORTS} of 1 to 65535")]
    Ports,
    /// The number of hosts cannot be.
    #[error("concurrency: 1 to {MAX_CONCURRENCY}")]
    Concurrency,
    /// Another one is under way.
    #[error("a search is under way already: {id}")]
    UnderWay {
        /// That one.
        id: String,
    },
}

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Under way.
    Running,
    /// All addresses were asked.
    Done,
    /// Stopped by somebody, or with the agent.
    Stopped,
    /// It broke; the log says why.
    Failed,
}

/// A search.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Progress {
    /// Its name.
    pub id: String,
    /// How far it is.
    pub state: Stage,
    /// Where it searches, as it was asked for.
    pub range: String,
    /// At which ports.
    pub ports: Vec<u16>,
    /// How many addresses there are; those that announced themselves are added to them.
    pub total: u64,
    /// How many of them were asked.
    pub done: u64,
    /// How many answers came.
    pub found: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What to know about it, for people.
    pub notes: Vec<String>,
}

/// A search and what it found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// How far it is.
    #[serde(flatten)]
    pub progress: Progress,
    /// What answers, by status and address. What a finding means is judged anew at each look.
    pub results: Vec<Finding>,
}

/// What can be searched, and what was.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Overview {
    /// The networks of this machine: what is searched when no range is named.
    pub own: Vec<OwnRange>,
    /// The ports that are asked when none are named.
    pub ports: Vec<u16>,
    /// What to know about this machine's networks, for people.
    pub notes: Vec<String>,
    /// The searches that are kept, the latest first.
    pub searches: Vec<Progress>,
}

/// Owns the searches: one at a time, the last few are kept.
#[derive(Debug)]
pub struct Discovery {
    around: Surroundings,
    configuration: Configuration,
    supervisor: Supervisor,
    searches: Mutex<VecDeque<Arc<Search>>>,
}

impl Discovery {
    /// Nothing is searched yet. Searches are tasks of `supervisor`.
    pub fn new(around: Surroundings, configuration: Configuration, supervisor: Supervisor) -> Self {
        Self { around, configuration, supervisor, searches: Mutex::default() }
    }

    /// Begins a search.
    pub fn start(&self, request: &Request) -> Result<Progress, StartError> {
        let own = Own::read();
        let plan = plan(request, &own)?;
        let notes = if searches_own(&request.range) { own.notes } else { Vec::new() };
        self.begin(plan, request.range.clone(), notes)
    }

    fn begin(&self, plan: Plan, range: String, notes: Vec<String>) -> Result<Progress, StartError> {
        let mut searches = self.lock();
        if let Some(running) = searches.iter().find(|search| search.is_running()) {
            return Err(StartError::UnderWay { id: running.id() });
        }
        let progress = Progress {
            id: format!("{:08x}", fastrand::u32(..)),
            state: Stage::Running,
            range,
            ports: plan.ports.clone(),
            total: plan.targets.len(),
            done: 0,
            found: 0,
            started_at: self.around.clock.now(),
            ended_at: None,
            notes,
        };
        info!(range = progress.range, addresses = progress.total, "search begun");
        let stop = self.supervisor.stop().child_token();
        let search = Arc::new(Search::new(plan, progress.clone(), stop.clone()));
        searches.push_front(Arc::clone(&search));
        searches.truncate(MAX_KEPT);
        drop(searches);
        let (around, configuration) = (self.around.clone(), self.configuration.clone());
        self.supervisor.spawn("search", stop, move || {
            let (search, around, configuration) = (Arc::clone(&search), around.clone(), configuration.clone());
            async move { search.run(&around, &configuration).await }
        });
        Ok(progress)
    }

    /// Stops a search; tells whether there is one of this name.
    pub fn stop(&self, id: &str) -> bool {
        let found = self.find(id);
        if let Some(search) = &found {
            search.stop(&*self.around.clock);
        }
        found.is_some()
    }

    /// A search and what it found so far.
    pub fn report(&self, id: &str) -> Option<Report> {
        let state = self.find(id)?.now();
        let loaded = self.configuration.current();
        let mut results = Known::new(&loaded.config, &self.around.store, &state.hosts.names).findings(&state.answers);
        for finding in &mut results {
            finding.announced = state.announced.get(&finding.ip).cloned();
        }
        Some(Report { progress: state.progress, results })
    }

    /// Follows how far a search is, until its end.
    pub async fn follow(&self, id: &str, mut on_change: impl FnMut(&Progress)) {
        let Some(search) = self.find(id) else { return };
        let mut changes = search.subscribe();
        loop {
            let progress = changes.borrow_and_update().progress.clone();
            on_change(&progress);
            if progress.state != Stage::Running || changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// What can be searched, and what was.
    pub fn overview(&self) -> Overview {
        let own = Own::read();
        let searches = self.lock().iter().map(|search| search.now().progress).collect();
        Overview { own: own.ranges(), ports: DEFAULT_PORTS.into(), notes: own.notes, searches }
    }

    fn find(&self, id: &str) -> Option<Arc<Search>> {
        self.lock().iter().find(|search| search.id() == id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Search>>> {
        self.searches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a request comes to.
fn plan(request: &Request, own: &Own) -> Result<Plan, StartError> {
    let mut ports = Vec::new();
    for &port in &request.ports {
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    if ports.is_empty() || ports.len() > MAX_PORTS || ports.contains(&0) {
        return Err(StartError::Ports);
    }
    if !(1..=MAX_CONCURRENCY).contains(&request.concurrency) {
        return Err(StartError::Concurrency);
    }
    let targets = Targets::parse(&request.range, &own.subnets, request.force)?;
    let ports_if_there = if ports == DEFAULT_PORTS { SERVICE_PORTS.into() } else { Vec::new() };
    // Somebody who names a range means just that.
    let announcements = if searches_own(&request.range) { own.announcements() } else { None };
    Ok(Plan { targets, ports, ports_if_there, concurrency: request.concurrency, announcements })
}

/// Whether the networks of this machine are part of a range.
fn searches_own(range: &str) -> bool {
    range.split(',').any(|part| part.trim().eq_ignore_ascii_case(OWN))
}
