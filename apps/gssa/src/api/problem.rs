//! Errors as callers see them: RFC 9457 problems.
//!
//! What a caller may know is in the fields of a variant and in its text; the cause goes to the log and nowhere else.

use std::io;

use http::header::{ALLOW, CONTENT_TYPE, ETAG, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, StatusCode};
use serde::Serialize;
use serde_with::skip_serializing_none;
use tracing::error;

use super::response::{Response, full};
use crate::config::{self, FileState};

/// The content type of a problem.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("there is nothing at this path")]
    UnknownPath,
    #[error("this path takes {allow}")]
    WrongMethod { allow: String },
    #[error("a request names exactly one host")]
    HostMissing,
    #[error("{host:?} is no name of this agent; use its address, or add the name to `server.allowed_hosts`")]
    HostNotAllowed { host: String },
    #[error("{}", if *has_origin {
        "`Origin` is another site than the host that is called; behind a TLS proxy, list it in `server.trusted_proxies`"
    } else {
        "to change something send `Origin` with this site (scheme://host), or `Authorization: Bearer` with an API token"
    })]
    CrossOrigin { has_origin: bool },
    #[error("log in, or send `Authorization: Bearer` with an API token")]
    LoginRequired,
    #[error("no such API token")]
    TokenUnknown,
    #[error("no webhook has this token; `gssa hook-token` makes one")]
    HookUnknown,
    #[error("this token may only look; the request needs one of scope `admin`")]
    ScopeTooSmall,
    #[error("no password is set; open the set-up page and enter the one-time code from the agent's log")]
    SetupRequired,
    #[error("a password is set; log in to change it")]
    SetupDone,
    #[error("wrong code; the agent's log has the one that counts")]
    CodeWrong,
    #[error("wrong password")]
    PasswordWrong,
    #[error("{0}")]
    PasswordUnfit(#[from] super::password::BadPassword),
    #[error("the password in the configuration cannot be read; repair it there")]
    PasswordUnusable,
    #[error("the password is set by a variable or a flag of the agent, which counts more than the file")]
    PasswordLocked,
    #[error("Try again in {wait_secs} s")]
    TooManyTries { wait_secs: u64 },
    #[error("{name}: {found}")]
    BadQuery { name: String, found: String },
    #[error("{found}")]
    BadBody { found: String },
    #[error("send JSON with `Content-Type: application/json`")]
    NotJson,
    #[error("the body is larger than {limit} bytes")]
    BodyTooLarge { limit: usize },
    #[error("no source has this id")]
    UnknownSource,
    #[error("no uplink has this id")]
    UnknownUplink,
    #[error("the source is not polled: switched off, or of a kind that cannot be")]
    NotPolled,
    #[error("no such version is kept")]
    UnknownVersion,
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
    #[error("{what}")]
    NotReady { what: String },
    #[error("all {limit} event streams are taken")]
    TooManyStreams { limit: usize },
    #[error("the answer took longer than {limit_secs} s")]
    TookTooLong { limit_secs: u64 },
    #[error("the agent's log says why")]
    Internal,
}

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

impl Error {
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::UnknownPath => (S::NOT_FOUND, "unknown-path", "Not found"),
            Self::WrongMethod { .. } => (S::METHOD_NOT_ALLOWED, "wrong-method", "Method not allowed"),
            Self::HostMissing => (S::BAD_REQUEST, "host-missing", "No host"),
            Self::HostNotAllowed { .. } => (S::MISDIRECTED_REQUEST, "host-not-allowed", "Unknown host"),
            Self::CrossOrigin { .. } => (S::FORBIDDEN, "cross-origin", "Not from this site"),
            Self::LoginRequired => (S::UNAUTHORIZED, "login-required", "Login required"),
            Self::TokenUnknown => (S::UNAUTHORIZED, "token-unknown", "Unknown token"),
            Self::HookUnknown => (S::FORBIDDEN, "hook-unknown", "Unknown webhook"),
            Self::ScopeTooSmall => (S::FORBIDDEN, "scope-too-small", "Not allowed"),
            Self::SetupRequired => (S::FORBIDDEN, "setup-required", "Set-up required"),
            Self::SetupDone => (S::CONFLICT, "setup-done", "Already set up"),
            Self::CodeWrong => (S::FORBIDDEN, "code-wrong", "Wrong code"),
            Self::PasswordWrong => (S::FORBIDDEN, "password-wrong", "Wrong password"),
            Self::PasswordUnfit(_) => (S::UNPROCESSABLE_ENTITY, "password-unfit", "Password not accepted"),
            Self::PasswordUnusable => (S::FORBIDDEN, "password-unusable", "Password unusable"),
            Self::PasswordLocked => (S::CONFLICT, "password-locked", "Password set elsewhere"),
            Self::TooManyTries { .. } => (S::TOO_MANY_REQUESTS, "too-many-tries", "Too many tries"),
            Self::BadQuery { .. } => (S::BAD_REQUEST, "bad-query", "Bad query"),
            Self::BadBody { .. } => (S::BAD_REQUEST, "bad-body", "Bad body"),
            Self::NotJson => (S::UNSUPPORTED_MEDIA_TYPE, "not-json", "Not JSON"),
            Self::BodyTooLarge { .. } => (S::PAYLOAD_TOO_LARGE, "body-too-large", "Body too large"),
            Self::UnknownSource => (S::NOT_FOUND, "unknown-source", "Unknown source"),
            Self::UnknownUplink => (S::NOT_FOUND, "unknown-uplink", "Unknown uplink"),
            Self::NotPolled => (S::CONFLICT, "not-polled", "Source not polled"),
            Self::UnknownVersion => (S::NOT_FOUND, "unknown-version", "Unknown version"),
            Self::UnknownSearch => (S::NOT_FOUND, "unknown-search", "Unknown search"),
            Self::SearchUnderWay { .. } => (S::CONFLICT, "search-under-way", "Search under way"),
            Self::PreconditionRequired => (S::PRECONDITION_REQUIRED, "if-match-required", "If-Match required"),
            Self::Changed { .. } => (S::PRECONDITION_FAILED, "changed", "Changed meanwhile"),
            Self::InvalidConfig(_) => (S::UNPROCESSABLE_ENTITY, "invalid-config", "Invalid configuration"),
            Self::FileBroken(_) => (S::CONFLICT, "file-broken", "Configuration file broken"),
            Self::NotWritten { .. } => (S::INTERNAL_SERVER_ERROR, "not-written", "Not written"),
            Self::NotRead { .. } => (S::INTERNAL_SERVER_ERROR, "not-read", "Not read"),
            Self::NotReady { .. } => (S::SERVICE_UNAVAILABLE, "not-ready", "Not ready"),
            Self::TooManyStreams { .. } => (S::SERVICE_UNAVAILABLE, "too-many-streams", "Too many streams"),
            Self::TookTooLong { .. } => (S::SERVICE_UNAVAILABLE, "took-too-long", "Took too long"),
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
        }
    }

    fn header(&self) -> Option<(HeaderName, String)> {
        /// When another try may find what was taken.
        const BUSY_WAIT_SECS: u64 = 5;
        match self {
            Self::WrongMethod { allow } => Some((ALLOW, allow.clone())),
            Self::LoginRequired | Self::TokenUnknown => Some((WWW_AUTHENTICATE, "Bearer realm=\"gssa\"".to_owned())),
            Self::TooManyTries { wait_secs } => Some((RETRY_AFTER, wait_secs.to_string())),
            Self::Changed { etag } => Some((ETAG, format!("\"{etag}\""))),
            Self::NotReady { .. } | Self::TooManyStreams { .. } | Self::TookTooLong { .. } => {
                Some((RETRY_AFTER, BUSY_WAIT_SECS.to_string()))
            }
            _ => None,
        }
    }

    /// The problem document.
    pub(super) fn problem(self) -> Problem {
        let (status, slug, title) = self.kind();
        let detail = self.to_string();
        let (problems, line, column) = match self {
            Self::InvalidConfig(problems) => (Some(problems), None, None),
            Self::FileBroken(FileState::Broken { line, column, .. }) => (None, Some(line), Some(column)),
            _ => (None, None, None),
        };
        Problem { kind: format!("about:blank#{slug}"), title, status: status.as_u16(), detail, problems, line, column }
    }

    /// The response; the only place where errors become one.
    pub(super) fn into_response(self) -> Response {
        if let Self::NotWritten { source } | Self::NotRead { source } = &self {
            error!(error = source as &dyn std::error::Error, "configuration not read or written");
        }
        let (status, ..) = self.kind();
        let header = self.header();
        let body = serde_json::to_vec(&self.problem()).unwrap_or_default();
        let mut response = full(body);
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some((name, value)) = header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(name, value);
        }
        response
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
        match error {
            config::PutError::PreconditionRequired => Self::PreconditionRequired,
            config::PutError::Changed { etag } => Self::Changed { etag },
            config::PutError::Invalid(problems) => Self::InvalidConfig(problems),
            config::PutError::FileBroken(state) => Self::FileBroken(state),
            config::PutError::UnknownVersion => Self::UnknownVersion,
            config::PutError::Write(source) => Self::NotWritten { source },
        }
    }
}
