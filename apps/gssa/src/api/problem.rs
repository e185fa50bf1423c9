//! What the agent refuses in ways of its own; what every server refuses is in [`gssa_serve::problem`].

use std::io;

use gssa_serve::Error;
use gssa_serve::problem::Refusal;
use http::header::ETAG;
use http::{HeaderName, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use serde_with::skip_serializing_none;
use tracing::error;

use crate::config::{self, FileState};

/// Why a request is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("no webhook has this token; `gssa hook-token` makes one")]
    HookUnknown,
    #[error("no password is set; open the set-up page and enter the one-time code from the agent's log")]
    SetupRequired,
    #[error("a password is set; log in to change it")]
    SetupDone,
    #[error("wrong code; the agent's log has the one that counts")]
    CodeWrong,
    #[error("the password in the configuration cannot be read; repair it there")]
    PasswordUnusable,
    #[error("the password is set by a variable or a flag of the agent, which counts more than the file")]
    PasswordLocked,
    #[error("the source is not polled: switched off, or of a kind that cannot be")]
    NotPolled,
    #[error("no such version is kept")]
    UnknownVersion,
    #[error("no uplink has this id")]
    UnknownUplink,
    #[error("no search of this name is kept")]
    UnknownSearch,
    #[error("a search is under way already: {id}; stop it first, or wait for its end")]
    SearchUnderWay { id: String },
    #[error("send `If-Match` with the entity tag of the configuration that was changed")]
    PreconditionRequired,
    #[error("the configuration was changed meanwhile; read it again")]
    Changed { etag: String },
    #[error("the configuration has {} problems", .0.len())]
    InvalidConfig(Vec<config::Problem>),
    #[error("the configuration file is not overwritten: {}", reason(.0))]
    FileBroken(FileState),
    #[error("the configuration could not be written: {}", .source.kind())]
    NotWritten { source: io::Error },
    #[error("the versions of the configuration could not be read: {}", .source.kind())]
    NotRead { source: io::Error },
}

// A shape for the document of the API; the server writes problems.
/// A problem document.
#[skip_serializing_none]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Problem {
    /// What it is, for programs: `about:blank#unknown-source`.
    #[serde(rename = "type")]
    kind: String,
    /// What it is, for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// This occurrence, for people.
    detail: String,
    /// What is wrong with a configuration.
    problems: Option<Vec<config::Problem>>,
    /// Where a file is broken.
    line: Option<usize>,
    /// Where a file is broken.
    column: Option<usize>,
}

impl Refusal for Refused {
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::HookUnknown => (S::FORBIDDEN, "hook-unknown", "Unknown webhook"),
            Self::SetupRequired => (S::FORBIDDEN, "setup-required", "Set-up required"),
            Self::SetupDone => (S::CONFLICT, "setup-done", "Already set up"),
            Self::CodeWrong => (S::FORBIDDEN, "code-wrong", "Wrong code"),
            Self::PasswordUnusable => (S::FORBIDDEN, "password-unusable", "Password unusable"),
            Self::PasswordLocked => (S::CONFLICT, "password-locked", "Password set elsewhere"),
            Self::NotPolled => (S::CONFLICT, "not-polled", "Source not polled"),
            Self::UnknownVersion => (S::NOT_FOUND, "unknown-version", "Unknown version"),
            Self::UnknownUplink => (S::NOT_FOUND, "unknown-uplink", "Unknown uplink"),
            Self::UnknownSearch => (S::NOT_FOUND, "unknown-search", "Unknown search"),
            Self::SearchUnderWay { .. } => (S::CONFLICT, "search-under-way", "Search under way"),
            Self::PreconditionRequired => (S::PRECONDITION_REQUIRED, "if-match-required", "If-Match required"),
            Self::Changed { .. } => (S::PRECONDITION_FAILED, "changed", "Changed meanwhile"),
            Self::InvalidConfig(_) => (S::UNPROCESSABLE_ENTITY, "invalid-config", "Invalid configuration"),
            Self::FileBroken(_) => (S::CONFLICT, "file-broken", "Configuration file broken"),
            Self::NotWritten { .. } => (S::INTERNAL_SERVER_ERROR, "not-written", "Not written"),
            Self::NotRead { .. } => (S::INTERNAL_SERVER_ERROR, "not-read", "Not read"),
        }
    }

    fn header(&self) -> Option<(HeaderName, String)> {
        match self {
            Self::Changed { etag } => Some((ETAG, format!("\"{etag}\""))),
            _ => None,
        }
    }

    fn members(&self) -> Map<String, Value> {
        let members = match self {
            Self::InvalidConfig(problems) => vec![("problems", serde_json::to_value(problems).unwrap_or_default())],
            Self::FileBroken(FileState::Broken { line, column, .. }) => {
                vec![("line", (*line).into()), ("column", (*column).into())]
            }
            _ => Vec::new(),
        };
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn log(&self) {
        if let Self::NotWritten { source } | Self::NotRead { source } = self {
            error!(error = source as &dyn std::error::Error, "configuration not read or written");
        }
    }
}

/// Why a file cannot be used.
fn reason(state: &FileState) -> &str {
    match state {
        FileState::Broken { message, .. } | FileState::Unreadable { message } => message,
        FileState::Missing | FileState::Good => "",
    }
}

impl From<config::PutError> for Error {
    fn from(error: config::PutError) -> Self {
        let refused = match error {
            config::PutError::PreconditionRequired => Refused::PreconditionRequired,
            config::PutError::Changed { etag } => Refused::Changed { etag },
            config::PutError::Invalid(problems) => Refused::InvalidConfig(problems),
            config::PutError::FileBroken(state) => Refused::FileBroken(state),
            config::PutError::UnknownVersion => Refused::UnknownVersion,
            config::PutError::Write(source) => Refused::NotWritten { source },
        };
        refused.into()
    }
}
