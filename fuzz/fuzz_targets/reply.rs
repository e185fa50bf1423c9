#![no_main]

#[path = "../properties/reply.rs"]
mod reply;
#[path = "../properties/sound.rs"]
mod sound;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reply::check(bytes));
