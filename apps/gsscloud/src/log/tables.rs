//! The tables of the file, and their rows.

use gssa_uplink::wire::Epoch;
use redb::{ReadableTable as _, Table, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::block::Damaged;
use super::head::Head;
use super::{EpochState, Position};

/// What is known of the log of an agent: its id → [`Head`] as JSON.
pub(super) const HEADS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("heads");

/// The epochs of an agent: its id and the epoch → [`EpochState`] as JSON.
pub(super) const EPOCHS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("epochs");

/// The records: agent, position → a [block](super::block).
pub(super) const RECORDS: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("records");

/// Where the newest report of a source stands: agent, source → position and number.
pub(super) const NEWEST: TableDefinition<'_, (&str, &str), (u64, u64)> = TableDefinition::new("newest");

/// The newest report of a source whose record is not kept any more: agent, source → the time and the report.
pub(super) const KEPT: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("kept");

/// Sorts behind every id.
pub(super) const AFTER_ALL: &str = "\u{7f}";

/// All tables of one transaction.
pub(super) struct Tables<'t> {
    pub(super) heads: Table<'t, &'static str, &'static [u8]>,
    pub(super) epochs: Table<'t, (&'static str, &'static str), &'static [u8]>,
    pub(super) records: Table<'t, (&'static str, u64), &'static [u8]>,
    pub(super) newest: Table<'t, (&'static str, &'static str), (u64, u64)>,
    pub(super) kept: Table<'t, (&'static str, &'static str), &'static [u8]>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::Error> {
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

    pub(super) fn epoch(&self, agent: &str, epoch: &Epoch) -> Result<Option<EpochState>, redb::Error> {
        self.epochs.get((agent, epoch.as_str()))?.map(|row| read(row.value())).transpose()
    }

    pub(super) fn put_epoch(&mut self, agent: &str, epoch: &Epoch, state: &EpochState) -> Result<(), redb::Error> {
        self.epochs.insert((agent, epoch.as_str()), written(state).as_slice())?;
        Ok(())
    }

    /// Appends a record and gives its position.
    pub(super) fn push(&mut self, agent: &str, head: &mut Head, bytes: &[u8]) -> Result<Position, redb::Error> {
        head.last += 1;
        head.first = head.first.max(1);
        head.bytes += bytes.len() as u64;
        self.records.insert((agent, head.last), bytes)?;
        Ok(head.last)
    }
}

pub(super) fn read<T: DeserializeOwned>(row: &[u8]) -> Result<T, redb::Error> {
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
