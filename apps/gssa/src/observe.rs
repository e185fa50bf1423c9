//! From the outcome of one attempt to the next reading: a pure function.

use std::sync::Arc;
use std::time::Duration;

use gssa_model::derive::{Trail, derive};
use gssa_model::{CollectError, Failure, Health, Reading, Snapshot, Source, State, Timestamp};
use gssa_view::finding::Finding;

use crate::assess::{assess, keep_since};
use crate::config::Limits;
use crate::flapping::Changes;

/// One attempt to observe a source.
#[derive(Debug)]
pub struct Attempt {
    /// What came of it.
    pub outcome: Result<Snapshot, CollectError>,
    /// When it ended.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// Monotonic time since the last good observation.
    pub since_last_good: Duration,
}

/// What an attempt is judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// So many misses in a row make a source `down`.
    pub down_after_misses: u32,
    /// What counts as too hot or too slow.
    pub limits: Limits,
}

/// What is remembered of the attempts before, beside the last reading.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// What the next observation is compared with.
    pub trail: Option<Trail>,
    /// Changes of state.
    pub changes: Changes,
}

/// What follows from an attempt.
#[derive(Debug)]
pub struct Observed {
    /// The reading to publish.
    pub reading: Reading,
    /// What needs attention.
    pub findings: Vec<Finding>,
    /// What to remember for the next attempt.
    pub past: Past,
}

/// The reading after `attempt`, given the one before it.
pub fn observe(
    source: &Arc<Source>,
    before: Option<(&Reading, &[Finding])>,
    mut past: Past,
    attempt: Attempt,
    rules: &Rules,
) -> Observed {
    let last = before.map(|(reading, _)| reading);
    let mut reading = Reading::pending(source.clone());
    reading.observed_at = Some(attempt.at);
    reading.took_ms = Some(u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX));
    match attempt.outcome {
        Ok(snapshot) => {
            reading.health = Health::after_answer(&snapshot);
            if let Some(miner) = snapshot.as_miner() {
                let (seen, marks) = derive(past.trail.as_ref(), miner, attempt.since_last_good);
                (past.trail, reading.marks) = (Some(seen), marks);
            }
            (reading.snapshot_at, reading.snapshot) = (Some(attempt.at), Some(Arc::new(snapshot)));
        }
        Err(error) => {
            let earlier = last.and_then(|last| last.failure.as_ref());
            let in_a_row = earlier.map_or(0, |failure| failure.in_a_row).saturating_add(1);
            reading.health = Health::after_failure(error.kind(), in_a_row, rules.down_after_misses);
            reading.failure = Some(Failure {
                kind: error.kind(),
                reason: error.reason(),
                detail: gssa_model::text::clean(error.detail()).unwrap_or_default(),
                since: earlier.map_or(attempt.at, |failure| failure.since),
                in_a_row,
            });
            if let Some(last) = last {
                (reading.snapshot_at, reading.snapshot) = (last.snapshot_at, last.snapshot.clone());
            }
        }
    }
    let (state, mut findings) = assess(&reading, &rules.limits);
    reading.state = state;
    if let Some(flapping) = past.changes.note(state, attempt.at) {
        if matches!(state, State::Hashing | State::Running) {
            reading.state = State::Degraded;
        }
        findings.push(flapping);
    }
    reading.state_since = Some(state_since(last, &reading, attempt.at));
    keep_since(&mut findings, before.map_or(&[], |(_, findings)| findings));
    Observed { reading, findings, past }
}

/// Since when a reading has its state. Before the second miss there was a first one, so silence begins there.
fn state_since(last: Option<&Reading>, reading: &Reading, now: Timestamp) -> Timestamp {
    let unchanged = last.filter(|last| last.state == reading.state).and_then(|last| last.state_since);
    unchanged.unwrap_or_else(|| reading.failure.as_ref().map_or(now, |failure| failure.since))
}

#[cfg(test)]
mod tests {
    use gssa_model::unit::Hashrate;
    use gssa_model::{FailureReason, Gap, MarkKind, MinerSnapshot, SourceKind};
    use gssa_view::finding::IssueCode;

    use super::*;

    /// A series of attempts, a minute apart.
    struct Series {
        source: Arc<Source>,
        last: Option<Observed>,
        minute: i64,
    }

    impl Series {
        fn new() -> Self {
            let source = Source { name: "A".into(), ..Source::new("a".parse().unwrap(), SourceKind::Axeos, "") };
            Self { source: Arc::new(source), last: None, minute: 0 }
        }

        fn then(&mut self, outcome: Result<Snapshot, CollectError>) -> &Reading {
            self.minute += 1;
            let attempt = Attempt {
                outcome,
                at: Timestamp::from_unix_ms(self.minute * 60_000),
                took: Duration::from_millis(41),
                since_last_good: Duration::from_secs(60),
            };
            let before = self.last.as_ref().map(|last| (&last.reading, &last.findings[..]));
            let past = self.last.as_ref().map(|last| last.past.clone()).unwrap_or_default();
            let rules = Rules { down_after_misses: 2, limits: Limits::default() };
            &self.last.insert(observe(&self.source, before, past, attempt, &rules)).reading
        }
    }

    fn good(uptime: u64) -> Snapshot {
        let mut miner = MinerSnapshot { uptime_secs: Some(uptime), ..MinerSnapshot::default() };
        miner.hashing.current_hps = Hashrate::from_ths(1.0 + uptime as f64 / 1e6);
        miner.into()
    }

    fn bad(reason: FailureReason) -> Result<Snapshot, CollectError> {
        Err(CollectError::new(reason, "no\u{1b} answer"))
    }

    #[test]
    fn one_miss_is_stale_two_are_down_and_the_last_good_values_stay() {
        let mut series = Series::new();
        let first = series.then(Ok(good(100))).clone();
        assert_eq!((first.health, first.state, first.took_ms), (Health::Up, State::Hashing, Some(41)));

        let stale = series.then(bad(FailureReason::Timeout)).clone();
        assert_eq!((stale.health, stale.state), (Health::Stale, State::Stale));
        assert_eq!((stale.snapshot_at, &stale.snapshot), (first.snapshot_at, &first.snapshot));
        let failure = stale.failure.unwrap();
        assert_eq!((failure.in_a_row, failure.since.unix_ms(), failure.detail.as_str()), (1, 120_000, "no answer"));

        let down = series.then(bad(FailureReason::ConnectionRefused)).clone();
        assert_eq!((down.health, down.state), (Health::Down, State::Offline));
        assert_eq!(down.failure.map(|failure| (failure.in_a_row, failure.since.unix_ms())), Some((2, 120_000)));

        let back = series.then(Ok(good(280))).clone();
        assert_eq!((back.health, back.failure, back.marks.len()), (Health::Up, None, 0));
    }

    #[test]
    fn a_state_holds_since_it_began_and_silence_since_the_first_miss() {
        let mut series = Series::new();
        let mut since = |outcome| series.then(outcome).state_since.map(|since| since.unix_ms() / 60_000);
        let miss = || bad(FailureReason::Timeout);
        let minutes = [
            since(Ok(good(1))),
            since(Ok(good(61))),
            since(miss()),
            since(miss()),
            since(miss()),
            since(Ok(good(361))),
        ];
        assert_eq!(minutes, [1, 1, 3, 3, 3, 6].map(Some));
    }

    #[test]
    fn who_comes_and_goes_is_degraded_until_it_stays() {
        let mut series = Series::new();
        let mut state = |outcome| series.then(outcome).state;
        let refused = || bad(FailureReason::PasswordWrong);
        for minute in 1..=2 {
            assert_eq!(state(Ok(good(minute))), State::Hashing);
            assert_eq!(state(refused()), State::Auth);
        }
        assert_eq!(state(Ok(good(5))), State::Degraded);
        let finding = |series: &Series| series.last.as_ref().unwrap().findings.first().map(|finding| finding.code);
        assert_eq!(finding(&series), Some(IssueCode::Flapping));
        for minute in 6..=32 {
            series.then(Ok(good(minute)));
        }
        assert_eq!(series.then(Ok(good(33))).state, State::Hashing);
        assert_eq!(finding(&series), None);
    }

    #[test]
    fn a_source_that_never_answered_shows_no_values() {
        let mut series = Series::new();
        let reading = series.then(bad(FailureReason::PasswordNeeded));
        assert_eq!((reading.health, reading.state, reading.snapshot_at), (Health::Refused, State::Auth, None));
    }

    #[test]
    fn a_gap_makes_a_reading_partial() {
        let mut series = Series::new();
        let miner = MinerSnapshot { gaps: vec![Gap::new("bestDiff", "12..3M")], ..MinerSnapshot::default() };
        assert_eq!(series.then(Ok(miner.into())).health, Health::Partial);
    }

    #[test]
    fn a_restart_is_seen_across_an_outage() {
        let mut series = Series::new();
        series.then(Ok(good(5000)));
        series.then(bad(FailureReason::ConnectionRefused));
        let marks = series.then(Ok(good(20))).marks.clone();
        assert_eq!(marks.first().map(|mark| mark.mark), Some(MarkKind::Restarted));
    }
}
