//! Who comes and goes: a pure count of changes of state.
//!
//! One missed poll is no change, and to work a little worse is none either: `hashing`, `running` and `degraded` are one. What a person
//! or a schedule pauses, and what the configuration switches, does not count.

use std::collections::VecDeque;

use gssa_model::{Severity, State, Timestamp};

use gssa_view::finding::{Finding, IssueCode};

/// So many changes …
const MANY: usize = 4;

/// … within this time are too many, in milliseconds.
const WITHIN_MS: i64 = 30 * 60 * 1000;

/// More are not counted.
const MAX_COUNTED: usize = 100;

/// The changes of state of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// What it was last, of those that count.
    last: Option<State>,
    /// When it changed lately, oldest first.
    times: VecDeque<Timestamp>,
}

impl Changes {
    /// Takes note of a state, and finds that there were too many changes.
    pub fn note(&mut self, state: State, now: Timestamp) -> Option<Finding> {
        if let Some(state) = counted(state) {
            let before = self.last.replace(state);
            let is_change = before.is_some_and(|before| before != state && before != State::Standby);
            if is_change && state != State::Standby {
                self.times.push_back(now);
            }
        }
        let is_old = |time: &Timestamp| now.unix_ms() - time.unix_ms() > WITHIN_MS;
        while self.times.front().is_some_and(is_old) || self.times.len() > MAX_COUNTED {
            self.times.pop_front();
        }
        let since = *self.times.front().filter(|_| self.times.len() >= MANY)?;
        let detail = format!("changed its state {} times within 30 min", self.times.len());
        Some(Finding {
            code: IssueCode::Flapping,
            severity: Severity::Warning,
            reason: None,
            part: None,
            detail: detail.into(),
            since,
        })
    }
}

/// The state as it is counted, if it is.
const fn counted(state: State) -> Option<State> {
    match state {
        State::Stale | State::Pending | State::Disabled => None,
        State::Running | State::Degraded => Some(State::Hashing),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many changes are found after these states, each so many minutes after the one before.
    fn found(minutes: i64, states: &[State]) -> Option<String> {
        let mut changes = Changes::default();
        let times = (0..).map(|n| Timestamp::from_unix_ms(n * minutes * 60_000));
        states
            .iter()
            .zip(times)
            .fold(None, |_, (state, now)| changes.note(*state, now))
            .map(|finding| finding.detail.into())
    }

    #[test]
    fn four_changes_in_half_an_hour_are_found() {
        use State::{Auth, Degraded, Disabled, Hashing, Hot, Offline, Pending, Running, Stale, Standby};
        let four = Some("changed its state 4 times within 30 min".to_owned());
        for (states, expected) in [
            (&[Hashing, Offline, Hashing, Offline, Hashing][..], four.clone()),
            (&[Hashing, Offline, Hashing, Offline], None),
            (&[Pending, Hashing, Stale, Offline, Stale, Hashing, Stale, Offline, Degraded], four.clone()),
            (&[Hashing, Hot, Auth, Offline, Running], four),
            (&[Hashing, Degraded, Hashing, Degraded, Hashing, Degraded], None),
            (&[Hashing, Stale, Hashing, Stale, Hashing, Stale, Hashing, Stale], None),
            (&[Hashing, Standby, Hashing, Standby, Hashing, Standby, Hashing], None),
            (&[Hashing, Disabled, Hashing, Disabled, Hashing, Disabled], None),
        ] {
            assert_eq!(found(1, states), expected, "{states:?}");
        }
    }

    #[test]
    fn what_is_long_ago_does_not_count() {
        let alternating = [State::Hashing, State::Offline].repeat(20);
        assert_eq!(found(8, &alternating).as_deref(), Some("changed its state 4 times within 30 min"));
        assert_eq!(found(11, &alternating), None);
        let mut settled = [State::Hashing, State::Offline, State::Hashing, State::Offline, State::Hashing].to_vec();
        assert!(found(1, &settled).is_some());
        settled.extend([State::Hashing; 27]);
        assert!(found(1, &settled).is_some(), "the first change was 30 minutes ago");
        settled.push(State::Hashing);
        assert_eq!(found(1, &settled), None);
    }

    #[test]
    fn a_finding_begins_with_the_first_change_and_the_count_is_bounded() {
        let mut changes = Changes::default();
        for second in 0..1000 {
            let state = if second % 2 == 0 { State::Hashing } else { State::Offline };
            changes.note(state, Timestamp::from_unix_ms(second * 1000));
        }
        assert_eq!(changes.times.len(), MAX_COUNTED);
        let finding = changes.note(State::Offline, Timestamp::from_unix_ms(1_000_000)).unwrap();
        assert_eq!((finding.since.unix_ms(), finding.severity), (900_000, Severity::Warning));
    }
}
