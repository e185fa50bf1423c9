//! The file that a recorder writes.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use gssa_http::Response;
use gssa_http::tap::{Outcome, Request};
use gssa_model::{CollectError, SourceKind, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_with::skip_serializing_none;

use super::Raw;
use super::recorder::Taken;
use crate::redact::{Counts, Redactor};
use crate::schedule::Spec;
use crate::version::VERSION;

/// The version of the form.
const SCHEMA: &str = "gssa.recording/1";

/// What a peer answered, redacted. Times are milliseconds since the begin.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub struct Recording {
    schema: &'static str,
    /// What recorded it.
    agent: String,
    /// As what it was asked.
    asked_as: SourceKind,
    /// What it was found to be.
    kind: Option<SourceKind>,
    /// Where it was asked.
    address: String,
    recorded_at: Timestamp,
    lasted_ms: u64,
    /// How often something was taken out.
    redacted: BTreeMap<&'static str, u64>,
    /// What the agent made of it.
    observations: Vec<Observation>,
    /// The first good observation, as text: a figure that is read and written anew may be another in its last digit.
    snapshot: Option<Box<RawValue>>,
    exchanges: Vec<Exchange>,
    #[serde(skip)]
    counts: Counts,
}

#[skip_serializing_none]
#[derive(Debug, Serialize)]
struct Observation {
    at_ms: u64,
    took_ms: u64,
    failure: Option<Failure>,
}

#[derive(Debug, Serialize)]
struct Failure {
    reason: &'static str,
    detail: String,
}

#[skip_serializing_none]
#[derive(Debug, Serialize)]
struct Exchange {
    at_ms: u64,
    port: u16,
    request: Asked,
    elapsed_ms: u64,
    /// What came, if anything did.
    answer: Option<Answer>,
    /// Why nothing came.
    error: Option<Failure>,
    /// How often the same came again.
    repeats: Option<u64>,
    /// When it did last.
    last_at_ms: Option<u64>,
}

#[skip_serializing_none]
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Asked {
    Http {
        method: &'static str,
        path: String,
        /// The names of headers that the agent proved itself with.
        with: Option<Vec<String>>,
    },
    /// The bytes of a command of the cgminer API.
    Command { command: String },
}

#[skip_serializing_none]
#[derive(Debug, Default, Serialize)]
struct Answer {
    status: Option<u16>,
    /// Names and values of the headers that mean something to us.
    headers: Option<Vec<(&'static str, String)>>,
    /// The body, if it is text.
    text: Option<String>,
    /// The body, if it is none.
    base64: Option<String>,
    /// Whether there was a body that is not in the file any more, because the file has its size.
    omitted: Option<bool>,
}

impl Recording {
    /// Makes the file of what was recorded.
    pub(super) fn new(spec: &Spec, raw: &Raw, redactor: &mut Redactor) -> Self {
        // Twice: what a key gives away late may stand somewhere without it early.
        Self::write(spec, raw, redactor);
        redactor.take_counts();
        Self::write(spec, raw, redactor)
    }

    fn write(spec: &Spec, raw: &Raw, redactor: &mut Redactor) -> Self {
        let commit = VERSION.commit.map_or(String::new(), |commit| format!(" {commit}"));
        let mut recording = Self {
            schema: SCHEMA,
            agent: format!("{} {}{commit} {}", VERSION.name, VERSION.version, VERSION.target),
            asked_as: spec.source.kind,
            kind: raw.found.filter(|_| raw.observations.iter().any(|it| it.outcome.is_ok())),
            address: redactor.address(&spec.address.to_string()),
            recorded_at: raw.begun_at,
            lasted_ms: ms(raw.lasted),
            redacted: BTreeMap::new(),
            observations: raw.observations.iter().map(|it| observation(it, redactor)).collect(),
            snapshot: raw.observations.iter().find_map(|it| {
                let text = serde_json::to_string(it.outcome.as_ref().ok()?).ok()?;
                RawValue::from_string(redactor.text(&text)).ok()
            }),
            exchanges: raw.taken.iter().map(|taken| exchange(taken, raw, redactor)).collect(),
            counts: Counts::new(),
        };
        recording.counts = redactor.take_counts();
        recording.redacted = recording.counts.iter().map(|(what, count)| (what.as_str(), *count)).collect();
        recording
    }

    /// What the peer was found to be, if it was observed.
    pub const fn kind(&self) -> Option<SourceKind> {
        self.kind
    }

    /// How many different exchanges are in it.
    pub fn exchanges(&self) -> usize {
        self.exchanges.len()
    }

    /// Why the last observation failed, if all did.
    pub fn failure(&self) -> Option<&str> {
        let all_failed = self.observations.iter().all(|it| it.failure.is_some());
        self.observations.last().and_then(|it| it.failure.as_ref()).filter(|_| all_failed).map(|it| it.detail.as_str())
    }

    /// How often each was taken out.
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }
}

fn observation(observation: &super::Observation, redactor: &mut Redactor) -> Observation {
    let failure =
        |error: &CollectError| Failure { reason: error.reason().as_str(), detail: redactor.text(&error.to_string()) };
    Observation {
        at_ms: ms(observation.at),
        took_ms: ms(observation.took),
        failure: observation.outcome.as_ref().err().map(failure),
    }
}

fn exchange(taken: &Taken, raw: &Raw, redactor: &mut Redactor) -> Exchange {
    let Taken { exchange, repeats, last_begun, is_omitted } = taken;
    let (answer, error) = match &exchange.outcome {
        Outcome::Http(response) => (Some(http(response, *is_omitted, redactor)), None),
        Outcome::Bare(bytes) => (Some(body(bytes, *is_omitted, redactor)), None),
        Outcome::Failed { reason, text } => (None, Some((reason.as_str(), redactor.text(text)))),
        _ => (None, Some(("gave_up", "the answer was not waited for".to_owned()))),
    };
    Exchange {
        at_ms: ms(exchange.begun - raw.begun),
        port: exchange.port,
        request: asked(&exchange.request, redactor),
        elapsed_ms: ms(exchange.elapsed),
        answer,
        error: error.map(|(reason, detail)| Failure { reason, detail }),
        repeats: (*repeats > 0).then_some(*repeats),
        last_at_ms: (*repeats > 0).then(|| ms(*last_begun - raw.begun)),
    }
}

fn asked(request: &Request, redactor: &mut Redactor) -> Asked {
    match request {
        Request::Http { target, with } => {
            Asked::Http { method: "GET", path: redactor.text(target), with: (!with.is_empty()).then(|| with.clone()) }
        }
        Request::Bare(bytes) => Asked::Command { command: redactor.text(&String::from_utf8_lossy(bytes)) },
        other => Asked::Command { command: format!("{other:?}") },
    }
}

fn http(response: &Response, is_omitted: bool, redactor: &mut Redactor) -> Answer {
    let Response { status, content_type, location, retry_after, www_authenticate, body: bytes } = response;
    let retry_after = retry_after.map(|wait| wait.as_secs().to_string());
    let single = [("content-type", content_type), ("location", location), ("retry-after", &retry_after)];
    let single = single.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let logins = www_authenticate.iter().map(|value| ("www-authenticate", value.as_str()));
    let headers: Vec<_> = single.chain(logins).map(|(name, value)| (name, redactor.text(value))).collect();
    Answer { status: Some(*status), headers: Some(headers), ..body(bytes, is_omitted, redactor) }
}

fn body(bytes: &[u8], is_omitted: bool, redactor: &mut Redactor) -> Answer {
    if is_omitted {
        return Answer { omitted: Some(true), ..Answer::default() };
    }
    match String::from_utf8(redactor.bytes(bytes)) {
        Ok(text) => Answer { text: Some(text), ..Answer::default() },
        Err(error) => Answer { base64: Some(BASE64.encode(error.as_bytes())), ..Answer::default() },
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
