//! Passwords of users: their rules, their hash, and checking them without becoming an oracle or an oven.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::token::random;

/// The shortest password, in characters: this door is open to the world.
const MIN_CHARS: usize = 10;
/// The longest, in bytes.
const MAX_BYTES: usize = 256;
/// What OWASP lists first: m = 19 MiB, t = 2, p = 1.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Takes the place of the hash of a user who does not exist, so that the answer takes as long. It fits no password.
const NO_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A text that cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Too few characters.
    #[error("a password has at least {MIN_CHARS} characters")]
    TooShort,
    /// Too many bytes.
    #[error("a password has at most {MAX_BYTES} bytes")]
    TooLong,
}

/// The Argon2id hash of a password with a fresh salt. Uses 19 MiB and some tens of milliseconds.
///
/// # Errors
/// The text cannot be a password.
///
/// # Panics
/// If the operating system gives no random bytes.
pub fn hash(password: &str) -> Result<String, BadPassword> {
    if password.chars().count() < MIN_CHARS {
        return Err(BadPassword::TooShort);
    }
    if password.len() > MAX_BYTES {
        return Err(BadPassword::TooLong);
    }
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are in range");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(password.as_bytes(), &random::<16>());
    Ok(hash.expect("salt and output have sizes that fit").to_string())
}

/// Whether `password` fits a hash. Without one the answer is no, and takes as long.
pub fn fits(password: &str, hash: Option<&str>) -> bool {
    // No more work for a text that never was one.
    let password = if password.len() > MAX_BYTES { "" } else { password };
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NO_HASH)) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_hash_and_no_other() {
        let hash = hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(fits("correct horse", Some(&hash)));
        assert!(!fits("correct horse ", Some(&hash)) && !fits("correct horse", None) && !fits("", Some(&hash)));
        assert!(!fits("correct horse", Some("plain")));
    }

    #[test]
    fn length_is_the_rule() {
        assert_eq!(hash("123456789"), Err(BadPassword::TooShort));
        assert_eq!(hash(&"x".repeat(MAX_BYTES + 1)), Err(BadPassword::TooLong));
    }
}
