//! A session in simulated time.

mod batches;
mod ends;
mod post;
mod times;

use serde_json::json;

use super::*;
use crate::pack::{self, Packed};
use crate::ring::Content;
use crate::wire::{Batch, Body, Limits};

/// A session, what it wants, and the clocks.
struct Sim {
    session: Session,
    up: Duration,
    /// The wall clock at the start.
    wall_ms: i64,
    /// What was sent since it was looked at last.
    sent: Vec<FromAgent>,
    keys: Vec<String>,
    pings: usize,
    connects: Vec<(Duration, Carrier)>,
    closes: Vec<u16>,
    collects: usize,
    introductions: usize,
    /// Whether what is sent counts as written at once.
    writes: bool,
}

const START: Duration = Duration::from_secs(3600);

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

impl Sim {
    fn new() -> Self {
        Self::with(false, 7)
    }

    fn with(only_post: bool, seed: u64) -> Self {
        let settings = Settings {
            program: Program { name: "gssa".into(), version: "0.1.0".into(), site: None },
            started_at: gssa_model::Timestamp::from_unix_ms(1_795_276_000_000),
            only_post,
            flush: secs(15),
            ring_max_bytes: 8 << 20,
        };
        Self {
            session: Session::new(settings, Epoch::from_random(1), seed),
            up: START,
            wall_ms: 1_795_276_000_000,
            sent: Vec::new(),
            keys: Vec::new(),
            pings: 0,
            connects: Vec::new(),
            closes: Vec::new(),
            collects: 0,
            introductions: 0,
            writes: true,
        }
    }

    /// One that is connected and has nothing stored.
    fn connected() -> Self {
        let mut sim = Self::new();
        sim.tick();
        sim.event(Event::Opened);
        sim.welcome(0);
        sim.sent.clear();
        sim
    }

    fn now(&self) -> Moment {
        let wall = self.wall_ms + self.up.as_millis() as i64;
        Moment { up: self.up, wall: gssa_model::Timestamp::from_unix_ms(wall) }
    }

    fn event(&mut self, event: Event) {
        let actions = self.session.on(event, self.now());
        let mut written = 0;
        for action in actions {
            match action {
                Action::Connect(carrier) => self.connects.push((self.up, carrier)),
                Action::Send(outgoing) => {
                    let text = match &outgoing.packed {
                        Packed::Plain(text) => text.clone().into_bytes(),
                        Packed::Gzip(bytes) => pack::gunzip(bytes, 8 << 20).unwrap(),
                    };
                    match serde_json::from_slice::<crate::wire::Letter<FromAgent>>(&text) {
                        Ok(letter) => self.sent.extend(letter.messages),
                        Err(_) => self.sent.push(serde_json::from_slice(&text).unwrap()),
                    }
                    self.keys.extend(outgoing.key);
                    written += usize::from(self.writes);
                }
                Action::Ping => self.pings += 1,
                Action::Close(code) => self.closes.push(code),
                Action::Collect => self.collects += 1,
                Action::Introduce => self.introductions += 1,
            }
        }
        for _ in 0..written {
            self.event(Event::Written);
        }
    }

    fn tick(&mut self) {
        self.event(Event::Tick);
    }

    /// Lets time pass, with a tick whenever the session wants one.
    fn pass(&mut self, time: Duration) {
        let end = self.up + time;
        while let Some(due) = self.session.due().filter(|due| *due <= end) {
            self.up = self.up.max(due);
            self.tick();
            if self.session.due().is_some_and(|again| again <= self.up) {
                self.up += Duration::from_millis(1);
            }
        }
        self.up = end;
    }

    /// Lets time pass, in which the receiver answers every ping.
    fn pass_alive(&mut self, time: Duration) {
        let end = self.up + time;
        while self.up < end {
            self.pass(secs(10).min(end - self.up));
            self.event(Event::Heard);
        }
    }

    fn welcome(&mut self, stored: Seq) {
        self.welcome_with(stored, Limits::default(), 0);
    }

    fn welcome_with(&mut self, stored: Seq, limits: Limits, clock_off_ms: i64) {
        let clock = gssa_model::Timestamp::from_unix_ms(self.now().wall.unix_ms() + clock_off_ms);
        let server = Program { name: "test".into(), version: "1".into(), site: None };
        let (protocol, agent) = (PROTOCOL.to_owned(), "garage".to_owned());
        self.event(Event::Received(FromReceiver::Welcome(Welcome { protocol, agent, server, stored, clock, limits })));
    }

    fn ack(&mut self, stored: Seq) {
        self.event(Event::Received(FromReceiver::Ack { stored }));
    }

    fn made(&mut self, n: u64, important: bool) {
        let source = json!({ "id": "a", "name": "a", "kind": "axeos", "tags": [] });
        let report =
            json!({ "reading": { "schema": "gssa.reading/1", "source": source, "took_ms": n }, "findings": [] });
        let (source_id, made) = ("a".parse().ok(), self.up);
        self.event(Event::Made(Entry { source_id, made, important, content: Content::Report(report) }));
    }

    fn made_many(&mut self, count: u64) {
        for n in 0..count {
            self.made(n, false);
        }
    }

    /// The batches that were sent since this was asked last.
    fn batches(&mut self) -> Vec<Batch> {
        let sent = std::mem::take(&mut self.sent);
        sent.into_iter()
            .filter_map(|message| match message {
                FromAgent::Batch(batch) => Some(batch),
                _ => None,
            })
            .collect()
    }

    fn ranges(&mut self) -> Vec<(Seq, Seq)> {
        self.batches().iter().map(|batch| (batch.first, batch.last)).collect()
    }

    fn state(&self) -> State {
        self.session.state()
    }

    fn trouble(&self) -> String {
        self.session.status(self.now()).trouble.map(|trouble| trouble.text).unwrap_or_default()
    }

    /// The connection, or the attempt, ends so; gives how long it takes until the next attempt.
    fn end(&mut self, ended: Ended) -> Duration {
        let (before, begun) = (self.connects.len(), self.up);
        self.event(Event::Ended(ended));
        self.until_connect(before) - begun
    }

    /// Waits until there was another attempt than `before`; gives when it was.
    fn until_connect(&mut self, before: usize) -> Duration {
        let end = self.up + secs(2 * 3600);
        while self.connects.len() == before && self.up < end {
            let due = self.session.due().expect("it goes on");
            self.up = self.up.max(due);
            self.tick();
        }
        self.connects.last().expect("an attempt").0
    }
}
