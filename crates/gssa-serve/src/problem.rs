//! Errors as callers see them: RFC 9457 problems.
//!
//! What a caller may know is in the fields of a variant and in its text; the cause goes to the log and nowhere else.

use http::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::password::BadPassword;
use crate::response::{Response, full};

/// The content type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is there.
    #[error("there is nothing at this path")]
    UnknownPath,
    /// Something is there, and not for this method.
    #[error("this path takes {allow}")]
    WrongMethod {
        /// Those that it is for.
        allow: String,
    },
    /// The request names no host, or several.
    #[error("a request names exactly one host")]
    HostMissing,
    /// The request names a host that is not this one.
    #[error("{host:?} is no name of this program; use its address, or add the name to `server.allowed_hosts`")]
    HostNotAllowed {
        /// The host.
        host: String,
    },
    /// It would change something and comes from another site, or does not say from where.
    #[error("{}", if *has_origin {
        "`Origin` is another site than the host that is called; behind a TLS proxy, list it in `server.trusted_proxies`"
    } else {
        "to change something send `Origin` with this site (scheme://host), or `Authorization: Bearer` with an API token"
    })]
    CrossOrigin {
        /// Whether it says from where.
        has_origin: bool,
    },
    /// Somebody has to log in for this.
    #[error("log in, or send `Authorization: Bearer` with an API token")]
    LoginRequired,
    /// The bearer token is none that is known.
    #[error("no such API token")]
    TokenUnknown,
    /// The bearer token gives no right to this.
    #[error("this token may only look; the request needs one of scope `admin`")]
    ScopeTooSmall,
    /// It is not the password.
    #[error("wrong password")]
    PasswordWrong,
    /// The text cannot be a password.
    #[error("{0}")]
    PasswordUnfit(#[from] BadPassword),
    /// There were too many guesses.
    #[error("Try again in {wait_secs} s")]
    TooManyTries {
        /// How long to wait, in seconds.
        wait_secs: u64,
    },
    /// A query parameter cannot be read.
    #[error("{name}: {found}")]
    BadQuery {
        /// Its name.
        name: String,
        /// What is wrong with it.
        found: String,
    },
    /// The body cannot be read.
    #[error("{found}")]
    BadBody {
        /// What is wrong with it.
        found: String,
    },
    /// The body is not declared as JSON.
    #[error("send JSON with `Content-Type: application/json`")]
    NotJson,
    /// The body is too large.
    #[error("the body is larger than {limit} bytes")]
    BodyTooLarge {
        /// The largest size, in bytes.
        limit: usize,
    },
    /// There is no such source.
    #[error("no source has this id")]
    UnknownSource,
    /// The program is not ready.
    #[error("{what}")]
    NotReady {
        /// What is not ready.
        what: String,
    },
    /// All streams are taken.
    #[error("all {limit} event streams are taken")]
    TooManyStreams {
        /// The largest number.
        limit: usize,
    },
    /// The answer took too long.
    #[error("the answer took longer than {limit_secs} s")]
    TookTooLong {
        /// The longest time, in seconds.
        limit_secs: u64,
    },
    /// Something that the log tells.
    #[error("the log says why")]
    Internal,
    /// What only the program at hand knows.
    #[error("{0}")]
    Refused(Box<dyn Refusal>),
}

/// An error of a program of its own. Its text is what the caller may know.
pub trait Refusal: std::error::Error + Send + Sync + 'static {
    /// The status, the word for programs and the title for people.
    fn kind(&self) -> (StatusCode, &'static str, &'static str);

    /// A header of the answer.
    fn header(&self) -> Option<(HeaderName, String)> {
        None
    }

    /// What the document has beside the usual members.
    fn members(&self) -> Map<String, Value> {
        Map::new()
    }

    /// Tells the log what the caller must not know.
    fn log(&self) {}
}

impl<E: Refusal> From<E> for Error {
    fn from(refusal: E) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// A problem document.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// What it is, for programs: `about:blank#unknown-source`.
    #[serde(rename = "type")]
    kind: String,
    /// What it is, for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// This occurrence, for people.
    detail: String,
    /// What there is to know beside.
    #[serde(flatten)]
    members: Map<String, Value>,
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
            Self::ScopeTooSmall => (S::FORBIDDEN, "scope-too-small", "Not allowed"),
            Self::PasswordWrong => (S::FORBIDDEN, "password-wrong", "Wrong password"),
            Self::PasswordUnfit(_) => (S::UNPROCESSABLE_ENTITY, "password-unfit", "Password not accepted"),
            Self::TooManyTries { .. } => (S::TOO_MANY_REQUESTS, "too-many-tries", "Too many tries"),
            Self::BadQuery { .. } => (S::BAD_REQUEST, "bad-query", "Bad query"),
            Self::BadBody { .. } => (S::BAD_REQUEST, "bad-body", "Bad body"),
            Self::NotJson => (S::UNSUPPORTED_MEDIA_TYPE, "not-json", "Not JSON"),
            Self::BodyTooLarge { .. } => (S::PAYLOAD_TOO_LARGE, "body-too-large", "Body too large"),
            Self::UnknownSource => (S::NOT_FOUND, "unknown-source", "Unknown source"),
            Self::NotReady { .. } => (S::SERVICE_UNAVAILABLE, "not-ready", "Not ready"),
            Self::TooManyStreams { .. } => (S::SERVICE_UNAVAILABLE, "too-many-streams", "Too many streams"),
            Self::TookTooLong { .. } => (S::SERVICE_UNAVAILABLE, "took-too-long", "Took too long"),
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
            Self::Refused(refusal) => refusal.kind(),
        }
    }

    fn header(&self) -> Option<(HeaderName, String)> {
        /// When another try may find what was taken.
        const BUSY_WAIT_SECS: u64 = 5;
        match self {
            Self::WrongMethod { allow } => Some((ALLOW, allow.clone())),
            Self::LoginRequired | Self::TokenUnknown => Some((WWW_AUTHENTICATE, "Bearer realm=\"gssa\"".to_owned())),
            Self::TooManyTries { wait_secs } => Some((RETRY_AFTER, wait_secs.to_string())),
            Self::NotReady { .. } | Self::TooManyStreams { .. } | Self::TookTooLong { .. } => {
                Some((RETRY_AFTER, BUSY_WAIT_SECS.to_string()))
            }
            Self::Refused(refusal) => refusal.header(),
            _ => None,
        }
    }

    /// The problem document.
    pub fn problem(&self) -> Problem {
        let (status, slug, title) = self.kind();
        let members = if let Self::Refused(refusal) = self { refusal.members() } else { Map::new() };
        let kind = format!("about:blank#{slug}");
        Problem { kind, title, status: status.as_u16(), detail: self.to_string(), members }
    }

    /// The response; the only place where errors become one.
    pub fn into_response(self) -> Response {
        if let Self::Refused(refusal) = &self {
            refusal.log();
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
