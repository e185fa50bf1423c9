//! What holds for every snapshot, whatever a device answered.

use gssa_model::MinerSnapshot;
use serde_json::Value;

/// The most gaps that a reading keeps.
const MAX_GAPS: usize = 64;

/// The most entries of any other list: rows of a section, modules of a stack, chips of a board.
const MAX_ENTRIES: usize = 1024;

/// The most windows of a hashrate.
const MAX_WINDOWS: usize = 16;

/// The longest text in characters: one of a device, and what is said around it.
const MAX_TEXT_CHARS: usize = 512;

/// The longest snapshot in bytes of JSON. The cap of a reply is no less.
const MAX_JSON_BYTES: usize = 1024 * 1024;

/// Panics unless a snapshot can be kept, shown and sent: it is JSON without a null, which is what a number that is none becomes; its
/// lists and texts are bounded, and a terminal has nothing in them to obey.
pub(crate) fn assert_sound(snapshot: &MinerSnapshot) {
    assert!(snapshot.gaps.len() <= MAX_GAPS, "{} gaps", snapshot.gaps.len());
    let json = serde_json::to_value(snapshot).expect("a snapshot can be written");
    let windows = json["hashing"]["windows_hps"].as_object().map_or(0, serde_json::Map::len);
    assert!(windows <= MAX_WINDOWS, "{windows} windows");
    let text = json.to_string();
    assert!(text.len() <= MAX_JSON_BYTES, "{} bytes of JSON", text.len());
    walk(&json, "");
    let again: MinerSnapshot = serde_json::from_value(json).expect("a snapshot can be read");
    assert_eq!(again.gaps, snapshot.gaps);
}

fn walk(value: &Value, at: &str) {
    match value {
        Value::Null => panic!("null at {at}"),
        Value::String(text) => assert_clean(text, at),
        Value::Array(list) => {
            assert!(list.len() <= MAX_ENTRIES, "{} entries at {at}", list.len());
            for entry in list {
                walk(entry, at);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                assert_clean(key, at);
                walk(member, key);
            }
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

fn assert_clean(text: &str, at: &str) {
    assert!(text.chars().count() <= MAX_TEXT_CHARS, "{} bytes of text at {at}", text.len());
    let obeyed =
        text.chars().find(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    assert_eq!(obeyed, None, "a character that a terminal obeys at {at}: {text:?}");
}
