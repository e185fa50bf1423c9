//! How the links are, as the API tells it.

use std::collections::BTreeMap;

use gssa_model::{SourceId, Timestamp};
use gssa_uplink::client::Report;
use gssa_uplink::ring::Count;
use gssa_uplink::session::{Attempt as Tried, State};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;

use super::Uplinks as All;

/// Every link to a receiver.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Uplinks {
    /// In the order of the configuration.
    pub uplinks: Vec<Uplink>,
}

/// A link to a receiver.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Uplink {
    /// Its name.
    pub id: SourceId,
    /// `off` `connecting` `on` `catching_up` `trouble` `rejected`.
    pub state: &'static str,
    /// Where it leads.
    pub endpoint: String,
    /// How it travels: `websocket` or `post`; absent while it is off.
    pub carrier: Option<&'static str>,
    /// Since when it is connected.
    pub connected_since: Option<Timestamp>,
    /// What the receiver calls this agent.
    pub agent: Option<String>,
    /// The program of the receiver.
    pub server: Option<String>,
    /// What became of what was made.
    pub ledger: Option<Ledger>,
    /// How old the oldest item is that the receiver is not known to have, in seconds; absent if it has everything.
    pub oldest_unsent_secs: Option<u64>,
    /// What is wrong now, in words, with what to do.
    pub last_error: Option<String>,
    /// Since when.
    pub last_error_at: Option<Timestamp>,
    /// What to know although it works.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// When it is tried again.
    pub next_attempt_at: Option<Timestamp>,
    /// When something was sent last.
    pub last_sent_at: Option<Timestamp>,
    /// When the receiver said last that something is stored.
    pub last_acknowledged_at: Option<Timestamp>,
    /// How far the receiver's clock is before ours, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// How long the receiver took to acknowledge the last batch, in milliseconds.
    pub ack_delay_ms: Option<u64>,
    /// How often a connection or an attempt ended, by reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub endings: BTreeMap<&'static str, u64>,
    /// The last attempts to connect, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// What was sent in the last days (UTC), all bytes of the connections, the newest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent_by_day: Vec<Day>,
}

/// What became of what was made: `produced` is `queued` and `acknowledged` and `thinned` and `lost` and `refused`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ledger {
    /// Everything that got a number.
    pub produced: Amount,
    /// Kept, and not known to be stored.
    pub queued: Amount,
    /// Sent, what was sent again counted again; bytes as they travelled, packed.
    pub sent: Amount,
    /// Stored by the receiver.
    pub acknowledged: Amount,
    /// Readings left out so that others could be kept.
    pub thinned: Amount,
    /// Gone since the memory was full.
    pub lost: Amount,
    /// Not taken by the receiver.
    pub refused: Amount,
}

/// Items, and their bytes as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Amount {
    /// How many.
    pub items: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// An attempt to connect, and what became of it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// `websocket` or `post`.
    pub carrier: &'static str,
    /// How long it took until the receiver said welcome; absent if it did not.
    pub welcomed_after_ms: Option<u64>,
    /// How long after its begin it ended; absent if it has not.
    pub ended_after_ms: Option<u64>,
    /// Why it ended, in one word.
    pub reason: Option<&'static str>,
    /// The same in words, with what to do.
    pub text: Option<String>,
}

/// Bytes of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Day {
    /// When it began.
    pub at: Timestamp,
    /// How many bytes were sent, TLS and frames included.
    pub bytes: u64,
}

impl All {
    /// How they are.
    pub fn status(&self) -> Uplinks {
        let config = &self.configuration.current().config;
        let running = self.lock();
        let uplinks = config.uplinks.iter().map(|uplink| {
            let report = running.get(&uplink.id).map(|running| running.report.borrow().clone());
            Uplink::of(&uplink.id, uplink.endpoint.to_string(), report)
        });
        Uplinks { uplinks: uplinks.collect() }
    }
}

impl Uplink {
    fn of(id: &SourceId, endpoint: String, report: Option<Report>) -> Self {
        let Some(Report { status, wire }) = report else { return Self::off(id, endpoint) };
        Self {
            state: status.state.as_str(),
            carrier: (status.state != State::Off).then(|| status.carrier.as_str()),
            connected_since: status.connected_since,
            agent: status.agent,
            server: status.server.map(|server| format!("{} {}", server.name, server.version)),
            ledger: Some(Ledger {
                produced: status.ledger.produced.into(),
                queued: status.ledger.queued.into(),
                sent: Amount { items: status.items_sent, bytes: status.bytes_sent },
                acknowledged: status.ledger.acknowledged.into(),
                thinned: status.ledger.thinned.into(),
                lost: status.ledger.lost.into(),
                refused: status.ledger.refused.into(),
            }),
            oldest_unsent_secs: status.oldest_unsent.map(|age| age.as_secs()),
            last_error_at: status.trouble.as_ref().map(|trouble| trouble.at),
            last_error: status.trouble.map(|trouble| trouble.text),
            notes: status.notes,
            next_attempt_at: status.next_attempt,
            last_sent_at: status.last_sent,
            last_acknowledged_at: status.last_acknowledged,
            clock_offset_ms: status.clock_offset_ms,
            ack_delay_ms: (status.ack_delay.count > 0).then_some(status.ack_delay.last.as_millis() as u64),
            endings: status.endings.into_iter().map(|(reason, count)| (reason.as_str(), count)).collect(),
            attempts: status.attempts.into_iter().rev().map(Attempt::of).collect(),
            sent_by_day: wire
                .sent_by_day
                .into_iter()
                .map(|(at, bytes)| Day { at: Timestamp::from_unix_ms(at), bytes })
                .collect(),
            ..Self::off(id, endpoint)
        }
    }

    fn off(id: &SourceId, endpoint: String) -> Self {
        Self {
            id: id.clone(),
            state: State::Off.as_str(),
            endpoint,
            carrier: None,
            connected_since: None,
            agent: None,
            server: None,
            ledger: None,
            oldest_unsent_secs: None,
            last_error: None,
            last_error_at: None,
            notes: Vec::new(),
            next_attempt_at: None,
            last_sent_at: None,
            last_acknowledged_at: None,
            clock_offset_ms: None,
            ack_delay_ms: None,
            endings: BTreeMap::new(),
            attempts: Vec::new(),
            sent_by_day: Vec::new(),
        }
    }
}

impl From<Count> for Amount {
    fn from(count: Count) -> Self {
        Self { items: count.items, bytes: count.bytes }
    }
}

impl Attempt {
    fn of(tried: Tried) -> Self {
        let ms = |time: std::time::Duration| time.as_millis() as u64;
        Self {
            at: tried.at,
            carrier: tried.carrier.as_str(),
            welcomed_after_ms: tried.welcomed_after.map(ms),
            ended_after_ms: tried.ended_after.map(ms),
            reason: tried.reason.map(gssa_uplink::session::Reason::as_str),
            text: Some(tried.text).filter(|text| !text.is_empty()),
        }
    }
}
