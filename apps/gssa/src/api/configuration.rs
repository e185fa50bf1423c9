//! The configuration: shown, checked, replaced, restored.

use std::io;

use gssa_serve::response::{json, with_header};
use gssa_serve::{Call, Error, Response};
use http::HeaderMap;
use http::header::{ETAG, HeaderValue, IF_MATCH};
use serde::Serialize;
use serde_json::Value;

use super::Api;
use super::problem::Refused;
use crate::config;

/// What is wrong with a configuration.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Checked {
    /// Errors and warnings; empty if all is well.
    problems: Vec<config::Problem>,
}

/// The configurations that are kept.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Versions {
    /// Newest first.
    versions: Vec<config::Version>,
}

/// How the configuration is doing.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(rename = "ConfigStatus")]
pub(super) struct Status {
    /// How the file was found.
    file: config::FileState,
    /// What is wrong with the file as it is now. With errors in it, what was in force before stays in force.
    problems: Vec<config::Problem>,
    /// The paths that the environment or the command line sets; a save does not change them.
    locked: Vec<String>,
    /// The same, with what sets them and the values in force.
    overrides: Vec<config::Override>,
}

pub(super) async fn get(call: Call<Api>) -> Result<Response, Error> {
    shown(&call)
}

pub(super) async fn put(mut call: Call<Api>) -> Result<Response, Error> {
    let value: Value = call.json().await?;
    call.app.parts.configuration.put(value, if_match(&call.head.headers)).await?;
    shown(&call)
}

pub(super) async fn check(mut call: Call<Api>) -> Result<Response, Error> {
    let value: Value = call.json().await?;
    let configuration = call.app.parts.configuration.clone();
    json(&Checked { problems: blocking(move || configuration.check(&value)).await? })
}

pub(super) async fn status(call: Call<Api>) -> Result<Response, Error> {
    let configuration = &call.app.parts.configuration;
    let loaded = configuration.current();
    json(&Status {
        file: loaded.file.clone(),
        problems: loaded.problems.clone(),
        locked: loaded.locked.clone(),
        overrides: configuration.overrides(),
    })
}

pub(super) async fn schema(_call: Call<Api>) -> Result<Response, Error> {
    json(&config::schema())
}

pub(super) async fn versions(call: Call<Api>) -> Result<Response, Error> {
    let configuration = call.app.parts.configuration.clone();
    let versions = blocking(move || configuration.versions()).await?;
    json(&Versions { versions: versions.map_err(|source| Refused::NotRead { source })? })
}

pub(super) async fn version(call: Call<Api>) -> Result<Response, Error> {
    let configuration = call.app.parts.configuration.clone();
    let id = call.param("version").to_owned();
    let version = blocking(move || configuration.version(&id)).await?;
    json(&version.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Refused::UnknownVersion,
        _ => Refused::NotRead { source },
    })?)
}

pub(super) async fn restore(call: Call<Api>) -> Result<Response, Error> {
    call.app.parts.configuration.restore(call.param("version"), if_match(&call.head.headers)).await?;
    shown(&call)
}

/// The configuration as it is now, with its entity tag.
fn shown(call: &Call<Api>) -> Result<Response, Error> {
    let configuration = &call.app.parts.configuration;
    let etag = HeaderValue::from_str(&format!("\"{}\"", configuration.current().etag)).map_err(|_| Error::Internal)?;
    Ok(with_header(json(&configuration.shown())?, ETAG, etag))
}

/// The entity tag of the configuration that the caller changed.
fn if_match(headers: &HeaderMap) -> Option<&str> {
    headers.get(IF_MATCH)?.to_str().ok()
}

/// Runs work that waits for the disk.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Internal)
}
