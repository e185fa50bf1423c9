//! Asking an address what is there.

use gssa_model::Address;
use serde::Deserialize;

use super::problem::Error;
use super::request::Call;
use super::response::{Response, json};

/// What to ask.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Probe {
    /// A host, `host:port` or a URL.
    address: String,
}

pub(super) async fn post(mut call: Call) -> Result<Response, Error> {
    let probe: Probe = call.json().await?;
    let address: Address =
        probe.address.parse().map_err(|error| Error::BadBody { found: format!("address: {error}") })?;
    json(&call.api.parts.refresh.probe(address).await)
}
