//! Names and values in text that is no JSON, or broken: `"key":"value"`, `Key=value,`, `Key[value]`, `Key: value` on a line of its own.

use super::keys::{Rule, rule};
use super::places::Places;
use super::{forms, value};

/// The longest name that is looked at, in bytes.
const MAX_KEY_BYTES: usize = 64;

/// The text without what is not to be shown.
pub(super) fn redact(text: &str, places: &mut Places) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, b) in text.bytes().enumerate() {
        if at < done {
            continue;
        }
        let pair = match b {
            b'=' => equals(text, at),
            b'[' => brackets(text, at),
            b':' => quoted(text, at).or_else(|| line(text, at)),
            _ => None,
        };
        let Some(Pair { rule, begin, end }) = pair else { continue };
        out.push_str(&forms::redact(&text[done..begin], places));
        let redacted = value(rule, &text[begin..end], places);
        // Broken JSON is not to be broken further.
        if redacted.contains(['"', '\\']) && redacted != text[begin..end] {
            out.push_str(&redacted.replace(['"', '\\'], "'"));
        } else {
            out.push_str(&redacted);
        }
        done = end;
    }
    out.push_str(&forms::redact(&text[done..], places));
    out
}

/// A value whose key has a rule, by its place.
struct Pair {
    rule: Rule,
    begin: usize,
    end: usize,
}

/// `Pass=x,`
fn equals(text: &str, at: usize) -> Option<Pair> {
    let rule = rule(name_before(text, at, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.'))?)?;
    let begin = at + 1;
    let behind = &text[begin..];
    if let Some(text) = behind.strip_prefix('"') {
        let length = text.find('"').unwrap_or(text.len());
        return Some(Pair { rule, begin: begin + 1, end: begin + 1 + length });
    }
    let length = behind.find([',', '|', '&', ';', '\n', '\r', '\0', '"', '\'', '<', '>']).unwrap_or(behind.len());
    Some(Pair { rule, begin, end: begin + length })
}

/// `DNA[02010000]`
fn brackets(text: &str, at: usize) -> Option<Pair> {
    let rule = rule(name_before(text, at, |c| c.is_ascii_alphanumeric() || c == '_')?)?;
    let begin = at + 1;
    let length = text[begin..].find(['[', ']'])?;
    text[begin + length..].starts_with(']').then_some(Pair { rule, begin, end: begin + length })
}

/// `"pass":"x"`, or with a value that has no quotes.
fn quoted(text: &str, at: usize) -> Option<Pair> {
    let before = text[..at].trim_end_matches(' ').strip_suffix('"')?;
    let begins = before.rfind('"')? + 1;
    let name = &before[begins..];
    let rule = rule(name).filter(|_| name.len() <= MAX_KEY_BYTES)?;
    let behind = &text[at + 1..];
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t', '\n', '\r']).len();
    let begin = at + 1 + blanks;
    let behind = &text[begin..];
    if let Some(text) = behind.strip_prefix('"') {
        return Some(Pair { rule, begin: begin + 1, end: begin + 1 + text_length(text) });
    }
    // A number, or what should be one. Only what is secret; and never what holds more.
    let length = behind.find([',', '}', ']', '{', '[', ' ', '\n', '\r', '\0']).unwrap_or(behind.len());
    let is_bare =
        behind[..length].starts_with(|c: char| c.is_ascii_digit()) && matches!(rule, Rule::Secret | Rule::Serial);
    is_bare.then_some(Pair { rule, begin, end: begin + length })
}

/// How long a text in quotes is. Drivers write quotes into it unescaped, so it ends with one that something of JSON follows.
fn text_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, b) in text.bytes().enumerate() {
        match b {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => {
                let follows = text[at + 1..].trim_start_matches([' ', '\t', '\n', '\r']);
                if follows.is_empty() || follows.starts_with([',', '}', ']', '\0', '|']) {
                    return at;
                }
            }
            b'\n' | 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// `Serial: 17` at the begin of a line.
fn line(text: &str, at: usize) -> Option<Pair> {
    let name = name_before(text, at, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' '))?;
    let is_first = text[..at].strip_suffix(name)?.trim_end_matches([' ', '\t']);
    let rule = rule(name).filter(|_| is_first.is_empty() || is_first.ends_with(['\n', '\r']))?;
    let behind = &text[at + 1..];
    let begin = at + 1 + (behind.len() - behind.trim_start_matches([' ', '\t']).len());
    // A link has a colon too.
    let length = text[begin..].find(['\n', '\r', '\0']).unwrap_or(text.len() - begin);
    (length > 0 && begin > at + 1).then_some(Pair { rule, begin, end: begin + length })
}

/// The name that ends before a place.
fn name_before(text: &str, at: usize, is_part: impl Fn(char) -> bool) -> Option<&str> {
    let before = &text[..at];
    let begin = before.char_indices().rev().take_while(|(_, c)| is_part(*c)).take(MAX_KEY_BYTES).last()?.0;
    Some(&before[begin..])
}
