//! How much is kept: by age and by size for each agent, the oldest goes first, the newest report of a source stays.

use std::collections::BTreeMap;

use gssa_model::Timestamp;
use gssa_uplink::wire::Seq;
use redb::ReadableTable as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::Position;
use super::block;
use super::head::Head;
use super::newest::{kept, reports};
use super::tables::Tables;

/// The most records that one append takes away.
pub(super) const RECORDS_PER_APPEND: usize = 64;

/// How much is kept of one agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Retention {
    /// So long, in seconds.
    pub age_secs: u64,
    /// So many bytes, as they are kept.
    pub bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { age_secs: 7 * 24 * 3600, bytes: 256 * 1024 * 1024 }
    }
}

impl Retention {
    /// What came before this is too old.
    pub(super) fn cutoff(&self, now: Timestamp) -> Timestamp {
        crate::clock::before(now, self.age_secs.saturating_mul(1000))
    }
}

/// Takes away what is too old or too much, at most `max_records`; tells whether there is more.
pub(super) fn trim(
    tables: &mut Tables<'_>,
    agent: &str,
    head: &mut Head,
    retention: Retention,
    now: Timestamp,
    max_records: usize,
) -> Result<bool, redb::Error> {
    let cutoff = retention.cutoff(now);
    let (mut until, mut more) = (None, false);
    for (taken, row) in tables.records.range((agent, head.first)..=(agent, head.last))?.enumerate() {
        let (key, value) = row?;
        let record = block::Head::read(value.value())?;
        if head.bytes <= retention.bytes && record.received_at >= cutoff {
            break;
        }
        if taken == max_records {
            more = true;
            break;
        }
        let bytes = value.value().len() as u64;
        head.bytes = head.bytes.saturating_sub(bytes);
        head.dropped.items += u64::from(record.items);
        head.dropped.bytes += bytes;
        head.dropped.before = Some(record.received_at);
        until = Some(key.value().1);
    }
    let Some(until) = until else { return Ok(more) };
    keep_newest(tables, agent, until)?;
    tables.records.retain_in((agent, head.first)..=(agent, until), |_, _| false)?;
    head.first = until + 1;
    Ok(more)
}

/// Puts the newest report of each source aside that stands in a record up to `until`.
fn keep_newest(tables: &mut Tables<'_>, agent: &str, until: Position) -> Result<(), redb::Error> {
    let mut by_record: BTreeMap<Position, Vec<Seq>> = BTreeMap::new();
    for row in tables.newest.range((agent, "")..(agent, "\u{7f}"))? {
        let (position, seq) = row?.1.value();
        if position <= until {
            by_record.entry(position).or_default().push(seq);
        }
    }
    for (position, wanted) in by_record {
        let found = match tables.records.get((agent, position))? {
            Some(bytes) => reports(block::decode(position, bytes.value())?, &wanted),
            None => continue,
        };
        for newest in found {
            let source = newest.source_id.as_str();
            tables.kept.insert((agent, source), kept(&newest).as_slice())?;
            tables.newest.remove((agent, source))?;
        }
    }
    Ok(())
}
