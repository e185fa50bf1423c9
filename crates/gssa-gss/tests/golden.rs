//! Every fixture as a whole snapshot.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

mod support;

#[test]
fn every_fixture_gives_the_snapshot_that_was_reviewed() {
    let fixtures = support::fixtures();
    assert!(fixtures.len() > 12, "the fixtures are not where they should be");
    for folder in fixtures {
        let snapshot = support::snapshot_of(&folder);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_json_snapshot!(support::name_of(&folder), snapshot);
        });
    }
}

#[test]
fn every_golden_belongs_to_a_fixture() {
    let names: Vec<String> =
        support::fixtures().iter().map(|folder| format!("{}.snap", support::name_of(folder))).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let goldens = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let orphans: Vec<String> = goldens.filter(|name| !names.contains(name)).collect();
    assert_eq!(orphans, Vec::<String>::new());
}

#[test]
fn every_fixture_has_a_line_of_provenance() {
    let readme = fs::read_to_string(support::fixtures_folder().join("../README.md")).unwrap();
    let missing: Vec<PathBuf> = support::fixtures()
        .into_iter()
        .filter(|folder| !readme.contains(&format!("`gss/{}`", support::name_of(folder).replace('@', "/"))))
        .collect();
    assert_eq!(missing, Vec::<PathBuf>::new());
}
