//! What is known of an agent's log besides its records.

use gssa_model::Timestamp;
use gssa_uplink::wire::{Epoch, Gap, GapReason, Seq};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::{Item, Position};

/// Of one agent, in the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Head {
    /// The newest known epoch.
    pub(super) epoch: Option<Epoch>,
    /// How many epochs there were.
    pub(super) epochs: u64,
    /// The position of the oldest record that is kept.
    pub(super) first: Position,
    /// The position of the newest.
    pub(super) last: Position,
    /// How many bytes the records take.
    pub(super) bytes: u64,
    pub(super) counts: Counts,
    pub(super) dropped: Dropped,
}

/// What became of items, over all epochs since the agent was enrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Counts {
    /// Items that were stored.
    pub stored: u64,
    /// Bytes that they took in the log.
    pub stored_bytes: u64,
    /// Items that the agent left out so that others could be kept.
    pub thinned: u64,
    /// Items that the agent had no memory for.
    pub lost: u64,
    /// Items that were refused here.
    pub refused: u64,
    /// Epochs that ended with an unknown number of items lost.
    pub epochs_lost: u64,
}

impl Counts {
    /// Counts a range.
    pub(super) fn add(&mut self, items: &[Item], gaps: &[Gap], bytes: usize) {
        self.stored += items.len() as u64;
        self.stored_bytes += bytes as u64;
        for gap in gaps {
            let missing: u64 = gap.missing.iter().map(|(_, length)| length).sum();
            match gap.reason {
                GapReason::Thinned => self.thinned += missing,
                GapReason::Lost => self.lost += missing,
                GapReason::Refused => self.refused += missing,
            }
        }
    }
}

/// What was stored and is not kept any more.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Dropped {
    /// How many items.
    pub items: u64,
    /// How many bytes they took.
    pub bytes: u64,
    /// Nothing that came before this is kept.
    pub before: Option<Timestamp>,
}

/// One epoch of an agent.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochState {
    /// The how manieth of the agent it is.
    pub number: u64,
    /// The highest number that is stored.
    pub stored: Seq,
    /// When it said hello first.
    pub begun_at: Timestamp,
    /// The last number that it gave to an item, if it said so at its end.
    #[serde(default)]
    pub ended: Option<Seq>,
    /// When it was declared lost.
    #[serde(default)]
    pub lost_at: Option<Timestamp>,
}

impl EpochState {
    /// Whether everything of it is stored, as far as it said.
    pub fn is_complete(&self) -> bool {
        self.ended.is_some_and(|last| self.stored >= last)
    }
}

/// What is kept of an agent, and what is not any more.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The newest epoch.
    pub epoch: Option<Epoch>,
    /// The highest number of it that is stored.
    pub stored: Option<Seq>,
    /// What became of items.
    pub counts: Counts,
    /// What the retention took.
    pub dropped: Dropped,
    /// The position of the oldest record that is kept.
    pub first: Position,
    /// The position of the newest record; 0 is none.
    pub last: Position,
    /// How many bytes the records take.
    pub bytes: u64,
    /// When the oldest of them came.
    pub oldest_at: Option<Timestamp>,
    /// When the newest of them came.
    pub newest_at: Option<Timestamp>,
}
