//! The one contract between the agent and a protocol crate.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Snapshot, SourceId, SourceKind};

/// Observes one source.
///
/// - One call is one observation: no retry inside, no clock, no schedule. Whoever calls decides when and how long.
/// - It returns errors and does not log them.
/// - The future may be dropped at any await; dropping closes what it opened.
/// - It may keep *learned facts* about its peer between calls (identity, dialect, which commands work), and the counters that a rate is
///   computed from. It never gives a value of an earlier call as one of this call.
/// - What the peer did not report is absent from the snapshot. What was reported but could not be read, or a part that was wanted
///   and failed beside others that came, is a [`Gap`](crate::Gap).
/// - It only reads. No call changes anything on the peer.
#[async_trait]
pub trait Collector: fmt::Debug + Send + Sync {
    /// The source that this collector observes.
    fn id(&self) -> &SourceId;

    /// Asks the peer once and gives what it said.
    async fn collect(&self) -> Result<Snapshot, CollectError>;

    /// The kind that the peer turned out to be, from a collector that finds it out by asking; `None` until it has answered, and from one
    /// that was told.
    fn found_kind(&self) -> Option<SourceKind> {
        None
    }
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Nobody is there, or the way there is broken: try again, less and less often.
    Unreachable,
    /// Somebody may be there and took too long: the same.
    Timeout,
    /// The peer said no: credentials or an access rule. Nothing changes until a person does something.
    Refused,
    /// The peer asked us to come back later.
    Overloaded,
    /// The peer answered something that is not its protocol.
    Protocol,
    /// This is not what it was taken for, or a firmware that cannot be read. Nothing changes until a person does something.
    Unsupported,
}

/// What happened, a closed set of words that the UI explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// No route to the host or the network.
    NoRoute,
    /// The host refused the TCP connection: it is on, the service is not.
    ConnectionRefused,
    /// The connection broke before the answer was whole.
    ConnectionReset,
    /// The host name is not known.
    NameNotFound,
    /// The TLS handshake or the certificate failed.
    Tls,
    /// No answer in time.
    Timeout,
    /// Credentials or an access rule are missing.
    PasswordNeeded,
    /// The credentials were refused.
    PasswordWrong,
    /// The API of the peer is switched off or closed to us.
    ApiDisabled,
    /// Something answered that is no device of this kind.
    NotAMiner,
    /// The device is known, its firmware cannot be read.
    FirmwareUnsupported,
    /// The answer is not what the protocol says.
    Malformed,
    /// The answer is larger than any honest one.
    TooLarge,
    /// The peer is busy.
    Busy,
}

impl FailureReason {
    /// The kind that this reason belongs to.
    pub const fn kind(self) -> FailureKind {
        match self {
            Self::NoRoute | Self::ConnectionRefused | Self::ConnectionReset | Self::NameNotFound | Self::Tls => {
                FailureKind::Unreachable
            }
            Self::Timeout => FailureKind::Timeout,
            Self::PasswordNeeded | Self::PasswordWrong | Self::ApiDisabled => FailureKind::Refused,
            Self::Busy => FailureKind::Overloaded,
            Self::Malformed | Self::TooLarge => FailureKind::Protocol,
            Self::NotAMiner | Self::FirmwareUnsupported => FailureKind::Unsupported,
        }
    }
}

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal,)+ }) => {
        impl $name {
            /// The word for it in JSON and labels.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words!(FailureKind {
    Unreachable = "unreachable",
    Timeout = "timeout",
    Refused = "refused",
    Overloaded = "overloaded",
    Protocol = "protocol",
    Unsupported = "unsupported",
});

words!(FailureReason {
    NoRoute = "no_route",
    ConnectionRefused = "connection_refused",
    ConnectionReset = "connection_reset",
    NameNotFound = "name_not_found",
    Tls = "tls",
    Timeout = "timeout",
    PasswordNeeded = "password_needed",
    PasswordWrong = "password_wrong",
    ApiDisabled = "api_disabled",
    NotAMiner = "not_a_miner",
    FirmwareUnsupported = "firmware_unsupported",
    Malformed = "malformed",
    TooLarge = "too_large",
    Busy = "busy",
});

/// Why an observation failed: a reason to decide by, one line for people, the cause for the log.
#[derive(Debug)]
pub struct CollectError {
    reason: FailureReason,
    detail: String,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl CollectError {
    /// A failure for `reason`; `detail` says in one line what was asked and what came, without secrets.
    pub fn new(reason: FailureReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), retry_after: None, source: None }
    }

    /// The same with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same with the time that the peer asked us to wait.
    #[must_use]
    pub const fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// What to do about it.
    pub const fn kind(&self) -> FailureKind {
        self.reason.kind()
    }

    /// What happened.
    pub const fn reason(&self) -> FailureReason {
        self.reason
    }

    /// One line for people.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// How long the peer asked us to wait.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for CollectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl StdError for CollectError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_code_and_json_are_the_same() {
        use FailureReason as R;
        for reason in [
            R::NoRoute,
            R::ConnectionRefused,
            R::ConnectionReset,
            R::NameNotFound,
            R::Tls,
            R::Timeout,
            R::PasswordNeeded,
            R::PasswordWrong,
            R::ApiDisabled,
            R::NotAMiner,
            R::FirmwareUnsupported,
            R::Malformed,
            R::TooLarge,
            R::Busy,
        ] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
            assert_eq!(serde_json::to_value(reason.kind()).unwrap(), reason.kind().as_str());
        }
    }

    #[test]
    fn an_error_shows_its_detail_and_keeps_its_cause() {
        let error = CollectError::new(FailureReason::ConnectionReset, "GET /x broke off")
            .with_source(std::io::Error::other("reset"));
        assert_eq!(error.to_string(), "GET /x broke off");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("reset"));
        assert_eq!(error.kind(), FailureKind::Unreachable);
    }
}
