//! Ring, encoder, receiver and acknowledgements together, against a model, through everything that can happen between them.
//!
//! What holds at the end of every story: each number that was produced is stored once, as it was produced, or named by one gap record; and
//! the counts of the gap records are those of the ledger. `GSSA_DELIVERY_STORIES` sets how many stories are told (16).

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use gssa_model::SourceId;
use gssa_uplink::encoder::Encoder;
use gssa_uplink::receiver::{Action, Append, Connection, Content as Stored, Rejection};
use gssa_uplink::ring::{Content, Count, Cut, Entry, Ledger, Ring};
use gssa_uplink::wire::{Epoch, FromAgent, FromReceiver, Gap, GapReason, Limits, RefusedReason, Seq};
use proptest::prelude::*;
use serde_json::{Value, json};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Event {
    /// A source is read so many times, after so many seconds.
    Produce { source: u8, times: u8, secs: u16, kind: Kind },
    /// The agent sends a batch.
    Send { items: u8, kib: u8 },
    /// The receiver reads a message and stores what is in it.
    Deliver,
    /// The agent reads an answer.
    Answer,
    /// The connection ends. What is under way is gone.
    Cut,
    /// The agent connects; the receiver has restarted if the connection had ended.
    Connect,
    /// The operator changes the bound of the ring.
    Bound { kib: u8 },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Reading,
    Important,
    Event,
    Status,
    /// What the receiver refuses.
    Poison,
    /// What is larger than the receiver takes.
    Giant,
}

/// Both sides and what is between them.
struct World {
    now: Duration,
    ring: Ring,
    produced: BTreeMap<Seq, (String, Value)>,
    link: Option<Link>,
    log: Log,
    is_bounded: bool,
}

struct Link {
    encoder: Encoder,
    receiver: Connection,
    sent: Seq,
    /// After a refusal without a culprit: the next batches are halves.
    most_items: usize,
    to_receiver: VecDeque<String>,
    to_agent: VecDeque<String>,
}

/// What the receiver has stored, which checks what it is given.
#[derive(Default)]
struct Log {
    stored: Seq,
    items: BTreeMap<Seq, (String, Value)>,
    gaps: Vec<Gap>,
}

const MAX_BYTES: usize = 24 * 1024;

fn limits() -> Limits {
    Limits { report_bytes: 2000, batch_items: 60, bases: 3, ..Limits::default() }
}

impl World {
    fn new() -> Self {
        Self {
            now: Duration::ZERO,
            ring: Ring::new(MAX_BYTES),
            produced: BTreeMap::new(),
            link: None,
            log: Log::default(),
            is_bounded: true,
        }
    }

    fn on(&mut self, event: &Event) {
        match *event {
            Event::Produce { source, times, secs, kind } => {
                for _ in 0..times {
                    self.now += Duration::from_secs(secs.into());
                    self.produce(source, kind);
                }
            }
            Event::Send { items, kib } => self.send(Cut { items: items.into(), bytes: usize::from(kib) * 1024 }),
            Event::Deliver => self.deliver(),
            Event::Answer => self.answer(),
            Event::Cut => self.link = None,
            Event::Connect => self.connect(),
            Event::Bound { kib } => {
                self.ring.set_max_bytes(usize::from(kib) * 1024);
                self.is_bounded = false;
            }
        }
        self.check();
    }

    fn produce(&mut self, source: u8, kind: Kind) {
        let seq = self.ring.next();
        let id = format!("source-{source}");
        let source_id =
            matches!(kind, Kind::Reading | Kind::Important | Kind::Poison | Kind::Giant).then(|| id.clone());
        let schema = if kind == Kind::Poison { "gssa.reading/9" } else { "gssa.reading/1" };
        let noise = seq.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let filling = if kind == Kind::Giant { "x".repeat(2000) } else { String::new() };
        let value = match kind {
            Kind::Event => json!({ "seq": seq, "noise": noise }),
            Kind::Status => json!({ "seq": seq, "sources": { "up": noise % 7 } }),
            _ => json!({ "findings": [], "reading": {
                "schema": schema, "source": { "id": id, "name": filling }, "seq": seq,
                "snapshot": { "watts": (noise % 1000) as f64 / 7.0, "fans": [{ "rpm": noise % 5 }, { "rpm": seq }], "noise": noise },
            } }),
        };
        let content = match kind {
            Kind::Event => Content::Event(value.clone()),
            Kind::Status => Content::Status(value.clone()),
            _ => Content::Report(value.clone()),
        };
        self.produced.insert(seq, (source_id.clone().unwrap_or_default(), value));
        let source_id = source_id.map(|id| id.parse::<SourceId>().unwrap());
        let important = kind == Kind::Important;
        assert_eq!(self.ring.push(Entry { source_id, made: self.now, important, content }), seq);
        if self.is_bounded {
            // What was sent cannot go; the rest has to.
            let pinned = self.link.as_ref().map_or(0, |link| (link.sent + 1).saturating_sub(self.ring.first_kept()));
            assert!(self.ring.held_bytes() <= MAX_BYTES + pinned as usize * 1024, "{}", self.ring.held_bytes());
        }
    }

    fn send(&mut self, cut: Cut) {
        let Some(link) = &mut self.link else { return };
        let items = cut.items.min(link.most_items).max(1);
        let Some(batch) = self.ring.batch(link.sent, Cut { items, ..cut }, self.now) else { return };
        assert_eq!(batch.first, link.sent + 1);
        link.sent = batch.last;
        let message = FromAgent::Batch(link.encoder.encode(batch));
        link.to_receiver.push_back(serde_json::to_string(&message).unwrap());
    }

    fn deliver(&mut self) {
        let Some(link) = &mut self.link else { return };
        let Some(text) = link.to_receiver.pop_front() else { return };
        let answer = match link.receiver.on(serde_json::from_str(&text).unwrap()) {
            Ok(Action::Append(append)) => {
                self.log.append(append);
                FromReceiver::Ack { stored: self.log.stored }
            }
            Ok(Action::Nothing) => return,
            Err(Rejection::Refused(refused)) => FromReceiver::Refused(refused),
            other => panic!("{other:?} to {text}"),
        };
        link.to_agent.push_back(serde_json::to_string(&answer).unwrap());
    }

    fn answer(&mut self) {
        let Some(link) = &mut self.link else { return };
        let Some(text) = link.to_agent.pop_front() else { return };
        match serde_json::from_str(&text).unwrap() {
            FromReceiver::Ack { stored } => {
                self.ring.stored(stored);
                link.most_items = usize::MAX;
            }
            FromReceiver::Refused(refused) => {
                link.encoder.forget();
                link.sent = refused.first - 1;
                let is_one = refused.first == refused.last;
                match refused.seq {
                    _ if refused.reason == RefusedReason::UnknownBase => {}
                    Some(seq) => self.ring.refuse(seq),
                    None if is_one => self.ring.refuse(refused.first),
                    None => link.most_items = ((refused.last - refused.first) / 2).max(1) as usize,
                }
            }
            other => panic!("{other:?}"),
        }
    }

    fn connect(&mut self) {
        if self.link.is_some() {
            return;
        }
        let stored = self.log.stored;
        assert!(stored + 1 >= self.ring.first_kept() && stored < self.ring.next());
        self.ring.stored(stored);
        self.ring.fate_known();
        self.link = Some(Link {
            encoder: Encoder::new(limits()),
            receiver: Connection::new(Epoch::from_random(1), stored, limits()),
            sent: stored,
            most_items: usize::MAX,
            to_receiver: VecDeque::new(),
            to_agent: VecDeque::new(),
        });
    }

    fn check(&self) {
        let Ledger { produced, queued, acknowledged, thinned, lost, refused } = self.ring.ledger();
        assert_eq!([queued, acknowledged, thinned, lost, refused].into_iter().sum::<Count>(), produced);
        assert_eq!(produced.items, self.produced.len() as u64);
        assert!(self.ring.first_kept() <= self.log.stored + 1);
    }

    /// Sends all that is left, and compares.
    fn finish(mut self) {
        self.link = None;
        self.connect();
        for _ in 0..100_000 {
            if self.ring.first_kept() == self.ring.next() {
                break;
            }
            for event in [Event::Send { items: 50, kib: 200 }, Event::Deliver, Event::Answer] {
                self.on(&event);
            }
        }
        let ledger = self.ring.ledger();
        assert_eq!((self.log.stored, ledger.queued.items), (self.ring.next() - 1, 0));
        self.log.compare(&self.produced, ledger);
    }
}

impl Log {
    fn append(&mut self, append: Append) {
        assert_eq!(append.first, self.stored + 1);
        for entry in append.entries {
            assert!(entry.seq > self.stored && entry.seq <= append.last);
            let (source, text) = match entry.content {
                Stored::Report { source_id, report } => (source_id.to_string(), report.to_string()),
                Stored::Event(text) | Stored::Status(text) => (String::new(), text.into()),
                Stored::Sources(_) => panic!("none was produced"),
            };
            let value = serde_json::from_str(&text).unwrap();
            assert!(self.items.insert(entry.seq, (source, value)).is_none(), "{} is stored twice", entry.seq);
        }
        self.gaps.extend(append.gaps);
        self.stored = append.last;
    }

    fn compare(mut self, produced: &BTreeMap<Seq, (String, Value)>, ledger: Ledger) {
        let mut missing = BTreeMap::new();
        let mut by_source: BTreeMap<String, u64> = BTreeMap::new();
        let mut by_reason: BTreeMap<GapReason, u64> = BTreeMap::new();
        for gap in &self.gaps {
            for (first, length) in &gap.missing {
                for seq in *first..first + length {
                    assert!(missing.insert(seq, gap.reason).is_none(), "{seq} is missing twice");
                }
                *by_reason.entry(gap.reason).or_default() += length;
            }
            for (source, count) in &gap.count {
                *by_source.entry(source.clone()).or_default() += count;
            }
        }
        assert_eq!(self.items.len() as u64, ledger.acknowledged.items);
        for (reason, count) in
            [(GapReason::Thinned, ledger.thinned), (GapReason::Lost, ledger.lost), (GapReason::Refused, ledger.refused)]
        {
            assert_eq!(by_reason.get(&reason).copied().unwrap_or(0), count.items, "{reason:?}");
        }
        for (seq, (source, value)) in produced {
            match self.items.remove(seq) {
                Some(stored) => {
                    assert!(!missing.contains_key(seq), "{seq} is stored and missing");
                    assert_eq!((&stored.0, &stored.1), (source, value), "{seq}");
                }
                None => {
                    assert!(missing.remove(seq).is_some(), "{seq} is neither stored nor missing");
                    let left = by_source.get_mut(source).filter(|left| **left > 0);
                    *left.expect("more is missing of this source than was counted") -= 1;
                }
            }
        }
        assert!(self.items.is_empty() && missing.is_empty(), "numbers that were never given");
        assert!(by_source.values().all(|left| *left == 0), "{by_source:?}");
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let kind = prop_oneof![
        20 => Just(Kind::Reading),
        2 => Just(Kind::Important),
        2 => Just(Kind::Event),
        1 => Just(Kind::Status),
        1 => Just(Kind::Poison),
        1 => Just(Kind::Giant),
    ];
    let secs = prop_oneof![3 => 0..60_u16, 1 => 0..4000_u16];
    prop_oneof![
        8 => (0..5_u8, 1..60_u8, secs, kind)
            .prop_map(|(source, times, secs, kind)| Event::Produce { source, times, secs, kind }),
        6 => (1..60_u8, 1..60_u8).prop_map(|(items, kib)| Event::Send { items, kib }),
        6 => Just(Event::Deliver),
        6 => Just(Event::Answer),
        1 => Just(Event::Cut),
        3 => Just(Event::Connect),
        1 => (8..40_u8).prop_map(|kib| Event::Bound { kib }),
    ]
}

fn stories() -> u32 {
    std::env::var("GSSA_DELIVERY_STORIES").ok().and_then(|stories| stories.parse().ok()).unwrap_or(16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: stories(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_produced_is_stored_once_or_named_by_a_gap(events in prop::collection::vec(any_event(), 1..120)) {
        let mut world = World::new();
        for event in &events {
            world.on(event);
        }
        world.finish();
    }
}
