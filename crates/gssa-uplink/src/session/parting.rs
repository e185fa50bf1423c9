//! Leaving a connection, and when the next one is tried.

use std::time::Duration;

use super::ending::{Next, Reason, SLOW, Verdict, judge};
use super::event::{Action, Ended, Moment};
use super::{Phase, Session};
use crate::backoff::asked;

/// The clocks may drift apart by so much between two events before it counts as a sleep or a new time.
const JUMP: Duration = Duration::from_secs(10);

impl Session {
    /// With a connection, the other token is used at once: the receiver may let the old one go when it has seen the new.
    pub(super) fn token_changed(&mut self, now: Moment, actions: &mut Vec<Action>) {
        self.rejections = 0;
        match self.phase {
            Phase::Waiting { .. } => self.phase = Phase::Waiting { until: now.up, is_back_off: true },
            Phase::Ended => {}
            _ => self.part(Verdict::new(Reason::Own, Next::AtOnce, "there is another token"), 1000, now, actions),
        }
    }

    /// The connection, or the attempt at one, is over.
    pub(super) fn ended(&mut self, ended: &Ended, now: Moment, actions: &mut Vec<Action>) {
        let (carrier, welcomed) = match &self.phase {
            Phase::Connecting { carrier, .. } | Phase::Greeting { carrier, .. } => (*carrier, false),
            Phase::Live(live) => (live.carrier, true),
            Phase::Waiting { .. } | Phase::Ended => return,
        };
        if welcomed && self.is_about_a_batch(ended) {
            return;
        }
        self.part(judge(ended, carrier, welcomed), 1000, now, actions);
    }

    /// Leaves the connection, if there is one, and waits as the verdict says.
    pub(super) fn part(&mut self, verdict: Verdict, code: u16, now: Moment, actions: &mut Vec<Action>) {
        let Verdict { reason, next, text, blames_websocket } = verdict;
        if let Phase::Live(live) = &self.phase {
            let is_fruitless = live.is_fruitless();
            self.fruitless = if is_fruitless { self.fruitless + 1 } else { 0 };
        }
        self.record.ended(reason, &text, now);
        actions.push(Action::Close(code));
        if self.stop_by.is_some() {
            self.phase = Phase::Ended;
            return;
        }
        let changes_carrier = blames_websocket && self.route.failed(now.up);
        let wait = match next {
            Next::AtOnce => Duration::ZERO,
            _ if changes_carrier => Duration::ZERO,
            Next::BackOff => self.backoff.failed(&mut self.rng),
            Next::Asked(wait) => asked(wait, &mut self.rng),
            Next::Slow => asked(SLOW, &mut self.rng),
            Next::Rejected => {
                self.rejections += 1;
                if self.rejections == 1 { self.backoff.failed(&mut self.rng) } else { asked(SLOW, &mut self.rng) }
            }
        };
        if next != Next::AtOnce {
            self.record.in_trouble(reason, text, now);
        }
        self.phase = Phase::Waiting { until: now.up + wait, is_back_off: next == Next::BackOff };
    }

    /// The machine slept, or somebody set its time: a connection may be dead without anybody having said so.
    pub(super) fn look_at_clocks(&mut self, now: Moment, actions: &mut Vec<Action>) {
        let clocks = now.wall.unix_ms().saturating_sub(i64::try_from(now.up.as_millis()).unwrap_or(i64::MAX));
        let before = *self.clocks.get_or_insert(clocks);
        (self.clocks, self.looked_at) = (Some(clocks), now.up);
        let jump = Duration::from_millis(clocks.abs_diff(before));
        if jump <= JUMP {
            return;
        }
        match self.phase {
            Phase::Waiting { is_back_off: true, .. } => {
                self.phase = Phase::Waiting { until: now.up, is_back_off: true };
            }
            Phase::Waiting { .. } | Phase::Ended => {}
            _ => {
                let text = format!("the clock jumped by {} s: the machine slept, or its time was set", jump.as_secs());
                self.part(Verdict::new(Reason::Clock, Next::AtOnce, text), 1000, now, actions);
            }
        }
    }
}
