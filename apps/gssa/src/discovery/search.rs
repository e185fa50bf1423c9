//! One search, from its beginning to its end.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use gssa_view::clock::Clock;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::answer::Answer;
use super::scan::{self, Event, Hosts, Plan, Surroundings};
use super::{Progress, Stage};
use crate::config::Configuration;

/// How many answers of a search are kept.
const MAX_ANSWERS: usize = 4096;

/// A search, as it goes on.
#[derive(Debug)]
pub(super) struct Search {
    plan: Plan,
    stop: CancellationToken,
    state: watch::Sender<State>,
}

/// How far a search is, and what it found.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) progress: Progress,
    pub(super) answers: Vec<Answer>,
    /// Names under which devices announced themselves.
    pub(super) announced: Arc<BTreeMap<Ipv4Addr, String>>,
    /// Where the sources were when it began.
    pub(super) hosts: Arc<Hosts>,
    /// Whether its task has run before.
    begun: bool,
}

impl Search {
    /// A search that has not begun.
    pub(super) fn new(plan: Plan, progress: Progress, stop: CancellationToken) -> Self {
        let (answers, announced, hosts) = (Vec::new(), Arc::default(), Arc::default());
        let state = State { progress, answers, announced, hosts, begun: false };
        Self { plan, stop, state: watch::Sender::new(state) }
    }

    /// How far it is.
    pub(super) fn now(&self) -> State {
        self.state.borrow().clone()
    }

    /// Sees each change.
    pub(super) fn subscribe(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Ends it at once: another one may begin.
    pub(super) fn stop(&self, clock: &dyn Clock) {
        self.stop.cancel();
        self.end(Stage::Stopped, clock);
    }

    pub(super) fn id(&self) -> String {
        self.state.borrow().progress.id.clone()
    }

    pub(super) fn is_running(&self) -> bool {
        self.state.borrow().progress.state == Stage::Running
    }

    pub(super) async fn run(&self, around: &Surroundings, configuration: &Configuration) {
        let mut begun_before = false;
        self.state.send_modify(|state| begun_before = std::mem::replace(&mut state.begun, true));
        if begun_before {
            // The supervisor starts a task again that panicked; hosts are not asked again.
            return self.end(Stage::Failed, &*around.clock);
        }
        let config = configuration.current();
        let hosts = tokio::select! {
            () = self.stop.cancelled() => return self.end(Stage::Stopped, &*around.clock),
            hosts = Hosts::of(&config.config) => Arc::new(hosts),
        };
        self.state.send_modify(|state| state.hosts = Arc::clone(&hosts));
        let tell = |event: Event| {
            self.state.send_if_modified(|state| {
                if state.progress.state != Stage::Running {
                    return false;
                }
                match event {
                    Event::Announced { names, beside } => {
                        state.progress.total += beside;
                        state.announced = Arc::new(names);
                    }
                    Event::Asked(answers) => {
                        state.progress.done += 1;
                        state.progress.found += answers.len() as u64;
                        let room = MAX_ANSWERS.saturating_sub(state.answers.len());
                        state.answers.extend(answers.into_iter().take(room));
                    }
                }
                true
            });
        };
        let is_done = scan::run(&self.plan, &hosts, around, &self.stop, tell).await;
        self.end(if is_done { Stage::Done } else { Stage::Stopped }, &*around.clock);
    }

    fn end(&self, stage: Stage, clock: &dyn Clock) {
        self.state.send_if_modified(|state| {
            let progress = &mut state.progress;
            if progress.state != Stage::Running {
                return false;
            }
            (progress.state, progress.ended_at) = (stage, Some(clock.now()));
            if progress.found > MAX_ANSWERS as u64 {
                progress.notes.push(format!("only the first {MAX_ANSWERS} answers are kept; search smaller ranges"));
            }
            info!(asked = progress.done, answers = progress.found, ?stage, "search ended");
            true
        });
    }
}
