use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use gssa_model::{CollectError, FailureReason};

use crate::connect::{ConnectError, seconds};

/// Why an exchange failed. Each variant names what was attempted; the cause is its source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No TCP connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A TCP connection, and no TLS handshake in time.
    #[error("no TLS handshake with {authority} in {}", seconds(*after))]
    HandshakeTimeout {
        /// Host and port.
        authority: String,
        /// The deadline.
        after: Duration,
    },
    /// The certificate, or no common way to speak.
    #[error("{attempt} failed: {problem}")]
    Tls {
        /// What was attempted.
        attempt: String,
        /// What is wrong, in words that help.
        problem: String,
        /// What the TLS library said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// No whole answer in time.
    #[error("no answer to GET {path} in {}", seconds(*after))]
    Timeout {
        /// The path that was asked for.
        path: String,
        /// The deadline.
        after: Duration,
    },
    /// The connection ended before the answer was whole.
    #[error("the connection broke off during GET {path}")]
    Broken {
        /// The path that was asked for.
        path: String,
        /// What broke.
        source: hyper::Error,
    },
    /// The answer is not HTTP.
    #[error("the answer to GET {path} is not HTTP")]
    NotHttp {
        /// The path that was asked for.
        path: String,
        /// What was wrong with it.
        source: hyper::Error,
    },
    /// The body is larger than the cap.
    #[error("the answer to GET {path} is larger than {max_bytes} bytes")]
    TooLarge {
        /// The path that was asked for.
        path: String,
        /// The cap.
        max_bytes: usize,
    },
    /// The path cannot stand in a request.
    #[error("{path:?} is no path")]
    BadPath {
        /// The path.
        path: String,
    },
}

impl Error {
    /// What happened, in the words of the contract.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::Connect(error) => error.reason(),
            Self::HandshakeTimeout { .. } | Self::Timeout { .. } => FailureReason::Timeout,
            Self::Tls { .. } => FailureReason::Tls,
            Self::Broken { .. } => FailureReason::ConnectionReset,
            Self::NotHttp { .. } | Self::BadPath { .. } => FailureReason::Malformed,
            Self::TooLarge { .. } => FailureReason::TooLarge,
        }
    }

    /// Sorts what hyper says into "broke off" and "is not HTTP".
    pub(crate) fn from_hyper(path: &str, source: hyper::Error) -> Self {
        #[cfg(feature = "tls")]
        if let Some(problem) = crate::tls::problem(&source) {
            return Self::Tls { attempt: format!("TLS during GET {path}"), problem, source: source.into() };
        }
        let path = path.to_owned();
        // A head beyond hyper's cap is a parse error; a wrong chunk size reaches us as an I/O error of invalid input.
        let bad_chunk = std::error::Error::source(&source)
            .and_then(|cause| cause.downcast_ref::<io::Error>())
            .is_some_and(|cause| matches!(cause.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData));
        if source.is_parse() || bad_chunk { Self::NotHttp { path, source } } else { Self::Broken { path, source } }
    }
}

impl From<Error> for CollectError {
    /// The error becomes the detail; its cause, which the detail does not repeat, stays the source.
    fn from(error: Error) -> Self {
        let failure = Self::new(error.reason(), error.to_string());
        match error {
            Error::Connect(error) => error.into(),
            Error::Broken { source, .. } | Error::NotHttp { source, .. } => failure.with_source(source),
            Error::Tls { source, .. } => failure.with_source(source),
            Error::HandshakeTimeout { .. } | Error::Timeout { .. } | Error::TooLarge { .. } | Error::BadPath { .. } => {
                failure
            }
        }
    }
}
