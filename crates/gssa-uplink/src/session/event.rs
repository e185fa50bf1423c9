//! What happens to a session, and what it wants done.

use std::time::Duration;

use gssa_model::{SourceId, Timestamp};
use serde_json::Value;

use crate::ring::Entry;
use crate::wire::{FromReceiver, Program, Refused};

/// A moment, by two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since the agent started, by a clock that does not jump.
    pub up: Duration,
    /// By the clock on the wall, which may.
    pub wall: Timestamp,
}

/// How messages travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// One connection that is kept (section 5).
    WebSocket,
    /// One exchange after the other (section 7).
    Post,
}

impl Carrier {
    /// The word for it in APIs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::Post => "post",
        }
    }
}

/// What a session is told once, and what an operator may change later.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The program, and the name of its site.
    pub program: Program,
    /// When the agent started.
    pub started_at: Timestamp,
    /// Whether only POST is wanted: an endpoint at `https://`.
    pub only_post: bool,
    /// The longest time that an item waits for others to travel with.
    pub flush: Duration,
    /// The memory that items may take.
    pub ring_max_bytes: usize,
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// There is something to tell.
    Made(Entry),
    /// The connection that was wanted is there.
    Opened,
    /// The receiver says something.
    Received(FromReceiver),
    /// The receiver has answered a POST; what it said came before this.
    Answered,
    /// The receiver is alive: some frame came.
    Heard,
    /// One of the messages that were to be sent is on its way, in so many bytes.
    Written(usize),
    /// The newest state of every source, which [`Action::Collect`] asked for.
    Newest(Vec<Newest>),
    /// The connection, or the attempt at one, is over; or a POST has failed.
    Ended(Ended),
    /// An operator changed something. What is sent, and where to, is not among it: that is another session.
    Configured(Settings),
    /// There is another token.
    TokenChanged,
    /// The agent ends.
    Stop,
    /// Time has passed.
    Tick,
}

/// The newest state of one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Newest {
    /// When it was made, since the agent started.
    pub made: Duration,
    /// Whose.
    pub source_id: SourceId,
    /// The reading and its findings, as JSON: there is one of every source at once, and as values they take ten times the memory.
    pub report: Box<str>,
}

impl Newest {
    /// What a source told last, and when.
    pub fn new(made: Duration, source_id: SourceId, report: &Value) -> Self {
        Self { made, source_id, report: report.to_string().into() }
    }
}

/// What is to be done, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Connect; whatever connection there is goes. The token is to be read anew.
    Connect(Carrier),
    /// Send this message.
    Send(Outgoing),
    /// Send a ping.
    Ping,
    /// Close the connection with this code, or forget the attempt.
    Close(u16),
    /// Give the newest state of every source, as [`Event::Newest`].
    Collect,
    /// A new epoch has begun: make an entry of which sources there are.
    Introduce,
}

/// A message, or the messages of a POST, as JSON. The carrier packs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The JSON.
    pub text: String,
    /// The idempotency key of a POST that brings a batch.
    pub key: Option<String>,
}

/// How a connection or an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// Nobody was reached: name, route, TCP, a proxy. In words.
    NotReached(String),
    /// Somebody was reached, but it is not sure who. In words.
    Tls(String),
    /// The upgrade was answered by something else than a status.
    Upgrade(String),
    /// The upgrade or the POST was answered by a status that is no success.
    Status(Box<Answer>),
    /// The receiver closed the connection.
    Closed {
        /// The code it gave; 1005 for none.
        code: u16,
        /// What it said.
        reason: String,
    },
    /// The connection broke, or an answer cannot be understood. In words.
    Broken(String),
}

/// A status that is no success.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How long not to come back.
    pub retry_after: Option<Duration>,
    /// Where it points to, which is not followed.
    pub location: Option<String>,
    /// What it says about a batch.
    pub refused: Option<Refused>,
    /// What it says to people.
    pub detail: String,
}
