//! What has to go first: readings in steps, what is important last.

use std::collections::HashMap;

use super::Count;
use super::record::{Kept, Kind, Record, Run, add};
use crate::wire::{GapReason, Seq};

const MINUTE_MS: u64 = 60_000;

/// How thin a segment is. Each next one keeps less of it; all but the last keep the newest reading of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything.
    Full,
    /// The first reading of a source in every two minutes, and what is important.
    TwoMinutes,
    /// In every ten minutes.
    TenMinutes,
    /// In every hour.
    Hour,
    /// What is important.
    Important,
    /// Nothing.
    Lost,
}

/// Up to which level an item is kept. It is known when the item is made, so that no step has to look at the neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A reading like others.
    Any,
    /// The first of its source in two minutes.
    TwoMinutes,
    /// In ten minutes.
    TenMinutes,
    /// In an hour.
    Hour,
    /// A change of state, a fault, an event, a list of sources.
    Important,
}

impl Level {
    /// From the finest on.
    pub const ALL: [Self; 6] =
        [Self::Full, Self::TwoMinutes, Self::TenMinutes, Self::Hour, Self::Important, Self::Lost];

    /// The next step.
    pub(super) const fn thinner(self) -> Self {
        match self {
            Self::Full => Self::TwoMinutes,
            Self::TwoMinutes => Self::TenMinutes,
            Self::TenMinutes => Self::Hour,
            Self::Hour => Self::Important,
            Self::Important | Self::Lost => Self::Lost,
        }
    }

    /// Whether it keeps this item.
    fn keeps(self, seq: Seq, kept: &Kept, sources: &Sources) -> bool {
        let from = match self {
            Self::Full => Rank::Any,
            Self::TwoMinutes => Rank::TwoMinutes,
            Self::TenMinutes => Rank::TenMinutes,
            Self::Hour => Rank::Hour,
            Self::Important => Rank::Important,
            Self::Lost => return false,
        };
        kept.rank >= from || sources.is_newest(&kept.source, seq)
    }

    const fn reason(self) -> GapReason {
        match self {
            Self::Lost => GapReason::Lost,
            _ => GapReason::Thinned,
        }
    }

    /// What this level keeps of the records that begin at `first`, and how much that costs.
    pub(super) fn thin(self, first: Seq, records: Vec<Record>, sources: &Sources) -> (Vec<Record>, Count) {
        let (mut seq, mut gone) = (first, Count::ZERO);
        let mut left = Vec::new();
        for record in records {
            let (length, queued) = (record.length(), record.queued());
            match record {
                Record::Item(kept) if !self.keeps(seq, &kept, sources) => {
                    gone += queued;
                    add(&mut left, Record::Gap(kept.gone(self.reason())));
                }
                record => add(&mut left, record),
            }
            seq += length;
        }
        (if self == Self::Lost { condense(left) } else { left }, gone)
    }
}

/// Where no item is left, one run for each reason says all that there is to say: how many of which source. The numbers are dealt to
/// the reasons one after another, not as they were.
pub(super) fn condense(records: Vec<Record>) -> Vec<Record> {
    let mut runs: Vec<Run> = Vec::new();
    for record in records {
        let Record::Gap(run) = record else { continue };
        match runs.iter_mut().find(|known| known.reason == run.reason) {
            Some(known) => known.append(run),
            None => runs.push(run),
        }
    }
    runs.sort_by_key(|run| run.reason);
    runs.into_iter().map(Record::Gap).collect()
}

/// The last reading of each source, the empty text for the agent itself.
#[derive(Debug, Default)]
pub(super) struct Sources {
    last: HashMap<Box<str>, Last>,
    held_bytes: usize,
    /// When the newest reading was made.
    newest_ms: u64,
}

#[derive(Debug)]
struct Last {
    seq: Seq,
    made_ms: u64,
}

impl Sources {
    /// The rank of a new item.
    pub(super) fn rank(&mut self, seq: Seq, kept: &Kept, is_important: bool) -> Rank {
        let is_reading = matches!(kept.kind, Kind::Report | Kind::Status);
        if !is_reading {
            return Rank::Important;
        }
        self.newest_ms = self.newest_ms.max(kept.made_ms);
        let new = Last { seq, made_ms: kept.made_ms };
        let rank = if let Some(last) = self.last.get_mut(&kept.source) {
            Self::rank_after(std::mem::replace(last, new).made_ms, kept.made_ms)
        } else {
            self.held_bytes += Self::held_by(&kept.source);
            self.last.insert(kept.source.clone(), new);
            Rank::Hour
        };
        if is_important { Rank::Important } else { rank }
    }

    /// The rank of a reading by the one before it.
    const fn rank_after(before_ms: u64, ms: u64) -> Rank {
        if before_ms / (60 * MINUTE_MS) != ms / (60 * MINUTE_MS) {
            Rank::Hour
        } else if before_ms / (10 * MINUTE_MS) != ms / (10 * MINUTE_MS) {
            Rank::TenMinutes
        } else if before_ms / (2 * MINUTE_MS) != ms / (2 * MINUTE_MS) {
            Rank::TwoMinutes
        } else {
            Rank::Any
        }
    }

    fn is_newest(&self, source: &str, seq: Seq) -> bool {
        self.last.get(source).is_some_and(|last| last.seq == seq)
    }

    /// Forgets sources of which nothing is kept and that have been silent for an hour.
    pub(super) fn forget_up_to(&mut self, seq: Seq) {
        let (held_bytes, newest_ms) = (&mut self.held_bytes, self.newest_ms);
        self.last.retain(|source, last| {
            let is_kept = last.seq > seq || last.made_ms + 60 * MINUTE_MS > newest_ms;
            if !is_kept {
                *held_bytes -= Self::held_by(source);
            }
            is_kept
        });
    }

    /// The memory that it holds.
    pub(super) const fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// The table is at most half empty.
    const fn held_by(source: &str) -> usize {
        2 * (size_of::<(Box<str>, Last)>() + 1) + source.len() + 16
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::super::{Content, Entry};
    use super::*;

    fn kept(source: &str, made_ms: u64) -> Kept {
        let made = Duration::from_millis(made_ms);
        let source_id = Some(source.parse().unwrap());
        Kept::new(Entry { source_id, made, important: false, content: Content::Report(json!({})) })
    }

    #[test]
    fn a_reading_is_ranked_by_the_longest_step_that_it_begins() {
        const HOUR_MS: u64 = 60 * MINUTE_MS;
        for (before_ms, ms, rank) in [
            (0, 1, Rank::Any),
            (0, 2 * MINUTE_MS - 1, Rank::Any),
            (2 * MINUTE_MS - 1, 2 * MINUTE_MS, Rank::TwoMinutes),
            (2 * MINUTE_MS, 4 * MINUTE_MS - 1, Rank::Any),
            (0, 8 * MINUTE_MS, Rank::TwoMinutes),
            (0, 10 * MINUTE_MS - 1, Rank::TwoMinutes),
            (10 * MINUTE_MS - 1, 10 * MINUTE_MS, Rank::TenMinutes),
            (10 * MINUTE_MS, 20 * MINUTE_MS - 1, Rank::TwoMinutes),
            (0, HOUR_MS - 1, Rank::TenMinutes),
            (HOUR_MS - 1, HOUR_MS, Rank::Hour),
            (HOUR_MS, 2 * HOUR_MS - 1, Rank::TenMinutes),
            (HOUR_MS, 2 * HOUR_MS, Rank::Hour),
            (50 * HOUR_MS + 1, 50 * HOUR_MS + 2, Rank::Any),
        ] {
            assert_eq!(Sources::rank_after(before_ms, ms), rank, "{before_ms} {ms}");
        }
    }

    #[test]
    fn the_memory_of_sources_is_about_what_a_table_takes() {
        let mut sources = Sources::default();
        for n in 0..1024 {
            sources.rank(n + 1, &kept(&format!("source-{n:04}"), n * 1000), false);
        }
        let texts: usize = sources.last.keys().map(|source| source.len() + 16).sum();
        // Eight slots for seven entries, and a byte beside each: with 1024 of them it is half empty.
        let table = sources.last.capacity() * 8 / 7 * (size_of::<(Box<str>, Last)>() + 1);
        let held = sources.held_bytes();
        assert!(held >= texts + table && held <= 2 * (texts + table), "{held} of {texts} and {table}");
        let each = held / 1024;
        assert_eq!(each * 1024, held);

        // The first 400 are stored, and of these the last is not silent for an hour yet.
        sources.rank(1025, &kept("source-1023", 399_000 + 60 * MINUTE_MS - 1), false);
        sources.forget_up_to(400);
        assert_eq!((sources.last.len(), sources.held_bytes()), (625, each * 625));
        sources.rank(1026, &kept("source-1023", 399_000 + 60 * MINUTE_MS), false);
        sources.forget_up_to(400);
        assert_eq!((sources.last.len(), sources.held_bytes()), (624, each * 624));
        sources.forget_up_to(401);
        assert_eq!(sources.last.len(), 624, "400 s ago is not an hour");
    }
}
