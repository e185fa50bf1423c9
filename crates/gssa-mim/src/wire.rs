//! Bytes → wire: JSON whose shape nobody has published, without what is secret. No socket, no unit.

use std::fmt;

use serde_json::{Map as Members, Value};

use crate::Error;

pub(crate) mod page;
pub(crate) mod row;
pub(crate) mod secret;
pub(crate) mod shape;

/// The largest body that is read.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// The most objects and the most values of one answer. A parsed object takes many times the bytes that it was written in.
const MAX_OBJECTS: usize = 50_000;
const MAX_VALUES: usize = 200_000;

/// The most members of an object that are looked for by name. Objects with more are lists keyed by something.
const MAX_MEMBERS: usize = 1024;

/// One answer in the peer's own words, without what looks like a secret.
///
/// Opaque: [`normalize`](crate::normalize) reads it.
#[derive(Clone, PartialEq)]
pub struct Answer {
    document: Value,
}

/// Reads the body of an answer: JSON, or the first event of an event stream with JSON in it.
///
/// What looks like a secret is removed before anything else looks at it: members whose names say password, passphrase, secret, token or
/// key path and the like, values that are encrypted (`ENC:`), everything under `env` or `environment`, and texts that hold one.
///
/// # Errors
///
/// [`Error::Page`] for HTML, whatever its content type says; [`Error::NoEvent`] for an event stream without an event;
/// [`Error::Malformed`] if it is not JSON; [`Error::TooLarge`] above [`MAX_BODY_BYTES`] or too many entries.
pub fn parse(content_type: Option<&str>, body: &[u8]) -> Result<Answer, Error> {
    if body.len() > MAX_BODY_BYTES || count(body, b"{") > MAX_OBJECTS || count(body, b",[") > MAX_VALUES {
        return Err(Error::TooLarge);
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let essence = content_type.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    if essence.ends_with("html") || essence == "application/xhtml+xml" || text.starts_with('<') {
        return Err(Error::Page);
    }
    let event = if essence == "text/event-stream" { Some(event(text).ok_or(Error::NoEvent)?) } else { None };
    let parsed = serde_json::from_str(event.as_deref().unwrap_or(text));
    let mut document: Value =
        parsed.map_err(|source| if event.is_some() { Error::NoEvent } else { Error::Malformed { source } })?;
    // An object has no order; whether serde_json keeps one is up to what else is built.
    document.sort_all_objects();
    secret::remove(&mut document);
    Ok(Answer { document })
}

fn count(body: &[u8], bytes: &[u8]) -> usize {
    body.iter().filter(|byte| bytes.contains(byte)).count()
}

/// The data of the first event of a stream.
fn event(stream: &str) -> Option<String> {
    let mut data: Option<String> = None;
    for line in stream.lines() {
        if line.is_empty() && data.is_some() {
            break;
        }
        let told = if line == "data" { Some("") } else { line.strip_prefix("data:") };
        if let Some(told) = told {
            let so_far = data.get_or_insert_default();
            so_far.push_str(told);
            so_far.push('\n');
        }
    }
    data
}

/// Names that stand beside `data` in an envelope.
const ENVELOPE: [&str; 8] = ["status", "success", "ok", "errors", "error", "meta", "message", "timestamp"];

impl Answer {
    /// What is in the envelope `{ "status", "data", "errors", "meta" }` of the author's newer programs, or the whole if it is in none.
    pub(crate) fn payload(&self) -> &Value {
        let Value::Object(members) = &self.document else { return &self.document };
        let Some(data) = member_or_null(members, &["data"]) else { return &self.document };
        let has_envelope = members.len() == 1 || member_or_null(members, &ENVELOPE).is_some();
        let is_content = data.is_object() || data.is_array() || data.is_null();
        if has_envelope && is_content { data } else { &self.document }
    }

    /// Whether it is in an envelope.
    pub(crate) fn is_enveloped(&self) -> bool {
        !std::ptr::eq(self.payload(), &raw const self.document)
    }

    /// The error that an envelope tells of: its code, else its message.
    pub(crate) fn complaint(&self) -> Option<String> {
        let Value::Object(members) = &self.document else { return None };
        let (errors, error) = (member(members, &["errors"]), member(members, &["error"]));
        let first = errors.and_then(Value::as_array).and_then(|errors| errors.first());
        let told = [first, error].into_iter().flatten().find_map(|error| match error {
            Value::String(text) => Some(text.as_str()),
            Value::Object(error) => member(error, &["code", "message"]).and_then(Value::as_str),
            _ => None,
        });
        let status = member(members, &["status"]).and_then(Value::as_str);
        let is_error = status.is_some_and(|status| matches!(status, "error" | "fail" | "failed"))
            || member(members, &["success", "ok"]) == Some(&Value::Bool(false));
        told.or_else(|| is_error.then_some("an error")).map(str::to_owned)
    }

    /// The whole of it.
    pub(crate) const fn document(&self) -> &Value {
        &self.document
    }
}

impl fmt::Debug for Answer {
    /// What it holds belongs to somebody and is not for a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.document {
            Value::Object(_) => "an object",
            Value::Array(_) => "a list",
            _ => "a scalar",
        };
        f.debug_tuple("Answer").field(&kind).finish()
    }
}

/// A name without what tells spellings apart: `server_id`, `serverId`, `ServerID` and `server-id` are one.
pub(crate) fn canonical(name: &str) -> String {
    const MAX_NAME_CHARS: usize = 64;
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(MAX_NAME_CHARS).collect()
}

/// The first member that has one of the names and is not `null`, in the order of the names.
pub(crate) fn member<'a>(members: &'a Members<String, Value>, names: &[&str]) -> Option<&'a Value> {
    first(members.iter().filter(|(_, value)| !value.is_null()), names)
}

/// The same, `null` included: some programs write an empty list so.
pub(crate) fn member_or_null<'a>(members: &'a Members<String, Value>, names: &[&str]) -> Option<&'a Value> {
    first(members.iter(), names)
}

fn first<'a>(members: impl Iterator<Item = (&'a String, &'a Value)>, names: &[&str]) -> Option<&'a Value> {
    let place = |key: &str| {
        let key = canonical(key);
        names.iter().position(|name| *name == key)
    };
    let known = members.take(MAX_MEMBERS).filter_map(|(key, value)| Some((place(key)?, value)));
    known.min_by_key(|(place, _)| *place).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(content_type: &str, body: &str) -> Result<Answer, Error> {
        parse(Some(content_type), body.as_bytes())
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        let json = "application/json";
        assert!(matches!(read("text/html; charset=utf-8", "{}"), Err(Error::Page)));
        assert!(matches!(read(json, "\u{feff} <!doctype html>"), Err(Error::Page)));
        assert!(matches!(parse(None, b"<html>"), Err(Error::Page)));
        assert!(matches!(read(json, ""), Err(Error::Malformed { .. })));
        assert!(matches!(read(json, "{\"a\":"), Err(Error::Malformed { .. })));
        assert!(matches!(read(json, &"[".repeat(10_000)), Err(Error::Malformed { .. })), "nested too deep");
        assert!(matches!(read(json, &"{\"a\":0},".repeat(MAX_OBJECTS + 1)), Err(Error::TooLarge)));
        assert!(matches!(read(json, &"0,".repeat(MAX_VALUES + 1)), Err(Error::TooLarge)));
        assert!(matches!(parse(None, &vec![b' '; MAX_BODY_BYTES + 1]), Err(Error::TooLarge)));
        assert_eq!(parse(None, b"\xef\xbb\xbf[\"\xff\"]").unwrap().document, json!(["\u{fffd}"]));
    }

    #[test]
    fn the_first_event_of_a_stream_is_its_answer() {
        let stream = "text/event-stream";
        for body in
            ["data: [1]\n\n", ": hello\r\n\r\nevent: x\r\ndata:[\r\ndata: 1]\r\n\r\ndata: [2]\r\n\r\n", "data: [1]"]
        {
            assert_eq!(read(stream, body).unwrap().document, json!([1]), "{body:?}");
        }
        for body in ["", ": ping\n\n", "retry: 5\n\n", "data: done\n\n", "data\n\n", "database: [1]\n\n"] {
            assert!(matches!(read(stream, body), Err(Error::NoEvent)), "{body:?}");
        }
    }

    #[test]
    fn an_envelope_is_taken_off() {
        for (document, payload) in [
            (json!({ "status": "ok", "data": [1], "errors": [], "meta": {} }), json!([1])),
            (json!({ "success": true, "Data": { "a": 1 } }), json!({ "a": 1 })),
            (json!({ "data": [] }), json!([])),
            (json!({ "status": "ok", "data": null }), Value::Null),
            (json!({ "data": "text" }), json!({ "data": "text" })),
            (json!({ "data": [1], "name": "a volume" }), json!({ "data": [1], "name": "a volume" })),
            (json!([{ "data": [] }]), json!([{ "data": [] }])),
        ] {
            let answer = read("application/json", &document.to_string()).unwrap();
            assert_eq!(*answer.payload(), payload);
            assert_eq!(answer.is_enveloped(), payload != document);
        }
    }

    #[test]
    fn an_envelope_tells_its_error() {
        for (document, told) in [
            (json!({ "status": "ok", "data": [], "errors": [] }), None),
            (
                json!({ "status": "error", "data": null, "errors": [{ "code": "SSH_FAILED", "message": "m" }] }),
                Some("SSH_FAILED"),
            ),
            (json!({ "status": "partial", "data": [], "errors": [{ "message": "one is away" }] }), Some("one is away")),
            (json!({ "error": "no such server" }), Some("no such server")),
            (json!({ "success": false }), Some("an error")),
            (json!({ "status": "error" }), Some("an error")),
            (json!({ "error": null, "data": [] }), None),
        ] {
            assert_eq!(read("", &document.to_string()).unwrap().complaint().as_deref(), told, "{document}");
        }
    }
}
