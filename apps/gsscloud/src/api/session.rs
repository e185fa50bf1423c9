//! Who calls; logging in and out; one's own password.

use gssa_serve::App as _;
use gssa_serve::response::{empty, json};
use gssa_serve::sessions::with_cookie;
use gssa_serve::{Call, Error, Response};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use tracing::info;

use super::Api;
use super::access::Who;
use crate::registry::User;

/// Who calls.
#[skip_serializing_none]
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Caller {
    /// `nobody` or `user`.
    who: &'static str,
    /// By which they logged in.
    user: Option<String>,
    /// Whether they manage agents and users.
    admin: bool,
}

/// A login.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    /// Who.
    user: String,
    /// Their password.
    password: String,
}

/// A change of one's own password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The one that counts now.
    current: String,
    /// The one to come.
    new: String,
}

impl Caller {
    fn of(who: &Who) -> Self {
        match who {
            Who::Nobody => Self { who: "nobody", user: None, admin: false },
            Who::User(user) => Self { who: "user", user: Some(user.name.clone()), admin: user.is_admin },
        }
    }
}

pub(super) async fn get(call: Call<Api>) -> Result<Response, Error> {
    json(&Caller::of(&call.caller))
}

pub(super) async fn post(mut call: Call<Api>) -> Result<Response, Error> {
    let Login { user, password } = call.json().await?;
    let from = call.facts.client.to_canonical();
    let verified = call.app.parts.registry.verify(from, user.trim(), password).await;
    if verified.is_err() {
        info!(%from, "a login failed");
    }
    let user = verified?;
    info!(%from, user = user.name, "logged in");
    log_in(&call, user)
}

pub(super) async fn delete(call: Call<Api>) -> Result<Response, Error> {
    if let Some(id) = &call.facts.session {
        call.app.sessions.close(id);
    }
    with_cookie(empty(StatusCode::NO_CONTENT), Api::COOKIE, None, call.facts.is_https)
}

pub(super) async fn password(mut call: Call<Api>) -> Result<Response, Error> {
    let PasswordChange { current, new } = call.json().await?;
    let (registry, name) = (&call.app.parts.registry, call.caller.user()?.name.clone());
    registry.verify(call.facts.client, &name, current).await?;
    let user = registry.set_password(&name, new).await?;
    info!(user = name, "password changed");
    log_in(&call, user)
}

fn log_in(call: &Call<Api>, user: std::sync::Arc<User>) -> Result<Response, Error> {
    let id = call.app.sessions.open(&user.name, user.mark());
    let caller = json(&Caller::of(&Who::User(user)))?;
    with_cookie(caller, Api::COOKIE, Some(&id), call.facts.is_https)
}
