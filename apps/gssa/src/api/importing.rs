//! Taking over the configuration of GSSM.

use gssa_serve::response::json;
use gssa_serve::{Call, Error, Response};
use serde_json::Value;

use super::Api;
use crate::collectors::SUPPORTED;
use crate::import;

pub(super) async fn post(mut call: Call<Api>) -> Result<Response, Error> {
    let config: Value = call.json().await?;
    json(&import::gssm(&config, SUPPORTED).map_err(|error| Error::BadBody { found: error.to_string() })?)
}
