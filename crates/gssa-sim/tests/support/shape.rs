//! The shape of a document: the places of its values, with their types.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Reads a reply, malformed as they come. Plain text becomes the same records.
pub(crate) fn document(text: &str) -> Value {
    let text = text.trim();
    if text.starts_with("STATUS=") {
        return records(text);
    }
    let mut repaired = text.replace("}{", "},{").replace(":nan", ":0").replace(":inf", ":0");
    repaired.retain(|letter| !matches!(letter, '\n' | '\r' | '\t'));
    serde_json::from_str(&repaired).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn records(text: &str) -> Value {
    let mut sections = Map::new();
    for record in text.split('|').map(str::trim).filter(|record| !record.is_empty()) {
        let name = record.split(['=', ',']).next().expect("a record has a name");
        let record = record.strip_prefix(&format!("{name},")).unwrap_or(record);
        let section = if name == "POOL" { "POOLS" } else { name };
        let mut fields = Map::new();
        // A comma separates only where a key and a sign of equality follow: texts of drivers hold commas.
        let mut last: Option<String> = None;
        for part in record.split(',') {
            match part.split_once('=') {
                Some((key, value)) if !key.contains('[') => {
                    fields.insert(key.to_owned(), value.into());
                    last = Some(key.to_owned());
                }
                _ => {
                    if let Some(Value::String(value)) = last.as_ref().and_then(|key| fields.get_mut(key)) {
                        value.push(',');
                        value.push_str(part);
                    }
                }
            }
        }
        let list = sections.entry(section).or_insert_with(|| Value::Array(Vec::new()));
        list.as_array_mut().expect("a section is a list").push(Value::Object(fields));
    }
    Value::Object(sections)
}

/// Differences between two documents; what lies inside a list that is empty on one side cannot differ.
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
