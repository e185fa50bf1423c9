//! The documents of an AxeOS device. An input is the status document, and after a NUL the one about chip and board.

use gssa_axeos::{normalize, parse, parse_asic};

use crate::sound::assert_sound;

/// Panics unless any bytes are an error or a sound snapshot.
pub(crate) fn check(input: &[u8]) {
    let mut documents = input.splitn(2, |b| *b == b'\0');
    let info = parse(documents.next().unwrap_or_default());
    let asic = documents.next().map(parse_asic).and_then(Result::ok);
    match info {
        Ok(info) => {
            assert_sound(&normalize(&info, None));
            assert_sound(&normalize(&info, asic.as_ref()));
            let snapshot = normalize(&info, asic.as_ref());
            assert_eq!(snapshot.uptime_secs, info.uptime_secs());
        }
        Err(error) => assert!(error.to_string().len() < 1024, "{error}"),
    }
}
