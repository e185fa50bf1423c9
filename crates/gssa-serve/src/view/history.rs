//! The points of one figure, of a source or of the fleet.

use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::sync::Arc;

use gssa_model::unit::Hashrate;
use gssa_model::{Algorithm, HashingState, Health, MinerSnapshot, Reading, Snapshot, State, Timestamp};
use gssa_view::plan::Plans;
use gssa_view::store::{Member, Metric, Versioned};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::call::Call;
use crate::problem::Error;
use crate::response::{Response, json};
use crate::view::Shows;

/// A day of the fleet.
#[skip_serializing_none]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct FleetHistory {
    /// What it is.
    metric: Metric,
    /// Whose: miners of this algorithm. Absent: all miners.
    algorithm: Option<String>,
    /// How many miners these are.
    miners: usize,
    /// The time between two points, of which there are at most 720.
    step_secs: u64,
    /// Unix milliseconds and the sum (of `chip_celsius`: the highest) over the miners whose value was known then, oldest first. A value
    /// counts on for two intervals of its miner, as in the summary. Where nothing was known there is no point.
    points: Vec<(i64, f64)>,
    /// With `current_hps`: what is expected at present of the miners that had been seen by then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expected: Vec<(i64, f64)>,
}

pub(super) async fn get<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    let (metric, since) = (metric(&call)?, since(&call)?);
    let coin = call.query.get("coin");
    let series = call.view()?.store().history(call.param("source_id"), coin, metric, since);
    json(&series.ok_or(Error::UnknownSource)?)
}

pub(super) async fn fleet<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    let (metric, since) = (metric(&call)?, since(&call)?);
    if matches!(metric, Metric::Accepted | Metric::Rejected) {
        let found = "of the fleet there are current_hps, watts and chip_celsius".to_owned();
        return Err(Error::BadQuery { name: "metric".into(), found });
    }
    let view = call.view()?;
    let readings = view.store().all();
    let miners: Vec<_> = readings.iter().filter_map(miner).collect();
    let algorithm = match call.query.get("algorithm") {
        Some(named) => Some(named.to_owned()),
        None if metric == Metric::CurrentHps => most_common(&miners),
        None => None,
    };
    let plans = Arc::clone(&view.plans().borrow());
    let wanted = miners.iter().filter(|(_, miner)| algorithm.as_ref().is_none_or(|wanted| name(miner) == wanted));
    let members: Vec<_> = wanted.map(|(reading, miner)| member(reading, miner, &*plans)).collect();
    let trend = view.store().trend(metric, &members, since);
    let expected = if metric == Metric::CurrentHps { trend.expected } else { Vec::new() };
    json(&FleetHistory {
        metric,
        algorithm,
        miners: members.len(),
        step_secs: trend.step_secs,
        points: trend.points,
        expected,
    })
}

/// The miner of a reading, if it counts.
fn miner(entry: &Versioned) -> Option<(&Reading, &MinerSnapshot)> {
    let reading = &*entry.reading;
    let miner = reading.snapshot.as_deref().and_then(Snapshot::as_miner)?;
    (reading.health != Health::Disabled).then_some((reading, miner))
}

fn name(miner: &MinerSnapshot) -> &str {
    miner.hashing.algorithm.as_ref().map_or("unknown", Algorithm::as_str)
}

/// The algorithm of the most miners, the first by name of several.
fn most_common(miners: &[(&Reading, &MinerSnapshot)]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, miner) in miners {
        *counts.entry(name(miner)).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(name, _)| name.to_owned())
}

fn member(reading: &Reading, miner: &MinerSnapshot, plans: &dyn Plans) -> Member {
    // After a failure the time to the next attempt is no interval: what is lost must go.
    let stretched = reading.effective_interval_secs.filter(|_| reading.failure.is_none());
    let interval_secs = stretched.unwrap_or_else(|| plans.of(reading).interval_secs);
    let is_paused = miner.hashing.state == Some(HashingState::Paused) || reading.state == State::Standby;
    Member {
        id: reading.source.id.clone(),
        hold_secs: 2 * interval_secs,
        expected_hps: miner.hashing.expected_hps.filter(|_| !is_paused).map(Hashrate::get),
    }
}

fn metric<A: Shows>(call: &Call<A>) -> Result<Metric, Error> {
    let metric = call.query.read("metric", |word| Metric::from_str(word).map_err(|error| error.to_string()))?;
    Ok(metric.unwrap_or(Metric::CurrentHps))
}

fn since<A: Shows>(call: &Call<A>) -> Result<Option<i64>, Error> {
    Ok(call.query.read("since", time)?.map(Timestamp::unix_ms))
}

/// A time in a query: RFC 3339, or milliseconds since 1970.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    match text.parse() {
        Ok(unix_ms) => Ok(Timestamp::from_unix_ms(unix_ms)),
        Err(_) => text.parse().map_err(|error: gssa_model::BadTimestamp| error.to_string()),
    }
}
