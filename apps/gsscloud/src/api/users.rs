//! People, for administrators.

use std::collections::BTreeSet;

use gssa_model::Timestamp;
use gssa_serve::response::{empty, json};
use gssa_serve::{Call, Error, Response};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::info;

use super::{AGENT, Api};
use crate::log::AgentId;
use crate::registry::User;

/// The part of a path that names a user.
const USER: &str = "user";

/// Everybody.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Users {
    /// Sorted by name.
    users: Vec<UserShown>,
}

/// Somebody.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct UserShown {
    /// By which they log in.
    name: String,
    /// Whether they manage agents and users, and see every agent.
    admin: bool,
    /// The agents that they see.
    agents: BTreeSet<AgentId>,
    /// When they were added.
    created_at: Timestamp,
}

impl UserShown {
    fn of(user: &User) -> Self {
        let User { name, is_admin, agents, created_at, .. } = user;
        Self { name: name.clone(), admin: *is_admin, agents: agents.clone(), created_at: *created_at }
    }
}

/// Somebody to be added.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    /// By which they log in.
    name: String,
    /// Their password, to be changed by them.
    password: String,
    /// Whether they manage agents and users, and see every agent.
    #[serde(default)]
    admin: bool,
}

/// Another password of somebody.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The one to come.
    password: String,
}

pub(super) async fn list(call: Call<Api>) -> Result<Response, Error> {
    let users = call.app.parts.registry.users();
    json(&Users { users: users.iter().map(|user| UserShown::of(user)).collect() })
}

pub(super) async fn add(mut call: Call<Api>) -> Result<Response, Error> {
    let NewUser { name, password, admin } = call.json().await?;
    let user = call.app.parts.registry.add_user(&name, password, admin).await?;
    info!(user = user.name, admin, by = call.caller.user()?.name, "user added");
    json(&UserShown::of(&user))
}

pub(super) async fn remove(call: Call<Api>) -> Result<Response, Error> {
    call.app.parts.registry.remove_user(call.param(USER)).await?;
    info!(user = call.param(USER), by = call.caller.user()?.name, "user removed");
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) async fn password(mut call: Call<Api>) -> Result<Response, Error> {
    let NewPassword { password } = call.json().await?;
    call.app.parts.registry.set_password(call.param(USER), password).await?;
    info!(user = call.param(USER), by = call.caller.user()?.name, "password set");
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) async fn promote(call: Call<Api>) -> Result<Response, Error> {
    set_admin(&call, true).await
}

pub(super) async fn demote(call: Call<Api>) -> Result<Response, Error> {
    set_admin(&call, false).await
}

async fn set_admin(call: &Call<Api>, admin: bool) -> Result<Response, Error> {
    let user = call.app.parts.registry.set_admin(call.param(USER), admin).await?;
    info!(user = user.name, admin, by = call.caller.user()?.name, "rights changed");
    json(&UserShown::of(&user))
}

pub(super) async fn grant(call: Call<Api>) -> Result<Response, Error> {
    let user = call.app.parts.registry.grant(call.param(USER), call.param(AGENT), true).await?;
    json(&UserShown::of(&user))
}

pub(super) async fn withdraw(call: Call<Api>) -> Result<Response, Error> {
    let user = call.app.parts.registry.grant(call.param(USER), call.param(AGENT), false).await?;
    json(&UserShown::of(&user))
}
