//! The links to receivers: how they are, and what they send.

use gssa_serve::response::json;
use gssa_serve::{Call, Error, Response};
use serde::Deserialize;
use serde_json::Value;

use super::Api;
use super::configuration::blocking;
use super::problem::Refused;

pub(super) async fn list(call: Call<Api>) -> Result<Response, Error> {
    json(&call.app.parts.uplinks.status())
}

pub(super) async fn preview(call: Call<Api>) -> Result<Response, Error> {
    let source_id = known_source(&call)?;
    let preview = call.app.parts.uplinks.preview(call.param("uplink_id"), source_id);
    json(&preview.ok_or(Refused::UnknownUplink)?)
}

pub(super) async fn default_preview(call: Call<Api>) -> Result<Response, Error> {
    json(&call.app.parts.uplinks.default_preview(known_source(&call)?))
}

/// The source that is asked about, if one is.
fn known_source(call: &Call<Api>) -> Result<Option<&str>, Error> {
    let id = call.query.get("source_id");
    if id.is_some_and(|id| !call.app.parts.store.contains(id)) {
        return Err(Error::UnknownSource);
    }
    Ok(id)
}

/// What to try: one of the two.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UplinkTest")]
pub(super) struct Test {
    /// A saved link, with the token that is kept.
    id: Option<String>,
    /// A link as it is written in the configuration, saved or not; `********` stands for the token of the saved link of the same id.
    uplink: Option<Value>,
}

pub(super) async fn test(mut call: Call<Api>) -> Result<Response, Error> {
    let asked = call.json::<Test>().await?;
    let (configuration, uplinks) = (call.app.parts.configuration.clone(), &call.app.parts.uplinks);
    let (config, uplink) = match asked {
        Test { id: Some(id), uplink: None } => {
            let config = configuration.current().config.clone();
            let uplink = config.uplinks.iter().find(|uplink| uplink.id.as_str() == id).cloned();
            (config, uplink.ok_or(Refused::UnknownUplink)?)
        }
        Test { id: None, uplink: Some(uplink) } => {
            blocking(move || configuration.draft_uplink(uplink)).await?.map_err(Refused::InvalidConfig)?
        }
        _ => return Err(Error::BadBody { found: "either `id` or `uplink`".into() }),
    };
    json(&uplinks.try_out(&config, &uplink).await)
}
