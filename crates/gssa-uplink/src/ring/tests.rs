//! The rules of the ring, one by one.

use serde_json::json;

use super::*;
use crate::wire::Body;

fn reading(source: &str, at_secs: u64) -> Entry {
    Entry {
        source_id: Some(source.parse().unwrap()),
        made: Duration::from_secs(at_secs),
        important: false,
        content: Content::Report(json!({ "reading": { "took_ms": at_secs }, "findings": [] })),
    }
}

const ALL: Cut = Cut { items: 1000, bytes: 1 << 20 };

fn adds_up(ring: &Ring) {
    let Ledger { produced, queued, acknowledged, thinned, lost, refused } = ring.ledger();
    let mut sum = queued;
    for part in [acknowledged, thinned, lost, refused] {
        sum += part;
    }
    assert_eq!(sum, produced);
}

#[test]
fn items_are_numbered_from_one_and_forgotten_when_they_are_stored() {
    let mut ring = Ring::new(1 << 20);
    assert_eq!((ring.first_kept(), ring.next(), ring.batch(0, ALL, Duration::ZERO)), (1, 1, None));
    for at in 1..=5 {
        assert_eq!(ring.push(reading("a", at)), at);
    }
    ring.stored(3);
    assert_eq!((ring.first_kept(), ring.next()), (4, 6));
    let batch = ring.batch(3, ALL, Duration::from_secs(10)).unwrap();
    assert_eq!((batch.first, batch.last, batch.items.len(), batch.gaps.len()), (4, 5, 2, 0));
    assert_eq!(batch.items[0].age_ms, 6000);
    assert!(matches!(&batch.items[0].body, Body::Report { report, .. } if report["reading"]["took_ms"] == 4));
    ring.stored(99);
    assert_eq!((ring.first_kept(), ring.next()), (6, 6));
    assert_eq!(ring.ledger().acknowledged.items, 5);
    adds_up(&ring);
}

#[test]
fn a_full_ring_loses_the_oldest_and_says_so_but_never_what_was_sent() {
    let mut ring = Ring::new(2000);
    for at in 1..=5 {
        ring.push(reading("a", at));
    }
    ring.batch(0, Cut { items: 2, bytes: 1 << 20 }, Duration::ZERO).unwrap();
    for at in 6..=100 {
        ring.push(reading("b", at));
        assert!(ring.held_bytes() <= 2000);
    }
    let batch = ring.batch(0, ALL, Duration::ZERO).unwrap();
    assert_eq!((batch.first, batch.last), (1, 100));
    assert_eq!(batch.gaps.len(), 1);
    assert_eq!(batch.gaps[0].first, 3);
    assert_eq!(batch.items[2].seq, Some(batch.gaps[0].last + 1));
    assert_eq!(batch.gaps[0].count.values().sum::<u64>(), ring.ledger().lost.items);
    assert_eq!(batch.gaps[0].count["a"], 3);
    adds_up(&ring);
}

#[test]
fn a_refused_item_becomes_a_gap() {
    let mut ring = Ring::new(1 << 20);
    for at in 1..=3 {
        ring.push(reading("a", at));
    }
    ring.refuse(2);
    ring.refuse(7);
    let batch = ring.batch(0, ALL, Duration::ZERO).unwrap();
    assert_eq!(batch.gaps.len(), 1);
    assert_eq!((batch.gaps[0].reason, batch.gaps[0].missing.clone()), (GapReason::Refused, vec![(2, 1)]));
    assert_eq!(batch.items.iter().map(|item| item.seq).collect::<Vec<_>>(), [None, Some(3)]);
    assert_eq!(ring.oldest_unsent(1), Some(Duration::from_secs(3)));
    adds_up(&ring);
}
