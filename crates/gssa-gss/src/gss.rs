//! `GoSlimStratum`: what its documents say, and which of them are asked for.
//!
//! # Quirks
//!
//! It is closed source. Sources are the vendor's guides and release notes (`mmfpsolutions/gssa`) and programs that call its API
//! (`RenegadeUK/hmm-local`, `BaumerCrypto/crypto-mining-tools`).
//!
//! | quirk | where | what is made of it |
//! |---|---|---|
//! | nothing lists the coin keys by a known path | all | they are configured; without any, health alone is read |
//! | a coin key is a name that the operator chose | `coins{}` of its `config.json` | kept verbatim, one encoded path segment; no ticker and no algorithm is read out of it |
//! | paths without a coin key | up to 4.x, for DGB alone; 404 since 5.0.0 | asked once where the key is `DGB` and the version below 5 |
//! | open, with an API key, or with a licence | up to 3.0.22; 4.0.0; all | `X-API-Key` when configured; 401, 402 and 403 are told as refusals |
//! | `shares` are counters, or counters by window | two versions of `hmm-local` | both; the longest window where there is no more |
//! | best share and shares are those of the last `share_retention_hours` | `pool_best_share` since 5.1.1 | scope `retention`: they can go down |
//! | the list of workers is cut on the server | 3.0.25 and newer; parameters not known | compared with `active_miners`, told as `workers_truncated` |
//! | the list of workers is slow or never comes | before 3.0.25, above 20 to 100 miners | time of its own, after the summaries; its failure is a gap |
//! | a worker gets a new name with each connection | `auto_worker_id` since 3.0.27 | as many are kept as [`MAX_WORKERS`](crate::MAX_WORKERS), inactive ones go first |
//! | difficulties of scrypt coins are in a scale of their own | all | as they come: the scale of the pool |
//! | the hashrate of LTC and DOGE is 65,536 times too high | before 4.0.3 | left out, and a gap |
//! | times of the year 1 | Go, for "never" | left out |
//! | the web UI at 3003 passes the API on | 3.0.23 and newer | used only where the operator names that port |

use std::time::Duration;

use gssa_model::{Gap, PoolSnapshot};
use gssa_wire::Field;
use tokio::time::Instant;

use crate::client::{Client, coin_path};
use crate::lanes::each;
use crate::version::Version;
use crate::wire::gss::{HealthDocument, MinersDocument, PoolDocument};
use crate::wire::object_of;
use crate::{Error, MAX_BODY_BYTES};

mod normalize;

pub use normalize::normalize;

/// Whether it is there. Not asked for with any right that the others need, as far as is known.
pub(crate) const HEALTH_PATH: &str = "/api/v1/health";

/// What is asked about a coin key.
const POOL: &str = "metrics/pool";
const MINERS: &str = "metrics/miners";

/// The same before coin keys.
const LEGACY_POOL_PATH: &str = "/api/v1/metrics/pool";
const LEGACY_MINERS_PATH: &str = "/api/v1/metrics/miners";

/// The summaries have to be there within this part of the time; the rest, and what they leave, is for the workers.
const SUMMARIES_SHARE: f64 = 0.6;

/// The largest summary that is read.
const MAX_SUMMARY_BYTES: usize = 256 * 1024;

/// A summary is made of what the server keeps ready; one that takes longer does not come.
const SUMMARY_DEADLINE: Duration = Duration::from_secs(5);

/// The key that the paths without a key stood for.
const LEGACY_KEY: &str = "DGB";

/// The first version without them.
const NO_LEGACY_SINCE: Version = Version(5, 0, 0);

/// The answer of `GET /api/v1/health`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Health(pub(crate) HealthDocument);

/// The answer of `GET /api/v1/{coin}/metrics/pool`.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolMetrics(pub(crate) PoolDocument);

/// The answer of `GET /api/v1/{coin}/metrics/miners`.
#[derive(Debug, Clone, PartialEq)]
pub struct Workers(pub(crate) MinersDocument);

/// What was answered about one coin key.
#[derive(Debug, Clone, PartialEq)]
pub struct CoinAnswers {
    /// The key, as it is configured.
    pub key: String,
    /// The summary.
    pub pool: PoolMetrics,
    /// The workers, if they came.
    pub workers: Option<Workers>,
}

/// What the answer of the health path makes of whoever gave it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answerer {
    /// It has a state and a version.
    Gss(Health),
    /// A state and nothing else, as `GoStratumEngine` answers and many others.
    StateOnly,
}

impl Health {
    /// The version as it is written.
    pub fn version(&self) -> Option<&str> {
        self.0.version.text()
    }
}

/// Reads the body of `GET /api/v1/health`.
///
/// # Errors
///
/// [`Error::OtherJson`] if it has no state and no version: other programs have a path of this name too.
/// [`Error::WebPage`], [`Error::Malformed`] and [`Error::TooLarge`] for what is no JSON.
pub fn parse_health(body: &[u8]) -> Result<Health, Error> {
    match answerer(body)? {
        Answerer::Gss(health) => Ok(health),
        Answerer::StateOnly => Err(other(HEALTH_PATH, "a state and nothing else")),
    }
}

/// Says who answers the health path.
pub(crate) fn answerer(body: &[u8]) -> Result<Answerer, Error> {
    let mut document: HealthDocument = object_of(body, HEALTH_PATH)?;
    let has_state = document.status.is_present();
    if has_state && let Field::Known(inner) = std::mem::take(&mut document.data) {
        document = *inner;
    }
    if document.service.is_present() {
        return Err(other(HEALTH_PATH, "as another program of its maker"));
    }
    match (has_state, document.version.known()) {
        (true, Some(_)) => Ok(Answerer::Gss(Health(document))),
        (true, None) => Ok(Answerer::StateOnly),
        (false, _) => Err(other(HEALTH_PATH, "the JSON of something else")),
    }
}

/// Reads the body of `GET /api/v1/{coin}/metrics/pool`.
///
/// # Errors
///
/// [`Error::OtherJson`] if nothing in it is of a pool; the others as [`parse_health`].
pub fn parse_pool(body: &[u8]) -> Result<PoolMetrics, Error> {
    pool_of(body, POOL)
}

fn pool_of(body: &[u8], path: &str) -> Result<PoolMetrics, Error> {
    let document = object_of::<PoolDocument>(body, path)?.opened();
    if document.is_pool() { Ok(PoolMetrics(document)) } else { Err(other(path, "the JSON of something else")) }
}

/// Reads the body of `GET /api/v1/{coin}/metrics/miners`.
///
/// # Errors
///
/// [`Error::OtherJson`] if it has no list of workers; the others as [`parse_health`].
pub fn parse_workers(body: &[u8]) -> Result<Workers, Error> {
    workers_of(body, MINERS)
}

fn workers_of(body: &[u8], path: &str) -> Result<Workers, Error> {
    let document = object_of::<MinersDocument>(body, path)?.opened();
    if document.workers.is_present() { Ok(Workers(document)) } else { Err(other(path, "the JSON of something else")) }
}

fn other(path: &str, found: &'static str) -> Error {
    Error::OtherJson { path: path.to_owned(), found }
}

/// What is known of an instance beyond one observation.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    version: Option<String>,
    legacy: Legacy,
}

/// Whether the paths without a coin key answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Legacy {
    #[default]
    NotAsked,
    Answers,
    None,
}

impl Learned {
    /// Another version may have other paths.
    fn forget_if_changed(&mut self, version: Option<&str>) {
        if self.version.as_deref() != version {
            *self = Self { version: version.map(str::to_owned), legacy: Legacy::NotAsked };
        }
    }

    /// One answer without the key settles it until the version changes; one 404 does, too.
    fn remember_legacy(&mut self, came: &[Came], failures: &[(&String, Error)]) {
        if came.iter().any(|came| came.is_legacy) {
            self.legacy = Legacy::Answers;
        } else if failures.iter().any(|(key, error)| *key == LEGACY_KEY && matches!(error, Error::NotFound { .. })) {
            self.legacy = Legacy::None;
        }
    }

    fn may_ask_legacy(&self, key: &str) -> bool {
        let version = self.version.as_deref().and_then(Version::parse);
        key == LEGACY_KEY && self.legacy != Legacy::None && version.is_some_and(|version| version < NO_LEGACY_SINCE)
    }
}

/// Asks for each coin key: the summaries first, the workers with what time is left. `health` is what the health path answered, as far as
/// the observation goes on without it.
///
/// # Errors
///
/// Where no key could be read: the first failure that says more than that a key is not known there.
pub(crate) async fn observe(
    client: &Client,
    coins: &[String],
    learned: &mut Learned,
    health: Result<Health, Error>,
    until: Instant,
) -> Result<PoolSnapshot, Error> {
    let mut gaps = Vec::new();
    let health = health.map_err(|error| gaps.push(error.gap(HEALTH_PATH))).ok();
    if let Some(health) = &health {
        learned.forget_if_changed(health.version());
    }
    if coins.is_empty() {
        gaps.push(Gap::new("coins", "no coin keys configured: name them in `coins`"));
    }
    let now = Instant::now();
    let summaries_until = now + until.saturating_duration_since(now).mul_f64(SUMMARIES_SHARE);
    let came = summaries(client, coins, learned, summaries_until, &mut gaps).await?;
    if came.is_empty() && health.is_none() {
        return Err(Error::OtherJson { path: HEALTH_PATH.to_owned(), found: "no sign of a pool" });
    }
    let answers = with_workers(client, came, until, &mut gaps).await;
    let mut snapshot = normalize(health.as_ref(), &answers);
    gaps.append(&mut snapshot.gaps);
    Ok(PoolSnapshot { gaps, ..snapshot })
}

/// A summary and the path without the last part that it came from.
struct Came {
    key: String,
    /// Whether it came from the path without a key.
    is_legacy: bool,
    pool: PoolMetrics,
}

async fn summaries(
    client: &Client,
    coins: &[String],
    learned: &mut Learned,
    until: Instant,
    gaps: &mut Vec<Gap>,
) -> Result<Vec<Came>, Error> {
    let known: &Learned = learned;
    let ask = async |key: &String, share| summary(client, key, known, share).await;
    let outcomes = each(coins.iter().collect(), until, SUMMARY_DEADLINE, ask).await;
    let (mut came, mut failures) = (Vec::new(), Vec::new());
    for (key, outcome) in coins.iter().zip(outcomes) {
        match outcome {
            Ok(summary) => came.push(summary),
            Err(error) => {
                gaps.push(error.gap(&coin_path(key, POOL)));
                failures.push((key, error));
            }
        }
    }
    learned.remember_legacy(&came, &failures);
    if came.is_empty() {
        // That all say no is told before what else went wrong; that no key is known there is no failure of the pool.
        let telling = |error: &Error| !matches!(error, Error::NotFound { .. });
        let said_no = failures.iter().position(|(_, error)| error.is_refusal());
        if let Some(at) = said_no.or_else(|| failures.iter().position(|(_, error)| telling(error))) {
            return Err(failures.swap_remove(at).1);
        }
    }
    Ok(came)
}

/// The summary of a key, from the path without a key where that is the one that answers.
async fn summary(client: &Client, key: &str, learned: &Learned, deadline: Duration) -> Result<Came, Error> {
    let until = Instant::now() + deadline;
    let fetch = async |path: &str| {
        let left = until.saturating_duration_since(Instant::now());
        pool_of(&client.fetch(path, left, MAX_SUMMARY_BYTES).await?.body, path)
    };
    let came = |is_legacy, pool| Came { key: key.to_owned(), is_legacy, pool };
    let may_be_legacy = learned.may_ask_legacy(key);
    if may_be_legacy && learned.legacy == Legacy::Answers {
        return Ok(came(true, fetch(LEGACY_POOL_PATH).await?));
    }
    match fetch(&coin_path(key, POOL)).await {
        Err(not_found @ Error::NotFound { .. }) if may_be_legacy => {
            // What the path without a key says is no news where it is not there.
            fetch(LEGACY_POOL_PATH).await.map(|pool| came(true, pool)).map_err(|_| not_found)
        }
        outcome => Ok(came(false, outcome?)),
    }
}

/// The workers of each key. That they do not come costs nothing but themselves.
async fn with_workers(client: &Client, came: Vec<Came>, until: Instant, gaps: &mut Vec<Gap>) -> Vec<CoinAnswers> {
    let path_of =
        |came: &Came| if came.is_legacy { LEGACY_MINERS_PATH.to_owned() } else { coin_path(&came.key, MINERS) };
    let paths: Vec<String> = came.iter().map(path_of).collect();
    let ask = async |path: &String, share| workers_of(&client.fetch(path, share, MAX_BODY_BYTES).await?.body, path);
    let outcomes = each(paths.iter().collect(), until, Duration::MAX, ask).await;
    let mut answers = Vec::with_capacity(came.len());
    for ((came, path), outcome) in came.into_iter().zip(&paths).zip(outcomes) {
        let workers = outcome.map_err(|error: Error| gaps.push(error.gap(path))).ok();
        answers.push(CoinAnswers { key: came.key, pool: came.pool, workers });
    }
    answers
}
