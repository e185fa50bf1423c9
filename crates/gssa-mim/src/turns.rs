//! Which endpoint is asked in which observation, and what it told last.

use gssa_model::Gap;
use tokio::time::Instant;

use crate::normalize::Part;
use crate::options::Request;

/// The turns of all endpoints of one source.
#[derive(Debug)]
pub(crate) struct Turns {
    turns: Vec<Turn>,
}

#[derive(Debug, Default)]
struct Turn {
    /// So many observations go by before it is asked again.
    skip: u32,
    /// How often it failed in a row.
    failures: u32,
    now: Now,
    last: Last,
}

/// Its part in the observation under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Now {
    /// Not its turn.
    #[default]
    Between,
    Due,
    Asked,
}

/// What it said when it was asked last.
#[derive(Debug, Default)]
enum Last {
    #[default]
    Nothing,
    Told {
        part: Part,
        at: Instant,
    },
    Failed(Gap),
}

/// Each failure doubles the observations until the next attempt, so many times and never beyond the turn that its operator chose: an
/// endpoint that has trouble must not get more requests because of it.
const MAX_DOUBLINGS: u32 = 6;

impl Turns {
    pub(crate) fn new(requests: &[Request]) -> Self {
        Self { turns: requests.iter().map(|_| Turn::default()).collect() }
    }

    /// All are due again, and what they told is gone.
    pub(crate) fn forget(&mut self) {
        self.turns.fill_with(Turn::default);
    }

    /// Begins an observation, and gives the places of those to ask in it. Those that failed are last, lest a slow one takes the time of
    /// the others.
    pub(crate) fn begin(&mut self) -> Vec<usize> {
        let mut due = Vec::new();
        for (at, turn) in self.turns.iter_mut().enumerate() {
            match turn.skip.checked_sub(1) {
                None => {
                    turn.now = Now::Due;
                    due.push(at);
                }
                Some(skip) => (turn.now, turn.skip) = (Now::Between, skip),
            }
        }
        due.sort_by_key(|at| self.turns.get(*at).map(|turn| turn.failures));
        due
    }

    /// What one of them said.
    pub(crate) fn asked(&mut self, at: usize, every: u32, told: Result<Part, Gap>) {
        let Some(turn) = self.turns.get_mut(at) else { return };
        let (skip, failures, last) = match told {
            Ok(part) => (every - 1, 0, Last::Told { part, at: Instant::now() }),
            Err(gap) => {
                let skip = (1 << turn.failures.min(MAX_DOUBLINGS)) - 1;
                (skip.min(every - 1), turn.failures.saturating_add(1), Last::Failed(gap))
            }
        };
        *turn = Turn { skip, failures, now: Now::Asked, last };
    }

    /// What is known, each with its age in seconds where it was told in an earlier observation. What was due and not asked is not among
    /// them: it would be shown beyond its turn.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (Part, Option<u64>)> + '_ {
        self.shown().filter_map(|turn| match &turn.last {
            Last::Told { part, at } => Some((part.clone(), (turn.now == Now::Between).then(|| at.elapsed().as_secs()))),
            Last::Nothing | Last::Failed(_) => None,
        })
    }

    /// What could not be read, in every observation until it can be.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = Gap> + '_ {
        self.shown().flat_map(|turn| match &turn.last {
            Last::Told { part, .. } => part.gaps.clone(),
            Last::Failed(gap) => vec![gap.clone()],
            Last::Nothing => Vec::new(),
        })
    }

    fn shown(&self) -> impl Iterator<Item = &Turn> {
        self.turns.iter().filter(|turn| turn.now != Now::Due)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn turns(count: usize) -> Turns {
        Turns { turns: (0..count).map(|_| Turn::default()).collect() }
    }

    fn ages(turns: &Turns) -> Vec<Option<u64>> {
        turns.parts().map(|(_, age)| age).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_asked_less_often_is_shown_with_its_age_in_between() {
        let mut turns = turns(2);
        for observation in 0..9_u64 {
            let due = turns.begin();
            assert_eq!(due.contains(&1), observation % 3 == 0, "{observation}");
            assert!(due.contains(&0));
            for at in due {
                turns.asked(at, [1, 3][at], Ok(Part::default()));
            }
            let age = Some(60 * (observation % 3)).filter(|age| *age > 0);
            assert_eq!(ages(&turns), [None, age], "{observation}");
            tokio::time::advance(Duration::from_secs(60)).await;
        }
    }

    #[test]
    fn a_failure_is_asked_again_less_and_less_often_and_never_beyond_its_turn() {
        let mut turns = turns(1);
        let gap = || Gap::new("/x", "timeout");
        let mut asked = Vec::new();
        for observation in 1..=20 {
            if !turns.begin().is_empty() {
                asked.push(observation);
                turns.asked(0, 6, Err(gap()));
            }
            assert_eq!(turns.gaps().collect::<Vec<_>>(), [gap()], "steady, so that the health is");
            assert_eq!(turns.parts().count(), 0, "what it told before is gone");
        }
        assert_eq!(asked, [1, 2, 4, 8, 14, 20]);
    }

    #[test]
    fn one_that_failed_is_asked_after_the_others() {
        let mut turns = turns(3);
        assert_eq!(turns.begin(), [0, 1, 2]);
        turns.asked(0, 1, Err(Gap::new("/x", "timeout")));
        // The time was up before the others had their turn.
        assert_eq!(turns.gaps().count(), 1);
        assert_eq!(turns.begin(), [1, 2, 0]);
    }

    #[test]
    fn what_was_due_and_not_asked_is_not_shown() {
        let mut turns = turns(1);
        turns.begin();
        turns.asked(0, 2, Ok(Part::default()));
        assert_eq!(ages(&turns), [None]);
        turns.begin();
        assert_eq!(ages(&turns), [Some(0)], "told before, however short ago");
        turns.begin();
        assert_eq!(ages(&turns), []);
    }
}
