//! Which miner is which worker: a pure function over both sides.
//!
//! A miner names the pool it works for by host and port, and the user it logs in with. A pool lists workers by name under each coin key,
//! and some pools the address that a worker connects from. What fits must be one: two candidates are no link.

use std::collections::HashMap;
use std::net::IpAddr;

use gssa_model::{LinkedBy, SourceId, Worker};

use super::names::{self, Likeness};

/// What a miner says about whom it works for.
#[derive(Debug, Clone)]
pub(super) struct MinerSide<'a> {
    /// The source.
    pub(super) id: &'a SourceId,
    /// Its addresses, as it tells and as it is asked.
    pub(super) addresses: Vec<IpAddr>,
    /// The pools that get its work now.
    pub(super) pools: Vec<Stratum<'a>>,
    /// The hosts of the pools that it could work for and does not.
    pub(super) other_hosts: Vec<String>,
}

/// A pool as a miner is configured with it.
#[derive(Debug, Clone)]
pub(super) struct Stratum<'a> {
    /// The host name or address.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
    /// The user that it logs in with.
    pub(super) user: Option<&'a str>,
}

/// What a pool says about who works for it.
#[derive(Debug, Clone)]
pub(super) struct PoolSide<'a> {
    /// The source.
    pub(super) id: &'a SourceId,
    /// Where the agent reaches it.
    pub(super) host: &'a str,
    /// Its coin keys.
    pub(super) coins: Vec<CoinSide<'a>>,
}

/// The workers of a coin key.
#[derive(Debug, Clone, Copy)]
pub(super) struct CoinSide<'a> {
    /// The key.
    pub(super) key: &'a str,
    /// The ports that its miners connect to, where the operator has said so.
    pub(super) ports: &'a [u16],
    /// The workers.
    pub(super) workers: &'a [Worker],
}

/// A miner and the worker that it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair<'a> {
    /// The source of the miner.
    pub(super) miner: &'a SourceId,
    /// The source of the pool.
    pub(super) pool: &'a SourceId,
    /// The coin key.
    pub(super) coin: &'a str,
    /// The worker.
    pub(super) worker: &'a Worker,
    /// What the two have in common.
    pub(super) by: LinkedBy,
}

/// A worker that may be a miner.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    pool: &'a PoolSide<'a>,
    coin: &'a CoinSide<'a>,
    worker: &'a Worker,
    likeness: Likeness,
    place: u8,
    by_address: bool,
}

/// The pairs of these miners and pools, in the order of the miners.
pub(super) fn pairs<'a>(miners: &'a [MinerSide<'a>], pools: &'a [PoolSide<'a>]) -> Vec<Pair<'a>> {
    let index = Index::new(miners, pools);
    let mut pairs: Vec<(Pair<'a>, Likeness)> = Vec::new();
    for miner in miners {
        for stratum in &miner.pools {
            pairs.extend(index.worker_of(miner, stratum).map(|found| (pair(miner, &found), found.likeness)));
        }
    }
    // Several miners may log in with one name and are one worker then. A name that the pool has changed is of one miner only.
    let mut claims: HashMap<*const Worker, usize> = HashMap::new();
    for (pair, _) in &pairs {
        *claims.entry(std::ptr::from_ref(pair.worker)).or_default() += 1;
    }
    let is_sure = |(pair, likeness): &(Pair<'_>, Likeness)| {
        *likeness == Likeness::Exact || claims[&std::ptr::from_ref(pair.worker)] == 1
    };
    pairs.into_iter().filter(is_sure).map(|(pair, _)| pair).collect()
}

fn pair<'a>(miner: &MinerSide<'a>, found: &Candidate<'a>) -> Pair<'a> {
    let by = if found.by_address { LinkedBy::Address } else { LinkedBy::PortAndWorker };
    Pair { miner: miner.id, pool: found.pool.id, coin: found.coin.key, worker: found.worker, by }
}

/// Workers by what they may have logged in as.
struct Index<'a> {
    by_user: HashMap<&'a str, Vec<At<'a>>>,
    masked: Vec<At<'a>>,
    by_address: HashMap<IpAddr, Vec<At<'a>>>,
    /// How many miners have an address.
    owners: HashMap<IpAddr, usize>,
    /// How many miners log in as a user.
    users: HashMap<&'a str, usize>,
}

#[derive(Clone, Copy)]
struct At<'a> {
    pool: &'a PoolSide<'a>,
    coin: &'a CoinSide<'a>,
    worker: &'a Worker,
}

impl<'a> Index<'a> {
    fn new(miners: &'a [MinerSide<'a>], pools: &'a [PoolSide<'a>]) -> Self {
        let mut index = Self {
            by_user: HashMap::new(),
            masked: Vec::new(),
            by_address: HashMap::new(),
            owners: HashMap::new(),
            users: HashMap::new(),
        };
        for miner in miners {
            for (at, address) in miner.addresses.iter().enumerate() {
                if !miner.addresses[..at].contains(address) {
                    *index.owners.entry(*address).or_default() += 1;
                }
            }
            for user in miner.pools.iter().filter_map(|pool| pool.user) {
                *index.users.entry(user).or_default() += 1;
            }
        }
        for pool in pools {
            for coin in &pool.coins {
                for worker in coin.workers {
                    let at = At { pool, coin, worker };
                    for user in names::users_of(&worker.name) {
                        index.by_user.entry(user).or_default().push(at);
                    }
                    if names::is_masked(&worker.name) {
                        index.masked.push(at);
                    }
                    if let Some(address) = address_of(worker) {
                        index.by_address.entry(address).or_default().push(at);
                    }
                }
            }
        }
        index
    }

    /// The one worker that the miner is at this pool.
    fn worker_of(&self, miner: &MinerSide<'a>, stratum: &Stratum<'a>) -> Option<Candidate<'a>> {
        let Some(user) = stratum.user else { return self.by_address_alone(miner, stratum) };
        let named = self.by_user.get(user).into_iter().flatten().chain(&self.masked);
        let mut candidates: Vec<Candidate<'a>> =
            named.filter_map(|at| self.candidate(miner, stratum, user, *at)).collect();
        keep(&mut candidates, |candidate| candidate.by_address);
        keep(&mut candidates, |candidate| candidate.worker.active != Some(false));
        let best = candidates.iter().map(|candidate| candidate.place).max()?;
        candidates.retain(|candidate| candidate.place == best);
        match candidates.as_slice() {
            // From elsewhere, only a connected worker tells that it is this pool that is meant.
            [only] if only.place > 0 || only.by_address || only.worker.active == Some(true) => Some(*only),
            _ => None,
        }
    }

    fn candidate(&self, miner: &MinerSide<'a>, stratum: &Stratum<'a>, user: &str, at: At<'a>) -> Option<Candidate<'a>> {
        let likeness = names::likeness(&at.worker.name, user)?;
        // What looks like a changed name of this miner may be the plain name of another one.
        if likeness != Likeness::Exact && self.users.contains_key(at.worker.name.as_str()) {
            return None;
        }
        let address = address_of(at.worker);
        let owners = address.and_then(|address| self.owners.get(&address).copied());
        let is_mine = address.is_some_and(|address| miner.addresses.contains(&address));
        if owners.is_some() && !is_mine {
            return None;
        }
        let by_address = owners == Some(1);
        let place = place(miner, stratum, at.pool, at.coin)?;
        Some(Candidate { pool: at.pool, coin: at.coin, worker: at.worker, likeness, place, by_address })
    }

    /// For a miner that does not tell its user: the only worker of all pools that connects from its address, which is no other miner's.
    fn by_address_alone(&self, miner: &MinerSide<'a>, stratum: &Stratum<'a>) -> Option<Candidate<'a>> {
        let own = miner.addresses.iter().filter(|address| self.owners.get(*address) == Some(&1));
        let mut there = own.filter_map(|address| self.by_address.get(address)).flatten();
        let (Some(at), None) = (there.next(), there.next()) else { return None };
        let place = place(miner, stratum, at.pool, at.coin)?;
        let likeness = Likeness::Exact;
        Some(Candidate { pool: at.pool, coin: at.coin, worker: at.worker, likeness, place, by_address: true })
    }
}

fn address_of(worker: &Worker) -> Option<IpAddr> {
    worker.address.as_deref()?.parse().ok()
}

/// Keeps those that are wanted, if there are any.
fn keep(candidates: &mut Vec<Candidate<'_>>, is_wanted: impl Fn(&Candidate<'_>) -> bool) {
    if candidates.iter().any(&is_wanted) {
        candidates.retain(is_wanted);
    }
}

/// The pool and, if it can be told, the coin key that a miner works for that is configured with this host and port.
pub(super) fn coin_at<'a>(pool: &PoolSide<'a>, host: &str, port: u16) -> Option<(&'a SourceId, Option<&'a str>)> {
    if Hosts::of(host, pool.host) != Hosts::Same {
        return None;
    }
    let with_port = pool.coins.iter().find(|coin| coin.ports.contains(&port));
    let only = Some(&pool.coins).filter(|coins| coins.len() == 1).and_then(|coins| coins.first());
    Some((pool.id, with_port.or(only).map(|coin| coin.key)))
}

/// How surely the pool that a miner is configured with is this one: `None` if it is another, 0 if it cannot be told.
fn place(miner: &MinerSide<'_>, stratum: &Stratum<'_>, pool: &PoolSide<'_>, coin: &CoinSide<'_>) -> Option<u8> {
    let is_known_by_this = || miner.other_hosts.iter().any(|host| Hosts::of(host, pool.host) == Hosts::Same);
    let host = match Hosts::of(&stratum.host, pool.host) {
        Hosts::Same => 1,
        Hosts::Other => return None,
        // Who calls this pool by its address means another one by a name.
        Hosts::Unknown if is_known_by_this() => return None,
        Hosts::Unknown => 0,
    };
    let port = match coin.ports {
        [] => 0,
        ports if ports.contains(&stratum.port) => 1,
        _ => return None,
    };
    Some(host + port)
}

/// How two ways to name a host stand to each other.
#[derive(Debug, PartialEq, Eq)]
enum Hosts {
    Same,
    Other,
    /// One is a name or stands for different machines in different places.
    Unknown,
}

impl Hosts {
    fn of(a: &str, b: &str) -> Self {
        if a.eq_ignore_ascii_case(b) && !is_relative(a) {
            return Self::Same;
        }
        match (a.parse::<IpAddr>(), b.parse::<IpAddr>()) {
            (Ok(_), Ok(_)) if !is_relative(a) && !is_relative(b) => Self::Other,
            _ => Self::Unknown,
        }
    }
}

/// Whether an address means another machine for another program: the loopback, and the networks that container engines make.
fn is_relative(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || matches!(ip.octets(), [172, 17..=31, ..]),
        Ok(IpAddr::V6(ip)) => ip.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests;
