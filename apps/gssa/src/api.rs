//! The local API: what the agent knows, as JSON over HTTP/1 on the private network.
//!
//! It is an [`App`] on [`gssa_serve`], which has the server and the routes that show sources. Here is what only the agent has.
//!
//! | question | where |
//! |---|---|
//! | which paths there are, who may call them, what they take and give | the table in `route` |
//! | may this request | `access`, from the facts of the request and the `policy` |
//! | what everybody may have: the web interface | [`Site`], or `page` in a build without it |
//! | which errors are its own | `problem` |
//!
//! No route writes to a device. Handlers read from the store and the event log and change only the configuration, sessions and the
//! time of the next poll.

mod about;
pub mod access;
mod configuration;
mod discovery;
mod hooks;
mod importing;
mod openapi;
mod page;
mod policy;
mod probe;
mod problem;
mod readings;
mod route;
mod session;
mod setup;
mod status;
mod uplinks;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use gssa_model::Timestamp;
use gssa_serve::app::Purpose;
use gssa_serve::door::Door;
use gssa_serve::facts::Facts;
use gssa_serve::password::Passwords;
use gssa_serve::router::{Params, Router};
use gssa_serve::sessions::Sessions;
use gssa_serve::sse::{Streams, to_json};
use gssa_serve::token::Digest;
use gssa_serve::view::{Aside, Shown, Shows};
use gssa_serve::{App, Error, Response, Route, Site};
use gssa_view::View;
use gssa_view::clock::Clock;
use gssa_view::journal::Journal;
use gssa_view::store::Store;
use http::request;

use crate::config::{Configuration, Loaded, Password};
use crate::discovery::Discovery;
use crate::hooks::Hooks;
use crate::refresh::Refresh;
use crate::schedule::PollStats;
use crate::uplink::Uplinks;
use crate::usage::Meter;

pub use openapi::openapi;
pub use status::Version;

use access::{Allowed, Class, Credentials};
use policy::Policy;
use setup::SetupCode;

/// Gives something to show at the time of the call.
pub type Now<T> = Arc<dyn Fn() -> T + Send + Sync>;

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
    pub metrics: Now<String>,
    /// What is not ready yet, in one line for people; `None` when everything is.
    pub unready: Now<Option<String>>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// What this program is.
    pub version: Version,
    /// The name of this machine, by which it may be called.
    pub hostname: Option<String>,
}

/// The local API, ready to be [served](gssa_serve::serve).
pub struct Api {
    parts: Parts,
    router: Router<Api>,
    sessions: Sessions,
    passwords: Passwords,
    setup: SetupCode,
    policy: Mutex<Option<(Arc<Loaded>, Arc<Policy>)>>,
    streams: Streams,
    view: Arc<View>,
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
            view: Arc::new(View::new(store, journal, parts.configuration.plans(), clock)),
            meter: Meter::default(),
            started_at: parts.clock.now(),
            parts,
            router: Router::new(route::routes()),
            sessions: Sessions::default(),
            passwords: Passwords::default(),
            setup: SetupCode::default(),
            policy: Mutex::default(),
            streams: Streams::default(),
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

    /// What the caller showed. A session counts as long as the password does that it was opened with.
    fn credentials(&self, facts: &Facts, policy: &Policy, purpose: Purpose) -> Credentials {
        if let Some(token) = facts.bearer {
            return Credentials::Bearer(token);
        }
        let (Some(id), Some(mark)) = (&facts.session, &policy.password_mark) else { return Credentials::None };
        let is_mark = |_: &str, of: &Digest| of.is(mark);
        let owner = match purpose {
            Purpose::Request => self.sessions.used_by(id, is_mark),
            Purpose::Stream => self.sessions.held_by(id, is_mark),
        };
        owner.map_or(Credentials::None, |_| Credentials::Session)
    }

    fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }
}

impl App for Api {
    type Class = Class;
    type Caller = Allowed;
    const COOKIE: &'static str = "gssa_session";

    fn router(&self) -> &Router<Self> {
        &self.router
    }

    fn door(&self) -> Arc<Door> {
        Arc::clone(&self.policy().door)
    }

    fn admit(&self, facts: &Facts, route: &Route<Self>, _: &Params, purpose: Purpose) -> Result<Allowed, Error> {
        let policy = self.policy();
        access::decide(facts, self.credentials(facts, &policy, purpose), &policy, route.class)
    }

    fn page(&self, head: &request::Parts) -> Result<Response, Error> {
        gssa_serve::page::answer(&self.parts.site, head, || page::home(self))
    }
}

impl Shows for Api {
    fn shown(self: &Arc<Self>, _: &Params) -> Result<Shown, Error> {
        let api = Arc::clone(self);
        Ok(Shown { view: Arc::clone(&self.view), agent: Arc::new(move || about::status(&api)) })
    }

    fn streams(&self) -> &Streams {
        &self.streams
    }

    fn aside(self: &Arc<Self>) -> Option<Aside> {
        let uplinks = Arc::clone(&self.parts.uplinks);
        let changes = uplinks.subscribe();
        Some(Aside { event: "uplinks", changes, json: Arc::new(move || to_json(&uplinks.status())) })
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

#[cfg(test)]
mod tests {
    use gssa_serve::facts::Peer;
    use gssa_serve::password::hash_password;
    use serde_json::json;

    use super::*;

    /// An API with nothing behind it but this configuration.
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

    #[tokio::test(start_paused = true)]
    async fn a_stream_goes_on_as_long_as_its_session_and_does_not_keep_it() {
        let api = test_api(&json!({ "server": { "password_hash": hash_password("correct horse") } }));
        let id = api.sessions.open(session::ADMIN, api.policy().password_mark.unwrap());
        let mut request = http::Request::get("/api/v1/events").body(()).unwrap();
        request.headers_mut().insert(http::header::COOKIE, format!("gssa_session={id}").parse().unwrap());
        let peer = Peer { address: [127, 0, 0, 1].into(), bound_to_loopback: true, is_tls: false };
        let facts = Facts::read(&request.into_parts().0, peer, &api.door(), Api::COOKIE).unwrap();
        let route = api.router.find("/api/v1/events").unwrap();
        let route = route.route(&http::Method::GET).unwrap();
        let may = |purpose| api.admit(&facts, route, &Params::default(), purpose).is_ok();
        let hours = |n: u64| std::time::Duration::from_secs(n * 3600);
        tokio::time::advance(hours(7)).await;
        assert!(may(Purpose::Stream));
        tokio::time::advance(hours(4)).await;
        assert!(may(Purpose::Request), "a stream is no use, a request is one");
        tokio::time::advance(hours(7)).await;
        assert!(may(Purpose::Stream));
        tokio::time::advance(hours(5)).await;
        assert!(!may(Purpose::Stream));
    }
}
