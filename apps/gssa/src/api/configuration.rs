//! The configuration: shown, checked, replaced, restored.

use std::io;

use gssa_model::Timestamp;
use http::HeaderMap;
use http::header::{ETAG, HeaderValue, IF_MATCH};
use serde::Serialize;
use serde_json::Value;

use super::problem::Error;
use super::request::Call;
use super::response::{Response, json, with_header};
use crate::config;

/// What is wrong with a configuration.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Checked {
    /// Errors and warnings; empty if all is well.
    #[schemars(with = "Vec<ProblemShape>")]
    problems: Vec<config::Problem>,
}

/// The configurations that are kept.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Versions {
    /// Newest first.
    #[schemars(with = "Vec<VersionShape>")]
    versions: Vec<config::Version>,
}

/// The shape of a [`config::Problem`].
#[derive(schemars::JsonSchema)]
#[schemars(rename = "ConfigProblem")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct ProblemShape {
    /// The key, `sources[3].address`.
    path: String,
    /// What is wrong, for people.
    message: String,
    /// `error` or `warning`.
    level: String,
}

/// The shape of a [`config::Version`].
#[derive(schemars::JsonSchema)]
#[schemars(rename = "ConfigVersion")]
#[expect(dead_code, reason = "only its schema is used")]
struct VersionShape {
    /// What it is asked for by.
    id: String,
    /// When it was replaced.
    saved_at: Timestamp,
    /// Its size.
    bytes: u64,
}

pub(super) async fn get(call: Call) -> Result<Response, Error> {
    shown(&call)
}

pub(super) async fn put(mut call: Call) -> Result<Response, Error> {
    let value: Value = call.json().await?;
    call.api.parts.configuration.put(value, if_match(&call.head.headers)).await?;
    shown(&call)
}

pub(super) async fn check(mut call: Call) -> Result<Response, Error> {
    let value: Value = call.json().await?;
    let configuration = call.api.parts.configuration.clone();
    json(&Checked { problems: blocking(move || configuration.check(&value)).await? })
}

pub(super) async fn schema(_call: Call) -> Result<Response, Error> {
    json(&config::schema())
}

pub(super) async fn versions(call: Call) -> Result<Response, Error> {
    let configuration = call.api.parts.configuration.clone();
    let versions = blocking(move || configuration.versions()).await?;
    json(&Versions { versions: versions.map_err(|source| Error::NotRead { source })? })
}

pub(super) async fn version(call: Call) -> Result<Response, Error> {
    let configuration = call.api.parts.configuration.clone();
    let version = blocking(move || configuration.version(&call.id)).await?;
    json(&version.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::UnknownVersion,
        _ => Error::NotRead { source },
    })?)
}

pub(super) async fn restore(call: Call) -> Result<Response, Error> {
    call.api.parts.configuration.restore(&call.id, if_match(&call.head.headers)).await?;
    shown(&call)
}

/// The configuration as it is now, with its entity tag.
fn shown(call: &Call) -> Result<Response, Error> {
    let configuration = &call.api.parts.configuration;
    let etag = HeaderValue::from_str(&format!("\"{}\"", configuration.current().etag)).map_err(|_| Error::Internal)?;
    Ok(with_header(json(&configuration.shown())?, ETAG, etag))
}

/// The entity tag of the configuration that the caller changed.
fn if_match(headers: &HeaderMap) -> Option<&str> {
    headers.get(IF_MATCH)?.to_str().ok()
}

/// Runs work that waits for the disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Internal)
}
