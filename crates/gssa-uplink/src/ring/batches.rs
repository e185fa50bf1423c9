//! Records as a batch.

use super::Cut;
use super::record::Record;
use crate::wire::{Batch, Item, Seq};

/// A batch that is being filled.
#[derive(Debug)]
pub(super) struct Filling {
    batch: Option<Batch>,
    after: Seq,
    cut: Cut,
    now_ms: u64,
    bytes: usize,
    /// The number that an item has if it does not say one.
    implied: Seq,
}

impl Filling {
    pub(super) const fn new(after: Seq, cut: Cut, now_ms: u64) -> Self {
        Self { batch: None, after, cut, now_ms, bytes: 0, implied: 0 }
    }

    /// Adds records of which the first has this number. Gives whether there is room for more.
    pub(super) fn extend(&mut self, first: Seq, records: &[Record]) -> bool {
        let mut seq = first;
        records.iter().all(|record| {
            let first = seq;
            seq += record.length();
            seq <= self.after + 1 || self.add(first, record)
        })
    }

    pub(super) fn finish(self) -> Option<Batch> {
        self.batch
    }

    fn add(&mut self, first: Seq, record: &Record) -> bool {
        self.bytes += record.held_bytes();
        let length = self.batch.as_ref().map_or(0, |batch| batch.items.len() + batch.gaps.len());
        if length > 0 && (length >= self.cut.items || self.bytes > self.cut.bytes) {
            return false;
        }
        let from = first.max(self.after + 1);
        let batch = self.batch.get_or_insert_with(|| {
            self.implied = from;
            Batch { first: from, last: from, items: Vec::new(), gaps: Vec::new() }
        });
        batch.last = first + record.length() - 1;
        match record {
            Record::Item(kept) => {
                let age_ms = self.now_ms.saturating_sub(kept.made_ms);
                let seq = (self.implied != first).then_some(first);
                batch.items.push(Item { seq, age_ms, body: kept.body() });
                self.implied = first + 1;
            }
            // One gap record a run: wherever a batch is cut when it is sent again, it is cut between them.
            Record::Gap(run) => batch.gaps.push(run.clone().without_first(from - first).gap(from)),
        }
        true
    }
}
