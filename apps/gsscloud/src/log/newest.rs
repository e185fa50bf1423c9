//! The newest report of each source: in the record that it came with, or kept apart when that is gone.

use std::collections::BTreeMap;

use gssa_model::Timestamp;
use gssa_uplink::wire::Seq;
use redb::ReadTransaction;

use super::block::{self, Damaged};
use super::tables::{AFTER_ALL, KEPT, NEWEST, RECORDS};
use super::{AgentId, Content, Entry, Newest, Position, Record};

/// The newest report of each source of an agent.
pub(super) fn newest(transaction: &ReadTransaction, agent: &AgentId) -> Result<Vec<Newest>, redb::Error> {
    let id = agent.as_str();
    let mut by_record: BTreeMap<Position, Vec<Seq>> = BTreeMap::new();
    for row in transaction.open_table(NEWEST)?.range((id, "")..(id, AFTER_ALL))? {
        let (position, seq) = row?.1.value();
        by_record.entry(position).or_default().push(seq);
    }
    let records = transaction.open_table(RECORDS)?;
    let mut found = Vec::new();
    for (position, wanted) in by_record {
        let Some(bytes) = records.get((id, position))? else { continue };
        found.extend(reports(block::decode(position, bytes.value())?, &wanted));
    }
    for row in transaction.open_table(KEPT)?.range((id, "")..(id, AFTER_ALL))? {
        let (key, row) = row?;
        found.push(unkept(key.value().1, row.value())?);
    }
    found.sort_by(|a: &Newest, b| a.source_id.cmp(&b.source_id));
    Ok(found)
}

/// A row of the newest reports whose records are gone: when it was made, in 8 bytes, and the report.
pub(super) fn kept(newest: &Newest) -> Vec<u8> {
    [&newest.made_at.unix_ms().to_le_bytes(), newest.report.as_bytes()].concat()
}

fn unkept(source: &str, row: &[u8]) -> Result<Newest, Damaged> {
    let (made_at, report) = row.split_first_chunk().ok_or(Damaged)?;
    Ok(Newest {
        source_id: source.parse().map_err(|_| Damaged)?,
        made_at: Timestamp::from_unix_ms(i64::from_le_bytes(*made_at)),
        report: std::str::from_utf8(report).map_err(|_| Damaged)?.into(),
    })
}

/// The reports of a record that have these numbers.
pub(super) fn reports(record: Record, wanted: &[Seq]) -> Vec<Newest> {
    let Entry::Range { items, .. } = record.entry else { return Vec::new() };
    let reports = items.into_iter().filter(|item| wanted.contains(&item.seq)).filter_map(|item| match item.content {
        Content::Report { source_id, report } => Some(Newest { source_id, made_at: item.made_at, report }),
        _ => None,
    });
    reports.collect()
}
