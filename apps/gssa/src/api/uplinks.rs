//! The links to receivers: how they are, and what they send.

use gssa_serve::response::json;
use gssa_serve::{Call, Error, Response};

use super::Api;
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
