//! The text form, `A=1,B=2|`, as the value that the JSON form would have given.

use std::collections::BTreeMap;

use super::value::Value;

/// The longest key of a field.
const MAX_KEY_CHARS: usize = 64;

/// Reads `STATUS=S,…|SUMMARY,Elapsed=1,…|` and `CMD=summary|…|CMD=pools|…`. Gives `None` for a text that is neither. Every value is
/// a text; the wire types read numbers from texts.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let text = text.trim_start();
    if !text.starts_with("STATUS=") && !text.starts_with("CMD=") {
        return None;
    }
    let (mut joined, mut current) = (Vec::new(), Sections::new());
    let mut command: Option<Box<str>> = None;
    for section in split(text, b'|') {
        let section = section.trim();
        if section.is_empty() {
            continue;
        }
        if let Some(name) = section.strip_prefix("CMD=") {
            keep(&mut joined, command.replace(name.into()), &mut current);
        } else {
            add(&mut current, section);
        }
    }
    if command.is_none() {
        return Some(object(current));
    }
    keep(&mut joined, command, &mut current);
    Some(Value::Object(joined.into_iter().collect()))
}

/// The rows of one reply by section.
type Sections = BTreeMap<Box<str>, Vec<Value>>;

fn object(reply: Sections) -> Value {
    Value::Object(reply.into_iter().map(|(name, rows)| (name, Value::Array(rows))).collect())
}

/// Puts a whole reply under its command, as joined JSON does.
fn keep(joined: &mut Vec<(Box<str>, Value)>, command: Option<Box<str>>, reply: &mut Sections) {
    let reply = std::mem::take(reply);
    if let Some(command) = command {
        joined.push((command, Value::Array(vec![object(reply)])));
    }
}

/// One section: its name and a comma (`SUMMARY,`), or an indexed first key (`POOL=0,`).
fn add(reply: &mut Sections, section: &str) {
    let mut fields = fields(section).into_iter();
    let Some(first) = fields.next() else { return };
    let mut row = Vec::new();
    let name = match first.split_once('=') {
        Some((key, value)) => {
            row.push(member(key, value));
            match key.trim() {
                "POOL" => "POOLS",
                "ASC" | "PGA" | "GPU" => "DEVS",
                other => other,
            }
        }
        None => first.trim(),
    };
    row.extend(fields.filter_map(|field| field.split_once('=').map(|(key, value)| member(key, value))));
    reply.entry(name.into()).or_default().push(Value::Object(row.into_iter().collect()));
}

fn member(key: &str, value: &str) -> (Box<str>, Value) {
    (key.trim().into(), Value::from(&*unescaped(value)))
}

/// The fields of a section. What drivers write is not escaped: `SYSTEMSTATU[Work: In Work, Hash Board: 3 ]` holds a comma. So a field
/// begins after a comma only where `key=` follows and no bracket is open.
fn fields(section: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    let mut open = 0_i32;
    for piece in split(section, b',') {
        let begins = piece.split_once('=').is_some_and(|(key, _)| is_key(key));
        match fields.last_mut() {
            Some(last) if open > 0 || !begins => {
                last.push(',');
                last.push_str(piece);
            }
            _ => fields.push(piece.to_owned()),
        }
        open = (open + balance(piece)).max(0);
    }
    fields
}

fn is_key(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().count() <= MAX_KEY_CHARS && !text.contains(['[', ']', '\\'])
}

fn balance(piece: &str) -> i32 {
    piece.bytes().fold(0, |open, byte| match byte {
        b'[' => open + 1,
        b']' => open - 1,
        _ => open,
    })
}

/// Splits at a separator that no backslash stands before.
fn split(text: &str, separator: u8) -> Vec<&str> {
    let (mut pieces, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, byte) in text.bytes().enumerate() {
        if escaped {
            escaped = false;
        } else if byte == b'\\' {
            escaped = true;
        } else if byte == separator {
            pieces.push(&text[start..at]);
            start = at + 1;
        }
    }
    pieces.push(&text[start..]);
    pieces
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::value::json;

    #[test]
    fn sections_and_rows_are_those_of_the_json_form() {
        let text = "STATUS=S,When=1,Code=7,Msg=2 Pool(s),Description=cgminer 4.11.1|POOL=0,URL=a,User=x\\,y\\|z|POOL=1,URL=b| ";
        let expected = json!({
            "STATUS": [{ "STATUS": "S", "When": "1", "Code": "7", "Msg": "2 Pool(s)", "Description": "cgminer 4.11.1" }],
            "POOLS": [{ "POOL": "0", "URL": "a", "User": "x,y|z" }, { "POOL": "1", "URL": "b" }],
        });
        assert_eq!(parse(text), Some(expected));
    }

    #[test]
    fn a_comma_in_the_text_of_a_driver_divides_nothing() {
        let text = "STATUS=S|STATS=0,ID=AVA100,MM ID0=Ver[1066-1] SYSTEMSTATU[Work: In Work, Hash Board: 3 ] A[--x 1,b=2] ,MM Count=1|";
        let mm = "Ver[1066-1] SYSTEMSTATU[Work: In Work, Hash Board: 3 ] A[--x 1,b=2] ";
        let row = json!({ "STATS": "0", "ID": "AVA100", "MM ID0": mm, "MM Count": "1" });
        let expected = [("STATUS".into(), json!([{ "STATUS": "S" }])), ("STATS".into(), Value::Array(vec![row]))];
        assert_eq!(parse(text), Some(Value::Object(expected.into_iter().collect())));
    }

    #[test]
    fn joined_replies_stand_under_their_commands() {
        let text = "CMD=summary|STATUS=S,Code=11|SUMMARY,Elapsed=5|CMD=pools|STATUS=E,Code=8|";
        let expected = json!({
            "summary": [{ "STATUS": [{ "STATUS": "S", "Code": "11" }], "SUMMARY": [{ "Elapsed": "5" }] }],
            "pools": [{ "STATUS": [{ "STATUS": "E", "Code": "8" }] }],
        });
        assert_eq!(parse(text), Some(expected));
        assert_eq!(parse("hello"), None);
    }
}
