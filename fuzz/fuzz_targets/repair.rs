#![no_main]

#[path = "../properties/repair.rs"]
mod repair;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| repair::check(bytes));
