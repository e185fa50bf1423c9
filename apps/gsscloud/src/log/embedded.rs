//! The log in the file of this process.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use gssa_model::{SourceId, Timestamp};
use gssa_uplink::wire::{Epoch, Seq};
use redb::{ReadTransaction, ReadableTable as _, Table, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{broadcast, watch};

use super::block::{self, Damaged};
use super::head::Head;
use super::tables::{EPOCHS, HEADS, KEPT, NEWEST, RECORDS};
use super::{
    Account, AgentId, Append, Appended, Content, Entry, EpochState, Item, Log, LogError, Newest, Opened, Position,
    Receipt, Record, Retention, retention,
};
use crate::db::Db;

/// Epochs of one agent that are remembered. One that is older and speaks again is a new one.
const MAX_EPOCHS: u64 = 256;

/// Records that watchers may be behind.
const WATCH_DEPTH: usize = 512;

/// The most records of one agent that the sweep takes in one turn.
const SWEEP_RECORDS: usize = 256;

/// Sorts behind every id.
const AFTER_ALL: &str = "\u{7f}";

/// The log in one file.
#[derive(Debug, Clone)]
pub struct EmbeddedLog {
    db: Db,
    retention: Retention,
    watchers: broadcast::Sender<Arc<Appended>>,
    /// How many appends of an agent were placed and are not done.
    placed: Arc<watch::Sender<HashMap<AgentId, usize>>>,
}

/// An append that is not done; dropped when it is, or never will be.
struct Placed {
    all: Arc<watch::Sender<HashMap<AgentId, usize>>>,
    agent: AgentId,
}

impl Placed {
    fn new(log: &EmbeddedLog, agent: &AgentId) -> Self {
        log.placed.send_modify(|all| *all.entry(agent.clone()).or_default() += 1);
        Self { all: log.placed.clone(), agent: agent.clone() }
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        self.all.send_modify(|all| match all.get_mut(&self.agent) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(all.remove(&self.agent)),
        });
    }
}

/// All tables of one transaction.
pub(super) struct Tables<'t> {
    pub(super) heads: Table<'t, &'static str, &'static [u8]>,
    pub(super) epochs: Table<'t, (&'static str, &'static str), &'static [u8]>,
    pub(super) records: Table<'t, (&'static str, u64), &'static [u8]>,
    pub(super) newest: Table<'t, (&'static str, &'static str), (u64, u64)>,
    pub(super) kept: Table<'t, (&'static str, &'static str), &'static [u8]>,
}

impl<'t> Tables<'t> {
    fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            heads: transaction.open_table(HEADS)?,
            epochs: transaction.open_table(EPOCHS)?,
            records: transaction.open_table(RECORDS)?,
            newest: transaction.open_table(NEWEST)?,
            kept: transaction.open_table(KEPT)?,
        })
    }

    pub(super) fn head(&self, agent: &str) -> Result<Head, redb::Error> {
        Ok(self.heads.get(agent)?.map(|row| read(row.value())).transpose()?.unwrap_or_default())
    }

    pub(super) fn put_head(&mut self, agent: &str, head: &Head) -> Result<(), redb::Error> {
        self.heads.insert(agent, written(head).as_slice())?;
        Ok(())
    }

    fn epoch(&self, agent: &str, epoch: &Epoch) -> Result<Option<EpochState>, redb::Error> {
        self.epochs.get((agent, epoch.as_str()))?.map(|row| read(row.value())).transpose()
    }

    fn put_epoch(&mut self, agent: &str, epoch: &Epoch, state: &EpochState) -> Result<(), redb::Error> {
        self.epochs.insert((agent, epoch.as_str()), written(state).as_slice())?;
        Ok(())
    }

    /// Appends a record and gives its position.
    fn push(&mut self, agent: &str, head: &mut Head, bytes: &[u8]) -> Result<Position, redb::Error> {
        head.last += 1;
        head.first = head.first.max(1);
        head.bytes += bytes.len() as u64;
        self.records.insert((agent, head.last), bytes)?;
        Ok(head.last)
    }
}

fn read<T: DeserializeOwned>(row: &[u8]) -> Result<T, redb::Error> {
    serde_json::from_slice(row).map_err(|error| redb::Error::Corrupted(error.to_string()))
}

fn written(row: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(row).expect("rows have text keys")
}

impl From<Damaged> for redb::Error {
    fn from(damaged: Damaged) -> Self {
        Self::Corrupted(damaged.to_string())
    }
}

impl EmbeddedLog {
    /// The log in `db`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn new(db: Db, retention: Retention) -> Result<Self, LogError> {
        // Tables that are not there cannot be read.
        db.write(|transaction| Tables::open(transaction).map(drop)).await?;
        Ok(Self { db, retention, watchers: broadcast::Sender::new(WATCH_DEPTH), placed: Arc::default() })
    }

    /// Drops what is too old, of all agents. Gives how many items went.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64, LogError> {
        let retention = self.retention;
        // Most have nothing that is too old, and a change would cost a sync.
        let due = move |transaction: &ReadTransaction| {
            let records = transaction.open_table(RECORDS)?;
            let mut due = Vec::new();
            for row in transaction.open_table(HEADS)?.iter()? {
                let (agent, row) = row?;
                let (agent, head) = (agent.value(), read::<Head>(row.value())?);
                let oldest = records.get((agent, head.first))?.map(|row| block::Head::read(row.value())).transpose()?;
                if oldest.is_some_and(|oldest| oldest.received_at < retention.cutoff(now)) {
                    due.push(agent.to_owned());
                }
            }
            Ok(due)
        };
        let agents: Vec<String> = self.db.read(due).await?;
        let mut items = 0;
        for agent in agents {
            loop {
                let (retention, agent) = (self.retention, agent.clone());
                let dropped = self
                    .db
                    .write(move |transaction| {
                        let mut tables = Tables::open(transaction)?;
                        let mut head = tables.head(&agent)?;
                        let (before, first) = (head.dropped.items, head.first);
                        let more = retention::trim(&mut tables, &agent, &mut head, retention, now, SWEEP_RECORDS)?;
                        // A record without items may have gone, too.
                        if head.first != first {
                            tables.put_head(&agent, &head)?;
                        }
                        Ok((head.dropped.items - before, more))
                    })
                    .await?;
                items += dropped.0;
                if !dropped.1 {
                    break;
                }
            }
        }
        Ok(items)
    }

    /// How much is kept, at most.
    pub const fn retention(&self) -> Retention {
        self.retention
    }
}

#[async_trait]
impl Log for EmbeddedLog {
    async fn open(&self, agent: &AgentId, epoch: &Epoch, at: Timestamp) -> Result<Opened, LogError> {
        // What an earlier connection handed over will be stored, whether somebody still waits for it or not.
        let _ = self.placed.subscribe().wait_for(|all| !all.contains_key(agent)).await;
        if let Some(opened) = self.db.read_now(|transaction| known(transaction, agent, epoch))? {
            return Ok(opened);
        }
        let (agent, epoch, watchers) = (agent.clone(), epoch.clone(), self.watchers.clone());
        let retention = self.retention;
        let then = move |(_, appended): &(Opened, Option<Arc<Appended>>)| {
            if let Some(appended) = appended {
                // No watcher is no error.
                let _ = watchers.send(appended.clone());
            }
        };
        let begun = self.db.place(move |transaction| begin(transaction, &agent, &epoch, at, retention), then).await?;
        Ok(begun.await.map_err(|_| crate::db::Unavailable::Closed)??.0)
    }

    async fn append(&self, append: Append) -> Result<Receipt, LogError> {
        let placed = Placed::new(self, &append.agent);
        let Append { agent, epoch, after, last, received_at, items, gaps } = append;
        let entry = Entry::Range { first: after + 1, last, items, gaps };
        // Packed here, on the caller's thread, and not on that of the writer.
        let bytes = block::encode(&epoch, received_at, &entry);
        let record = Record { position: 0, epoch, received_at, entry };
        let (retention, watchers) = (self.retention, self.watchers.clone());
        let pending = Arc::new(std::sync::Mutex::new(Some((agent.clone(), record))));
        let shown = pending.clone();
        let job = move |transaction: &WriteTransaction| {
            let pending = pending.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let Some((agent, record)) = &*pending else { return Ok(Err(LogError::UnknownAgent)) };
            append_record(transaction, agent, record, after, &bytes, retention)
        };
        let then = move |appended: &Result<Position, LogError>| {
            let _placed = placed;
            let pending = shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            if let (Ok(position), Some((agent, mut record))) = (appended, pending) {
                record.position = *position;
                // No watcher is no error.
                let _ = watchers.send(Arc::new(Appended { agent, record }));
            }
        };
        Ok(self.db.place(job, then).await?)
    }

    async fn end(&self, agent: &AgentId, epoch: &Epoch, last: Seq) -> Result<(), LogError> {
        let (agent, epoch) = (agent.clone(), epoch.clone());
        let ended = move |transaction: &WriteTransaction| {
            let mut tables = Tables::open(transaction)?;
            let Some(mut state) = tables.epoch(agent.as_str(), &epoch)? else { return Ok(Err(LogError::UnknownEpoch)) };
            state.ended = Some(last);
            tables.put_epoch(agent.as_str(), &epoch, &state)?;
            Ok(Ok(()))
        };
        self.db.write(ended).await?
    }

    async fn read(&self, agent: &AgentId, after: Position, max_bytes: usize) -> Result<Vec<Record>, LogError> {
        let agent = agent.clone();
        let records = move |transaction: &ReadTransaction| {
            let table = transaction.open_table(RECORDS)?;
            let (mut records, mut bytes) = (Vec::new(), 0);
            for row in table.range((agent.as_str(), after + 1)..=(agent.as_str(), u64::MAX))? {
                let (key, value) = row?;
                records.push(block::decode(key.value().1, value.value())?);
                bytes += value.value().len();
                if bytes >= max_bytes {
                    break;
                }
            }
            Ok(records)
        };
        Ok(self.db.read(records).await?)
    }

    async fn since(&self, agent: &AgentId, at: Timestamp) -> Result<Position, LogError> {
        let agent = agent.clone();
        let since = move |transaction: &ReadTransaction| {
            let heads = transaction.open_table(HEADS)?;
            let head: Head = heads.get(agent.as_str())?.map(|row| read(row.value())).transpose()?.unwrap_or_default();
            let records = transaction.open_table(RECORDS)?;
            // They came in the order of their positions, unless the clock was set.
            let (mut before, mut from) = (head.first.saturating_sub(1), head.last + 1);
            while from - before > 1 {
                let middle = before + (from - before) / 2;
                let is_older = match records.get((agent.as_str(), middle))? {
                    Some(row) => block::Head::read(row.value())?.received_at < at,
                    None => true,
                };
                if is_older {
                    before = middle;
                } else {
                    from = middle;
                }
            }
            Ok(before)
        };
        Ok(self.db.read(since).await?)
    }

    async fn newest(&self, agent: &AgentId) -> Result<Vec<Newest>, LogError> {
        let agent = agent.clone();
        Ok(self.db.read(move |transaction| newest(transaction, &agent)).await?)
    }

    async fn account(&self, agent: &AgentId) -> Result<Account, LogError> {
        let account = |transaction: &ReadTransaction| {
            let heads = transaction.open_table(HEADS)?;
            let head: Head = heads.get(agent.as_str())?.map(|row| read(row.value())).transpose()?.unwrap_or_default();
            let epochs = transaction.open_table(EPOCHS)?;
            let state = match &head.epoch {
                Some(epoch) => epochs.get((agent.as_str(), epoch.as_str()))?,
                None => None,
            };
            let state: Option<EpochState> = state.map(|row| read(row.value())).transpose()?;
            let records = transaction.open_table(RECORDS)?;
            let came = |position| {
                let row = records.get((agent.as_str(), position))?;
                let head = row.map(|row| block::Head::read(row.value())).transpose()?;
                Ok::<_, redb::Error>(head.map(|head| head.received_at))
            };
            let (oldest_at, newest_at) = (came(head.first)?, came(head.last)?);
            let Head { epoch, first, last, bytes, counts, dropped, .. } = head;
            Ok(Account {
                epoch,
                stored: state.map(|state| state.stored),
                counts,
                dropped,
                first,
                last,
                bytes,
                oldest_at,
                newest_at,
            })
        };
        Ok(self.db.read_now(account)?)
    }

    async fn forget(&self, agent: &AgentId) -> Result<(), LogError> {
        let agent = agent.clone();
        let forget = move |transaction: &WriteTransaction| {
            let mut tables = Tables::open(transaction)?;
            let agent = agent.as_str();
            tables.heads.remove(agent)?;
            tables.epochs.retain_in((agent, "")..(agent, AFTER_ALL), |_, _| false)?;
            tables.records.retain_in((agent, 0)..=(agent, u64::MAX), |_, _| false)?;
            tables.newest.retain_in((agent, "")..(agent, AFTER_ALL), |_, _| false)?;
            tables.kept.retain_in((agent, "")..(agent, AFTER_ALL), |_, _| false)?;
            Ok(())
        };
        Ok(self.db.write(forget).await?)
    }

    fn watch(&self) -> broadcast::Receiver<Arc<Appended>> {
        self.watchers.subscribe()
    }
}

/// What is known of an epoch that said hello before.
fn known(transaction: &ReadTransaction, agent: &AgentId, epoch: &Epoch) -> Result<Option<Opened>, redb::Error> {
    let epochs = transaction.open_table(EPOCHS)?;
    let Some(state) = epochs.get((agent.as_str(), epoch.as_str()))? else { return Ok(None) };
    let state: EpochState = read(state.value())?;
    let head = transaction.open_table(HEADS)?.get(agent.as_str())?.map(|row| read::<Head>(row.value())).transpose()?;
    let is_newest = head.is_some_and(|head| head.epoch.as_ref() == Some(epoch));
    Ok(Some(Opened { stored: state.stored, is_new: false, lost_after: None, is_revived: !is_newest }))
}

/// Begins an epoch. The one before it is lost, unless it ended with everything stored.
fn begin(
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

fn append_record(
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
        let sources: std::collections::BTreeSet<&str> = sources.iter().map(SourceId::as_str).collect();
        tables.newest.retain_in((agent, "")..(agent, AFTER_ALL), |(_, source), _| sources.contains(source))?;
        tables.kept.retain_in((agent, "")..(agent, AFTER_ALL), |(_, source), _| sources.contains(source))?;
    }
    for (source_id, seq) in newest {
        tables.newest.insert((agent, source_id.as_str()), (position, seq))?;
        tables.kept.remove((agent, source_id.as_str()))?;
    }
    Ok(())
}

fn newest(transaction: &ReadTransaction, agent: &AgentId) -> Result<Vec<Newest>, redb::Error> {
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
