#![no_main]

#[path = "../properties/sound.rs"]
mod sound;
#[path = "../properties/temperatures.rs"]
mod temperatures;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| temperatures::check(bytes));
