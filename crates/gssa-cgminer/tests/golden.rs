//! Every fixture of Avalon and of other miners as a whole snapshot.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::Path;

use gssa_cgminer::{Family, recognise};

mod support;
use support::fixtures;

#[test]
fn every_fixture_gives_the_snapshot_that_was_reviewed() {
    for family in fixtures::FAMILIES {
        let folders = fixtures::of(family);
        assert!(folders.len() > 12, "the fixtures are not where they should be");
        for folder in folders {
            let snapshot = fixtures::snapshot_of(family, &folder);
            let path = format!("snapshots/{family}");
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => path }, {
                insta::assert_json_snapshot!(fixtures::name_of(&folder), snapshot);
            });
        }
    }
}

#[test]
fn every_golden_belongs_to_a_fixture() {
    for family in fixtures::FAMILIES {
        let names: Vec<String> =
            fixtures::of(family).iter().map(|folder| format!("{}.snap", fixtures::name_of(folder))).collect();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(family);
        let goldens = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let orphans: Vec<String> = goldens.filter(|name| !names.contains(name)).collect();
        assert_eq!(orphans, Vec::<String>::new());
    }
}

#[test]
fn every_fixture_has_a_line_of_provenance() {
    let readme = fs::read_to_string(fixtures::root().join("README.md")).unwrap();
    let mut missing = Vec::new();
    for family in fixtures::FAMILIES {
        let lines = fixtures::of(family)
            .into_iter()
            .map(|at| format!("`{family}/{}`", fixtures::name_of(&at).replace('@', "/")));
        missing.extend(lines.filter(|line| !readme.contains(line)));
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_avalon_is_recognised_and_nothing_else_is_taken_for_one() {
    for family in fixtures::FAMILIES {
        for folder in fixtures::of(family) {
            let found = recognise(&fixtures::replies_of(&fixtures::files_of(&folder)));
            assert_eq!(found == Some(Family::Canaan), family == "canaan", "{}: {found:?}", folder.display());
        }
    }
}

#[test]
fn no_golden_holds_what_is_secret() {
    for family in fixtures::FAMILIES {
        for folder in fixtures::of(family) {
            let json = serde_json::to_string(&fixtures::snapshot_of(family, &folder)).unwrap();
            for secret in ["example-wifi", "example-pool-password", "SN-EXAMPLE-0"] {
                assert!(!json.contains(secret), "{} holds {secret}", folder.display());
            }
        }
    }
}
