//! JSON, value by value: what changes is written anew, everything else stays as the peer wrote it.

use serde::de::IgnoredAny;

use super::keys::{Rule, is_workers, rule};
use super::places::Places;
use super::{forms, pairs, value};

/// What a value stands in.
#[derive(Debug, Clone, Copy)]
enum Within {
    Object {
        /// The rule for values whose own key has none.
        inherited: Option<Rule>,
        /// The rule for the value that comes next.
        next: Option<Rule>,
        /// Whether a key comes next.
        at_key: bool,
        /// Whether it is a worker of a pool, whose `name` is an account or a wallet.
        is_worker: bool,
        /// Whether the value that comes next is a list of such.
        next_is_workers: bool,
    },
    List {
        rule: Option<Rule>,
        of_workers: bool,
    },
}

/// The document without what is not to be shown; `None` if it is no JSON.
pub(super) fn redact(text: &str, places: &mut Places) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len());
    let mut within = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => string_length(rest),
            '-' | '0'..='9' => {
                rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(rest.len())
            }
            _ => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        match c {
            '"' => out.push_str(&string(token, &mut within, places)),
            '-' | '0'..='9' => out.push_str(&number(token, rule_here(&within), places)),
            _ => {
                out.push(c);
                step(c, &mut within);
            }
        }
    }
    Some(out)
}

/// Goes into a container and out of it, and on to the next member.
fn step(c: char, within: &mut Vec<Within>) {
    let here = rule_here(within);
    let (is_worker, is_workers) = match within.last() {
        Some(Within::List { of_workers, .. }) => (*of_workers, false),
        Some(Within::Object { next_is_workers, .. }) => (false, *next_is_workers),
        None => (false, false),
    };
    match c {
        // What is secret of a whole object is secret of its members; any other rule is about a text.
        '{' => {
            let inherited = here.filter(|rule| *rule == Rule::Secret);
            within.push(Within::Object { inherited, next: inherited, at_key: true, is_worker, next_is_workers: false });
        }
        '[' => within.push(Within::List { rule: here, of_workers: is_workers }),
        '}' | ']' => drop(within.pop()),
        ',' => {
            if let Some(Within::Object { inherited, next, at_key, .. }) = within.last_mut() {
                (*next, *at_key) = (*inherited, true);
            }
        }
        _ => {}
    }
}

fn rule_here(within: &[Within]) -> Option<Rule> {
    match within.last()? {
        Within::Object { next, .. } => *next,
        Within::List { rule, .. } => *rule,
    }
}

/// A string with its quotes. A key gives the rule for what follows.
fn string(token: &str, within: &mut [Within], places: &mut Places) -> String {
    let Ok(text) = serde_json::from_str::<String>(token) else { return token.to_owned() };
    let redacted = match within.last_mut() {
        Some(Within::Object { inherited, next, at_key: at_key @ true, is_worker, next_is_workers }) => {
            *at_key = false;
            let of_worker = (*is_worker && text == "name").then_some(Rule::User);
            *next = rule(&text).or(of_worker).or(*inherited);
            *next_is_workers = is_workers(&text);
            forms::redact_key(&text, places)
        }
        _ => match rule_here(within) {
            Some(rule) => value(rule, &text, places).into_owned(),
            None => pairs::redact(&text, places),
        },
    };
    if redacted == text {
        return token.to_owned();
    }
    let written = serde_json::Value::String(redacted).to_string();
    // As the one who wrote it does.
    if token.contains("\\/") { written.replace('/', "\\/") } else { written }
}

/// A number stays one.
fn number(token: &str, rule: Option<Rule>, places: &mut Places) -> String {
    match rule {
        Some(rule @ (Rule::Secret | Rule::Serial)) if token.bytes().any(|b| (b'1'..=b'9').contains(&b)) => {
            value(rule, token, places);
            "0".to_owned()
        }
        _ => token.to_owned(),
    }
}

/// The length of the string that `text` begins with, its quotes included.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, b) in text.bytes().enumerate().skip(1) {
        match b {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
