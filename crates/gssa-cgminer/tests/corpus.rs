//! The inputs of the fuzz targets, each read once by what its target checks (`fuzz/README.md`). So CI knows of every one that ever
//! mattered, without a nightly compiler.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use gssa_cgminer::from_si;

#[path = "../../../fuzz/properties/canaan.rs"]
mod canaan;
#[path = "../../../fuzz/properties/corpus.rs"]
mod corpus;
#[path = "../../../fuzz/properties/frame.rs"]
mod frame;
#[path = "../../../fuzz/properties/repair.rs"]
mod repair;
#[path = "../../../fuzz/properties/reply.rs"]
mod reply;
#[path = "../../../fuzz/properties/si_number.rs"]
mod si_number;
#[path = "../../../fuzz/properties/sound.rs"]
mod sound;
#[path = "../../../fuzz/properties/temperatures.rs"]
mod temperatures;

#[test]
fn a_reply_is_the_same_however_its_bytes_come() {
    corpus::replay("frame", frame::check);
}

#[test]
fn a_repair_changes_nothing_right_and_leaves_nothing_wrong() {
    corpus::replay("repair", repair::check);
}

#[test]
fn an_mm_string_is_a_sound_snapshot() {
    corpus::replay("canaan", canaan::check);
}

#[test]
fn temperatures_are_those_that_the_text_says() {
    corpus::replay("temperatures", temperatures::check);
}

#[test]
fn an_si_number_is_finite_or_none() {
    corpus::replay("si_number", |input| si_number::check(input, from_si));
}

#[test]
fn replies_are_a_sound_snapshot_of_each_family() {
    corpus::replay("reply", reply::check);
}

#[test]
fn every_target_has_its_inputs_and_a_line_in_the_list() {
    let targets = corpus::names_in("fuzz_targets");
    let targets: Vec<&str> = targets.iter().map(|name| name.strip_suffix(".rs").unwrap()).collect();
    assert_eq!(targets, ["axeos", "canaan", "frame", "repair", "reply", "si_number", "temperatures"]);
    assert_eq!(corpus::names_in("corpus"), targets);
    let readme = std::fs::read_to_string(corpus::folder().join("README.md")).unwrap();
    for target in targets {
        assert!(readme.contains(&format!("| `{target}` |")), "fuzz/README.md says nothing of {target}");
    }
}
