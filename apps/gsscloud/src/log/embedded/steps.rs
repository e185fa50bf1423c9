//! What one transaction does: the hello of an epoch, and a record of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gssa_model::{SourceId, Timestamp};
use gssa_uplink::wire::{Epoch, Seq};
use redb::{ReadTransaction, WriteTransaction};

use crate::log::head::Head;
use crate::log::tables::{AFTER_ALL, EPOCHS, HEADS, Tables, read};
use crate::log::{
    AgentId, Appended, Content, Entry, EpochState, Item, LogError, Opened, Position, Record, Retention, block,
    retention,
};

/// Epochs of one agent that are remembered. One that is older and speaks again is a new one.
const MAX_EPOCHS: u64 = 256;

/// What is known of an epoch that said hello before.
pub(super) fn known(
    transaction: &ReadTransaction,
    agent: &AgentId,
    epoch: &Epoch,
) -> Result<Option<Opened>, redb::Error> {
    let epochs = transaction.open_table(EPOCHS)?;
    let Some(state) = epochs.get((agent.as_str(), epoch.as_str()))? else { return Ok(None) };
    let state: EpochState = read(state.value())?;
    let head = transaction.open_table(HEADS)?.get(agent.as_str())?.map(|row| read::<Head>(row.value())).transpose()?;
    let is_newest = head.is_some_and(|head| head.epoch.as_ref() == Some(epoch));
    Ok(Some(Opened { stored: state.stored, is_new: false, lost_after: None, is_revived: !is_newest }))
}

/// Begins an epoch. The one before it is lost, unless it ended with everything stored.
pub(super) fn begin(
    transaction: &WriteTransaction,
    agent: &AgentId,
    epoch: &Epoch,
    at: Timestamp,
    retention: Retention,
) -> Result<(Opened, Option<Arc<Appended>>), redb::Error> {
    let mut tables = Tables::open(transaction)?;
    let id = agent.as_str();
    let mut head = tables.head(id)?;
    if let Some(state) = tables.epoch(id, epoch)? {
        // Another connection was quicker.
        let is_revived = head.epoch.as_ref() != Some(epoch);
        return Ok((Opened { stored: state.stored, is_new: false, lost_after: None, is_revived }, None));
    }
    let mut lost = None;
    if let Some(before) = head.epoch.clone()
        && let Some(mut state) = tables.epoch(id, &before)?
        && !state.is_complete()
    {
        let entry = Entry::EpochLost { after: state.stored };
        let bytes = block::encode(&before, at, &entry);
        let position = tables.push(id, &mut head, &bytes)?;
        head.counts.epochs_lost += 1;
        state.lost_at = Some(at);
        tables.put_epoch(id, &before, &state)?;
        let record = Record { position, epoch: before, received_at: at, entry };
        lost = Some((state.stored, Arc::new(Appended { agent: agent.clone(), record })));
    }
    head.epochs += 1;
    head.epoch = Some(epoch.clone());
    let state = EpochState { number: head.epochs, stored: 0, begun_at: at, ended: None, lost_at: None };
    tables.put_epoch(id, epoch, &state)?;
    if let Some(forgotten) = head.epochs.checked_sub(MAX_EPOCHS).filter(|old| old % 16 == 1) {
        tables.epochs.retain_in((id, "")..(id, AFTER_ALL), |_, row| {
            read::<EpochState>(row).is_ok_and(|state| state.number > forgotten)
        })?;
    }
    retention::trim(&mut tables, id, &mut head, retention, at, retention::RECORDS_PER_APPEND)?;
    tables.put_head(id, &head)?;
    let lost_after = lost.as_ref().map(|(after, _)| *after);
    Ok((Opened { stored: 0, is_new: true, lost_after, is_revived: false }, lost.map(|(_, appended)| appended)))
}

/// Appends a record to its epoch, if it is what comes next there.
pub(super) fn append_record(
    transaction: &WriteTransaction,
    agent: &AgentId,
    record: &Record,
    after: Seq,
    bytes: &[u8],
    retention: Retention,
) -> Result<Result<Position, LogError>, redb::Error> {
    let Entry::Range { last, items, gaps, .. } = &record.entry else { return Ok(Err(LogError::UnknownEpoch)) };
    let mut tables = Tables::open(transaction)?;
    let id = agent.as_str();
    let Some(mut state) = tables.epoch(id, &record.epoch)? else { return Ok(Err(LogError::UnknownEpoch)) };
    if state.stored != after {
        return Ok(Err(LogError::Conflict { stored: state.stored }));
    }
    let mut head = tables.head(id)?;
    let position = tables.push(id, &mut head, bytes)?;
    state.stored = *last;
    tables.put_epoch(id, &record.epoch, &state)?;
    point(&mut tables, id, position, items)?;
    head.counts.add(items, gaps, bytes.len());
    retention::trim(&mut tables, id, &mut head, retention, record.received_at, retention::RECORDS_PER_APPEND)?;
    tables.put_head(id, &head)?;
    Ok(Ok(position))
}

/// Points each source at its newest report, and forgets the sources that are gone.
fn point(tables: &mut Tables<'_>, agent: &str, position: Position, items: &[Item]) -> Result<(), redb::Error> {
    let mut newest: BTreeMap<&SourceId, Seq> = BTreeMap::new();
    let mut listed = None;
    for item in items {
        match &item.content {
            Content::Report { source_id, .. } => {
                newest.insert(source_id, item.seq);
            }
            Content::Sources(sources) => {
                newest.retain(|source_id, _| sources.contains(source_id));
                listed = Some(sources);
            }
            Content::Event(_) | Content::Status(_) => {}
        }
    }
    if let Some(sources) = listed {
        let sources: BTreeSet<&str> = sources.iter().map(SourceId::as_str).collect();
        tables.newest.retain_in((agent, "")..(agent, AFTER_ALL), |(_, source), _| sources.contains(source))?;
        tables.kept.retain_in((agent, "")..(agent, AFTER_ALL), |(_, source), _| sources.contains(source))?;
    }
    for (source_id, seq) in newest {
        tables.newest.insert((agent, source_id.as_str()), (position, seq))?;
        tables.kept.remove((agent, source_id.as_str()))?;
    }
    Ok(())
}
