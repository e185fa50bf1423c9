//! Every fixture of an Antminer as a whole snapshot.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::path::Path;

use gssa_testkit::fixtures;

mod antminer_support;
use antminer_support as support;
use support::FAMILY;

/// Where the golden files are: apart from those of other families.
const GOLDENS: &str = "snapshots/antminer";

#[test]
fn every_fixture_gives_the_snapshot_that_was_reviewed() {
    let folders = fixtures::of(FAMILY);
    assert!(folders.len() > 30, "the fixtures are not where they should be");
    for folder in folders {
        let snapshot = support::snapshot_of(&folder);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => GOLDENS }, {
            insta::assert_json_snapshot!(fixtures::name_of(&folder), snapshot);
        });
    }
}

#[test]
fn every_golden_belongs_to_a_fixture() {
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(GOLDENS);
    let names = fixtures::of(FAMILY).into_iter().map(|folder| fixtures::name_of(&folder));
    assert_eq!(fixtures::orphans(&goldens, names), Vec::<String>::new());
}

#[test]
fn every_fixture_has_a_line_of_provenance() {
    assert_eq!(fixtures::without_provenance(FAMILY), Vec::<String>::new());
}

#[test]
fn no_golden_holds_what_is_secret() {
    for folder in fixtures::of(FAMILY) {
        let json = serde_json::to_string(&support::snapshot_of(&folder)).unwrap();
        // A pool password, the id of a controller, the serial numbers of boards.
        for secret in ["example-pool-password", "0200000000000009", "SNEXAMPLE000000000", "SNEXAMPLE000000001"] {
            assert!(!json.contains(secret), "{} holds {secret}", folder.display());
        }
    }
}
