//! Wire → model: units, scopes, gaps. No socket.

use gssa_model::unit::{Difficulty, Hashrate, Percent};
use gssa_model::{
    Algorithm, BestShare, Blocks, Coin, Gap, NetworkShare, PoolSnapshot, Scope, Shares, Software, Windows, Worker,
};
use gssa_wire::{Count, Field, Path, Report as _};

use super::{CoinAnswers, Health, Workers};
use crate::coin_type::CoinType;
use crate::version::Version;
use crate::wire::duration::window_secs;
use crate::wire::group::{ByName, Entries};
use crate::wire::gss::{MinersDocument, Paging, PoolDocument, ShareCounts, SharesMember, WorkerEntry};
use crate::wire::scalar::IfReadable;
use crate::workers::kept;

/// The first version whose hashrate of LTC and DOGE is right (`mmfpsolutions/gssa` release notes).
const SCRYPT_RIGHT_SINCE: Version = Version(4, 0, 3);

/// Turns the answers of an instance into a snapshot.
///
/// What it did not report is absent; what could not be read is absent and a gap under the peer's own name, behind the coin key.
pub fn normalize(health: Option<&Health>, coins: &[CoinAnswers]) -> PoolSnapshot {
    let mut gaps = Vec::new();
    let document = health.map(|health| &health.0);
    if let Some(document) = document {
        document.report(Path::Document("health"), &mut gaps);
    }
    let version = health.and_then(Health::version);
    let parsed = version.and_then(Version::parse);
    PoolSnapshot {
        software: Software {
            name: Some("GoSlimStratum".to_owned()),
            version: version.map(str::to_owned),
            confidence: confidence(health, coins),
        },
        uptime_secs: document.and_then(|document| document.uptime.get()).map(|uptime| uptime.0 as u64),
        coins: coins.iter().map(|answers| coin(answers, parsed, &mut gaps)).collect(),
        extra: std::collections::BTreeMap::new(),
        gaps,
    }
}

/// A summary proves what it is. A state and a version alone, many programs have.
fn confidence(health: Option<&Health>, coins: &[CoinAnswers]) -> Option<gssa_model::Confidence> {
    let has_uptime = health.is_some_and(|health| health.0.uptime.is_present());
    match (coins.is_empty(), has_uptime) {
        (false, _) => None,
        (true, true) => Some(gssa_model::Confidence::Medium),
        (true, false) => Some(gssa_model::Confidence::Low),
    }
}

fn coin(answers: &CoinAnswers, version: Option<Version>, gaps: &mut Vec<Gap>) -> Coin {
    let (key, pool) = (answers.key.as_str(), &answers.pool.0);
    pool.report(Path::Document(key), gaps);
    if let Some(workers) = &answers.workers {
        workers.0.report(Path::Document(key), gaps);
    }
    let told = pool.coin_type.known().and_then(|told| CoinType::from_name(&told.0));
    let is_right = is_hashrate_right(key, told, version);
    if !is_right {
        let gap = Gap::new(format!("{key}.hashrate"), "65,536 times too high before 4.0.3");
        gaps.push(gap);
    }
    let active_workers = pool.active_miners.get().map(|count| count.0);
    let (workers, workers_truncated) = workers(answers.workers.as_ref(), active_workers, is_right);
    Coin {
        key: key.to_owned(),
        coin: told.map(|told| told.ticker().to_owned()),
        algorithm: algorithm(pool, told),
        status: status(pool),
        windows_hps: if is_right { windows(&pool.hashrate) } else { Windows::default() },
        estimated: false,
        active_workers,
        shares: pool.shares.known().and_then(shares),
        counted: None,
        blocks: pool.blocks_found.get().map(|count| Blocks {
            count: Some(count.0),
            scope: Scope::Lifetime,
            last_height: None,
            last_hash: None,
            last_found_at: None,
        }),
        best_share: difficulty(&pool.pool_best_share)
            .map(|difficulty| BestShare { difficulty, scope: Scope::Retention }),
        network: network(pool),
        workers,
        workers_truncated,
    }
}

/// LTC and DOGE were reckoned 65,536 times too high before 4.0.3.
fn is_hashrate_right(key: &str, told: Option<CoinType>, version: Option<Version>) -> bool {
    let is_concerned = match told {
        Some(told) => matches!(told, CoinType::Litecoin | CoinType::Dogecoin),
        // A key proves nothing, but a figure that is far too high is worse than none.
        None => matches!(key, "LTC" | "DOGE"),
    };
    !is_concerned || version.is_none_or(|version| version >= SCRYPT_RIGHT_SINCE)
}

/// What the pool says it is, or what its coin cannot help being.
fn algorithm(pool: &PoolDocument, told: Option<CoinType>) -> Option<Algorithm> {
    let said = pool.algorithm.known().or(pool.difficulty_algorithm.known());
    said.map(|said| Algorithm::from_name(&said.0)).or_else(|| told.and_then(CoinType::algorithm))
}

/// The first member that says something of the state of the pool, or of its node.
fn status(pool: &PoolDocument) -> Option<String> {
    let members = [&pool.state, &pool.status, &pool.pool_state, &pool.pool_status, &pool.node_state, &pool.node_status];
    members.into_iter().find_map(Field::known).map(|word| word.0.clone())
}

/// The windows, shortest first; a name that says no length comes last.
fn windows(hashrate: &Field<ByName<f64>>) -> Windows {
    let mut sorted: Vec<_> = hashrate.known().into_iter().flat_map(ByName::known).collect();
    sorted.sort_by_key(|(name, _)| (window_secs(name).unwrap_or(u64::MAX), *name));
    let mut windows = Windows::default();
    for (name, hps) in sorted {
        if let Some(hashrate) = Hashrate::from_hps(*hps) {
            windows.push(name.to_owned(), hashrate);
        }
    }
    windows
}

/// The counters, or those of the longest window where there are no others.
fn shares(member: &SharesMember) -> Option<Shares> {
    let of = |counts: &ShareCounts, window_secs| Shares {
        accepted: counts.valid.get().map(|count| count.0),
        rejected: counts.invalid.get().map(|count| count.0),
        stale: counts.stale.get().map(|count| count.0),
        scope: Scope::Retention,
        window_secs,
    };
    if !member.counts.is_empty() {
        return Some(of(&member.counts, None));
    }
    let windows = member.windows.known().filter(|(_, counts)| !counts.is_empty());
    let longest = windows.filter_map(|(name, counts)| Some((window_secs(name)?, counts))).max_by_key(|(secs, _)| *secs);
    longest.map(|(secs, counts)| of(counts, Some(secs)))
}

/// A difficulty. No share and no network has one of zero: that stands for "not yet".
fn difficulty(field: &Field<f64>) -> Option<Difficulty> {
    field.get().filter(|difficulty| *difficulty > 0.0).and_then(Difficulty::from_difficulty)
}

fn network(pool: &PoolDocument) -> Option<NetworkShare> {
    let comparison = pool.network_comparison.known()?;
    let network = NetworkShare {
        difficulty: difficulty(&comparison.network_difficulty),
        share_percent: comparison.pool_percentage.get().and_then(Percent::from_percent),
    };
    (network != NetworkShare::default()).then_some(network)
}

/// The workers to keep, and whether there are more than these.
fn workers(listed: Option<&Workers>, active_workers: Option<u64>, is_right: bool) -> (Vec<Worker>, bool) {
    let Some(document) = listed.map(|listed| &listed.0) else {
        return (Vec::new(), active_workers.is_some_and(|active| active > 0));
    };
    let entries = || document.workers.known();
    let all: Vec<Worker> =
        entries().into_iter().flat_map(Entries::known).filter_map(|entry| worker(entry, is_right)).collect();
    let active_here = all.iter().filter(|worker| worker.active != Some(false)).count() as u64;
    let (count, is_cut) = entries().map_or((0, false), |entries| (entries.count as u64, entries.is_cut()));
    let is_paged = active_workers.is_some_and(|active| active > active_here) || says_more(document, count);
    let (workers, are_left_out) = kept(all);
    (workers, is_paged || is_cut || are_left_out)
}

/// Whether the answer itself says that it is not the whole list.
fn says_more(document: &MinersDocument, count: u64) -> bool {
    let more = |total: &Field<IfReadable<Count>>| total.known().is_some_and(|total| total.0.0 > count);
    let pages = |pages: &Field<IfReadable<Count>>| pages.known().is_some_and(|pages| pages.0.0 > 1);
    let flag = |flag: &Field<IfReadable<bool>>| flag.known().is_some_and(|flag| flag.0);
    let in_part = |paging: &Field<IfReadable<Paging>>| {
        paging.known().is_some_and(|IfReadable(paging)| {
            [&paging.total, &paging.total_count, &paging.total_items].into_iter().any(more)
                || pages(&paging.total_pages)
                || flag(&paging.has_more)
                || flag(&paging.has_next)
        })
    };
    [&document.total, &document.total_count, &document.total_workers].into_iter().any(more)
        || pages(&document.total_pages)
        || flag(&document.has_more)
        || flag(&document.has_next)
        || [&document.pagination, &document.paging, &document.meta].into_iter().any(in_part)
}

/// A worker. One without a name is nobody.
fn worker(entry: &WorkerEntry, is_right: bool) -> Option<Worker> {
    let current_hps = entry.current_hashrate.get().filter(|_| is_right).and_then(Hashrate::from_hps);
    Some(Worker {
        name: entry.worker_name.known()?.clone(),
        active: entry.is_active.get(),
        user_agent: entry.current_user_agent.known().cloned(),
        current_hps,
        estimated: current_hps.map(|_| false),
        accepted: entry.current_valid_shares.get().map(|count| count.0),
        rejected: entry.current_invalid_shares.get().map(|count| count.0),
        stale: entry.current_stale_shares.known().map(|count| count.0.0),
        best_difficulty: difficulty(&entry.best_share_difficulty),
        last_seen_at: entry.last_seen_at.get().map(|when| when.0),
        ..Worker::default()
    })
}
