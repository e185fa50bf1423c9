//! When to ask next: pure functions of what happened and of a number between 0 and 1 for chance.

use std::time::Duration;

use gssa_model::FailureKind;

/// A source that keeps failing is asked at least this often, unless its interval is longer.
pub(super) const BACKOFF_CEILING: Duration = Duration::from_secs(300);

/// A device that gets slow is asked so much less often at the most.
pub(super) const MAX_STRETCH: u32 = 8;

/// What the time to the next attempt depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pace {
    /// The configured interval.
    pub interval: Duration,
    /// Failures in a row and the kind of the last one.
    pub failures: Option<(u32, FailureKind)>,
    /// How long the peer asked us to wait.
    pub retry_after: Option<Duration>,
    /// How many times longer a slow device gets, 1 to [`MAX_STRETCH`].
    pub stretch: u32,
}

/// The time from one attempt to the next, without jitter.
///
/// Failures double it up to the larger of the interval and [`BACKOFF_CEILING`]; what only a person can change goes there at once.
pub(super) fn next_delay(pace: &Pace) -> Duration {
    let ceiling = pace.interval.max(BACKOFF_CEILING);
    let delay = match pace.failures {
        None | Some((0, _)) => pace.interval * pace.stretch.clamp(1, MAX_STRETCH),
        Some((_, FailureKind::Refused | FailureKind::Unsupported)) => ceiling,
        Some((in_a_row, _)) => (pace.interval * 2_u32.saturating_pow((in_a_row - 1).min(16))).min(ceiling),
    };
    delay.max(pace.retry_after.unwrap_or_default())
}

/// How much earlier or later than due an attempt starts, in seconds: within half of `jitter_percent` of the interval to either side.
/// `chance` is between 0 and 1.
pub(super) fn jitter_secs(interval: Duration, jitter_percent: f64, chance: f64) -> f64 {
    interval.as_secs_f64() * jitter_percent / 100.0 * (chance - 0.5)
}

/// The stretch after an answer that took `took`: doubled when it used more than a quarter of the timeout, halved when it used less
/// than an eighth.
pub(super) fn next_stretch(stretch: u32, took: Duration, timeout: Duration) -> u32 {
    if took > timeout / 4 {
        (stretch * 2).min(MAX_STRETCH)
    } else if took < timeout / 8 {
        (stretch / 2).max(1)
    } else {
        stretch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn the_delay_follows_what_happened() {
        use FailureKind as K;
        let healthy = Pace { interval: secs(30), failures: None, retry_after: None, stretch: 1 };
        for (pace, expected, why) in [
            (healthy, 30, "healthy"),
            (Pace { stretch: 4, ..healthy }, 120, "slow"),
            (Pace { stretch: 99, ..healthy }, 240, "at most eight times"),
            (Pace { failures: Some((1, K::Timeout)), ..healthy }, 30, "one miss: the next tick tells"),
            (Pace { failures: Some((2, K::Timeout)), ..healthy }, 60, "doubled"),
            (Pace { failures: Some((4, K::Unreachable)), ..healthy }, 240, "doubled again and again"),
            (Pace { failures: Some((5, K::Unreachable)), ..healthy }, 300, "the ceiling"),
            (Pace { failures: Some((u32::MAX, K::Protocol)), ..healthy }, 300, "for ever"),
            (Pace { failures: Some((1, K::Refused)), ..healthy }, 300, "only a person can help"),
            (Pace { failures: Some((1, K::Unsupported)), ..healthy }, 300, "only a person can help"),
            (
                Pace { failures: Some((9, K::Timeout)), interval: secs(3600), ..healthy },
                3600,
                "never above a longer interval",
            ),
            (Pace { failures: Some((1, K::Overloaded)), retry_after: Some(secs(90)), ..healthy }, 90, "asked to wait"),
            (Pace { retry_after: Some(secs(5)), ..healthy }, 30, "asked to wait less than the interval"),
        ] {
            assert_eq!(next_delay(&pace), secs(expected), "{why}");
        }
    }

    #[test]
    fn jitter_is_half_of_its_width_to_either_side() {
        let jitter_ms = |chance| (jitter_secs(secs(30), 10.0, chance) * 1000.0) as i64;
        assert_eq!([jitter_ms(0.0), jitter_ms(0.5), jitter_ms(1.0)], [-1500, 0, 1500]);
    }

    #[test]
    fn a_slow_device_is_asked_less_often_and_comes_back_stepwise() {
        let timeout = secs(4);
        let after = |stretch, ms| next_stretch(stretch, Duration::from_millis(ms), timeout);
        assert_eq!([after(1, 40), after(1, 1100), after(4, 1100), after(8, 3000)], [1, 2, 8, 8]);
        assert_eq!([after(8, 700), after(8, 400), after(2, 10), after(1, 10)], [8, 4, 1, 1]);
        assert_eq!([after(2, 1000), after(2, 500)], [2, 2], "a quarter is not more than it, an eighth not less");
    }
}
