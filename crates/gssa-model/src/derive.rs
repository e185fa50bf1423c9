//! What two observations of one miner, one after the other, show.
//!
//! A single reply cannot tell that a figure stands still or that a counter went back. [`derive()`] is called by the agent with what it
//! remembers of the observation before; it marks what it finds and changes nothing: no figure is smoothed.

use std::borrow::Cow;
use std::time::Duration;

use crate::{Mark, MarkKind, MinerSnapshot};

/// The same hashrate to the last bit in so many observations, while no share is accepted, is a frozen one.
pub const FROZEN_AFTER: u32 = 3;

/// A hashrate of so many times the expected one cannot be.
pub const IMPOSSIBLE_TIMES_EXPECTED: f64 = 3.0;

/// How far two clocks may drift apart before an uptime that grew too little counts as a restart, in seconds.
const UPTIME_SLACK_SECS: u64 = 5;

/// What has to be remembered of an observation to compare the next one with it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Trail {
    uptime_secs: Option<u64>,
    accepted: Option<u64>,
    rejected: Option<u64>,
    hashrate_hps: Option<f64>,
    /// In how many observations in a row the hashrate and the accepted shares were the same.
    unmoved: u32,
}

/// Compares an observation with the one `elapsed` before it, and gives what was noticed and what to remember.
///
/// `elapsed` is monotonic time between the two observations. Without a `previous` one, only what is impossible in itself is marked.
pub fn derive(previous: Option<&Trail>, current: &MinerSnapshot, elapsed: Duration) -> (Trail, Vec<Mark>) {
    let mut trail = Trail {
        uptime_secs: current.uptime_secs,
        accepted: current.work.accepted,
        rejected: current.work.rejected,
        hashrate_hps: current.hashing.current_hps.map(crate::unit::Hashrate::get),
        unmoved: 1,
    };
    let mut marks = impossible(current);
    if let Some(previous) = previous {
        if restarted(previous, &trail, elapsed) {
            marks.push(mark(MarkKind::Restarted, "uptime_secs"));
        } else {
            let counters = [
                ("work.accepted", previous.accepted, trail.accepted),
                ("work.rejected", previous.rejected, trail.rejected),
            ];
            let went_back = counters
                .into_iter()
                .filter(|(_, before, now)| before.zip(*now).is_some_and(|(before, now)| now < before));
            marks.extend(went_back.map(|(field, ..)| mark(MarkKind::CounterWentBack, field)));
            let moves = trail.hashrate_hps.is_none_or(|hps| hps <= 0.0);
            if !moves && trail.hashrate_hps == previous.hashrate_hps && trail.accepted == previous.accepted {
                trail.unmoved = previous.unmoved.saturating_add(1);
            }
        }
    }
    if trail.unmoved >= FROZEN_AFTER {
        marks.push(mark(MarkKind::Frozen, "hashing.current_hps"));
    }
    (trail, marks)
}

/// An uptime that is lower than before, or that grew by less than the time that passed.
fn restarted(previous: &Trail, current: &Trail, elapsed: Duration) -> bool {
    let Some((before, now)) = previous.uptime_secs.zip(current.uptime_secs) else { return false };
    now < before
        || (now < elapsed.as_secs().saturating_sub(UPTIME_SLACK_SECS)
            && now < before.saturating_add(elapsed.as_secs() / 2))
}

fn impossible(current: &MinerSnapshot) -> Vec<Mark> {
    let mut marks = Vec::new();
    let hashing = &current.hashing;
    let too_fast = |hps: f64| match hashing.expected_hps {
        Some(expected) if expected.get() > 0.0 => hps > expected.get() * IMPOSSIBLE_TIMES_EXPECTED,
        _ => false,
    };
    if hashing.current_hps.is_some_and(|hps| hps.get() < 0.0 || too_fast(hps.get())) {
        marks.push(mark(MarkKind::Impossible, "hashing.current_hps"));
    }
    if current.power.watts.is_some_and(|watts| watts.get() < 0.0) {
        marks.push(mark(MarkKind::Impossible, "power.watts"));
    }
    if current.work.error_percent.is_some_and(|percent| !(0.0..=100.0).contains(&percent.get())) {
        marks.push(mark(MarkKind::Impossible, "work.error_percent"));
    }
    marks
}

const fn mark(mark: MarkKind, field: &'static str) -> Mark {
    Mark { mark, field: Cow::Borrowed(field) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::{Hashrate, Percent, Watts};

    const POLL: Duration = Duration::from_secs(30);

    fn miner(uptime: u64, accepted: u64, ghs: f64) -> MinerSnapshot {
        let mut miner = MinerSnapshot { uptime_secs: Some(uptime), ..MinerSnapshot::default() };
        miner.work.accepted = Some(accepted);
        miner.hashing.current_hps = Hashrate::from_ghs(ghs);
        miner.hashing.expected_hps = Hashrate::from_ghs(1000.0);
        miner
    }

    /// The marks after the last of a series of observations, [`POLL`] apart.
    fn marks_of(series: &[MinerSnapshot]) -> Vec<(MarkKind, String)> {
        let mut trail = None;
        let mut marks = Vec::new();
        for miner in series {
            let (next, found) = derive(trail.as_ref(), miner, POLL);
            (trail, marks) = (Some(next), found);
        }
        marks.into_iter().map(|mark| (mark.mark, mark.field.into_owned())).collect()
    }

    #[test]
    fn a_device_that_works_has_no_marks() {
        assert_eq!(marks_of(&[miner(100, 5, 990.0), miner(130, 6, 1010.0), miner(160, 6, 1003.0)]), []);
    }

    #[test]
    fn a_restart_is_known_by_the_uptime() {
        let restarted = [(MarkKind::Restarted, "uptime_secs".to_owned())];
        assert_eq!(marks_of(&[miner(9000, 50, 990.0), miner(12, 0, 800.0)]), restarted);
        let (trail, _) = derive(None, &miner(100, 50, 990.0), POLL);
        let (_, marks) = derive(Some(&trail), &miner(400, 50, 980.0), Duration::from_secs(3600));
        assert_eq!(marks, [mark(MarkKind::Restarted, "uptime_secs")], "up for less than the time between the two");
    }

    #[test]
    fn an_uptime_that_only_lags_is_no_restart() {
        let is_restart = |before, now, elapsed_secs| {
            let (trail, _) = derive(None, &miner(before, 50, 990.0), POLL);
            let (_, marks) = derive(Some(&trail), &miner(now, 50, 980.0), Duration::from_secs(elapsed_secs));
            marks == [mark(MarkKind::Restarted, "uptime_secs")]
        };
        for (before, now, elapsed_secs, expected, why) in [
            (9000, 8999, 30, true, "lower than before"),
            (9000, 9000, 30, false, "a reply from a cache"),
            (9000, 9010, 30, false, "a slow clock"),
            (2, 20, 30, false, "young, and grew by more than half of what passed"),
            (5, 20, 30, false, "grew by just half of what passed"),
            (5, 19, 30, true, "young, and grew by less than half of what passed"),
            (15, 24, 30, true, "up for less than what passed and what clocks differ by"),
            (15, 25, 30, false, "up for as long as what passed, but for what clocks differ by"),
        ] {
            assert_eq!(is_restart(before, now, elapsed_secs), expected, "{why}");
        }
    }

    #[test]
    fn a_counter_that_goes_back_without_a_restart_is_marked() {
        assert_eq!(
            marks_of(&[miner(100, 50, 990.0), miner(130, 49, 991.0)]),
            [(MarkKind::CounterWentBack, "work.accepted".into())]
        );
        let mut rejected = [miner(100, 50, 990.0), miner(130, 50, 991.0)];
        (rejected[0].work.rejected, rejected[1].work.rejected) = (Some(3), Some(2));
        assert_eq!(marks_of(&rejected), [(MarkKind::CounterWentBack, "work.rejected".into())]);
    }

    #[test]
    fn the_same_hashrate_without_shares_is_frozen_at_the_third_time() {
        let frozen = [(MarkKind::Frozen, "hashing.current_hps".to_owned())];
        assert_eq!(marks_of(&[miner(100, 5, 990.5), miner(130, 5, 990.5)]), []);
        assert_eq!(marks_of(&[miner(100, 5, 990.5), miner(130, 5, 990.5), miner(160, 5, 990.5)]), frozen);
        assert_eq!(marks_of(&[miner(100, 5, 990.5), miner(130, 5, 990.5), miner(160, 6, 990.5)]), [], "a share came");
        assert_eq!(marks_of(&[miner(100, 5, 0.0), miner(130, 5, 0.0), miner(160, 5, 0.0)]), [], "zero may stay zero");
    }

    #[test]
    fn what_cannot_be_is_marked_at_once() {
        assert_eq!(marks_of(&[miner(100, 5, 12_000.0)]), [(MarkKind::Impossible, "hashing.current_hps".into())]);
        let mut negative = miner(100, 5, 900.0);
        negative.power.watts = Watts::from_watts(-3.0);
        assert_eq!(marks_of(&[negative]), [(MarkKind::Impossible, "power.watts".into())]);
    }

    #[test]
    fn what_only_just_can_be_is_not_marked() {
        let of = |ghs, expected_ghs, watts, error_percent| {
            let mut miner = miner(100, 5, ghs);
            miner.hashing.expected_hps = Hashrate::from_ghs(expected_ghs);
            miner.power.watts = Watts::from_watts(watts);
            miner.work.error_percent = Percent::from_percent(error_percent);
            marks_of(&[miner])
                .into_iter()
                .map(|(kind, field)| (kind == MarkKind::Impossible).then_some(field))
                .collect()
        };
        let nothing: Vec<Option<String>> = Vec::new();
        let only = |field: &str| vec![Some(field.to_owned())];
        for (ghs, expected_ghs, watts, error_percent, marks) in [
            (3000.0, 1000.0, 18.0, 1.0, nothing.clone()),
            (3000.1, 1000.0, 18.0, 1.0, only("hashing.current_hps")),
            (990.0, 0.0, 18.0, 1.0, nothing.clone()),
            (-0.1, 1000.0, 18.0, 1.0, only("hashing.current_hps")),
            (0.0, 1000.0, 0.0, 0.0, nothing.clone()),
            (990.0, 1000.0, -0.1, 1.0, only("power.watts")),
            (990.0, 1000.0, 18.0, 100.0, nothing),
            (990.0, 1000.0, 18.0, 100.1, only("work.error_percent")),
            (990.0, 1000.0, 18.0, -0.1, only("work.error_percent")),
        ] {
            let found: Vec<_> = of(ghs, expected_ghs, watts, error_percent);
            assert_eq!(found, marks, "{ghs} of {expected_ghs} GH/s, {watts} W, {error_percent} %");
        }
    }
}
