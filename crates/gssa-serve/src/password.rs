//! Passwords: their rules, their hash, and checking them without becoming an oracle or an oven.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;
use tracing::error;

use crate::problem::Error;
use crate::throttle::Throttle;
use crate::token::random;

/// The shortest password, in characters.
const MIN_CHARS: usize = 8;
/// The longest, in bytes.
const MAX_BYTES: usize = 256;
/// OWASP lists m = 7 MiB, t = 5, p = 1 as equal to 19 MiB and t = 2; the agent is meant to be small.
const MEMORY_KIB: u32 = 7168;
const PASSES: u32 = 5;
const LANES: u32 = 1;
/// A stored hash may ask for other costs, up to these; the file is the operator's, the memory is everybody's.
const MAX_MEMORY_KIB: u32 = 64 * 1024;
const MAX_PASSES: u32 = 20;
const MAX_LANES: u32 = 8;
/// Takes the place of the hash when there is none, so that the answer takes as long. It fits no password.
const NO_HASH: &str =
    "$argon2id$v=19$m=7168,t=5,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

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

/// Whether a text can be a password. Length is the only rule.
pub fn check_password(password: &str) -> Result<(), BadPassword> {
    if password.chars().count() < MIN_CHARS {
        Err(BadPassword::TooShort)
    } else if password.len() > MAX_BYTES {
        Err(BadPassword::TooLong)
    } else {
        Ok(())
    }
}

/// The Argon2id hash of a password with a fresh salt, as `server.password_hash` takes it. Uses 7 MiB and some tens of milliseconds.
///
/// # Panics
/// If the operating system gives no random bytes.
pub fn hash_password(password: &str) -> String {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are in range");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(password.as_bytes(), &random::<16>());
    hash.expect("salt and output have sizes that fit").to_string()
}

/// Whether `password` fits a stored hash. Anything but Argon2id within limits fits nothing, and the log says so.
fn fits(password: &str, stored: &str) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else {
        error!("a stored password hash is no PHC text; nobody can log in by it");
        return false;
    };
    let is_argon2id = hash.algorithm.as_str() == Algorithm::Argon2id.as_str();
    let is_modest = Params::try_from(&hash).is_ok_and(|params| {
        params.m_cost() <= MAX_MEMORY_KIB && params.t_cost() <= MAX_PASSES && params.p_cost() <= MAX_LANES
    });
    if !is_argon2id || !is_modest {
        error!("a stored password hash is not argon2id, or costs too much; nobody can log in by it");
        return false;
    }
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// Checks passwords one at a time, and not too often.
#[derive(Debug)]
pub struct Passwords {
    turn: Arc<Semaphore>,
    throttle: Mutex<Throttle>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), throttle: Mutex::default() }
    }
}

impl Passwords {
    /// Whether `password` is the one of `hash`. With no hash the answer is no, and takes as long.
    ///
    /// When the future is dropped, a check under way finishes before the next one starts.
    pub async fn verify(&self, from: IpAddr, password: String, hash: Option<String>) -> Result<(), Error> {
        let permit = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| Error::Internal)?;
        self.guess(from)?;
        let check = move || {
            let _permit = permit;
            let stored = hash.as_deref().unwrap_or(NO_HASH);
            fits(&password, stored) && hash.is_some()
        };
        if in_a_thread(check).await? {
            self.right(from);
            Ok(())
        } else {
            Err(Error::PasswordWrong)
        }
    }

    /// The hash of a new password that keeps the rules.
    pub async fn hash(&self, password: String) -> Result<String, Error> {
        check_password(&password)?;
        let permit = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| Error::Internal)?;
        let hash = move || {
            let _permit = permit;
            hash_password(&password)
        };
        in_a_thread(hash).await
    }

    /// Counts a guess of `from`, or tells how long to wait.
    pub fn guess(&self, from: IpAddr) -> Result<(), Error> {
        let mut throttle = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        throttle.guess(from, Instant::now()).map_err(|wait| Error::TooManyTries { wait_secs: whole_secs(wait) })
    }

    /// The guess was right.
    pub fn right(&self, from: IpAddr) {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner).right(from);
    }
}

/// Does slow work in a thread of its own that ends with it.
///
/// Not in the threads for blocking work: a hash takes megabytes, which glibc keeps for each thread that ever made one, and there are many.
async fn in_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let (done, result) = oneshot::channel();
    let work = move || drop(done.send(work()));
    thread::Builder::new().name("password".into()).spawn(work).map_err(|_| Error::Internal)?;
    result.await.map_err(|_| Error::Internal)
}

fn whole_secs(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1000) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_hash_and_no_other() {
        let hash = hash_password("correct horse");
        assert!(hash.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"), "{hash}");
        assert!(fits("correct horse", &hash));
        assert!(!fits("correct horse ", &hash));
        assert!(!fits("correct horse", NO_HASH));
    }

    #[test]
    fn a_hash_with_other_costs_is_taken_unless_absurd() {
        let with = |m, t, p| {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(m, t, p, None).unwrap());
            argon2.hash_password_with_salt(b"password", b"0123456789abcdef").unwrap().to_string()
        };
        assert!(fits("password", &with(16, 1, 2)));
        let cheap = with(8, 1, 1);
        for (from, to) in
            [("m=8,", "m=65537,"), ("t=1", "t=21"), ("p=1", "p=9"), ("argon2id", "argon2i"), ("argon2id", "scrypt")]
        {
            assert!(!fits("password", &cheap.replace(from, to)), "{to}");
        }
        assert!(!fits("password", "plain"));
    }

    #[test]
    fn length_is_the_rule() {
        assert_eq!(check_password("1234567"), Err(BadPassword::TooShort));
        assert_eq!(check_password("ääääääää"), Ok(()));
        assert_eq!(check_password(&"x".repeat(MAX_BYTES + 1)), Err(BadPassword::TooLong));
    }
}
