//! What the ring keeps: items, and runs of what is no more.

use std::collections::BTreeMap;
use std::mem::size_of;

use gssa_model::SourceId;
use serde_json::Value;

use super::{Content, Entry};
use crate::wire::{Body, GapReason, Seq};

/// One number, or a run of numbers that are no more.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    Item(Kept),
    Gap(Run),
}

/// An item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) source_id: Option<SourceId>,
    /// When it was made, in milliseconds since the agent's start.
    pub(super) made_ms: u64,
    pub(super) important: bool,
    pub(super) kind: Kind,
    /// Its JSON.
    pub(super) text: Box<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Report,
    Event,
    Status,
    Sources,
}

/// Numbers that are no more, in a row, for one reason.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    pub(super) reason: GapReason,
    pub(super) length: u64,
    /// How many each source had; the empty text for no source.
    pub(super) count: BTreeMap<String, u64>,
}

impl Record {
    /// How many numbers it stands for.
    pub(super) const fn length(&self) -> u64 {
        match self {
            Self::Item(_) => 1,
            Self::Gap(run) => run.length,
        }
    }

    /// The memory that it holds.
    pub(super) fn held_bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Item(kept) => kept.text.len() + kept.source_id.as_ref().map_or(0, |id| id.as_str().len()),
                Self::Gap(run) => run.count.keys().map(|id| id.len() + 2 * size_of::<(String, u64)>()).sum(),
            }
    }
}

impl Kept {
    pub(super) fn new(entry: Entry) -> Self {
        let Entry { source_id, made, important, content } = entry;
        let (kind, text) = match content {
            Content::Report(value) => (Kind::Report, value.to_string()),
            Content::Event(value) => (Kind::Event, value.to_string()),
            Content::Status(value) => (Kind::Status, value.to_string()),
            Content::Sources(ids) => (Kind::Sources, serde_json::json!(ids).to_string()),
        };
        Self { source_id, made_ms: made.as_millis() as u64, important, kind, text: text.into() }
    }

    /// As it is sent.
    pub(super) fn body(&self) -> Body {
        let value = || serde_json::from_str::<Value>(&self.text).expect("its own JSON");
        match (self.kind, &self.source_id) {
            (Kind::Report, Some(source_id)) => Body::Report { source_id: source_id.clone(), report: value() },
            // A report of nobody is told as a state of the agent itself.
            (Kind::Report, None) | (Kind::Status, _) => Body::Status { status: value() },
            (Kind::Event, _) => Body::Event { event: value() },
            (Kind::Sources, _) => Body::Sources { sources: serde_json::from_str(&self.text).expect("its own JSON") },
        }
    }

    /// What is left of it.
    pub(super) fn gone(&self, reason: GapReason) -> Run {
        let id = self.source_id.as_ref().map_or("", SourceId::as_str);
        Run { reason, length: 1, count: BTreeMap::from([(id.to_owned(), 1)]) }
    }
}

impl Run {
    /// Takes in a run that follows, for the same reason.
    pub(super) fn append(&mut self, next: Self) {
        self.length += next.length;
        for (id, count) in next.count {
            *self.count.entry(id).or_default() += count;
        }
    }

    /// As it is sent.
    pub(super) fn gap(self, first: Seq) -> crate::wire::Gap {
        let Self { reason, length, count } = self;
        crate::wire::Gap { first, last: first + length - 1, missing: vec![(first, length)], count, reason }
    }
}
