//! Looking for paths that answer JSON, for an operator who does not know them. Only ever on request.

use std::time::Duration;

use gssa_model::{Address, InfrastructureSnapshot};
use serde::Serialize;
use serde_json::Value;

use crate::client::Client;
use crate::normalize::normalize;
use crate::wire::shape;
use crate::wire::{Answer, canonical};
use crate::{Error, Map};

/// What is tried: reads by their names, in the style of the author's other programs. **None of them is known to exist in MIM.**
pub const CANDIDATES: [&str; 12] = [
    "/health",
    "/api/health",
    "/api/v1/health",
    "/api/v1/status",
    "/api/version",
    "/api/v1/version",
    "/api/servers",
    "/api/v1/servers",
    "/api/server/list",
    "/api/server/containers",
    "/api/server/status",
    "/api/server/products",
];

/// The time between two of them.
pub const SPACING: Duration = Duration::from_secs(1);

/// The most names that a finding shows.
const MAX_NAMES: usize = 24;

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Capabilities {
    /// The paths that answered JSON.
    pub found: Vec<Capability>,
    /// The others, and what came instead.
    pub others: Vec<Other>,
}

/// A path that answered JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Capability {
    /// The path.
    pub path: &'static str,
    /// Whether the answer is an object or a list.
    pub form: Form,
    /// Whether it is in an envelope with `data`.
    pub enveloped: bool,
    /// What it could be read as; absent where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<Map>,
    /// The names of its members, or of those of the first entry of a list; not all of many.
    pub names: Vec<String>,
    /// What it would be read to as [`map`](Self::map).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<InfrastructureSnapshot>,
}

/// What JSON an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// An object.
    Object,
    /// A list.
    List,
}

/// A path that answered no JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Other {
    /// The path.
    pub path: &'static str,
    /// What came, in a few words.
    pub found: String,
}

/// Tries the [`CANDIDATES`] once each, one at a time and [`SPACING`] apart, for at most `timeout` each. Only a 200 with a JSON object or
/// list counts. Nothing is saved: what was found is for an operator to look at.
///
/// # Errors
///
/// If the first of them finds nobody there: [`Error::Request`], or [`Error::Address`] for a scheme that is not spoken.
pub async fn probe_capabilities(address: &Address, timeout: Duration) -> Result<Capabilities, Error> {
    let client = Client::new(address)?;
    try_each(async |path| client.fetch(path, timeout).await).await
}

async fn try_each(ask: impl AsyncFn(&'static str) -> Result<Answer, Error>) -> Result<Capabilities, Error> {
    let mut capabilities = Capabilities { found: Vec::new(), others: Vec::new() };
    for (place, path) in CANDIDATES.into_iter().enumerate() {
        if place > 0 {
            tokio::time::sleep(SPACING).await;
        }
        let other = |found| Other { path, found };
        match ask(path).await {
            Ok(answer) => match capability(path, &answer) {
                Some(found) => capabilities.found.push(found),
                None => capabilities.others.push(other("JSON that is no object and no list".to_owned())),
            },
            Err(error @ Error::Request(_)) if place == 0 && is_nobody(&error) => return Err(error),
            Err(error) => capabilities.others.push(other(error.brief())),
        }
    }
    Ok(capabilities)
}

/// Whether there was no connection, so that trying the others makes no sense.
const fn is_nobody(error: &Error) -> bool {
    matches!(error, Error::Request(gssa_http::Error::Connect(_)))
}

fn capability(path: &'static str, answer: &Answer) -> Option<Capability> {
    let form = match answer.document() {
        Value::Object(_) => Form::Object,
        Value::Array(_) => Form::List,
        _ => return None,
    };
    let map = shape::guess(answer.payload());
    let snapshot = map.and_then(|map| normalize(answer, map, None));
    Some(Capability { path, form, enveloped: answer.is_enveloped(), map, names: names(answer.payload()), snapshot })
}

fn names(payload: &Value) -> Vec<String> {
    let object = match payload {
        Value::Array(items) => items.iter().find_map(Value::as_object),
        payload => payload.as_object(),
    };
    let names = object.into_iter().flat_map(serde_json::Map::keys).filter(|name| !canonical(name).is_empty());
    names.filter_map(|name| gssa_model::text::clean(name)).take(MAX_NAMES).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::parse;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn each_candidate_is_tried_once_a_second_apart() {
        let begun = Instant::now();
        let asked = RefCell::new(Vec::new());
        let capabilities = try_each(async |path| {
            asked.borrow_mut().push((path, begun.elapsed()));
            match path {
                "/health" => parse(None, br#"{"status":"ok","version":"3.3.6"}"#),
                "/api/v1/servers" => {
                    parse(None, br#"{"status":"ok","data":[{"id":"qCwwociO","name":"Rack","ssh_host":"192.168.1.10","ssh_password":"x"}]}"#)
                }
                "/api/version" => parse(None, b"\"3.3.6\""),
                "/api/servers" => Err(Error::Page),
                "/api/server/list" => Err(Error::LoginNeeded),
                _ => Err(Error::Status { status: 404 }),
            }
        })
        .await
        .unwrap();
        let wanted: Vec<_> =
            CANDIDATES.into_iter().zip(0..).map(|(path, secs)| (path, Duration::from_secs(secs))).collect();
        assert_eq!(asked.into_inner(), wanted);
        let found = serde_json::to_value(&capabilities.found).unwrap();
        assert_eq!(
            found,
            serde_json::json!([
                { "path": "/health", "form": "object", "enveloped": false, "names": ["status", "version"] },
                { "path": "/api/v1/servers", "form": "object", "enveloped": true, "map": "servers", "names": ["id", "name", "ssh_host"],
                  "snapshot": { "software": {}, "servers": [ { "id": "qCwwociO", "name": "Rack", "address": "192.168.1.10" } ], "gaps": [] } },
            ])
        );
        let others: Vec<_> = capabilities.others.iter().map(|other| (other.path, other.found.as_str())).collect();
        assert_eq!(others.len(), 10);
        assert_eq!(others[0], ("/api/health", "answered 404"));
        assert!(others.contains(&("/api/servers", "answered a page, so that this path is none of its API")));
    }

    #[test]
    fn no_candidate_could_act() {
        let endpoint =
            |path: &&str| crate::Endpoint { name: (*path).to_owned(), path: (*path).to_owned(), every: 1, map: None };
        let options =
            crate::Options { endpoints: CANDIDATES.iter().map(endpoint).collect(), ..crate::Options::default() };
        assert_eq!(crate::options::requests(&options).unwrap().len(), CANDIDATES.len());
    }
}
