//! The administration from the command line: one request and one answer, each a line of JSON, over a socket in the folder of the log.
//!
//! Whoever may write into that folder may do everything anyway, so the socket asks for nothing more: it is its owner's only.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use gssa_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::log::AgentId;

#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
mod socket;
#[cfg(not(unix))]
pub use elsewhere::{ask, serve};
#[cfg(unix)]
pub use socket::{ask, serve};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is what the command line says")]
pub enum Ask {
    AgentAdd { name: String },
    AgentList,
    AgentRotate { name: String },
    AgentRevoke { name: String },
    AgentRemove { name: String },
    UserAdd { name: String, password: Password, admin: bool },
    UserList,
    UserGrant { name: String, agent: String },
    UserWithdraw { name: String, agent: String },
    UserAdmin { name: String, admin: bool },
    UserPassword { name: String, password: Password },
    UserRemove { name: String },
}

/// A password on its way; it prints as stars.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(pub String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("********")
    }
}

/// What is answered.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is what was asked for")]
pub enum Answer {
    /// The token is shown once.
    Token {
        id: AgentId,
        name: String,
        token: String,
    },
    Agents {
        agents: Vec<AgentRow>,
    },
    Users {
        users: Vec<UserRow>,
    },
    Done,
    /// In words.
    Failed {
        why: String,
    },
}

/// An agent as it is listed.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is what it says")]
pub struct AgentRow {
    pub id: AgentId,
    pub name: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub online: bool,
    pub heard_at: Option<Timestamp>,
    pub duplicate_at: Option<Timestamp>,
    pub stored: u64,
    pub bytes: u64,
}

/// A user as they are listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is what it says")]
pub struct UserRow {
    pub name: String,
    pub admin: bool,
    pub agents: BTreeSet<AgentId>,
    pub created_at: Timestamp,
}

/// Why nothing was asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody answers there.
    #[error("no gsscloud runs with the folder {}; start it first, or name the folder of the one that runs", .0.display())]
    NotRunning(PathBuf),
    /// The system has no such sockets.
    #[error(
        "gsscloud is administered over a Unix socket, which it does not have on this system: run it on Linux or macOS"
    )]
    Unsupported,
    /// The conversation broke off.
    #[error("the running gsscloud did not answer")]
    Broken(#[from] io::Error),
}

/// Without the token.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token { .. } => "Token",
            Self::Agents { .. } => "Agents",
            Self::Users { .. } => "Users",
            Self::Done => "Done",
            Self::Failed { .. } => "Failed",
        })
    }
}
