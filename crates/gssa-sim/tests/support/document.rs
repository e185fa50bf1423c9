//! Replies of the cgminer API as documents.

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
        let section = sections.entry(section).or_insert_with(|| Value::Array(Vec::new()));
        section.as_array_mut().expect("a section is a list").push(Value::Object(fields));
    }
    Value::Object(sections)
}
