//! Server-sent events: how they are written and when a stream ends.
//!
//! A stream holds a position in what happens, not a queue: a slow reader gets the newest of each source when it is ready for it, and one
//! that does not read at all is cut off by the server's own limit on writes. Whoever comes back with `Last-Event-ID` goes on from there, or
//! is told to start over.
//!
//! What is the same for all, totals and the changes of the table, is made once and shared.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use gssa_view::follow::{Change, Follower};
use gssa_view::totals::Told;
use http::header::{CONNECTION, HeaderValue};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::about::AgentStatus;
use super::access::{Credentials, decide};
use super::facts::{Facts, session_cookie};
use super::problem::Error;
use super::request::Call;
use super::response::{BodyError, Response, typed, with_header};
use super::route::Route;
use super::{Api, Stop, events};

/// Streams at the same time.
pub(super) const MAX_STREAMS: usize = 32;
/// The time between two comments, which keep proxies and clients from giving up.
const COMMENT_EVERY: Duration = Duration::from_secs(15);
/// Links are told so often at most.
const LINKS_EVERY: Duration = Duration::from_secs(1);
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

/// The stream of what `follower` sees, unless there are too many. `is_reset` tells the reader that it missed something.
pub(super) fn response(follower: Follower, is_reset: bool, watch: Watch) -> Result<Response, Error> {
    let permit = Arc::clone(&watch.api.streams).try_acquire_owned();
    let permit = permit.map_err(|_| Error::TooManyStreams { limit: MAX_STREAMS })?;
    let mut start = format!("retry: {RETRY_MS}\n\n");
    if is_reset {
        start.push_str("event: reset\ndata: {}\n\n");
    }
    let stream = EventStream {
        start: Some(start),
        follower,
        comments: comments(),
        told: Told::default(),
        links: Links::new(&watch.api),
        watch,
        _permit: permit,
    };
    let frames = stream::unfold(stream, |mut stream| async move {
        let text = stream.next().await?;
        Some((Ok::<_, BodyError>(Frame::data(Bytes::from(text))), stream))
    });
    let response = typed(http::Response::new(StreamBody::new(frames).boxed_unsync()), "text/event-stream");
    // Who is dropped gives its connection back too.
    Ok(with_header(response, CONNECTION, HeaderValue::from_static("close")))
}

fn comments() -> Interval {
    let mut comments = tokio::time::interval_at(Instant::now() + COMMENT_EVERY, COMMENT_EVERY);
    comments.set_missed_tick_behavior(MissedTickBehavior::Delay);
    comments
}

struct EventStream {
    start: Option<String>,
    follower: Follower,
    comments: Interval,
    /// The totals that were told last; the same ones are not told again.
    told: Told,
    links: Links,
    watch: Watch,
    _permit: OwnedSemaphorePermit,
}

impl EventStream {
    /// The next piece of the stream; `None` ends it.
    async fn next(&mut self) -> Option<String> {
        if let Some(start) = self.start.take() {
            return Some(start);
        }
        loop {
            let change = tokio::select! {
                biased;
                () = self.watch.stop.cancelled() => return None,
                _ = self.comments.tick() => {
                    self.follower.look();
                    return self.watch.is_allowed().then(|| self.sign_of_life());
                }
                () = self.links.next() => {
                    let Some(links) = self.links.tell(&self.watch.api) else { continue };
                    let id = events::id(&self.follower, self.watch.api.view.run());
                    let mut text = String::new();
                    write(&mut text, &id, "uplinks", &links);
                    return Some(text);
                }
                change = self.follower.next() => change,
            };
            let text = self.tell(&change);
            if !text.is_empty() {
                return Some(text);
            }
        }
    }

    /// A comment, and for a page how the agent is doing.
    fn sign_of_life(&self) -> String {
        let mut text = ": still here\n\n".to_owned();
        if self.follower.is_of_table() {
            let id = events::id(&self.follower, self.watch.api.view.run());
            write(&mut text, &id, "agent", &to_json(&AgentStatus::of(&self.watch.api)));
        }
        text
    }

    /// The events that a change makes; none if nothing in it is new.
    fn tell(&mut self, change: &Change) -> String {
        let id = events::id(&self.follower, self.watch.api.view.run());
        let mut text = String::new();
        match change {
            Change::Reading(entry) => write(&mut text, &id, "reading", &to_json(&*entry.reading)),
            Change::Delta(delta) => write(&mut text, &id, "delta", &delta.json),
            Change::Missed => write(&mut text, &id, "reset", "{}"),
            Change::Entry(entry) => write(&mut text, &id, "event", &to_json(&**entry)),
            Change::Config(plans) => {
                write(&mut text, &id, "config", &to_json(&events::ConfigChange { etag: plans.etag().to_owned() }));
            }
            Change::Totals => {
                let (now, again) = self.watch.api.view.totals().told(&self.watch.api.parts.store);
                if now.summary != self.told.summary {
                    write(&mut text, &id, "summary", &now.summary);
                }
                if now.issues != self.told.issues {
                    write(&mut text, &id, "issues", &now.issues);
                }
                self.told = now;
                if let Some(again) = again {
                    self.follower.totals_again(again);
                }
            }
        }
        text
    }
}

/// How the links to receivers are, when that is different from what was told.
struct Links {
    changes: watch::Receiver<u64>,
    /// When they are to be told, if anything changed.
    due: Option<Instant>,
    last: Instant,
    told: String,
}

impl Links {
    fn new(api: &Api) -> Self {
        let told = to_json(&api.parts.uplinks.status());
        Self { changes: api.parts.uplinks.subscribe(), due: None, last: Instant::now(), told }
    }

    /// Waits until they are to be looked at. Nothing is lost when the future is dropped.
    async fn next(&mut self) {
        loop {
            match self.due {
                Some(due) => {
                    tokio::time::sleep_until(due).await;
                    (self.due, self.last) = (None, Instant::now());
                    return;
                }
                None if self.changes.changed().await.is_ok() => self.due = Some(self.last + LINKS_EVERY),
                None => std::future::pending().await,
            }
        }
    }

    fn tell(&mut self, api: &Api) -> Option<String> {
        let now = to_json(&api.parts.uplinks.status());
        if now == self.told {
            return None;
        }
        self.told.clone_from(&now);
        Some(now)
    }
}

pub(super) fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("what the agent says can be written as JSON")
}

/// One event. JSON as serde writes it has no line breaks.
fn write(text: &mut String, id: &str, name: &str, json: &str) {
    let _ = write!(text, "id: {id}\nevent: {name}\ndata: {json}\n\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::access::Class;
    use crate::api::facts::Peer;
    use crate::api::route::ROUTES;
    use crate::api::test_api;

    /// The stream of somebody who came in with the session `id`.
    fn stream(api: &Arc<Api>, id: &str, follower: Follower) -> EventStream {
        let policy = api.policy();
        let mut request = http::Request::get("/api/v1/events").body(()).unwrap();
        let cookie = HeaderValue::from_str(&format!("gssa_session={id}")).unwrap();
        request.headers_mut().insert(http::header::COOKIE, cookie);
        let peer = Peer { address: [127, 0, 0, 1].into(), bound_to_loopback: true };
        let facts = Facts::read(&request.into_parts().0, peer, &policy, &api.sessions).unwrap();
        let route = ROUTES.iter().find(|route| route.class == Class::Read).unwrap();
        let watch = Watch { api: Arc::clone(api), route, facts, session: Some(id.to_owned()), stop: Stop::new() };
        let permit = Arc::clone(&api.streams).try_acquire_owned().unwrap();
        let (comments, links) = (comments(), Links::new(api));
        EventStream { start: None, follower, comments, told: Told::default(), links, watch, _permit: permit }
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_with_the_session_that_it_was_opened_in() {
        let hash = crate::api::hash_password("correct horse");
        let api = test_api(&serde_json::json!({ "server": { "password_hash": hash } }));
        let id = api.sessions.open(api.policy().password_mark.unwrap());
        let follower = Follower::new(&api.view, None).unwrap();
        let mut stream = stream(&api, &id, follower);
        assert!(stream.next().await.unwrap().contains("event: summary"));

        let began = Instant::now();
        for _ in 0..3 {
            assert_eq!(stream.next().await.as_deref(), Some(": still here\n\n"));
        }
        assert_eq!(began.elapsed(), 3 * COMMENT_EVERY);
        api.sessions.close(&id);
        assert_eq!(stream.next().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_is_told_how_the_agent_is_doing() {
        let api = test_api(&serde_json::json!({ "agent": { "name": "Attic" } }));
        let follower = Follower::of_table(&api.view, None).unwrap();
        let mut stream = stream(&api, "", follower);
        assert!(stream.next().await.unwrap().contains("event: summary"));
        let began = Instant::now();
        let sign = stream.next().await.unwrap();
        assert_eq!(began.elapsed(), COMMENT_EVERY);
        assert!(
            sign.starts_with(": still here\n\nid: ") && sign.contains("event: agent\ndata: {\"name\":\"Attic\""),
            "{sign}"
        );
    }
}
