//! What a device has been asked.

use std::collections::{BTreeMap, VecDeque};
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
    /// Requests that would change something.
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
        self.requests += 1;
        self.in_flight += 1;
        self.max_in_flight = self.max_in_flight.max(self.in_flight);
        self.write_requests += u64::from(request.writes());
        self.with_origin += u64::from(request.has_origin);
        if self.instants.len() == MAX_INSTANTS {
            self.instants.pop_front();
        }
        self.instants.push_back(now);
        let asked = format!("{} {}", request.method, request.path);
        let line = if self.by_path.len() < MAX_PATHS || self.by_path.contains_key(&asked) {
            asked
        } else {
            "other".to_owned()
        };
        *self.by_path.entry(line).or_default() += 1;
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
