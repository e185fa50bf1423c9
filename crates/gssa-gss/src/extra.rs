//! Documents that the operator asks for by path, passed on as they come.
//!
//! More of the API exists than is known in public (`docs/gss.md`). When a path becomes known, it is named in the configuration and
//! needs no release. Nothing is asked for that was not named.

use std::collections::BTreeMap;
use std::time::Duration;

use gssa_model::Gap;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::client::{Client, encoded};
use crate::lanes::each;
use crate::{Endpoint, Error, REDACTED};

/// The largest document that is passed on.
pub(crate) const MAX_EXTRA_BYTES: usize = 64 * 1024;

/// The most documents of one observation.
const MAX_REQUESTS: usize = 32;

/// Each of them gets no more time than a summary.
const DEADLINE: Duration = Duration::from_secs(5);

/// Parts of names whose values are not passed on.
const SECRET_NAMES: [&str; 9] =
    ["password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "private", "credential"];

/// How the vendor's programs write what they encrypted (`mmfpsolutions/gssa` release notes, 5.1.0).
const ENCRYPTED: &str = "ENC:";

/// A document to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    name: String,
    /// The coin key that stands in the path.
    key: Option<String>,
    path: String,
}

/// Whether any of `endpoints` is due in observation number `at`.
pub(crate) fn any_due(endpoints: &[Endpoint], at: u64) -> bool {
    endpoints.iter().any(|endpoint| is_due(endpoint, at))
}

fn is_due(endpoint: &Endpoint, at: u64) -> bool {
    at.is_multiple_of(u64::from(endpoint.every.max(1)))
}

/// What is to be asked for in observation number `at` of an instance with these coin keys.
pub(crate) fn due(endpoints: &[Endpoint], at: u64, keys: &[&str]) -> Vec<Due> {
    let expand = |endpoint: &Endpoint| -> Vec<Due> {
        let one = |key: Option<&str>| Due {
            name: endpoint.name.clone(),
            key: key.map(str::to_owned),
            path: key.map_or_else(|| endpoint.path.clone(), |key| endpoint.path.replace("{coin}", &encoded(key))),
        };
        if endpoint.path.contains("{coin}") { keys.iter().map(|key| one(Some(key))).collect() } else { vec![one(None)] }
    };
    endpoints.iter().filter(|endpoint| is_due(endpoint, at)).flat_map(expand).collect()
}

/// The documents by name, those with a coin key in their path by key below it; and what did not come.
pub(crate) async fn fetch(client: &Client, mut due: Vec<Due>, until: Instant) -> (BTreeMap<String, Value>, Vec<Gap>) {
    let mut gaps = Vec::new();
    if due.len() > MAX_REQUESTS {
        gaps.push(Gap::new("extra_endpoints", "more than 32 documents at once"));
        due.truncate(MAX_REQUESTS);
    }
    let ask = async |due: &Due, share| document(client, due, share).await;
    let outcomes = each(due.iter().collect(), until, DEADLINE, ask).await;
    let mut extra = BTreeMap::new();
    for (due, outcome) in due.into_iter().zip(outcomes) {
        match outcome {
            Ok(Some(document)) => insert(&mut extra, due, document),
            Ok(None) => {}
            Err(error) => gaps.push(error.gap(&due.path)),
        }
    }
    (extra, gaps)
}

async fn document(client: &Client, due: &Due, deadline: Duration) -> Result<Option<Value>, Error> {
    let body = client.fetch(&due.path, deadline, MAX_EXTRA_BYTES).await?.body;
    let malformed = |source| Error::Malformed { path: due.path.clone(), source };
    let document = serde_json::from_slice(&body).map_err(malformed)?;
    Ok(without_secrets(document, client.secret()))
}

fn insert(extra: &mut BTreeMap<String, Value>, due: Due, document: Value) {
    let Some(key) = due.key else {
        extra.insert(due.name, document);
        return;
    };
    let by_key = extra.entry(due.name).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(by_key) = by_key {
        by_key.insert(key, document);
    }
}

/// The same without members that are `null`, and with a mark in place of what looks like a secret.
fn without_secrets(value: Value, secret: Option<&str>) -> Option<Value> {
    Some(match value {
        Value::Null => return None,
        Value::String(text) if text.starts_with(ENCRYPTED) || secret.is_some_and(|secret| text.contains(secret)) => {
            REDACTED.into()
        }
        Value::Array(list) => list.into_iter().filter_map(|entry| without_secrets(entry, secret)).collect(),
        Value::Object(members) => members
            .into_iter()
            .filter_map(|(name, value)| {
                let value = if is_secret(&name, &value) { REDACTED.into() } else { without_secrets(value, secret)? };
                Some((name, value))
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    })
}

/// Whether a member is named like a secret and could be one: a count of tokens is none.
fn is_secret(name: &str, value: &Value) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_))
        && SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn endpoint(name: &str, path: &str, every: u32) -> Endpoint {
        Endpoint { name: name.to_owned(), path: path.to_owned(), every }
    }

    #[test]
    fn each_is_due_in_its_turn_and_for_each_coin_key() {
        let endpoints = [endpoint("blocks", "/api/v1/{coin}/blocks?n=5", 3), endpoint("node", "/node", 0)];
        let paths = |at| due(&endpoints, at, &["DGB", "a/b"]).into_iter().map(|due| due.path).collect::<Vec<_>>();
        assert_eq!(paths(0), ["/api/v1/DGB/blocks?n=5", "/api/v1/a%2Fb/blocks?n=5", "/node"]);
        assert_eq!((paths(1), paths(2)), (vec!["/node".to_owned()], vec!["/node".to_owned()]));
        assert_eq!(paths(3).len(), 3);
        assert!(due(&endpoints[..1], 0, &[]).is_empty());
        assert!(any_due(&endpoints[..1], 3) && !any_due(&endpoints[..1], 4));
    }

    #[test]
    fn what_looks_like_a_secret_is_not_passed_on() {
        let document = json!({ "node": { "host": "127.0.0.1", "rpc_password": "a", "username": "ENC:abc", "walletPassphrase": "" },
            "echo": "X-API-Key: s3cret-key", "tokens_seen": 7, "api_keys": ["b"], "list": ["ENC:x", 1, null], "none": null });
        let expected = json!({ "node": { "host": "127.0.0.1", "rpc_password": REDACTED, "username": REDACTED,
            "walletPassphrase": REDACTED }, "echo": REDACTED, "tokens_seen": 7, "api_keys": REDACTED, "list": [REDACTED, 1] });
        assert_eq!(without_secrets(document, Some("s3cret-key")), Some(expected));
        assert_eq!(without_secrets(Value::Null, None), None);
    }
}
