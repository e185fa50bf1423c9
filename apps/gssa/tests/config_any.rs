//! Whatever is written, the check gives an answer.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;

use gssa::config::{Configuration, MASK, Options, Problem};
use gssa_model::SourceKind;
use proptest::prelude::*;
use serde_json::{Value, json};

fn load(file: &Value, env: &[(&str, &str)], overrides: &Value) -> Configuration {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    fs::write(&path, file.to_string()).unwrap();
    let env = env.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Configuration::load(Options { path, env, overrides: overrides.clone(), supported: &SourceKind::ALL })
}

/// Any JSON, with keys of ours among the others so that it gets somewhere.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        "[a-z.\\[\\]]{0,3}",
        proptest::sample::select(vec![
            "server",
            "polling",
            "kinds",
            "limits",
            "sources",
            "hooks",
            "uplinks",
            "discovery",
            "agent",
            "logging",
            "axeos",
            "gss",
            "interval_secs",
            "timeout_ms",
            "password_hash",
            "api_tokens",
            "hash",
            "credentials",
            "password",
            "api_key",
            "token",
            "id",
            "name",
            "kind",
            "address",
            "chip_celsius",
            "warning",
            "critical",
            "endpoints",
            "path",
            "env",
            "file",
            "endpoint",
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..100_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        proptest::sample::select(vec![MASK, "axeos", "gss", "a", "wss://h", "$argon2id$", "sha256:", ""])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|keys| Value::Object(keys.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_candidate_breaks_the_check(candidate in any_json(), kept in any_json()) {
        let problems = load(&kept, &[], &json!({})).check(&candidate);
        prop_assert!(candidate.is_object() || problems.iter().any(Problem::is_error));
        let configuration = load(&kept, &[("GSSA_AGENT__NAME", "x")], &candidate);
        configuration.check(&candidate);
        let again = configuration.check(&configuration.shown());
        prop_assert!(again.iter().all(|problem| !problem.message.contains("`********`") || kept.to_string().contains(MASK)));
    }

    #[test]
    fn no_variable_breaks_the_load(name in "GSSA_[A-Z_]{0,30}", text in any::<String>()) {
        load(&json!({}), &[(&name, &text)], &Value::Null).current();
    }
}
