//! The diary of an agent: what changed, kept in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use gssa_model::{SourceId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::hook::HookEvent;

/// How many entries are kept.
pub const MAX_ENTRIES: usize = 5000;

/// How many of them may be from webhooks: whoever holds a token of one must not push everything else out.
pub const MAX_HOOK_ENTRIES: usize = 1000;

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A source changed its state.
    State,
    /// The configuration was saved, reloaded or refused.
    Config,
    /// Somebody logged in, failed to, or changed a password.
    Access,
    /// The agent itself: start, stop, a task that failed.
    Agent,
    /// Another program reported an event by webhook.
    Hook,
    /// A link to a receiver came up, or is in trouble.
    Uplink,
}

impl EntryKind {
    /// The word for it in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Config => "config",
            Self::Access => "access",
            Self::Agent => "agent",
            Self::Hook => "hook",
            Self::Uplink => "uplink",
        }
    }
}

/// One thing that happened.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Counts up from 1 since the agent started.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub kind: EntryKind,
    /// The source concerned.
    pub source_id: Option<SourceId>,
    /// In words.
    pub text: String,
    /// The event that another program reported, in an entry of kind `hook`.
    pub hook: Option<Box<HookEvent>>,
}

/// The last [`MAX_ENTRIES`] entries.
#[derive(Debug)]
pub struct Journal {
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
    newest: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<Arc<Entry>>,
    /// How many of them are from webhooks.
    of_hooks: usize,
    /// The newest that is not kept any more.
    gone: u64,
}

impl Kept {
    /// Adds an entry; the oldest one makes room, or the oldest one of the webhooks if these have taken all that is theirs.
    fn push(&mut self, entry: Entry) {
        let is_of_hook = |entry: &Arc<Entry>| entry.kind == EntryKind::Hook;
        let leaves = if entry.kind == EntryKind::Hook && self.of_hooks == MAX_HOOK_ENTRIES {
            self.entries.iter().position(is_of_hook)
        } else {
            (self.entries.len() == MAX_ENTRIES).then_some(0)
        };
        if let Some(left) = leaves.and_then(|at| self.entries.remove(at)) {
            self.of_hooks -= usize::from(is_of_hook(&left));
            self.gone = self.gone.max(left.seq);
        }
        self.of_hooks += usize::from(entry.kind == EntryKind::Hook);
        self.entries.push_back(Arc::new(entry));
    }
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// At or after this time.
    pub since: Option<Timestamp>,
    /// Of this kind.
    pub kind: Option<String>,
    /// About this source.
    pub source_id: Option<String>,
}

impl Journal {
    /// An empty journal.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, kept: Mutex::default(), newest: watch::Sender::new(0) }
    }

    /// Writes an entry; the oldest one makes room.
    pub fn write(&self, kind: EntryKind, source_id: Option<SourceId>, text: impl Into<String>) {
        self.push(kind, source_id, text.into(), None);
    }

    /// Writes what another program reported. Beyond [`MAX_HOOK_ENTRIES`] the oldest one of these makes room.
    pub fn write_hook(&self, event: HookEvent) {
        self.push(EntryKind::Hook, None, event.text(), Some(Box::new(event)));
    }

    /// Takes an entry that was written elsewhere, with its own time. It keeps its number unless there was one as high already, as after
    /// a restart of who wrote it: then it gets the next one here, since numbers only grow. Gives the number.
    pub fn take(&self, mut entry: Entry) -> u64 {
        let mut kept = self.lock();
        let newest = *self.newest.borrow();
        if entry.seq <= newest {
            entry.seq = newest + 1;
        }
        let seq = entry.seq;
        kept.push(entry);
        self.newest.send_replace(seq);
        seq
    }

    fn push(&self, kind: EntryKind, source_id: Option<SourceId>, text: String, hook: Option<Box<HookEvent>>) {
        self.take(Entry { seq: 0, at: self.clock.now(), kind, source_id, text, hook });
    }

    /// The entries after `seq`, oldest first.
    pub fn after(&self, seq: u64) -> Vec<Arc<Entry>> {
        let entries = &self.lock().entries;
        let from = entries.partition_point(|entry| entry.seq <= seq);
        entries.range(from..).cloned().collect()
    }

    /// Whether everything after entry `seq` is still kept.
    pub fn reaches_back_to(&self, seq: u64) -> bool {
        seq >= self.lock().gone
    }

    /// The entries that pass `filter`, oldest first.
    pub fn list(&self, filter: &Filter) -> Vec<Arc<Entry>> {
        let passes = |entry: &Arc<Entry>| {
            filter.since.is_none_or(|since| entry.at >= since)
                && filter.kind.as_ref().is_none_or(|kind| entry.kind.as_str() == kind)
                && filter
                    .source_id
                    .as_ref()
                    .is_none_or(|id| entry.source_id.as_ref().is_some_and(|of| of.as_str() == id))
        };
        self.lock().entries.iter().filter(|entry| passes(entry)).cloned().collect()
    }

    /// Tells the `seq` of the newest entry.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn the_oldest_entry_makes_room() {
        let journal = Journal::new(Arc::new(SystemClock));
        for n in 0..MAX_ENTRIES + 3 {
            journal.write(EntryKind::Agent, None, n.to_string());
        }
        let all = journal.list(&Filter::default());
        assert_eq!((all.len(), all[0].text.as_str(), all[0].seq), (MAX_ENTRIES, "3", 4));
        assert_eq!(journal.after(5001).len(), 2);
        assert_eq!(*journal.subscribe().borrow(), 5003);
    }

    #[test]
    fn webhooks_push_out_nothing_but_webhooks() {
        let journal = Journal::new(Arc::new(SystemClock));
        journal.write(EntryKind::Agent, None, "started");
        let event = HookEvent {
            name: "pool".into(),
            product: None,
            event: "startup".into(),
            severity: gssa_model::Severity::Info,
            title: "Started".into(),
            detail: None,
            entity: None,
            at: SystemClock.now(),
            more: None,
        };
        for _ in 0..MAX_HOOK_ENTRIES {
            journal.write_hook(event.clone());
        }
        assert!(journal.reaches_back_to(0));
        for _ in 0..2 * MAX_ENTRIES {
            journal.write_hook(event.clone());
        }
        let all = journal.list(&Filter::default());
        assert_eq!((all.len(), all[0].text.as_str()), (1 + MAX_HOOK_ENTRIES, "started"));
        let newest = all.last().unwrap().seq;
        assert!(!journal.reaches_back_to(0), "what came after is not all here");
        assert!(journal.reaches_back_to(newest - MAX_HOOK_ENTRIES as u64));

        for n in 0..MAX_ENTRIES {
            journal.write(EntryKind::State, None, n.to_string());
        }
        assert_eq!(journal.lock().of_hooks, 0, "others push them out as they do each other");
        journal.write_hook(event);
        assert_eq!(journal.list(&Filter { kind: Some("hook".into()), ..Filter::default() }).len(), 1);
    }

    #[test]
    fn an_entry_from_elsewhere_keeps_its_time_and_as_long_as_numbers_grow_its_number() {
        let journal = Journal::new(Arc::new(SystemClock));
        let entry = |seq, secs: i64, text: &str| Entry {
            seq,
            at: Timestamp::from_unix_ms(secs * 1000),
            kind: EntryKind::State,
            source_id: None,
            text: text.into(),
            hook: None,
        };
        let written = serde_json::to_string(&entry(7, 20, "went down")).unwrap();
        let taken = [serde_json::from_str(&written).unwrap(), entry(9, 30, "returned"), entry(1, 40, "started anew")];
        assert_eq!(taken.map(|entry| journal.take(entry)), [7, 9, 10]);
        let all = journal.list(&Filter::default());
        assert_eq!(all.iter().map(|entry| entry.at.unix_ms()).collect::<Vec<_>>(), [20_000, 30_000, 40_000]);
        assert_eq!((*all[0]).clone(), entry(7, 20, "went down"));
        assert_eq!(journal.after(7).len(), 2, "nothing was ever number 8");
        assert!(journal.reaches_back_to(0));
        journal.write(EntryKind::Agent, None, "written here");
        assert_eq!(*journal.subscribe().borrow(), 11);
    }

    #[test]
    fn entries_are_found_by_kind_and_source() {
        let journal = Journal::new(Arc::new(SystemClock));
        journal.write(EntryKind::Agent, None, "started");
        journal.write(EntryKind::State, "a".parse().ok(), "went down");
        let found = |kind: Option<&str>, id: Option<&str>| {
            let filter = Filter { since: None, kind: kind.map(Into::into), source_id: id.map(Into::into) };
            journal.list(&filter).len()
        };
        assert_eq!((found(Some("state"), None), found(None, Some("a")), found(Some("config"), None)), (1, 1, 0));
    }
}
