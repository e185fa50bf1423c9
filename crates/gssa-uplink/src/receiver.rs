//! The receiver's half, without sockets, clocks and storage: what one connection (or POST) delivers becomes what a log appends.
//!
//! A gateway reads `hello`, asks its log what is stored of that epoch, answers `welcome`, and makes a [`Connection`]. Each message goes
//! into [`Connection::on`]; what it gives is to be done in that order. An [`Append`] counts as taken at once, so that batches can wait for the
//! disk together: a gateway whose log fails to store one has to close the connection.

mod coverage;
mod report;

use std::collections::HashMap;
use std::sync::Arc;

use gssa_model::SourceId;

use self::coverage::Uncovered;
use self::report::BadReport;
use crate::PROTOCOL;
use crate::wire::{
    Batch, Body, Epoch, FromAgent, Gap, Hello, Item, Limits, Now, NowReport, Refused, RefusedReason, Seq,
};

/// What one connection has delivered.
#[derive(Debug)]
pub struct Connection {
    epoch: Epoch,
    limits: Limits,
    /// The highest number that is stored or handed out to be stored.
    taken: Seq,
    /// A batch was refused: what comes after it is passed over until it comes again.
    is_refused: bool,
    bases: HashMap<SourceId, Base>,
    base_bytes: usize,
}

/// The last report of a source.
#[derive(Debug)]
struct Base {
    seq: Seq,
    text: Arc<str>,
}

/// What is to be done about a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Store this, then acknowledge its `last`.
    Append(Append),
    /// Acknowledge what is stored once more: there is nothing new in it.
    Acknowledge,
    /// Show this until the log has something newer; do not store it.
    Show(Vec<Shown>),
    /// The epoch ends after this number.
    End {
        /// The last number that the agent gave.
        last: Seq,
    },
    /// Nothing.
    Nothing,
}

/// A range for the log, to be stored whole or not at all, together with `last` as the highest number of the epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// The run of the agent.
    pub epoch: Epoch,
    /// One more than what was taken before.
    pub first: Seq,
    /// The highest number of the epoch from now on.
    pub last: Seq,
    /// In the order of their numbers.
    pub entries: Vec<Entry>,
    /// What is no more, as the agent told it.
    pub gaps: Vec<Gap>,
}

/// An item as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number.
    pub seq: Seq,
    /// Its age as the agent sent it, in milliseconds.
    pub age_ms: u64,
    /// What it tells.
    pub content: Content,
}

/// What an [`Entry`] tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A reading and its findings.
    Report {
        /// Whose.
        source_id: SourceId,
        /// `{ "reading": …, "findings": … }`, whole, as compact JSON.
        report: Arc<str>,
    },
    /// An entry of the agent's journal, as JSON.
    Event(Box<str>),
    /// How the agent itself is, as JSON.
    Status(Box<str>),
    /// All sources that are sent.
    Sources(Vec<SourceId>),
}

/// The newest state of a source, outside the sequence.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Whose.
    pub source_id: SourceId,
    /// Its age as the agent sent it, in milliseconds.
    pub age_ms: u64,
    /// As in [`Content::Report`].
    pub report: Arc<str>,
}

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq)]
pub enum Rejection {
    /// To be answered; the connection goes on.
    Refused(Refused),
    /// The connection ends.
    Close(Close),
}

/// How a connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Of section 5.
    pub code: u16,
    /// In words.
    pub reason: String,
}

impl Close {
    /// A message that cannot be understood.
    pub const MALFORMED: u16 = 4400;
    /// No common version of the protocol.
    pub const VERSION: u16 = 4426;

    fn malformed(reason: impl Into<String>) -> Rejection {
        Rejection::Close(Self { code: Self::MALFORMED, reason: reason.into() })
    }
}

/// The version that both speak, and whether the numbers of a `hello` can be.
///
/// # Errors
/// The reason to close the connection.
pub fn negotiate(hello: &Hello) -> Result<&'static str, Close> {
    if !hello.protocols.iter().any(|version| version == PROTOCOL) {
        return Err(Close { code: Close::VERSION, reason: format!("this receiver speaks {PROTOCOL}") });
    }
    if hello.first_kept == 0 || hello.first_kept > hello.next || hello.next > coverage::MAX_SEQ {
        return Err(Close { code: Close::MALFORMED, reason: "hello: first_kept and next are no range".into() });
    }
    Ok(PROTOCOL)
}

impl Connection {
    /// One of an agent in this epoch, of which everything up to `stored` is in the log. `limits` are those of its `welcome`.
    pub fn new(epoch: Epoch, stored: Seq, limits: Limits) -> Self {
        Self { epoch, limits, taken: stored, is_refused: false, bases: HashMap::new(), base_bytes: 0 }
    }

    /// The highest number that is stored or was handed out to be stored.
    pub const fn taken(&self) -> Seq {
        self.taken
    }

    /// What a message after `hello` asks for.
    ///
    /// # Errors
    /// What to answer, or how to close the connection.
    pub fn on(&mut self, message: FromAgent) -> Result<Action, Rejection> {
        match message {
            FromAgent::Hello(_) => Err(Close::malformed("a second hello")),
            FromAgent::Now(now) => self.now(now).map(Action::Show),
            FromAgent::Batch(batch) => self.batch(batch),
            FromAgent::Bye { last } => Ok(Action::End { last }),
            FromAgent::Outcome { .. } | FromAgent::Unknown => Ok(Action::Nothing),
        }
    }

    /// What a batch asks for: [`Action::Append`], [`Action::Acknowledge`], or [`Action::Nothing`] after a refusal.
    ///
    /// # Errors
    /// What to answer, or how to close the connection.
    pub fn batch(&mut self, batch: Batch) -> Result<Action, Rejection> {
        let (first, last) = (batch.first, batch.last);
        if first > self.taken.saturating_add(1) {
            let reason = format!("a batch from {first}, expected {}", self.taken.saturating_add(1));
            return if self.is_refused { Ok(Action::Nothing) } else { Err(Close::malformed(reason)) };
        }
        let append = self.append(batch).map_err(|Bad { reason, seq, detail }| {
            self.is_refused = true;
            self.forget();
            Rejection::Refused(Refused { first, last, reason, seq, detail })
        })?;
        self.is_refused = false;
        Ok(append.map_or(Action::Acknowledge, Action::Append))
    }

    fn append(&mut self, batch: Batch) -> Result<Option<Append>, Bad> {
        let Batch { first, last, items, gaps } = batch;
        if items.len() > self.limits.batch_items || gaps.len() > self.limits.batch_items {
            return Err(Bad::new(RefusedReason::TooLarge, None, "more items or gaps than a batch may have"));
        }
        let seqs = coverage::check(first, last, &items, &gaps)?;
        let gaps = coverage::after(self.taken, gaps)?;
        let mut entries = Vec::with_capacity(items.len());
        for (item, seq) in items.into_iter().zip(seqs) {
            let age_ms = item.age_ms;
            let content = self.content(item, seq).map_err(|bad| bad.of(seq))?;
            if seq > self.taken {
                entries.push(Entry { seq, age_ms, content });
            }
        }
        if last <= self.taken {
            return Ok(None);
        }
        let first = first.max(self.taken + 1);
        self.taken = last;
        Ok(Some(Append { epoch: self.epoch.clone(), first, last, entries, gaps }))
    }

    fn content(&mut self, item: Item, seq: Seq) -> Result<Content, BadReport> {
        let limit = self.limits.report_bytes;
        Ok(match item.body {
            Body::Report { source_id, report } => {
                let report = report::whole(&source_id, &report, limit)?;
                self.remember(&source_id, seq, &report);
                Content::Report { source_id, report }
            }
            Body::Changes { source_id, base, changes } => {
                let old = self.bases.get(&source_id).filter(|old| old.seq == base).ok_or(BadReport::UnknownBase)?;
                let report = report::changed(&source_id, &old.text, changes, limit)?;
                self.remember(&source_id, seq, &report);
                Content::Report { source_id, report }
            }
            Body::Event { event } => Content::Event(report::object("event", &event, limit)?),
            Body::Status { status } => Content::Status(report::object("status", &status, limit)?),
            Body::Sources { sources } => Content::Sources(sources),
        })
    }

    /// Keeps the last report of the first sources of a connection, as far as there is room.
    fn remember(&mut self, source_id: &SourceId, seq: Seq, text: &Arc<str>) {
        let is_full = self.bases.len() >= self.limits.bases;
        let known = self.bases.get_mut(source_id);
        let before = known.as_ref().map_or(0, |base| base.text.len());
        let bytes = self.base_bytes - before + text.len();
        if bytes > self.limits.unpacked_bytes {
            self.base_bytes -= before;
            self.bases.remove(source_id);
            return;
        }
        let base = Base { seq, text: Arc::clone(text) };
        match known {
            Some(known) => *known = base,
            None if is_full => return,
            None => drop(self.bases.insert(source_id.clone(), base)),
        }
        self.base_bytes = bytes;
    }

    /// After a refusal both sides begin anew.
    fn forget(&mut self) {
        self.bases.clear();
        self.base_bytes = 0;
    }

    fn now(&self, now: Now) -> Result<Vec<Shown>, Rejection> {
        if now.reports.len() > self.limits.batch_items {
            return Err(Close::malformed("now: too many reports"));
        }
        let shown = now.reports.into_iter().map(|NowReport { age_ms, source_id, report }| {
            let report = report::whole(&source_id, &report, self.limits.report_bytes)
                .map_err(|bad| Close::malformed(format!("now: {source_id}: {bad}")))?;
            Ok(Shown { source_id, age_ms, report })
        });
        shown.collect()
    }
}

/// What is wrong with a batch.
#[derive(Debug)]
struct Bad {
    reason: RefusedReason,
    seq: Option<Seq>,
    detail: String,
}

impl Bad {
    fn new(reason: RefusedReason, seq: Option<Seq>, detail: impl Into<String>) -> Self {
        Self { reason, seq, detail: detail.into() }
    }
}

impl From<Uncovered> for Bad {
    fn from(wrong: Uncovered) -> Self {
        Self::new(RefusedReason::Malformed, None, wrong.to_string())
    }
}

impl BadReport {
    fn of(&self, seq: Seq) -> Bad {
        Bad::new(self.reason(), Some(seq), self.to_string())
    }
}

#[cfg(test)]
mod tests;
