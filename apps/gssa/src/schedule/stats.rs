//! What the pollers count, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use gssa_model::{CollectError, FailureKind};
use tokio::time::Instant;

/// Upper bounds of the buckets of a [`Histogram`], in seconds.
pub const BUCKETS_SECS: [f64; 9] = [0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Counts of attempts since the agent started.
#[derive(Debug, Default)]
pub struct PollStats {
    failures: [AtomicU64; FAILURE_KINDS.len()],
    /// How late attempts started after they were due.
    pub lateness: Histogram,
    /// How long attempts took.
    pub duration: Histogram,
    lately: Mutex<Lately>,
}

/// The latest attempts of the current and of the last window.
#[derive(Debug, Default)]
struct Lately {
    begun: Option<Instant>,
    latest: Duration,
    before: Duration,
}

/// How long what was late is told.
const WINDOW: Duration = Duration::from_secs(30);

impl Lately {
    fn roll(&mut self, now: Instant) {
        let passed = self.begun.map_or(Duration::MAX, |begun| now.saturating_duration_since(begun));
        if passed >= WINDOW {
            let before = if passed < 2 * WINDOW { self.latest } else { Duration::ZERO };
            *self = Self { begun: Some(now), latest: Duration::ZERO, before };
        }
    }
}

/// Every kind of failure, in the order of the counts.
pub const FAILURE_KINDS: [FailureKind; 6] = [
    FailureKind::Unreachable,
    FailureKind::Timeout,
    FailureKind::Refused,
    FailureKind::Overloaded,
    FailureKind::Protocol,
    FailureKind::Unsupported,
];

impl PollStats {
    /// Counts one attempt.
    pub fn polled(&self, late: Duration, took: Duration, error: Option<&CollectError>) {
        self.lateness.add(late);
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        lately.roll(Instant::now());
        lately.latest = lately.latest.max(late);
        drop(lately);
        self.duration.add(took);
        if let Some(error) = error {
            self.failures[error.kind() as usize].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How late the latest attempt of the last half minute or so began after it was due.
    pub fn behind(&self) -> Duration {
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        lately.roll(Instant::now());
        lately.latest.max(lately.before)
    }

    /// How many attempts failed with `kind`.
    pub fn failures(&self, kind: FailureKind) -> u64 {
        self.failures[kind as usize].load(Ordering::Relaxed)
    }
}

/// Durations by size, the last bucket without an upper bound.
#[derive(Debug, Default)]
pub struct Histogram {
    counts: [AtomicU64; BUCKETS_SECS.len() + 1],
    sum_micros: AtomicU64,
}

impl Histogram {
    /// Counts one duration.
    pub fn add(&self, duration: Duration) {
        let secs = duration.as_secs_f64();
        let bucket = BUCKETS_SECS.partition_point(|bound| *bound < secs);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.sum_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// The count of each bucket, not cumulated.
    pub fn counts(&self) -> [u64; BUCKETS_SECS.len() + 1] {
        std::array::from_fn(|at| self.counts[at].load(Ordering::Relaxed))
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.counts().iter().sum()
    }

    /// The sum in seconds.
    pub fn sum_secs(&self) -> f64 {
        self.sum_micros.load(Ordering::Relaxed) as f64 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use gssa_model::FailureReason;

    use super::*;

    #[test]
    fn a_duration_falls_into_the_bucket_whose_bound_it_does_not_exceed() {
        let histogram = Histogram::default();
        for ms in [1, 5, 6, 20_000] {
            histogram.add(Duration::from_millis(ms));
        }
        let counts = histogram.counts();
        assert_eq!((counts[0], counts[1], counts[BUCKETS_SECS.len()], histogram.count()), (2, 1, 1, 4));
        assert!((histogram.sum_secs() - 20.012).abs() < 1e-9);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_late_is_told_for_a_while() {
        let stats = PollStats::default();
        let late = |secs| stats.polled(Duration::from_secs(secs), Duration::ZERO, None);
        assert_eq!(stats.behind(), Duration::ZERO);
        late(40);
        late(2);
        tokio::time::advance(WINDOW).await;
        assert_eq!(stats.behind(), Duration::from_secs(40));
        late(3);
        tokio::time::advance(WINDOW).await;
        assert_eq!(stats.behind(), Duration::from_secs(3));
        tokio::time::advance(2 * WINDOW).await;
        assert_eq!(stats.behind(), Duration::ZERO);
        for (after, told) in [(Duration::from_millis(59_999), 5), (2 * WINDOW, 0)] {
            let stats = PollStats::default();
            stats.polled(Duration::from_secs(5), Duration::ZERO, None);
            tokio::time::advance(after).await;
            assert_eq!(stats.behind(), Duration::from_secs(told), "{after:?}");
        }
    }

    #[test]
    fn failures_are_counted_by_their_kind() {
        let stats = PollStats::default();
        stats.polled(Duration::ZERO, Duration::ZERO, Some(&CollectError::new(FailureReason::Busy, "")));
        let counts = FAILURE_KINDS.map(|kind| stats.failures(kind));
        assert_eq!(counts, [0, 0, 0, 1, 0, 0]);
    }
}
