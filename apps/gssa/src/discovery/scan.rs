//! The search itself: a plan, and the loop that carries it out.
//!
//! One host after another up to the bound, at each host one port after another. Who announces itself is asked in the same way. Nothing is
//! spawned: dropping the search closes every connection at once.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, future, stream};
use gssa_model::{FailureKind, Health, Identity, Snapshot, SourceId, Timestamp};
use gssa_view::clock::Clock;
use gssa_view::store::Store;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, Device, What};
use super::mdns::{self, Ask};
use super::targets::Targets;
use crate::collectors;
use crate::config::{Config, Source};
use crate::schedule::{Gate, HostKey, Turn};

/// How long a host on the same network may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long what listens at a port may take to say what it is.
const IDENTIFY_TIMEOUT: Duration = Duration::from_secs(3);

/// A collector gets this much longer than its own deadline, for what it has by then.
const GRACE: Duration = Duration::from_millis(500);

/// A source that answered within this time is not asked again.
const FRESH_MS: i64 = 5 * 60 * 1000;

/// How long all names of sources together may take to be found.
const NAMES_TIMEOUT: Duration = Duration::from_secs(2);

/// What a search does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where.
    pub targets: Targets,
    /// At which ports, in this order.
    pub ports: Vec<u16>,
    /// At which ports after these, where a host has shown that it is there. Most addresses of a network are nobody's, and silence at each
    /// port takes its time.
    pub ports_if_there: Vec<u16>,
    /// How many hosts are asked at the same time.
    pub concurrency: usize,
    /// How devices are asked to announce themselves; those that do so from elsewhere are asked beside the others.
    pub announcements: Option<Ask>,
}

/// What happens in a search.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Devices announced themselves.
    Announced {
        /// Under which names.
        names: BTreeMap<Ipv4Addr, String>,
        /// How many of them are not where the search is, and will be asked, too.
        beside: u64,
    },
    /// A host was asked: what answered there, most often nothing.
    Asked(Vec<Answer>),
}

/// What a search needs of the agent.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The readings of the sources.
    pub store: Arc<Store>,
    /// Keeps one request at a time to each host, those of the schedule included.
    pub gate: Arc<Gate>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
}

/// Carries a plan out; gives whether it came to its end before `stop`. `tell` is called once for each host, in the
/// order of their ends, and once for what was announced.
pub async fn run(
    plan: &Plan,
    hosts: &Hosts,
    around: &Surroundings,
    stop: &CancellationToken,
    mut tell: impl FnMut(Event),
) -> bool {
    let search = Search { plan, hosts, around };
    let all = async {
        // Each is looked after whenever one of them can go on: hosts that are silent must not keep answers to the question waiting.
        let (names, ()) = future::join(search.announced(), search.hosts(plan.targets.iter(), &mut tell)).await;
        let beside: Vec<_> = names.keys().copied().filter(|ip| !plan.targets.contains(*ip)).collect();
        tell(Event::Announced { names, beside: beside.len() as u64 });
        search.hosts(beside.into_iter(), &mut tell).await;
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => false,
        () = all => true,
    }
}

/// Where the configured sources are.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    sources: HashMap<HostKey, Vec<Configured>>,
    /// The addresses of names.
    pub names: HashMap<String, Vec<Ipv4Addr>>,
}

#[derive(Debug, Clone)]
struct Configured {
    id: SourceId,
    /// What its poller locks, which may be a name.
    lock: HostKey,
}

impl Hosts {
    /// Of the sources as configured now; looks their names up, one at a time and within a bound.
    pub async fn of(config: &Config) -> Self {
        let mut hosts = Self::default();
        let _ = timeout(NAMES_TIMEOUT, hosts.look_up(config)).await;
        for source in &config.sources {
            let host = source.address.host();
            let addresses = match host.parse() {
                Ok(ip) => vec![ip],
                Err(_) => hosts.names.get(host).cloned().unwrap_or_default(),
            };
            for at in places(source, &addresses) {
                let configured = Configured { id: source.id.clone(), lock: HostKey::of(&source.address) };
                hosts.sources.entry(key(at)).or_default().push(configured);
            }
        }
        hosts
    }

    async fn look_up(&mut self, config: &Config) {
        for source in &config.sources {
            let host = source.address.host();
            if host.parse::<IpAddr>().is_ok() || self.names.contains_key(host) {
                continue;
            }
            let found = tokio::net::lookup_host((host, 0)).await;
            let v4 = found.into_iter().flatten().filter_map(|at| match at.ip() {
                IpAddr::V4(ip) => Some(ip),
                IpAddr::V6(_) => None,
            });
            let addresses = v4.collect();
            self.names.insert(host.to_owned(), addresses);
        }
    }

    fn at(&self, key: &HostKey) -> &[Configured] {
        self.sources.get(key).map_or(&[], Vec::as_slice)
    }
}

/// Where a source answers: at its port, or at those that are usual for its kind.
pub(super) fn places(source: &Source, ips: &[Ipv4Addr]) -> Vec<SocketAddrV4> {
    let own = source.address.port();
    let ports = own.as_ref().map_or(collectors::usual_ports(source.kind), std::slice::from_ref);
    ips.iter().flat_map(|ip| ports.iter().map(|port| SocketAddrV4::new(*ip, *port))).collect()
}

/// What counts as one host to the gate: ports of loopback are hosts of their own.
fn key(at: SocketAddrV4) -> HostKey {
    HostKey::of(&collectors::address_at(*at.ip(), at.port()))
}

struct Search<'a> {
    plan: &'a Plan,
    hosts: &'a Hosts,
    around: &'a Surroundings,
}

impl Search<'_> {
    /// Who announces itself, and how it is called.
    async fn announced(&self) -> BTreeMap<Ipv4Addr, String> {
        match &self.plan.announcements {
            Some(ask) => mdns::ask(ask).await,
            None => BTreeMap::new(),
        }
    }

    /// Asks these hosts, some at the same time; tells what answered in the order of their ends.
    async fn hosts(&self, ips: impl Iterator<Item = Ipv4Addr>, tell: &mut impl FnMut(Event)) {
        let asked = stream::iter(ips).map(|ip| self.host(ip)).buffer_unordered(self.plan.concurrency.max(1));
        let mut asked = std::pin::pin!(asked);
        while let Some(answers) = asked.next().await {
            tell(Event::Asked(answers));
        }
    }

    /// Everything that answers at one address.
    async fn host(&self, ip: Ipv4Addr) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::new();
        let mut is_there = false;
        let first = self.plan.ports.iter().map(|port| (*port, false));
        let then = self.plan.ports_if_there.iter().map(|port| (*port, true));
        for (port, is_second) in first.chain(then) {
            if is_second && !is_there {
                break;
            }
            let at = SocketAddrV4::new(ip, port);
            let key = key(at);
            if let Some(id) = self.fresh(&key) {
                let known = Answer { at, what: What::Source(id) };
                if answers.iter().all(|before| before.what != known.what) {
                    answers.push(known);
                }
                is_there = true;
                continue;
            }
            let _turn = self.turn(&key).await;
            let knocked = knock(at).await;
            is_there |= knocked != Knock::Silent;
            if knocked != Knock::Open {
                continue;
            }
            let what = identified(at).await;
            // A miner is one host and has said who it is. Behind an address of loopback there may be many, and on a server several services.
            let is_done = matches!(&what, What::Device(device) if device.is_miner) && !ip.is_loopback();
            answers.push(Answer { at, what });
            if is_done {
                break;
            }
        }
        best(answers)
    }

    /// A source at this host that answered a short while ago.
    fn fresh(&self, key: &HostKey) -> Option<SourceId> {
        let now = self.around.clock.now();
        let ids = self.hosts.at(key).iter().map(|configured| &configured.id);
        ids.into_iter().find(|id| self.is_fresh(id, now)).cloned()
    }

    fn is_fresh(&self, id: &SourceId, now: Timestamp) -> bool {
        let Some(entry) = self.around.store.get(id.as_str()) else { return false };
        let reading = &entry.reading;
        let is_well = matches!(reading.health, Health::Up | Health::Partial);
        let age_ms = reading.snapshot_at.map(|at| now.unix_ms() - at.unix_ms());
        is_well && age_ms.is_some_and(|age| age <= FRESH_MS)
    }

    /// Waits until nobody else asks this host, by its address or by a name that a source has for it. Locks are taken in one order.
    async fn turn(&self, key: &HostKey) -> Vec<Turn> {
        let mut locks: Vec<&HostKey> = self.hosts.at(key).iter().map(|configured| &configured.lock).collect();
        locks.push(key);
        locks.sort_unstable();
        locks.dedup();
        let mut turns = Vec::with_capacity(locks.len());
        for lock in locks {
            turns.push(self.around.gate.turn(lock).await);
        }
        turns
    }
}

/// What becomes of a connection to a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knock {
    Open,
    /// The host is there and has nothing at the port.
    Refused,
    /// Nobody says anything, or there is no way there.
    Silent,
}

async fn knock(at: SocketAddrV4) -> Knock {
    let connected = timeout(CONNECT_TIMEOUT, TcpStream::connect(SocketAddr::V4(at))).await;
    match connected {
        Ok(Ok(_)) => Knock::Open,
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => Knock::Refused,
        Ok(Err(error)) => {
            if error.raw_os_error() == Some(TOO_MANY_FILES) {
                tracing::warn!("too many open files: {at} was not asked; search with less at once");
            }
            Knock::Silent
        }
        Err(_) => Knock::Silent,
    }
}

/// `EMFILE`, the same number on every Unix.
const TOO_MANY_FILES: i32 = 24;

async fn identified(at: SocketAddrV4) -> What {
    let address = collectors::address_at(*at.ip(), at.port());
    let identified = timeout(IDENTIFY_TIMEOUT + GRACE, collectors::identify(&address, IDENTIFY_TIMEOUT)).await;
    let error = match identified {
        Ok(Ok((kind, snapshot))) => return What::Device(Box::new(device(kind, &snapshot))),
        Ok(Err(error)) => error,
        Err(_) => return What::Other { why: format!("no answer in {} s", IDENTIFY_TIMEOUT.as_secs()) },
    };
    let why = error.detail().to_owned();
    match error.kind() {
        FailureKind::Refused => What::Refused { why },
        _ => What::Other { why },
    }
}

fn device(kind: gssa_model::SourceKind, snapshot: &Snapshot) -> Device {
    let miner = snapshot.as_miner();
    let software = match snapshot {
        Snapshot::Pool(pool) => Some(&pool.software),
        Snapshot::Infrastructure(servers) => Some(&servers.software),
        _ => None,
    };
    // What a service is called stands where a device has its model.
    let named = |software: &gssa_model::Software| Identity {
        model: software.name.clone(),
        firmware_version: software.version.clone(),
        ..Identity::default()
    };
    Device {
        kind,
        is_miner: miner.is_some(),
        identity: miner.map(|miner| miner.identity.clone()).or(software.map(named)).unwrap_or_default(),
        current_hps: miner.and_then(|miner| miner.hashing.current_hps),
        algorithm: miner.and_then(|miner| miner.hashing.algorithm.clone()),
    }
}

/// Of the answers of one host those that tell most: what is known, or else who refuses, or else the rest. On loopback all.
fn best(mut answers: Vec<Answer>) -> Vec<Answer> {
    let is_loopback = answers.first().is_some_and(|answer| answer.at.ip().is_loopback());
    let most = answers.iter().map(Answer::weight).max();
    if !is_loopback {
        answers.retain(|answer| Some(answer.weight()) == most);
    }
    answers
}
