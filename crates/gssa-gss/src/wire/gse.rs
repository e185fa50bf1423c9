//! The documents of `GoStratumEngine`, exact (`mmfpsolutions/gostratumengine` v1.0.5 `pkg/metrics/api.go`, `stats.go`).

use gssa_wire::Count;

use super::group::{ByName, Entries};
use super::scalar::{RemoteIp, Uptime, When};

object! {
    /// `GET /api/v1/stats`.
    StatsDocument {
        uptime_seconds: Uptime = "uptime_seconds",
        /// One for each enabled coin, by its key in `config.json`.
        coins: ByName<CoinStats> = "coins",
    }
}

object! {
    /// The counters of a coin, since the engine started.
    CoinStats {
        shares_accepted: Count = "shares_accepted",
        shares_rejected: Count = "shares_rejected",
        /// Unknown jobs and stale tips together.
        shares_stale: Count = "shares_stale",
        /// Only blocks that the node confirmed right after they were submitted.
        blocks_found: Count = "blocks_found",
        last_block_hash: String = "last_block_hash",
        last_block_height: Count = "last_block_height",
        /// Always there; the year 1 if there was none.
        last_block_time: When = "last_block_time",
    }
}

object! {
    /// `GET /api/v1/miners`.
    MinersDocument {
        /// One entry for each TCP session, in random order, by coin key.
        miners: ByName<Entries<Session>> = "miners",
    }
}

object! {
    /// A TCP session. The counters are those of the worker name, repeated in each session of it.
    Session {
        /// Empty until the session has authorised.
        worker_name: String = "worker_name",
        remote_addr: RemoteIp = "remote_addr",
        difficulty: f64 = "difficulty",
        connected_at: When = "connected_at",
        shares_accepted: Count = "shares_accepted",
        shares_rejected: Count = "shares_rejected",
        shares_stale: Count = "shares_stale",
        blocks_found: Count = "blocks_found",
        /// Of any outcome; the year 1 if there was none.
        last_share_time: When = "last_share_time",
        /// Rejected shares count too; often far below 1.
        best_difficulty: f64 = "best_difficulty",
    }
}
