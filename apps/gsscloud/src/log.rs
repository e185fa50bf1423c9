//! What agents sent, kept in order: the one thing that a gateway writes and everything else reads.
//!
//! [`Log`] is shaped so that something else than the file of this process can be behind it, such as a stream of NATS `JetStream`: a gateway
//! keeps nothing that is not in it. What each call would be there:
//!
//! | call | embedded | `JetStream` |
//! |---|---|---|
//! | [`append`](Log::append) | one transaction with the highest number of the epoch | publish with `Nats-Expected-Last-Subject-Sequence` on the subject of the epoch |
//! | [`open`](Log::open) | the row of the epoch | the last message of that subject; `epoch_lost` is published the same way |
//! | [`newest`](Log::newest) | a row for each source, pointing at a record | last message for each subject `….newest.<source>` |
//! | [`read`](Log::read) | a range of records | a consumer that starts at a sequence |
//! | [`watch`](Log::watch) | a channel, told after the commit | an ordered consumer |

pub mod block;
pub mod embedded;
mod head;
mod newest;
mod retention;
mod tables;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use gssa_model::{SourceId, Timestamp};
use gssa_uplink::wire::{Epoch, Gap, Seq};
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, oneshot};

use crate::db::Unavailable;

pub use embedded::EmbeddedLog;
pub use gssa_uplink::receiver::Content;
pub use head::{Account, Counts, Dropped, EpochState};
pub use retention::Retention;

/// The number of a record in the log of one agent: 1, 2, 3, … without a hole.
pub type Position = u64;

/// The name of an agent in the log, in addresses and to people: 1 to 64 of `a-z 0-9 - _ .`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgentId(SourceId);

impl AgentId {
    /// As text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl schemars::JsonSchema for AgentId {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AgentId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[a-z0-9._-]{1,64}$" })
    }
}

impl FromStr for AgentId {
    type Err = gssa_model::BadSourceId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// One item as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its number in its epoch.
    pub seq: Seq,
    /// When it was made by our clock: the time of its arrival less its age.
    pub made_at: Timestamp,
    /// What it tells.
    pub content: Content,
}

/// A range of an epoch that is to be appended.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// Whose.
    pub agent: AgentId,
    /// Which run of it.
    pub epoch: Epoch,
    /// The highest number of the epoch that must be stored already: the range begins after it.
    pub after: Seq,
    /// The last number of the range.
    pub last: Seq,
    /// When it came.
    pub received_at: Timestamp,
    /// In the order of their numbers.
    pub items: Vec<Item>,
    /// What is no more.
    pub gaps: Vec<Gap>,
}

/// What stands at one position of an agent's log.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Where.
    pub position: Position,
    /// Which run of the agent.
    pub epoch: Epoch,
    /// When it came.
    pub received_at: Timestamp,
    /// What it is.
    pub entry: Entry,
}

/// What a record is.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A range of the epoch: each number is that of one item, or in one gap record.
    Range {
        /// The first number of it.
        first: Seq,
        /// The last.
        last: Seq,
        /// In the order of their numbers.
        items: Vec<Item>,
        /// What is no more.
        gaps: Vec<Gap>,
    },
    /// The epoch ended, and what came after this number is lost.
    EpochLost {
        /// The highest number that is stored.
        after: Seq,
    },
}

/// The newest report of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Newest {
    /// Whose.
    pub source_id: SourceId,
    /// When it was made by our clock.
    pub made_at: Timestamp,
    /// `{ "reading": …, "findings": … }`, as JSON.
    pub report: Arc<str>,
}

/// What an epoch that says hello is to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// The highest number of it that is stored; 0 is none.
    pub stored: Seq,
    /// Whether it was never heard of before.
    pub is_new: bool,
    /// The highest stored number of the epoch before, if that one was declared lost by this.
    pub lost_after: Option<Seq>,
    /// Whether it had been followed by another one already: two copies of one agent may be running.
    pub is_revived: bool,
}

/// A record that was just committed, for whoever watches.
#[derive(Debug)]
pub struct Appended {
    /// Whose.
    pub agent: AgentId,
    /// The record.
    pub record: Record,
}

/// Why nothing was appended.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogError {
    /// Another number is the highest of the epoch.
    #[error("the log has this epoch up to {stored}")]
    Conflict {
        /// The one that is.
        stored: Seq,
    },
    /// The epoch never said hello, or it is so old that it was forgotten.
    #[error("no such epoch")]
    UnknownEpoch,
    /// There is no such agent any more.
    #[error("no such agent")]
    UnknownAgent,
    /// The storage failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What comes of an append: told when it is durable.
pub type Receipt = oneshot::Receiver<Result<Result<Position, LogError>, Unavailable>>;

/// Keeps what agents sent.
#[async_trait]
pub trait Log: fmt::Debug + Send + Sync {
    /// An epoch says hello. If it is new, the one before it is declared lost, unless that ended with everything stored. Appends of this agent that
    /// were placed before are done before this answers: a connection that is gone may have left some.
    async fn open(&self, agent: &AgentId, epoch: &Epoch, at: Timestamp) -> Result<Opened, LogError>;

    /// Appends a range if its epoch is stored exactly up to `after`; whole or not at all. Appends of one caller are done in the order
    /// in which this future ends; the receipt tells when they are durable.
    async fn append(&self, append: Append) -> Result<Receipt, LogError>;

    /// The agent says that no more will come of an epoch after `last`.
    async fn end(&self, agent: &AgentId, epoch: &Epoch, last: Seq) -> Result<(), LogError>;

    /// The records after a position, at most about `max_bytes` of them as they are kept, and at least one if there is one.
    async fn read(&self, agent: &AgentId, after: Position, max_bytes: usize) -> Result<Vec<Record>, LogError>;

    /// The position before the first record that came at this time or later.
    async fn since(&self, agent: &AgentId, at: Timestamp) -> Result<Position, LogError>;

    /// The newest report of every source.
    async fn newest(&self, agent: &AgentId) -> Result<Vec<Newest>, LogError>;

    /// What is kept of an agent, and what is not any more.
    async fn account(&self, agent: &AgentId) -> Result<Account, LogError>;

    /// Everything of an agent goes.
    async fn forget(&self, agent: &AgentId) -> Result<(), LogError>;

    /// Each record from now on, after it is durable. Who falls behind is told, and reads the range.
    fn watch(&self) -> broadcast::Receiver<Arc<Appended>>;
}
