//! Enrolled agents and their tokens.

use std::sync::Arc;

use gssa_model::{SourceId, Timestamp};
use gssa_serve::token::{Digest, hex, new_token, random};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::{AGENTS, MAX_ROWS, Registry, RegistryError, State, name, written};
use crate::clock;
use crate::log::AgentId;

/// An agent that was enrolled.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Its name in the log, in addresses and in `welcome`.
    pub id: AgentId,
    /// What people call it.
    pub name: String,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When its tokens were taken from it.
    #[serde(default)]
    pub revoked_at: Option<Timestamp>,
    /// The tokens that count, oldest first: two for as long as a rotation is under way.
    pub(super) tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Token {
    /// As [`Digest::written`].
    digest: String,
    created_at: Timestamp,
    is_used: bool,
}

impl Token {
    fn new() -> (String, Self) {
        let secret = format!("gsa_{}", new_token().token);
        let digest = Digest::of(&secret).written();
        let token = Self { digest, created_at: clock::now(), is_used: false };
        (secret, token)
    }
}

/// How many characters of a written digest tokens are found by.
const FOUND_BY: usize = 23;

fn found_by(written: &str) -> String {
    written.chars().take(FOUND_BY).collect()
}

/// An agent and its token, which is shown once.
pub struct NewAgent {
    /// The agent.
    pub agent: Arc<Agent>,
    /// The token.
    pub token: String,
}

impl std::fmt::Debug for NewAgent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAgent").field("agent", &self.agent).finish_non_exhaustive()
    }
}

impl State {
    pub(super) fn put_agent(&mut self, agent: Agent) {
        self.tokens.retain(|_, (_, of)| *of != agent.id);
        for token in &agent.tokens {
            let Some(digest) = Digest::parse(&token.digest) else { continue };
            self.tokens.insert(found_by(&token.digest), (digest, agent.id.clone()));
        }
        self.agents.insert(agent.id.clone(), Arc::new(agent));
    }

    fn agent(&self, id_or_name: &str) -> Option<&Arc<Agent>> {
        self.agents.values().find(|agent| agent.id.as_str() == id_or_name || agent.name == id_or_name)
    }
}

impl Registry {
    /// Every agent, by id.
    pub fn agents(&self) -> Vec<Arc<Agent>> {
        self.state().agents.values().cloned().collect()
    }

    /// The agent of this id.
    pub fn agent(&self, id: &AgentId) -> Option<Arc<Agent>> {
        self.state().agents.get(id).cloned()
    }

    /// The agent that has this token.
    pub fn agent_of(&self, token: &Digest) -> Option<Arc<Agent>> {
        let state = self.state();
        let (digest, id) = state.tokens.get(&found_by(&token.written()))?;
        if digest.is(token) { state.agents.get(id).cloned() } else { None }
    }

    /// Enrols an agent.
    ///
    /// # Errors
    /// The name is taken or none, there are too many, or the storage failed.
    pub async fn add_agent(&self, called: &str) -> Result<NewAgent, RegistryError> {
        let _turn = self.turn.lock().await;
        let name = name(called)?;
        let id = {
            let state = self.state();
            if state.agents.len() >= MAX_ROWS {
                return Err(RegistryError::Full);
            }
            if state.agent(&name).is_some() {
                return Err(RegistryError::Taken(name));
            }
            new_id(&name, |id| state.agents.contains_key(id))
        };
        let (secret, token) = Token::new();
        let created_at = token.created_at;
        let agent = Agent { id, name, created_at, revoked_at: None, tokens: vec![token] };
        let agent = self.put_agent(agent).await?;
        Ok(NewAgent { agent, token: secret })
    }

    /// Gives an agent another token. The one that counts now does so until the new one is used.
    ///
    /// # Errors
    /// No such agent, it was revoked, or the storage failed.
    pub async fn rotate_agent(&self, id_or_name: &str) -> Result<NewAgent, RegistryError> {
        let _turn = self.turn.lock().await;
        let mut agent = self.find(id_or_name)?;
        if agent.revoked_at.is_some() {
            return Err(RegistryError::Revoked(agent.name));
        }
        let (secret, token) = Token::new();
        // A token that was made and never used is given up by another rotation.
        if agent.tokens.len() > 1 {
            agent.tokens.truncate(1);
        }
        agent.tokens.push(token);
        let agent = self.put_agent(agent).await?;
        Ok(NewAgent { agent, token: secret })
    }

    /// Takes an agent's tokens away.
    ///
    /// # Errors
    /// No such agent, or the storage failed.
    pub async fn revoke_agent(&self, id_or_name: &str) -> Result<Arc<Agent>, RegistryError> {
        let _turn = self.turn.lock().await;
        let mut agent = self.find(id_or_name)?;
        agent.tokens.clear();
        agent.revoked_at.get_or_insert_with(clock::now);
        self.put_agent(agent).await
    }

    /// Forgets an agent.
    ///
    /// # Errors
    /// No such agent, or the storage failed.
    pub async fn remove_agent(&self, id_or_name: &str) -> Result<Arc<Agent>, RegistryError> {
        let _turn = self.turn.lock().await;
        let agent = self.find(id_or_name)?;
        self.put(AGENTS, agent.id.to_string(), None).await?;
        self.change(|state| {
            state.tokens.retain(|_, (_, of)| *of != agent.id);
            state.agents.remove(&agent.id);
        });
        Ok(Arc::new(agent))
    }

    /// The agent showed this token: it ends those that were made before.
    ///
    /// # Errors
    /// The storage failed.
    pub async fn use_token(&self, id: &AgentId, token: &Digest) -> Result<(), RegistryError> {
        let is_news = |agent: &Agent| {
            let at = agent
                .tokens
                .iter()
                .position(|known| Digest::parse(&known.digest).is_some_and(|digest| digest.is(token)));
            at.filter(|at| *at > 0 || !agent.tokens[*at].is_used)
        };
        if self.agent(id).is_none_or(|agent| is_news(&agent).is_none()) {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let Some(agent) = self.agent(id) else { return Ok(()) };
        let Some(at) = is_news(&agent) else { return Ok(()) };
        let mut agent = (*agent).clone();
        agent.tokens.drain(..at);
        agent.tokens[0].is_used = true;
        self.put_agent(agent).await?;
        Ok(())
    }

    pub(super) fn find(&self, id_or_name: &str) -> Result<Agent, RegistryError> {
        let state = self.state();
        let found = state.agent(id_or_name.trim());
        found.map(|agent| (**agent).clone()).ok_or_else(|| RegistryError::UnknownAgent(id_or_name.to_owned()))
    }

    async fn put_agent(&self, agent: Agent) -> Result<Arc<Agent>, RegistryError> {
        self.put(AGENTS, agent.id.to_string(), Some(written(&agent))).await?;
        let kept = Arc::new(agent.clone());
        self.change(|state| state.put_agent(agent));
        Ok(kept)
    }
}

/// The name as an id, with some digits that keep it apart from one that was removed.
fn new_id(name: &str, is_taken: impl Fn(&AgentId) -> bool) -> AgentId {
    let mut slug = SourceId::from_name(name).map_or_else(|| "agent".to_owned(), |id| id.as_str().to_owned());
    slug.truncate(SourceId::MAX_BYTES - 5);
    loop {
        let id = format!("{slug}-{}", hex(&random::<2>())).parse().expect("a slug and hexadecimal digits are an id");
        if !is_taken(&id) {
            return id;
        }
    }
}
