//! Who may do what: pure decisions from the facts of a request and the policy.
//!
//! | | nobody | read token | admin token or session |
//! |---|---|---|---|
//! | bound to loopback, no password | everything | read | everything |
//! | password set | open routes (`anonymous_read`: and read) | read | everything |
//! | password set, but unreadable | as above, and nobody logs in | read | everything |
//! | bound elsewhere, no password | open routes, among them the set-up (`anonymous_read`: and read) | read | everything |
//!
//! Webhooks stand beside it: only the token of a hook counts there, wherever the request comes from.

use gssa_serve::Error;
use gssa_serve::app;
use gssa_serve::facts::Facts;
use gssa_serve::token::Digest;

use super::policy::Policy;
use super::problem::Refused;
use crate::config::Password;

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing: it shows nothing of the site, or is the way in.
    Open,
    /// The right to look.
    Read,
    /// The right to change, or to see how the agent is set up.
    Admin,
    /// The token of a webhook, which its handler asks for; no other right is of use.
    Hook,
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "CallerScope")]
pub enum Scope {
    /// Look.
    Read,
    /// Look and change.
    Admin,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Somebody without credentials.
    Nobody,
    /// Somebody on this machine, which needs no credentials.
    Local,
    /// The holder of a token of this name.
    Token(String),
    /// The admin, logged in.
    Session,
}

/// A request that may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// Who calls.
    pub who: Who,
    /// What they may do; `None` is open routes only.
    pub scope: Option<Scope>,
}

/// What the caller showed, as far as it counts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Credentials {
    /// Nothing.
    None,
    /// A bearer token.
    Bearer(Digest),
    /// The cookie of a session that is open.
    Session,
}

impl app::Class for Class {
    fn scope(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Read => "read",
            Self::Admin => "admin",
            Self::Hook => "hook",
        }
    }

    fn security(self) -> &'static [&'static str] {
        match self {
            Self::Open => &[],
            Self::Hook => &["hook"],
            Self::Read | Self::Admin => &["token", "session"],
        }
    }
}

/// Whether the caller may use a route of `class`, by what they showed.
pub(super) fn decide(facts: &Facts, shown: Credentials, policy: &Policy, class: Class) -> Result<Allowed, Error> {
    if class == Class::Hook {
        return Ok(Allowed { who: Who::Nobody, scope: None });
    }
    let allowed = identify(facts, shown, policy)?;
    let is_bearer = matches!(allowed.who, Who::Token(_));
    if facts.changes_state && !is_bearer && !facts.is_same_origin() {
        return Err(Error::CrossOrigin { has_origin: facts.origin.is_some() });
    }
    let needed = match class {
        Class::Open | Class::Hook => return Ok(allowed),
        Class::Read => Scope::Read,
        Class::Admin => Scope::Admin,
    };
    match allowed.scope {
        Some(scope) if scope >= needed => Ok(allowed),
        _ if is_bearer => Err(Error::ScopeTooSmall),
        _ => Err(match policy.password {
            Password::Hash(_) => Error::LoginRequired,
            Password::NotSet => Refused::SetupRequired.into(),
            Password::Unusable => Refused::PasswordUnusable.into(),
        }),
    }
}

fn identify(facts: &Facts, shown: Credentials, policy: &Policy) -> Result<Allowed, Error> {
    let allowed = |who, scope| Ok(Allowed { who, scope });
    match shown {
        Credentials::Bearer(token) => match policy.token(&token) {
            Some((name, scope)) => allowed(Who::Token(name.to_owned()), Some(scope)),
            None => Err(Error::TokenUnknown),
        },
        Credentials::Session => allowed(Who::Session, Some(Scope::Admin)),
        Credentials::None if policy.password == Password::NotSet && facts.is_local => {
            allowed(Who::Local, Some(Scope::Admin))
        }
        Credentials::None => allowed(Who::Nobody, policy.anonymous_read.then_some(Scope::Read)),
    }
}
