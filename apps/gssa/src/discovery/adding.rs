//! What new devices are as sources of the configuration.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::findings::{Finding, Status};

/// A source, as in the file, for each new device of a known kind. Each gets a name that is none of `taken`, which are in lower case.
pub fn sources(findings: &[Finding], mut taken: HashSet<String>) -> Vec<Value> {
    let new = findings.iter().filter(|finding| finding.status == Status::New);
    new.filter_map(|finding| {
        let kind = finding.kind?;
        let name = unique(&name(finding), &mut taken);
        Some(json!({ "name": name, "kind": kind, "address": finding.address }))
    })
    .collect()
}

/// The names of the sources of a configuration as written, in lower case.
pub fn names(config: &Value) -> HashSet<String> {
    let sources = config["sources"].as_array().into_iter().flatten();
    sources.filter_map(|source| source["name"].as_str().or(source["id"].as_str())).map(str::to_lowercase).collect()
}

/// The host name, or else maker and model, or else the address.
fn name(finding: &Finding) -> String {
    let identity = finding.identity.clone().unwrap_or_default();
    let model = [identity.make, identity.model].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = identity.hostname.or(Some(model).filter(|model| !model.is_empty()));
    name.and_then(|name| gssa_model::text::clean(&name)).unwrap_or_else(|| finding.address.clone())
}

/// The name, with a number behind it where it is taken.
pub fn unique(name: &str, taken: &mut HashSet<String>) -> String {
    /// Of a configuration; a number has room behind it.
    const MAX_CHARS: usize = 120;
    let name: String = name.chars().take(MAX_CHARS).collect();
    let numbered = (2..).map(|n: u64| format!("{name} {n}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
    free.expect("numbers do not run out")
}
