//! Server-sent events: how they are written, how many streams there may be, and when one ends.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::{CONNECTION, HeaderValue};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::app::{App, Purpose, Stop};
use crate::call::Call;
use crate::facts::Facts;
use crate::problem::Error;
use crate::response::{BodyError, Response, typed, with_header};
use crate::route::Route;
use crate::router::Params;

/// The time between two comments, which keep proxies and clients from giving up.
pub const COMMENT_EVERY: Duration = Duration::from_secs(15);
/// A comment.
pub const COMMENT: &str = ": still here\n\n";
/// How long a browser waits until it comes back.
const RETRY_MS: u64 = 3000;

/// The streams of a program, of which there are not more than a number.
#[derive(Debug)]
pub struct Streams {
    free: Arc<Semaphore>,
    limit: usize,
}

impl Streams {
    /// So many at the same time.
    pub fn new(limit: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(limit)), limit }
    }

    /// A place, which is free again when it is dropped.
    pub fn take(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.free).try_acquire_owned().map_err(|_| Error::TooManyStreams { limit: self.limit })
    }
}

impl Default for Streams {
    /// 32.
    fn default() -> Self {
        Self::new(32)
    }
}

/// What a stream may go on by: its caller's right to it.
#[derive(Debug)]
pub struct Watch<A: App> {
    /// The program.
    pub app: Arc<A>,
    /// The variable parts of the path.
    pub params: Params,
    /// Ends the stream.
    pub stop: Stop,
    route: Arc<Route<A>>,
    facts: Facts,
}

impl<A: App> Watch<A> {
    /// The watch over the stream that `call` asks for.
    pub fn new(call: Call<A>) -> Self {
        Self { app: call.app, params: call.params, stop: call.stop, route: call.route, facts: call.facts }
    }

    /// Whether the caller may still read.
    pub fn is_allowed(&self) -> bool {
        self.app.admit(&self.facts, &self.route, &self.params, Purpose::Stream).is_ok()
    }
}

/// What a stream tells.
pub trait Tells: Send + 'static {
    /// The next piece of the stream, of which every event has its end; `None` ends it.
    fn next(&mut self) -> impl Future<Output = Option<String>> + Send;
}

/// The first piece of a stream. `is_reset` tells the reader that it missed something.
pub fn start(is_reset: bool) -> String {
    let mut start = format!("retry: {RETRY_MS}\n\n");
    if is_reset {
        start.push_str("event: reset\ndata: {}\n\n");
    }
    start
}

/// The answer that is a stream.
pub fn response(stream: impl Tells) -> Response {
    let frames = stream::unfold(stream, |mut stream| async move {
        let text = stream.next().await?;
        Some((Ok::<_, BodyError>(Frame::data(Bytes::from(text))), stream))
    });
    let response = typed(http::Response::new(StreamBody::new(frames).boxed_unsync()), "text/event-stream");
    // Who is dropped gives its connection back too.
    with_header(response, CONNECTION, HeaderValue::from_static("close"))
}

/// Ticks when a comment is due.
pub fn comments() -> Interval {
    let mut comments = tokio::time::interval_at(Instant::now() + COMMENT_EVERY, COMMENT_EVERY);
    comments.set_missed_tick_behavior(MissedTickBehavior::Delay);
    comments
}

/// What is said, as JSON: texts and finite numbers, which can be written.
pub fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("what is told can be written as JSON")
}

/// Appends one event. JSON as serde writes it has no line breaks.
pub fn write(text: &mut String, id: &str, name: &str, json: &str) {
    let _ = write!(text, "id: {id}\nevent: {name}\ndata: {json}\n\n");
}
