//! The points of one figure.

use std::str::FromStr as _;

use super::problem::Error;
use super::request::Call;
use super::response::{Response, json};
use crate::store::Metric;
use gssa_model::Timestamp;

pub(super) async fn get(call: Call) -> Result<Response, Error> {
    let metric = call.query.read("metric", |word| Metric::from_str(word).map_err(|error| error.to_string()))?;
    let since = call.query.read("since", time)?.map(Timestamp::unix_ms);
    let series = call.api.parts.store.history(&call.id, metric.unwrap_or(Metric::CurrentHps), since);
    json(&series.ok_or(Error::UnknownSource)?)
}

/// A time in a query: RFC 3339, or milliseconds since 1970.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    match text.parse() {
        Ok(unix_ms) => Ok(Timestamp::from_unix_ms(unix_ms)),
        Err(_) => text.parse().map_err(|error: gssa_model::BadTimestamp| error.to_string()),
    }
}
