//! Wire → model: units, scopes, gaps. No socket.

use std::collections::{BTreeMap, BTreeSet};

use gssa_model::unit::{Difficulty, Hashrate};
use gssa_model::{Algorithm, BestShare, Blocks, Coin, PoolSnapshot, Scope, Shares, Software, Windows, Worker};
use gssa_wire::{Path, Report as _};

use super::estimate::{CoinEstimate, Estimates, WINDOW_NAME};
use super::named::{NamedSessions, by_worker, count, members};
use super::{BUILT_IN_SYMBOLS, Sessions, Stats};
use crate::wire::gse::CoinStats;
use crate::workers::kept;

/// Turns the answers of an instance into a snapshot. `estimates` are those of the [`Estimator`](super::Estimator) that saw them.
///
/// What it did not report is absent; what could not be read is absent and a gap under the peer's own name.
pub fn normalize(stats: &Stats, sessions: Option<&Sessions>, estimates: &Estimates) -> PoolSnapshot {
    let mut gaps = Vec::new();
    stats.0.report(Path::Document(""), &mut gaps);
    if let Some(sessions) = sessions {
        sessions.0.report(Path::Document(""), &mut gaps);
    }
    let counters: BTreeMap<&str, &CoinStats> = members(&stats.0.coins).collect();
    let listed: BTreeMap<_, _> = sessions.into_iter().flat_map(|sessions| members(&sessions.0.miners)).collect();
    let keys: BTreeSet<&str> = counters.keys().chain(listed.keys()).copied().collect();
    let coin = |key: &str| {
        let entries = listed.get(key);
        let is_cut = entries.is_some_and(|entries| entries.is_cut());
        let coin = CoinOf { key, counters: counters.get(key).copied(), estimate: estimates.coin(key) };
        coin.with(entries.map(|entries| by_worker(entries)), is_cut)
    };
    PoolSnapshot {
        software: Software { name: Some("GoStratumEngine".to_owned()), version: None, confidence: None },
        uptime_secs: stats.0.uptime_seconds.get().map(|uptime| uptime.0 as u64),
        coins: keys.into_iter().map(coin).collect(),
        extra: BTreeMap::new(),
        gaps,
    }
}

/// Whether nothing was counted under a key although somebody works for it.
pub(super) fn is_silent(counters: Option<&CoinStats>, workers: &BTreeMap<&str, NamedSessions<'_>>) -> bool {
    let of_worker = |sessions: &NamedSessions<'_>| {
        [sessions.accepted(), sessions.rejected(), sessions.stale()].into_iter().flatten().all(|count| count == 0)
    };
    counters.is_some_and(is_zero) && !workers.is_empty() && workers.values().all(of_worker)
}

fn is_zero(counters: &CoinStats) -> bool {
    let members =
        [&counters.shares_accepted, &counters.shares_rejected, &counters.shares_stale, &counters.blocks_found];
    members.into_iter().filter_map(count).all(|count| count == 0)
}

/// Whether a key only looks like a symbol of the engine: `DGB-BIG`, `dgb`. Nothing is ever counted under it.
fn is_variant(key: &str) -> bool {
    let upper = key.to_uppercase();
    !BUILT_IN_SYMBOLS.contains(&key)
        && BUILT_IN_SYMBOLS.iter().any(|symbol| {
            upper.strip_prefix(symbol).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        })
}

struct CoinOf<'a> {
    key: &'a str,
    counters: Option<&'a CoinStats>,
    estimate: Option<&'a CoinEstimate>,
}

impl CoinOf<'_> {
    fn with(self, by_worker: Option<BTreeMap<&str, NamedSessions<'_>>>, is_cut: bool) -> Coin {
        let active_workers = by_worker.as_ref().map(|workers| workers.len() as u64);
        // Zeros that nobody may have worked for say nothing where it is not known whether somebody did.
        let are_doubtful = by_worker.is_none() && is_variant(self.key) && self.counters.is_some_and(is_zero);
        let workers = by_worker.unwrap_or_default();
        let counts = !self.is_uncounted(&workers);
        let best = workers.values().filter_map(NamedSessions::best).fold(0.0, f64::max);
        let all = workers.iter().map(|(name, sessions)| self.worker(name, sessions, counts)).collect();
        let (workers, are_left_out) = kept(all);
        let total = self.estimate.and_then(|estimate| estimate.total);
        let mut windows_hps = Windows::default();
        if let Some(total) = total.filter(|_| counts) {
            windows_hps.push(WINDOW_NAME, total);
        }
        Coin {
            key: self.key.to_owned(),
            coin: BUILT_IN_SYMBOLS.contains(&self.key).then(|| self.key.to_owned()),
            algorithm: Some(Algorithm::SHA256D),
            estimated: !windows_hps.is_empty(),
            windows_hps,
            active_workers,
            shares: self.counters.filter(|_| counts && !are_doubtful).and_then(shares),
            counted: (!counts).then_some(false),
            blocks: self.counters.map(blocks),
            best_share: difficulty(best).map(|difficulty| BestShare { difficulty, scope: Scope::SinceStart }),
            workers_truncated: is_cut || are_left_out,
            workers,
            ..Coin::default()
        }
    }

    /// Whether the engine counts elsewhere what is done for this key. Of a coin with a definition of its own the symbol is not known:
    /// there it takes a whole window of work without a share.
    fn is_uncounted(&self, workers: &BTreeMap<&str, NamedSessions<'_>>) -> bool {
        let has_been_silent = self.estimate.is_some_and(|estimate| estimate.has_been_silent);
        is_silent(self.counters, workers)
            && !BUILT_IN_SYMBOLS.contains(&self.key)
            && (is_variant(self.key) || has_been_silent)
    }

    fn worker(&self, name: &str, sessions: &NamedSessions<'_>, counts: bool) -> Worker {
        let current_hps: Option<Hashrate> = self.estimate.and_then(|estimate| estimate.workers.get(name).copied());
        let current_hps = current_hps.filter(|_| counts);
        let counted = |count: Option<u64>| count.filter(|_| counts);
        Worker {
            name: name.to_owned(),
            active: Some(true),
            sessions: Some(sessions.len()),
            user_agent: None,
            current_hps,
            estimated: current_hps.map(|_| true),
            accepted: counted(sessions.accepted()),
            rejected: counted(sessions.rejected()),
            stale: counted(sessions.stale()),
            difficulty: sessions.common_difficulty().and_then(difficulty),
            best_difficulty: sessions.best().and_then(difficulty),
            blocks_found: counted(sessions.blocks()),
            connected_at: sessions.connected_at(),
            last_seen_at: sessions.last_share_at(),
            address: sessions.address(),
        }
    }
}

fn shares(counters: &CoinStats) -> Option<Shares> {
    let shares = Shares {
        accepted: count(&counters.shares_accepted),
        rejected: count(&counters.shares_rejected),
        stale: count(&counters.shares_stale),
        scope: Scope::SinceStart,
        window_secs: None,
    };
    (shares.accepted.is_some() || shares.rejected.is_some() || shares.stale.is_some()).then_some(shares)
}

fn blocks(counters: &CoinStats) -> Blocks {
    Blocks {
        count: count(&counters.blocks_found),
        scope: Scope::SinceStart,
        last_height: count(&counters.last_block_height),
        last_hash: counters.last_block_hash.known().cloned(),
        last_found_at: counters.last_block_time.get().map(|when| when.0),
    }
}

/// A difficulty; zero stands for "none yet".
fn difficulty(value: f64) -> Option<Difficulty> {
    Some(value).filter(|value| *value > 0.0).and_then(Difficulty::from_difficulty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_variant_where_a_symbol_stands_alone_in_it() {
        for variant in ["DGB-BIG", "btc", "BTC_2", "BTC CORE", "xec.test"] {
            assert!(is_variant(variant), "{variant}");
        }
        for other in ["DGB", "BTC", "FB", "DGBT", "BTCX-2", ""] {
            assert!(!is_variant(other), "{other}");
        }
    }
}
