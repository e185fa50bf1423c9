//! A range of records, packed or not.

use std::borrow::Cow;

use super::Count;
use super::codec::{pack, unpack};
use super::level::{Level, condense};
use super::record::{Record, add, without_up_to};
use crate::wire::Seq;

/// A range of records of one level. It is packed once nothing is added to it.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) first: Seq,
    pub(super) last: Seq,
    pub(super) level: Level,
    /// What is queued of it: acknowledged items no more, though they may still be in it.
    pub(super) queued: Count,
    /// When its first item was made, if it has one: known without unpacking it.
    pub(super) made_ms: Option<u64>,
    /// The memory that it holds, or would hold, unpacked.
    pub(super) raw_bytes: usize,
    payload: Payload,
}

#[derive(Debug)]
enum Payload {
    Raw(Vec<Record>),
    Packed(Box<[u8]>),
}

impl Segment {
    /// Of records that begin at `first`; there is at least one.
    pub(super) fn new(first: Seq, level: Level, records: Vec<Record>) -> Self {
        let (mut last, mut queued, mut raw_bytes) = (first - 1, Count::ZERO, 0);
        let made_ms = first_made(first, &records, 0);
        for record in &records {
            last += record.length();
            queued += record.queued();
            raw_bytes += record.held_bytes();
        }
        Self { first, last, level, queued, made_ms, raw_bytes, payload: Payload::Raw(records) }
    }

    pub(super) const fn is_raw(&self) -> bool {
        matches!(self.payload, Payload::Raw(_))
    }

    /// The memory that it holds, without itself.
    pub(super) const fn held_bytes(&self) -> usize {
        match &self.payload {
            Payload::Raw(_) => self.raw_bytes,
            Payload::Packed(bytes) => bytes.len(),
        }
    }

    pub(super) fn pack(&mut self) {
        if let Payload::Raw(records) = &self.payload {
            self.payload = Payload::Packed(pack(records));
        }
    }

    /// Its records, from `first` on.
    pub(super) fn records(&self) -> Cow<'_, [Record]> {
        match &self.payload {
            Payload::Raw(records) => Cow::Borrowed(records),
            Payload::Packed(bytes) => Cow::Owned(unpack(bytes)),
        }
    }

    /// The first number after `stored`, and the records from there on.
    pub(super) fn into_records(self, stored: Seq) -> (Seq, Vec<Record>) {
        let records = match self.payload {
            Payload::Raw(records) => records,
            Payload::Packed(bytes) => unpack(&bytes),
        };
        if self.first > stored {
            return (self.first, records);
        }
        (stored + 1, without_up_to(records, self.first, stored))
    }

    /// Two neighbours of one level as one.
    pub(super) fn joined(self, next: Self, stored: Seq) -> Self {
        let level = self.level;
        let (first, mut records) = self.into_records(stored);
        for record in next.into_records(stored).1 {
            add(&mut records, record);
        }
        Self::new(first, level, if level == Level::Lost { condense(records) } else { records })
    }
}

/// When the first item after `after` was made, of records that begin at `first`.
pub(super) fn first_made(first: Seq, records: &[Record], after: Seq) -> Option<u64> {
    let mut seq = first;
    records.iter().find_map(|record| {
        seq += record.length();
        match record {
            Record::Item(kept) if seq > after + 1 => Some(kept.made_ms),
            _ => None,
        }
    })
}
