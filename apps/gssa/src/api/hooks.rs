//! Webhooks: a token, a size, and an answer at once. What is in them is read later, by [`Hooks`](crate::hooks::Hooks).

use gssa_model::Timestamp;
use gssa_serve::response::empty;
use gssa_serve::token::Digest;
use gssa_serve::{Call, Error, Response};
use http::StatusCode;
use serde::Deserialize;

use super::Api;
use super::problem::Refused;
use crate::config::Hook;

/// What `GoSlimStratum` (`type`) or GSSM (`event_type`) sends. Nothing in it is required, and what is more is not an error.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[expect(dead_code, reason = "a shape for the document of the API; bodies are read leniently, and later")]
pub(super) struct Webhook {
    /// The event, as GSSM calls it.
    event_type: Option<String>,
    /// The event, as `GoSlimStratum` calls it.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// What happened, for people; a prefix stands on a line of its own before it.
    subject: Option<String>,
    /// More about it.
    message: Option<String>,
    /// What it happened to.
    entity: Option<String>,
    /// `critical`, `warning` or `info`.
    severity: Option<String>,
    /// When.
    timestamp: Option<Timestamp>,
}

pub(super) async fn post(mut call: Call<Api>) -> Result<Response, Error> {
    let hooks = std::sync::Arc::clone(&call.app.parts.hooks);
    let loaded = call.app.parts.configuration.current();
    let Some(name) = presented(&call).and_then(|token| known(&loaded.config.hooks, &token)) else {
        hooks.counts().unknown_token();
        return Err(Refused::HookUnknown.into());
    };
    let request = hooks.request(name);
    let body = call.bytes().await?;
    request.take(body.into()).map_err(|full| Error::NotReady { what: full.to_string() })?;
    Ok(empty(StatusCode::ACCEPTED))
}

/// The token in the path, else the one in the query, else the one in `Authorization`.
fn presented(call: &Call<Api>) -> Option<Digest> {
    let in_address = Some(call.param("token")).filter(|token| !token.is_empty()).or_else(|| call.query.get("token"));
    in_address.map(Digest::of).or(call.facts.bearer)
}

/// The hook with a token. Every hook is compared, whichever fits.
fn known<'a>(hooks: &'a [Hook], token: &Digest) -> Option<&'a str> {
    hooks.iter().fold(None, |found, hook| {
        let fits = Digest::parse(hook.hash.expose()).is_some_and(|digest| digest.is(token));
        if fits { Some(hook.name.as_str()) } else { found }
    })
}
