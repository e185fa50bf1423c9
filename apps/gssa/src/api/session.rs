//! Who calls; logging in and out; the password.

use gssa_view::journal::EntryKind;
use http::StatusCode;
use http::header::{HeaderValue, SET_COOKIE};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_with::skip_serializing_none;
use tracing::info;

use super::Api;
use super::access::{Scope, Who};
use super::facts::session_cookie;
use super::problem::Error;
use super::request::Call;
use super::response::{Response, empty, json, with_header};
use super::sessions::COOKIE_NAME;
use super::token::Digest;
use crate::config::{FileState, Password, Secret};

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

pub(super) async fn get(call: Call) -> Result<Response, Error> {
    json(&caller(&call, call.allowed.who.clone(), call.allowed.scope))
}

pub(super) async fn post(mut call: Call) -> Result<Response, Error> {
    let login: Login = call.json().await?;
    let policy = call.api.policy();
    let verified = call.api.passwords.verify(call.facts.client, login.password, hash_of(&policy.password)).await;
    if let Err(Error::PasswordWrong) = verified {
        note(&call, "wrong password");
    }
    verified?;
    let mark = policy.password_mark.ok_or(Error::PasswordWrong)?;
    note(&call, "logged in");
    log_in(&call, mark)
}

pub(super) async fn delete(call: Call) -> Result<Response, Error> {
    if let Some(id) = session_cookie(&call.head.headers) {
        call.api.sessions.close(id);
    }
    with_cookie(&call, "", "; Max-Age=0", empty(StatusCode::NO_CONTENT))
}

pub(super) async fn password(mut call: Call) -> Result<Response, Error> {
    let change: PasswordChange = call.json().await?;
    let policy = call.api.policy();
    match &policy.password {
        Password::NotSet => {}
        Password::Unusable => return Err(Error::PasswordUnusable),
        Password::Hash(hash) => {
            let current = change.current.unwrap_or_default();
            call.api.passwords.verify(call.facts.client, current, Some(hash.clone())).await?;
        }
    }
    let mark = set_password(&call.api, change.new, Vec::new()).await?;
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
        _ => Err(Error::PasswordLocked),
    }
}

/// The answer to somebody who just became admin: who they are, and the cookie of a new session.
pub(super) fn log_in(call: &Call, mark: Digest) -> Result<Response, Error> {
    let id = call.api.sessions.open(mark);
    with_cookie(call, &id, "", json(&caller(call, Who::Session, Some(Scope::Admin)))?)
}

fn caller(call: &Call, who: Who, scope: Option<Scope>) -> Caller {
    let policy = call.api.policy();
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
    let loaded = call.api.parts.configuration.current();
    let file = (!loaded.file.is_replaceable()).then(|| loaded.file.clone());
    Caller { agent_name: loaded.config.agent.name.clone(), login, who, token, scope, file }
}

/// Writes into the journal and the log what the caller did.
pub(super) fn note(call: &Call, what: &str) {
    let from = call.facts.client.to_canonical();
    info!(%from, "{what}");
    call.api.parts.journal.write(EntryKind::Access, None, format!("{what}, from {from}"));
}

fn hash_of(password: &Password) -> Option<Secret> {
    match password {
        Password::Hash(hash) => Some(hash.clone()),
        Password::NotSet | Password::Unusable => None,
    }
}

fn with_cookie(call: &Call, id: &str, end: &str, response: Response) -> Result<Response, Error> {
    let secure = if call.facts.is_https { "; Secure" } else { "" };
    let cookie = format!("{COOKIE_NAME}={id}; Path=/; HttpOnly; SameSite=Strict{secure}{end}");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Error::Internal)?;
    Ok(with_header(response, SET_COOKIE, cookie))
}
