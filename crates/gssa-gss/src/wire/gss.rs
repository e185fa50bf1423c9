//! The documents of `GoSlimStratum`.
//!
//! It is closed source and its API is not documented in public. The marks say how sure a member is: *client* is read by a program that
//! really calls the API (`RenegadeUK/hmm-local` `bundled_config/drivers/pools/mmfp_driver.py`, `BaumerCrypto/crypto-mining-tools`),
//! *documented* is in the vendor's guides and release notes (`mmfpsolutions/gssa`), *inferred* follows from these.

use gssa_model::Gap;
use gssa_wire::{Count, Field, Lenient, Path, Report, Spelling as _};
use serde::de::MapAccess;

use super::Pools;
use super::group::{ByName, Entries};
use super::scalar::{IfReadable, Uptime, When};

object! {
    /// `GET /api/v1/health`. *client*
    HealthDocument {
        /// `ok` when healthy. Other programs answer the same, so that it proves nothing.
        status: IfReadable<String> = "status",
        version: String = "version",
        uptime: Uptime = "uptime",
        /// Only other programs of the vendor have it (`gsbe`).
        service: IfReadable<String> = "service",
        /// The document inside of an envelope. *inferred*
        data: Box<HealthDocument> = "data",
    }
}

object! {
    /// `GET /api/v1/{coin}/metrics/pool`.
    PoolDocument {
        /// H/s by window, one member for each of `metrics.hashrate_windows`. *client*
        hashrate: ByName<f64> = "hashrate",
        active_miners: Count = "active_miners",
        blocks_found: Count = "blocks_found",
        /// Within the share retention time, since 5.1.1. *client*, *documented*
        pool_best_share: f64 = "pool_best_share",
        shares: SharesMember = "shares",
        network_comparison: NetworkComparison = "network_comparison",
        // Of the next ones only is known that such things exist (*documented*), not how they are written here: read where they can be.
        coin_type: IfReadable<String> = "coin_type",
        algorithm: IfReadable<String> = "algorithm",
        difficulty_algorithm: IfReadable<String> = "difficulty_algorithm",
        state: IfReadable<String> = "state",
        pool_state: IfReadable<String> = "pool_state",
        pool_status: IfReadable<String> = "pool_status",
        node_state: IfReadable<String> = "node_state",
        node_status: IfReadable<String> = "node_status",
        /// The state of the pool, or the outer part of an envelope.
        status: IfReadable<String> = "status",
        /// The document inside of an envelope. *inferred*
        data: Box<PoolDocument> = "data",
    }
}

object! {
    /// How the pool stands in its network. *client*
    ///
    /// `estimated_time_to_block` beside these is a text for people (`259y 46d`, `N/A`, before 3.2.2 also negative) and is not read.
    NetworkComparison {
        network_difficulty: f64 = "network_difficulty",
        /// Percent of the hashrate of the network.
        pool_percentage: f64 = "pool_percentage",
    }
}

object! {
    /// Counters of shares. `total` beside these is their sum.
    ShareCounts {
        valid: Count = "valid",
        invalid: Count = "invalid",
        stale: Count = "stale",
    }
}

impl ShareCounts {
    pub(crate) const fn is_empty(&self) -> bool {
        self.valid.known().is_none() && self.invalid.known().is_none() && self.stale.known().is_none()
    }
}

/// `shares`: counters, or counters by window, or both. The two versions of one client disagree. *client*
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct SharesMember {
    pub(crate) counts: ShareCounts,
    pub(crate) windows: ByName<ShareCounts>,
}

impl Lenient<Pools> for SharesMember {
    fn object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Field<Self>, A::Error> {
        let mut read = Self::default();
        while let Some(key) = object.next_key::<String>()? {
            match key.as_str() {
                "valid" => read.counts.valid = Pools::member(&mut object)?,
                "invalid" => read.counts.invalid = Pools::member(&mut object)?,
                "stale" => read.counts.stale = Pools::member(&mut object)?,
                // Only an object can be a window; a rate or a time beside the counters is none.
                window => {
                    if let known @ Field::Known(_) = Pools::member(&mut object)? {
                        read.windows.insert(window, known);
                    }
                }
            }
        }
        Ok(Field::Known(read))
    }
}

impl Report for SharesMember {
    fn report(&self, path: Path<'_>, gaps: &mut Vec<Gap>) {
        self.counts.report(path, gaps);
        self.windows.report(path, gaps);
    }
}

object! {
    /// `GET /api/v1/{coin}/metrics/miners`.
    MinersDocument {
        /// One for each logical worker, active or not. *client*
        workers: Entries<WorkerEntry> = "workers",
        // Since 3.0.25 the server hands the list out in pages (*documented*); how it says so is not known.
        total: IfReadable<Count> = "total",
        total_count: IfReadable<Count> = "total_count",
        total_workers: IfReadable<Count> = "total_workers",
        total_pages: IfReadable<Count> = "total_pages",
        has_more: IfReadable<bool> = "has_more",
        has_next: IfReadable<bool> = "has_next",
        pagination: IfReadable<Paging> = "pagination",
        paging: IfReadable<Paging> = "paging",
        meta: IfReadable<Paging> = "meta",
        status: IfReadable<String> = "status",
        /// The document inside of an envelope. *inferred*
        data: Box<MinersDocument> = "data",
    }
}

object! {
    /// How a list is cut, in an object of its own. *inferred*
    Paging {
        total: IfReadable<Count> = "total",
        total_count: IfReadable<Count> = "total_count",
        total_items: IfReadable<Count> = "total_items",
        total_pages: IfReadable<Count> = "total_pages",
        has_more: IfReadable<bool> = "has_more",
        has_next: IfReadable<bool> = "has_next",
    }
}

object! {
    /// A worker.
    WorkerEntry {
        /// Mostly `address.worker`. *client*
        worker_name: String = "worker_name",
        is_active: bool = "is_active",
        current_user_agent: String = "current_user_agent",
        /// H/s; the unit is *inferred* from that of the pool.
        current_hashrate: f64 = "current_hashrate",
        /// Of this session, as the next ones. *client*
        current_valid_shares: Count = "current_valid_shares",
        current_invalid_shares: Count = "current_invalid_shares",
        /// The UI shows it; the name is *inferred*.
        current_stale_shares: IfReadable<Count> = "current_stale_shares",
        /// Within the share retention time. *client*, *documented*
        best_share_difficulty: f64 = "best_share_difficulty",
        /// *client*; the type is *inferred*.
        last_seen_at: When = "last_seen_at",
    }
}

macro_rules! enveloped {
    ($($name:ident)+) => { $(
        impl $name {
            /// What is in the envelope `{"status": …, "data": {…}}`, the house style of the vendor's other programs, or the document
            /// itself where there is none.
            pub(crate) fn opened(self) -> Self {
                match self.data {
                    Field::Known(inner) if self.status.is_present() => *inner,
                    _ => self,
                }
            }
        }
    )+ };
}
enveloped!(PoolDocument MinersDocument);

impl PoolDocument {
    /// Whether it has what only a pool has.
    pub(crate) const fn is_pool(&self) -> bool {
        self.hashrate.is_present()
            || self.active_miners.is_present()
            || self.blocks_found.is_present()
            || self.shares.is_present()
            || self.network_comparison.is_present()
    }
}
