//! Problems of the door for agents: RFC 9457, as everywhere.

use gssa_serve::problem::Refusal;
use gssa_serve::{Error, Response};
use http::header::RETRY_AFTER;
use http::{HeaderName, StatusCode};
use serde_json::{Map, Value};

/// Why an agent, or somebody who looks, is not answered as asked.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Refused {
    status: StatusCode,
    kind: &'static str,
    detail: String,
    retry_after: Option<u64>,
    /// Boxed, since every answer of the doors may be one of these.
    members: Option<Box<Map<String, Value>>>,
}

impl Refused {
    /// With this status; `kind` is for programs, `detail` for people.
    pub fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into(), retry_after: None, members: None }
    }

    /// The same, with the time to wait before another try, in seconds.
    #[must_use]
    pub fn retry_after(self, secs: u64) -> Self {
        Self { retry_after: Some(secs), ..self }
    }

    /// The same, with what there is to know beside.
    #[must_use]
    pub fn with(self, members: Value) -> Self {
        let Value::Object(members) = members else { return self };
        let members = members.into_iter().filter(|(_, value)| !value.is_null()).collect();
        Self { members: Some(Box::new(members)), ..self }
    }

    /// As an answer.
    pub fn into_response(self) -> Response {
        Error::from(self).into_response()
    }
}

impl Refusal for Refused {
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        (self.status, self.kind, self.status.canonical_reason().unwrap_or("Problem"))
    }

    fn header(&self) -> Option<(HeaderName, String)> {
        self.retry_after.map(|secs| (RETRY_AFTER, secs.to_string()))
    }

    fn members(&self) -> Map<String, Value> {
        self.members.as_deref().cloned().unwrap_or_default()
    }
}
