//! `GoStratumEngine`: what its documents say, and how a hashrate is estimated from them.
//!
//! # Quirks
//!
//! Source: `mmfpsolutions/gostratumengine` v1.0.5 `pkg/metrics`, `pkg/engine`.
//!
//! | quirk | what is made of it |
//! |---|---|
//! | 1.0.0 and 1.0.1 have no `/api/v1` before their paths | found out, and remembered |
//! | everything starts at zero with the program | scope `since_start`; an uptime that falls behind forgets what was counted |
//! | no hashrate anywhere | [estimated](Estimator) from accepted shares and their difficulty, and marked so |
//! | one entry for each connection, with the counters of its worker name | one worker for each name; the counters once |
//! | connections without a name: not authorised, port scanners | left out |
//! | counters are kept under the symbol of the coin and read under its key | where the two differ they stay 0: `counted: false`, and no shares |
//! | `last_block_time` and `last_share_time` of the year 1 | left out |
//! | rejected shares raise `best_difficulty` | as it comes |
//! | port 8080 belongs to many programs | known by the shape of the answer alone |

use gssa_model::{Gap, PoolSnapshot};
use tokio::time::Instant;

use crate::client::Client;
use crate::wire::gse::{MinersDocument, StatsDocument};
use crate::wire::object_of;
use crate::{Error, MAX_BODY_BYTES};

mod estimate;
mod named;
mod normalize;

pub use estimate::{Estimates, Estimator};
pub use normalize::normalize;

/// What stands before its paths since 1.0.2.
pub(crate) const PREFIX: &str = "/api/v1";

/// Before that.
pub(crate) const NO_PREFIX: &str = "";

/// The largest summary that is read.
const MAX_STATS_BYTES: usize = 256 * 1024;

/// The symbols that the engine knows without being told (`pkg/coin`). A coin with another one brings a definition of its own.
const BUILT_IN_SYMBOLS: [&str; 5] = ["BC2", "BCH", "BTC", "DGB", "XEC"];

/// The answer of `GET /api/v1/stats`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats(pub(crate) StatsDocument);

/// The answer of `GET /api/v1/miners`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sessions(pub(crate) MinersDocument);

/// Reads the body of `GET /api/v1/stats`.
///
/// # Errors
///
/// [`Error::OtherJson`] without coins and an uptime: the path is not rare. [`Error::WebPage`], [`Error::Malformed`] and
/// [`Error::TooLarge`] for what is no JSON.
pub fn parse_stats(body: &[u8]) -> Result<Stats, Error> {
    stats_of(body, "/api/v1/stats")
}

fn stats_of(body: &[u8], path: &str) -> Result<Stats, Error> {
    let document: StatsDocument = object_of(body, path)?;
    if document.coins.known().is_some() && document.uptime_seconds.is_present() {
        Ok(Stats(document))
    } else {
        Err(Error::OtherJson { path: path.to_owned(), found: "the JSON of something else" })
    }
}

/// Reads the body of `GET /api/v1/miners`.
///
/// # Errors
///
/// [`Error::OtherJson`] without miners; the others as [`parse_stats`].
pub fn parse_sessions(body: &[u8]) -> Result<Sessions, Error> {
    sessions_of(body, "/api/v1/miners")
}

fn sessions_of(body: &[u8], path: &str) -> Result<Sessions, Error> {
    let document: MinersDocument = object_of(body, path)?;
    if document.miners.known().is_some() {
        Ok(Sessions(document))
    } else {
        Err(Error::OtherJson { path: path.to_owned(), found: "the JSON of something else" })
    }
}

/// What is known of an instance beyond one observation.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    /// What stands before its paths, once that is known.
    prefix: Option<&'static str>,
    estimator: Estimator,
}

/// Asks for the counters and for the sessions. `prefixes` are the ones to try where it is not known which one it has.
///
/// # Errors
///
/// Those of the counters. That the sessions do not come costs nothing but themselves.
pub(crate) async fn observe(
    client: &Client,
    coins: &[String],
    learned: &mut Learned,
    prefixes: &[&'static str],
    until: Instant,
) -> Result<PoolSnapshot, Error> {
    let (stats, sessions) = if let Some(prefix) = learned.prefix {
        tokio::join!(fetch_stats(client, prefix, until), fetch_sessions(client, prefix, until))
    } else {
        let (prefix, stats) = find(client, prefixes, until).await?;
        learned.prefix = Some(prefix);
        (Ok(stats), fetch_sessions(client, prefix, until).await)
    };
    let stats = stats.inspect_err(|error| {
        if error.is_of_another() {
            learned.prefix = None;
        }
    })?;
    let mut gaps = Vec::new();
    let path = format!("{}/miners", learned.prefix.unwrap_or(PREFIX));
    let sessions = sessions.map_err(|error| gaps.push(error.gap(&path))).ok();
    let estimates = match &sessions {
        Some(sessions) => learned.estimator.observe(Instant::now(), &stats, sessions),
        None => Estimates::default(),
    };
    let mut snapshot = normalize(&stats, sessions.as_ref(), &estimates);
    snapshot.gaps.extend(gaps);
    keep_wanted(&mut snapshot, coins);
    Ok(snapshot)
}

/// Only the coin keys that were named, if there are any; a key that is not there is a gap.
fn keep_wanted(snapshot: &mut PoolSnapshot, coins: &[String]) {
    if coins.is_empty() {
        return;
    }
    snapshot.coins.retain(|coin| coins.contains(&coin.key));
    let is_there = |key: &String| snapshot.coins.iter().any(|coin| coin.key == *key);
    let missing = coins.iter().filter(|key| !is_there(key));
    snapshot.gaps.extend(missing.map(|key| Gap::new(format!("coins.{key}"), "no such coin key")));
}

/// The first of `prefixes` behind which there are counters.
async fn find(client: &Client, prefixes: &[&'static str], until: Instant) -> Result<(&'static str, Stats), Error> {
    let mut failure = None;
    for prefix in prefixes {
        match fetch_stats(client, prefix, until).await {
            Ok(stats) => return Ok((prefix, stats)),
            Err(error @ Error::NotFound { .. }) => failure = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(failure.unwrap_or_else(|| Error::OtherJson { path: PREFIX.to_owned(), found: "nothing" }))
}

async fn fetch_stats(client: &Client, prefix: &str, until: Instant) -> Result<Stats, Error> {
    let path = format!("{prefix}/stats");
    let left = until.saturating_duration_since(Instant::now());
    stats_of(&client.fetch(&path, left, MAX_STATS_BYTES).await?.body, &path)
}

async fn fetch_sessions(client: &Client, prefix: &str, until: Instant) -> Result<Sessions, Error> {
    let path = format!("{prefix}/miners");
    let left = until.saturating_duration_since(Instant::now());
    sessions_of(&client.fetch(&path, left, MAX_BODY_BYTES).await?.body, &path)
}
