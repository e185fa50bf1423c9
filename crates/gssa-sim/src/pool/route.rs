//! What a pool answers when it behaves: paths, keys.

use super::gss::Scene;
use super::ledger::CoinAccount;
use super::{CoinSpec, gse, gss};
use crate::http::{Reply, Request};
use crate::json::{Json, Style};

const JSON: &str = "application/json";
const PLAIN: &str = "text/plain; charset=utf-8";

/// The key that the paths without a key stand for.
const LEGACY_KEY: &str = "DGB";

/// A document about a coin key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Document {
    Pool,
    Miners,
}

impl Document {
    fn named(name: &str) -> Option<Self> {
        match name {
            "metrics/pool" => Some(Self::Pool),
            "metrics/miners" => Some(Self::Miners),
            _ => None,
        }
    }
}

/// Whether it is the list of workers, which may take longer.
pub(super) fn is_slow(request: &Request) -> bool {
    request.path.ends_with("/miners")
}

/// Answers a request as the program does.
pub(super) fn answer(scene: &Scene<'_>, request: &Request) -> Reply {
    if scene.spec.program.is_engine() { engine(scene, request) } else { slim(scene, request) }
}

fn engine(scene: &Scene<'_>, request: &Request) -> Reply {
    let Some(name) = request.path.strip_prefix(scene.spec.program.prefix()) else { return not_found() };
    match (name, request.method.as_str()) {
        ("/health", _) => json(&Json::object([("status", "ok".into())])),
        ("/stats", "GET") => json(&gse::stats(scene)),
        ("/miners", "GET") => json(&gse::miners(scene)),
        ("/stats" | "/miners", _) => Reply::new(405, PLAIN, "method not allowed\n"),
        _ => not_found(),
    }
}

fn slim(scene: &Scene<'_>, request: &Request) -> Reply {
    let Some(path) = request.path.strip_prefix("/api/v1/") else { return not_found() };
    let is_health = path == "health";
    let asks_for = scene.spec.api_key.as_ref().filter(|_| scene.spec.program.knows_keys());
    if let Some(key) = asks_for
        && (!is_health || scene.spec.form.health_needs_key)
        && request.api_key.as_ref() != Some(key)
    {
        return Reply::new(401, JSON, r#"{"error":"unauthorized"}"#);
    }
    if request.writes() {
        return Reply::new(405, PLAIN, "method not allowed\n");
    }
    if is_health {
        return json(&gss::health(scene));
    }
    let with_key = path.split_once('/').and_then(|(key, name)| Some((decoded(key)?, Document::named(name)?)));
    let with_key = with_key.filter(|_| !scene.spec.form.only_legacy_paths);
    let legacy = || {
        let document = Document::named(path).filter(|_| scene.spec.program.has_legacy_paths())?;
        Some((LEGACY_KEY.to_owned(), document))
    };
    // `metrics` could be a coin key, and is none.
    let Some((key, document)) = legacy().or(with_key) else { return not_found() };
    match coin(scene, &key) {
        Some((coin, account)) => json(&match document {
            Document::Pool => gss::pool(scene, coin, account),
            Document::Miners => gss::miners(scene, account),
        }),
        None => Reply::new(404, JSON, r#"{"error":"coin not found"}"#),
    }
}

fn coin<'a>(scene: &Scene<'a>, key: &str) -> Option<(&'a CoinSpec, &'a CoinAccount)> {
    let coin = scene.spec.coins.iter().find(|coin| coin.key == key)?;
    Some((coin, scene.ledger.coin(key)?))
}

/// A segment of a path as it was before it was encoded. `None` if that is no text.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

fn json(body: &Json) -> Reply {
    let mut bytes = body.to_bytes(Style::Compact);
    bytes.push(b'\n');
    Reply::new(200, JSON, bytes)
}

fn not_found() -> Reply {
    Reply::new(404, PLAIN, "404 page not found\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_decoded() {
        assert_eq!(decoded("DGB-BIG").as_deref(), Some("DGB-BIG"));
        assert_eq!(decoded("btc%2Fknots%20%C3%9C").as_deref(), Some("btc/knots Ü"));
        for wrong in ["%", "%4", "%zz", "%ff"] {
            assert_eq!(decoded(wrong), None, "{wrong}");
        }
    }
}
