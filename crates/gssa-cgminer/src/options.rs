//! What is told about a miner beside its address.

use std::fmt;
use std::time::Duration;

use gssa_model::SourceKind;

use crate::Family;

/// How a miner is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// For all that one observation takes.
    pub timeout: Duration,
    /// The port of the web server beside the API, which Antminers are also read through.
    pub http_port: u16,
    /// For that web server; the API itself has no login.
    pub credentials: Option<Credentials>,
}

impl Default for Options {
    /// 5 s, port 80, no credentials.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), http_port: 80, credentials: None }
    }
}

/// A user and a password. Neither is shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub username: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// What a miner is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Whatever its replies say.
    Auto,
    /// A Bitmain Antminer, whatever firmware it runs.
    Antminer,
    /// A Canaan Avalon.
    Canaan,
    /// Anything else, read by the commands that upstream has.
    Cgminer,
}

impl TryFrom<SourceKind> for Kind {
    type Error = OtherKind;

    fn try_from(kind: SourceKind) -> Result<Self, OtherKind> {
        match kind {
            SourceKind::Auto => Ok(Self::Auto),
            SourceKind::Antminer => Ok(Self::Antminer),
            SourceKind::Canaan => Ok(Self::Canaan),
            SourceKind::Cgminer => Ok(Self::Cgminer),
            other => Err(OtherKind(other)),
        }
    }
}

impl From<Family> for Kind {
    fn from(family: Family) -> Self {
        match family {
            Family::Antminer(_) => Self::Antminer,
            Family::Canaan => Self::Canaan,
            Family::Generic(_) => Self::Cgminer,
        }
    }
}

impl From<Family> for SourceKind {
    fn from(family: Family) -> Self {
        match family {
            Family::Antminer(_) => Self::Antminer,
            Family::Canaan => Self::Canaan,
            Family::Generic(_) => Self::Cgminer,
        }
    }
}

/// A kind of source that does not speak the cgminer API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not speak the cgminer API")]
pub struct OtherKind(SourceKind);
