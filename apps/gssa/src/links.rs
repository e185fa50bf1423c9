//! Which miner is which worker of a pool, and whether the pool credits what the miner does.
//!
//! Neither side tells it alone. One task follows the store; when a miner changed its pool or a pool its workers, both sides are matched
//! anew (`matching`), the links go to the readings of both, and what a miner says is compared with what it is credited with
//! (`earning`).

mod earning;
mod matching;
mod names;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use gssa_model::{
    Address, Health, Link, MinerSnapshot, PoolRole, PoolSnapshot, PoolState, Reading, Severity, SourceId, State,
    Timestamp, Worker,
};
use gssa_view::clock::Clock;
use gssa_view::finding::Finding;
use gssa_view::store::{Joined, Store};
use tokio_util::sync::CancellationToken;

use self::matching::{CoinSide, MinerSide, Pair, PoolSide, Stratum, pairs};

/// The shortest time between two looks at all sources.
const PAUSE: Duration = Duration::from_secs(2);

/// The ports that the miners of each coin key connect to, by source: what the operator has said about pools.
pub type Ports = BTreeMap<SourceId, BTreeMap<String, Vec<u16>>>;

/// Follows the store and joins what belongs together until `stop`.
pub async fn follow(store: Arc<Store>, clock: Arc<dyn Clock>, ports: impl Fn() -> Ports, stop: CancellationToken) {
    let mut newest = store.subscribe();
    let mut joiner = Joiner::default();
    loop {
        newest.mark_unchanged();
        joiner.look(&store, clock.now(), &ports());
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            changed = newest.changed() => if changed.is_err() { return },
        }
    }
}

/// What is remembered between two looks.
#[derive(Debug, Default)]
struct Joiner {
    /// Since when a miner is credited too little.
    short_since: BTreeMap<SourceId, Timestamp>,
    /// The sources that had links or findings at the last look.
    joined: Vec<SourceId>,
}

impl Joiner {
    /// Matches all miners with all workers and gives the store what follows.
    fn look(&mut self, store: &Store, now: Timestamp, ports: &Ports) {
        let all = store.all();
        let is_pool = |reading: &Reading| pool_of(reading).is_some();
        if self.joined.is_empty() && !all.iter().any(|entry| is_pool(&entry.reading)) {
            return;
        }
        let readings: Vec<&Reading> = all.iter().map(|entry| &*entry.reading).collect();
        let mut joined = join(&readings, ports, &mut self.short_since, now);
        for gone in std::mem::take(&mut self.joined) {
            joined.entry(gone).or_default();
        }
        for (id, joined) in joined {
            let is_any = joined != Joined::default();
            // A change of state is told with the next reading of the source.
            store.join(id.as_str(), joined);
            if is_any {
                self.joined.push(id);
            }
        }
    }
}

/// Links and findings by source.
fn join(
    readings: &[&Reading],
    ports: &Ports,
    short_since: &mut BTreeMap<SourceId, Timestamp>,
    now: Timestamp,
) -> BTreeMap<SourceId, Joined> {
    let mut joined: BTreeMap<SourceId, Joined> = BTreeMap::new();
    let addresses: HashMap<&SourceId, Address> = readings
        .iter()
        .filter_map(|reading| Some((&reading.source.id, reading.source.address.parse().ok()?)))
        .collect();
    let pools: Vec<PoolSide<'_>> =
        readings.iter().filter_map(|reading| pool_side(reading, &addresses, ports)).collect();
    if pools.is_empty() {
        short_since.clear();
        return joined;
    }
    let miners: Vec<MinerSide<'_>> = readings.iter().filter_map(|reading| miner_side(reading, &addresses)).collect();
    let by_id: HashMap<&SourceId, &Reading> = readings.iter().map(|reading| (&reading.source.id, *reading)).collect();

    let pairs = pairs(&miners, &pools);
    for pair in &pairs {
        let link = |source_id: &SourceId| Link {
            source_id: source_id.clone(),
            coin: Some(pair.coin.to_owned()),
            worker: Some(pair.worker.name.clone()),
            by: pair.by,
        };
        joined.entry(pair.miner.clone()).or_default().links.push(link(pair.pool));
        joined.entry(pair.pool.clone()).or_default().links.push(link(pair.miner));
    }
    let short = not_earning(&pairs, &by_id);
    short_since.retain(|id, _| short.iter().any(|(short, _)| *short == id));
    for (id, trouble) in short {
        let since = *short_since.entry(id.clone()).or_insert(now);
        if !trouble.is_at_once && now.unix_ms() - since.unix_ms() < earning::HOLD_MS {
            continue;
        }
        joined.entry(id.clone()).or_default().findings.push(Finding { since, ..trouble.finding });
    }
    for (id, finding) in on_fallback(readings, &pools, &pairs, now) {
        joined.entry(id).or_default().findings.push(finding);
    }
    joined
}

/// A finding and whether it is told without waiting whether it lasts.
struct Trouble {
    finding: Finding,
    is_at_once: bool,
}

/// The miners that hash and are credited too little, or whose pool says that it cannot pay.
fn not_earning<'a>(pairs: &[Pair<'a>], by_id: &HashMap<&SourceId, &'a Reading>) -> Vec<(&'a SourceId, Trouble)> {
    let mut by_worker: HashMap<*const Worker, Vec<&Pair<'a>>> = HashMap::new();
    for pair in pairs {
        by_worker.entry(std::ptr::from_ref(pair.worker)).or_default().push(pair);
    }
    by_worker.values().flat_map(|same| troubles(same, by_id)).collect()
}

/// The same for all miners that are one worker.
fn troubles<'a>(same: &[&Pair<'a>], by_id: &HashMap<&SourceId, &'a Reading>) -> Vec<(&'a SourceId, Trouble)> {
    let first = same[0];
    let readings: Vec<&Reading> = same.iter().filter_map(|pair| by_id.get(pair.miner).copied()).collect();
    let Some(at_pool) = by_id.get(first.pool).copied().filter(|reading| is_fresh(reading)) else { return Vec::new() };
    let coin = pool_of(at_pool).and_then(|pool| Some((pool, pool.coins.iter().find(|coin| coin.key == first.coin)?)));
    let Some((pool, coin)) = coin.filter(|_| readings.iter().all(|reading| is_fresh(reading) && works(reading))) else {
        return Vec::new();
    };
    let name = at_pool.source.name.as_str();
    let miners: Vec<&MinerSnapshot> = readings.iter().filter_map(|reading| miner_of(reading)).collect();
    let trouble = if let Some(status) = earning::trouble_of(coin) {
        let detail = format!("hashes for {} of {name}, which says: {status}", coin.key);
        Some((Severity::Warning, detail, true))
    } else {
        earning::shortfall(name, pool, coin, first.worker, &miners).map(|short| (short.severity, short.detail, false))
    };
    let Some((severity, detail, is_at_once)) = trouble else { return Vec::new() };
    // Since when is known only to who remembers.
    let finding = earning::finding(severity, detail, Timestamp::from_unix_ms(0));
    same.iter().map(|pair| (pair.miner, Trouble { finding: finding.clone(), is_at_once })).collect()
}

fn is_fresh(reading: &Reading) -> bool {
    matches!(reading.health, Health::Up | Health::Partial)
}

fn works(reading: &Reading) -> bool {
    matches!(reading.state, State::Hashing | State::Degraded | State::Hot)
}

/// The miners that should work for a pool of ours and work for another one.
fn on_fallback(
    readings: &[&Reading],
    pools: &[PoolSide<'_>],
    pairs: &[Pair<'_>],
    now: Timestamp,
) -> Vec<(SourceId, Finding)> {
    let mut found = Vec::new();
    for reading in readings {
        let Some(miner) = miner_of(reading).filter(|_| is_fresh(reading)) else { continue };
        let Some(active) = miner.active_pool().filter(|pool| pool.role == Some(PoolRole::Fallback)) else { continue };
        if pairs.iter().any(|pair| *pair.miner == reading.source.id) {
            continue;
        }
        let mut primary = miner.pools.iter().filter(|pool| pool.role == Some(PoolRole::Primary));
        let primary = primary.find_map(|pool| host_and_port(pool.url.as_deref()?));
        let ours = primary.and_then(|(host, port)| pools.iter().find_map(|pool| matching::coin_at(pool, &host, port)));
        let Some((pool, coin)) = ours else { continue };
        let name = readings.iter().find(|it| it.source.id == *pool).map_or(pool.as_str(), |it| it.source.name.as_str());
        let at = coin.map_or(String::new(), |coin| format!(" at {coin}"));
        let away = active
            .url
            .as_deref()
            .and_then(host_and_port)
            .map_or(String::new(), |(host, port)| format!(" {host}:{port}"));
        let detail = format!("works for its fallback pool{away}; {name} gets nothing from it{at}");
        let since = reading.observed_at.unwrap_or(now);
        found.push((reading.source.id.clone(), earning::finding(Severity::Warning, detail, since)));
    }
    found
}

fn miner_of(reading: &Reading) -> Option<&MinerSnapshot> {
    reading.snapshot.as_deref().and_then(gssa_model::Snapshot::as_miner)
}

fn pool_of(reading: &Reading) -> Option<&PoolSnapshot> {
    reading.snapshot.as_deref().and_then(gssa_model::Snapshot::as_pool)
}

fn pool_side<'a>(
    reading: &'a Reading,
    addresses: &'a HashMap<&SourceId, Address>,
    ports: &'a Ports,
) -> Option<PoolSide<'a>> {
    let (id, snapshot) = (&reading.source.id, pool_of(reading)?);
    if reading.health == Health::Disabled {
        return None;
    }
    let ports_of = |key: &str| ports.get(id).and_then(|of| of.get(key)).map_or(&[][..], Vec::as_slice);
    let coin =
        |coin: &'a gssa_model::Coin| CoinSide { key: &coin.key, ports: ports_of(&coin.key), workers: &coin.workers };
    Some(PoolSide { id, host: addresses.get(id)?.host(), coins: snapshot.coins.iter().map(coin).collect() })
}

fn miner_side<'a>(reading: &'a Reading, addresses: &'a HashMap<&SourceId, Address>) -> Option<MinerSide<'a>> {
    let (id, miner) = (&reading.source.id, miner_of(reading)?);
    // Who is gone or paused works for nobody, whatever it said last.
    if matches!(reading.health, Health::Disabled | Health::Down) || reading.state == State::Standby {
        return None;
    }
    let asked_at = addresses.get(id).and_then(|address| address.host().parse().ok());
    let own = miner.network.ip.into_iter().chain(asked_at).collect();
    let others = miner.pools.iter().filter(|pool| pool.state != Some(PoolState::Active));
    let other_hosts = others.filter_map(|pool| host_and_port(pool.url.as_deref()?)).map(|(host, _)| host).collect();
    Some(MinerSide { id, addresses: own, pools: active_pools(miner), other_hosts })
}

fn active_pools(miner: &MinerSnapshot) -> Vec<Stratum<'_>> {
    let active = miner.pools.iter();
    let active = active.filter(|pool| pool.state == Some(PoolState::Active) && pool.role != Some(PoolRole::Fee));
    let read = |pool: &'_ gssa_model::Pool| host_and_port(pool.url.as_deref()?);
    active
        .filter_map(|pool| read(pool).map(|(host, port)| Stratum { host, port, user: pool.user.as_deref() }))
        .collect()
}

/// The host and port of a stratum URL.
fn host_and_port(url: &str) -> Option<(String, u16)> {
    let (_, authority) = url.split_once("://")?;
    let address: Address = authority.parse().ok()?;
    Some((address.host().to_owned(), address.port()?))
}

#[cfg(test)]
mod tests;
