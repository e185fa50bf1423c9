//! Answers and their bodies; errors are RFC 9457 problems everywhere.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Full};
use serde::Serialize;
use serde_json::{Value, json};

/// Why a body ended early.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;
/// A body, whole or in parts.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;
/// An answer.
pub type Response = http::Response<Body>;

/// 200 with these bytes.
pub fn full(bytes: impl Into<Bytes>, content_type: &'static str) -> Response {
    let mut response = http::Response::new(Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A status without a body.
pub fn empty(status: StatusCode) -> Response {
    let mut response = http::Response::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response
}

/// 200 with `value` as JSON.
pub fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => full(bytes, "application/json"),
        Err(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the log says why"),
    }
}

/// A problem. `kind` is for programs, `detail` for people.
pub fn problem(status: StatusCode, kind: &str, detail: &str) -> Response {
    problem_with(status, kind, detail, json!({}))
}

/// A problem with more members.
pub fn problem_with(status: StatusCode, kind: &str, detail: &str, more: Value) -> Response {
    let mut document = json!({
        "type": format!("about:blank#{kind}"),
        "title": status.canonical_reason().unwrap_or("Problem"),
        "status": status.as_u16(),
        "detail": detail,
    });
    if let (Some(document), Value::Object(more)) = (document.as_object_mut(), more) {
        document.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    let mut response = full(document.to_string(), "application/problem+json");
    *response.status_mut() = status;
    response
}

/// The response, with the time to wait before another try.
pub fn retry_after(mut response: Response, secs: u64) -> Response {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(secs));
    response
}
