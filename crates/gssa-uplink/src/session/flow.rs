//! A session at work: batches out, acknowledgements in.

use std::time::Duration;

use super::caution::Flight;
use super::ending::{Next, Reason, Verdict};
use super::event::{Action, Carrier, Ended, Moment, Newest};
use super::live::{self, ACK_DEADLINE, DEAD_AFTER, LOOK_EVERY, Live, POST_HELLO_EVERY};
use super::{BACKLOG, GOOD_AFTER, Phase, Session};
use crate::pack;
use crate::ring::Cut;
use crate::wire::{Batch, FromAgent, Refused, RefusedReason, Seq};

/// A batch is closed at so many items.
const BATCH_ITEMS: usize = 200;

/// A POST may bring so many: differences reach no further than it.
const POST_ITEMS: usize = 1000;

/// After so many connections in a row without progress a batch is one item.
const LONE_ITEM_AFTER: u32 = 8;

/// A batch, and a part of the newest state, is closed at so many bytes unpacked.
const BATCH_BYTES: usize = 256 * 1024;

impl Session {
    /// Does what is due of a session that was welcomed.
    pub(super) fn go_on(&mut self, now: Moment, actions: &mut Vec<Action>) {
        if let Some((verdict, code)) = self.why_to_part(now) {
            return self.part(verdict, code, now, actions);
        }
        let Phase::Live(live) = &mut self.phase else { return };
        if now.up >= live.since + GOOD_AFTER {
            self.backoff.reset();
        }
        if live.catching_up {
            let oldest = self.ring.oldest_unsent(self.stored);
            live.catching_up = oldest.is_some_and(|made| now.up.saturating_sub(made) > BACKLOG);
        }
        if live.pings_at().is_some_and(|at| now.up >= at) {
            live.pinged(now.up);
            actions.push(Action::Ping);
        }
        while let Phase::Live(live) = &mut self.phase
            && live.may_write()
        {
            let carrier = live.carrier;
            let Some(message) = live.next_aside(now.up) else { break };
            self.write(carrier, message, now, actions);
        }
        while self.send_batch(now, actions) {}
        self.say_bye(now, actions);
        if let Phase::Live(live) = &mut self.phase
            && live.carrier == Carrier::Post
            && live.may_write()
            && now.up >= live.heard_at() + POST_HELLO_EVERY
        {
            live.wrote(now.up);
            let hello = FromAgent::Hello(self.hello(now));
            actions.push(Action::Send(live::outgoing(Carrier::Post, vec![hello], None)));
        }
    }

    /// When something of a session that was welcomed is due.
    pub(super) fn live_due(&self, live: &Live) -> Duration {
        let oldest_flight = live.in_flight.front().map(|flight| flight.sent_at + ACK_DEADLINE);
        let post = match (live.carrier, live.asked_at()) {
            (Carrier::WebSocket, _) => Some(live.heard_at() + DEAD_AFTER),
            (Carrier::Post, Some(asked)) => Some(asked + DEAD_AFTER),
            (Carrier::Post, None) => Some(live.heard_at() + POST_HELLO_EVERY),
        };
        let may_send = live.may_write() && self.may_fly(live);
        let batch = self.batch_due(live).filter(|_| may_send).map(|due| {
            let silence = live.silent_until(due).map_or(due, |(until, _)| until);
            due.max(silence).max(live.allowed_at())
        });
        let back_to_websocket =
            self.route.websocket_at().filter(|_| live.carrier == Carrier::Post && live.asked_at().is_none());
        [
            Some(self.looked_at + LOOK_EVERY),
            oldest_flight,
            post,
            batch,
            live.pings_at(),
            live.leaves_at(),
            back_to_websocket,
        ]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(Duration::MAX)
    }

    /// Why this connection has to end now, and with which code.
    fn why_to_part(&self, now: Moment) -> Option<(Verdict, u16)> {
        let Phase::Live(live) = &self.phase else { return None };
        let silent = |text: String| Some((Verdict::new(Reason::Silent, Next::BackOff, text), 1000));
        let asked = live.asked_at();
        let is_silent = match live.carrier {
            Carrier::WebSocket => now.up >= live.heard_at() + DEAD_AFTER,
            Carrier::Post => asked.is_some_and(|asked| now.up >= asked + DEAD_AFTER),
        };
        if is_silent {
            return silent(format!("nothing came from the receiver for {} s", DEAD_AFTER.as_secs()));
        }
        if live.in_flight.front().is_some_and(|flight| now.up >= flight.sent_at + ACK_DEADLINE) {
            return silent(format!(
                "the receiver does not acknowledge what it was sent {} s ago",
                ACK_DEADLINE.as_secs()
            ));
        }
        if live.leaves_at().is_some_and(|at| now.up >= at) {
            return Some((Verdict::new(Reason::Restart, Next::AtOnce, "the receiver asked to connect anew"), 1000));
        }
        let is_post_at_rest = live.carrier == Carrier::Post && asked.is_none();
        if is_post_at_rest && self.stop_by.is_none() && self.route.websocket_at().is_some_and(|at| now.up >= at) {
            return Some((Verdict::new(Reason::Own, Next::AtOnce, "the WebSocket is tried again"), 1000));
        }
        None
    }

    fn write(&mut self, carrier: Carrier, message: FromAgent, now: Moment, actions: &mut Vec<Action>) {
        let messages = match carrier {
            Carrier::WebSocket => vec![message],
            Carrier::Post => vec![FromAgent::Hello(self.hello(now)), message],
        };
        self.with_live(|live| live.wrote(now.up));
        actions.push(Action::Send(live::outgoing(carrier, messages, None)));
    }

    pub(super) fn is_cautious(&self) -> bool {
        self.caution.items().is_some() || self.fruitless > 0
    }

    /// Whether another batch may be on its way. One always may.
    fn may_fly(&self, live: &Live) -> bool {
        live.may_fly(self.is_cautious()) && (live.in_flight.is_empty() || self.ring.has_room_beside())
    }

    /// When the next batch is due, if there is anything to send.
    fn batch_due(&self, live: &Live) -> Option<Duration> {
        let waiting = self.ring.next().saturating_sub(1).saturating_sub(live.sent);
        if waiting == 0 {
            return None;
        }
        if waiting >= BATCH_ITEMS as u64 || self.is_cautious() {
            return Some(Duration::ZERO);
        }
        let flush = self.ring.oldest_unsent(live.sent).map_or(Duration::ZERO, |made| made + self.settings.flush);
        Some(live.hurries_at().map_or(flush, |hurries| hurries.min(flush)))
    }

    fn cut(&self, live: &Live) -> Cut {
        let usual = if live.carrier == Carrier::Post { POST_ITEMS } else { BATCH_ITEMS };
        // A line that breaks under whole batches may carry small ones.
        let usual = usual.min(live.limits.batch_items) >> self.fruitless.min(LONE_ITEM_AFTER);
        let items = self.caution.items().map_or(usual, |items| items.min(usual)).max(1);
        Cut { items, bytes: BATCH_BYTES.min(live.limits.unpacked_bytes / 2) }
    }

    /// Sends a batch if one is due; tells whether another may be.
    fn send_batch(&mut self, now: Moment, actions: &mut Vec<Action>) -> bool {
        let Phase::Live(live) = &self.phase else { return false };
        let is_due = self.batch_due(live).is_some_and(|due| due <= now.up);
        let (may_fly, cut) = (self.may_fly(live), self.cut(live));
        let Phase::Live(live) = &mut self.phase else { return false };
        let may_send = is_due
            && !live.has_newest_to_send()
            && live.may_write()
            && may_fly
            && live.silent_until(now.up).is_none()
            && live.is_allowed(now.up);
        if !may_send {
            return false;
        }
        let Some(batch) = self.ring.batch(live.sent, cut, now.up) else { return false };
        if live.carrier == Carrier::Post {
            live.encoder.forget();
        }
        let batch = if live.whole_only { batch } else { live.encoder.encode(batch) };
        let carrier = live.carrier;
        self.send(carrier, batch, now, actions)
    }

    fn send(&mut self, carrier: Carrier, batch: Batch, now: Moment, actions: &mut Vec<Action>) -> bool {
        let (first, last, items) = (batch.first, batch.last, live::numbers(&batch));
        let (messages, key) = match carrier {
            Carrier::WebSocket => (vec![FromAgent::Batch(batch)], None),
            Carrier::Post => {
                let key = format!("{}-{first}-{last}", self.epoch);
                (vec![FromAgent::Hello(self.hello(now)), FromAgent::Batch(batch)], Some(key))
            }
        };
        let outgoing = live::outgoing(carrier, messages, key);
        let Phase::Live(live) = &mut self.phase else { return false };
        let bytes = outgoing.text.len();
        let flight = Flight { first, last, items, bytes, sent_at: now.up };
        // As one stream it would be less, but not always.
        let is_too_large_packed = || {
            bytes > live.limits.message_bytes && pack::gzip(outgoing.text.as_bytes()).len() > live.limits.message_bytes
        };
        let is_too_large = bytes > live.limits.unpacked_bytes || is_too_large_packed();
        if is_too_large && !flight.items.is_empty() {
            live.encoder.forget();
            self.take_out(&flight, None, "it is larger than the receiver takes");
            return true;
        }
        self.record.items_sent += flight.items.len() as u64;
        self.record.last_sent = Some(now.wall);
        live.flew(flight);
        live.wrote(now.up);
        actions.push(Action::Send(outgoing));
        true
    }

    /// The receiver has everything up to `stored`.
    pub(super) fn acknowledged(&mut self, stored: Seq, now: Moment, actions: &mut Vec<Action>) {
        let Phase::Live(live) = &mut self.phase else { return };
        if stored > live.sent {
            let text = "the receiver acknowledges what was not sent: two agents may run as one";
            return self.part(Verdict::new(Reason::Protocol, Next::BackOff, text), 4400, now, actions);
        }
        for sent_at in live.landed(stored) {
            self.record.ack_delay.took(now.up.saturating_sub(sent_at));
        }
        if stored > self.stored {
            live.progressed();
            self.fruitless = 0;
            self.record.last_acknowledged = Some(now.wall);
            self.keep_from(stored);
        }
    }

    /// The receiver would not take a batch.
    pub(super) fn refused(&mut self, refused: &Refused) {
        let Phase::Live(live) = &mut self.phase else { return };
        // One of a batch that was sent before the last rewind says nothing new.
        let is_this = |flight: &&Flight| (flight.first, flight.last) == (refused.first, refused.last);
        let Some(flight) = live.in_flight.iter().find(is_this).cloned() else { return };
        if refused.reason == RefusedReason::UnknownBase {
            return live.unknown_base(flight.first);
        }
        live.rewind(flight.first);
        self.take_out(&flight, refused.seq, &refused.detail);
    }

    /// Sends `flight` again in halves, or takes its only item out.
    fn take_out(&mut self, flight: &Flight, at_fault: Option<Seq>, why: &str) {
        if let Some(seq) = self.caution.refused(flight, at_fault) {
            self.ring.refuse(seq);
            let why: String = why.chars().filter(|c| !c.is_control()).take(200).collect();
            self.record.last_refused = Some(format!("item {seq} was left out, the receiver would not take it: {why}"));
        }
    }

    /// Whether the end is one of a batch only, which is then sent again in halves; of a POST there is no connection that could end.
    pub(super) fn is_about_a_batch(&mut self, ended: &Ended) -> bool {
        let fruitless = self.fruitless;
        let Phase::Live(live) = &mut self.phase else { return false };
        let Some(flight) = live.in_flight.front().cloned() else { return false };
        match ended {
            Ended::Status(answer) if matches!(answer.status, 400 | 413) && live.carrier == Carrier::Post => {
                live.exchanged(live.heard_at());
                let of_range = Refused {
                    first: flight.first,
                    last: flight.last,
                    reason: if answer.status == 413 { RefusedReason::TooLarge } else { RefusedReason::Malformed },
                    seq: None,
                    detail: answer.detail.clone(),
                };
                let said = answer.refused.clone().filter(|said| (said.first, said.last) == (flight.first, flight.last));
                self.refused(&said.unwrap_or(of_range));
                true
            }
            // The connection is gone as well.
            Ended::Closed { code: 1009 | 4413, reason } => {
                live.rewind(flight.first);
                self.take_out(&flight, None, reason);
                false
            }
            // What is not understood may be any message. Batches became smaller with each such end; it is this item when nothing else
            // was sent often enough.
            Ended::Closed { code: 4400, reason } if fruitless >= LONE_ITEM_AFTER && flight.items.len() == 1 => {
                self.take_out(&flight, None, reason);
                false
            }
            _ => false,
        }
    }

    /// Puts the newest state of every source before what waits.
    pub(super) fn newest(&mut self, newest: Vec<Newest>) {
        let Phase::Live(live) = &mut self.phase else { return };
        let (mut parts, mut bytes) = (Vec::<Vec<Newest>>::new(), BATCH_BYTES);
        for newest in newest {
            let size = newest.report.len();
            let is_full = parts.last().is_some_and(|part| part.len() >= live.limits.batch_items);
            if bytes + size > BATCH_BYTES || is_full {
                parts.push(Vec::new());
                bytes = 0;
            }
            bytes += size;
            if let Some(part) = parts.last_mut() {
                part.push(newest);
            }
        }
        live.collected(parts);
    }

    /// At a stop, when everything is stored.
    fn say_bye(&mut self, now: Moment, actions: &mut Vec<Action>) {
        let last = self.ring.next().saturating_sub(1);
        if self.stop_by.is_none() || self.stored < last {
            return;
        }
        let Phase::Live(live) = &mut self.phase else { return };
        if live.may_write() && !live.has_said_bye() {
            live.said_bye();
            let carrier = live.carrier;
            self.write(carrier, FromAgent::Bye { last }, now, actions);
            if carrier == Carrier::WebSocket {
                self.end(actions);
            }
        }
    }

    /// At a stop, when the time is up: the receiver sees by `last` what it does not have.
    pub(super) fn give_up(&mut self, now: Moment, actions: &mut Vec<Action>) {
        if let Phase::Live(live) = &self.phase
            && live.carrier == Carrier::WebSocket
            && live.may_write()
        {
            let last = self.ring.next().saturating_sub(1);
            self.write(Carrier::WebSocket, FromAgent::Bye { last }, now, actions);
        }
        self.end(actions);
    }
}
