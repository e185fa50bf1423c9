//! Bytes → one JSON value, whatever the dialect and however broken.

use std::ffi::CStr;

use super::value::Value;
use super::{Form, repair, text};
use crate::{Error, MAX_REPLY_BYTES};

/// Reads a document, and says how it was written. Members that hold secrets are not in it.
pub(crate) fn parse(bytes: &[u8]) -> Result<(Value, Form), Error> {
    if bytes.len() > MAX_REPLY_BYTES {
        return Err(Error::TooLarge);
    }
    // What follows the NUL of a single reply is no part of it; in joined replies a NUL stands between the parts.
    let start = bytes.iter().position(|b| *b != b'\0').unwrap_or(bytes.len());
    let bytes = &bytes[start..];
    let first = CStr::from_bytes_until_nul(bytes).map_or(bytes, CStr::to_bytes);
    let first_text = String::from_utf8_lossy(first);
    let first_text = first_text.trim_start_matches('\u{feff}').trim();
    if first_text.is_empty() {
        return Err(Error::Empty);
    }
    if !first_text.starts_with(['{', '[']) {
        return foreign(first_text);
    }
    let strict = match serde_json::from_str(first_text) {
        Ok(value) => return Ok((value, Form::Json)),
        Err(error) => error,
    };
    let without_nuls: Vec<u8> = bytes.iter().copied().filter(|b| *b != b'\0').collect();
    let whole = String::from_utf8_lossy(&without_nuls);
    for candidate in [first_text, whole.trim_start_matches('\u{feff}').trim()] {
        if let Ok(repaired) = repair::repair(candidate)
            && let Ok(value) = serde_json::from_str(&repaired)
        {
            return Ok((value, Form::Repaired));
        }
    }
    let is_cut = repair::repair(&whole).is_err_and(|fault| fault == repair::Fault::Cut);
    if is_cut { Err(Error::Cut) } else { Err(Error::Malformed { source: Some(strict) }) }
}

/// What is not JSON: the text form, or something that is no reply.
fn foreign(written: &str) -> Result<(Value, Form), Error> {
    if written.starts_with('<') || written.starts_with("HTTP/") {
        return Err(Error::NotCgminer { found: "a web page" });
    }
    // `cgminer-api` behind a web server, when the mining program is down.
    if written.starts_with("Socket connect failed") {
        return Err(Error::NotReady);
    }
    text::parse(written).map(|value| (value, Form::Text)).ok_or(Error::Malformed { source: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::value::json;

    fn value(bytes: &[u8]) -> Value {
        parse(bytes).unwrap().0
    }

    #[test]
    fn a_reply_ends_at_its_nul_unless_that_stands_inside() {
        assert_eq!(value(b"{\"a\":1}\0garbage"), json!({ "a": 1 }));
        assert_eq!(value(b"{\"a\":[{\"b\":1}\0],\"id\":1}\0"), json!({ "a": [{ "b": 1 }], "id": 1 }));
        assert_eq!(value(b"\0{\"a\":1}"), json!({ "a": 1 }));
    }

    #[test]
    fn what_is_no_reply_is_told_apart() {
        assert!(matches!(parse(b""), Err(Error::Empty)));
        assert!(matches!(parse(b"\0\0"), Err(Error::Empty)));
        assert!(matches!(parse(b"<html>401</html>"), Err(Error::NotCgminer { .. })));
        assert!(matches!(parse(b"HTTP/1.1 400 Bad Request\r\n"), Err(Error::NotCgminer { .. })));
        assert!(matches!(parse(b"Socket connect failed: Connection refused"), Err(Error::NotReady)));
        assert!(matches!(parse(b"SSH-2.0-dropbear"), Err(Error::Malformed { .. })));
        assert!(matches!(parse(b"{\"a\":[1,"), Err(Error::Cut)));
        assert!(matches!(parse(b"{\"a\" 1}"), Err(Error::Malformed { .. })));
        assert!(matches!(parse(&b"{\"a\":".repeat(10_000)), Err(Error::Cut | Error::Malformed { .. })));
        assert!(matches!(parse(&vec![b' '; MAX_REPLY_BYTES + 1]), Err(Error::TooLarge)));
    }

    #[test]
    fn bytes_that_are_not_text_cost_nothing_else() {
        assert_eq!(value(b"\xef\xbb\xbf{\"User\":\"a\xffb\",\"n\":nan}\0"), json!({ "User": "a\u{fffd}b", "n": null }));
    }
}
