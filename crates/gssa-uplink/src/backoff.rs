//! How long to wait between attempts (section 6).

use std::time::Duration;

use fastrand::Rng;

/// The longest wait after failures that anybody may have.
pub const LONGEST: Duration = Duration::from_secs(60);

/// The longest wait that a receiver may ask for.
pub const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// Counts failures in a row, and says how long to wait after them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// One more attempt failed; gives the wait before the next: random between 0 and min(60 s, 1 s × 2^failures).
    ///
    /// Anything from 0 on, not from the half: agents that were cut off together come back spread.
    pub fn failed(&mut self, rng: &mut Rng) -> Duration {
        self.failures = self.failures.saturating_add(1);
        self.ceiling().mul_f64(rng.f64())
    }

    /// It works.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }

    /// How many attempts failed in a row.
    pub const fn failures(self) -> u32 {
        self.failures
    }

    fn ceiling(self) -> Duration {
        // 2^6 is more than a minute.
        Duration::from_secs(1 << self.failures.min(6)).min(LONGEST)
    }
}

/// A wait that a receiver asked for: at most an hour, and up to a tenth more at random, so that not all come back at once.
pub fn asked(wait: Duration, rng: &mut Rng) -> Duration {
    let wait = wait.min(LONGEST_ASKED);
    wait + wait.mul_f64(0.1 * rng.f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute_and_are_spread_from_zero_on() {
        for (failures, longest) in [(1, 2), (2, 4), (5, 32), (6, 60), (7, 60), (40, 60), (u32::MAX, 60)] {
            let longest = Duration::from_secs(longest);
            let waits: Vec<Duration> =
                (0..200).map(|seed| Backoff { failures: failures - 1 }.failed(&mut Rng::with_seed(seed))).collect();
            assert!(waits.iter().all(|wait| *wait <= longest), "{failures}");
            assert!(waits.iter().any(|wait| *wait < longest / 10), "{failures}");
            assert!(waits.iter().any(|wait| *wait > longest - longest / 10), "{failures}");
        }
    }

    #[test]
    fn a_wait_that_was_asked_for_is_obeyed_up_to_an_hour() {
        for (secs, least, most) in [(0, 0, 0), (30, 30, 33), (86_400, 3600, 3960)] {
            for seed in 0..50 {
                let wait = asked(Duration::from_secs(secs), &mut Rng::with_seed(seed));
                assert!((Duration::from_secs(least)..=Duration::from_secs(most)).contains(&wait), "{wait:?}");
            }
        }
    }
}
