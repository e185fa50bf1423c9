//! Every fixture of Avalon and of other miners as a whole snapshot.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::path::Path;

use gssa_cgminer::{Family, recognise};
use gssa_testkit::fixtures::{name_of, of, orphans, without_provenance};

mod support;
use support::fixtures;

#[test]
fn every_fixture_gives_the_snapshot_that_was_reviewed() {
    for family in fixtures::FAMILIES {
        let folders = of(family);
        assert!(folders.len() > 12, "the fixtures are not where they should be");
        for folder in folders {
            let snapshot = fixtures::snapshot_of(family, &folder);
            let path = format!("snapshots/{family}");
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => path }, {
                insta::assert_json_snapshot!(name_of(&folder), snapshot);
            });
        }
    }
}

#[test]
fn every_golden_belongs_to_a_fixture() {
    for family in fixtures::FAMILIES {
        let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(family);
        let names = of(family).into_iter().map(|folder| name_of(&folder));
        assert_eq!(orphans(&goldens, names), Vec::<String>::new());
    }
}

#[test]
fn every_fixture_has_a_line_of_provenance() {
    for family in fixtures::FAMILIES {
        assert_eq!(without_provenance(family), Vec::<String>::new());
    }
}

#[test]
fn every_avalon_is_recognised_and_nothing_else_is_taken_for_one() {
    for family in fixtures::FAMILIES {
        for folder in of(family) {
            let found = recognise(&fixtures::replies_of(&fixtures::files_of(&folder)));
            assert_eq!(found == Some(Family::Canaan), family == "canaan", "{}: {found:?}", folder.display());
        }
    }
}

#[test]
fn no_golden_holds_what_is_secret() {
    for family in fixtures::FAMILIES {
        for folder in of(family) {
            let json = serde_json::to_string(&fixtures::snapshot_of(family, &folder)).unwrap();
            for secret in ["example-wifi", "example-pool-password", "SN-EXAMPLE-0"] {
                assert!(!json.contains(secret), "{} holds {secret}", folder.display());
            }
        }
    }
}
