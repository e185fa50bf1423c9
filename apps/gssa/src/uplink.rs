//! The links to receivers outside: which there are, and that each goes on as long as it is the same.
//!
//! ```text
//! store, journal ──Follower──► Feed ──Privacy──► Link (gssa-uplink) ──► receiver
//!                                                  │
//!                         API, /metrics ◄── Report ┘
//! ```
//!
//! A link is one task with a ring of its own. It follows store and journal as an event stream does, so nothing here is waited for by anybody
//! else, and nobody else's lock is held. What changes only how a receiver is reached leaves the ring as it is; what changes what may be sent, or
//! to whom, is another link: what was made for the old one does not go out any more.

mod feed;
mod preview;
pub mod privacy;
mod settings;
mod status;
mod trial;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gssa_model::{SourceId, Timestamp};
use gssa_serve::token::random;
use gssa_uplink::client::{Change, Link, Report};
use gssa_uplink::session::{Session, State};
use gssa_uplink::wire::Epoch;
use gssa_view::View;
use gssa_view::journal::EntryKind;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::config::{Configuration, Uplink};
use crate::supervise::Supervisor;
use feed::Feed;
pub use preview::Preview;
use settings::Used;
pub use status::{Uplink as UplinkStatus, Uplinks as UplinkList};
pub use trial::Trial;

/// How often the files of tokens are looked at.
const LOOK_AT_TOKENS_EVERY: Duration = Duration::from_secs(15);

/// Changes that wait for a link; it takes them at once.
const CHANGES: usize = 8;

/// All links.
#[derive(Debug)]
pub struct Uplinks {
    view: Arc<View>,
    configuration: Configuration,
    supervisor: Supervisor,
    /// What ages are measured from.
    started: Instant,
    started_at: Timestamp,
    running: Mutex<BTreeMap<SourceId, Running>>,
    /// Counts up when any of them is different.
    changed: watch::Sender<u64>,
    /// One receiver is tried at a time.
    trials: tokio::sync::Mutex<()>,
}

/// A link that runs.
#[derive(Debug)]
struct Running {
    /// As it was configured.
    uplink: Uplink,
    used: Used,
    report: watch::Receiver<Report>,
    changes: mpsc::Sender<Change>,
    stop: CancellationToken,
}

impl Uplinks {
    /// No links yet.
    pub fn new(view: Arc<View>, configuration: Configuration, supervisor: Supervisor) -> Self {
        Self {
            configuration,
            supervisor,
            started: Instant::now(),
            started_at: view.clock().now(),
            view,
            running: Mutex::default(),
            changed: watch::Sender::new(0),
            trials: tokio::sync::Mutex::default(),
        }
    }

    /// Sees when a link is different.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Puts the configuration in force: links come, go, or go on another way.
    pub fn apply(self: &Arc<Self>) {
        let loaded = self.configuration.current();
        let wanted = loaded.config.uplinks.iter().filter(|uplink| uplink.enabled);
        let wanted: BTreeMap<&SourceId, &Uplink> = wanted.map(|uplink| (&uplink.id, uplink)).collect();
        let mut running = self.lock();
        running.retain(|id, running| {
            let goes_on = wanted.get(id).is_some_and(|uplink| settings::is_same_link(&running.uplink, uplink));
            if !goes_on {
                running.stop.cancel();
            }
            goes_on
        });
        for (id, uplink) in wanted {
            match running.get_mut(id) {
                Some(running) => self.adjust(running, uplink),
                None => drop(self.start(uplink).map(|started| running.insert(id.clone(), started))),
            }
        }
        drop(running);
        self.touch();
    }

    /// Looks after the tokens in files until the agent stops.
    pub async fn watch_tokens(self: Arc<Self>) {
        let stop = self.supervisor.stop().clone();
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_AT_TOKENS_EVERY)).await.is_some() {
            let in_file = |(id, running): (&SourceId, &Running)| {
                Some((id.clone(), running.uplink.token_file.clone()?, running.used.clone(), running.changes.clone()))
            };
            let files: Vec<_> = self.lock().iter().filter_map(in_file).collect();
            for (id, file, used, changes) in files {
                let read = tokio::task::spawn_blocking(move || crate::config::read_secret_file(&file)).await;
                let Ok(Ok(token)) = read else { continue };
                let before = used.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if before.is_some_and(|before| before != token) {
                    info!(uplink = %id, "there is another token in the file of the uplink");
                    let _ = changes.try_send(Change::Token);
                }
            }
        }
    }

    /// A link that goes on, with what is different.
    fn adjust(&self, running: &mut Running, uplink: &Uplink) {
        let settings = settings::of(uplink, &self.configuration.current().config, self.started_at);
        let _ = running.changes.try_send(Change::Settings(settings));
        if settings::is_reached_otherwise(&running.uplink, uplink)
            && let Some(dialer) = settings::dialer(uplink, &running.used)
        {
            let _ = running.changes.try_send(Change::Dialer(Arc::new(dialer)));
        }
        running.uplink = uplink.clone();
    }

    fn start(self: &Arc<Self>, uplink: &Uplink) -> Option<Running> {
        let loaded = self.configuration.current();
        let used = Used::default();
        let dialer = settings::dialer(uplink, &used)?;
        let session = Session::new(
            settings::of(uplink, &loaded.config, self.started_at),
            Epoch::from_random(u128::from_ne_bytes(random())),
            u64::from_ne_bytes(random()),
        );
        let clock = self.view.clock().clone();
        let link = Arc::new(Link::new(session, Arc::new(dialer), self.started, Arc::new(move || clock.now())));
        let (changes, to_change) = mpsc::channel(CHANGES);
        let stop = self.supervisor.stop().child_token();
        let to_change = Arc::new(tokio::sync::Mutex::new(to_change));
        // One that is started again after a panic goes on with what is new.
        let is_first = AtomicBool::new(true);
        let (uplinks, id, run, until) = (self.clone(), uplink.id.clone(), link.clone(), stop.clone());
        self.supervisor.spawn(format!("uplink {id}"), stop.clone(), move || {
            let (run, until, to_change) = (run.clone(), until.clone(), to_change.clone());
            let is_first = is_first.swap(false, Ordering::Relaxed);
            let feed =
                Feed::new(&id, &uplinks.view, &uplinks.configuration, run.subscribe(), uplinks.started, is_first);
            async move {
                let Some(mut feed) = feed else { return };
                run.run(&mut feed, &mut *to_change.lock().await, until).await;
            }
        });
        let (uplinks, id, report, until) = (self.clone(), uplink.id.clone(), link.subscribe(), stop.clone());
        self.supervisor.spawn(format!("uplink {id} diary"), stop.clone(), move || {
            keep_diary(uplinks.clone(), id.clone(), report.clone(), until.clone())
        });
        Some(Running { uplink: uplink.clone(), used, report: link.subscribe(), changes, stop })
    }

    /// How each link that runs is.
    pub fn reports(&self) -> Vec<(SourceId, Report)> {
        self.lock().iter().map(|(id, running)| (id.clone(), running.report.borrow().clone())).collect()
    }

    fn touch(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SourceId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what a person would like to know of a link into log and journal: changes, not attempts.
async fn keep_diary(uplinks: Arc<Uplinks>, id: SourceId, mut report: watch::Receiver<Report>, stop: CancellationToken) {
    let mut before = State::Connecting;
    while let Some(Ok(())) = stop.run_until_cancelled(report.changed()).await {
        let (state, trouble) = {
            let report = report.borrow_and_update();
            (report.status.state, report.status.trouble.as_ref().map(|trouble| trouble.text.clone()))
        };
        uplinks.touch();
        let (was_on, is_on) = (is_on(before), is_on(state));
        let text = match state {
            _ if state == before => None,
            State::On | State::CatchingUp if !was_on => Some(format!("uplink {id} is connected")),
            State::Trouble | State::Rejected if was_on || before == State::Connecting || state == State::Rejected => {
                Some(format!("uplink {id}: {}", trouble.unwrap_or_default()))
            }
            _ => None,
        };
        before = state;
        let Some(text) = text else { continue };
        if is_on {
            info!(uplink = %id, "{text}");
        } else {
            warn!(uplink = %id, "{text}");
        }
        uplinks.view.journal().write(EntryKind::Uplink, None, text);
    }
}

const fn is_on(state: State) -> bool {
    matches!(state, State::On | State::CatchingUp)
}

#[cfg(test)]
impl Uplinks {
    /// Links of an agent without a configuration.
    pub(crate) fn of_nothing(store: &Arc<gssa_view::store::Store>) -> Self {
        let path = "/nowhere/config.json".into();
        let options =
            crate::config::Options { path, env: Vec::new(), overrides: serde_json::json!({}), supported: &[] };
        let configuration = Configuration::load(options);
        let clock = Arc::new(gssa_view::clock::SystemClock);
        let journal = Arc::new(gssa_view::journal::Journal::new(clock.clone()));
        let view = Arc::new(View::new(store.clone(), journal, configuration.plans(), clock));
        Self::new(view, configuration, Supervisor::default())
    }
}
