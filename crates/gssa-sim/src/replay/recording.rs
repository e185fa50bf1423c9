//! A recording, read from its file.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use crate::http::PROOFS;

/// The form that is read.
const SCHEMA: &str = "gssa.recording/1";

/// A file of `gssa record`.
#[derive(Debug, Deserialize)]
pub struct Recording {
    schema: String,
    /// What the peer was found to be; absent if it could not be read.
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    asked_as: Option<String>,
    exchanges: Vec<Exchange>,
}

/// Why a file is no recording.
#[derive(Debug)]
pub struct BadRecording(String);

impl fmt::Display for BadRecording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadRecording {}

#[derive(Debug, Deserialize)]
struct Exchange {
    #[serde(default)]
    port: u16,
    request: Asked,
    #[serde(default)]
    answer: Option<Answer>,
    #[serde(default)]
    error: Option<Failure>,
    #[serde(default)]
    repeats: u64,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Asked {
    Http {
        method: String,
        path: String,
        #[serde(default)]
        with: Vec<String>,
    },
    Command {
        command: String,
    },
}

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    base64: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Failure {
    reason: String,
}

/// A request as far as it matters: HTTP with or without something to prove oneself with, or the bytes of a command.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Request {
    Http { method: String, target: String, has_proof: bool },
    Command(Vec<u8>),
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { method, target, has_proof } => {
                write!(f, "{method} {target}{}", if *has_proof { " with a login" } else { "" })
            }
            Self::Command(bytes) => f.write_str(&String::from_utf8_lossy(bytes)),
        }
    }
}

/// What came of a request.
#[derive(Debug)]
pub(super) enum Outcome {
    Http {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    Bytes(Vec<u8>),
    /// No answer.
    Silence,
    /// Something that is none.
    Garbage,
    /// The connection closed.
    Closed,
}

impl Outcome {
    pub(super) const fn is_answer(&self) -> bool {
        matches!(self, Self::Http { .. } | Self::Bytes(_))
    }
}

impl Recording {
    /// Reads a file.
    pub fn read(bytes: &[u8]) -> Result<Self, BadRecording> {
        let bad = |what: &str| BadRecording(what.to_owned());
        let recording: Self =
            serde_json::from_slice(bytes).map_err(|error| BadRecording(format!("it is no recording: {error}")))?;
        if recording.schema != SCHEMA {
            return Err(BadRecording(format!("it is of form {:?}; this one reads {SCHEMA}", recording.schema)));
        }
        for exchange in &recording.exchanges {
            let body = exchange.answer.as_ref().and_then(|answer| answer.base64.as_ref());
            if body.is_some_and(|body| BASE64.decode(body).is_err()) {
                return Err(bad("a body is no Base64"));
            }
            if exchange.answer.is_none() && exchange.error.is_none() {
                return Err(bad("an exchange has neither answer nor error"));
            }
        }
        Ok(recording)
    }

    /// What it was found to be, else as what it was asked.
    pub fn kind(&self) -> &str {
        self.kind.as_deref().or(self.asked_as.as_deref()).unwrap_or("auto")
    }

    /// The port of each request, the request, what came of it, and how often.
    pub(super) fn into_exchanges(self) -> impl Iterator<Item = (u16, Request, Outcome, u64)> {
        self.exchanges.into_iter().map(|Exchange { port, request, answer, error, repeats }| {
            let outcome = match (answer, error) {
                (Some(answer), _) => answer.into_outcome(),
                (None, Some(error)) => error.outcome(),
                (None, None) => Outcome::Closed,
            };
            (port, request.into_request(), outcome, repeats.saturating_add(1))
        })
    }
}

impl Asked {
    fn into_request(self) -> Request {
        match self {
            Self::Http { method, path, with } => {
                let has_proof = with.iter().any(|name| PROOFS.contains(&name.to_ascii_lowercase().as_str()));
                Request::Http { method, target: path, has_proof }
            }
            Self::Command { command } => Request::Command(command.into_bytes()),
        }
    }
}

impl Answer {
    /// A body that was let go because the file had its size is an empty one.
    fn into_outcome(self) -> Outcome {
        let decoded = self.base64.and_then(|body| BASE64.decode(body).ok());
        let body = decoded.or_else(|| self.text.map(String::into_bytes)).unwrap_or_default();
        match self.status {
            Some(status) => Outcome::Http { status, headers: self.headers, body },
            None => Outcome::Bytes(body),
        }
    }
}

impl Failure {
    fn outcome(&self) -> Outcome {
        match self.reason.as_str() {
            "timeout" | "gave_up" => Outcome::Silence,
            "malformed" => Outcome::Garbage,
            _ => Outcome::Closed,
        }
    }
}
