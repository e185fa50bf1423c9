//! What a session remembers for people: attempts, the last trouble, counts.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use gssa_model::Timestamp;

use super::ending::Reason;
use super::event::{Carrier, Moment};

/// So many attempts are remembered.
pub const MAX_ATTEMPTS: usize = 20;

/// The upper bounds of the buckets that acknowledgements are counted in, in seconds.
pub const ACK_BUCKETS_SECS: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// One attempt to connect, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// How.
    pub carrier: Carrier,
    /// How long it took until the receiver said welcome, if it did.
    pub welcomed_after: Option<Duration>,
    /// How long after its begin it ended, if it has.
    pub ended_after: Option<Duration>,
    /// Why it ended.
    pub reason: Option<Reason>,
    /// The same in words, with what to do.
    pub text: String,
    begun: Duration,
}

/// What is wrong, in words with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// When it was noticed.
    pub at: Timestamp,
    /// Its kind.
    pub reason: Reason,
    /// In words.
    pub text: String,
}

/// How long acknowledgements took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AckDelay {
    /// How many took at most so long, by [`ACK_BUCKETS_SECS`]; what took longer is only in `count`.
    pub buckets: [u64; ACK_BUCKETS_SECS.len()],
    /// How many there were.
    pub count: u64,
    /// What they took together, in seconds.
    pub sum_secs: f64,
    /// What the last one took.
    pub last: Duration,
}

impl AckDelay {
    pub(super) fn took(&mut self, delay: Duration) {
        let secs = delay.as_secs_f64();
        if let Some(at) = ACK_BUCKETS_SECS.iter().position(|bound| secs <= *bound) {
            self.buckets[at] += 1;
        }
        self.count += 1;
        self.sum_secs += secs;
        self.last = delay;
    }
}

/// What a session remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) attempts: VecDeque<Attempt>,
    /// What is wrong and was not mended since.
    pub(super) trouble: Option<Trouble>,
    /// How often a connection was made.
    pub(super) welcomes: u64,
    pub(super) endings: BTreeMap<Reason, u64>,
    pub(super) ack_delay: AckDelay,
    pub(super) last_sent: Option<Timestamp>,
    pub(super) last_acknowledged: Option<Timestamp>,
    /// What was left out last, and why.
    pub(super) last_refused: Option<String>,
    pub(super) items_sent: u64,
    pub(super) bytes_sent: u64,
}

impl Record {
    pub(super) fn begin(&mut self, carrier: Carrier, now: Moment) {
        if self.attempts.len() == MAX_ATTEMPTS {
            self.attempts.pop_front();
        }
        self.attempts.push_back(Attempt {
            at: now.wall,
            carrier,
            welcomed_after: None,
            ended_after: None,
            reason: None,
            text: String::new(),
            begun: now.up,
        });
    }

    pub(super) fn welcomed(&mut self, now: Moment) {
        self.welcomes += 1;
        self.trouble = None;
        if let Some(attempt) = self.attempts.back_mut() {
            attempt.welcomed_after = Some(now.up.saturating_sub(attempt.begun));
        }
    }

    /// The attempt, or the connection that it became, is over.
    pub(super) fn ended(&mut self, reason: Reason, text: &str, now: Moment) {
        *self.endings.entry(reason).or_default() += 1;
        if let Some(attempt) = self.attempts.back_mut().filter(|attempt| attempt.ended_after.is_none()) {
            attempt.ended_after = Some(now.up.saturating_sub(attempt.begun));
            attempt.reason = Some(reason);
            text.clone_into(&mut attempt.text);
        }
    }

    pub(super) fn in_trouble(&mut self, reason: Reason, text: String, now: Moment) {
        self.trouble = Some(Trouble { at: now.wall, reason, text });
    }
}
