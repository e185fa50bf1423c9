//! How a session is, for people and programs.

use std::collections::BTreeMap;
use std::time::Duration;

use gssa_model::Timestamp;

use super::ending::Reason;
use super::event::{Carrier, Moment};
use super::record::{AckDelay, Attempt, Trouble};
use super::{CLOCK_WRONG, Phase, Session};
use crate::ring::Ledger;
use crate::wire::{Epoch, Program, Seq};

/// How a link is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It is not wanted, or has ended.
    Off,
    /// The first attempt is under way.
    Connecting,
    /// Everything gets through.
    On,
    /// What was made during an outage is on its way.
    CatchingUp,
    /// It does not get through; it is tried again.
    Trouble,
    /// The receiver does not take the token; a person has to act.
    Rejected,
}

impl State {
    /// The word for it in APIs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Connecting => "connecting",
            Self::On => "on",
            Self::CatchingUp => "catching_up",
            Self::Trouble => "trouble",
            Self::Rejected => "rejected",
        }
    }
}

/// How a session is.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// In one word.
    pub state: State,
    /// How it is connected, or is trying to.
    pub carrier: Carrier,
    /// Since when, if it is.
    pub connected_since: Option<Timestamp>,
    /// The receiver's id of this agent, of the last welcome.
    pub agent: Option<String>,
    /// The receiver's program, of the last welcome.
    pub server: Option<Program>,
    /// The run that items are numbered in.
    pub epoch: Epoch,
    /// The highest number that is stored.
    pub stored: Seq,
    /// The number of the next item.
    pub next: Seq,
    /// What is wrong.
    pub trouble: Option<Trouble>,
    /// What an operator ought to know although it works.
    pub notes: Vec<String>,
    /// When the next attempt is made, if it is waited for.
    pub next_attempt: Option<Timestamp>,
    /// When something was sent last.
    pub last_sent: Option<Timestamp>,
    /// When something was acknowledged last.
    pub last_acknowledged: Option<Timestamp>,
    /// How far the receiver's clock is before ours, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// The last attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// How old the oldest item is that is not known to be stored, if there is one.
    pub oldest_unsent: Option<Duration>,
    /// What became of what was made.
    pub ledger: Ledger,
    /// Items that were sent, those that were sent again counted again.
    pub items_sent: u64,
    /// The bytes of messages, as they travel, without what carries them.
    pub bytes_sent: u64,
    /// How often a receiver said welcome.
    pub welcomes: u64,
    /// How often an attempt or a connection ended, and why.
    pub endings: BTreeMap<Reason, u64>,
    /// How long acknowledgements took.
    pub ack_delay: AckDelay,
}

impl Session {
    /// How it is.
    pub fn status(&self, now: Moment) -> Status {
        let (carrier, connected_since) = match &self.phase {
            Phase::Connecting { carrier, .. } | Phase::Greeting { carrier, .. } => (*carrier, None),
            Phase::Live(live) => (live.carrier, Some(wall(live.since, now))),
            Phase::Waiting { .. } | Phase::Ended => (self.route.next(now.up), None),
        };
        let (agent, server) = self.welcomed_by.clone().unzip();
        Status {
            state: self.state(),
            carrier,
            connected_since,
            agent,
            server,
            epoch: self.epoch.clone(),
            stored: self.stored,
            next: self.ring.next(),
            trouble: self.record.trouble.clone(),
            notes: self.notes(now),
            next_attempt: match &self.phase {
                Phase::Waiting { until, .. } => Some(wall(*until, now)),
                _ => None,
            },
            last_sent: self.record.last_sent,
            last_acknowledged: self.record.last_acknowledged,
            clock_offset_ms: self.clock_offset_ms,
            attempts: self.record.attempts.iter().cloned().collect(),
            oldest_unsent: self.ring.oldest_unsent(self.stored).map(|made| now.up.saturating_sub(made)),
            ledger: self.ring.ledger(),
            items_sent: self.record.items_sent,
            bytes_sent: self.record.bytes_sent,
            welcomes: self.record.welcomes,
            endings: self.record.endings.clone(),
            ack_delay: self.record.ack_delay,
        }
    }

    /// How it is, in one word.
    pub fn state(&self) -> State {
        match (&self.phase, &self.record.trouble) {
            (Phase::Ended, _) => State::Off,
            (Phase::Live(live), _) => {
                if live.catching_up {
                    State::CatchingUp
                } else {
                    State::On
                }
            }
            (_, Some(trouble)) if trouble.reason == Reason::Rejected => State::Rejected,
            (_, Some(_)) => State::Trouble,
            (_, None) => State::Connecting,
        }
    }

    fn notes(&self, now: Moment) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(offset) = self.clock_offset_ms
            && offset.unsigned_abs() >= CLOCK_WRONG.as_millis() as u64
        {
            let off = minutes(Duration::from_millis(offset.unsigned_abs()));
            let side = if offset > 0 { "behind" } else { "ahead of" };
            notes.push(format!(
                "the clock of this machine is {off} {side} that of the receiver: set it, by NTP if possible; readings carry its time"
            ));
        }
        if let Phase::Live(live) = &self.phase {
            if let Some((until, why)) = live.silent_until(now.up) {
                let why = if why.is_empty() { String::new() } else { format!(" ({})", shown(why)) };
                let secs = until.saturating_sub(now.up).as_secs() + 1;
                notes.push(format!("the receiver asked to be left alone for another {secs} s{why}"));
            }
            if live.carrier == Carrier::Post && !self.settings.only_post {
                notes.push("WebSockets do not get through to the receiver, so HTTPS POST is used; check the proxies on the way".to_owned());
            }
        }
        notes.extend(self.record.last_refused.clone());
        notes
    }
}

/// When `up` is or was, by the clock on the wall of now.
fn wall(up: Duration, now: Moment) -> Timestamp {
    let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_unix_ms(now.wall.unix_ms().saturating_add(ms(up)).saturating_sub(ms(now.up)))
}

fn minutes(time: Duration) -> String {
    let secs = time.as_secs();
    match (secs / 3600, secs / 60 % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) if hours < 48 => format!("{hours} h {minutes} min"),
        (hours, _) => format!("{} days", hours / 24),
    }
}

/// The text of a receiver, as people may be shown it.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}
