//! STAND-IN, replaced at merge: what happened, for streams.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;

/// One event of the stream.
#[derive(Debug)]
pub struct Event {
    /// Grows by one.
    pub id: u64,
    /// Its name in the stream.
    pub name: &'static str,
    /// JSON.
    pub data: Arc<str>,
}

/// What a subscriber missed.
#[derive(Debug)]
pub enum Missed {
    /// These, oldest first.
    Events(Vec<Arc<Event>>),
    /// More than is kept: fetch everything anew.
    Reset,
}

/// A place in the stream.
#[derive(Debug)]
pub struct Subscription {
    /// What came before.
    pub missed: Missed,
    /// What comes from here on.
    pub live: broadcast::Receiver<Arc<Event>>,
}

const KEPT: usize = 64;

/// The last events.
#[derive(Debug)]
pub struct EventLog {
    ring: Mutex<(u64, VecDeque<Arc<Event>>)>,
    live: broadcast::Sender<Arc<Event>>,
}

impl Default for EventLog {
    fn default() -> Self {
        Self { ring: Mutex::default(), live: broadcast::channel(KEPT).0 }
    }
}

impl EventLog {
    /// Tells everybody.
    pub fn publish(&self, name: &'static str, data: &str) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.0 += 1;
        let event = Arc::new(Event { id: ring.0, name, data: data.into() });
        if ring.1.len() == KEPT {
            ring.1.pop_front();
        }
        ring.1.push_back(Arc::clone(&event));
        let _ = self.live.send(event);
    }

    /// Everything after `after`, or only what comes.
    pub fn subscribe(&self, after: Option<u64>) -> Subscription {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = ring.1.front().map_or(ring.0 + 1, |event| event.id);
        let missed = match after {
            None => Missed::Events(Vec::new()),
            Some(after) if after + 1 < oldest || after > ring.0 => Missed::Reset,
            Some(after) => Missed::Events(ring.1.iter().filter(|event| event.id > after).cloned().collect()),
        };
        Subscription { missed, live: self.live.subscribe() }
    }
}
