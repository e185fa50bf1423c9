//! A pool: what it runs, its coin keys, who works for it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use super::Program;
use crate::{Behaviour, Device};

/// How long a pool has run when it starts, unless told otherwise.
const RUNNING_FOR: Duration = Duration::from_secs(3 * 86_400);

/// A pool.
#[derive(Debug, Clone)]
pub struct PoolSpec {
    /// What it runs.
    pub program: Program,
    /// What its owner calls it.
    pub name: String,
    /// How it behaves from the start.
    pub behaviour: Behaviour,
    /// Its coin keys.
    pub coins: Vec<CoinSpec>,
    /// The key that it asks for, if it asks for one and knows how to.
    pub api_key: Option<String>,
    /// How it writes what is not known for certain.
    pub form: Form,
    /// For how long it has run when it starts; then shares begin at zero.
    pub running_for: Duration,
    /// How long it works on each request.
    pub service_time: Duration,
    /// How long it works on the list of workers.
    pub miners_time: Duration,
    /// Where chance comes from.
    pub seed: u64,
}

impl PoolSpec {
    /// Makes a healthy pool that answers at once and asks for no key.
    pub fn new(program: Program, coins: Vec<CoinSpec>) -> Self {
        Self {
            program,
            name: program.name().to_owned(),
            behaviour: Behaviour::Healthy,
            coins,
            api_key: None,
            form: Form::default(),
            running_for: RUNNING_FOR,
            service_time: Duration::ZERO,
            miners_time: Duration::ZERO,
            seed: 1,
        }
    }

    /// Gives the pool another behaviour.
    #[must_use]
    pub fn behaving(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Lets it ask for a key.
    #[must_use]
    pub fn asking_for(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = Some(api_key.into());
        self
    }

    /// Lets it write in another form.
    #[must_use]
    pub fn writing(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// Lets it have begun a moment ago.
    #[must_use]
    pub fn just_started(mut self) -> Self {
        self.running_for = Duration::ZERO;
        self
    }
}

/// How GoSlimStratum writes what is not known for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Form {
    /// Whether each document is in `{"status": "ok", "data": …}`.
    pub envelope: bool,
    /// How shares are counted.
    pub shares: Shares,
    /// How many workers are on a page, and whether the answer says that there are more.
    pub page: Option<(usize, bool)>,
    /// Whether numbers are texts.
    pub texts: bool,
    /// Whether the health path needs the key too.
    pub health_needs_key: bool,
    /// Whether the paths with a coin key are missing, as before there were several coins.
    pub only_legacy_paths: bool,
}

/// How shares are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shares {
    /// Counters.
    #[default]
    Counters,
    /// Counters by window.
    Windows,
    /// Both.
    Both,
}

/// A coin key.
#[derive(Debug, Clone)]
pub struct CoinSpec {
    /// The key.
    pub key: String,
    /// The symbol under which the engine counts.
    pub symbol: String,
    /// The difficulty of its network.
    pub network_difficulty: f64,
    /// Who works for it.
    pub workers: Workers,
}

impl CoinSpec {
    /// A coin key that is its own symbol.
    pub fn new(key: impl Into<String>, workers: impl Into<Workers>) -> Self {
        let key = key.into();
        Self { symbol: key.clone(), key, network_difficulty: 1.2e9, workers: workers.into() }
    }

    /// Gives it another symbol.
    #[must_use]
    pub fn counted_as(mut self, symbol: impl Into<String>) -> Self {
        self.symbol = symbol.into();
        self
    }
}

/// A worker, as it is at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Worker {
    /// Its name, mostly `address.worker`.
    pub name: String,
    /// Hashes per second.
    pub hps: f64,
    /// What its device calls itself.
    pub user_agent: String,
    /// Where it connects from.
    pub address: IpAddr,
    /// How many connections it has.
    pub sessions: u32,
}

impl Worker {
    /// A worker with one connection from somewhere.
    pub fn new(name: impl Into<String>, hps: f64) -> Self {
        let address = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 50));
        Self { name: name.into(), hps, user_agent: "bitaxe/BM1370/v2.12.2".to_owned(), address, sessions: 1 }
    }

    /// A device under the name that it uses at its pool, as fast as it is now and from where it listens.
    pub fn of(device: &Device, name: impl Into<String>) -> Self {
        let hashes = device.behaviour().hashes();
        let rate = || match (device.figures(), device.machine_figures()) {
            (Some(figures), _) => figures.ghs * 1e9,
            (None, Some(figures)) => figures.average_hps,
            (None, None) => 0.0,
        };
        let hps = if hashes { rate() } else { 0.0 };
        Self { address: device.address().ip(), user_agent: device.model().name().to_owned(), ..Self::new(name, hps) }
    }

    /// Lets it connect from another address.
    #[must_use]
    pub fn at(mut self, address: impl Into<IpAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Lets its device call itself something else.
    #[must_use]
    pub fn calling_itself(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }
}

/// Who works for a coin key: a list, or whoever a function names when it is asked.
#[derive(Clone)]
pub enum Workers {
    /// These, until others are set.
    List(Vec<Worker>),
    /// Whoever it names.
    Fed(Arc<dyn Fn() -> Vec<Worker> + Send + Sync>),
}

impl Workers {
    /// Whoever `feed` names, each time the pool is asked.
    pub fn fed(feed: impl Fn() -> Vec<Worker> + Send + Sync + 'static) -> Self {
        Self::Fed(Arc::new(feed))
    }

    pub(crate) fn now(&self) -> Vec<Worker> {
        match self {
            Self::List(workers) => workers.clone(),
            Self::Fed(feed) => feed(),
        }
    }
}

impl From<Vec<Worker>> for Workers {
    fn from(workers: Vec<Worker>) -> Self {
        Self::List(workers)
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(workers) => f.debug_tuple("List").field(workers).finish(),
            Self::Fed(_) => f.write_str("Fed"),
        }
    }
}
