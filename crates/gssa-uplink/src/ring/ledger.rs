//! What became of everything that was produced.

use serde::{Deserialize, Serialize};

/// A number of items, and of bytes: the JSON of their reports, events or states as it was produced.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Items.
    pub items: u64,
    /// Bytes of JSON.
    pub bytes: u64,
}

impl Count {
    pub(super) const ZERO: Self = Self { items: 0, bytes: 0 };

    /// One item of so many bytes.
    pub(super) const fn one(bytes: usize) -> Self {
        Self { items: 1, bytes: bytes as u64 }
    }
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, more: Self) {
        self.items += more.items;
        self.bytes += more.bytes;
    }
}

impl std::ops::SubAssign for Count {
    fn sub_assign(&mut self, less: Self) {
        self.items -= less.items;
        self.bytes -= less.bytes;
    }
}

impl std::iter::Sum for Count {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::ZERO, |mut sum, count| {
            sum += count;
            sum
        })
    }
}

/// What became of everything that was produced: `produced` is the sum of the others, always.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Everything that got a number.
    pub produced: Count,
    /// Kept, and not known to be stored.
    pub queued: Count,
    /// Stored by the receiver.
    pub acknowledged: Count,
    /// Left out so that others could be kept.
    pub thinned: Count,
    /// Gone since the memory was full.
    pub lost: Count,
    /// Not taken by the receiver.
    pub refused: Count,
}
