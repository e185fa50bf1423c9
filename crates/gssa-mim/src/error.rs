//! What can go wrong between asking and a snapshot.

use std::time::Duration;

use gssa_model::{CollectError, FailureReason};

use crate::wire::MAX_BODY_BYTES;

/// Why a MIM, or one of its answers, could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address names a scheme that is not spoken.
    #[error(transparent)]
    Address(#[from] gssa_http::UnsupportedScheme),
    /// An endpoint that must not be asked.
    #[error("endpoint {name:?}: {problem}")]
    Endpoint {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The exchange failed before there was a reply.
    #[error(transparent)]
    Request(#[from] gssa_http::Error),
    /// Another request to the MIM took all the time there was.
    #[error("another request to this MIM was still open after {} s", .0.as_secs_f64())]
    Waited(Duration),
    /// 401: somebody wants a login. Nothing is known of one in MIM; a proxy before it may have one.
    #[error("answered 401: it, or a proxy before it, wants a login that the agent does not have")]
    LoginNeeded,
    /// 402 or 403.
    #[error("answered {status}: it does not allow this")]
    Refused {
        /// The status.
        status: u16,
    },
    /// 429 or 503.
    #[error("answered {status}: busy")]
    Busy {
        /// The status.
        status: u16,
        /// How long it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// A redirect, which is not followed.
    #[error("answered a redirect")]
    Redirect,
    /// Another status that is no answer.
    #[error("answered {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// Something answered that cannot be MIM.
    #[error("answered {found} to GET /, where MIM has a page")]
    NotMim {
        /// What came, in a few words.
        found: &'static str,
    },
    /// A page where JSON was wanted: the path is wrong.
    #[error("answered a page, so that this path is none of its API")]
    Page,
    /// An event stream that brought no event with JSON in time.
    #[error("answered an event stream, and no event came in {} s", gssa_http::EVENT_STREAM_DEADLINE.as_secs())]
    NoEvent,
    /// The answer is not JSON.
    #[error("answered what is not JSON")]
    Malformed {
        /// Where it stops being JSON.
        source: serde_json::Error,
    },
    /// The answer is larger than [`MAX_BODY_BYTES`], or has more parts than any honest one.
    #[error("answered more than {} MiB or too many entries", MAX_BODY_BYTES / 1024 / 1024)]
    TooLarge,
}

impl Error {
    /// The reason in the words of the contract.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::Address(_) | Self::NotMim { .. } => FailureReason::NotAMiner,
            Self::Request(error) => error.reason(),
            Self::Waited(_) => FailureReason::Timeout,
            Self::LoginNeeded => FailureReason::PasswordNeeded,
            Self::Refused { .. } => FailureReason::ApiDisabled,
            Self::Busy { .. } => FailureReason::Busy,
            Self::Endpoint { .. }
            | Self::Redirect
            | Self::Status { .. }
            | Self::Page
            | Self::NoEvent
            | Self::Malformed { .. } => FailureReason::Malformed,
            Self::TooLarge => FailureReason::TooLarge,
        }
    }

    /// One line for a gap. It never names the path as it was asked, in whose query there may be a token.
    pub(crate) fn brief(&self) -> String {
        match self {
            Self::Request(error) => error.reason().to_string(),
            error => error.to_string(),
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
