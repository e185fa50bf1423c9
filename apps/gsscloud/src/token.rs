//! Secrets of agents and of sessions: made here, kept as a digest, compared in constant time.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The SHA-256 digest of a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of a secret.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// Whether both are the same, in a time that does not depend on where they differ.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Its first bytes: enough to find it by, and of no use to guess it.
    pub fn prefix(&self) -> u64 {
        u64::from_be_bytes(std::array::from_fn(|n| self.0[n]))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<digest>")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        hex(&digest.0)
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const BAD: &str = "a digest is 64 hexadecimal digits";
        if text.len() != 64 || !text.is_ascii() {
            return Err(BAD);
        }
        let mut bytes = [0; 32];
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).map_err(|_| BAD)?;
        }
        Ok(Self(bytes))
    }
}

/// A new secret: 64 hexadecimal digits.
///
/// # Panics
/// If the operating system gives no random bytes: without chance there is nothing sensible left to do.
pub fn new_secret() -> String {
    hex(&random::<32>())
}

/// Random bytes of the operating system.
///
/// # Panics
/// If it gives none.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_survives_being_written_and_shows_nothing() {
        let digest = Digest::of("secret");
        let text = serde_json::to_string(&digest).unwrap();
        assert!(serde_json::from_str::<Digest>(&text).unwrap().is(&digest));
        assert!(!digest.is(&Digest::of("Secret")));
        assert_eq!(format!("{digest:?}"), "<digest>");
        for bad in ["", "abc", &"g".repeat(64), &"é".repeat(32)] {
            assert!(Digest::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
