//! What a device has been asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::MutexGuard;
use std::time::Instant;

use crate::http::Request;

/// How many request instants a device remembers.
const MAX_INSTANTS: usize = 4096;
/// How many different requests are counted apart; the rest share one line.
const MAX_PATHS: usize = 64;

/// What a device has been asked so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections accepted.
    pub connections: u64,
    /// Connections open now.
    pub open_now: usize,
    /// The most connections that were open at once.
    pub max_open: usize,
    /// Requests read.
    pub requests: u64,
    /// The most requests that waited or were answered at once.
    pub max_in_flight: usize,
    /// Requests by method and path, `GET /api/system/info`.
    pub by_path: BTreeMap<String, u64>,
    /// Commands of the cgminer API; each part of a joined one counts.
    pub commands: u64,
    /// The same by name: `stats`, `asc|0`, `stats (new_api)`.
    pub by_command: BTreeMap<String, u64>,
    /// Requests and commands that would change something.
    pub write_requests: u64,
    /// Requests that carried an `Origin`.
    pub with_origin: u64,
    /// Requests whose header block was too long.
    pub too_long: u64,
    /// When the last requests came, oldest first, bounded.
    pub instants: VecDeque<Instant>,
    in_flight: usize,
}

impl Counts {
    pub(crate) fn opened(&mut self) {
        self.connections += 1;
        self.open_now += 1;
        self.max_open = self.max_open.max(self.open_now);
    }

    pub(crate) fn closed(&mut self) {
        self.open_now = self.open_now.saturating_sub(1);
    }

    pub(crate) fn asked(&mut self, request: &Request, now: Instant) {
        self.begun(now);
        self.write_requests += u64::from(request.writes());
        self.with_origin += u64::from(request.has_origin);
        tally(&mut self.by_path, format!("{} {}", request.method, request.path));
    }

    /// A request has been read, whatever it asks for.
    pub(crate) fn begun(&mut self, now: Instant) {
        self.requests += 1;
        self.in_flight += 1;
        self.max_in_flight = self.max_in_flight.max(self.in_flight);
        if self.instants.len() == MAX_INSTANTS {
            self.instants.pop_front();
        }
        self.instants.push_back(now);
    }

    /// A command of the cgminer API.
    pub(crate) fn commanded(&mut self, command: String, writes: bool) {
        self.commands += 1;
        self.write_requests += u64::from(writes);
        tally(&mut self.by_command, command);
    }

    pub(crate) fn answered(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Forgets everything but what is open and under way.
    pub(crate) fn reset(&mut self) {
        let (open_now, in_flight) = (self.open_now, self.in_flight);
        *self = Self { open_now, max_open: open_now, in_flight, max_in_flight: in_flight, ..Self::default() };
    }
}

fn tally(lines: &mut BTreeMap<String, u64>, line: String) {
    let line = if lines.len() < MAX_PATHS || lines.contains_key(&line) { line } else { "other".to_owned() };
    *lines.entry(line).or_default() += 1;
}

/// Somebody whose requests are counted.
pub(crate) trait Counted {
    /// The counters, for a short section without await.
    fn counters(&self) -> MutexGuard<'_, Counts>;
}

/// Counts a connection as open while it lives.
pub(crate) struct Open<'a, C: Counted>(&'a C);

impl<'a, C: Counted> Open<'a, C> {
    pub(crate) fn new(counted: &'a C) -> Self {
        counted.counters().opened();
        Self(counted)
    }
}

impl<C: Counted> Drop for Open<'_, C> {
    fn drop(&mut self) {
        self.0.counters().closed();
    }
}

/// Counts a request as under way while it lives.
pub(crate) struct UnderWay<'a, C: Counted>(pub(crate) &'a C);

impl<C: Counted> Drop for UnderWay<'_, C> {
    fn drop(&mut self) {
        self.0.counters().answered();
    }
}
