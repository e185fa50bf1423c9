//! The repair of JSON that is not quite JSON. An input is the text.

use gssa_cgminer::repair;
use serde_json::Value;

/// By how much a repair may make a text longer: a control character of one byte becomes `\u0000`.
const MAX_TIMES_LONGER: usize = 6;

/// Panics unless a repair keeps what is right, gives JSON or a fault, no more of it than there can be, and has nothing left to repair.
pub(crate) fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let text = text.trim_start();
    // A document is an object or a list.
    if !text.starts_with(['{', '[']) {
        return;
    }
    let repaired = repair(text);
    if serde_json::from_str::<Value>(text).is_ok() {
        assert_eq!(repaired.as_deref(), Ok(text), "what is right is not changed");
        let half = (0..=text.trim_end().len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        assert!(repair(&text[..half]).is_err(), "a cut document is not completed: {:?}", &text[..half]);
    }
    let Ok(repaired) = repaired else { return };
    assert!(repaired.len() <= MAX_TIMES_LONGER * text.len() + 64, "{} bytes of {}", repaired.len(), text.len());
    assert!(serde_json::from_str::<Value>(&repaired).is_ok(), "no JSON: {repaired:?}");
    assert_eq!(repair(&repaired).as_deref(), Ok(repaired.as_str()), "nothing is left to repair");
}
