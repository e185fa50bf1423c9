//! Sending less at once, after a receiver would not take a batch: halves, down to the one item that it will not take (section 6).

use crate::wire::Seq;

/// A batch that was sent and not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flight {
    pub(super) first: Seq,
    pub(super) last: Seq,
    /// The numbers of its items.
    pub(super) items: Vec<Seq>,
    /// How many bytes travel.
    pub(super) bytes: usize,
    pub(super) sent_at: std::time::Duration,
}

/// How much is sent at once, below the usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Caution {
    /// At most so many items at once, and one batch at a time, until `until` is stored.
    items: usize,
    until: Seq,
}

impl Caution {
    /// How many items may be in a batch, if it matters.
    pub(super) const fn items(&self) -> Option<usize> {
        if self.until == 0 { None } else { Some(self.items) }
    }

    /// The receiver would not take `flight`; it may have said which item of it is at fault. Gives the item that is to be taken out, if it
    /// was alone.
    pub(super) fn refused(&mut self, flight: &Flight, at_fault: Option<Seq>) -> Option<Seq> {
        self.until = self.until.max(flight.last);
        if let [only] = flight.items[..] {
            // What comes after it may be good.
            self.items = 1;
            return Some(only);
        }
        let before = at_fault.map(|seq| flight.items.partition_point(|item| *item < seq));
        self.items = before.unwrap_or(flight.items.len() / 2).max(1);
        None
    }

    /// Everything up to `seq` is stored: it goes.
    pub(super) const fn stored(&mut self, seq: Seq) {
        if seq >= self.until {
            *self = Self { items: 0, until: 0 };
        } else {
            self.items = self.items.saturating_mul(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flight(items: std::ops::RangeInclusive<Seq>) -> Flight {
        let (first, last) = (*items.start(), *items.end());
        Flight { first, last, items: items.collect(), bytes: 0, sent_at: std::time::Duration::ZERO }
    }

    /// Sends 1 to `last` with what the receiver refuses in `poison`; gives what was taken out, and how many batches it took.
    fn send(last: Seq, poison: &[Seq], names_it: bool) -> (Vec<Seq>, usize) {
        let (mut caution, mut stored, mut taken_out, mut batches) = (Caution::default(), 0, Vec::new(), 0);
        while stored < last {
            batches += 1;
            let end = (stored + caution.items().unwrap_or(200) as Seq).min(last);
            let flight = flight(stored + 1..=end);
            let bad = poison.iter().copied().find(|bad| flight.items.contains(bad) && !taken_out.contains(bad));
            match bad {
                Some(bad) => taken_out.extend(caution.refused(&flight, names_it.then_some(bad))),
                None => {
                    stored = end;
                    caution.stored(stored);
                }
            }
        }
        assert_eq!(caution.items(), None, "everything is as usual");
        (taken_out, batches)
    }

    #[test]
    fn a_poisonous_item_is_found_and_nothing_else_is_taken_out() {
        for poison in [&[1][..], &[200], &[100], &[7, 8, 150], &[400], &[]] {
            for names_it in [false, true] {
                let (taken_out, batches) = send(400, poison, names_it);
                assert_eq!(taken_out, poison, "{names_it}");
                assert!(batches <= 2 + poison.len() * 25, "{batches} batches for {poison:?}");
            }
        }
    }

    #[test]
    fn a_batch_of_gap_records_alone_is_not_halved_to_nothing() {
        let mut caution = Caution::default();
        let nothing = Flight { items: Vec::new(), ..flight(5..=9) };
        assert_eq!(caution.refused(&nothing, None), None);
        assert_eq!(caution.items(), Some(1));
    }
}
