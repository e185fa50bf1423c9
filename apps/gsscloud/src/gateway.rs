//! The door for agents: checks who knocks, takes what they send into the log, and says what is stored.
//!
//! ```text
//!  WebSocket ─► socket ─┐
//!                       ├─► intake ─► receiver (pure) ─► log ─► ack
//!  POST ──────► letter ─┘     │
//!                          presence: who is connected, once each
//! ```
//!
//! A gateway keeps nothing that is not in the log, the state of open connections aside. It reads no faster than it stores: a message is unpacked
//! only when the budget has room for it, and a connection with as many unacknowledged batches as it may have is not read.

mod budget;
mod intake;
mod letter;
mod presence;
mod rate;
mod socket;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gssa_serve::Response;
use gssa_serve::token::Digest;
use gssa_uplink::wire::Limits;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Request, StatusCode};
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tracing::{debug, info};

use crate::http::Refused;
use crate::log::Log;
use crate::registry::{Agent, Registry};

use budget::Budget;
pub use presence::{Connected, Door, Presence, Seen};
pub use rate::Rates;

/// The path of the door.
pub const PATH: &str = "/agent";

/// How long conversations may take to end.
const CLOSE_TIME: Duration = Duration::from_secs(3);

/// What a gateway lets an agent use.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What `welcome` says.
    pub limits: Limits,
    /// How much one agent may send.
    pub rates: Rates,
    /// How much may be unpacked and not yet stored, over all agents, in bytes.
    pub budget_bytes: usize,
    /// Agents that may be connected at the same time.
    pub max_agents: usize,
    /// Nothing for so long is the end of a connection.
    pub silence: Duration,
    /// For `hello`, for what is written, and for the storage.
    pub deadline: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            rates: Rates::default(),
            budget_bytes: 64 * 1024 * 1024,
            max_agents: 10_000,
            silence: Duration::from_secs(60),
            deadline: Duration::from_secs(30),
        }
    }
}

/// What happened since the start.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "each is what it says")]
pub struct Tallies {
    pub connections: AtomicU64,
    pub letters: AtomicU64,
    pub batches: AtomicU64,
    pub items: AtomicU64,
    pub bytes: AtomicU64,
    pub unpacked_bytes: AtomicU64,
    pub refused: AtomicU64,
    pub unauthorised: AtomicU64,
    pub duplicates: AtomicU64,
    pub waits: AtomicU64,
}

/// How far the end of the program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// Agents are asked to connect anew within so many seconds.
    Draining {
        within_secs: u64,
    },
    Closed,
}

/// The door for agents.
#[derive(Debug)]
pub struct Gateway {
    log: Arc<dyn Log>,
    registry: Arc<Registry>,
    presence: Presence,
    settings: Settings,
    budget: Budget,
    tallies: Tallies,
    under_way: letter::UnderWay,
    phase: watch::Sender<Phase>,
    conversations: TaskTracker,
    version: &'static str,
}

impl Gateway {
    /// A gateway in front of `log`.
    pub fn new(log: Arc<dyn Log>, registry: Arc<Registry>, settings: Settings, version: &'static str) -> Self {
        Self {
            log,
            registry,
            presence: Presence::default(),
            budget: Budget::new(settings.budget_bytes),
            settings,
            tallies: Tallies::default(),
            under_way: letter::UnderWay::default(),
            phase: watch::Sender::new(Phase::Open),
            conversations: TaskTracker::new(),
            version,
        }
    }

    /// Who is connected, and who was.
    pub const fn presence(&self) -> &Presence {
        &self.presence
    }

    /// What happened since the start.
    pub const fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    /// Asks every agent to connect anew at a random moment within this time, and takes no new ones.
    pub fn drain(&self, within: Duration) {
        self.phase.send_replace(Phase::Draining { within_secs: within.as_secs().max(1) });
    }

    /// Closes every connection, and waits until what they sent is stored.
    pub async fn close(&self) {
        self.phase.send_replace(Phase::Closed);
        self.conversations.close();
        let _ = tokio::time::timeout(CLOSE_TIME, self.conversations.wait()).await;
    }

    /// Closes the connections of agents whose tokens were taken away, for as long as it runs.
    pub async fn follow_registry(&self) {
        let mut changes = self.registry.changes();
        while changes.changed().await.is_ok() {
            self.presence.expel(|id| self.registry.agent(id).is_none_or(|agent| agent.revoked_at.is_some()));
        }
    }

    /// Answers a request at [`PATH`].
    pub async fn answer(self: &Arc<Self>, request: Request<Incoming>, from: IpAddr) -> Response {
        match self.dispatch(request, from).await {
            Ok(response) => response,
            Err(refused) => refused.into_response(),
        }
    }

    async fn dispatch(self: &Arc<Self>, request: Request<Incoming>, from: IpAddr) -> Result<Response, Refused> {
        let Some((agent, token)) = self.admit(request.headers()) else {
            self.tallies.unauthorised.fetch_add(1, Ordering::Relaxed);
            debug!(%from, "no such token");
            return Err(Refused::new(StatusCode::UNAUTHORIZED, "unauthorised", "no agent has this token"));
        };
        let unavailable = |kind, detail| Refused::new(StatusCode::SERVICE_UNAVAILABLE, kind, detail).retry_after(5);
        if *self.phase.borrow() != Phase::Open {
            return Err(unavailable("ending", "this receiver is being restarted"));
        }
        let door = if *request.method() == Method::POST { Door::Post } else { Door::Websocket };
        if let Err(wait) = self.presence.knock(&agent.id, door, self.settings.max_agents) {
            let told = Refused::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "too many connections");
            return Err(told.retry_after(wait.as_secs().max(1)));
        }
        // What the token was good for before it is not any more.
        if let Err(error) = self.registry.use_token(&agent.id, &token).await {
            info!(agent = %agent.id, error = %error, "the use of a token cannot be noted");
            return Err(unavailable("storage", "the log cannot be written"));
        }
        match door {
            Door::Websocket => socket::upgrade(self.clone(), agent, request, from),
            Door::Post => letter::answer(self, agent, request, from).await,
        }
    }

    /// Whose token the request has.
    fn admit(&self, headers: &HeaderMap) -> Option<(Arc<Agent>, Digest)> {
        let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let token = Digest::of(token.trim());
        Some((self.registry.agent_of(&token)?, token))
    }
}
