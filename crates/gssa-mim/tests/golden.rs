//! Every fixture as a whole snapshot, or as why there is none.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::path::{Path, PathBuf};

use gssa_mim::Map;
use gssa_testkit::fixtures;
use serde_json::{Value, json};

mod support;

/// What an answer comes to.
fn told(map: Map, file: &Path) -> Value {
    match support::parse(file) {
        Err(error) => json!({ "error": error.to_string(), "reason": error.reason() }),
        Ok(answer) => gssa_mim::normalize(&answer, map, None).map_or_else(
            || json!({ "error": format!("JSON without {map}") }),
            |snapshot| serde_json::to_value(snapshot).unwrap(),
        ),
    }
}

#[test]
fn every_fixture_gives_what_was_reviewed() {
    let answers = support::answers();
    assert!(answers.len() > 20, "the fixtures are not where they should be");
    for (map, file) in answers {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, sort_maps => true }, {
            insta::assert_json_snapshot!(support::name_of(map, &file), told(map, &file));
        });
    }
}

#[test]
fn every_golden_belongs_to_a_fixture() {
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let names = support::answers().into_iter().map(|(map, file)| support::name_of(map, &file));
    assert_eq!(fixtures::orphans(&goldens, names), Vec::<String>::new());
}

#[test]
fn every_fixture_has_a_line_of_provenance() {
    let place = |(map, file): (Map, PathBuf)| format!("mim/{map}/{}", file.file_name().unwrap().to_str().unwrap());
    assert_eq!(fixtures::without_line(support::answers().into_iter().map(place)), Vec::<String>::new());
}

#[test]
fn no_golden_holds_what_is_secret() {
    for (map, file) in support::answers() {
        let told = told(map, &file).to_string();
        for secret in [
            "example-ssh-password",
            "example-encrypted",
            "example-key",
            "example-db-password",
            "example-token",
            "POSTGRES",
        ] {
            assert!(!told.contains(secret), "{} holds {secret}", file.display());
        }
    }
}
