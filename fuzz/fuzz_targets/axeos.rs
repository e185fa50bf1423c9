#![no_main]

#[path = "../properties/axeos.rs"]
mod axeos;
#[path = "../properties/sound.rs"]
mod sound;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| axeos::check(bytes));
