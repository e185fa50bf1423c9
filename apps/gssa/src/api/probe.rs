//! Asking an address, or a source as it would be saved, what is there.

use std::time::Duration;

use gssa_model::Address;
use gssa_serve::response::json;
use gssa_serve::{Call, Error, Response};
use serde::Deserialize;
use serde_json::Value;

use super::Api;
use super::configuration::blocking;
use super::problem::Refused;
use crate::schedule::Spec;
use crate::{collectors, specs};

/// How long an address of which nothing else is known may take to tell what it is.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(4);

/// What to ask: one of the two.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Probe {
    /// A host, `host:port` or a URL. It is asked without credentials.
    address: Option<String>,
    /// A source as it is written in the configuration, saved or not. It is asked as it would be polled; `********` stands for the secret
    /// of the saved source of the same id.
    source: Option<Value>,
}

pub(super) async fn post(mut call: Call<Api>) -> Result<Response, Error> {
    let spec = match call.json::<Probe>().await? {
        Probe { address: Some(address), source: None } => at(&address)?,
        Probe { address: None, source: Some(source) } => draft(&call, source).await?,
        _ => return Err(Error::BadBody { found: "either `address` or `source`".into() }),
    };
    json(&call.app.parts.refresh.probe(spec).await)
}

fn at(address: &str) -> Result<Spec, Error> {
    let address: Address = address.parse().map_err(|error| Error::BadBody { found: format!("address: {error}") })?;
    Ok(collectors::spec_at(&address, ADDRESS_TIMEOUT))
}

async fn draft(call: &Call<Api>, source: Value) -> Result<Spec, Error> {
    let configuration = call.app.parts.configuration.clone();
    let (config, source) = blocking(move || configuration.draft(source)).await?.map_err(Refused::InvalidConfig)?;
    Ok(specs::spec(&config, &source))
}
