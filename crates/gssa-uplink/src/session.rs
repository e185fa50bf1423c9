//! The agent's side as a function: what happens goes in, what is to be done comes out. No clock, no socket, no chance but what is given.
//!
//! ```text
//!            Connect            Opened, hello          welcome
//!  Waiting ──────────► Connecting ──────────► Greeting ───────► Live
//!     ▲                    │                     │               │
//!     └──── judge ◄────────┴─────────────────────┴───────────────┘  whatever ends it
//! ```
//!
//! A POST is treated as a connection that is always there: [`Carrier::Post`] says hello in each exchange.

mod caution;
mod ending;
mod epoch;
mod event;
mod flow;
mod live;
mod parting;
mod record;
mod route;
mod status;
#[cfg(test)]
mod tests;

use std::time::Duration;

use fastrand::Rng;

pub use ending::Reason;
#[cfg(feature = "client")]
pub(crate) use ending::explain;
pub use event::{Action, Answer, Carrier, Ended, Event, Moment, Newest, Outgoing, Settings};
#[cfg(feature = "client")]
pub(crate) use live::outgoing;
pub use record::{ACK_BUCKETS_SECS, AckDelay, Attempt, MAX_ATTEMPTS, Trouble};
pub use status::{State, Status};

use crate::PROTOCOL;
use crate::backoff::{Backoff, asked};
use crate::ring::{Entry, Ring};
use crate::wire::{Epoch, FromAgent, FromReceiver, Hello, Program, Seq, Welcome};
use caution::Caution;
use ending::{Next, Verdict};
use live::Live;
use record::Record;
use route::Route;

/// Connecting, whatever it takes: name, route, TLS, upgrade. The carrier has shorter deadlines for each; this one is behind them.
const CONNECT_DEADLINE: Duration = Duration::from_secs(90);

/// From hello to welcome.
const WELCOME_DEADLINE: Duration = Duration::from_secs(30);

/// After so long a connection that works is a good one.
const GOOD_AFTER: Duration = Duration::from_secs(30);

/// From here on a clock is called wrong.
const CLOCK_WRONG: Duration = Duration::from_secs(120);

/// How long a stop may take, the closing of the connection not included.
const STOP_DEADLINE: Duration = Duration::from_millis(3500);

/// How much older the oldest item may be before the newest state is sent first.
const BACKLOG: Duration = Duration::from_secs(60);

/// The delivery of what one agent makes to one receiver.
#[derive(Debug)]
pub struct Session {
    settings: Settings,
    rng: Rng,
    ring: Ring,
    epoch: Epoch,
    stored: Seq,
    phase: Phase,
    backoff: Backoff,
    route: Route,
    caution: Caution,
    /// How often the token was refused in a row.
    rejections: u32,
    /// Connections in a row that ended with something sent and nothing acknowledged.
    fruitless: u32,
    /// What the wall clock is before the other one, in milliseconds.
    clocks: Option<i64>,
    /// When they were compared last.
    looked_at: Duration,
    clock_offset_ms: Option<i64>,
    welcomed_by: Option<(String, Program)>,
    stop_by: Option<Duration>,
    record: Record,
}

#[derive(Debug)]
enum Phase {
    Waiting { until: Duration, is_back_off: bool },
    Connecting { carrier: Carrier, since: Duration },
    Greeting { carrier: Carrier, since: Duration },
    Live(Box<Live>),
    Ended,
}

impl Session {
    /// A session that connects at its first event. `epoch` is random, and so is `seed`, which jitter comes from.
    pub fn new(settings: Settings, epoch: Epoch, seed: u64) -> Self {
        Self {
            ring: Ring::new(settings.ring_max_bytes),
            route: Route::new(settings.only_post),
            settings,
            rng: Rng::with_seed(seed),
            epoch,
            stored: 0,
            phase: Phase::Waiting { until: Duration::ZERO, is_back_off: true },
            backoff: Backoff::default(),
            caution: Caution::default(),
            rejections: 0,
            fruitless: 0,
            clocks: None,
            looked_at: Duration::ZERO,
            clock_offset_ms: None,
            welcomed_by: None,
            stop_by: None,
            record: Record::default(),
        }
    }

    /// What is to be done about `event`.
    pub fn on(&mut self, event: Event, now: Moment) -> Vec<Action> {
        let mut actions = Vec::new();
        self.look_at_clocks(now, &mut actions);
        match event {
            Event::Made(entry) => self.keep(entry, now),
            Event::Opened => self.opened(now, &mut actions),
            Event::Received(message) => self.received(message, now, &mut actions),
            Event::Answered => self.answered(now, &mut actions),
            Event::Heard => self.heard(now),
            Event::Written(bytes) => {
                self.record.bytes_sent += bytes as u64;
                self.with_live(Live::written);
            }
            Event::Newest(newest) => self.newest(newest),
            Event::Ended(ended) => self.ended(&ended, now, &mut actions),
            Event::Configured(settings) => self.configured(settings, now, &mut actions),
            Event::TokenChanged => self.token_changed(now, &mut actions),
            Event::Stop => self.stop(now),
            Event::Tick => {}
        }
        self.tick(now, &mut actions);
        actions
    }

    /// When the next [`Event::Tick`] is wanted, since the agent started. `None`: this session has ended.
    pub fn due(&self) -> Option<Duration> {
        let due = match &self.phase {
            Phase::Waiting { until, .. } => *until,
            Phase::Connecting { since, .. } => *since + CONNECT_DEADLINE,
            Phase::Greeting { since, .. } => *since + WELCOME_DEADLINE,
            Phase::Live(live) => self.live_due(live),
            Phase::Ended => return None,
        };
        Some(self.stop_by.map_or(due, |stop| stop.min(due)))
    }

    /// Whether it has ended, after [`Event::Stop`].
    pub const fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended)
    }

    /// What is kept, for a preview.
    pub const fn ring(&self) -> &Ring {
        &self.ring
    }

    /// The first message of a connection that is made now.
    pub fn hello(&self, now: Moment) -> Hello {
        Hello {
            protocols: vec![PROTOCOL.to_owned()],
            agent: self.settings.program.clone(),
            epoch: self.epoch.clone(),
            started_at: self.settings.started_at,
            clock: now.wall,
            first_kept: self.ring.first_kept(),
            next: self.ring.next(),
        }
    }

    /// Keeps what there is to tell, without a look at what is due: [`Event::Made`] does both.
    pub fn keep(&mut self, entry: Entry, now: Moment) {
        let is_important = entry.important;
        let seq = self.ring.push(entry);
        if let Phase::Live(live) = &mut self.phase
            && is_important
        {
            live.hurry(seq, now.up);
        }
    }

    fn opened(&mut self, now: Moment, actions: &mut Vec<Action>) {
        let Phase::Connecting { carrier, .. } = self.phase else { return };
        self.phase = Phase::Greeting { carrier, since: now.up };
        let hello = FromAgent::Hello(self.hello(now));
        actions.push(Action::Send(live::outgoing(carrier, vec![hello], None)));
    }

    fn heard(&mut self, now: Moment) {
        self.with_live(|live| live.heard(now.up));
    }

    fn received(&mut self, message: FromReceiver, now: Moment, actions: &mut Vec<Action>) {
        self.heard(now);
        match message {
            FromReceiver::Welcome(welcome) => self.welcomed(welcome, now, actions),
            FromReceiver::Ack { stored } => self.acknowledged(stored, now, actions),
            FromReceiver::Refused(refused) => self.refused(&refused),
            FromReceiver::Wait { secs, reason } => {
                let wait = asked(Duration::from_secs(secs), &mut self.rng);
                self.with_live(|live| live.wait(now.up + wait, reason));
            }
            FromReceiver::Drain { within_secs } => {
                let within = Duration::from_secs(within_secs).min(crate::backoff::LONGEST_ASKED);
                let at = now.up + within.mul_f64(self.rng.f64());
                self.with_live(|live| live.leave_at(at));
            }
            FromReceiver::Command { id } => {
                let outcome = FromAgent::Outcome { id, outcome: "unimplemented".to_owned() };
                self.with_live(|live| live.answer(outcome));
            }
            FromReceiver::Unknown => {}
        }
    }

    fn welcomed(&mut self, welcome: Welcome, now: Moment, actions: &mut Vec<Action>) {
        let (carrier, greeted_at) = match &self.phase {
            Phase::Greeting { carrier, since } => (*carrier, *since),
            // Each answer to a POST has one.
            Phase::Live(live) if live.carrier == Carrier::Post => (live.carrier, live.asked_at().unwrap_or(now.up)),
            _ => return,
        };
        if welcome.protocol != PROTOCOL {
            let said: String = welcome.protocol.chars().take(40).collect();
            let text = format!("the receiver speaks {said:?} and this agent {PROTOCOL}: update the older of the two");
            return self.part(Verdict::new(Reason::Version, Next::Slow, text), 4426, now, actions);
        }
        let half_way = i64::try_from(now.up.saturating_sub(greeted_at).as_millis() / 2).unwrap_or_default();
        self.clock_offset_ms =
            Some(welcome.clock.unix_ms().saturating_add(half_way).saturating_sub(now.wall.unix_ms()));
        if welcome.stored < self.ring.first_kept().saturating_sub(1) || welcome.stored >= self.ring.next() {
            return self.begin_anew(now, actions);
        }
        self.welcomed_by = Some((welcome.agent, welcome.server));
        self.rejections = 0;
        if matches!(self.phase, Phase::Live(_)) {
            // An earlier POST that was never answered may have come there in the meantime.
            self.with_live(|live| (live.limits, live.sent) = (welcome.limits, live.sent.max(welcome.stored)));
            return self.acknowledged(welcome.stored, now, actions);
        }
        self.route.welcomed(carrier);
        self.record.welcomed(now);
        self.keep_from(welcome.stored);
        self.ring.fate_known();
        let mut live = Live::new(carrier, welcome.limits, self.stored, now.up);
        live.hurry_at(self.ring.next().saturating_sub(1), now.up);
        let is_old = |made: Duration| now.up.saturating_sub(made) > BACKLOG;
        if self.ring.oldest_unsent(self.stored).is_some_and(is_old) {
            live.catching_up = true;
            // Should it be this that a receiver does not understand, the queue gets through without.
            if self.fruitless < 2 {
                live.is_collecting = true;
                actions.push(Action::Collect);
            }
        }
        self.phase = Phase::Live(Box::new(live));
    }

    fn keep_from(&mut self, stored: Seq) {
        if stored > self.stored {
            self.stored = stored;
            self.ring.stored(stored);
            self.caution.stored(stored);
        }
    }

    fn answered(&mut self, now: Moment, actions: &mut Vec<Action>) {
        match &mut self.phase {
            Phase::Greeting { carrier: Carrier::Post, .. } => {
                let text = "what is at the endpoint answers, and not as a receiver of the uplink: check its path";
                self.part(Verdict::new(Reason::Protocol, Next::BackOff, text), 4400, now, actions);
            }
            Phase::Live(live) => {
                if live.has_said_bye() {
                    return self.end(actions);
                }
                if !live.exchanged(now.up) {
                    let text = "the receiver answers without an acknowledgement of what was sent";
                    self.part(Verdict::new(Reason::Silent, Next::BackOff, text), 4400, now, actions);
                }
            }
            _ => {}
        }
    }

    fn configured(&mut self, settings: Settings, now: Moment, actions: &mut Vec<Action>) {
        self.ring.set_max_bytes(settings.ring_max_bytes);
        let is_other_site = settings.program != self.settings.program;
        self.settings = settings;
        if is_other_site && matches!(self.phase, Phase::Live(_)) {
            self.part(Verdict::new(Reason::Own, Next::AtOnce, "the name of this site has changed"), 1000, now, actions);
        }
    }

    fn stop(&mut self, now: Moment) {
        self.stop_by.get_or_insert(now.up + STOP_DEADLINE);
        let last = self.ring.next().saturating_sub(1);
        match &mut self.phase {
            Phase::Live(live) => live.hurry_at(last, now.up),
            // There is no time to try again.
            Phase::Waiting { .. } => self.phase = Phase::Ended,
            _ if self.stored >= last => self.phase = Phase::Ended,
            _ => {}
        }
    }

    fn end(&mut self, actions: &mut Vec<Action>) {
        self.phase = Phase::Ended;
        actions.push(Action::Close(1000));
    }

    /// What the passing of time alone brings about.
    fn tick(&mut self, now: Moment, actions: &mut Vec<Action>) {
        if self.stop_by.is_some_and(|stop| now.up >= stop) && !self.has_ended() {
            return self.give_up(now, actions);
        }
        match &self.phase {
            Phase::Waiting { until, .. } if now.up >= *until => self.connect(now, actions),
            Phase::Connecting { since, .. } if now.up >= *since + CONNECT_DEADLINE => {
                let text = "the attempt to connect took too long";
                self.part(Verdict::new(Reason::Silent, Next::BackOff, text), 1000, now, actions);
            }
            Phase::Greeting { carrier, since } if now.up >= *since + WELCOME_DEADLINE => {
                let blames_websocket = *carrier == Carrier::WebSocket;
                let text = format!("the receiver did not answer the hello in {} s", WELCOME_DEADLINE.as_secs());
                let verdict = Verdict { blames_websocket, ..Verdict::new(Reason::Silent, Next::BackOff, text) };
                self.part(verdict, 1000, now, actions);
            }
            Phase::Live(_) => self.go_on(now, actions),
            _ => {}
        }
    }

    fn connect(&mut self, now: Moment, actions: &mut Vec<Action>) {
        let carrier = self.route.next(now.up);
        self.record.begin(carrier, now);
        self.phase = Phase::Connecting { carrier, since: now.up };
        actions.push(Action::Connect(carrier));
    }

    fn with_live(&mut self, act: impl FnOnce(&mut Live)) {
        if let Phase::Live(live) = &mut self.phase {
            act(live);
        }
    }
}
