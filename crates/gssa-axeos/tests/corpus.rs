//! The inputs of the fuzz targets, each read once by what its target checks (`fuzz/README.md`). So CI knows of every one that ever
//! mattered, without a nightly compiler.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use gssa_axeos::from_si;

#[path = "../../../fuzz/properties/axeos.rs"]
mod axeos;
#[path = "../../../fuzz/properties/corpus.rs"]
mod corpus;
#[path = "../../../fuzz/properties/si_number.rs"]
mod si_number;
#[path = "../../../fuzz/properties/sound.rs"]
mod sound;

#[test]
fn a_body_is_an_error_or_a_sound_snapshot() {
    corpus::replay("axeos", axeos::check);
}

#[test]
fn an_si_number_is_finite_or_none() {
    corpus::replay("si_number", |input| si_number::check(input, from_si));
}
