//! Everything that is served: the door for agents, and what people see.
//!
//! | who | what |
//! |---|---|
//! | everybody | whether it lives, the way to log in, the page |
//! | agents, by their token | the door, where the gateway decides |
//! | users, by a session | the agents that they see, and of each what its own API shows of its sources |
//! | administrators | all agents; enrolment, users |
//! | this machine, or an administrator | `/metrics` |
//!
//! Who may do what is decided in one place ([`Api::admit`](gssa_serve::App::admit)) from the class of the route and the agent in the path. An
//! agent that somebody does not see is for them one that is not there.

mod access;
mod agents;
mod door;
mod issues;
mod openapi;
mod overview;
mod route;
mod session;
mod status;
mod stream;
mod users;

use std::sync::Arc;

use gssa_model::Timestamp;
use gssa_serve::door::Door;
use gssa_serve::facts::Facts;
use gssa_serve::router::{Params, Router};
use gssa_serve::sessions::Sessions;
use gssa_serve::sse::Streams;
use gssa_serve::view::{Shown, Shows};
use gssa_serve::{App, Error, Purpose, Response, Route, Site};
use http::request;

use crate::clock;
use crate::db::Db;
use crate::fleet::Fleet;
use crate::gateway::Gateway;
use crate::log::{AgentId, Log, Retention};
use crate::registry::Registry;

use access::{Class, Who};
pub use openapi::openapi;
pub use overview::{AgentOverview, Overview};

/// Streams of all users together.
const MAX_STREAMS: usize = 512;

/// What is served from.
#[derive(Debug)]
pub struct Parts {
    /// The door for agents.
    pub gateway: Arc<Gateway>,
    /// Who may send and look.
    pub registry: Arc<Registry>,
    /// What agents sent.
    pub log: Arc<dyn Log>,
    /// What is known of those that are looked at.
    pub fleet: Arc<Fleet>,
    /// The file.
    pub db: Db,
    /// How much is kept.
    pub retention: Retention,
    /// Whether everybody may read the metrics.
    pub open_metrics: bool,
    /// Whether browsers that came by TLS are told to come by nothing else.
    pub tls_only: bool,
    /// By which names it may be called, and through which proxies.
    pub door: Door,
    /// The web interface.
    pub site: Site,
}

/// What is served.
pub struct Api {
    parts: Parts,
    router: Router<Api>,
    sessions: Sessions,
    streams: Streams,
    door: Arc<Door>,
    started_at: Timestamp,
}

impl Api {
    /// Over these parts.
    pub fn new(parts: Parts) -> Self {
        Self {
            router: Router::new(route::routes()),
            sessions: Sessions::default(),
            streams: Streams::new(MAX_STREAMS),
            door: Arc::new(parts.door.clone()),
            started_at: clock::now(),
            parts,
        }
    }

    /// Who showed this session, as they are now.
    fn who(&self, facts: &Facts, purpose: Purpose) -> Who {
        let Some(id) = &facts.session else { return Who::Nobody };
        let registry = &self.parts.registry;
        let is_mark =
            |name: &str, mark: &gssa_serve::token::Digest| registry.user(name).is_some_and(|user| user.mark().is(mark));
        let owner = match purpose {
            Purpose::Request => self.sessions.used_by(id, is_mark),
            Purpose::Stream => self.sessions.held_by(id, is_mark),
        };
        owner.and_then(|name| registry.user(&name)).map_or(Who::Nobody, Who::User)
    }
}

/// The part of a path that names an agent.
const AGENT: &str = "agent_id";

impl App for Api {
    type Class = Class;
    type Caller = Who;
    const COOKIE: &'static str = "gsscloud_session";

    fn router(&self) -> &Router<Self> {
        &self.router
    }

    fn door(&self) -> Arc<Door> {
        Arc::clone(&self.door)
    }

    fn admit(&self, facts: &Facts, route: &Route<Self>, params: &Params, purpose: Purpose) -> Result<Who, Error> {
        let who = self.who(facts, purpose);
        if route.class == Class::Here && self.parts.open_metrics {
            return Ok(who);
        }
        access::decide(facts, &who, route.class, params.get(AGENT), |id| {
            id.parse().is_ok_and(|id: AgentId| self.parts.registry.agent(&id).is_some())
        })?;
        Ok(who)
    }

    fn is_tls_only(&self) -> bool {
        self.parts.tls_only
    }

    fn page(&self, head: &request::Parts) -> Result<Response, Error> {
        let home = || {
            gssa_serve::page::page(
                "GSSA cloud",
                "<p>This build has no web interface; the API is below <code>/api/v1</code>.</p>\n",
            )
        };
        gssa_serve::page::answer(&self.parts.site, head, home)
    }
}

impl Shows for Api {
    fn shown(self: &Arc<Self>, params: &Params) -> Result<Shown, Error> {
        let unknown = || access::unknown_agent();
        let id: AgentId = params.get(AGENT).parse().map_err(|_| unknown())?;
        let agent = self.parts.registry.agent(&id).ok_or_else(unknown)?;
        let view = self.parts.fleet.view(&id, self.parts.gateway.presence())?;
        let (api, shown) = (self.clone(), view.view().clone());
        Ok(Shown { view: shown, agent: Arc::new(move || status::of_agent(&api, &agent, &view)) })
    }

    fn streams(&self) -> &Streams {
        &self.streams
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("parts", &self.parts).finish_non_exhaustive()
    }
}
