//! Another epoch: what a receiver has of this one does not fit to what the agent has (section 2, `welcome`).

use super::ending::{Next, Reason, Verdict};
use super::event::{Action, Moment};
use super::{Phase, Session};
use crate::ring::{Content, Cut, Entry, Ring};
use crate::wire::{Body, Epoch, Item};

/// How much is moved at once.
const CUT: Cut = Cut { items: 200, bytes: 256 * 1024 };

impl Session {
    /// Begins a new epoch with everything that is still kept of this one, and connects again.
    pub(super) fn begin_anew(&mut self, now: Moment, actions: &mut Vec<Action>) {
        let mut ring = Ring::new(self.settings.ring_max_bytes);
        let mut after = self.ring.first_kept().saturating_sub(1);
        while let Some(batch) = self.ring.batch(after, CUT, now.up) {
            after = batch.last;
            for item in batch.items {
                if let Some(entry) = entry_of(item, now) {
                    ring.push(entry);
                }
            }
        }
        self.ring = ring;
        self.epoch = Epoch::from_random(self.rng.u128(..));
        self.stored = 0;
        self.caution = super::Caution::default();
        let text = "the receiver has another part of this run than the agent remembers: it was set back, or two agents run as one. A new run begins";
        self.part(Verdict::new(Reason::Protocol, Next::BackOff, text), 1000, now, actions);
        if !matches!(self.phase, Phase::Ended) {
            actions.push(Action::Introduce);
        }
    }
}

/// What was to be told, as it was before it had a number. What is not kept whole is nothing.
fn entry_of(item: Item, now: Moment) -> Option<Entry> {
    let made = now.up.saturating_sub(std::time::Duration::from_millis(item.age_ms));
    let source_id = item.body.source_id().cloned();
    let content = match item.body {
        Body::Report { report, .. } => Content::Report(report),
        Body::Event { event } => Content::Event(event),
        Body::Status { status } => Content::Status(status),
        Body::Sources { sources } => Content::Sources(sources),
        Body::Changes { .. } => return None,
    };
    Some(Entry { source_id, made, important: false, content })
}
