//! The inputs of the fuzz targets, each read once by what its target checks (`fuzz/README.md`). So CI knows of every one that ever
//! mattered, without a nightly compiler.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

#[path = "../../../fuzz/properties/axeos.rs"]
mod axeos;
#[path = "../../../fuzz/properties/corpus.rs"]
mod corpus;
#[path = "../../../fuzz/properties/sound.rs"]
mod sound;

#[test]
fn a_body_is_an_error_or_a_sound_snapshot() {
    corpus::replay("axeos", axeos::check);
}
