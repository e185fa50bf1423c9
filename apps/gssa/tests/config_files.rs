//! The files in the repository that people copy: the example and the schema.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};

use gssa::config::{Config, Configuration, Options, schema};
use gssa_model::SourceKind;
use serde_json::{Value, json};

fn repository(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)
}

fn example() -> Value {
    serde_json::from_slice(&fs::read(repository("config/config.example.json")).unwrap()).unwrap()
}

#[test]
fn the_example_is_right() {
    let path = repository("config/config.example.json");
    let options = Options { path, env: Vec::new(), overrides: json!({}), supported: &SourceKind::ALL };
    let loaded = Configuration::load(options).current();
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.config.sources.len(), 5);
    assert_eq!(loaded.config.uplinks.len(), 1);
}

/// The keys of a schema that a value does not have.
fn absent(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        match value.get(key) {
            Some(value) => absent(schema, value, &path, found),
            None => found.push(path[1..].to_owned()),
        }
    }
}

#[test]
fn the_example_shows_every_key() {
    let (schema, example) = (schema(), example());
    let mut found = Vec::new();
    absent(&schema, &example, "", &mut found);
    assert_eq!(found, ["server.password_hash"], "which the page sets");
    for list in ["sources", "hooks", "uplinks"] {
        let elements = example[list].as_array().unwrap();
        for key in schema["properties"][list]["items"]["properties"].as_object().unwrap().keys() {
            assert!(elements.iter().any(|element| element.get(key).is_some()), "{list}[].{key}");
        }
    }
}

#[test]
fn the_schema_file_is_what_the_types_say() {
    let path = repository("schema/config.schema.json");
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "run this test with UPDATE_SCHEMA=1 and commit {}", path.display());
}

fn assert_described(schema: &Value, path: &str) {
    for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        assert!(schema["description"].is_string(), "{path} has no description");
        assert_described(schema, &path);
        assert_described(&schema["items"], &path);
    }
}

#[test]
fn the_schema_describes_and_limits() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["title"], "GSSA configuration");
    let interval = &schema["properties"]["polling"]["properties"]["interval_secs"];
    assert_eq!(
        (&interval["minimum"], &interval["maximum"], &interval["default"]),
        (&json!(1), &json!(86400), &json!(30))
    );
    let source = &schema["properties"]["sources"]["items"];
    assert_eq!(source["required"], json!(["kind", "address"]));
    assert_eq!(source["properties"]["enabled"]["default"], true);
    assert_eq!(source["properties"]["interval_secs"]["title"], "Poll interval");
    assert_described(&schema, "");
}

#[test]
fn nothing_written_is_a_configuration() {
    let config = Config::default();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:3010");
    assert_eq!(config.polling.interval_secs, 30);
    assert!(config.sources.is_empty());
}
