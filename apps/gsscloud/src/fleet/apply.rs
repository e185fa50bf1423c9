//! Texts of the log as the types that are shown. What cannot be read, of an agent that is newer than this program, is left out.

use std::sync::Arc;

use gssa_model::Reading;
use gssa_view::finding::Finding;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Written<'a> {
    reading: Reading,
    #[serde(default, borrow)]
    findings: Vec<&'a RawValue>,
}

/// The reading and the findings of a report.
pub(super) fn report(text: &str) -> Option<(Arc<Reading>, Arc<[Finding]>)> {
    let Written { reading, findings } = serde_json::from_str(text).ok()?;
    let findings = findings.iter().filter_map(|finding| serde_json::from_str(finding.get()).ok());
    Some((Arc::new(reading), findings.collect()))
}
