//! How much one agent may send: a bucket that fills with time, and may be overdrawn once.

use std::time::Duration;

use tokio::time::Instant;

/// How much one agent may send.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Items a second, in the long run.
    pub items: f64,
    /// Bytes a second as unpacked, in the long run.
    pub bytes: f64,
    /// So many seconds of both may come at once.
    pub burst_secs: f64,
}

impl Default for Rates {
    fn default() -> Self {
        Self { items: 5_000.0, bytes: 16.0 * 1024.0 * 1024.0, burst_secs: 10.0 }
    }
}

/// What an agent has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    items: f64,
    bytes: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn new(rates: &Rates, now: Instant) -> Self {
        Self { items: rates.items * rates.burst_secs, bytes: rates.bytes * rates.burst_secs, at: now }
    }

    /// Takes what came, and gives how long to wait before the next.
    pub(super) fn take(&mut self, rates: &Rates, items: usize, bytes: usize, now: Instant) -> Duration {
        let past = now.duration_since(self.at).as_secs_f64();
        self.at = now;
        let left = |had: f64, rate: f64, taken: usize| (had + past * rate).min(rate * rates.burst_secs) - taken as f64;
        self.items = left(self.items, rates.items, items);
        self.bytes = left(self.bytes, rates.bytes, bytes);
        let secs = (-self.items / rates.items).max(-self.bytes / rates.bytes).max(0.0);
        Duration::try_from_secs_f64(secs).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_what_is_more_has_to_wait() {
        let rates = Rates { items: 100.0, bytes: 1e9, burst_secs: 2.0 };
        let start = Instant::now();
        let mut bucket = Bucket::new(&rates, start);
        assert_eq!(bucket.take(&rates, 200, 0, start), Duration::ZERO);
        assert_eq!(bucket.take(&rates, 50, 0, start), Duration::from_millis(500));
        assert_eq!(bucket.take(&rates, 0, 0, start + Duration::from_secs(1)), Duration::ZERO);
        let long_after = start + Duration::from_secs(3600);
        assert_eq!(bucket.take(&rates, 200, 0, long_after), Duration::ZERO);
        assert_eq!(bucket.take(&rates, 100, 2_000_000_000, long_after), Duration::from_secs(1));
    }
}
