//! Who may send and who may look: enrolled agents and users, kept in the file and in memory.
//!
//! Reading is from memory; a change is durable before it counts. What somebody may no longer do ends for open connections and streams too:
//! they follow [`Registry::changes`].

mod agents;
mod users;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use gssa_serve::password::{BadPassword, Passwords};
use gssa_serve::token::Digest;
use redb::{ReadableTable as _, TableDefinition};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, watch};

pub use agents::{Agent, NewAgent};
pub use users::User;

use crate::db::{Db, Unavailable};
use crate::log::AgentId;

const AGENTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("agents");
const USERS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("users");

/// The longest name of an agent or of a user, in characters.
const MAX_NAME_CHARS: usize = 64;

/// Agents and users at most.
const MAX_ROWS: usize = 100_000;

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// No agent has this id or name.
    #[error("no agent is called {0:?}")]
    UnknownAgent(String),
    /// No user has this name.
    #[error("no user is called {0:?}")]
    UnknownUser(String),
    /// The name is taken.
    #[error("{0:?} is taken")]
    Taken(String),
    /// The name cannot be one.
    #[error("a name has 1 to {MAX_NAME_CHARS} characters, at least one letter or digit, and no control characters")]
    BadName,
    /// The password cannot be one.
    #[error("{0}")]
    BadPassword(#[from] BadPassword),
    /// The agent was revoked.
    #[error("{0:?} is revoked; add it anew")]
    Revoked(String),
    /// There are too many.
    #[error("no more than {MAX_ROWS} are kept")]
    Full,
    /// The last administrator cannot go.
    #[error("{0:?} is the last administrator")]
    LastAdmin(String),
    /// The storage failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Agents and users.
#[derive(Debug)]
pub struct Registry {
    db: Db,
    state: RwLock<State>,
    /// One change at a time.
    turn: Mutex<()>,
    passwords: Passwords,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    agents: BTreeMap<AgentId, Arc<Agent>>,
    /// By the first digits of the digest of a token that counts: enough to find it, and of no use to guess it.
    tokens: HashMap<String, (Digest, AgentId)>,
    users: BTreeMap<String, Arc<User>>,
}

impl Registry {
    /// Reads what is kept in `db`.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub async fn load(db: Db) -> Result<Self, Unavailable> {
        let make = |transaction: &redb::WriteTransaction| {
            transaction.open_table(AGENTS)?;
            transaction.open_table(USERS)?;
            Ok(())
        };
        db.write(make).await?;
        let rows = |transaction: &redb::ReadTransaction| {
            let (mut agents, mut users): (Vec<Agent>, Vec<User>) = Default::default();
            for row in transaction.open_table(AGENTS)?.iter()? {
                agents.push(read(row?.1.value())?);
            }
            for row in transaction.open_table(USERS)?.iter()? {
                users.push(read(row?.1.value())?);
            }
            Ok((agents, users))
        };
        let (agents, users) = db.read(rows).await?;
        let mut state = State::default();
        for agent in agents {
            state.put_agent(agent);
        }
        state.users = users.into_iter().map(|user| (user.name.clone(), Arc::new(user))).collect();
        Ok(Self {
            db,
            state: RwLock::new(state),
            turn: Mutex::default(),
            passwords: Passwords::default(),
            changes: watch::Sender::new(0),
        })
    }

    /// Counts up with each change of what somebody may do.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a changed state in force.
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|count| *count += 1);
    }

    /// Writes a row, or takes it away.
    async fn put(
        &self,
        table: TableDefinition<'static, &'static str, &'static [u8]>,
        key: String,
        row: Option<Vec<u8>>,
    ) -> Result<(), Unavailable> {
        let put = move |transaction: &redb::WriteTransaction| {
            let mut table = transaction.open_table(table)?;
            match row {
                Some(row) => drop(table.insert(key.as_str(), row.as_slice())?),
                None => drop(table.remove(key.as_str())?),
            }
            Ok(())
        };
        self.db.write(put).await
    }
}

fn read<T: DeserializeOwned>(row: &[u8]) -> Result<T, redb::Error> {
    serde_json::from_slice(row).map_err(|error| redb::Error::Corrupted(error.to_string()))
}

fn written(row: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(row).expect("rows have text keys")
}

/// A name as it is kept.
fn name(text: &str) -> Result<String, RegistryError> {
    let text = text.trim();
    let is_name = (1..=MAX_NAME_CHARS).contains(&text.chars().count())
        && text.chars().any(char::is_alphanumeric)
        && !text.chars().any(char::is_control);
    if is_name { Ok(text.to_owned()) } else { Err(RegistryError::BadName) }
}
