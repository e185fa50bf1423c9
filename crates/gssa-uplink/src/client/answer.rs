//! What an HTTP answer that is no success says.

use std::time::Duration;

use gssa_model::text::clean;
use http::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use serde::Deserialize;

use crate::session::Answer;
use crate::wire::{Refused, RefusedReason, Seq};

/// So much of what a receiver says is shown to people.
const MAX_SHOWN_CHARS: usize = 200;

/// A problem body (RFC 9457), and what it says about a batch (section 7).
#[derive(Debug, Default, Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
    first: Option<Seq>,
    last: Option<Seq>,
    seq: Option<Seq>,
    reason: Option<RefusedReason>,
}

/// Reads status, headers and body. `now_unix_secs` is the time that a `Retry-After` with a date is compared with.
pub(super) fn read(status: u16, headers: &HeaderMap, body: &[u8], now_unix_secs: i64) -> Answer {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_json = text(CONTENT_TYPE).is_some_and(|kind| kind.contains("json"));
    let problem: Problem = if is_json { serde_json::from_slice(body).unwrap_or_default() } else { Problem::default() };
    let refused = match (problem.first, problem.last) {
        (Some(first), Some(last)) => Some(Refused {
            first,
            last,
            reason: problem.reason.unwrap_or(RefusedReason::Malformed),
            seq: problem.seq,
            detail: problem.detail.clone().unwrap_or_default(),
        }),
        _ => None,
    };
    Answer {
        status,
        retry_after: text(RETRY_AFTER).and_then(|value| retry_after(value, now_unix_secs)),
        location: text(LOCATION).and_then(shown),
        refused,
        detail: problem.detail.or(problem.title).as_deref().and_then(shown).unwrap_or_default(),
    }
}

/// Seconds, or a date as RFC 9110 writes it.
fn retry_after(value: &str, now_unix_secs: i64) -> Option<Duration> {
    let value = value.trim();
    if let Ok(secs) = value.parse::<u64>() {
        return Some(Duration::from_secs(secs));
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp().as_second();
    Some(Duration::from_secs(at.saturating_sub(now_unix_secs).try_into().unwrap_or(0)))
}

fn shown(text: &str) -> Option<String> {
    Some(clean(text)?.chars().take(MAX_SHOWN_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        // 2026-11-21T15:47:57Z
        let now = 1_795_276_077;
        for (value, secs) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sat, 21 Nov 2026 15:49:57 GMT", Some(120)),
            ("Sat, 21 Nov 2026 15:00:00 GMT", Some(0)),
            ("-5", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after(value, now), secs.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn a_problem_says_which_batch_and_anything_else_says_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "application/problem+json".parse().unwrap());
        let body = br#"{ "title": "malformed", "detail": "bad\u0007 item", "first": 3, "last": 9, "seq": 4, "reason": "malformed" }"#;
        let answer = read(400, &headers, body, 0);
        let refused = answer.refused.unwrap();
        assert_eq!((refused.first, refused.last, refused.seq), (3, 9, Some(4)));
        assert!(answer.detail.starts_with("bad") && !answer.detail.contains('\u{7}'), "{}", answer.detail);
        let answer = read(502, &HeaderMap::new(), b"<html>bad gateway</html>", 0);
        assert_eq!(answer, Answer { status: 502, ..Answer::default() });
    }
}
