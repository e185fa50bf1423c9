//! What can go wrong between asking and a snapshot.

use std::time::Duration;

use gssa_model::{CollectError, FailureReason, Gap};

/// Why a pool could not be read. No variant holds the API key, also where the peer repeats it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address names a scheme that no pool speaks.
    #[error(transparent)]
    Address(#[from] gssa_http::UnsupportedScheme),
    /// The API key cannot stand in a header.
    #[error("the API key holds characters that a header cannot")]
    ApiKey,
    /// A coin key that cannot be asked for.
    #[error("{key:?} is no coin key: {problem}")]
    CoinKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// An endpoint that cannot be asked for.
    #[error("the endpoint {name:?} cannot be asked for: {problem}")]
    Endpoint {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The exchange failed before there was an answer.
    #[error(transparent)]
    Request(#[from] gssa_http::Error),
    /// The host is there and the port is closed: `GoSlimStratum` has its API switched off unless told otherwise.
    #[error("{0}; is `metrics.enable_http_api` on in its config.json?")]
    Closed(gssa_http::Error),
    /// Another observation took all the time there was.
    #[error("another observation of this pool was still under way after {} s", .0.as_secs_f64())]
    Waited(Duration),
    /// The pool answered 401, 402 or 403.
    #[error("refused GET {path} with {status}: it may need an API key (`apikey.json`) or a licence{said}")]
    Refused {
        /// What was asked.
        path: String,
        /// The status.
        status: u16,
        /// Whether an API key was sent.
        had_key: bool,
        /// What it said.
        said: Said,
    },
    /// The pool answered 404.
    #[error("answered 404 to GET {path}{said}")]
    NotFound {
        /// What was asked.
        path: String,
        /// What it said.
        said: Said,
    },
    /// The pool answered 429 or 503.
    #[error("answered {status} to GET {path}{said}")]
    Busy {
        /// What was asked.
        path: String,
        /// The status.
        status: u16,
        /// What it said.
        said: Said,
        /// How long it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// Another status that is no answer.
    #[error("answered {status} to GET {path}{said}")]
    Status {
        /// What was asked.
        path: String,
        /// The status.
        status: u16,
        /// What it said.
        said: Said,
    },
    /// A web page, or the way to one.
    #[error("answered GET {path} with a web page: not a GSS API; is this the web UI port?")]
    WebPage {
        /// What was asked.
        path: String,
        /// The status; 3xx where it only pointed to a page.
        status: u16,
    },
    /// The JSON of something that is no pool, or not of this dialect.
    #[error("answered GET {path} with {found}")]
    OtherJson {
        /// What was asked.
        path: String,
        /// What came, in a few words.
        found: &'static str,
    },
    /// Nothing that it answered is of a pool.
    #[error("not a pool: {0}")]
    NotAPool(Box<Error>),
    /// The answer is not JSON.
    #[error("answered GET {path} with what is not JSON")]
    Malformed {
        /// What was asked.
        path: String,
        /// Where it stops being JSON.
        source: serde_json::Error,
    },
    /// The answer is larger than [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES).
    #[error("answered GET {path} with more than {} KiB", crate::MAX_BODY_BYTES / 1024)]
    TooLarge {
        /// What was asked.
        path: String,
    },
}

/// What a peer wrote beside a status, cleaned and shortened; may be nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said(Option<String>);

impl Said {
    /// The most characters that are kept.
    pub const MAX_CHARS: usize = 200;

    /// What is left of `body` without control characters and without `secret`, wherever the peer repeats it.
    pub(crate) fn of(body: &[u8], secret: Option<&str>) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = secret.map_or_else(|| text.to_string(), |secret| text.replace(secret, crate::REDACTED));
        let cleaned = gssa_model::text::clean(&text);
        Self(cleaned.map(|text| text.chars().take(Self::MAX_CHARS).collect()))
    }

    /// A page, of which only that is worth telling.
    pub(crate) fn page() -> Self {
        Self(Some("a web page".to_owned()))
    }
}

impl std::fmt::Display for Said {
    /// With what joins it to the words before.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(text) => write!(f, ", saying: {text}"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// The reason in the words of the contract.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::Address(_) | Self::WebPage { .. } | Self::OtherJson { .. } | Self::NotAPool(_) => {
                FailureReason::NotAMiner
            }
            Self::Request(error) | Self::Closed(error) => error.reason(),
            Self::Waited(_) => FailureReason::Timeout,
            Self::Refused { status: 401, had_key: true, .. } => FailureReason::PasswordWrong,
            Self::Refused { status: 401, .. } => FailureReason::PasswordNeeded,
            Self::Refused { .. } => FailureReason::ApiDisabled,
            Self::Busy { .. } => FailureReason::Busy,
            Self::TooLarge { .. } => FailureReason::TooLarge,
            Self::ApiKey
            | Self::CoinKey { .. }
            | Self::Endpoint { .. }
            | Self::NotFound { .. }
            | Self::Status { .. }
            | Self::Malformed { .. } => FailureReason::Malformed,
        }
    }

    /// The part that did not come, beside others that did.
    pub(crate) fn gap(&self, path: &str) -> Gap {
        let found = match self {
            Self::NotFound { said, .. } => format!("404{said}"),
            Self::Refused { status, said, .. }
            | Self::Status { status, said, .. }
            | Self::Busy { status, said, .. } => {
                format!("{status}{said}")
            }
            Self::WebPage { .. } => "a web page".to_owned(),
            Self::OtherJson { found, .. } => (*found).to_owned(),
            _ => self.reason().to_string(),
        };
        Gap::new(path, &found)
    }

    /// Whether nobody answered at all, so that asking for more is of no use.
    pub(crate) fn is_of_connection(&self) -> bool {
        match self {
            Self::Closed(_) | Self::Request(gssa_http::Error::Connect(_)) => true,
            Self::Request(error) => error.reason() == FailureReason::Tls,
            _ => false,
        }
    }

    /// Whether somebody said no, or not now: asking for more would not help.
    pub(crate) const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Busy { .. })
    }

    /// Whether whoever answered is something else, or speaks another dialect.
    pub(crate) const fn is_of_another(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::OtherJson { .. } | Self::WebPage { .. } | Self::NotAPool(_))
    }

    /// The same, with what a person may do about a closed port.
    pub(crate) fn with_hint(self) -> Self {
        match self {
            Self::Request(error) if error.reason() == FailureReason::ConnectionRefused => Self::Closed(error),
            other => other,
        }
    }
}

impl From<Error> for CollectError {
    fn from(error: Error) -> Self {
        let failure = Self::new(error.reason(), error.to_string());
        match error {
            Error::Request(error) => error.into(),
            Error::Closed(gssa_http::Error::Connect(gssa_http::ConnectError::Tcp { source, .. })) => {
                failure.with_source(source)
            }
            Error::Malformed { source, .. } => failure.with_source(source),
            Error::Busy { retry_after, .. } => failure.with_retry_after(retry_after),
            _ => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_says_is_short_clean_and_without_the_key() {
        let said = |body: &[u8]| Said::of(body, Some("s3cret-key")).to_string();
        assert_eq!(said(b"no\x1b[31m such\r\nkey"), ", saying: no[31m suchkey");
        assert_eq!(said(b"invalid API key s3cret-key"), ", saying: invalid API key <redacted>");
        assert_eq!(said(b" \0 "), "");
        assert_eq!(said("γ".repeat(900).as_bytes()).chars().count(), ", saying: ".len() + Said::MAX_CHARS);
    }

    #[test]
    fn a_key_that_the_cut_goes_through_is_redacted_before_it() {
        let body = [vec![b'x'; Said::MAX_CHARS - 4], b"s3cret-key".to_vec()].concat();
        assert!(!Said::of(&body, Some("s3cret-key")).to_string().contains("s3c"));
    }

    #[test]
    fn each_refusal_has_its_reason() {
        for (status, had_key, reason) in [
            (401, false, FailureReason::PasswordNeeded),
            (401, true, FailureReason::PasswordWrong),
            (402, false, FailureReason::ApiDisabled),
            (403, true, FailureReason::ApiDisabled),
        ] {
            let refused = Error::Refused { path: "/x".into(), status, had_key, said: Said::default() };
            assert_eq!(refused.reason(), reason, "{status}");
            assert!(CollectError::from(refused).detail().contains("API key (`apikey.json`) or a licence"));
        }
    }
}
