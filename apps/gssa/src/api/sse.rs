//! Server-sent events: how they are written and when a stream ends.
//!
//! A stream reads from the ring that all of them share, so that the queue of a client is a position. One that falls behind by the
//! whole ring is ended; it comes back with `Last-Event-ID` and is told to start over.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::{CONNECTION, HeaderValue};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::access::{Credentials, decide};
use super::facts::{Facts, session_cookie};
use super::problem::Error;
use super::request::Call;
use super::response::{BodyError, Response, typed, with_header};
use super::route::Route;
use super::{Api, Stop};
use crate::events::{Event, Missed, Subscription};

/// Streams at the same time.
pub(super) const MAX_STREAMS: usize = 32;
/// The time between two comments, which keep proxies and clients from giving up.
const COMMENT_EVERY: Duration = Duration::from_secs(15);
/// How long a browser waits until it comes back.
const RETRY_MS: u64 = 3000;

/// What a stream may go on by: its caller's right to read.
pub(super) struct Watch {
    api: Arc<Api>,
    route: &'static Route,
    facts: Facts,
    session: Option<String>,
    stop: Stop,
}

impl Watch {
    /// The watch over the stream that `call` asks for.
    pub(super) fn new(call: Call) -> Self {
        let session = session_cookie(&call.head.headers).map(str::to_owned);
        Self { api: call.api, route: call.route, facts: call.facts, session, stop: call.stop }
    }

    /// Whether the caller may still read. A stream is no use of its session: a forgotten tab does not keep it open.
    fn is_allowed(&self) -> bool {
        let policy = self.api.policy();
        let mut facts = self.facts.clone();
        if matches!(facts.credentials, Credentials::Session) {
            let is_open = match (&self.session, &policy.password_mark) {
                (Some(id), Some(mark)) => self.api.sessions.is_still_open(id, mark),
                _ => false,
            };
            facts.credentials = if is_open { Credentials::Session } else { Credentials::None };
        }
        decide(&facts, &policy, self.route.class).is_ok()
    }
}

/// The stream of `subscription`, unless there are too many.
pub(super) fn response(subscription: Subscription, watch: Watch) -> Result<Response, Error> {
    let permit = Arc::clone(&watch.api.streams).try_acquire_owned();
    let permit = permit.map_err(|_| Error::TooManyStreams { limit: MAX_STREAMS })?;
    let mut comments = tokio::time::interval_at(Instant::now() + COMMENT_EVERY, COMMENT_EVERY);
    comments.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (start, missed) = match subscription.missed {
        Missed::Events(missed) => (format!("retry: {RETRY_MS}\n\n"), missed.into()),
        Missed::Reset => (format!("retry: {RETRY_MS}\n\nevent: reset\ndata: {{}}\n\n"), VecDeque::new()),
    };
    let stream = EventStream { start: Some(start), missed, live: subscription.live, comments, watch, _permit: permit };
    let frames = stream::unfold(stream, |mut stream| async move {
        let text = stream.next().await?;
        Some((Ok::<_, BodyError>(Frame::data(Bytes::from(text))), stream))
    });
    let response = typed(http::Response::new(StreamBody::new(frames).boxed_unsync()), "text/event-stream");
    // Who is dropped gives its connection back too.
    Ok(with_header(response, CONNECTION, HeaderValue::from_static("close")))
}

struct EventStream {
    start: Option<String>,
    missed: VecDeque<Arc<Event>>,
    live: Receiver<Arc<Event>>,
    comments: Interval,
    watch: Watch,
    _permit: OwnedSemaphorePermit,
}

impl EventStream {
    /// The next piece of the stream; `None` ends it.
    async fn next(&mut self) -> Option<String> {
        if let Some(start) = self.start.take() {
            return Some(start);
        }
        if let Some(event) = self.missed.pop_front() {
            return Some(write(&event));
        }
        tokio::select! {
            biased;
            () = self.watch.stop.cancelled() => None,
            _ = self.comments.tick() => self.watch.is_allowed().then(|| ": still here\n\n".to_owned()),
            // An error is the end of the agent, or a reader that is too slow.
            event = self.live.recv() => event.ok().map(|event| write(&event)),
        }
    }
}

fn write(event: &Event) -> String {
    let mut text = format!("id: {}\nevent: {}\n", event.id, event.name);
    for line in event.data.lines() {
        let _ = writeln!(text, "data: {line}");
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::access::Class;
    use crate::api::facts::Peer;
    use crate::api::route::ROUTES;
    use crate::api::test_api;

    #[test]
    fn an_event_is_written_line_by_line() {
        let event = Event { id: 7, name: "reading", data: "{\n}".into() };
        assert_eq!(write(&event), "id: 7\nevent: reading\ndata: {\ndata: }\n\n");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_with_the_session_that_it_was_opened_in() {
        let hash = crate::api::hash_password("correct horse");
        let api = test_api(&serde_json::json!({ "server": { "password_hash": hash } }));
        let policy = api.policy();
        let id = api.sessions.open(policy.password_mark.unwrap());
        let mut request = http::Request::get("/api/v1/events").body(()).unwrap();
        let cookie = HeaderValue::from_str(&format!("gssa_session={id}")).unwrap();
        request.headers_mut().insert(http::header::COOKIE, cookie);
        let peer = Peer { address: [127, 0, 0, 1].into(), bound_to_loopback: true };
        let facts = Facts::read(&request.into_parts().0, peer, &policy, &api.sessions).unwrap();
        let route = ROUTES.iter().find(|route| route.class == Class::Read).unwrap();
        let watch = Watch { api: Arc::clone(&api), route, facts, session: Some(id.clone()), stop: Stop::new() };
        let Subscription { live, .. } = api.parts.events.subscribe(None);
        let comments = tokio::time::interval_at(Instant::now() + COMMENT_EVERY, COMMENT_EVERY);
        let permit = Arc::clone(&api.streams).try_acquire_owned().unwrap();
        let mut stream = EventStream { start: None, missed: VecDeque::new(), live, comments, watch, _permit: permit };

        let began = Instant::now();
        for _ in 0..3 {
            assert_eq!(stream.next().await.as_deref(), Some(": still here\n\n"));
        }
        assert_eq!(began.elapsed(), 3 * COMMENT_EVERY);
        api.sessions.close(&id);
        assert_eq!(stream.next().await, None);
    }
}
