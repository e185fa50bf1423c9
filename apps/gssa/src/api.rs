//! The local API: what the agent knows, as JSON over HTTP/1 on the private network.
//!
//! ```text
//! listener ─ server ─ headers, gzip, panics ─ service ─ route ─ access ─ handler
//!            (limits)                        (Host,     (table)  (pure)   (one file a resource)
//!                                             deadline)
//! ```
//!
//! | question | where |
//! |---|---|
//! | which paths there are, who may call them, what they take and give | the table in `route` |
//! | may this request | `access`, from the facts of the request (`facts`) and the `policy` |
//! | what everybody may have: the web interface | [`site`], or `page` in a build without it |
//! | how an error looks | `problem`, RFC 9457 everywhere |
//! | how much of what | named constants in [`server`] and beside each reader |
//!
//! No route writes to a device. Handlers read from the store and the event log and change only the configuration, sessions and the
//! time of the next poll.

mod about;
mod access;
mod configuration;
mod discovery;
mod events;
mod facts;
mod fields;
mod headers;
mod history;
mod hooks;
mod host;
mod importing;
mod journal;
mod openapi;
mod page;
mod password;
mod policy;
mod probe;
mod problem;
mod query;
mod readings;
mod request;
mod response;
mod route;
mod router;
pub mod server;
mod service;
mod session;
mod sessions;
mod setup;
pub mod site;
mod sse;
mod stall;
mod status;
mod summary;
mod throttle;
mod token;
mod uplinks;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use gssa_model::Timestamp;
use gssa_view::View;
use gssa_view::clock::Clock;
use gssa_view::journal::Journal;
use gssa_view::store::Store;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::config::{Configuration, Loaded, Password};
use crate::discovery::Discovery;
use crate::hooks::Hooks;
use crate::refresh::Refresh;
use crate::schedule::PollStats;
use crate::uplink::Uplinks;
use crate::usage::Meter;

pub use openapi::openapi;
pub use password::{BadPassword, check_password, hash_password};
pub use server::serve;
pub use site::Site;
pub use status::Version;
pub use token::{NewToken, new_token};

use password::Passwords;
use policy::Policy;
use router::Router;
use sessions::Sessions;
use setup::SetupCode;

/// Gives something to show at the time of the call.
pub type Shown<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// What the API shows and what it passes requests on to.
pub struct Parts {
    /// The last reading of every source.
    pub store: Arc<Store>,
    /// What happened.
    pub journal: Arc<Journal>,
    /// Takes webhooks.
    pub hooks: Arc<Hooks>,
    /// The configuration and its file.
    pub configuration: Configuration,
    /// Polls and probes on request.
    pub refresh: Arc<dyn Refresh>,
    /// Searches for devices.
    pub discovery: Arc<Discovery>,
    /// The links to receivers.
    pub uplinks: Arc<Uplinks>,
    /// The web interface.
    pub site: Site,
    /// What the pollers count.
    pub stats: Arc<PollStats>,
    /// The metrics as Prometheus text.
    pub metrics: Shown<String>,
    /// What is not ready yet, in one line for people; `None` when everything is.
    pub unready: Shown<Option<String>>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// What this program is.
    pub version: Version,
    /// The name of this machine, by which it may be called.
    pub hostname: Option<String>,
}

/// The local API, ready to be [served](serve).
pub struct Api {
    parts: Parts,
    router: Router,
    sessions: Sessions,
    passwords: Passwords,
    setup: SetupCode,
    policy: Mutex<Option<(Arc<Loaded>, Arc<Policy>)>>,
    streams: Arc<Semaphore>,
    view: View,
    meter: Meter,
    started_at: Timestamp,
}

impl Api {
    /// The API over these parts.
    ///
    /// # Panics
    /// If the operating system gives no random bytes.
    pub fn new(parts: Parts) -> Self {
        let (store, journal, clock) = (parts.store.clone(), parts.journal.clone(), parts.clock.clone());
        Self {
            view: View::new(store, journal, parts.configuration.plans(), clock),
            meter: Meter::default(),
            started_at: parts.clock.now(),
            parts,
            router: Router::new(),
            sessions: Sessions::default(),
            passwords: Passwords::default(),
            setup: SetupCode::default(),
            policy: Mutex::default(),
            streams: Arc::new(Semaphore::new(sse::MAX_STREAMS)),
        }
    }

    /// The one-time code of the first set-up, for the log; `None` when a password is set, or may be.
    pub fn setup_code(&self) -> Option<String> {
        (self.policy().password == Password::NotSet).then(|| self.setup.code())
    }

    /// Gives memory back that nobody has used for a while.
    pub fn tidy(&self) {
        self.view.table().forget_unused();
    }

    /// The rules of access as configured now.
    fn policy(&self) -> Arc<Policy> {
        let loaded = self.parts.configuration.current();
        let mut kept = self.policy.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((of, policy)) if Arc::ptr_eq(of, &loaded) => Arc::clone(policy),
            _ => {
                let policy = Arc::new(Policy::new(&loaded.config.server, self.parts.hostname.as_deref()));
                *kept = Some((loaded, Arc::clone(&policy)));
                policy
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("version", &self.version).finish_non_exhaustive()
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("parts", &self.parts).finish_non_exhaustive()
    }
}

/// What stops the API and each of its streams.
type Stop = CancellationToken;

/// An API with nothing behind it but this configuration.
#[cfg(test)]
fn test_api(config: &serde_json::Value) -> Arc<Api> {
    use gssa_view::clock::SystemClock;

    use crate::config::Options;
    use crate::probe::ProbeReport;
    use crate::schedule::{Refreshed, Spec};

    struct Nobody;
    #[async_trait::async_trait]
    impl Refresh for Nobody {
        async fn refresh(&self, _: &str) -> Refreshed {
            Refreshed::Unknown
        }
        async fn probe(&self, _: Spec) -> ProbeReport {
            unreachable!("no test probes")
        }
    }

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    std::fs::write(&path, config.to_string()).unwrap();
    let options = Options { path, env: Vec::new(), overrides: serde_json::json!({}), supported: &[] };
    let clock = Arc::new(SystemClock);
    let (store, configuration) = (Arc::new(Store::new(1 << 20)), Configuration::load(options));
    let gate = Arc::new(crate::schedule::Gate::new(1));
    let around = crate::discovery::scan::Surroundings { store: store.clone(), gate, clock: clock.clone() };
    let journal = Arc::new(Journal::new(clock.clone()));
    Arc::new(Api::new(Parts {
        discovery: Arc::new(Discovery::new(around, configuration.clone(), crate::supervise::Supervisor::default())),
        uplinks: Arc::new(Uplinks::of_nothing(&store)),
        store,
        site: Site::default(),
        hooks: Arc::new(Hooks::new(journal.clone(), clock.clone())),
        journal,
        configuration,
        refresh: Arc::new(Nobody),
        stats: Arc::default(),
        metrics: Arc::new(String::new),
        unready: Arc::new(|| None),
        clock,
        version: Version { name: "gssa", version: "0.0.0", commit: None, target: "test" },
        hostname: None,
    }))
}
