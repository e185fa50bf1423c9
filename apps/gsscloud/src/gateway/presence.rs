//! Who is connected: one connection for each agent, the newest wins, and two copies of one agent are told.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gssa_model::Timestamp;
use gssa_uplink::receiver::Shown;
use gssa_uplink::wire::{Epoch, Program};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;

use super::rate::{Bucket, Rates};
use crate::clock;
use crate::log::AgentId;

/// An agent that sends by POST is online for so long after one.
const LETTER_LASTS: Duration = Duration::from_secs(90);

/// Connections of one agent in [`KNOCK_SPAN`] before it is told to wait, and requests.
const MAX_KNOCKS: [u32; 2] = [120, 1800];

/// Parts of the newest state that are kept for who looks later: those of some thousand sources.
const MAX_NOW_PARTS: usize = 16;

/// An agent whose newest item is younger than this has caught up.
const CAUGHT_UP_MS: u64 = 60_000;

/// See [`MAX_KNOCKS`].
const KNOCK_SPAN: Duration = Duration::from_secs(60);

/// By which way an agent sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// One connection that stays.
    Websocket,
    /// One request after the other.
    Post,
}

/// Why a connection is ended from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// A newer one came.
    Replaced,
    /// The token is good no more.
    Expelled,
}

/// An open connection.
#[derive(Debug, Clone)]
pub struct Connected {
    /// By which way.
    pub door: Door,
    /// Since when.
    pub since: Timestamp,
    /// From where, seen through trusted proxies.
    pub from: IpAddr,
    /// The run of the agent.
    pub epoch: Epoch,
    number: u64,
    end: watch::Sender<Option<Ending>>,
}

/// What is known of an agent's connections since the start.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The open one.
    pub connected: Option<Connected>,
    /// When something came last.
    pub heard_at: Option<Timestamp>,
    /// What the agent is.
    pub program: Option<Program>,
    /// How far its clock is ahead of ours, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// The time of a round trip, in milliseconds.
    pub round_trip_ms: Option<u64>,
    /// The age of the newest item when it came, in milliseconds.
    pub lag_ms: Option<u64>,
    /// When another copy of the agent was noticed.
    pub duplicate_at: Option<Timestamp>,
    /// It said goodbye.
    pub said_bye: bool,
    /// The newest states that came outside of the sequence of the open connection.
    pub now: Vec<Arc<Vec<Shown>>>,
    bucket: Option<Bucket>,
    knocks: [(u32, Option<Instant>); 2],
}

impl Seen {
    /// Whether the agent is there.
    pub fn is_online(&self, now: Timestamp) -> bool {
        self.connected.as_ref().is_some_and(|connected| match connected.door {
            Door::Websocket => true,
            Door::Post => {
                let heard = self.heard_at.unwrap_or(connected.since);
                now.unix_ms() - heard.unix_ms() < LETTER_LASTS.as_millis() as i64
            }
        })
    }
}

/// A newest state that came outside of the sequence.
#[derive(Debug, Clone)]
pub struct Now {
    /// Whose.
    pub agent: AgentId,
    /// The reports.
    pub shown: Arc<Vec<Shown>>,
}

/// Who is connected.
#[derive(Debug)]
pub struct Presence {
    agents: Mutex<HashMap<AgentId, Seen>>,
    changes: watch::Sender<u64>,
    now: tokio::sync::broadcast::Sender<Now>,
    next: AtomicU64,
}

impl Default for Presence {
    fn default() -> Self {
        Self {
            agents: Mutex::default(),
            changes: watch::Sender::new(0),
            now: tokio::sync::broadcast::Sender::new(64),
            next: AtomicU64::new(0),
        }
    }
}

/// A connection as its owner holds it; dropping it ends it.
#[derive(Debug)]
pub(super) struct Place {
    gateway: Arc<super::Gateway>,
    pub(super) agent: AgentId,
    number: u64,
    pub(super) ending: watch::Receiver<Option<Ending>>,
    door: Door,
}

/// Another connection of the agent is in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occupied;

/// What somebody who comes in says of itself.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) agent: AgentId,
    pub(super) door: Door,
    pub(super) from: IpAddr,
    pub(super) epoch: Epoch,
    /// The log knows a newer run of the agent.
    pub(super) is_revived: bool,
    /// The log did not know this run.
    pub(super) is_new: bool,
    pub(super) program: Program,
    pub(super) clock_offset_ms: i64,
}

impl Presence {
    fn agents(&self) -> MutexGuard<'_, HashMap<AgentId, Seen>> {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Counts up when somebody comes or goes.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The newest states that come outside of the sequence.
    pub fn now(&self) -> tokio::sync::broadcast::Receiver<Now> {
        self.now.subscribe()
    }

    /// What is known of an agent's connections.
    pub fn seen(&self, agent: &AgentId) -> Seen {
        self.agents().get(agent).cloned().unwrap_or_default()
    }

    /// How many hold a connection open.
    pub fn connections(&self) -> usize {
        let is_open = |seen: &&Seen| seen.connected.as_ref().is_some_and(|open| open.door == Door::Websocket);
        self.agents().values().filter(is_open).count()
    }

    /// Forgets an agent that is no more.
    pub fn forget(&self, agent: &AgentId) {
        self.agents().remove(agent);
        self.changed();
    }

    /// How many are there.
    pub fn online(&self) -> usize {
        let now = clock::now();
        self.agents().values().filter(|seen| seen.is_online(now)).count()
    }

    /// Counts an attempt to connect, or gives how long to wait.
    pub(super) fn knock(&self, agent: &AgentId, door: Door, max_agents: usize) -> Result<(), Duration> {
        let mut agents = self.agents();
        let at = clock::now();
        let is_known = agents.get(agent).is_some_and(|seen| seen.is_online(at));
        if !is_known
            && agents.len() >= max_agents
            && agents.values().filter(|seen| seen.is_online(at)).count() >= max_agents
        {
            return Err(Duration::from_secs(60));
        }
        let knocks = &mut agents.entry(agent.clone()).or_default().knocks;
        let (count, since) = &mut knocks[door as usize];
        let now = Instant::now();
        let begun = *since.get_or_insert(now);
        if now.duration_since(begun) >= KNOCK_SPAN {
            (*count, *since) = (0, Some(now));
        }
        *count += 1;
        if *count > MAX_KNOCKS[door as usize] {
            return Err((begun + KNOCK_SPAN).saturating_duration_since(now));
        }
        Ok(())
    }

    /// Lets somebody in; the connection that was there ends.
    ///
    /// A request takes the place of a connection of the same run, or of an older one: its agent changed its way. A run that another one followed
    /// does not by a request, since both copies would go on for ever without being told.
    pub(super) fn enter(gateway: &Arc<super::Gateway>, arrival: Arrival) -> Result<Place, Occupied> {
        let presence = &gateway.presence;
        let mut agents = presence.agents();
        let seen = agents.entry(arrival.agent.clone()).or_default();
        let now = clock::now();
        let is_online = seen.is_online(now);
        let before = seen.connected.take();
        let other_run = before.as_ref().filter(|before| before.epoch != arrival.epoch && is_online);
        let is_duplicate = arrival.is_revived || (other_run.is_some() && !arrival.is_new);
        if is_duplicate {
            seen.duplicate_at = Some(now);
            gateway.tallies.duplicates.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(agent = %arrival.agent, from = %arrival.from, "two copies of one agent may be running");
        }
        if arrival.door == Door::Post && is_duplicate && other_run.is_some() {
            seen.connected = before;
            return Err(Occupied);
        }
        let number = presence.next.fetch_add(1, Ordering::Relaxed);
        if let Some(before) = before {
            before.end.send_replace(Some(Ending::Replaced));
        }
        let (end, ending) = watch::channel(None);
        let Arrival { agent, door, from, epoch, program, clock_offset_ms, .. } = arrival;
        seen.connected = Some(Connected { door, since: now, from, epoch, number, end });
        seen.heard_at = Some(now);
        seen.program = Some(program);
        seen.clock_offset_ms = Some(clock_offset_ms);
        seen.said_bye = false;
        seen.now.clear();
        drop(agents);
        presence.changed();
        Ok(Place { gateway: gateway.clone(), agent, number, ending, door })
    }

    /// Ends the connections of agents that are not to be here.
    pub(super) fn expel(&self, is_unwanted: impl Fn(&AgentId) -> bool) {
        for (_, seen) in self.agents().iter().filter(|(id, _)| is_unwanted(id)) {
            if let Some(connected) = &seen.connected {
                connected.end.send_replace(Some(Ending::Expelled));
            }
        }
    }
}

impl Place {
    fn with(&self, act: impl FnOnce(&mut Seen)) {
        if let Some(seen) = self.gateway.presence.agents().get_mut(&self.agent) {
            act(seen);
        }
    }

    /// Whether it is not this connection's any more.
    pub(super) fn is_taken(&self) -> bool {
        self.ending.borrow().is_some()
    }

    /// Something came.
    pub(super) fn heard(&self) {
        self.with(|seen| seen.heard_at = Some(clock::now()));
    }

    /// A round trip was measured.
    pub(super) fn measured(&self, round_trip: Duration) {
        self.with(|seen| seen.round_trip_ms = Some(round_trip.as_millis() as u64));
    }

    /// The agent said that no more will come.
    pub(super) fn said_bye(&self) {
        self.with(|seen| seen.said_bye = true);
    }

    /// Counts what came, and gives how long to wait before the next.
    pub(super) fn count(&self, rates: &Rates, items: usize, bytes: usize, newest_age_ms: Option<u64>) -> Duration {
        let (now, mut wait) = (Instant::now(), Duration::ZERO);
        self.with(|seen| {
            seen.lag_ms = newest_age_ms.or(seen.lag_ms);
            // The log is as new as that now.
            if newest_age_ms.is_some_and(|age_ms| age_ms < CAUGHT_UP_MS) {
                seen.now.clear();
            }
            let bucket = seen.bucket.get_or_insert_with(|| Bucket::new(rates, now));
            wait = bucket.take(rates, items, bytes, now);
        });
        wait
    }

    /// Passes on what is to be shown and not logged.
    pub(super) fn show(&self, shown: Vec<Shown>) {
        let (agent, shown) = (self.agent.clone(), Arc::new(shown));
        self.with(|seen| {
            if seen.now.len() < MAX_NOW_PARTS {
                seen.now.push(shown.clone());
            }
        });
        // Nobody who looks is no error.
        let _ = self.gateway.presence.now.send(Now { agent, shown });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A request is over and its agent still there.
        if self.door == Door::Websocket {
            self.with(|seen| {
                if seen.connected.as_ref().is_some_and(|connected| connected.number == self.number) {
                    seen.connected = None;
                    seen.now.clear();
                }
            });
            self.gateway.presence.changed();
        }
    }
}
