//! Who listens in on exchanges: a recorder of what a peer really answers, below everything that reads it.
//!
//! A [`Tap`] is set over a future, and is told of every exchange in it, whichever client makes it and however deep. Nothing is passed
//! through the crates between, and without a tap an exchange costs one look at a task-local. Tasks that the future spawns are not
//! covered.
//!
//! What a client sends to prove itself never reaches a tap: of the headers of a request it gets the names.
//!
//! A protocol crate with a transport of its own tells its exchanges with [`Watch`].

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gssa_model::FailureReason;
use tokio::time::Instant;

tokio::task_local! {
    static TAP: Arc<dyn Tap>;
}

/// Is told of exchanges when they are over.
pub trait Tap: fmt::Debug + Send + Sync {
    /// An exchange has ended. Called where it ended, by the task that made it: it must not block.
    fn exchanged(&self, exchange: Exchange);
}

/// Runs `work`, telling `tap` of every exchange in it.
pub async fn tapped<F: Future>(tap: Arc<dyn Tap>, work: F) -> F::Output {
    TAP.scope(tap, work).await
}

/// A request and what came of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The TCP port that was asked.
    pub port: u16,
    /// What was asked.
    pub request: Request,
    /// When.
    pub begun: Instant,
    /// How long it took, connecting included.
    pub elapsed: Duration,
    /// What came of it.
    pub outcome: Outcome,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Request {
    /// GET over HTTP.
    Http {
        /// Path and query.
        target: String,
        /// The names of headers that the caller added, in lower case: what it proved itself with.
        with: Vec<String>,
    },
    /// The bytes of a request that is sent over a bare connection.
    Bare(Vec<u8>),
}

/// What came of a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// An HTTP reply, whatever its status.
    Http(crate::Response),
    /// Everything that came over a bare connection.
    Bare(Bytes),
    /// No whole reply.
    Failed {
        /// What happened.
        reason: FailureReason,
        /// The same for people.
        text: String,
    },
    /// Whoever asked did not wait for the reply.
    GivenUp,
}

/// One exchange under way. Dropped before it was told how it ended, it is one that was [given up](Outcome::GivenUp).
#[derive(Debug)]
pub struct Watch(Option<Watched>);

#[derive(Debug)]
struct Watched {
    tap: Arc<dyn Tap>,
    port: u16,
    request: Request,
    begun: Instant,
}

impl Watch {
    /// Begins to watch an exchange; `request` is made only if somebody listens.
    pub fn begin(port: u16, request: impl FnOnce() -> Request) -> Self {
        let tap = TAP.try_with(Arc::clone).ok();
        Self(tap.map(|tap| Watched { tap, port, request: request(), begun: Instant::now() }))
    }

    /// It ended so.
    pub fn end(mut self, outcome: impl FnOnce() -> Outcome) {
        self.tell(outcome);
    }

    /// It failed so.
    pub fn failed(self, reason: FailureReason, error: &dyn StdError) {
        self.end(|| Outcome::Failed { reason, text: error.to_string() });
    }

    fn tell(&mut self, outcome: impl FnOnce() -> Outcome) {
        if let Some(Watched { tap, port, request, begun }) = self.0.take() {
            tap.exchanged(Exchange { port, request, begun, elapsed: begun.elapsed(), outcome: outcome() });
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.tell(|| Outcome::GivenUp);
    }
}
