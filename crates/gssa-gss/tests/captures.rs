//! Real answers against figures that were derived by hand, where both are at hand.
//!
//! Captures of real pools are not part of this repository. Beside a checkout that has them, this compares each with what is expected of
//! it; elsewhere there is nothing to do.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::Path;

use gssa_gss::gse::{self, Estimates};
use serde_json::Value;

#[test]
fn every_capture_gives_the_figures_that_were_derived_by_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let Ok(cases) = fs::read_to_string(folder.join("replay/cases.json")) else { return };
    let cases: Value = serde_json::from_str(&cases).unwrap();
    let mut misses = Vec::new();
    let mut count = 0;
    for case in cases["cases"].as_array().unwrap().iter().filter(|case| case["kind"] == "gss") {
        count += 1;
        let body = |path: &str| fs::read(folder.join("captures").join(case["http"][path].as_str().unwrap())).unwrap();
        let stats = gse::parse_stats(&body("/api/v1/stats")).unwrap();
        let sessions = gse::parse_sessions(&body("/api/v1/miners")).unwrap();
        let snapshot = gse::normalize(&stats, Some(&sessions), &Estimates::default());
        let snapshot = serde_json::to_value(snapshot).unwrap();
        assert!(!snapshot.to_string().contains("null"), "{snapshot}");
        assert_eq!(snapshot["gaps"], serde_json::json!([]));
        let name = case["name"].as_str().unwrap();
        misses.extend(compare(&case["expect"], &snapshot).into_iter().map(|miss| format!("{name}: {miss}")));
    }
    assert_eq!(misses, Vec::<String>::new());
    assert!(count >= 2, "{count} cases");
}

/// What differs from the expectations of a snapshot, a coin or a worker.
fn compare(expect: &Value, found: &Value) -> Vec<String> {
    let by_name = |list: &str, name: &str, key: &str| {
        let mut entries = found[list].as_array().into_iter().flatten();
        entries.find(|entry| entry[name] == *key).cloned().unwrap_or_default()
    };
    let one = |(key, wanted): (&String, &Value)| -> Vec<String> {
        match key.as_str() {
            "coins" => inside(wanted, |key| by_name("coins", "key", key)),
            "workers" => inside(wanted, |name| by_name("workers", "name", name)),
            "absent" => {
                let pointers = wanted.as_array().unwrap().iter().filter_map(Value::as_str);
                pointers.filter_map(|at| found.pointer(at).map(|there| format!("{at}: there is {there}"))).collect()
            }
            at => {
                let got = found.pointer(at);
                if matches(wanted, got) { Vec::new() } else { vec![format!("{at}: expected {wanted}, got {got:?}")] }
            }
        }
    };
    expect.as_object().unwrap().iter().flat_map(one).collect()
}

fn inside(expect: &Value, entry: impl Fn(&str) -> Value) -> Vec<String> {
    let one = |(key, wanted): (&String, &Value)| {
        let found = entry(key);
        let missing = found.is_null().then(|| format!("{key}: not there"));
        let misses = compare(wanted, &found).into_iter().map(|miss| format!("{key}: {miss}")).collect::<Vec<_>>();
        missing.into_iter().chain(misses).collect::<Vec<_>>()
    };
    expect.as_object().unwrap().iter().flat_map(one).collect()
}

fn matches(wanted: &Value, got: Option<&Value>) -> bool {
    let (wanted, tolerance) = match wanted.get("value") {
        Some(value) => (value, wanted["tolerance"].as_f64().unwrap_or(1e-6)),
        None => (wanted, 1e-6),
    };
    match (wanted.as_f64(), got.and_then(Value::as_f64)) {
        (Some(wanted), Some(got)) => (wanted - got).abs() <= tolerance * wanted.abs().max(got.abs()),
        _ => Some(wanted) == got,
    }
}
