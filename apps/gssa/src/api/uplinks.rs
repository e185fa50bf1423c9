//! The links to receivers: how they are, and what they send.

use super::problem::Error;
use super::request::Call;
use super::response::{Response, json};

pub(super) async fn list(call: Call) -> Result<Response, Error> {
    json(&call.api.parts.uplinks.status())
}

pub(super) async fn preview(call: Call) -> Result<Response, Error> {
    let source_id = known_source(&call)?;
    json(&call.api.parts.uplinks.preview(&call.id, source_id).ok_or(Error::UnknownUplink)?)
}

pub(super) async fn default_preview(call: Call) -> Result<Response, Error> {
    json(&call.api.parts.uplinks.default_preview(known_source(&call)?))
}

/// The source that is asked about, if one is.
fn known_source(call: &Call) -> Result<Option<&str>, Error> {
    let id = call.query.get("source_id");
    if id.is_some_and(|id| !call.api.parts.store.contains(id)) {
        return Err(Error::UnknownSource);
    }
    Ok(id)
}
