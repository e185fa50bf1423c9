//! What the ring keeps: items, and runs of what is no more.

use std::collections::BTreeMap;
use std::mem::size_of;

use gssa_model::SourceId;
use serde_json::Value;

use super::level::Rank;
use super::{Content, Count, Entry};
use crate::wire::{Body, Gap, GapReason, Seq};

/// What an allocation costs beside its bytes, about.
const ALLOCATION_BYTES: usize = 16;

/// One number, or a run of numbers that are no more.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    Item(Kept),
    Gap(Run),
}

/// An item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    /// The source, or nothing.
    pub(super) source: Box<str>,
    /// When it was made, in milliseconds since the agent's start.
    pub(super) made_ms: u64,
    pub(super) rank: Rank,
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

    /// What of it is queued.
    pub(super) const fn queued(&self) -> Count {
        match self {
            Self::Item(kept) => Count::one(kept.text.len()),
            Self::Gap(_) => Count::ZERO,
        }
    }

    /// The memory that it holds.
    pub(super) fn held_bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Item(kept) => kept.text.len() + kept.source.len() + 2 * ALLOCATION_BYTES,
                Self::Gap(run) => {
                    run.count.keys().map(|id| id.len() + size_of::<(String, u64)>() + 2 * ALLOCATION_BYTES).sum()
                }
            }
    }
}

impl Kept {
    /// Without a rank yet.
    pub(super) fn new(entry: Entry) -> Self {
        let Entry { source_id, made, important: _, content } = entry;
        let (kind, text) = match content {
            Content::Report(value) => (Kind::Report, value.to_string()),
            Content::Event(value) => (Kind::Event, value.to_string()),
            Content::Status(value) => (Kind::Status, value.to_string()),
            Content::Sources(ids) => (Kind::Sources, serde_json::json!(ids).to_string()),
        };
        let source = source_id.as_ref().map_or("", SourceId::as_str).into();
        Self { source, made_ms: made.as_millis() as u64, rank: Rank::Any, kind, text: text.into() }
    }

    /// As it is sent.
    pub(super) fn body(&self) -> Body {
        let value = || serde_json::from_str::<Value>(&self.text).expect("its own JSON");
        match (self.kind, self.source.parse()) {
            (Kind::Report, Ok(source_id)) => Body::Report { source_id, report: value() },
            // A report of nobody is told as a state of the agent itself.
            (Kind::Report, Err(_)) | (Kind::Status, _) => Body::Status { status: value() },
            (Kind::Event, _) => Body::Event { event: value() },
            (Kind::Sources, _) => Body::Sources { sources: serde_json::from_str(&self.text).expect("its own JSON") },
        }
    }

    /// What is left of it.
    pub(super) fn gone(self, reason: GapReason) -> Run {
        Run { reason, length: 1, count: BTreeMap::from([(self.source.into(), 1)]) }
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

    /// Takes the first `length` numbers away. Which of them were of which source is not known any more: those of the first sources go.
    pub(super) fn without_first(mut self, length: u64) -> Self {
        self.length -= length;
        let mut left = length;
        self.count.retain(|_, count| {
            let taken = left.min(*count);
            left -= taken;
            *count -= taken;
            *count > 0
        });
        self
    }

    /// As it is sent.
    pub(super) fn gap(self, first: Seq) -> Gap {
        let Self { reason, length, count } = self;
        Gap { first, last: first + length - 1, missing: vec![(first, length)], count, reason }
    }
}

/// Adds a record at the end; runs for one reason become one.
pub(super) fn add(records: &mut Vec<Record>, record: Record) {
    if let Record::Gap(run) = record {
        match records.last_mut() {
            Some(Record::Gap(before)) if before.reason == run.reason => before.append(run),
            _ => records.push(Record::Gap(run)),
        }
    } else {
        records.push(record);
    }
}

/// Without everything up to `seq`, where the first record is number `first`.
pub(super) fn without_up_to(records: Vec<Record>, first: Seq, seq: Seq) -> Vec<Record> {
    let mut drop = (seq + 1).saturating_sub(first);
    let left = records.into_iter().filter_map(|record| {
        let length = record.length();
        let dropped = drop.min(length);
        drop -= dropped;
        match record {
            _ if dropped == length => None,
            Record::Gap(run) if dropped > 0 => Some(Record::Gap(run.without_first(dropped))),
            record => Some(record),
        }
    });
    left.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_holds_itself_its_texts_and_what_their_allocations_cost() {
        let source_id = Some("some-source".parse().unwrap());
        let content = Content::Report(json!({ "reading": "x".repeat(100) }));
        let kept = Kept::new(Entry { source_id, made: std::time::Duration::ZERO, important: false, content });
        let texts = kept.text.len() + kept.source.len();
        let two_allocations = 24..=64;
        let of_run = Record::Gap(kept.clone().gone(GapReason::Lost)).held_bytes() - size_of::<Record>();
        assert!(two_allocations.contains(&(Record::Item(kept).held_bytes() - size_of::<Record>() - texts)));
        // The id again, with its place in a tree.
        let beside = of_run - "some-source".len() - size_of::<(String, u64)>();
        assert!(two_allocations.contains(&beside), "{beside}");
    }

    #[test]
    fn what_is_taken_from_a_run_is_taken_from_its_first_sources() {
        let count = |of: &[(&str, u64)]| of.iter().map(|(id, count)| ((*id).to_owned(), *count)).collect();
        let run = |of: &[(&str, u64)]| Run {
            reason: GapReason::Lost,
            length: of.iter().map(|(_, count)| count).sum(),
            count: count(of),
        };
        let all = run(&[("a", 3), ("b", 2), ("c", 4)]);
        for (length, left) in [
            (0, &[("a", 3), ("b", 2), ("c", 4)][..]),
            (2, &[("a", 1), ("b", 2), ("c", 4)]),
            (3, &[("b", 2), ("c", 4)]),
            (4, &[("b", 1), ("c", 4)]),
            (8, &[("c", 1)]),
        ] {
            assert_eq!(all.clone().without_first(length), run(left), "{length}");
        }
    }
}
