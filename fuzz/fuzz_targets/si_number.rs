#![no_main]

#[path = "../properties/si_number.rs"]
mod si_number;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    si_number::check(bytes, gssa_wire::from_si);
    si_number::check(bytes, gssa_cgminer::from_si);
});
