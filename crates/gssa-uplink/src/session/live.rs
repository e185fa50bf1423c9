//! A session that was welcomed: what is sent when, and what is known of its fate.

use std::collections::VecDeque;
use std::time::Duration;

use super::caution::Flight;
use super::event::{Carrier, Newest, Outgoing};
use crate::encoder::Encoder;
use crate::pack;
use crate::wire::{Batch, FromAgent, Letter, Limits, Now, NowReport, Seq};

/// A ping after so long; proxies cut what is silent for 30 s and more.
pub(super) const PING_EVERY: Duration = Duration::from_secs(25);

/// Without any sign of life for so long, the receiver is gone.
pub(super) const DEAD_AFTER: Duration = Duration::from_secs(60);

/// What was sent has to be acknowledged in this time.
pub(super) const ACK_DEADLINE: Duration = Duration::from_secs(60);

/// By POST, so long without anything to send is ended by a hello.
pub(super) const POST_HELLO_EVERY: Duration = Duration::from_secs(60);

/// With a connection, the clocks are looked at so often at least.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long something important waits for its like: what falls over together is told together.
const HURRY: Duration = Duration::from_millis(100);

/// Items a second, so that a receiver is not flooded after an outage.
pub(super) const ITEMS_PER_SEC: f64 = 2000.0;

/// Messages that are handed to the carrier and not written yet.
const MAX_UNWRITTEN: usize = 4;

/// The most bytes that are sent and not acknowledged, unpacked.
const MAX_IN_FLIGHT_BYTES: usize = 4 * 1024 * 1024;

/// Answers to commands that may wait; what is more is not answered.
const MAX_ANSWERS: usize = 16;

/// What a session knows while it is connected.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is about something else")]
pub(super) struct Live {
    pub(super) carrier: Carrier,
    pub(super) since: Duration,
    pub(super) limits: Limits,
    /// The highest number that was sent.
    pub(super) sent: Seq,
    pub(super) in_flight: VecDeque<Flight>,
    pub(super) encoder: Encoder,
    /// Whether differences are not understood by this receiver.
    pub(super) whole_only: bool,
    /// Everything up to this number goes at this time.
    hurry: Option<(Seq, Duration)>,
    pub(super) catching_up: bool,
    /// Whether the newest state is wanted and not yet here.
    pub(super) is_collecting: bool,
    /// The newest state, of which parts wait.
    newest: Option<Parts>,
    answers: VecDeque<FromAgent>,
    heard_at: Duration,
    pinged_at: Duration,
    unwritten: usize,
    /// Since when a POST is under way.
    asked_at: Option<Duration>,
    /// The receiver asked for silence until then, and why.
    silence: Option<(Duration, String)>,
    leave_at: Option<Duration>,
    allowance: f64,
    allowed_at: Duration,
    unknown_bases: u32,
    has_progress: bool,
    has_said_bye: bool,
}

impl Live {
    pub(super) fn new(carrier: Carrier, limits: Limits, stored: Seq, now: Duration) -> Self {
        Self {
            carrier,
            since: now,
            limits,
            sent: stored,
            in_flight: VecDeque::new(),
            encoder: Encoder::new(limits),
            whole_only: false,
            hurry: None,
            catching_up: false,
            is_collecting: false,
            newest: None,
            answers: VecDeque::new(),
            heard_at: now,
            pinged_at: now,
            unwritten: 0,
            // The POST that brought the welcome is answered when all of it was read.
            asked_at: (carrier == Carrier::Post).then_some(now),
            silence: None,
            leave_at: None,
            allowance: ITEMS_PER_SEC,
            allowed_at: now,
            unknown_bases: 0,
            has_progress: false,
            has_said_bye: false,
        }
    }

    /// Everything up to `seq` is to go soon.
    pub(super) fn hurry(&mut self, seq: Seq, now: Duration) {
        self.hurry_at(seq, now + HURRY);
    }

    pub(super) fn hurry_at(&mut self, seq: Seq, at: Duration) {
        let before = self.hurry.filter(|(seq, _)| *seq > self.sent);
        self.hurry = Some(before.map_or((seq, at), |(earlier, due)| (earlier.max(seq), due.min(at))));
    }

    /// When what is up to the number that hurries has to go, if anything of it was not sent.
    pub(super) fn hurries_at(&self) -> Option<Duration> {
        self.hurry.filter(|(seq, _)| *seq > self.sent).map(|(_, at)| at)
    }

    pub(super) const fn heard(&mut self, now: Duration) {
        self.heard_at = now;
    }

    pub(super) const fn heard_at(&self) -> Duration {
        self.heard_at
    }

    pub(super) const fn written(&mut self) {
        self.unwritten = self.unwritten.saturating_sub(1);
    }

    pub(super) const fn asked_at(&self) -> Option<Duration> {
        self.asked_at
    }

    /// A POST was answered; tells whether everything that it brought is acknowledged or refused.
    pub(super) fn exchanged(&mut self, now: Duration) -> bool {
        (self.asked_at, self.unwritten, self.heard_at) = (None, 0, now);
        self.in_flight.is_empty()
    }

    pub(super) fn wait(&mut self, until: Duration, why: String) {
        self.silence = Some((until, why));
    }

    /// The end of the silence that the receiver asked for, and why it did.
    pub(super) fn silent_until(&self, now: Duration) -> Option<(Duration, &str)> {
        self.silence.as_ref().filter(|(until, _)| *until > now).map(|(until, why)| (*until, why.as_str()))
    }

    pub(super) fn leave_at(&mut self, at: Duration) {
        self.leave_at = Some(self.leave_at.map_or(at, |before| before.min(at)));
    }

    pub(super) const fn leaves_at(&self) -> Option<Duration> {
        self.leave_at
    }

    pub(super) fn answer(&mut self, answer: FromAgent) {
        if self.answers.len() < MAX_ANSWERS {
            self.answers.push_back(answer);
        }
    }

    /// The next message outside the sequence.
    pub(super) fn next_aside(&mut self, now: Duration) -> Option<FromAgent> {
        let answer = self.answers.pop_front();
        answer.or_else(|| self.silent_until(now).is_none().then(|| self.newest.as_mut()?.next(now)).flatten())
    }

    /// The newest state is here, in parts.
    pub(super) fn collected(&mut self, parts: Vec<Vec<Newest>>) {
        self.newest = Some(Parts { count: parts.len() as u32, sent: 0, waiting: parts.into() });
        self.is_collecting = false;
    }

    /// Whether the newest state is wanted and not wholly on its way.
    pub(super) fn has_newest_to_send(&self) -> bool {
        self.is_collecting || self.newest.as_ref().is_some_and(|parts| !parts.waiting.is_empty())
    }

    pub(super) fn pings_at(&self) -> Option<Duration> {
        (self.carrier == Carrier::WebSocket).then(|| self.pinged_at + PING_EVERY)
    }

    pub(super) const fn pinged(&mut self, now: Duration) {
        self.pinged_at = now;
    }

    /// Whether the carrier takes another message.
    pub(super) const fn may_write(&self) -> bool {
        match self.carrier {
            Carrier::WebSocket => self.unwritten < MAX_UNWRITTEN,
            Carrier::Post => self.asked_at.is_none(),
        }
    }

    /// Whether another batch may be on its way.
    pub(super) fn may_fly(&self, is_cautious: bool) -> bool {
        let most = if is_cautious { 1 } else { self.limits.in_flight.max(1) };
        let bytes: usize = self.in_flight.iter().map(|flight| flight.bytes).sum();
        self.in_flight.len() < most && bytes < MAX_IN_FLIGHT_BYTES
    }

    pub(super) fn wrote(&mut self, now: Duration) {
        self.unwritten += 1;
        if self.carrier == Carrier::Post {
            self.asked_at = Some(now);
        }
    }

    /// Whether items may be sent at this rate.
    pub(super) fn is_allowed(&mut self, now: Duration) -> bool {
        let since = now.saturating_sub(self.allowed_at).as_secs_f64();
        self.allowance = (self.allowance + since * ITEMS_PER_SEC).min(ITEMS_PER_SEC);
        self.allowed_at = now;
        self.allowance > 0.0
    }

    /// When the next item may be sent.
    pub(super) fn allowed_at(&self) -> Duration {
        let short = (-self.allowance).max(0.0) / ITEMS_PER_SEC;
        // A little later than exactly then, when it is above zero.
        if self.allowance > 0.0 { self.allowed_at } else { self.allowed_at + Duration::from_secs_f64(short + 0.001) }
    }

    pub(super) fn flew(&mut self, flight: Flight) {
        self.allowance -= flight.items.len() as f64;
        self.sent = flight.last;
        self.in_flight.push_back(flight);
    }

    /// Takes what is stored off what is on its way; gives when each was sent.
    pub(super) fn landed(&mut self, stored: Seq) -> Vec<Duration> {
        let count = self.in_flight.iter().take_while(|flight| flight.last <= stored).count();
        self.in_flight.drain(..count).map(|flight| flight.sent_at).collect()
    }

    pub(super) const fn progressed(&mut self) {
        (self.has_progress, self.unknown_bases) = (true, 0);
    }

    /// Whether something was sent, and nothing of it was acknowledged.
    pub(super) fn is_fruitless(&self) -> bool {
        !self.has_progress && !self.in_flight.is_empty()
    }

    /// What was sent from `first` on is to be sent again, in whole reports first.
    pub(super) fn rewind(&mut self, first: Seq) {
        self.in_flight.retain(|flight| flight.last < first);
        self.sent = first - 1;
        self.encoder.forget();
    }

    /// The receiver does not have the report that differences from `first` on were made from.
    pub(super) fn unknown_base(&mut self, first: Seq) {
        self.unknown_bases += 1;
        self.whole_only |= self.unknown_bases > 1;
        self.rewind(first);
    }

    pub(super) const fn said_bye(&mut self) {
        self.has_said_bye = true;
    }

    pub(super) const fn has_said_bye(&self) -> bool {
        self.has_said_bye
    }
}

/// The newest state. Each part becomes a message when its turn comes.
#[derive(Debug)]
struct Parts {
    count: u32,
    sent: u32,
    waiting: VecDeque<Vec<Newest>>,
}

impl Parts {
    fn next(&mut self, now: Duration) -> Option<FromAgent> {
        let reports = self.waiting.pop_front()?;
        self.sent += 1;
        let report = |newest: Newest| NowReport {
            age_ms: u64::try_from(now.saturating_sub(newest.made).as_millis()).unwrap_or(u64::MAX),
            source_id: newest.source_id,
            report: serde_json::from_str(&newest.report).unwrap_or_default(),
        };
        Some(FromAgent::Now(Now {
            part: self.sent,
            parts: self.count,
            reports: reports.into_iter().map(report).collect(),
        }))
    }
}

/// What travels: one message, or a POST with all of them.
pub(crate) fn outgoing(carrier: Carrier, mut messages: Vec<FromAgent>, key: Option<String>) -> Outgoing {
    let text = match (carrier, messages.len()) {
        (Carrier::WebSocket, 1) => pack::to_text(&messages.remove(0)),
        _ => pack::to_text(&Letter { messages }),
    };
    Outgoing { text, key }
}

/// The numbers of the items of a batch.
pub(super) fn numbers(batch: &Batch) -> Vec<Seq> {
    let mut next = batch.first;
    let number = |item: &crate::wire::Item| {
        let seq = item.seq.unwrap_or(next);
        next = seq + 1;
        seq
    };
    batch.items.iter().map(number).collect()
}
