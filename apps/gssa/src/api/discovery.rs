//! The search for devices.

use gssa_serve::response::{empty, json, with_header};
use gssa_serve::{Call, Error, Response};
use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use serde::Deserialize;

use super::Api;
use super::problem::Refused;
use crate::discovery::{Request, StartError};

/// What to search.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// `192.168.1.0/24`, `192.168.1.10-192.168.1.60`, `192.168.1.10-60`, an address, `own`, or several of them divided by commas.
    /// Absent: `own`, the networks of the agent.
    range: Option<String>,
    /// Absent: 80 and 4028.
    ports: Option<Vec<u16>>,
    /// Hosts that are asked at the same time. Absent: 64.
    concurrency: Option<usize>,
    /// Whether addresses outside of the private network may be searched; loopback counts as outside.
    #[serde(default)]
    force: bool,
}

pub(super) async fn post(mut call: Call<Api>) -> Result<Response, Error> {
    let asked: Search = call.json().await?;
    let usual = Request::default();
    let request = Request {
        range: asked.range.unwrap_or(usual.range),
        ports: asked.ports.unwrap_or(usual.ports),
        concurrency: asked.concurrency.unwrap_or(usual.concurrency),
        force: asked.force,
    };
    let begun = call.app.parts.discovery.start(&request)?;
    let mut response = json(&begun)?;
    *response.status_mut() = StatusCode::ACCEPTED;
    let location = HeaderValue::from_str(&format!("/api/v1/discovery/{}", begun.id)).map_err(|_| Error::Internal)?;
    Ok(with_header(response, LOCATION, location))
}

pub(super) async fn overview(call: Call<Api>) -> Result<Response, Error> {
    json(&call.app.parts.discovery.overview())
}

pub(super) async fn get(call: Call<Api>) -> Result<Response, Error> {
    json(&call.app.parts.discovery.report(call.param("search_id")).ok_or(Refused::UnknownSearch)?)
}

pub(super) async fn delete(call: Call<Api>) -> Result<Response, Error> {
    if call.app.parts.discovery.stop(call.param("search_id")) {
        Ok(empty(StatusCode::NO_CONTENT))
    } else {
        Err(Refused::UnknownSearch.into())
    }
}

impl From<StartError> for Error {
    fn from(error: StartError) -> Self {
        match error {
            StartError::UnderWay { id } => Refused::SearchUnderWay { id }.into(),
            StartError::Targets(error) => Self::BadBody { found: format!("range: {error}") },
            error @ (StartError::Ports | StartError::Concurrency) => Self::BadBody { found: error.to_string() },
        }
    }
}
