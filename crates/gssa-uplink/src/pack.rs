//! Messages as bytes: JSON, packed by gzip where that is worth it (section 5), never unpacked beyond a limit.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Smaller messages travel as they are.
pub const PACK_FROM_BYTES: usize = 1024;

/// A message as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packed {
    /// JSON.
    Plain(String),
    /// JSON in gzip.
    Gzip(Vec<u8>),
}

impl Packed {
    /// How many bytes travel.
    pub const fn len(&self) -> usize {
        match self {
            Self::Plain(text) => text.len(),
            Self::Gzip(bytes) => bytes.len(),
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What is wrong with bytes that should be a message.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// There is more in it than is allowed.
    #[error("more than {limit} bytes when unpacked")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// It is not gzip.
    #[error("not gzip")]
    NotGzip(#[source] std::io::Error),
    /// It is not JSON, or not such a message.
    #[error("{0}")]
    Malformed(#[source] serde_json::Error),
}

/// Writes a message, packed where that is worth it.
pub fn pack(message: &impl Serialize) -> Packed {
    pack_text(to_text(message))
}

/// Writes a message as it is.
pub fn to_text(message: &impl Serialize) -> String {
    serde_json::to_string(message).expect("messages have text keys and finite numbers")
}

/// Packs a message that is written, where that is worth it.
pub fn pack_text(text: String) -> Packed {
    if text.len() < PACK_FROM_BYTES { Packed::Plain(text) } else { Packed::Gzip(gzip(text.as_bytes())) }
}

/// Packs bytes.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 8), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a vector takes every byte")
}

/// Reads gzip of at most `limit` bytes unpacked.
///
/// # Errors
/// No gzip, or more in it.
pub fn gunzip(packed: &[u8], limit: usize) -> Result<Vec<u8>, UnpackError> {
    let mut bytes = Vec::new();
    let mut decoder = MultiGzDecoder::new(packed).take(limit as u64 + 1);
    decoder.read_to_end(&mut bytes).map_err(UnpackError::NotGzip)?;
    if bytes.len() > limit { Err(UnpackError::TooLarge { limit }) } else { Ok(bytes) }
}

/// Reads a message that came as gzip.
///
/// # Errors
/// No gzip, more than `limit` bytes in it, or no such message.
pub fn unpack_gzip<M: DeserializeOwned>(packed: &[u8], limit: usize) -> Result<M, UnpackError> {
    unpack(&gunzip(packed, limit)?)
}

/// Reads a message that came as JSON.
///
/// # Errors
/// No JSON, or no such message.
pub fn unpack<M: DeserializeOwned>(text: &[u8]) -> Result<M, UnpackError> {
    serde_json::from_slice(text).map_err(UnpackError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::FromReceiver;

    #[test]
    fn small_messages_travel_as_they_are_and_large_ones_packed() {
        let small = pack(&FromReceiver::Ack { stored: 7 });
        assert_eq!(small, Packed::Plain(r#"{"type":"ack","stored":7}"#.into()));
        let large = FromReceiver::Wait { secs: 1, reason: "x".repeat(PACK_FROM_BYTES) };
        let Packed::Gzip(bytes) = pack(&large) else { panic!("plain") };
        assert!(bytes.len() < 200);
        assert_eq!(unpack_gzip::<FromReceiver>(&bytes, 4096).unwrap(), large);
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = gzip(&vec![b' '; 1 << 20]);
        assert!(bomb.len() < 2048);
        assert!(matches!(gunzip(&bomb, 4096), Err(UnpackError::TooLarge { limit: 4096 })));
        assert!(matches!(gunzip(b"not gzip at all", 4096), Err(UnpackError::NotGzip(_))));
        assert!(matches!(unpack::<FromReceiver>(b"{"), Err(UnpackError::Malformed(_))));
    }
}
