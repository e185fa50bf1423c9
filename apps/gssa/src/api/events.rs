//! The event stream.

use http::header::HeaderValue;

use super::problem::Error;
use super::request::Call;
use super::response::Response;
use super::sse::{self, Watch};
use crate::events::{Missed, Subscription};

const LAST_EVENT_ID: &str = "last-event-id";

pub(super) async fn get(call: Call) -> Result<Response, Error> {
    let events = &call.api.parts.events;
    let subscription = match call.head.headers.get(LAST_EVENT_ID).map(event_id) {
        None => events.subscribe(None),
        Some(Ok(id)) => events.subscribe(Some(id)),
        Some(Err(NotOurs)) => Subscription { missed: Missed::Reset, ..events.subscribe(None) },
    };
    sse::response(subscription, Watch::new(call))
}

/// An id that we never gave: whatever the caller saw, it was not this stream.
struct NotOurs;

fn event_id(value: &HeaderValue) -> Result<u64, NotOurs> {
    value.to_str().ok().and_then(|id| id.trim().parse().ok()).ok_or(NotOurs)
}
