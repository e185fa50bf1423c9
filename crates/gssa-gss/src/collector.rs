//! The [`Collector`](gssa_model::Collector) of one pool.

use std::time::Duration;

use async_trait::async_trait;
use gssa_model::{Address, CollectError, PoolSnapshot, Snapshot, SourceId};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout};

use crate::client::Client;
use crate::gss::{Answerer, HEALTH_PATH, Health};
use crate::{Dialect, Error, Options, extra, gse, gss};

/// The largest answer of the health path that is read.
const MAX_HEALTH_BYTES: usize = 64 * 1024;

/// The health path says little and is answered at once, or not at all.
const HEALTH_DEADLINE: Duration = Duration::from_secs(5);

/// The most of the time that the health path may take from those behind it.
const HEALTH_SHARE: f64 = 0.4;

/// The part of the time that is kept for documents of the operator's own, where some are due.
const EXTRA_SHARE: f64 = 0.25;

/// Observes one pool.
///
/// At most two requests are open at any time, also when `collect` is called twice at once: the second call waits for the first. Between
/// observations it remembers which of the two programs it is, which paths it has, and the counters that an estimate needs.
#[derive(Debug)]
pub struct Collector {
    id: SourceId,
    client: Client,
    options: Options,
    /// Held while requests are open.
    learned: Mutex<Learned>,
}

/// What is known of the pool beyond one observation.
#[derive(Debug, Default)]
struct Learned {
    peer: Peer,
    /// How many observations there were.
    count: u64,
}

/// Who answered last, and what is known of it.
#[derive(Debug, Default)]
struct Peer {
    /// Which of the two it was; `Auto` for neither.
    dialect: Dialect,
    gss: gss::Learned,
    gse: gse::Learned,
}

impl Peer {
    /// Nothing is known any more but that it is to be taken for `dialect`.
    fn take_for(&mut self, dialect: Dialect) {
        if self.dialect != dialect {
            *self = Self { dialect, ..Self::default() };
        }
    }
}

impl Collector {
    /// A collector of the pool at `address`; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] for a scheme that is not spoken, [`Error::ApiKey`], [`Error::CoinKey`] and [`Error::Endpoint`] for options
    /// that cannot be asked with.
    pub fn new(id: SourceId, address: &Address, options: Options) -> Result<Self, Error> {
        let options = options.checked()?;
        let client = Client::new(address, &options)?;
        Ok(Self { id, client, options, learned: Mutex::default() })
    }

    async fn observe(&self) -> Result<PoolSnapshot, Error> {
        let until = Instant::now() + self.options.timeout;
        let mut learned = self.turn().await?;
        let at = learned.count;
        learned.count += 1;
        let endpoints = &self.options.extra_endpoints;
        let now = Instant::now();
        let left = until.saturating_duration_since(now);
        let kept = if extra::any_due(endpoints, at) { left.mul_f64(EXTRA_SHARE) } else { Duration::ZERO };
        let mut snapshot = self.ask(&mut learned.peer, until - kept).await?;
        let keys: Vec<&str> = snapshot.coins.iter().map(|coin| coin.key.as_str()).collect();
        let (extra, gaps) = extra::fetch(&self.client, extra::due(endpoints, at, &keys), until).await;
        snapshot.extra = extra;
        snapshot.gaps.extend(gaps);
        Ok(snapshot)
    }

    /// Waits until no other request is open.
    async fn turn(&self) -> Result<MutexGuard<'_, Learned>, Error> {
        timeout(self.options.timeout, self.learned.lock()).await.map_err(|_| Error::Waited(self.options.timeout))
    }

    async fn ask(&self, peer: &mut Peer, until: Instant) -> Result<PoolSnapshot, Error> {
        match self.options.dialect {
            Dialect::Gss => {
                let health = match self.health(until).await {
                    Ok(Answerer::Gss(health)) => Ok(health),
                    // Said to be one, so that less is enough.
                    Ok(Answerer::StateOnly) => Ok(Health::default()),
                    Err(error) => Err(error),
                };
                self.ask_gss(peer, health, until).await
            }
            Dialect::Gse => self.ask_gse(peer, &[gse::PREFIX, gse::NO_PREFIX], until).await,
            Dialect::Auto if peer.dialect == Dialect::Gse => match self.ask_gse(peer, &[], until).await {
                Err(error) if error.is_of_another() => self.find(peer, until).await,
                outcome => outcome,
            },
            Dialect::Auto => self.find(peer, until).await,
        }
    }

    /// Finds out who answers, and asks for the rest.
    async fn find(&self, peer: &mut Peer, until: Instant) -> Result<PoolSnapshot, Error> {
        let (prefix, said) = match self.health(until).await {
            Ok(Answerer::Gss(health)) => return self.ask_gss(peer, Ok(health), until).await,
            Ok(Answerer::StateOnly) => {
                (gse::PREFIX, Error::OtherJson { path: HEALTH_PATH.to_owned(), found: "a state and nothing else" })
            }
            Err(error @ Error::NotFound { .. }) => (gse::NO_PREFIX, error),
            Err(error) if error.is_of_another() => {
                peer.take_for(Dialect::Auto);
                return Err(error);
            }
            Err(error) if peer.dialect == Dialect::Gss => return self.ask_gss(peer, Err(error), until).await,
            Err(error) => return Err(error.with_hint()),
        };
        peer.take_for(Dialect::Auto);
        self.ask_gse(peer, &[prefix], until).await.map_err(|error| {
            peer.take_for(Dialect::Auto);
            // Whatever it answers there, it has not shown that it is a pool.
            if matches!(error, Error::Request(_)) { error } else { Error::NotAPool(Box::new(said)) }
        })
    }

    async fn health(&self, until: Instant) -> Result<Answerer, Error> {
        let share = until.saturating_duration_since(Instant::now()).mul_f64(HEALTH_SHARE);
        let answer = self.client.fetch(HEALTH_PATH, share.min(HEALTH_DEADLINE), MAX_HEALTH_BYTES).await?;
        gss::answerer(&answer.body)
    }

    /// Goes on where the health path answered, or where it is no reason to give up that it did not.
    async fn ask_gss(
        &self,
        peer: &mut Peer,
        health: Result<Health, Error>,
        until: Instant,
    ) -> Result<PoolSnapshot, Error> {
        let health = match health {
            Err(error) if error.is_of_connection() || error.is_refusal() || self.options.coins.is_empty() => {
                return Err(error.with_hint());
            }
            health => health,
        };
        peer.take_for(Dialect::Gss);
        gss::observe(&self.client, &self.options.coins, &mut peer.gss, health, until).await
    }

    async fn ask_gse(&self, peer: &mut Peer, prefixes: &[&'static str], until: Instant) -> Result<PoolSnapshot, Error> {
        peer.take_for(Dialect::Gse);
        gse::observe(&self.client, &self.options.coins, &mut peer.gse, prefixes, until).await
    }
}

#[async_trait]
impl gssa_model::Collector for Collector {
    fn id(&self) -> &SourceId {
        &self.id
    }

    async fn collect(&self) -> Result<Snapshot, CollectError> {
        Ok(self.observe().await?.into())
    }
}
