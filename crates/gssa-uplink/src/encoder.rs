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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::Item;

    fn batch(first: Seq, reports: &[(&str, Value)]) -> Batch {
        let items = reports.iter().map(|(source, report)| Item {
            seq: None,
            age_ms: 0,
            body: Body::Report { source_id: source.parse().unwrap(), report: report.clone() },
        });
        Batch { first, last: first + reports.len() as u64 - 1, items: items.collect(), gaps: Vec::new() }
    }

    fn report(watts: u64) -> Value {
        json!({ "reading": { "name": "a name that stays as it is", "watts": watts } })
    }

    /// The bases of what is sent; `None` is whole.
    fn bases(encoder: &mut Encoder, batch: Batch) -> Vec<Option<Seq>> {
        let bases = encoder.encode(batch).items.into_iter().map(|item| match item.body {
            Body::Changes { base, .. } => Some(base),
            _ => None,
        });
        bases.collect()
    }

    #[test]
    fn the_first_report_is_whole_and_the_next_differs_from_the_last() {
        let mut encoder = Encoder::new(Limits::default());
        let first = batch(4, &[("a", report(1)), ("b", report(1)), ("a", report(2))]);
        assert_eq!(bases(&mut encoder, first), [None, None, Some(4)]);
        let sent = encoder.encode(batch(7, &[("a", report(3))]));
        let changes = json!({ "reading": { "watts": 3 } });
        assert_eq!(sent.items[0].body, Body::Changes { source_id: "a".parse().unwrap(), base: 6, changes });
        let mut later = batch(8, &[("a", report(4)), ("a", report(5))]);
        (later.last, later.items[0].seq) = (10, Some(9));
        assert_eq!(bases(&mut encoder, later), [Some(7), Some(9)]);
        encoder.forget();
        assert_eq!(bases(&mut encoder, batch(11, &[("a", report(5))])), [None]);
    }

    #[test]
    fn a_report_is_whole_where_that_is_less() {
        let mut encoder = Encoder::new(Limits::default());
        let other = json!({ "x": 1 });
        let reports = [("a", report(1)), ("a", other), ("a", report(2)), ("a", report(3))];
        assert_eq!(bases(&mut encoder, batch(1, &reports)), [None, None, None, Some(3)]);
    }

    #[test]
    fn no_more_is_kept_than_the_receiver_keeps() {
        let mut encoder = Encoder::new(Limits { bases: 1, ..Limits::default() });
        let reports = [("a", report(1)), ("b", report(1)), ("a", report(2)), ("b", report(2))];
        assert_eq!(bases(&mut encoder, batch(1, &reports)), [None, None, Some(1), None]);
        let bytes = report(1).to_string().len();
        let mut encoder = Encoder::new(Limits { unpacked_bytes: bytes * 2, ..Limits::default() });
        assert_eq!(bases(&mut encoder, batch(1, &reports)), [None, None, Some(1), None]);
        assert!(encoder.base_bytes <= bytes * 3 / 2);
    }
}
