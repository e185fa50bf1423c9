//! The wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use gssa_model::Timestamp;

/// The time by the clock of this machine.
pub fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

/// `ms` milliseconds before `at`.
pub fn before(at: Timestamp, ms: u64) -> Timestamp {
    Timestamp::from_unix_ms(at.unix_ms().saturating_sub(i64::try_from(ms).unwrap_or(i64::MAX)))
}
