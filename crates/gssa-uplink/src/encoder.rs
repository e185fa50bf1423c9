//! The sender's half of section 4: a report becomes differences from the last one of its source where that is less.

use std::collections::HashMap;

use gssa_model::SourceId;
use serde_json::Value;

use crate::changes::differences;
use crate::wire::{Batch, Body, Limits, Seq};

/// What was sent of each source over one connection, or in one POST.
///
/// What is encoded counts as sent: a batch that is not sent after all, or refused, is followed by [`Encoder::forget`].
#[derive(Debug)]
pub struct Encoder {
    max_bases: usize,
    max_base_bytes: usize,
    base_bytes: usize,
    bases: HashMap<SourceId, Base>,
}

#[derive(Debug)]
struct Base {
    seq: Seq,
    /// As text, which takes a tenth of the memory of the value.
    text: Box<str>,
}

impl Encoder {
    /// For one connection, with the limits of its `welcome`; for a POST with those of the last one that is known.
    pub fn new(limits: Limits) -> Self {
        // The receiver may write the same JSON a little longer.
        let max_base_bytes = limits.unpacked_bytes / 4 * 3;
        Self { max_bases: limits.bases, max_base_bytes, base_bytes: 0, bases: HashMap::new() }
    }

    /// Turns whole reports into differences where that is less.
    pub fn encode(&mut self, mut batch: Batch) -> Batch {
        let mut seq = batch.first;
        for item in &mut batch.items {
            seq = item.seq.unwrap_or(seq);
            if let Body::Report { source_id, report } = &item.body
                && let Some(body) = self.remember(source_id, seq, report)
            {
                item.body = body;
            }
            seq += 1;
        }
        batch
    }

    /// Forgets everything: what follows is whole.
    pub fn forget(&mut self) {
        self.bases.clear();
        self.base_bytes = 0;
    }

    fn remember(&mut self, source_id: &SourceId, seq: Seq, report: &Value) -> Option<Body> {
        let text = report.to_string().into_boxed_str();
        let bytes = text.len();
        let known = self.bases.remove(source_id);
        let is_new = known.is_none();
        self.base_bytes -= known.as_ref().map_or(0, |base| base.text.len());
        let changes = known.and_then(|base| {
            let old = serde_json::from_str(&base.text).ok()?;
            let changes = differences(&old, report).filter(|changes| changes.to_string().len() < bytes)?;
            Some(Body::Changes { source_id: source_id.clone(), base: base.seq, changes })
        });
        let has_room =
            self.base_bytes + bytes <= self.max_base_bytes && !(is_new && self.bases.len() >= self.max_bases);
        if has_room {
            self.base_bytes += bytes;
            self.bases.insert(source_id.clone(), Base { seq, text });
        }
        changes
    }
}
