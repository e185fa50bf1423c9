//! What runs here, whether it lives, and its figures.

use gssa_serve::response::{full, json, typed};
use gssa_serve::{Call, Error, Response};
use serde::Serialize;
use serde_with::skip_serializing_none;

use super::Api;

/// The content type of the text format of Prometheus.
pub(super) const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What this program is.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Version {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The commit that it was built from.
    pub commit: Option<&'static str>,
    /// The target that it was built for.
    pub target: &'static str,
}

/// A sign of life.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Alive {
    /// Always `ok`; anything else is a problem document.
    status: &'static str,
}

/// Alive is who answers: everything runs in the loop that answers this. An unreachable cloud or miner is no reason to be restarted.
pub(super) async fn healthz(_call: Call<Api>) -> Result<Response, Error> {
    json(&Alive { status: "ok" })
}

pub(super) async fn readyz(call: Call<Api>) -> Result<Response, Error> {
    match (call.app.parts.unready)() {
        None => json(&Alive { status: "ok" }),
        Some(what) => Err(Error::NotReady { what }),
    }
}

pub(super) async fn version(call: Call<Api>) -> Result<Response, Error> {
    json(&call.app.parts.version)
}

pub(super) async fn metrics(call: Call<Api>) -> Result<Response, Error> {
    Ok(typed(full((call.app.parts.metrics)()), PROMETHEUS_TEXT))
}
