//! The first pass: unknown keys, wrong types, values out of range. All of them at once, each with its path.
//!
//! What is wrong is taken out, so that the rest can be read; the built-in value, if there is one, takes its place.

use serde_json::{Map, Value};

use super::nearest::hint;
use super::problems::{Problems, key, nth, shown};
use super::shape::{FILE, Shape};

/// Checks a merged configuration and removes from it what cannot be read as the [`raw`](super::raw) types.
pub(super) fn check(merged: &mut Value, defaults: &Value, problems: &mut Problems<'_>) {
    if !fits(merged, &FILE, Some(defaults), "", problems) {
        *merged = defaults.clone();
    }
}

/// Whether a value has its shape, after its wrong parts were removed.
fn fits(value: &mut Value, shape: &Shape, default: Option<&Value>, path: &str, problems: &mut Problems<'_>) -> bool {
    let complaint = match (shape, &mut *value) {
        (Shape::Bool, Value::Bool(_)) => None,
        (Shape::Integer { min, max }, Value::Number(n)) if n.is_u64() || n.is_i64() => {
            n.as_f64().and_then(|n| out_of_range(n, *min, *max))
        }
        (Shape::Number { min, max }, Value::Number(n)) => n.as_f64().and_then(|n| out_of_range(n, *min, *max)),
        (Shape::Text { min_chars, max_chars }, Value::String(text)) => wrong_length(text, *min_chars, *max_chars),
        (Shape::Word(words), Value::String(word)) => no_such_word(word, words),
        (Shape::Secret, secret) => {
            let is_secret = super::secret::Written::from_value(secret).is_some();
            (!is_secret).then(|| format!("must be {}", shape.words()))
        }
        (Shape::List { max, .. }, Value::Array(list)) if list.len() > *max => {
            Some(format!("has {} elements; at most {max} are allowed", list.len()))
        }
        (Shape::List { of, .. }, Value::Array(list)) => return elements(list, of, path, problems),
        (Shape::Table { .. } | Shape::Map { .. }, Value::Object(keys)) => {
            members(keys, shape, default, path, problems);
            None
        }
        (_, found) => Some(format!("must be {}, not {}", shape.words(), type_words(found))),
    };
    complaint.map(|complaint| problems.error(path, complaint)).is_none()
}

/// A wrong element of a list of objects becomes an empty object, so that those after it keep their number. A list of anything else is
/// right as a whole or not at all.
fn elements(list: &mut [Value], of: &Shape, path: &str, problems: &mut Problems<'_>) -> bool {
    let is_table = matches!(of, Shape::Table { .. });
    let mut all = true;
    for (index, element) in list.iter_mut().enumerate() {
        if !fits(element, of, None, &nth(path, index), problems) {
            all = false;
            *element = Value::Object(Map::new());
        }
    }
    all || is_table
}

fn members(
    keys: &mut Map<String, Value>,
    shape: &Shape,
    default: Option<&Value>,
    path: &str,
    problems: &mut Problems<'_>,
) {
    let names = shape.names();
    keys.retain(|name, _| {
        let known = shape.key(name).is_some();
        if !known {
            let message = format!("unknown key `{}`{}", shown(name), hint(name, names.iter().copied()));
            problems.error(&key(path, name), message);
        }
        known
    });
    let present: Vec<String> = match shape {
        Shape::Table { keys: known, .. } => known.iter().map(|(name, _)| name.clone()).collect(),
        _ => keys.keys().cloned().collect(),
    };
    for name in present {
        let (Some(value), Some(shape)) = (keys.get_mut(&name), shape.key(&name)) else { continue };
        let default = default.and_then(|default| default.get(&name));
        if !fits(value, shape, default, &key(path, &name), problems) {
            match default {
                Some(default) => *value = default.clone(),
                None => drop(keys.shift_remove(&name)),
            }
        }
    }
    if let Shape::Table { required, .. } = shape {
        for name in required.iter().filter(|name| !keys.contains_key(*name)) {
            let path = key(path, name);
            // What was there and wrong has been reported.
            if !problems.any_error_in(&path) {
                problems.error(&path, missing(shape, name));
            }
        }
    }
}

fn missing(shape: &Shape, name: &str) -> String {
    match shape.key(name) {
        Some(Shape::Word(words)) => format!("is missing; it is one of {}", listed(words)),
        _ => "is missing".into(),
    }
}

fn out_of_range(n: f64, min: Option<f64>, max: Option<f64>) -> Option<String> {
    let inside = min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max);
    let allowed = match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => return None,
    };
    (!inside).then(|| format!("must be {allowed}, not {n}"))
}

fn wrong_length(text: &str, min: usize, max: usize) -> Option<String> {
    if text.trim().chars().count() < min {
        return Some("must not be empty".into());
    }
    (text.len() > max && text.chars().count() > max).then(|| format!("must have at most {max} characters"))
}

fn no_such_word(word: &str, words: &[String]) -> Option<String> {
    if words.iter().any(|known| known == word) {
        return None;
    }
    Some(format!("`{}` is none of {}{}", shown(word), listed(words), hint(word, words.iter().map(String::as_str))))
}

fn listed(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn type_words(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(n) if n.is_f64() => "a number with decimals",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
