//! The inputs of the fuzz target that reads numbers, each read once by what the target checks (`fuzz/README.md`).
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

#[path = "../../../fuzz/properties/corpus.rs"]
mod corpus;
#[path = "../../../fuzz/properties/si_number.rs"]
mod si_number;

#[test]
fn an_si_number_is_finite_or_none() {
    corpus::replay("si_number", |input| si_number::check(input, gssa_wire::from_si));
}
