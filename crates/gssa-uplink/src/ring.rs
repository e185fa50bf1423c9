//! The agent's memory of what is not acknowledged: bounded in bytes, gapless in numbers.
//!
//! Every item gets the next number. It is kept until the receiver says that it is stored. When the memory is full, something has to go: what
//! is gone leaves a run of numbers with a count for each source and a reason, which is sent in its place. What was sent and may have been stored
//! is never touched, until its fate is known.

mod ledger;
mod record;

use std::collections::VecDeque;
use std::time::Duration;

use gssa_model::SourceId;
use serde_json::Value;

pub use self::ledger::{Count, Ledger};
use self::record::{Kept, Record};
use crate::wire::{Batch, GapReason, Item, Seq};

/// One thing to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The source that it is about, if it is about one.
    pub source_id: Option<SourceId>,
    /// When it was made, since the agent's start, by a clock that does not jump.
    pub made: Duration,
    /// Whether it is kept longer than others: a change of state, a fault.
    pub important: bool,
    /// What it tells.
    pub content: Content,
}

/// What an [`Entry`] tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A reading of the source and its findings: `{ "reading": …, "findings": … }`.
    Report(Value),
    /// An entry of the agent's journal.
    Event(Value),
    /// How the agent itself is.
    Status(Value),
    /// All sources that are sent.
    Sources(Vec<SourceId>),
}

/// Where a batch ends at the latest. One record goes in, however large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// After so many items.
    pub items: usize,
    /// Before so many bytes of JSON, whole reports counted.
    pub bytes: usize,
}

/// What is not acknowledged.
#[derive(Debug)]
pub struct Ring {
    max_bytes: usize,
    records: VecDeque<Record>,
    /// The number of the first record.
    first: Seq,
    next: Seq,
    /// The highest number that was given out and may be stored; 0 is none.
    pinned_to: Seq,
    held_bytes: usize,
    ledger: Ledger,
}

impl Ring {
    /// An empty one that holds at most so many bytes.
    pub fn new(max_bytes: usize) -> Self {
        let ledger = Ledger::default();
        Self { max_bytes, records: VecDeque::new(), first: 1, next: 1, pinned_to: 0, held_bytes: 0, ledger }
    }

    /// Changes the bound; what is too much goes at once.
    pub fn set_max_bytes(&mut self, max_bytes: usize) {
        self.max_bytes = max_bytes;
        self.shrink();
    }

    /// Takes an item, and gives its number.
    pub fn push(&mut self, entry: Entry) -> Seq {
        let kept = Kept::new(entry);
        let count = Count::one(kept.text.len());
        self.ledger.produced += count;
        self.ledger.queued += count;
        let record = Record::Item(kept);
        self.held_bytes += record.held_bytes();
        self.records.push_back(record);
        self.next += 1;
        self.shrink();
        self.next - 1
    }

    /// The lowest number that is kept, as an item or as a run of what is no more; [`Ring::next`] if there is none.
    pub const fn first_kept(&self) -> Seq {
        self.first
    }

    /// The number of the next item.
    pub const fn next(&self) -> Seq {
        self.next
    }

    /// The receiver has everything up to this number: it is forgotten. Numbers that were never given count as the last one given.
    pub fn stored(&mut self, seq: Seq) {
        while let Some(record) = self.records.front() {
            let last = self.first + record.length() - 1;
            if last > seq {
                break;
            }
            self.first = last + 1;
            if let Record::Item(kept) = record {
                let count = Count::one(kept.text.len());
                self.ledger.queued -= count;
                self.ledger.acknowledged += count;
            }
            self.held_bytes -= record.held_bytes();
            self.records.pop_front();
        }
    }

    /// What follows `after`, whole, with ages as of `now`; `None` if nothing does. What was given stays as it is until it is
    /// [stored](Self::stored) or [its fate is known](Self::fate_known).
    pub fn batch(&mut self, after: Seq, cut: Cut, now: Duration) -> Option<Batch> {
        let now_ms = now.as_millis() as u64;
        let mut batch: Option<Batch> = None;
        let (mut seq, mut bytes) = (self.first, 0);
        for record in &self.records {
            let (first, last) = (seq, seq + record.length() - 1);
            seq = last + 1;
            if last <= after {
                continue;
            }
            bytes += record.held_bytes();
            if batch.as_ref().is_some_and(|batch| batch.items.len() >= cut.items || bytes > cut.bytes) {
                break;
            }
            let batch = batch.get_or_insert_with(|| Batch { first, last, items: Vec::new(), gaps: Vec::new() });
            match record {
                Record::Item(kept) => {
                    let follows = batch.gaps.is_empty() || batch.items.len() as u64 == first - batch.first;
                    let seq = (!follows).then_some(first);
                    batch.items.push(Item { seq, age_ms: now_ms.saturating_sub(kept.made_ms), body: kept.body() });
                }
                Record::Gap(run) => batch.gaps.push(run.clone().gap(first)),
            }
            batch.last = last;
        }
        self.pinned_to = self.pinned_to.max(batch.as_ref()?.last);
        batch
    }

    /// Nothing is under way any more: what is not stored by now never was.
    pub fn fate_known(&mut self) {
        self.pinned_to = 0;
        self.shrink();
    }

    /// The receiver does not take this item: a gap takes its place. Nothing happens if it is not there.
    pub fn refuse(&mut self, seq: Seq) {
        let mut at = self.first;
        for index in 0..self.records.len() {
            if at == seq {
                self.give_up(index, GapReason::Refused);
            }
            at += self.records[index].length();
        }
    }

    /// When the first item after this number was made, since the agent's start; `None` if there is none.
    pub fn oldest_unsent(&self, after: Seq) -> Option<Duration> {
        let mut seq = self.first;
        self.records.iter().find_map(|record| {
            seq += record.length();
            match record {
                Record::Item(kept) if seq > after + 1 => Some(Duration::from_millis(kept.made_ms)),
                _ => None,
            }
        })
    }

    /// What became of everything.
    pub const fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// The memory that is held, in bytes.
    pub const fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    fn shrink(&mut self) {
        let (mut index, mut seq) = (0, self.first);
        while self.held_bytes > self.max_bytes && index < self.records.len() {
            let length = self.records[index].length();
            if seq <= self.pinned_to || !self.give_up(index, GapReason::Lost) {
                index += 1;
            }
            seq += length;
        }
    }

    /// Puts a gap in the place of an item. Gives whether it went into the gap before, so that the record is no more.
    fn give_up(&mut self, index: usize, reason: GapReason) -> bool {
        let Record::Item(kept) = &self.records[index] else { return false };
        let count = Count::one(kept.text.len());
        self.ledger.queued -= count;
        match reason {
            GapReason::Thinned => self.ledger.thinned += count,
            GapReason::Lost => self.ledger.lost += count,
            GapReason::Refused => self.ledger.refused += count,
        }
        let run = kept.gone(reason);
        self.held_bytes -= self.records[index].held_bytes();
        let before = index.checked_sub(1);
        if reason == GapReason::Lost
            && let Some(before) = before
            && let Record::Gap(gap) = &self.records[before]
            && gap.reason == reason
        {
            self.held_bytes -= self.records[before].held_bytes();
            if let Record::Gap(gap) = &mut self.records[before] {
                gap.append(run);
            }
            self.held_bytes += self.records[before].held_bytes();
            self.records.remove(index);
            return true;
        }
        self.records[index] = Record::Gap(run);
        self.held_bytes += self.records[index].held_bytes();
        false
    }
}

#[cfg(test)]
mod tests;
