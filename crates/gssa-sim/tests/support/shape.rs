//! The shape of a document: the places of its values, with their types.

use std::collections::BTreeSet;

use serde_json::Value;

/// Differences between two documents; what lies inside a list that is empty on one side cannot differ.
/// Each is `+ place type` for what only the twin has and `- place type` for what only the capture has.
pub(crate) fn differences(capture: &Value, twin: &Value) -> Vec<String> {
    let (mut theirs, mut ours, mut unknown) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    places(capture, "", &mut theirs);
    places(twin, "", &mut ours);
    empty_lists(capture, "", &mut unknown);
    empty_lists(twin, "", &mut unknown);
    let known = |place: &&String| !unknown.iter().any(|list| place.starts_with(list.as_str()));
    let side = |place: &String| format!("{} {place}", if ours.contains(place) { "+" } else { "-" });
    theirs.symmetric_difference(&ours).filter(known).map(side).collect()
}

/// The places of a document with their types, `/pools/0/id number`. Elements of an array share a place; an empty array has none.
fn places(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    found.insert(format!("{at} {kind}"));
    match value {
        Value::Array(items) => items.iter().for_each(|item| places(item, &format!("{at}/0"), found)),
        Value::Object(members) => {
            members.iter().for_each(|(key, member)| places(member, &format!("{at}/{key}"), found));
        }
        // The one text that is a document of its own.
        Value::String(text) if at.contains("MM ID") || at.ends_with("HBinfo") => {
            found.extend(items(text).map(|key| format!("{at} [{key}]")));
        }
        _ => {}
    }
}

/// The keys of `Ver[…] DNA[…]`.
fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split('[').filter_map(|before| {
        let key = before.rsplit([']', ' ', '{', '}', ',', '\'']).next()?;
        (!key.is_empty() && key.starts_with(|letter: char| letter.is_ascii_alphabetic())).then_some(key)
    })
}

fn empty_lists(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) if items.is_empty() => found.push(format!("{at}/0")),
        Value::Array(items) => items.iter().for_each(|item| empty_lists(item, &format!("{at}/0"), found)),
        Value::Object(members) => {
            members.iter().for_each(|(key, member)| empty_lists(member, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}
