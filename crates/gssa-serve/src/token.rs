//! Random texts and the comparing of secrets.

use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// The SHA-256 of a secret, which is all that is kept of it.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl Digest {
    /// Of a secret.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// From `sha256:` and 64 hexadecimal digits, as it is stored.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("sha256:").filter(|hex| hex.len() == 64 && hex.is_ascii())?;
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// As it is stored.
    pub fn written(&self) -> String {
        format!("sha256:{}", hex(&self.0))
    }

    /// Whether both are the same, in a time that does not depend on where they differ.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// A secret for a program, and what is kept of it.
pub struct NewToken {
    /// The secret: 64 hexadecimal digits, fit for an address.
    pub token: String,
    /// `sha256:` and its digest, to be stored.
    pub hash: String,
}

impl fmt::Debug for NewToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// Makes a token.
///
/// # Panics
/// If the operating system gives no random bytes.
pub fn new_token() -> NewToken {
    let token = hex(&random::<32>());
    let hash = format!("sha256:{}", hex(&Digest::of(&token).0));
    NewToken { token, hash }
}

/// Random bytes of the operating system.
///
/// # Panics
/// If it gives none: without chance there are no sessions, and nothing sensible is left to do.
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
    fn a_new_token_goes_with_its_hash_and_with_no_other() {
        let (one, other) = (new_token(), new_token());
        assert!(Digest::parse(&one.hash).unwrap().is(&Digest::of(&one.token)));
        assert!(!Digest::parse(&other.hash).unwrap().is(&Digest::of(&one.token)));
        assert!(one.token.len() == 64 && !format!("{one:?}").contains(&one.token));
    }

    #[test]
    fn a_digest_is_read_as_it_is_configured() {
        let written = format!("sha256:{}", hex(&Sha256::digest("secret")));
        assert!(Digest::parse(&written).unwrap().is(&Digest::of("secret")));
        assert!(!Digest::parse(&written).unwrap().is(&Digest::of("Secret")));
        for bad in
            ["", "sha256:", "sha256:xyz", &written[7..], &format!("{written}0"), &format!("sha256:{}", "é".repeat(32))]
        {
            assert!(Digest::parse(bad).is_none(), "{bad}");
        }
    }
}
