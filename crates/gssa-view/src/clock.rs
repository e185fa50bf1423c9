//! The wall clock as an argument.
//!
//! Durations come from the runtime's monotonic clock, which tests can pause. The wall clock dates readings for people; tests set it.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use gssa_model::Timestamp;

/// Tells what time it is.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The wall-clock time.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_ms(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
    }
}
