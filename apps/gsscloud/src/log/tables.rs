//! The tables of the file.

use redb::TableDefinition;

/// What is known of the log of an agent: its id → [`Head`](super::head::Head) as JSON.
pub(super) const HEADS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("heads");

/// The epochs of an agent: its id and the epoch → [`EpochState`](super::EpochState) as JSON.
pub(super) const EPOCHS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("epochs");

/// The records: agent, position → a [block](super::block).
pub(super) const RECORDS: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("records");

/// Where the newest report of a source stands: agent, source → position and number.
pub(super) const NEWEST: TableDefinition<'_, (&str, &str), (u64, u64)> = TableDefinition::new("newest");

/// The newest report of a source whose record is not kept any more: agent, source → the time and the report.
pub(super) const KEPT: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("kept");
