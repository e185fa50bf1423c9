//! Answers and their bodies.

use std::error::Error as StdError;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::Frame;
use serde::Serialize;
use tracing::error;

use crate::problem::Error;

/// Why a body ended early.
pub type BodyError = Box<dyn StdError + Send + Sync>;
/// A body, whole or in parts.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;
/// An answer.
pub type Response = http::Response<Body>;

/// Lists are written in pieces of about this size, with other work between them.
const CHUNK_BYTES: usize = 32 * 1024;
/// Or of so many items, whichever is reached first: a few fields of a reading cost as much time as all of them.
const CHUNK_ITEMS: usize = 128;

/// 200 with these bytes.
pub fn full(bytes: impl Into<Bytes>) -> Response {
    http::Response::new(Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync())
}

/// A status without a body.
pub fn empty(status: StatusCode) -> Response {
    let mut response = http::Response::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response
}

/// 200 with `value` as JSON, never stored by caches.
pub fn json(value: &impl Serialize) -> Result<Response, Error> {
    let body = serde_json::to_vec(value).map_err(|error| {
        error!(error = &error as &dyn StdError, "an answer could not be written");
        Error::Internal
    })?;
    Ok(with_header(typed(full(body), "application/json"), CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

/// The response with a content type.
pub fn typed(response: Response, content_type: &'static str) -> Response {
    with_header(response, CONTENT_TYPE, HeaderValue::from_static(content_type))
}

/// The response with a header.
pub fn with_header(mut response: Response, name: HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}

/// A weak entity tag, and what follows from the one that the caller has.
#[derive(Debug)]
pub struct Tag(String);

impl Tag {
    /// The tag of a revision in this run.
    pub fn of(run: &str, revision: u64) -> Self {
        Self(format!("W/\"{run}-{revision}\""))
    }

    /// The tag of the table up to a delta in this run.
    pub fn of_table(run: &str, seq: u64) -> Self {
        Self(format!("W/\"{run}-t{seq}\""))
    }

    /// The tag of content that has this digest, however it is encoded.
    pub fn of_content(digest: &str) -> Self {
        Self(format!("W/\"{digest}\""))
    }

    /// 304 if the caller has what this tag stands for.
    pub fn unchanged(&self, headers: &HeaderMap) -> Option<Response> {
        let opaque = self.0.trim_start_matches("W/");
        let is_ours = |tag: &str| tag == "*" || tag.trim_start_matches("W/") == opaque;
        let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let is_known = values.flat_map(|value| value.split(',')).any(|tag| is_ours(tag.trim()));
        is_known.then(|| self.on(empty(StatusCode::NOT_MODIFIED)))
    }

    /// The response with this tag: kept by caches, asked about each time.
    pub fn on(&self, response: Response) -> Response {
        let response = with_header(response, CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        match HeaderValue::from_str(&self.0) {
            Ok(tag) => with_header(response, ETAG, tag),
            Err(_) => response,
        }
    }
}

/// 200 with `{"name":[…]` of what `write` makes of each item, and then `tail`, the rest of the object without its opening brace.
///
/// Written while it is sent: of ten thousand items only about one chunk exists as text at any time.
pub fn list<T: Send + 'static>(
    name: &'static str,
    items: Vec<T>,
    write: impl Fn(&mut Vec<u8>, &T) -> serde_json::Result<()> + Send + 'static,
    tail: String,
) -> Response {
    struct Progress<T, W> {
        name: &'static str,
        items: std::vec::IntoIter<T>,
        write: W,
        tail: Option<String>,
        is_first: bool,
    }
    let start = Progress { name, items: items.into_iter(), write, tail: Some(tail), is_first: true };
    let chunks = stream::unfold(start, |mut progress| async move {
        progress.tail.as_ref()?;
        let mut chunk = Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4);
        if progress.is_first {
            chunk.extend_from_slice(format!("{{\"{}\":[", progress.name).as_bytes());
        } else {
            tokio::task::yield_now().await;
        }
        for _ in 0..CHUNK_ITEMS {
            if chunk.len() >= CHUNK_BYTES {
                break;
            }
            let Some(item) = progress.items.next() else {
                chunk.push(b']');
                chunk.extend_from_slice(progress.tail.take().unwrap_or_default().as_bytes());
                break;
            };
            if !std::mem::take(&mut progress.is_first) {
                chunk.push(b',');
            }
            if let Err(error) = (progress.write)(&mut chunk, &item) {
                progress.tail = None;
                return Some((Err(BodyError::from(error)), progress));
            }
        }
        Some((Ok(Frame::data(Bytes::from(chunk))), progress))
    });
    // The compression asks again after the end.
    typed(http::Response::new(StreamBody::new(chunks.fuse()).boxed_unsync()), "application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_in_any_list_and_strength() {
        let tag = Tag::of("ab", 7);
        for (sent, known) in [
            ("W/\"ab-7\"", true),
            ("\"ab-7\"", true),
            ("\"x\", W/\"ab-7\"", true),
            ("*", true),
            ("W/\"ab-8\"", false),
            ("W/\"cd-7\"", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(sent))]);
            assert_eq!(tag.unchanged(&headers).is_some(), known, "{sent}");
        }
    }
}
