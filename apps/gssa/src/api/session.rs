//! Who calls; logging in and out; the password.

use gssa_serve::response::{empty, json};
use gssa_serve::sessions::with_cookie;
use gssa_serve::token::Digest;
use gssa_serve::{App as _, Call, Error, Response};
use gssa_view::journal::EntryKind;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_with::skip_serializing_none;
use tracing::info;

use super::Api;
use super::access::{Scope, Who};
use super::problem::Refused;
use crate::config::{FileState, Password};

/// The owner of every session: there is nobody else who logs in.
pub(super) const ADMIN: &str = "admin";

/// Who calls, and what it takes to do more.
#[skip_serializing_none]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Caller {
    /// What the site is called.
    agent_name: String,
    /// How somebody becomes admin here.
    login: LoginBy,
    /// Who this is.
    who: &'static str,
    /// The name of the token.
    token: Option<String>,
    /// What this caller may do; absent if nothing but log in.
    scope: Option<Scope>,
    /// What is wrong with the configuration file, if it cannot be read: the reason why nobody can log in may be in it.
    file: Option<FileState>,
}

/// How somebody becomes admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LoginBy {
    /// By being on this machine.
    NotNeeded,
    /// With the password.
    Password,
    /// With the set-up code, since there is no password yet.
    Setup,
    /// Not at all: the password in the configuration cannot be read.
    Impossible,
}

/// A login.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    /// The admin's password.
    password: String,
}

/// A change of the password.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The one that counts now; left out when there is none.
    #[serde(default)]
    current: Option<String>,
    /// The one to come.
    new: String,
}

pub(super) async fn get(call: Call<Api>) -> Result<Response, Error> {
    json(&caller(&call, call.caller.who.clone(), call.caller.scope))
}

pub(super) async fn post(mut call: Call<Api>) -> Result<Response, Error> {
    let login: Login = call.json().await?;
    let policy = call.app.policy();
    let verified = call.app.passwords.verify(call.facts.client, login.password, hash_of(&policy.password)).await;
    if let Err(Error::PasswordWrong) = verified {
        note(&call, "wrong password");
    }
    verified?;
    let mark = policy.password_mark.ok_or(Error::PasswordWrong)?;
    note(&call, "logged in");
    log_in(&call, mark)
}

pub(super) async fn delete(call: Call<Api>) -> Result<Response, Error> {
    if let Some(id) = &call.facts.session {
        call.app.sessions.close(id);
    }
    with_cookie(empty(StatusCode::NO_CONTENT), Api::COOKIE, None, call.facts.is_https)
}

pub(super) async fn password(mut call: Call<Api>) -> Result<Response, Error> {
    let change: PasswordChange = call.json().await?;
    let policy = call.app.policy();
    match &policy.password {
        Password::NotSet => {}
        Password::Unusable => return Err(Refused::PasswordUnusable.into()),
        Password::Hash(hash) => {
            let current = change.current.unwrap_or_default();
            call.app.passwords.verify(call.facts.client, current, Some(hash.expose().to_owned())).await?;
        }
    }
    let mark = set_password(&call.app, change.new, Vec::new()).await?;
    note(&call, "password changed");
    log_in(&call, mark)
}

/// Writes the hash of a new password and `others` (section, key, value) into the configuration. All sessions end with the old one.
pub(super) async fn set_password(
    api: &Api,
    password: String,
    others: Vec<(&'static str, &'static str, Value)>,
) -> Result<Digest, Error> {
    let hash = api.passwords.hash(password).await?;
    let configuration = &api.parts.configuration;
    let (etag, mut value) = (configuration.current().etag.clone(), configuration.shown());
    let password = ("server", "password_hash", Value::from(hash.as_str()));
    for (section, key, new) in others.into_iter().chain([password]) {
        let sections = value.as_object_mut().ok_or(Error::Internal)?;
        let section = sections.entry(section).or_insert_with(|| Map::new().into());
        section.as_object_mut().ok_or(Error::Internal)?.insert(key.to_owned(), new);
    }
    let loaded = configuration.put(value, Some(&etag)).await?;
    // A variable or a flag may have the last word.
    match &loaded.config.server.password {
        Password::Hash(in_use) if in_use.expose() == hash => Ok(Digest::of(&hash)),
        _ => Err(Refused::PasswordLocked.into()),
    }
}

/// The answer to somebody who just became admin: who they are, and the cookie of a new session.
pub(super) fn log_in(call: &Call<Api>, mark: Digest) -> Result<Response, Error> {
    let id = call.app.sessions.open(ADMIN, mark);
    let caller = json(&caller(call, Who::Session, Some(Scope::Admin)))?;
    with_cookie(caller, Api::COOKIE, Some(&id), call.facts.is_https)
}

fn caller(call: &Call<Api>, who: Who, scope: Option<Scope>) -> Caller {
    let policy = call.app.policy();
    let login = match (&policy.password, &who) {
        (Password::Hash(_), _) => LoginBy::Password,
        (Password::NotSet, Who::Local) => LoginBy::NotNeeded,
        (Password::NotSet, _) => LoginBy::Setup,
        (Password::Unusable, _) => LoginBy::Impossible,
    };
    let (who, token) = match who {
        Who::Nobody => ("nobody", None),
        Who::Local => ("local", None),
        Who::Session => ("session", None),
        Who::Token(name) => ("token", Some(name)),
    };
    let loaded = call.app.parts.configuration.current();
    let file = (!loaded.file.is_replaceable()).then(|| loaded.file.clone());
    Caller { agent_name: loaded.config.agent.name.clone(), login, who, token, scope, file }
}

/// Writes into the journal and the log what the caller did.
pub(super) fn note(call: &Call<Api>, what: &str) {
    let from = call.facts.client.to_canonical();
    info!(%from, "{what}");
    call.app.parts.journal.write(EntryKind::Access, None, format!("{what}, from {from}"));
}

fn hash_of(password: &Password) -> Option<String> {
    match password {
        Password::Hash(hash) => Some(hash.expose().to_owned()),
        Password::NotSet | Password::Unusable => None,
    }
}
