//! The log in the file of this process.

mod steps;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use gssa_model::Timestamp;
use gssa_uplink::wire::{Epoch, Seq};
use redb::{ReadTransaction, ReadableTable as _, WriteTransaction};
use tokio::sync::{broadcast, watch};

use self::steps::{append_record, begin, known};
use super::head::Head;
use super::newest::newest;
use super::tables::{AFTER_ALL, EPOCHS, HEADS, RECORDS, Tables, read};
use super::{
    Account, AgentId, Append, Appended, Entry, EpochState, Log, LogError, Newest, Opened, Position, Receipt, Record,
    Retention, block, retention,
};
use crate::db::Db;

/// Records that watchers may be behind.
const WATCH_DEPTH: usize = 512;

/// The most records of one agent that the sweep takes in one turn.
const SWEEP_RECORDS: usize = 256;

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
