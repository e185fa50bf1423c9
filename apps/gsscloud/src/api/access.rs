//! Who may do what: a pure decision.
//!
//! | class | nobody | user | user, for an agent in the path that they do not see | administrator |
//! |---|---|---|---|---|
//! | `Open` | yes | yes | yes | yes |
//! | `Gate` | the gateway looks at the token of the agent | | | |
//! | `Here` | from this machine only | from this machine only | | yes |
//! | `User` | log in | yes | no such agent | yes |
//! | `Admin` | log in | no | no | yes |

use std::sync::Arc;

use gssa_serve::facts::Facts;
use gssa_serve::{Error, app};
use http::StatusCode;

use crate::http::Refused;
use crate::registry::User;

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing.
    Open,
    /// The token of an agent, which the gateway looks at.
    Gate,
    /// To be on this machine, or an administrator.
    Here,
    /// A session; with an agent in the path, of somebody who sees it.
    User,
    /// A session of an administrator.
    Admin,
}

impl app::Class for Class {
    fn scope(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Gate => "agent",
            Self::Here => "local",
            Self::User => "user",
            Self::Admin => "admin",
        }
    }

    fn security(self) -> &'static [&'static str] {
        match self {
            Self::Open => &[],
            Self::Gate => &["agent"],
            // From this machine nothing is asked for.
            Self::Here => &["session", ""],
            Self::User | Self::Admin => &["session"],
        }
    }
}

/// Who calls.
#[derive(Debug, Clone)]
pub enum Who {
    /// Somebody without a session.
    Nobody,
    /// Somebody who logged in.
    User(Arc<User>),
}

impl Who {
    /// The user; for handlers of routes that only users get to.
    pub fn user(&self) -> Result<&Arc<User>, Error> {
        match self {
            Self::User(user) => Ok(user),
            Self::Nobody => Err(Error::LoginRequired),
        }
    }
}

/// An agent that is not there, or not for this caller.
pub(super) fn unknown_agent() -> Error {
    Refused::new(StatusCode::NOT_FOUND, "unknown-agent", "no agent has this id").into()
}

/// Whether the caller may use a route of `class` with `agent` in its path.
pub(super) fn decide(
    facts: &Facts,
    who: &Who,
    class: Class,
    agent: &str,
    is_agent: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    if class == Class::Gate {
        return Ok(());
    }
    if facts.changes_state && !facts.is_same_origin() {
        return Err(Error::CrossOrigin { has_origin: facts.origin.is_some() });
    }
    match (class, who) {
        (Class::Open | Class::Gate, _) => Ok(()),
        (Class::Here, Who::User(user)) if user.is_admin => Ok(()),
        (Class::Here, _) if facts.is_local => Ok(()),
        (_, Who::Nobody) => Err(Error::LoginRequired),
        (Class::User, Who::User(user)) => {
            if agent.is_empty() || (user.sees(agent) && is_agent(agent)) {
                Ok(())
            } else {
                Err(unknown_agent())
            }
        }
        (Class::Admin, Who::User(user)) if user.is_admin => {
            if agent.is_empty() || is_agent(agent) {
                Ok(())
            } else {
                Err(unknown_agent())
            }
        }
        (Class::Admin | Class::Here, Who::User(_)) => {
            Err(Refused::new(StatusCode::FORBIDDEN, "admin-required", "this is for administrators").into())
        }
    }
}
