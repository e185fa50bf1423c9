//! The agent's memory of what is not acknowledged: bounded in bytes, gapless in numbers.
//!
//! Every item gets the next number. It is kept until the receiver says that it is stored. New items are kept as they are, and in a healthy
//! uplink that is all. When the connection is away they are packed into segments: the readings of one source as differences, all of it
//! deflated. When the memory is full, segments are made thinner, step by step ([`Level`]), the oldest of the finest first, as long as that level
//! holds more than a quarter of the memory; then the next one. What is no more leaves a run of numbers with a count for each source and a
//! reason, which is sent in its place. What was sent and may have been stored is never made thinner, until its fate is known.
//!
//! The bound is on what is kept. While a segment is packed or made thinner it is unpacked for a moment, and its neighbour with it: a segment
//! has at most an eighth of the bound unpacked, and not more than 256 KiB: that is how long one item can hold up the others.

mod batches;
mod codec;
mod ledger;
mod level;
mod record;
mod segment;

use std::collections::VecDeque;
use std::time::Duration;

use gssa_model::SourceId;
use serde_json::Value;

use self::batches::Filling;
pub use self::ledger::{Count, Ledger};
pub use self::level::Level;
use self::level::Sources;
use self::record::{Kept, Record, without_up_to};
use self::segment::{Segment, first_made};
use crate::wire::{Batch, GapReason, Seq};

/// The most that a segment has unpacked, in bytes.
const SEGMENT_MAX_BYTES: usize = 256 * 1024;

/// By how much a lowered bound comes nearer with each item, in bytes: what is too much does not go in one long moment.
const BOUND_STEP_BYTES: usize = 256 * 1024;

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
    /// The bound as it is wanted, and as it is in force.
    wanted_bytes: usize,
    max_bytes: usize,
    /// In the order of their numbers, the first from `first` on. Unpacked ones are the last.
    segments: VecDeque<Segment>,
    /// What was not given out yet and is not packed, from `open_first` on.
    open: Vec<Record>,
    open_first: Seq,
    /// The lowest number that is not stored.
    first: Seq,
    next: Seq,
    /// The highest number that was given out and may be stored; 0 is none.
    pinned_to: Seq,
    sources: Sources,
    held: Held,
    ledger: Ledger,
}

/// The memory that is held, in bytes.
#[derive(Debug, Default)]
struct Held {
    /// By segments of each level.
    levels: [usize; Level::ALL.len()],
    open: usize,
    /// By records that are not packed, in segments or not.
    raw: usize,
}

impl Ring {
    /// An empty one that holds at most so many bytes.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            wanted_bytes: max_bytes,
            max_bytes,
            segments: VecDeque::new(),
            open: Vec::new(),
            open_first: 1,
            first: 1,
            next: 1,
            pinned_to: 0,
            sources: Sources::default(),
            held: Held::default(),
            ledger: Ledger::default(),
        }
    }

    /// Changes the bound. A lower one is approached with the next items, 256 KiB with each.
    pub fn set_max_bytes(&mut self, max_bytes: usize) {
        self.wanted_bytes = max_bytes;
        self.max_bytes = self.max_bytes.max(max_bytes);
    }

    /// Takes an item, and gives its number. One that takes more than half of the memory is lost at once, rather than everything else.
    pub fn push(&mut self, entry: Entry) -> Seq {
        let seq = self.next;
        let is_important = entry.important;
        let mut kept = Kept::new(entry);
        let count = Count::one(kept.text.len());
        self.ledger.produced += count;
        let record = if kept.text.len() > self.max_bytes / 2 {
            self.ledger.lost += count;
            Record::Gap(kept.gone(GapReason::Lost))
        } else {
            self.ledger.queued += count;
            kept.rank = self.sources.rank(seq, &kept, is_important);
            Record::Item(kept)
        };
        let bytes = record.held_bytes();
        self.held.open += bytes;
        self.held.raw += bytes;
        self.open.push(record);
        self.next += 1;
        self.max_bytes = self.wanted_bytes.max(self.max_bytes.saturating_sub(BOUND_STEP_BYTES));
        self.shrink();
        seq
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
        let seq = seq.min(self.next - 1);
        if seq < self.first {
            return;
        }
        let before = self.ledger.queued;
        while self.segments.front().is_some_and(|segment| segment.last <= seq) {
            let segment = self.take(0);
            self.ledger.queued -= segment.queued;
        }
        if self.segments.front().is_some_and(|segment| segment.first <= seq) {
            let mut segment = self.take(0);
            self.ledger.queued -= segment.queued;
            if segment.is_raw() {
                let (first, records) = segment.into_records(seq);
                segment = Segment::new(first, Level::Full, records);
            } else {
                let left = without_up_to(segment.records().into_owned(), segment.first, seq);
                segment.queued = left.iter().map(Record::queued).sum();
            }
            self.ledger.queued += segment.queued;
            self.put(0, segment);
        }
        if seq >= self.open_first {
            let records = std::mem::take(&mut self.open);
            self.ledger.queued -= records.iter().map(Record::queued).sum();
            self.set_open(seq + 1, without_up_to(records, self.open_first, seq));
            self.ledger.queued += self.open.iter().map(Record::queued).sum();
        }
        self.first = seq + 1;
        let mut acknowledged = before;
        acknowledged -= self.ledger.queued;
        self.ledger.acknowledged += acknowledged;
        self.sources.forget_up_to(seq);
    }

    /// What follows `after`, whole, with ages as of `now`; `None` if nothing does. What was given stays as it is until it is
    /// [stored](Self::stored) or [its fate is known](Self::fate_known).
    pub fn batch(&mut self, after: Seq, cut: Cut, now: Duration) -> Option<Batch> {
        let after = after.max(self.first - 1);
        let mut filling = Filling::new(after, cut, now.as_millis() as u64);
        let from = self.segments.partition_point(|segment| segment.last <= after);
        let has_room = self.segments.range(from..).all(|segment| filling.extend(segment.first, &segment.records()));
        if has_room {
            filling.extend(self.open_first, &self.open);
        }
        let batch = filling.finish()?;
        self.pinned_to = self.pinned_to.max(batch.last);
        if batch.last >= self.open_first {
            self.close_up_to(batch.last);
        }
        Some(batch)
    }

    /// Whether what was given out, and is not to be touched, holds less than half of the memory. What is made meanwhile needs the rest: with
    /// too little, the newest of it would be lost although there is much to thin.
    pub fn has_room_beside(&self) -> bool {
        let pinned = self.segments.iter().take_while(|segment| segment.first <= self.pinned_to);
        pinned.map(Segment::held_bytes).sum::<usize>() < self.max_bytes / 2
    }

    /// Nothing is under way any more: what is not stored by now never was.
    pub fn fate_known(&mut self) {
        self.pinned_to = 0;
        // What is not packed yet goes back to where it came from: small batches would make small segments.
        let mut parts = vec![std::mem::take(&mut self.open)];
        let mut first = self.open_first;
        while self.segments.back().is_some_and(Segment::is_raw) {
            let (part_first, records) = self.take(self.segments.len() - 1).into_records(self.first - 1);
            first = part_first;
            parts.push(records);
        }
        self.set_open(first, parts.into_iter().rev().flatten().collect());
        self.shrink();
    }

    /// The receiver does not take this item: a gap takes its place. Nothing happens if it is not there.
    pub fn refuse(&mut self, seq: Seq) {
        if seq < self.first || seq >= self.next {
            return;
        }
        if seq >= self.open_first {
            let (first, mut records) = (self.open_first, std::mem::take(&mut self.open));
            self.refuse_in(seq, first, &mut records);
            self.set_open(first, records);
        } else {
            let index = self.segments.partition_point(|segment| segment.last < seq);
            let segment = self.take(index);
            let (is_raw, level) = (segment.is_raw(), segment.level);
            let (first, mut records) = segment.into_records(self.first - 1);
            self.refuse_in(seq, first, &mut records);
            let mut segment = Segment::new(first, level, records);
            if !is_raw {
                segment.pack();
            }
            self.put(index, segment);
        }
        self.shrink();
    }

    /// When the first item after this number was made, since the agent's start; `None` if there is none.
    pub fn oldest_unsent(&self, after: Seq) -> Option<Duration> {
        let from = self.segments.partition_point(|segment| segment.last <= after);
        let mut segments = self.segments.range(from..).filter(|segment| segment.queued.items > 0);
        let made_ms = segments.find_map(|segment| match segment.first {
            first if first > after => segment.made_ms,
            first => first_made(first, &segment.records(), after),
        });
        made_ms.or_else(|| first_made(self.open_first, &self.open, after)).map(Duration::from_millis)
    }

    /// What became of everything.
    pub const fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// The memory that is held, in bytes.
    pub fn held_bytes(&self) -> usize {
        self.held.levels.iter().sum::<usize>()
            + self.held.open
            + self.segments.capacity() * size_of::<Segment>()
            + self.sources.held_bytes()
    }

    /// How many bytes of packed items of each level there are.
    pub fn levels(&self) -> impl Iterator<Item = (Level, usize)> {
        Level::ALL.into_iter().zip(self.held.levels)
    }

    /// Makes room, if there is too little.
    fn shrink(&mut self) {
        while self.held.raw > self.segment_max_bytes() && self.pack_one() {}
        // One step for each item, begun early, so that no item has to wait for many of them: some make no room.
        if self.held_bytes() + self.segment_max_bytes() > self.max_bytes
            && let Some(index) = self.thinnable()
        {
            self.thin(index);
        }
        while self.held_bytes() > self.max_bytes && self.make_room() {}
    }

    fn make_room(&mut self) -> bool {
        if let Some(index) = self.thinnable() {
            self.thin(index);
            return true;
        }
        self.pack_one()
    }

    /// The oldest segment of the finest level that holds more than a quarter; if none does, of the level that holds the most.
    fn thinnable(&self) -> Option<usize> {
        let oldest = |level: Level| {
            self.segments.iter().position(|segment| segment.level == level && segment.first > self.pinned_to)
        };
        let mut levels = Level::ALL.into_iter().filter(|level| *level < Level::Lost);
        let large = levels.clone().filter(|level| self.held.levels[*level as usize] > self.max_bytes / 4);
        large.clone().find_map(oldest).or_else(|| {
            let mut rest = levels.by_ref().collect::<Vec<_>>();
            rest.sort_by_key(|level| std::cmp::Reverse(self.held.levels[*level as usize]));
            rest.into_iter().find_map(oldest)
        })
    }

    fn thin(&mut self, index: usize) {
        let segment = self.take(index);
        let level = segment.level.thinner();
        let (first, records) = segment.into_records(self.first - 1);
        let (records, gone) = level.thin(first, records, &self.sources);
        self.ledger.queued -= gone;
        match level {
            Level::Lost => self.ledger.lost += gone,
            _ => self.ledger.thinned += gone,
        }
        self.put(index, Segment::new(first, level, records));
        self.join(index + 1);
        let index = if self.join(index) { index - 1 } else { index };
        self.pack(index);
    }

    /// Makes one of a segment and the one before it, if they are of one level and small. Gives whether it did.
    fn join(&mut self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.segments.get(before));
        let (Some(before), Some(segment)) = (before, self.segments.get(index)) else { return false };
        let is_small = before.raw_bytes + segment.raw_bytes <= self.segment_max_bytes() || before.level == Level::Lost;
        if before.first <= self.pinned_to || before.level != segment.level || !is_small {
            return false;
        }
        let (segment, before) = (self.take(index), self.take(index - 1));
        self.put(index - 1, before.joined(segment, self.first - 1));
        true
    }

    /// Packs the oldest records that are not; gives whether there were any.
    fn pack_one(&mut self) -> bool {
        if let Some(index) = self.segments.iter().position(Segment::is_raw) {
            self.pack(index);
        } else if self.open.is_empty() {
            return false;
        } else {
            self.close_up_to(self.next - 1);
            self.pack(self.segments.len() - 1);
        }
        true
    }

    fn pack(&mut self, index: usize) {
        let mut segment = self.take(index);
        segment.pack();
        self.put(index, segment);
    }

    /// Makes a segment of open records.
    fn close_up_to(&mut self, last: Seq) {
        let mut records = std::mem::take(&mut self.open);
        let rest = records.split_off(records.len().min((last + 1 - self.open_first) as usize));
        let first = self.open_first;
        self.set_open(last + 1, rest);
        self.put(self.segments.len(), Segment::new(first, Level::Full, records));
    }

    fn set_open(&mut self, first: Seq, records: Vec<Record>) {
        self.open_first = first;
        self.open = records;
        let bytes = self.open.iter().map(Record::held_bytes).sum();
        self.held.raw = self.held.raw - self.held.open + bytes;
        self.held.open = bytes;
    }

    fn refuse_in(&mut self, seq: Seq, first: Seq, records: &mut [Record]) {
        let mut at = first;
        for record in records {
            if at == seq
                && let Record::Item(kept) = record
            {
                let count = Count::one(kept.text.len());
                self.ledger.queued -= count;
                self.ledger.refused += count;
                *record = Record::Gap(kept.clone().gone(GapReason::Refused));
            }
            at += record.length();
        }
    }

    fn put(&mut self, index: usize, segment: Segment) {
        self.held.levels[segment.level as usize] += segment.held_bytes();
        self.held.raw += if segment.is_raw() { segment.raw_bytes } else { 0 };
        self.segments.insert(index, segment);
    }

    fn take(&mut self, index: usize) -> Segment {
        let segment = self.segments.remove(index).expect("an index of a segment");
        self.held.levels[segment.level as usize] -= segment.held_bytes();
        self.held.raw -= if segment.is_raw() { segment.raw_bytes } else { 0 };
        segment
    }

    const fn segment_max_bytes(&self) -> usize {
        if self.max_bytes / 8 < SEGMENT_MAX_BYTES { self.max_bytes / 8 } else { SEGMENT_MAX_BYTES }
    }
}

#[cfg(test)]
mod tests;
