//! What a form needs beside types and limits: a title for each key and `x-ui`.
//!
//! | hint | |
//! |---|---|
//! | `order` | the place among its neighbours |
//! | `unit` | what stands behind the number |
//! | `secret` | never shown; `********` keeps what is there |
//! | `advanced` | few need it |
//! | `restart` | a change is in force when the agent is started again |
//! | `kinds` | only sources of these kinds have it |

use gssa_model::SourceKind;
use serde_json::{Map, Value};

use crate::config::secret;
use crate::config::valid::kinds_with;

/// Ends of names and what they say; the name is shown without them.
const UNITS: [(&str, &str); 7] = [
    ("_secs", "s"),
    ("_ms", "ms"),
    ("_days", "d"),
    ("_mb", "MB"),
    ("_bytes", "B"),
    ("_percent", "%"),
    ("_celsius", "°C"),
];

/// Names that do not say by themselves what a person calls it.
const TITLES: [(&str, &str); 39] = [
    ("allow_plaintext", "Allow unencrypted connections"),
    ("allowed_hosts", "Host names"),
    ("anonymous_read", "View without password"),
    ("api_key", "API key"),
    ("api_tokens", "API tokens"),
    ("ca_file", "Certificate authority file"),
    ("chip_celsius", "Chip temperature"),
    ("dialect", "API"),
    ("dir", "Folder"),
    ("discovery", "Search"),
    ("docker_socket", "Container socket"),
    ("down_after_misses", "Misses until offline"),
    ("every", "With every n-th reading"),
    ("expected_percent", "Hashrate, of the expected"),
    ("fields", "What is sent"),
    ("file", "Log files"),
    ("flush_secs", "Send after at most"),
    ("group", "Place"),
    ("hash", "Token"),
    ("history_max_bytes", "Memory for history"),
    ("http_port", "Web port"),
    ("id", "ID"),
    ("interval_secs", "Poll interval"),
    ("jitter_percent", "Jitter"),
    ("kinds", "Kinds of source"),
    ("listen", "Listen at"),
    ("mask_wallets", "Shorten wallet addresses"),
    ("max_age_days", "Kept for"),
    ("max_concurrent", "Asked at the same time"),
    ("max_files", "Files kept"),
    ("max_size_mb", "Size of a file"),
    ("map", "Read as"),
    ("password_hash", "Password"),
    ("reject_percent", "Rejected shares"),
    ("ring_max_bytes", "Memory for what waits"),
    ("root", "Root of the file system"),
    ("servers", "Server IDs"),
    ("stratum_ports", "Stratum ports"),
    ("timeout_ms", "Timeout"),
];

const ADVANCED: [&str; 22] = [
    "server.allowed_hosts",
    "server.trusted_proxies",
    "polling.timeout_ms",
    "polling.max_concurrent",
    "polling.jitter_percent",
    "polling.down_after_misses",
    "polling.history_max_bytes",
    "kinds.*.timeout_ms",
    "sources[].id",
    "sources[].timeout_ms",
    "sources[].limits",
    "sources[].http_port",
    "sources[].dialect",
    "sources[].extra_endpoints",
    "sources[].servers",
    "sources[].endpoints",
    "sources[].root",
    "uplinks[].ca_file",
    "uplinks[].allow_plaintext",
    "uplinks[].ring_max_bytes",
    "uplinks[].flush_secs",
    "uplinks[].fields",
];

/// The log is set up once.
const RESTART: [&str; 2] = ["logging.format", "logging.file"];

/// Adds title and hints to every key of the schema.
pub(super) fn add(schema: &mut Value) {
    add_below(schema, "");
}

fn add_below(schema: &mut Value, path: &str) {
    if let Some(keys) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (order, (key, schema)) in keys.iter_mut().enumerate() {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            schema["title"] = title(key).into();
            schema["x-ui"] = hints(key, &path, order).into();
            add_below(schema, &path);
        }
    }
    for (inner, mark) in [("items", "[]"), ("additionalProperties", ".*")] {
        if let Some(inner) = schema.get_mut(inner).filter(|inner| inner.is_object()) {
            add_below(inner, &format!("{path}{mark}"));
        }
    }
}

fn hints(key: &str, path: &str, order: usize) -> Map<String, Value> {
    let mut hints = Map::new();
    hints.insert("order".into(), order.into());
    if let Some((_, unit)) = UNITS.iter().find(|(end, _)| key.ends_with(end)) {
        hints.insert("unit".into(), (*unit).into());
    }
    let flags = [
        ("secret", secret::KEYS.contains(&path)),
        ("advanced", ADVANCED.contains(&path)),
        ("restart", RESTART.contains(&path)),
    ];
    for (name, _) in flags.into_iter().filter(|(_, holds)| *holds) {
        hints.insert(name.into(), true.into());
    }
    if let Some(kinds) = path.strip_prefix("sources[].").and_then(kinds_with) {
        // What a miner may have, one that is found out may have too.
        let auto = kinds.contains(&SourceKind::Antminer).then_some(SourceKind::Auto);
        hints.insert("kinds".into(), auto.iter().chain(kinds).map(|kind| kind.as_str()).collect());
    }
    hints
}

/// `max_size_mb` becomes a word of the table, or else `Max size`.
fn title(key: &str) -> String {
    if let Some((_, title)) = TITLES.iter().find(|(name, _)| *name == key) {
        return (*title).to_owned();
    }
    let name = UNITS.iter().find_map(|(end, _)| key.strip_suffix(end)).unwrap_or(key);
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).map(|c| if c == '_' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at<'a>(schema: &'a Value, path: &str) -> &'a Value {
        path.split('.').fold(schema, |schema, step| match step.strip_suffix("[]") {
            Some(list) => &schema["properties"][list]["items"],
            None if step == "*" => &schema["additionalProperties"],
            None => &schema["properties"][step],
        })
    }

    #[test]
    fn a_key_has_a_title_and_its_hints() {
        let schema = crate::config::schema();
        for (path, title, hints) in [
            ("polling.interval_secs", "Poll interval", json!({ "order": 0, "unit": "s" })),
            ("server.password_hash", "Password", json!({ "order": 1, "secret": true })),
            ("sources[].credentials.password", "Password", json!({ "order": 1, "secret": true })),
            ("sources[].api_key", "API key", json!({ "order": 15, "secret": true, "kinds": ["gss"] })),
            (
                "sources[].http_port",
                "Web port",
                json!({ "order": 11, "advanced": true, "kinds": ["auto", "antminer", "canaan", "cgminer"] }),
            ),
            ("limits.*.chip_celsius", "Chip temperature", json!({ "order": 0, "unit": "°C" })),
            ("limits.*.chip_celsius.warning", "Warning", json!({ "order": 0 })),
            ("logging.file", "Log files", json!({ "order": 2, "restart": true })),
            ("logging.file.max_size_mb", "Size of a file", json!({ "order": 1, "unit": "MB" })),
            ("server.trusted_proxies", "Trusted proxies", json!({ "order": 4, "advanced": true })),
        ] {
            let key = at(&schema, path);
            assert_eq!((&key["title"], &key["x-ui"]), (&json!(title), &hints), "{path}");
        }
    }

    #[test]
    fn every_path_of_the_tables_is_a_key() {
        let schema = crate::config::schema();
        for path in ADVANCED.iter().chain(&RESTART).chain(&secret::KEYS) {
            assert!(at(&schema, path)["x-ui"].is_object(), "{path}");
        }
        let text = schema.to_string();
        for (name, _) in TITLES {
            assert!(text.contains(&format!("\"{name}\":{{")), "{name} is no key");
        }
    }
}
