//! Messages of one connection as one stream: what a message has in common with those before it is not sent again.
//!
//! Raw deflate with a window of 32 KiB. Each message ends with a sync flush, whose last four bytes are always the same and are left out, as
//! RFC 7692 does it (section 7.2.1).

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use serde::Serialize;

use super::UnpackError;

/// How a sync flush ends.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// How much is unpacked at a time.
const STEP_BYTES: usize = 16 * 1024;

/// The sending side of a connection. It takes about 300 KiB.
#[derive(Debug)]
pub struct Packer(Compress);

impl Default for Packer {
    fn default() -> Self {
        Self(Compress::new(Compression::default(), false))
    }
}

impl Packer {
    /// Packs a message, which has to be sent, in this order.
    pub fn pack(&mut self, message: &impl Serialize) -> Vec<u8> {
        let text = serde_json::to_vec(message).expect("messages have text keys and finite numbers");
        let mut packed = Vec::with_capacity(text.len() / 4 + 64);
        let start = self.0.total_in();
        loop {
            let taken = (self.0.total_in() - start) as usize;
            self.0.compress_vec(&text[taken..], &mut packed, FlushCompress::Sync).expect("deflate takes every byte");
            // A flush is complete when it leaves room.
            if packed.len() < packed.capacity() {
                break;
            }
            packed.reserve(packed.len().max(64));
        }
        packed.truncate(packed.len() - TAIL.len());
        packed
    }
}

/// The receiving side of a connection. It takes about 45 KiB.
#[derive(Debug)]
pub struct Unpacker(Decompress);

impl Default for Unpacker {
    fn default() -> Self {
        Self(Decompress::new(false))
    }
}

impl Unpacker {
    /// Unpacks the next message, of at most `limit` bytes. After an error the connection cannot go on.
    ///
    /// # Errors
    /// No deflate, or more in it.
    pub fn unpack(&mut self, packed: &[u8], limit: usize) -> Result<Vec<u8>, UnpackError> {
        let mut bytes = Vec::with_capacity(STEP_BYTES.min(limit + 1));
        for mut part in [packed, &TAIL] {
            loop {
                let before = (self.0.total_in(), bytes.len());
                let status = self.0.decompress_vec(part, &mut bytes, FlushDecompress::Sync);
                let status = status.map_err(|error| UnpackError::NotDeflate(error.to_string()))?;
                part = &part[(self.0.total_in() - before.0) as usize..];
                if bytes.len() > limit {
                    return Err(UnpackError::TooLarge { limit });
                }
                if status == Status::StreamEnd {
                    return Err(UnpackError::NotDeflate("the stream has ended".into()));
                }
                if bytes.len() == bytes.capacity() {
                    bytes.reserve(STEP_BYTES);
                } else if part.is_empty() || before == (self.0.total_in(), bytes.len()) {
                    break;
                }
            }
            if !part.is_empty() {
                return Err(UnpackError::NotDeflate("it does not end where the message does".into()));
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn message(n: u64) -> Value {
        json!({ "type": "batch", "first": n, "items": [{ "source_id": "garage-gamma", "watts": n * 7919 % 1000 }] })
    }

    #[test]
    fn what_was_said_before_is_not_said_again() {
        let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
        let mut sizes = Vec::new();
        for n in 1..50 {
            let bytes = packer.pack(&message(n));
            assert_eq!(unpacker.unpack(&bytes, 1 << 20).unwrap(), serde_json::to_vec(&message(n)).unwrap());
            sizes.push(bytes.len());
        }
        assert!(sizes[48] * 2 < sizes[0], "{sizes:?}");
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = Packer::default().pack(&" ".repeat(8 << 20));
        assert!(bomb.len() < 16_384, "{}", bomb.len());
        let unpacked = Unpacker::default().unpack(&bomb, 4096);
        assert!(matches!(unpacked, Err(UnpackError::TooLarge { limit: 4096 })));
    }

    #[test]
    fn what_is_no_part_of_the_stream_is_an_error() {
        for bad in [&[0xff, 0xff][..], b"{\"type\":\"bye\"}", &[7; 100], &[3, 0], &[3, 0, 1, 2]] {
            assert!(matches!(Unpacker::default().unpack(bad, 4096), Err(UnpackError::NotDeflate(_))), "{bad:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_message_comes_out_as_it_went_in(messages in prop::collection::vec("[a-c]{0,40}|.{0,300}", 1..8), repeat in 1..300_usize) {
            let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
            for message in messages {
                let message = message.repeat(repeat);
                let unpacked = unpacker.unpack(&packer.pack(&message), 1 << 24).unwrap();
                prop_assert_eq!(serde_json::from_slice::<String>(&unpacked).unwrap(), message);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Unpacker::default().unpack(&bytes, 4096);
        }
    }
}
