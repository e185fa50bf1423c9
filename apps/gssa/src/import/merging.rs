//! Laying what was imported over a configuration that may have sources already.

use std::collections::HashSet;

use gssa_model::{Address, SourceKind};
use serde_json::{Map, Value};

use super::{Imported, NotTaken};
use crate::collectors::usual_ports;
use crate::naming::Names;

/// Adds to a configuration, as written, what it does not have yet. Gives how many sources came in, and what was left and why.
///
/// A source at the place of another is the same one; limits and schedules that are written already stay. What is of
/// no kind in `supported` is left out, since a configuration with it would be refused.
pub fn merge(config: &mut Value, imported: &Imported, supported: &[SourceKind]) -> (usize, Vec<NotTaken>) {
    let mut left = Vec::new();
    let mut leave = |path: String, why: &str| left.push(NotTaken { path, why: why.to_owned() });
    let Some(keys) = config.as_object_mut() else { return (0, left) };
    let sources = keys.entry("sources").or_insert_with(|| Value::Array(Vec::new()));
    let mut added = 0;
    if let Value::Array(sources) = sources {
        let mut places: HashSet<_> = sources.iter().filter_map(place).collect();
        let mut taken = Names::of(sources);
        for source in &imported.sources {
            let name = source["name"].as_str().unwrap_or_default();
            let is_supported = kind(source).is_some_and(|kind| supported.contains(&kind));
            if !is_supported {
                // Said among what was not taken.
                continue;
            }
            if place(source).is_some_and(|place| !places.insert(place)) {
                leave(name.to_owned(), "there is a source at its address already");
            } else {
                let mut source = source.clone();
                source["name"] = taken.take(name).into();
                sources.push(source);
                added += 1;
            }
        }
    }
    for (section, parts) in [("limits", &imported.limits), ("kinds", &imported.kinds)] {
        let written = keys.entry(section).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(written) = written else { continue };
        for (kind, part) in parts {
            if written.contains_key(kind.as_str()) {
                leave(format!("{section}.{kind}"), "the configuration has its own");
            } else {
                written.insert(kind.as_str().to_owned(), part.clone());
            }
        }
    }
    (added, left)
}

/// Host and port of a source as written.
fn place(source: &Value) -> Option<(String, Option<u16>)> {
    let address: Address = source["address"].as_str()?.parse().ok()?;
    let port = address.port().or_else(|| usual_ports(kind(source)?).first().copied());
    Some((address.host().to_owned(), port))
}

fn kind(source: &Value) -> Option<SourceKind> {
    source["kind"].as_str()?.parse().ok()
}
