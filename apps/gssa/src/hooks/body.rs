//! From the bytes of a webhook to the event that they mean.
//!
//! GoSlimStratum sends `type`, `subject`, `message`, `timestamp`; GSSM `event_type`, `entity`, `message`, `severity`, `category`, `details`,
//! `timestamp`. That is how its vendor's own receiver reads them, and all that is known of them; so what is missing, of another type or new
//! costs that field and nothing else.

use gssa_model::{Severity, Timestamp, text};
use gssa_view::hook::{HookEvent, Product};
use serde_json::{Map, Value};

use super::words;

/// So many lines of a message are kept.
const MAX_DETAIL_LINES: usize = 4;

/// What comes before the sender's own text when a test button was pressed: GSS calls its test a start.
const TEST_SUBJECT: &str = "test notification";

/// Why a body is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadBody {
    #[error("no JSON")]
    NotJson,
    #[error("JSON, but no object")]
    NotObject,
}

/// The event in `bytes`, which came by the hook `name` at `now`.
pub(super) fn parse(name: &str, bytes: &[u8], now: Timestamp) -> Result<HookEvent, BadBody> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Not UTF-8 is no reason to lose an event: the texts are cleaned anyway.
    let body: Value = serde_json::from_str(&String::from_utf8_lossy(bytes)).map_err(|_| BadBody::NotJson)?;
    let Value::Object(body) = body else { return Err(BadBody::NotObject) };
    let (product, sent) = match (string(&body, "event_type"), string(&body, "type")) {
        (Some(sent), _) => (Some(Product::Gssm), sent),
        (None, Some(sent)) => (Some(Product::Gss), sent),
        (None, None) => (None, ""),
    };
    let sent = words::tidy(sent);
    let subject = Subject::read(string(&body, "subject").unwrap_or_default());
    let is_test = subject.title.as_ref().is_some_and(|title| title.to_ascii_lowercase().starts_with(TEST_SUBJECT));
    let word = words::known(if is_test { words::TEST } else { &sent });
    Ok(HookEvent {
        name: name.to_owned(),
        product,
        severity: string(&body, "severity")
            .and_then(severity)
            .or(word.map(|word| word.severity))
            .unwrap_or(Severity::Info),
        detail: detail(string(&body, "message").unwrap_or_default(), subject.prefix),
        title: subject
            .title
            .unwrap_or_else(|| word.map_or_else(|| sent.replace('_', " "), |word| word.title.to_owned())),
        event: word.map_or(sent, |word| word.event.to_owned()),
        entity: string(&body, "entity").and_then(text::clean),
        at: string(&body, "timestamp").and_then(time).unwrap_or(now),
        more: None,
    })
}

fn string<'a>(body: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    body.get(key)?.as_str()
}

/// The subject of a message. Since GSS 4.1.2 a prefix that an operator chose stands on a line of its own before it.
#[derive(Debug, Default)]
struct Subject<'a> {
    title: Option<String>,
    prefix: Option<&'a str>,
}

impl<'a> Subject<'a> {
    fn read(text: &'a str) -> Self {
        let mut lines = lines(text);
        let title = lines.next_back().and_then(text::clean);
        Self { title, prefix: lines.next() }
    }
}

/// The first lines of a message, in one. The prefix of the subject is not told twice.
fn detail(message: &str, prefix: Option<&str>) -> Option<String> {
    let lines = lines(message).filter(|line| Some(*line) != prefix);
    let kept: Vec<String> = lines.filter_map(text::clean).take(MAX_DETAIL_LINES).collect();
    (!kept.is_empty()).then(|| kept.join("; "))
}

fn lines(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty())
}

fn severity(word: &str) -> Option<Severity> {
    match word.trim().to_ascii_lowercase().as_str() {
        "critical" | "error" | "fatal" | "emergency" => Some(Severity::Critical),
        "warning" | "warn" => Some(Severity::Warning),
        "info" | "notice" | "debug" | "ok" => Some(Severity::Info),
        _ => None,
    }
}

/// A time that means one: Go writes the year 1 for a time that was never set.
fn time(text: &str) -> Option<Timestamp> {
    text.trim().parse().ok().filter(|time: &Timestamp| time.unix_ms() > 0)
}

#[cfg(test)]
mod tests;
