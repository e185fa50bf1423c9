//! The messages as they are written (section 2).

use std::collections::BTreeMap;
use std::fmt;

use gssa_model::{SourceId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;

/// The number of an item in its epoch: 1, 2, 3, … without a hole. 0 is "none yet".
pub type Seq = u64;

/// One run of an agent: 32 hexadecimal digits, drawn at random when it starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Epoch(Box<str>);

/// A text that is not an [`Epoch`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an epoch is 32 hexadecimal digits")]
pub struct BadEpoch;

impl Epoch {
    /// The epoch with these random bits.
    pub fn from_random(bits: u128) -> Self {
        Self(format!("{bits:032x}").into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Epoch> for String {
    fn from(epoch: Epoch) -> Self {
        epoch.0.into()
    }
}

impl TryFrom<String> for Epoch {
    type Error = BadEpoch;

    fn try_from(text: String) -> Result<Self, BadEpoch> {
        let is_epoch = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_epoch { Ok(Self(text.into())) } else { Err(BadEpoch) }
    }
}

/// What an agent says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromAgent {
    /// First message of a connection: who speaks.
    Hello(Hello),
    /// The newest state, outside the sequence.
    Now(Now),
    /// A range of the sequence.
    Batch(Batch),
    /// The agent ends.
    Bye {
        /// The last number that it gave to an item.
        last: Seq,
    },
    /// The answer to a command.
    Outcome {
        /// The id of the command.
        id: String,
        /// How it ended: always `unimplemented`.
        outcome: String,
    },
    /// A message of a later protocol.
    #[serde(other)]
    Unknown,
}

/// What a receiver says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromReceiver {
    /// The answer to `hello`.
    Welcome(Welcome),
    /// What is stored.
    Ack {
        /// Everything up to this number is in the log.
        stored: Seq,
    },
    /// A batch that cannot be stored.
    Refused(Refused),
    /// Send nothing for a while.
    Wait {
        /// For so long, in seconds.
        secs: u64,
        /// Why, for people.
        #[serde(default)]
        reason: String,
    },
    /// Connect anew, soon and not all at once.
    Drain {
        /// At a random moment within so many seconds.
        within_secs: u64,
    },
    /// Something to do: answered `unimplemented`.
    Command {
        /// Names the command in its answer.
        id: String,
    },
    /// A message of a later protocol.
    #[serde(other)]
    Unknown,
}

/// Who speaks, and what it has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The versions of the protocol that the agent speaks, best first.
    pub protocols: Vec<String>,
    /// The program.
    pub agent: Program,
    /// This run of it.
    pub epoch: Epoch,
    /// When it started.
    pub started_at: Timestamp,
    /// Its wall clock as this message leaves.
    pub clock: Timestamp,
    /// The lowest number that it still has, as an item or in a gap record.
    pub first_kept: Seq,
    /// The number that its next item gets.
    pub next: Seq,
}

/// A program, and the name that its operator gave to the place where it runs.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// What it is called.
    pub name: String,
    /// Which version of it.
    pub version: String,
    /// The name that its operator gave it.
    #[serde(default)]
    pub site: Option<String>,
}

/// The answer to `hello`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version of the protocol that both speak.
    pub protocol: String,
    /// The receiver's id of this agent.
    pub agent: String,
    /// The program of the receiver.
    pub server: Program,
    /// The highest number of this epoch that is in the log; 0 is none.
    pub stored: Seq,
    /// Its wall clock as this message leaves.
    pub clock: Timestamp,
    /// What it takes.
    #[serde(default)]
    pub limits: Limits,
}

/// What a receiver takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The largest message as it travels, in bytes.
    pub message_bytes: usize,
    /// The largest message unpacked, in bytes.
    pub unpacked_bytes: usize,
    /// The most items in a batch.
    pub batch_items: usize,
    /// The most batches that are not acknowledged.
    pub in_flight: usize,
    /// The largest report, event or status as JSON without spaces, in bytes.
    pub report_bytes: usize,
    /// Of how many sources the last report is kept for differences, the first of the connection.
    pub bases: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 1024 * 1024,
            unpacked_bytes: 8 * 1024 * 1024,
            batch_items: 2000,
            in_flight: 8,
            report_bytes: 512 * 1024,
            bases: 2000,
        }
    }
}

/// The newest state of sources, outside the sequence: shown, not logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Now {
    /// Which part this is, from 1.
    pub part: u32,
    /// How many there are.
    pub parts: u32,
    /// One for each source.
    pub reports: Vec<NowReport>,
}

/// The newest state of one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NowReport {
    /// Its age, in milliseconds, by a clock that does not jump.
    pub age_ms: u64,
    /// Whose.
    pub source_id: SourceId,
    /// The reading and its findings.
    pub report: Value,
}

/// A range of the sequence without a hole: each number is that of one item, or in one gap record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The first number of the range.
    pub first: Seq,
    /// The last.
    pub last: Seq,
    /// In the order of their numbers.
    pub items: Vec<Item>,
    /// What is no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// One thing that an agent tells.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its number; absent where it is one more than that of the item before, or the first of the batch.
    #[serde(default)]
    pub seq: Option<Seq>,
    /// The time since it was made, in milliseconds, by a clock that does not jump, as the message is put together.
    pub age_ms: u64,
    /// What it tells.
    #[serde(flatten)]
    pub body: Body,
}

/// What an item tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Body {
    /// A reading and its findings, whole.
    Report {
        /// Whose.
        source_id: SourceId,
        /// `{ "reading": …, "findings": … }`.
        report: Value,
    },
    /// The same as differences (section 4).
    Changes {
        /// Whose.
        source_id: SourceId,
        /// The number of the report that it differs from.
        base: Seq,
        /// What differs.
        changes: Value,
    },
    /// An entry of the agent's journal.
    Event {
        /// The entry.
        event: Value,
    },
    /// How the agent itself is.
    Status {
        /// In an object.
        status: Value,
    },
    /// Which sources there are: what is not in it is gone.
    Sources {
        /// Their ids.
        sources: Vec<SourceId>,
    },
}

impl Body {
    /// The source that it is about, if it is about one.
    pub const fn source_id(&self) -> Option<&SourceId> {
        match self {
            Self::Report { source_id, .. } | Self::Changes { source_id, .. } => Some(source_id),
            Self::Event { .. } | Self::Status { .. } | Self::Sources { .. } => None,
        }
    }
}

/// What is no more in a compacted range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The first number of the range.
    pub first: Seq,
    /// The last.
    pub last: Seq,
    /// Runs of numbers in rising order: the first of them, and how many.
    pub missing: Vec<(Seq, u64)>,
    /// How many of them each source had; items of no source under the empty text.
    pub count: BTreeMap<String, u64>,
    /// Why.
    pub reason: GapReason,
}

/// Why items are no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// Readings left out so that others could be kept.
    Thinned,
    /// The memory was full.
    Lost,
    /// The receiver would not take it.
    Refused,
}

/// A batch that cannot be stored.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The range of the batch.
    pub first: Seq,
    /// Its end.
    pub last: Seq,
    /// What to do about it.
    pub reason: RefusedReason,
    /// The item, where the receiver knows it.
    #[serde(default)]
    pub seq: Option<Seq>,
    /// In words.
    #[serde(default)]
    pub detail: String,
}

/// Why a batch cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedReason {
    /// It is not as the protocol says.
    Malformed,
    /// It is too large.
    TooLarge,
    /// It differs from a report that the receiver does not have.
    UnknownBase,
}

/// The messages of one POST or of its answer (section 7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter<M> {
    /// In order.
    pub messages: Vec<M>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_of_a_later_protocol_is_no_error() {
        let later = json!({ "type": "telepathy", "strength": 3 });
        assert_eq!(serde_json::from_value::<FromReceiver>(later.clone()).unwrap(), FromReceiver::Unknown);
        assert_eq!(serde_json::from_value::<FromAgent>(later).unwrap(), FromAgent::Unknown);
        let more = json!({ "type": "ack", "stored": 7, "colour": "green" });
        assert_eq!(serde_json::from_value::<FromReceiver>(more).unwrap(), FromReceiver::Ack { stored: 7 });
    }

    #[test]
    fn an_epoch_is_32_hexadecimal_digits() {
        let epoch = Epoch::from_random(0xabc);
        assert_eq!(epoch.as_str(), "00000000000000000000000000000abc");
        for bad in ["", "abc", &"g".repeat(32), &"A".repeat(32)] {
            assert_eq!(Epoch::try_from(bad.to_owned()), Err(BadEpoch), "{bad}");
        }
    }

    #[test]
    fn an_item_says_what_it_is_by_its_fields() {
        let item = json!({ "age_ms": 5, "source_id": "a", "base": 3, "changes": { "reading": { "took_ms": 4 } } });
        let read: Item = serde_json::from_value(item.clone()).unwrap();
        assert!(matches!(read.body, Body::Changes { base: 3, .. }));
        assert_eq!(serde_json::to_value(&read).unwrap(), item);
        assert!(serde_json::from_value::<Item>(json!({ "age_ms": 5 })).is_err());
    }
}
