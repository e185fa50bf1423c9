//! Every fixture as a whole snapshot.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::path::Path;

use gssa_testkit::fixtures;

mod support;
use support::FAMILY;

#[test]
fn every_fixture_gives_the_snapshot_that_was_reviewed() {
    let fixtures = fixtures::of(FAMILY);
    assert!(fixtures.len() > 12, "the fixtures are not where they should be");
    for folder in fixtures {
        let snapshot = support::snapshot_of(&folder);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_json_snapshot!(fixtures::name_of(&folder), snapshot);
        });
    }
}

#[test]
fn every_golden_belongs_to_a_fixture() {
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let names = fixtures::of(FAMILY).into_iter().map(|folder| fixtures::name_of(&folder));
    assert_eq!(fixtures::orphans(&goldens, names), Vec::<String>::new());
}

#[test]
fn every_fixture_has_a_line_of_provenance() {
    assert_eq!(fixtures::without_provenance(FAMILY), Vec::<String>::new());
}
