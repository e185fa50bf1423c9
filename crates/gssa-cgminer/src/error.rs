//! What can go wrong between asking and a snapshot.

use std::io;
use std::time::Duration;

use gssa_http::{ConnectError, seconds};
use gssa_model::{CollectError, FailureReason};

use crate::{HttpError, MAX_REPLY_BYTES};

/// Why a miner could not be read. Each variant names what was attempted; the cause is its source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address names a scheme that is not the cgminer API.
    #[error("{0}:// is not spoken here")]
    Scheme(String),
    /// No TCP connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Another request to the device took all the time there was.
    #[error("another request to this device was still open after {}", seconds(*.0))]
    Waited(Duration),
    /// No whole reply in time.
    #[error("no answer to {request} in {}", seconds(*after))]
    Timeout {
        /// What was asked.
        request: String,
        /// The deadline.
        after: Duration,
    },
    /// The connection ended before the reply was whole.
    #[error("the connection broke off during {request}")]
    Broken {
        /// What was asked.
        request: String,
        /// What broke.
        source: io::Error,
    },
    /// The connection was closed without a byte: an address that is not allowed, or a program that just died.
    #[error(
        "closed the connection without an answer: its API does not allow this address, or its mining program is not running"
    )]
    Empty,
    /// The same from a miner that has answered before: its program died.
    #[error("closed the connection without an answer")]
    Died,
    /// The reply is neither JSON that can be repaired nor the text form.
    #[error("answered what is no reply of the cgminer API")]
    Malformed {
        /// Where it stops being JSON, if it began as such.
        source: Option<serde_json::Error>,
    },
    /// The reply was cut off.
    #[error("the answer was cut off")]
    Cut,
    /// The reply is larger than [`MAX_REPLY_BYTES`].
    #[error("answered more than {} KiB", MAX_REPLY_BYTES / 1024)]
    TooLarge,
    /// Something answered that is no miner with the cgminer API.
    #[error("answered {found}")]
    NotCgminer {
        /// What came, in a few words.
        found: &'static str,
    },
    /// A miner of another family than the one it was taken for.
    #[error("this is {found}, not {wanted}")]
    OtherFamily {
        /// What it is.
        found: String,
        /// What it was taken for.
        wanted: &'static str,
    },
    /// The miner does not allow the command to this address (code 45).
    #[error("its API does not allow {request} to this address")]
    Denied {
        /// What was asked.
        request: String,
    },
    /// The miner knows none of the commands that its figures come from.
    #[error("does not know {request}")]
    UnknownCommand {
        /// What was asked.
        request: String,
    },
    /// The miner is starting, or its mining program is down.
    #[error("is not ready to answer")]
    NotReady,
    /// The web interface, where it had to be asked.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The miner answered with an error of another kind.
    #[error("answered {request} with error {code}")]
    Status {
        /// What was asked.
        request: String,
        /// The code.
        code: i64,
    },
}

impl Error {
    /// Whether the miner just has not, or does not allow, what was asked.
    pub(crate) const fn is_lack(&self) -> bool {
        matches!(self, Self::UnknownCommand { .. } | Self::Denied { .. })
    }

    /// Whether there was no reply at all, so that asking for more makes no sense.
    pub(crate) const fn is_of_connection(&self) -> bool {
        matches!(
            self,
            Self::Connect(_)
                | Self::Waited(_)
                | Self::Timeout { .. }
                | Self::Broken { .. }
                | Self::Empty
                | Self::Died
                | Self::NotCgminer { .. }
        )
    }

    /// The reason in the words of the contract.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::Scheme(_) | Self::NotCgminer { .. } | Self::OtherFamily { .. } => FailureReason::NotAMiner,
            Self::Connect(error) => error.reason(),
            Self::Waited(_) | Self::Timeout { .. } => FailureReason::Timeout,
            Self::Broken { .. } | Self::Died | Self::Cut => FailureReason::ConnectionReset,
            Self::Empty | Self::Denied { .. } => FailureReason::ApiDisabled,
            Self::Malformed { .. } | Self::Status { .. } => FailureReason::Malformed,
            Self::TooLarge => FailureReason::TooLarge,
            Self::UnknownCommand { .. } => FailureReason::FirmwareUnsupported,
            Self::NotReady => FailureReason::Busy,
            Self::Http(error) => error.reason(),
        }
    }
}

impl From<Error> for CollectError {
    /// The error becomes the detail; its cause, which the detail does not repeat, stays the source.
    fn from(error: Error) -> Self {
        let failure = Self::new(error.reason(), error.to_string());
        match error {
            Error::Connect(error) => error.into(),
            Error::Broken { source, .. } => failure.with_source(source),
            Error::Http(HttpError::Request(error)) => error.into(),
            Error::Malformed { source: Some(source) } => failure.with_source(source),
            _ => failure,
        }
    }
}
