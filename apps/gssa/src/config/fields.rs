//! The parts of what leaves that an operator may decide about, by their dotted paths: those of a reading as in the API (`source.name`,
//! `snapshot.pools.user`), of its findings (`findings.detail`), of events (`events.text`).
//!
//! They come from the schemas of the types, so that a path that is misspelt is found when it is written and not when something leaks.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use gssa_model::Reading;
use gssa_view::finding::Finding;
use gssa_view::journal::Entry;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::nearest;

/// What is done with a part of a reading before it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FieldRule {
    /// It leaves as it is.
    Send,
    /// It is shortened: what remains tells it from others and is of no use. For texts.
    Mask,
    /// A digest leaves in its place: the same for the same text. For texts.
    Hash,
    /// It stays at home.
    Withhold,
}

/// What a part is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Part {
    /// Whether there is no reading without it.
    is_required: bool,
    /// Whether it is a free text.
    is_text: bool,
}

/// Longer ways into a schema are not followed.
const MAX_DEPTH: usize = 12;

static PARTS: LazyLock<BTreeMap<String, Part>> = LazyLock::new(|| {
    let mut parts = BTreeMap::new();
    for (prefix, schema) in [
        ("", schemars::schema_for!(Reading)),
        ("findings", schemars::schema_for!(Finding)),
        ("events", schemars::schema_for!(Entry)),
    ] {
        let root = schema.to_value();
        collect(&root, &root, prefix, 0, &mut parts);
    }
    // The receiver tells readings apart by these.
    for required in ["source", "snapshot.kind"] {
        parts.entry(required.to_owned()).or_insert_with(Part::default).is_required = true;
    }
    parts
});

/// What is wrong with a rule for a path, in words.
pub(super) fn problem(path: &str, rule: FieldRule) -> Option<String> {
    let Some(part) = PARTS.get(path) else {
        let hint = nearest::hint(path, PARTS.keys().map(String::as_str));
        return Some(format!(
            "there is no such part of a reading, a finding (`findings.…`) or an event (`events.…`){hint}"
        ));
    };
    match rule {
        FieldRule::Withhold if part.is_required => Some("a receiver needs it; it cannot be withheld".into()),
        FieldRule::Mask | FieldRule::Hash if !part.is_text => {
            Some("is no free text; write `send` or `withhold`".into())
        }
        _ => None,
    }
}

/// Whether what is at a path can be nothing but one of a few words, a time or a number: nothing private is in it.
pub fn is_closed(path: &str) -> bool {
    PARTS.get(path).is_some_and(|part| !part.is_text)
}

fn collect(root: &Value, schema: &Value, path: &str, depth: usize, parts: &mut BTreeMap<String, Part>) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(definition) = schema["$ref"].as_str().and_then(|at| root.pointer(at.strip_prefix('#')?)) {
        collect(root, definition, path, depth + 1, parts);
    }
    for choice in ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| schema[*key].as_array()).flatten() {
        collect(root, choice, path, depth + 1, parts);
    }
    if schema["items"].is_object() {
        collect(root, &schema["items"], path, depth + 1, parts);
    }
    let is =
        |name: &str| schema["type"] == name || schema["type"].as_array().is_some_and(|all| all.contains(&name.into()));
    let is_closed = ["enum", "const", "format", "pattern"].iter().any(|key| !schema[*key].is_null());
    if !path.is_empty() && is("string") && !is_closed {
        parts.entry(path.to_owned()).or_default().is_text = true;
    }
    let required = schema["required"].as_array();
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let is_required = required.is_some_and(|all| all.contains(&Value::from(key.as_str())));
        // An address is in no reading that leaves, unless it is wanted.
        parts.entry(path.clone()).or_default().is_required |= is_required && path != "source.address";
        collect(root, inner, &path, depth + 1, parts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_for_a_part_that_there_is_and_that_can_bear_it() {
        use FieldRule::{Hash, Mask, Send, Withhold};
        for (path, good, bad) in [
            ("source.name", &[Send, Mask, Hash][..], &[Withhold][..]),
            ("source.address", &[Send, Mask, Hash, Withhold], &[]),
            ("source.group", &[Send, Mask, Hash, Withhold], &[]),
            ("source.id", &[Send], &[Withhold]),
            ("snapshot.identity.hostname", &[Send, Mask, Hash, Withhold], &[]),
            ("snapshot.identity.mac", &[Send, Withhold], &[Mask, Hash]),
            ("snapshot.network.rssi_dbm", &[Send, Withhold], &[Mask, Hash]),
            ("snapshot.pools.user", &[Send, Mask, Hash, Withhold], &[]),
            ("snapshot.coins.workers", &[Send, Withhold], &[Mask]),
            ("snapshot.coins.workers.name", &[Send, Mask, Hash, Withhold], &[]),
            ("snapshot.servers.containers.image", &[Send, Mask, Hash, Withhold], &[]),
            ("snapshot", &[Send, Withhold], &[]),
            ("snapshot.kind", &[Send], &[Withhold, Hash]),
            ("health", &[Send], &[Withhold, Mask]),
            ("failure.detail", &[Send, Mask, Hash], &[Withhold]),
            ("findings.detail", &[Send, Mask, Hash], &[Withhold]),
            ("events.text", &[Send, Mask, Hash], &[Withhold]),
            ("network.ip", &[], &[Send]),
            ("snapshot.identity.hostnam", &[], &[Send]),
        ] {
            for rule in good {
                assert_eq!(problem(path, *rule), None, "{path} {rule:?}");
            }
            for rule in bad {
                assert!(problem(path, *rule).is_some(), "{path} {rule:?}");
            }
        }
        let closed = ["snapshot.identity.mac", "snapshot.power.watts", "source.name", "snapshot.identity.hostnam"];
        assert_eq!(closed.map(is_closed), [true, true, false, false], "what is not known may be anything");
        let hint = problem("snapshot.identity.hostnam", Send).unwrap();
        assert!(hint.contains("did you mean `snapshot.identity.hostname`"), "{hint}");
    }
}
