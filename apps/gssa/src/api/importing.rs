//! Taking over the configuration of GSSM.

use serde_json::Value;

use super::problem::Error;
use super::request::Call;
use super::response::{Response, json};
use crate::collectors::SUPPORTED;
use crate::import;

pub(super) async fn post(mut call: Call) -> Result<Response, Error> {
    let config: Value = call.json().await?;
    json(&import::gssm(&config, SUPPORTED).map_err(|error| Error::BadBody { found: error.to_string() })?)
}
