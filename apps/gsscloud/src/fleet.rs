//! What is known of the sources of each agent, made from the log for those that somebody looks at.
//!
//! A [`View`](gssa_view::View) is made at the first look: the newest report of every source at once, then the day before it, record after record, then what comes.
//! Nobody looks for a quarter of an hour, and it is gone; nothing is in it that is not in the log. So the memory goes with those who look, not
//! with those who send.

mod apply;
mod figures;
mod view;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gssa_serve::Error;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tracing::{debug, warn};

use crate::gateway::Presence;
use crate::log::{AgentId, Log, LogError};

pub use figures::Figures;
pub use view::{AgentView, Status};

/// A view that nobody looked at for so long is given up.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// Views at the same time; one more replaces the one that was looked at longest ago.
const MAX_VIEWS: usize = 256;

/// What is read of the log in one piece, in bytes.
const PIECE_BYTES: usize = 256 * 1024;

/// The span of the history of a view.
const SPAN_MS: u64 = 24 * 3600 * 1000;

/// The views that are looked at.
#[derive(Debug)]
pub struct Fleet {
    log: Arc<dyn Log>,
    views: Mutex<HashMap<AgentId, Entry>>,
    figures: figures::Known,
}

#[derive(Debug)]
struct Entry {
    view: Arc<AgentView>,
    used_at: Instant,
}

impl Fleet {
    /// Over this log.
    pub fn new(log: Arc<dyn Log>) -> Self {
        Self { log, views: Mutex::default(), figures: figures::Known::default() }
    }

    fn views(&self) -> MutexGuard<'_, HashMap<AgentId, Entry>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The view of an agent. If there is none it is made with the newest report of every source; the rest follows by a task.
    ///
    /// # Errors
    /// The log cannot be read, or as many are looked at as may be.
    pub fn view(self: &Arc<Self>, agent: &AgentId, presence: &Presence) -> Result<Arc<AgentView>, Error> {
        let mut views = self.views();
        if let Some(entry) = views.get_mut(agent) {
            entry.used_at = Instant::now();
            return Ok(entry.view.clone());
        }
        if views.len() >= MAX_VIEWS {
            let unheld = views.iter().filter(|(_, entry)| !entry.view.is_held());
            let oldest = unheld.min_by_key(|(_, entry)| entry.used_at).map(|(id, _)| id.clone());
            let oldest = oldest.ok_or_else(|| Error::NotReady { what: "too many agents are looked at".into() })?;
            views.remove(&oldest);
        }
        let view = Arc::new(AgentView::new());
        // Whoever asks sees all sources; it is some milliseconds for most agents, and once.
        let newest = wait_for(self.log.newest(agent)).map_err(|error| {
            warn!(%agent, error = %error, "what an agent sent cannot be read");
            Error::Internal
        })?;
        view.show_newest(&newest);
        for now in presence.seen(agent).now {
            view.show(&now);
        }
        views.insert(agent.clone(), Entry { view: view.clone(), used_at: Instant::now() });
        drop(views);
        let (fleet, agent, made) = (self.clone(), agent.clone(), view.clone());
        tokio::spawn(async move {
            if let Err(error) = fleet.fill(&agent, &made).await {
                warn!(%agent, error = %error, "what an agent sent cannot be read");
                fleet.views().remove(&agent);
            }
        });
        Ok(view)
    }

    /// Reads the last day; from then on the view is fed.
    async fn fill(&self, agent: &AgentId, view: &AgentView) -> Result<(), LogError> {
        let since = crate::clock::before(crate::clock::now(), SPAN_MS);
        let mut after = self.log.since(agent, since).await?;
        loop {
            let records = self.log.read(agent, after, PIECE_BYTES).await?;
            let Some(last) = records.last() else { break };
            after = last.position;
            for record in &records {
                view.fill(record);
            }
            tokio::task::yield_now().await;
        }
        view.begin_feed(after);
        self.catch_up(agent, view).await?;
        debug!(%agent, "a view is complete");
        Ok(())
    }

    /// Reads what a view missed.
    async fn catch_up(&self, agent: &AgentId, view: &AgentView) -> Result<(), LogError> {
        while let Some(after) = view.fed_up_to() {
            let records = self.log.read(agent, after, PIECE_BYTES).await?;
            if records.is_empty() {
                break;
            }
            for record in &records {
                view.feed(record);
            }
        }
        Ok(())
    }

    /// Feeds the views with what is appended and with what is only shown, for as long as it runs.
    pub async fn follow(self: Arc<Self>, presence: &Presence) {
        let (mut appended, mut now) = (self.log.watch(), presence.now());
        loop {
            tokio::select! {
                next = appended.recv() => match next {
                    Ok(next) => {
                        if let Some(view) = self.looked_at(&next.agent)
                            && !view.feed(&next.record)
                        {
                            self.repair(&next.agent, &view).await;
                        }
                    }
                    Err(RecvError::Lagged(_)) => {
                        let views: Vec<_> =
                            self.views().iter().map(|(id, entry)| (id.clone(), entry.view.clone())).collect();
                        for (agent, view) in views {
                            self.repair(&agent, &view).await;
                        }
                    }
                    Err(RecvError::Closed) => return,
                },
                next = now.recv() => match next {
                    Ok(next) => {
                        if let Some(view) = self.looked_at(&next.agent) {
                            view.show(&next.shown);
                        }
                    }
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }

    async fn repair(&self, agent: &AgentId, view: &AgentView) {
        if let Err(error) = self.catch_up(agent, view).await {
            warn!(%agent, error = %error, "what an agent sent cannot be read");
        }
    }

    /// Gives up what nobody looks at.
    pub fn tidy(&self) {
        self.views().retain(|_, entry| {
            entry.view.view().table().forget_unused();
            entry.view.is_held() || entry.used_at.elapsed() < IDLE
        });
    }

    /// Forgets an agent.
    pub fn forget(&self, agent: &AgentId) {
        self.views().remove(agent);
        self.figures.forget(agent);
    }

    /// Whether the view of an agent has everything that the log has.
    pub fn is_complete(&self, agent: &AgentId) -> bool {
        self.looked_at(agent).is_some_and(|view| view.fed_up_to().is_some())
    }

    /// How many views there are.
    pub fn len(&self) -> usize {
        self.views().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn looked_at(&self, agent: &AgentId) -> Option<Arc<AgentView>> {
        self.views().get(agent).map(|entry| entry.view.clone())
    }
}

/// Waits for something of the log where nothing can be awaited; on a runtime of many threads others go on meanwhile.
fn wait_for<T: Send>(future: impl Future<Output = T> + Send) -> T {
    let handle = tokio::runtime::Handle::current();
    let is_one_of_many = handle.runtime_flavor() == tokio::runtime::RuntimeFlavor::MultiThread;
    // A thread of a runtime cannot wait for a future of it; another one can.
    let wait = || {
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| handle.block_on(future));
            waiting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    };
    if is_one_of_many { tokio::task::block_in_place(wait) } else { wait() }
}
