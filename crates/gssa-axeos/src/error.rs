//! What can go wrong between asking and a snapshot.

use std::time::Duration;

use gssa_model::{CollectError, FailureReason};

use crate::client::INFO_PATH;

/// Why a device could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address names a scheme that no device of this family speaks.
    #[error(transparent)]
    Address(#[from] gssa_http::UnsupportedScheme),
    /// The exchange failed before there was a reply.
    #[error(transparent)]
    Request(#[from] gssa_http::Error),
    /// Another request to the device took all the time there was.
    #[error("another request to this device was still open after {} s", .0.as_secs_f64())]
    Waited(Duration),
    /// The device answered 401 or 403: its private-network rule.
    #[error(
        "answered {status} to GET {path}: it talks only to private IPv4 addresses (10/8, 172.16/12, 192.168/16), not through Tailscale or CGNAT"
    )]
    Refused {
        /// What was asked.
        path: &'static str,
        /// The status.
        status: u16,
    },
    /// The device answered 429 or 503: during an update, or with all its memory in use.
    #[error("answered {status} to GET {path}")]
    Busy {
        /// What was asked.
        path: &'static str,
        /// The status.
        status: u16,
        /// How long the device asked us to wait.
        retry_after: Option<Duration>,
    },
    /// Another status that is no answer.
    #[error("answered {status} to GET {path}")]
    Status {
        /// What was asked.
        path: &'static str,
        /// The status.
        status: u16,
    },
    /// Something answered that is no device of this family.
    #[error("answered {found} to GET {INFO_PATH}")]
    NotAxeos {
        /// What came, in a few words.
        found: &'static str,
    },
    /// The reply is not JSON.
    #[error("answered what is not JSON")]
    Malformed {
        /// Where it stops being JSON.
        source: serde_json::Error,
    },
    /// The reply is larger than [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES).
    #[error("answered more than {} KiB", crate::MAX_BODY_BYTES / 1024)]
    TooLarge,
}

impl Error {
    /// The reason in the words of the contract.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::Address(_) | Self::NotAxeos { .. } => FailureReason::NotAMiner,
            Self::Request(error) => error.reason(),
            Self::Waited(_) => FailureReason::Timeout,
            Self::Refused { .. } => FailureReason::ApiDisabled,
            Self::Busy { .. } => FailureReason::Busy,
            Self::Status { .. } | Self::Malformed { .. } => FailureReason::Malformed,
            Self::TooLarge => FailureReason::TooLarge,
        }
    }
}

impl From<Error> for CollectError {
    fn from(error: Error) -> Self {
        let failure = Self::new(error.reason(), error.to_string());
        match error {
            Error::Request(error) => error.into(),
            Error::Malformed { source } => failure.with_source(source),
            Error::Busy { retry_after, .. } => failure.with_retry_after(retry_after),
            _ => failure,
        }
    }
}
