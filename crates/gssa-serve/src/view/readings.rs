//! Readings: lists, and one.

use std::collections::HashSet;
use std::sync::Arc;

use gssa_model::{Health, Reading, Snapshot, SourceKind, State, Timestamp};
use gssa_view::table::{Kept, Row};
use serde::Serialize;
use serde_with::skip_serializing_none;

use super::Shows;
use super::fields::{Fields, write_reading};
use crate::call::Call;
use crate::problem::Error;
use crate::query::Query;
use crate::response::{Response, Tag, full, list as written_list, typed};

/// A page of a list without `limit`.
const DEFAULT_LIMIT: usize = 1000;
/// The longest page.
const MAX_LIMIT: usize = 10_000;

/// A page of readings, sorted by source id.
#[skip_serializing_none]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct ReadingList {
    /// The readings of this page.
    readings: Vec<Arc<Reading>>,
    /// How many there are on all pages.
    total: usize,
    /// The `cursor` of the next page, if there is one.
    next_cursor: Option<String>,
    /// When this was written.
    generated_at: Timestamp,
}

/// The table: every source as one flat row.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct TableRows {
    /// Sorted by id.
    rows: Vec<Row<'static>>,
    /// The number of the delta that the rows are up to; the stream goes on after it with `?view=table&seq=`.
    seq: u64,
    /// When this was written.
    generated_at: Timestamp,
}

/// What the list gives.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "a shape for the document of the API; answers are written as they are sent")]
pub(super) enum Listed {
    /// With `view=readings`, or without a view.
    Readings(ReadingList),
    /// With `view=table`.
    Table(TableRows),
}

pub(super) async fn list<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    match call.query.get("view") {
        None | Some("readings") => page(&call, |_| true),
        Some("table") => table(&call),
        Some(_) => Err(Error::BadQuery { name: "view".into(), found: "readings or table".into() }),
    }
}

pub(super) async fn miners<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    page(&call, |reading| is_about(reading, |snapshot| matches!(snapshot, Snapshot::Miner(_))))
}

pub(super) async fn pools<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    page(&call, |reading| is_about(reading, |snapshot| matches!(snapshot, Snapshot::Pool(_))))
}

pub(super) async fn infrastructure<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    page(&call, |reading| is_about(reading, |snapshot| matches!(snapshot, Snapshot::Infrastructure(_))))
}

fn is_about(reading: &Reading, is_it: impl Fn(&Snapshot) -> bool) -> bool {
    reading.snapshot.as_deref().is_some_and(is_it)
}

fn page<A: Shows>(call: &Call<A>, is_wanted: impl Fn(&Reading) -> bool) -> Result<Response, Error> {
    let view = call.view()?;
    let filter = Filter::read(&call.query)?;
    let fields = call.query.read("fields", Fields::parse)?;
    let limit = call.query.read("limit", limit)?.unwrap_or(DEFAULT_LIMIT);
    let tag = Tag::of(view.run(), view.store().revision());
    if let Some(unchanged) = tag.unchanged(&call.head.headers) {
        return Ok(unchanged);
    }
    let mut matching: Vec<Arc<Reading>> = (view.store().all().into_iter())
        .map(|versioned| versioned.reading)
        .filter(|reading| is_wanted(reading) && filter.fits(reading))
        .collect();
    let total = matching.len();
    if let Some(cursor) = call.query.get("cursor") {
        matching.retain(|reading| reading.source.id.as_str() > cursor);
    }
    let has_more = matching.len() > limit;
    matching.truncate(limit);
    let next_cursor = matching.last().filter(|_| has_more).map(|last| last.source.id.to_string());
    let tail = ReadingList { readings: Vec::new(), total, next_cursor, generated_at: view.clock().now() };
    let tail = serde_json::to_string(&tail).map_err(|_| Error::Internal)?;
    let tail = tail.strip_prefix("{\"readings\":[]").ok_or(Error::Internal)?.to_owned();
    let write = move |out: &mut Vec<u8>, reading: &Arc<Reading>| write_reading(out, reading, fields.as_ref());
    Ok(tag.on(written_list("readings", matching, write, tail)))
}

/// The rows of the sources that pass the filter, all of them: a table is not divided into pages.
fn table<A: Shows>(call: &Call<A>) -> Result<Response, Error> {
    for name in ["limit", "cursor", "fields"] {
        if call.query.get(name).is_some() {
            return Err(Error::BadQuery {
                name: name.into(),
                found: "the table is always whole; filters cut it".into(),
            });
        }
    }
    let view = call.view()?;
    let filter = Filter::read(&call.query)?;
    let (seq, rows) = if filter.is_empty() {
        view.table().rows(|_| true)
    } else {
        let readings = view.store().all();
        let fitting = readings.iter().filter(|entry| filter.fits(&entry.reading));
        let wanted: HashSet<_> = fitting.map(|entry| &entry.reading.source.id).collect();
        view.table().rows(|id| wanted.contains(id))
    };
    let tag = Tag::of_table(view.run(), seq);
    if let Some(unchanged) = tag.unchanged(&call.head.headers) {
        return Ok(unchanged);
    }
    let tail = TableRows { rows: Vec::new(), seq, generated_at: view.clock().now() };
    let tail = serde_json::to_string(&tail).map_err(|_| Error::Internal)?;
    let tail = tail.strip_prefix("{\"rows\":[]").ok_or(Error::Internal)?.to_owned();
    let write = |out: &mut Vec<u8>, row: &Kept| {
        row.write(out);
        Ok(())
    };
    Ok(tag.on(written_list("rows", rows, write, tail)))
}

fn limit(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or(format!("1 to {MAX_LIMIT}"))
}

/// What the readings of a list have in common.
#[derive(Debug, Default, PartialEq)]
struct Filter {
    kinds: Option<Vec<SourceKind>>,
    healths: Option<Vec<Health>>,
    states: Option<Vec<State>>,
    group: Option<String>,
    text: Option<String>,
}

impl Filter {
    fn read(query: &Query) -> Result<Self, Error> {
        Ok(Self {
            kinds: query.read("kind", words)?,
            healths: query.read("health", words)?,
            states: query.read("state", words)?,
            group: query.get("group").map(str::to_owned),
            text: query.get("q").map(str::to_lowercase),
        })
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn fits(&self, reading: &Reading) -> bool {
        let source = &reading.source;
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&source.kind))
            && self.healths.as_ref().is_none_or(|healths| healths.contains(&reading.health))
            && self.states.as_ref().is_none_or(|states| states.contains(&reading.state))
            && self.group.as_ref().is_none_or(|group| source.group.as_ref() == Some(group))
            && self.text.as_ref().is_none_or(|text| holds(reading, text))
    }
}

/// Words of a closed set, divided by commas, as serde knows them.
fn words<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, String> {
    let word = |word: &str| serde_json::from_value(word.trim().into()).map_err(|error| error.to_string());
    text.split(',').map(word).collect()
}

fn holds(reading: &Reading, text: &str) -> bool {
    let source = &reading.source;
    let identity = reading.snapshot.as_deref().and_then(Snapshot::as_miner).map(|miner| &miner.identity);
    let known = [source.id.as_str(), &source.name, &source.address].into_iter();
    let known = known.chain(source.group.as_deref()).chain(source.tags.iter().map(String::as_str));
    let reported = identity.into_iter().flat_map(|identity| {
        [
            &identity.make,
            &identity.model,
            &identity.chip,
            &identity.firmware,
            &identity.firmware_version,
            &identity.hostname,
        ]
        .into_iter()
        .filter_map(|it| it.as_deref())
    });
    known.chain(reported).any(|it| it.to_lowercase().contains(text))
        || identity.and_then(|identity| identity.mac).is_some_and(|mac| mac.to_string().to_lowercase().contains(text))
}

pub(super) async fn one<A: Shows>(call: Call<A>) -> Result<Response, Error> {
    let fields = call.query.read("fields", Fields::parse)?;
    let view = call.view()?;
    let versioned = view.store().get(call.param("source_id")).ok_or(Error::UnknownSource)?;
    let tag = Tag::of(view.run(), versioned.revision);
    if let Some(unchanged) = tag.unchanged(&call.head.headers) {
        return Ok(unchanged);
    }
    let mut body = Vec::new();
    write_reading(&mut body, &versioned.reading, fields.as_ref()).map_err(|_| Error::Internal)?;
    Ok(tag.on(typed(full(body), "application/json")))
}
