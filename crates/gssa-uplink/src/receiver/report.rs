//! One report: whole, of the source that it names, and of a bounded size.

use std::sync::Arc;

use gssa_model::SourceId;
use serde::Deserialize;
use serde_json::Value;

use crate::changes::apply_to_text;
use crate::wire::RefusedReason;

/// The schema of a reading.
const READING: &str = "gssa.reading/1";

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadReport {
    #[error("more than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the report that it differs from is not here")]
    UnknownBase,
    #[error("{0} is not an object")]
    NoObject(&'static str),
    #[error("the report is not one of a reading: {0}")]
    NoReading(String),
    #[error("the reading is not a {READING}")]
    Schema,
    #[error("the reading is one of another source")]
    Source,
}

impl BadReport {
    /// What the agent should do about it.
    pub(super) const fn reason(&self) -> RefusedReason {
        match self {
            Self::TooLarge { .. } => RefusedReason::TooLarge,
            Self::UnknownBase => RefusedReason::UnknownBase,
            Self::NoObject(_) | Self::NoReading(_) | Self::Schema | Self::Source => RefusedReason::Malformed,
        }
    }
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    reading: Reading<'a>,
}

#[derive(Deserialize)]
struct Reading<'a> {
    #[serde(borrow)]
    schema: std::borrow::Cow<'a, str>,
    source: Source,
}

#[derive(Deserialize)]
struct Source {
    id: SourceId,
}

/// A report that came whole.
pub(super) fn whole(source_id: &SourceId, report: &Value, limit: usize) -> Result<Arc<str>, BadReport> {
    let text = report.to_string();
    check(source_id, &text, limit)?;
    Ok(text.into())
}

/// A report that came as differences from `old`.
pub(super) fn changed(source_id: &SourceId, old: &str, changes: Value, limit: usize) -> Result<Arc<str>, BadReport> {
    let text = apply_to_text(old, changes).map_err(|_| BadReport::UnknownBase)?;
    check(source_id, &text, limit)?;
    Ok(text.into())
}

/// The JSON of an object that nobody looks into.
pub(super) fn object(what: &'static str, value: &Value, limit: usize) -> Result<Box<str>, BadReport> {
    if !value.is_object() {
        return Err(BadReport::NoObject(what));
    }
    let text = value.to_string();
    if text.len() > limit { Err(BadReport::TooLarge { limit }) } else { Ok(text.into()) }
}

fn check(source_id: &SourceId, text: &str, limit: usize) -> Result<(), BadReport> {
    if text.len() > limit {
        return Err(BadReport::TooLarge { limit });
    }
    let report: Report<'_> = serde_json::from_str(text).map_err(|error| BadReport::NoReading(error.to_string()))?;
    if report.reading.schema != READING {
        return Err(BadReport::Schema);
    }
    if report.reading.source.id == *source_id { Ok(()) } else { Err(BadReport::Source) }
}
