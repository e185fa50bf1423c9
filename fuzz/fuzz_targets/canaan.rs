#![no_main]

#[path = "../properties/canaan.rs"]
mod canaan;
#[path = "../properties/sound.rs"]
mod sound;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| canaan::check(bytes));
