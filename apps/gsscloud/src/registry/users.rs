//! People, and which agents they see.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gssa_model::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{MAX_ROWS, Registry, RegistryError, USERS, name, written};
use crate::log::AgentId;
use crate::token::{Digest, new_secret};
use crate::{clock, password};

/// A session ends this long after its last request.
pub(super) const IDLE_LIMIT: Duration = Duration::from_secs(12 * 60 * 60);
/// Sessions of one user; one more replaces the one that was used longest ago.
const MAX_SESSIONS: usize = 32;

/// Somebody who may look.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// By which they log in.
    pub name: String,
    /// Whether they manage agents and users, and see every agent.
    pub is_admin: bool,
    /// The agents that they see.
    pub agents: BTreeSet<AgentId>,
    /// When they were added.
    pub created_at: Timestamp,
    /// Argon2id.
    hash: String,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("name", &self.name).field("is_admin", &self.is_admin).finish_non_exhaustive()
    }
}

impl User {
    /// Whether they may see an agent.
    pub fn sees(&self, agent: &AgentId) -> bool {
        self.is_admin || self.agents.contains(agent)
    }
}

/// Somebody who logged in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who, as they are now.
    pub user: Arc<User>,
}

/// The open sessions: in memory, gone at restart. Of an id only its digest is kept.
#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<Vec<Open>>);

#[derive(Debug)]
struct Open {
    id: Digest,
    user: String,
    /// Marks the password that it was opened with.
    mark: Digest,
    used_at: Instant,
}

impl Registry {
    /// Every user, by name.
    pub fn users(&self) -> Vec<Arc<User>> {
        self.state().users.values().cloned().collect()
    }

    /// Whether `password` is that of `user`. Computes for some tens of milliseconds and takes 19 MiB; for a thread that may block.
    pub fn fits(&self, user: &str, password: &str) -> bool {
        let user = self.state().users.get(user).cloned();
        password::fits(password, user.as_ref().map(|user| user.hash.as_str()))
    }

    /// Adds somebody.
    ///
    /// # Errors
    /// The name is taken or none, the password is none, or the storage failed.
    pub async fn add_user(&self, called: &str, password: &str, is_admin: bool) -> Result<Arc<User>, RegistryError> {
        let hash = hash(password.to_owned()).await?;
        let _turn = self.turn.lock().await;
        let name = name(called)?;
        {
            let state = self.state();
            if state.users.len() >= MAX_ROWS {
                return Err(RegistryError::Full);
            }
            if state.users.contains_key(&name) {
                return Err(RegistryError::Taken(name));
            }
        }
        self.put_user(User { name, is_admin, agents: BTreeSet::new(), created_at: clock::now(), hash }).await
    }

    /// Gives somebody another password, and ends their sessions.
    ///
    /// # Errors
    /// No such user, no such password, or the storage failed.
    pub async fn set_password(&self, user: &str, password: &str) -> Result<Arc<User>, RegistryError> {
        let hash = hash(password.to_owned()).await?;
        let _turn = self.turn.lock().await;
        let user = User { hash, ..self.user(user)? };
        self.put_user(user).await
    }

    /// Lets somebody see an agent, or no more.
    ///
    /// # Errors
    /// No such user or agent, or the storage failed.
    pub async fn grant(&self, user: &str, agent: &str, sees: bool) -> Result<Arc<User>, RegistryError> {
        let _turn = self.turn.lock().await;
        let mut user = self.user(user)?;
        let id = self.find(agent)?.id;
        if sees {
            user.agents.insert(id);
        } else {
            user.agents.remove(&id);
        }
        self.put_user(user).await
    }

    /// Removes somebody.
    ///
    /// # Errors
    /// No such user, the last administrator, or the storage failed.
    pub async fn remove_user(&self, user: &str) -> Result<(), RegistryError> {
        let _turn = self.turn.lock().await;
        let user = self.user(user)?;
        if user.is_admin && self.state().users.values().filter(|user| user.is_admin).count() == 1 {
            return Err(RegistryError::LastAdmin(user.name));
        }
        self.put(USERS, user.name.clone(), None).await?;
        self.change(|state| drop(state.users.remove(&user.name)));
        Ok(())
    }

    /// Opens a session of somebody whose password was checked, and gives its id.
    pub fn log_in(&self, user: &str) -> Option<String> {
        let user = self.state().users.get(user).cloned()?;
        let id = new_secret();
        let mut sessions = self.sessions.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        sessions.retain(|open| now < open.used_at + IDLE_LIMIT);
        let mine = sessions.iter().enumerate().filter(|(_, open)| open.user == user.name);
        if mine.clone().count() >= MAX_SESSIONS
            && let Some((oldest, _)) = mine.min_by_key(|(_, open)| open.used_at)
        {
            sessions.swap_remove(oldest);
        }
        let mark = Digest::of(&user.hash);
        sessions.push(Open { id: Digest::of(&id), user: user.name.clone(), mark, used_at: now });
        Some(id)
    }

    /// The session of this id; if `uses` it goes on for another while.
    pub fn session(&self, id: &str, uses: bool) -> Option<Session> {
        let (id, now) = (Digest::of(id), Instant::now());
        let mut sessions = self.sessions.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = sessions.iter_mut().find(|open| open.id.is(&id) && now < open.used_at + IDLE_LIMIT)?;
        let user = self.state().users.get(&open.user).cloned()?;
        if !Digest::of(&user.hash).is(&open.mark) {
            return None;
        }
        if uses {
            open.used_at = now;
        }
        Some(Session { user })
    }

    /// Ends a session.
    pub fn log_out(&self, id: &str) {
        let id = Digest::of(id);
        self.sessions.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|open| !open.id.is(&id));
        self.changes.send_modify(|count| *count += 1);
    }

    fn user(&self, name: &str) -> Result<User, RegistryError> {
        let found = self.state().users.get(name.trim()).cloned();
        found.map(|user| (*user).clone()).ok_or_else(|| RegistryError::UnknownUser(name.to_owned()))
    }

    async fn put_user(&self, user: User) -> Result<Arc<User>, RegistryError> {
        self.put(USERS, user.name.clone(), Some(written(&user))).await?;
        let user = Arc::new(user);
        let kept = user.clone();
        self.change(|state| drop(state.users.insert(kept.name.clone(), kept)));
        Ok(user)
    }
}

async fn hash(password: String) -> Result<String, RegistryError> {
    let hashed = tokio::task::spawn_blocking(move || password::hash(&password)).await;
    Ok(hashed.map_err(|_| crate::db::Unavailable::Closed)??)
}
