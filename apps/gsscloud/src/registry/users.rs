//! People, and which agents they see.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use gssa_model::Timestamp;
use gssa_serve::token::Digest;
use serde::{Deserialize, Serialize};

use super::{MAX_ROWS, Registry, RegistryError, USERS, name, written};
use crate::clock;
use crate::log::AgentId;

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
    pub fn sees(&self, agent: &str) -> bool {
        self.is_admin || self.agents.iter().any(|id| id.as_str() == agent)
    }

    /// Marks sessions with the password that they were opened with, so that they end with it.
    pub fn mark(&self) -> Digest {
        Digest::of(&self.hash)
    }
}

impl Registry {
    /// Every user, by name.
    pub fn users(&self) -> Vec<Arc<User>> {
        self.state().users.values().cloned().collect()
    }

    /// The user of this name.
    pub fn user(&self, name: &str) -> Option<Arc<User>> {
        self.state().users.get(name).cloned()
    }

    /// The user of this name and password. Passwords are checked one at a time, and guesses are slowed down; a name that nobody has takes
    /// as long.
    ///
    /// # Errors
    /// Wrong, or guessed too often.
    pub async fn verify(&self, from: IpAddr, name: &str, password: String) -> Result<Arc<User>, gssa_serve::Error> {
        let user = self.user(name);
        let hash = user.as_ref().map(|user| user.hash.clone());
        self.passwords.verify(from, password, hash).await?;
        user.ok_or(gssa_serve::Error::PasswordWrong)
    }

    /// Adds somebody.
    ///
    /// # Errors
    /// The name is taken or none, the password is none, or the storage failed.
    pub async fn add_user(&self, called: &str, password: String, is_admin: bool) -> Result<Arc<User>, RegistryError> {
        let hash = self.hash(password).await?;
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

    /// Gives somebody another password, which ends their sessions.
    ///
    /// # Errors
    /// No such user, no such password, or the storage failed.
    pub async fn set_password(&self, user: &str, password: String) -> Result<Arc<User>, RegistryError> {
        let hash = self.hash(password).await?;
        let _turn = self.turn.lock().await;
        let user = User { hash, ..self.find_user(user)? };
        self.put_user(user).await
    }

    /// Lets somebody see an agent, or no more.
    ///
    /// # Errors
    /// No such user or agent, or the storage failed.
    pub async fn grant(&self, user: &str, agent: &str, sees: bool) -> Result<Arc<User>, RegistryError> {
        let _turn = self.turn.lock().await;
        let mut user = self.find_user(user)?;
        let id = self.find(agent)?.id;
        if sees {
            user.agents.insert(id);
        } else {
            user.agents.remove(&id);
        }
        self.put_user(user).await
    }

    /// Makes somebody an administrator, or no more.
    ///
    /// # Errors
    /// No such user, the last administrator, or the storage failed.
    pub async fn set_admin(&self, user: &str, is_admin: bool) -> Result<Arc<User>, RegistryError> {
        let _turn = self.turn.lock().await;
        let user = self.find_user(user)?;
        if !is_admin {
            self.keep_an_admin(&user)?;
        }
        self.put_user(User { is_admin, ..user }).await
    }

    /// Removes somebody.
    ///
    /// # Errors
    /// No such user, the last administrator, or the storage failed.
    pub async fn remove_user(&self, user: &str) -> Result<(), RegistryError> {
        let _turn = self.turn.lock().await;
        let user = self.find_user(user)?;
        self.keep_an_admin(&user)?;
        self.put(USERS, user.name.clone(), None).await?;
        self.change(|state| drop(state.users.remove(&user.name)));
        Ok(())
    }

    /// Fails where nobody else could manage agents and users.
    fn keep_an_admin(&self, user: &User) -> Result<(), RegistryError> {
        let is_last = user.is_admin && self.state().users.values().filter(|user| user.is_admin).count() == 1;
        if is_last { Err(RegistryError::LastAdmin(user.name.clone())) } else { Ok(()) }
    }

    fn find_user(&self, name: &str) -> Result<User, RegistryError> {
        let found = self.user(name.trim());
        found.map(|user| (*user).clone()).ok_or_else(|| RegistryError::UnknownUser(name.to_owned()))
    }

    async fn put_user(&self, user: User) -> Result<Arc<User>, RegistryError> {
        self.put(USERS, user.name.clone(), Some(written(&user))).await?;
        let user = Arc::new(user);
        let kept = user.clone();
        self.change(|state| drop(state.users.insert(kept.name.clone(), kept)));
        Ok(user)
    }

    async fn hash(&self, password: String) -> Result<String, RegistryError> {
        gssa_serve::password::check_password(&password)?;
        // What is left to fail is the thread that computes it.
        self.passwords.hash(password).await.map_err(|_| crate::db::Unavailable::Closed.into())
    }
}
