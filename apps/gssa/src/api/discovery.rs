//! The search for devices.

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use serde::Deserialize;

use super::problem::Error;
use super::request::Call;
use super::response::{Response, empty, json, with_header};
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

pub(super) async fn post(mut call: Call) -> Result<Response, Error> {
    let asked: Search = call.json().await?;
    let usual = Request::default();
    let request = Request {
        range: asked.range.unwrap_or(usual.range),
        ports: asked.ports.unwrap_or(usual.ports),
        concurrency: asked.concurrency.unwrap_or(usual.concurrency),
        force: asked.force,
    };
    let begun = call.api.parts.discovery.start(&request)?;
    let mut response = json(&begun)?;
    *response.status_mut() = StatusCode::ACCEPTED;
    let location = HeaderValue::from_str(&format!("/api/v1/discovery/{}", begun.id)).map_err(|_| Error::Internal)?;
    Ok(with_header(response, LOCATION, location))
}

pub(super) async fn overview(call: Call) -> Result<Response, Error> {
    json(&call.api.parts.discovery.overview())
}

pub(super) async fn get(call: Call) -> Result<Response, Error> {
    json(&call.api.parts.discovery.report(&call.id).ok_or(Error::UnknownSearch)?)
}

pub(super) async fn delete(call: Call) -> Result<Response, Error> {
    if call.api.parts.discovery.stop(&call.id) { Ok(empty(StatusCode::NO_CONTENT)) } else { Err(Error::UnknownSearch) }
}

impl From<StartError> for Error {
    fn from(error: StartError) -> Self {
        match error {
            StartError::UnderWay { id } => Self::SearchUnderWay { id },
            StartError::Targets(error) => Self::BadBody { found: format!("range: {error}") },
            error @ (StartError::Ports | StartError::Concurrency) => Self::BadBody { found: error.to_string() },
        }
    }
}
