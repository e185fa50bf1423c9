//! What new devices are as sources of the configuration.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::findings::{Finding, Status};
use crate::naming::Names;

/// A source, as in the file, for each new device; one that answers at two addresses is one. The names are free ones.
pub fn sources(findings: &[Finding], names: &mut Names) -> Vec<Value> {
    let mut macs = HashSet::new();
    let new = findings.iter().filter(|finding| finding.status == Status::New);
    new.filter_map(|finding| {
        let kind = finding.kind?;
        let mac = finding.identity.as_ref().and_then(|identity| identity.mac);
        let is_first = mac.is_none_or(|mac| macs.insert(mac));
        is_first.then(|| json!({ "name": names.take(&name(finding)), "kind": kind, "address": finding.address }))
    })
    .collect()
}

/// The host name, or else maker and model, or else the address.
fn name(finding: &Finding) -> String {
    let identity = finding.identity.clone().unwrap_or_default();
    let name = identity.hostname.clone().or_else(|| super::findings::model(&identity));
    name.and_then(|name| gssa_model::text::clean(&name)).unwrap_or_else(|| finding.address.clone())
}
