//! Enrolment, for administrators.

use gssa_serve::response::{empty, json};
use gssa_serve::{Call, Error, Response};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::info;

use super::{AGENT, Api};
use crate::db::Unavailable;
use crate::http::Refused;
use crate::log::{AgentId, LogError};
use crate::registry::{NewAgent, RegistryError};

/// An agent to be enrolled.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Enrolment {
    /// What it is called.
    name: String,
}

/// An agent and its token.
#[derive(Serialize, JsonSchema)]
pub(super) struct Enrolled {
    /// Its name in addresses.
    id: AgentId,
    /// What people call it.
    name: String,
    /// Shown once, and kept nowhere.
    token: String,
}

pub(super) async fn add(mut call: Call<Api>) -> Result<Response, Error> {
    let enrolment: Enrolment = call.json().await?;
    let added = call.app.parts.registry.add_agent(&enrolment.name).await?;
    told(&call, &added, "agent added")
}

pub(super) async fn rotate(call: Call<Api>) -> Result<Response, Error> {
    let rotated = call.app.parts.registry.rotate_agent(call.param(AGENT)).await?;
    told(&call, &rotated, "agent got another token")
}

pub(super) async fn revoke(call: Call<Api>) -> Result<Response, Error> {
    let agent = call.app.parts.registry.revoke_agent(call.param(AGENT)).await?;
    info!(agent = %agent.id, by = call.caller.user()?.name, "agent revoked");
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) async fn remove(call: Call<Api>) -> Result<Response, Error> {
    let parts = &call.app.parts;
    let agent = parts.registry.remove_agent(call.param(AGENT)).await?;
    parts.fleet.forget(&agent.id);
    parts.gateway.presence().forget(&agent.id);
    if let Err(LogError::Unavailable(error)) = parts.log.forget(&agent.id).await {
        return Err(RegistryError::from(error).into());
    }
    info!(agent = %agent.id, by = call.caller.user()?.name, "agent removed");
    Ok(empty(StatusCode::NO_CONTENT))
}

fn told(call: &Call<Api>, NewAgent { agent, token }: &NewAgent, what: &str) -> Result<Response, Error> {
    info!(agent = %agent.id, by = call.caller.user()?.name, "{what}");
    json(&Enrolled { id: agent.id.clone(), name: agent.name.clone(), token: token.clone() })
}

impl From<RegistryError> for Error {
    fn from(error: RegistryError) -> Self {
        let told = error.to_string();
        let refused = |status, kind| Refused::new(status, kind, told.clone());
        match error {
            RegistryError::UnknownAgent(_) => super::access::unknown_agent(),
            RegistryError::UnknownUser(_) => refused(StatusCode::NOT_FOUND, "unknown-user").into(),
            RegistryError::Taken(_) => refused(StatusCode::CONFLICT, "taken").into(),
            RegistryError::BadName => refused(StatusCode::UNPROCESSABLE_ENTITY, "bad-name").into(),
            RegistryError::BadPassword(bad) => bad.into(),
            RegistryError::Revoked(_) => refused(StatusCode::CONFLICT, "revoked").into(),
            RegistryError::Full => refused(StatusCode::CONFLICT, "full").into(),
            RegistryError::LastAdmin(_) => refused(StatusCode::CONFLICT, "last-admin").into(),
            RegistryError::Unavailable(Unavailable::Closed) => Self::Internal,
            RegistryError::Unavailable(_) => Self::NotReady { what: "the log cannot be written".into() },
        }
    }
}
