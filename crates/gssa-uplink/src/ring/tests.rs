//! The rules of the ring, one by one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

mod books;
mod order;

use super::*;
use crate::wire::{Body, Gap};

const ALL: Cut = Cut { items: usize::MAX, bytes: usize::MAX };
const KIB: usize = 1024;

fn entry(source: &str, at_secs: u64, is_important: bool) -> Entry {
    let noise: Vec<u64> =
        (0..3).map(|n| (at_secs + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(n * 7)).collect();
    Entry {
        source_id: Some(source.parse().unwrap()),
        made: Duration::from_secs(at_secs),
        important: is_important,
        content: Content::Report(
            json!({ "reading": { "source": source, "at": at_secs, "noise": noise }, "findings": [] }),
        ),
    }
}

fn reading(source: &str, at_secs: u64) -> Entry {
    entry(source, at_secs, false)
}

fn event(at_secs: u64) -> Entry {
    Entry { source_id: None, content: Content::Event(json!({ "kind": "state" })), ..reading("a", at_secs) }
}

fn adds_up(ring: &Ring) {
    let Ledger { produced, queued, acknowledged, thinned, lost, refused } = ring.ledger();
    assert_eq!([queued, acknowledged, thinned, lost, refused].into_iter().sum::<Count>(), produced);
    assert_eq!(produced.items, ring.next() - 1);
}

/// Everything that is kept, in one batch: the times of the readings of each source in seconds, and the gaps.
fn kept(ring: &mut Ring) -> (BTreeMap<String, Vec<u64>>, Vec<Gap>) {
    let batch = ring.batch(0, ALL, Duration::ZERO).unwrap();
    ring.fate_known();
    let mut times: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for item in batch.items {
        if let Body::Report { source_id, report } = item.body {
            times.entry(source_id.to_string()).or_default().push(report["reading"]["at"].as_u64().unwrap());
        }
    }
    (times, batch.gaps)
}

/// Two sources every 30 s, until the oldest is as thin as asked for.
fn filled(max_bytes: usize, until: Level) -> Ring {
    let mut ring = Ring::new(max_bytes);
    for round in 0..1_000_000 {
        ring.push(reading("a", round * 30));
        ring.push(reading("b", round * 30 + 7));
        assert!(ring.held_bytes() <= max_bytes);
        if ring.segments.front().is_some_and(|segment| segment.level >= until && segment.queued.items >= 6) {
            break;
        }
    }
    adds_up(&ring);
    ring
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
    assert!(matches!(&batch.items[0].body, Body::Report { report, .. } if report["reading"]["at"] == 4));
    ring.stored(2);
    ring.stored(99);
    assert_eq!((ring.first_kept(), ring.next(), ring.batch(0, ALL, Duration::ZERO)), (6, 6, None));
    assert_eq!(ring.ledger().acknowledged.items, 5);
    adds_up(&ring);
}

#[test]
fn every_content_comes_out_as_it_went_in() {
    let mut ring = Ring::new(1 << 20);
    let sources = vec!["a".parse().unwrap()];
    let contents = [
        Content::Event(json!({ "kind": "state" })),
        Content::Status(json!({ "up": 1 })),
        Content::Sources(sources.clone()),
    ];
    for content in contents {
        ring.push(Entry { source_id: None, content, ..reading("a", 0) });
    }
    let bodies: Vec<Body> =
        ring.batch(0, ALL, Duration::ZERO).unwrap().items.into_iter().map(|item| item.body).collect();
    assert_eq!(
        bodies,
        [
            Body::Event { event: json!({ "kind": "state" }) },
            Body::Status { status: json!({ "up": 1 }) },
            Body::Sources { sources }
        ]
    );
}

#[test]
fn batches_are_cut_by_items_and_bytes_and_have_at_least_one() {
    let mut ring = Ring::new(1 << 20);
    for at in 0..10 {
        ring.push(reading("a", at));
    }
    let mut range = |after, items, bytes| {
        let batch = ring.batch(after, Cut { items, bytes }, Duration::ZERO).unwrap();
        (batch.first, batch.last)
    };
    assert_eq!(range(0, 3, usize::MAX), (1, 3));
    assert_eq!(range(3, 99, 1), (4, 4));
    assert_eq!(range(4, 99, 500), (5, 6));
    assert_eq!(range(6, 99, usize::MAX), (7, 10));
    let mut ring = Ring::new(1 << 20);
    for at in 0..3 {
        ring.push(reading("a", at));
    }
    let two = ring.open[..2].iter().map(Record::held_bytes).sum();
    let last = |ring: &mut Ring, bytes| ring.batch(0, Cut { items: 99, bytes }, Duration::ZERO).unwrap().last;
    assert_eq!((last(&mut ring, two), last(&mut ring, two - 1)), (2, 1));
}

#[test]
fn the_oldest_readings_go_first_and_in_steps() {
    let steps = [(Level::TwoMinutes, 120), (Level::TenMinutes, 600), (Level::Hour, 3600)];
    for (level, step) in steps {
        let (times, gaps) = kept(&mut filled(32 * KIB, level));
        for (source, times) in times {
            // At the old end one in each step, at the new end all.
            let phase = if source == "a" { 0 } else { 7 };
            assert_eq!(times[..3], [phase, step + phase, 2 * step + phase], "{level:?}");
            let newest = times.len() - 1;
            assert_eq!(times[newest] - times[newest - 1], 30);
        }
        assert!(gaps.iter().all(|gap| gap.reason == GapReason::Thinned), "{gaps:?}");
        // A segment may end between the two.
        let gone = |source: &str| gaps.iter().filter_map(|gap| gap.count.get(source)).sum::<u64>();
        assert!(gone("a").abs_diff(gone("b")) <= 1 && gone("a") > 0, "{gaps:?}");
    }
}

#[test]
fn all_levels_are_in_use_when_something_is_lost() {
    let mut ring = filled(32 * KIB, Level::Hour);
    let levels: BTreeSet<Level> = ring.segments.iter().map(|segment| segment.level).collect();
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), Level::ALL[..4]);
    assert!(ring.segments.iter().map(|segment| segment.level).is_sorted_by(|older, newer| older >= newer));
    assert_eq!(kept(&mut ring).1.iter().map(|gap| gap.missing[0].1).sum::<u64>(), ring.ledger().thinned.items);
}

#[test]
fn what_is_important_and_the_last_of_a_source_live_longest() {
    let mut ring = Ring::new(16 * KIB);
    ring.push(reading("gone", 0));
    ring.push(reading("gone", 30));
    ring.push(entry("a", 60, true));
    ring.push(event(60));
    for round in 0..100_000 {
        ring.push(reading("a", 90 + round * 30));
        if ring.segments.front().is_some_and(|segment| segment.level == Level::Important) {
            break;
        }
    }
    let batch = ring.batch(0, ALL, Duration::ZERO).unwrap();
    ring.fate_known();
    assert_eq!(batch.items[0].seq, Some(2));
    assert_eq!((batch.items[1].seq, batch.items[2].seq), (None, None));
    assert!(matches!(batch.items[2].body, Body::Event { .. }));
    assert!(ring.ledger().thinned.items > 0 && ring.ledger().lost.items == 0);
    adds_up(&ring);

    for at in 0..500 {
        ring.push(entry("b", 4_000_000 + at, true));
        assert!(ring.held_bytes() <= 16 * KIB);
    }
    // Lost at last: all that is left of them is one run for each reason.
    let (_, gaps) = kept(&mut ring);
    assert_eq!((gaps[0].first, gaps[0].reason, gaps[1].reason), (1, GapReason::Thinned, GapReason::Lost));
    assert_eq!(gaps[1].first, gaps[0].last + 1);
    assert_eq!((gaps[0].count["gone"], gaps[1].count["gone"], gaps[1].count[""]), (1, 1, 1));
    assert!(gaps.iter().filter(|gap| gap.reason == GapReason::Lost).count() == 1);
    assert_eq!(gaps[1].missing[0].1, ring.ledger().lost.items);
    adds_up(&ring);
}

#[test]
fn what_was_sent_is_not_touched_until_its_fate_is_known() {
    let mut ring = Ring::new(64 * KIB);
    for at in 0..10 {
        ring.push(reading("a", at));
    }
    let sent = ring.batch(0, ALL, Duration::ZERO).unwrap();
    for at in 10..2000 {
        ring.push(reading("a", at));
    }
    let again = ring.batch(0, Cut { items: 10, bytes: usize::MAX }, Duration::ZERO).unwrap();
    assert_eq!(again, sent);
    ring.fate_known();
    for at in 2000..4000 {
        ring.push(reading("a", at));
    }
    assert_eq!(ring.batch(0, ALL, Duration::ZERO).unwrap().gaps[0].first, 2);
    adds_up(&ring);
}

#[test]
fn when_everything_was_sent_the_newest_is_lost() {
    let mut ring = Ring::new(64 * KIB);
    let mut sent = 0;
    for at in 0..1000 {
        ring.push(reading("a", at));
        if sent < 50 {
            sent = ring.batch(sent, ALL, Duration::ZERO).unwrap().last;
        }
        assert!(ring.held_bytes() <= 64 * KIB, "{at}");
    }
    let batch = ring.batch(0, Cut { items: 50, bytes: usize::MAX }, Duration::ZERO).unwrap();
    assert_eq!((batch.last, batch.items.len()), (50, 50));
    adds_up(&ring);
}

#[test]
fn batches_of_any_cut_say_the_same() {
    let mut ring = filled(32 * KIB, Level::Hour);
    let whole = ring.batch(0, ALL, Duration::ZERO).unwrap();
    for items in [5, 60] {
        let (mut after, mut gaps, mut bodies) = (0, Vec::new(), Vec::new());
        while let Some(batch) = ring.batch(after, Cut { items, bytes: usize::MAX }, Duration::ZERO) {
            assert_eq!(batch.first, after + 1);
            assert!(batch.items.len() + batch.gaps.len() <= items);
            assert!(batch.gaps.iter().all(|gap| gap.first >= batch.first && gap.last <= batch.last));
            after = batch.last;
            gaps.extend(batch.gaps);
            bodies.extend(batch.items.into_iter().map(|item| item.body));
        }
        assert_eq!(gaps, whole.gaps);
        assert!(bodies.iter().eq(whole.items.iter().map(|item| &item.body)));
    }
}

#[test]
fn a_segment_may_be_stored_in_parts() {
    let mut ring = filled(32 * KIB, Level::TenMinutes);
    let whole = ring.batch(0, ALL, Duration::ZERO).unwrap();
    ring.fate_known();
    let produced = ring.next() - 1;
    for seq in (1..produced).step_by(61) {
        ring.stored(seq);
        adds_up(&ring);
        assert_eq!(ring.first_kept(), seq + 1);
        let rest = ring.batch(0, ALL, Duration::ZERO).unwrap();
        ring.fate_known();
        assert_eq!(rest.first, seq + 1);
        assert_eq!(ring.ledger().queued.items, rest.items.len() as u64, "what is stored is acknowledged at once");
        let oldest = rest.items.first().map(|item| item.body.clone());
        assert!(oldest.is_none_or(|oldest| whole.items.iter().any(|item| item.body == oldest)));
    }
    ring.stored(produced);
    assert_eq!(ring.ledger().queued, Count::ZERO);
    assert_eq!(ring.ledger().acknowledged.items, whole.items.len() as u64);
}

#[test]
fn a_refused_item_becomes_a_gap_wherever_it_is() {
    let mut ring = Ring::new(1 << 20);
    for at in 1..=3 {
        ring.push(reading("a", at));
    }
    ring.refuse(2);
    ring.refuse(2);
    ring.refuse(0);
    ring.refuse(7);
    assert_eq!(ring.ledger().refused.items, 1);
    let batch = ring.batch(0, ALL, Duration::ZERO).unwrap();
    assert_eq!(batch.gaps.len(), 1);
    assert_eq!((batch.gaps[0].reason, batch.gaps[0].missing.clone()), (GapReason::Refused, vec![(2, 1)]));
    assert_eq!(batch.items.iter().map(|item| item.seq).collect::<Vec<_>>(), [None, Some(3)]);
    // Sent, and not packed.
    ring.refuse(3);
    assert_eq!(ring.ledger().refused.items, 2);
    adds_up(&ring);

    let mut ring = filled(32 * KIB, Level::TwoMinutes);
    ring.refuse(1);
    let gap = ring.batch(0, ALL, Duration::ZERO).unwrap().gaps.remove(0);
    assert_eq!((gap.reason, gap.first, gap.last), (GapReason::Refused, 1, 1));
    adds_up(&ring);
}

#[test]
fn the_oldest_unsent_is_the_first_item_after_a_number() {
    let mut ring = filled(32 * KIB, Level::TenMinutes);
    let newest = ring.next() - 1;
    assert_eq!(ring.oldest_unsent(newest), None);
    for after in [0, 1, 30, newest / 2, newest - 10, newest - 1] {
        let batch = ring.batch(after, ALL, Duration::from_secs(1 << 30)).unwrap();
        ring.fate_known();
        let made_ms = (1 << 30) * 1000 - batch.items[0].age_ms;
        assert_eq!(ring.oldest_unsent(after), Some(Duration::from_millis(made_ms)), "{after}");
    }
}

#[test]
fn a_giant_is_lost_rather_than_everything_else() {
    let mut ring = Ring::new(64 * KIB);
    ring.push(reading("a", 0));
    ring.push(Entry { content: Content::Report(json!("x".repeat(40 * KIB))), ..reading("a", 1) });
    ring.push(reading("a", 2));
    let batch = ring.batch(0, ALL, Duration::ZERO).unwrap();
    assert_eq!((batch.items.len(), batch.gaps[0].reason, batch.gaps[0].first), (2, GapReason::Lost, 2));
    adds_up(&ring);

    // As JSON a text has its quotes beside it.
    for (chars, lost) in [(32 * KIB - 2, 0), (32 * KIB - 1, 1)] {
        let mut ring = Ring::new(64 * KIB);
        ring.push(Entry { content: Content::Report(json!("x".repeat(chars))), ..reading("a", 1) });
        assert_eq!(ring.ledger().lost.items, lost, "half of the memory and not a byte more");
    }
}

#[test]
fn a_lowered_bound_is_approached_with_the_next_items() {
    let mut ring = Ring::new(512 * KIB);
    for at in 0..8000 {
        ring.push(reading("a", at * 30));
    }
    let before = ring.held_bytes();
    ring.set_max_bytes(128 * KIB);
    assert!(before > 350 * KIB && ring.held_bytes() == before);
    for at in 0..4 {
        ring.push(reading("a", 240_000 + at * 30));
    }
    assert!(ring.held_bytes() <= 128 * KIB);
    ring.set_max_bytes(256 * KIB);
    for at in 0..4000 {
        ring.push(reading("a", 240_120 + at * 30));
    }
    assert!(ring.held_bytes() > 160 * KIB && ring.held_bytes() <= 256 * KIB);
    adds_up(&ring);
}

#[test]
fn sources_are_forgotten_when_nothing_of_them_is_left() {
    let mut ring = Ring::new(1 << 20);
    for n in 0..1000 {
        ring.push(reading(&format!("source-{n}"), n * 30));
    }
    let held = ring.held_bytes();
    ring.stored(1000);
    assert!(ring.held_bytes() < held / 4, "{} of {held}", ring.held_bytes());
}

#[test]
fn many_sources_do_not_break_the_bound() {
    let mut ring = Ring::new(128 * KIB);
    for round in 0..10 {
        for n in 0..500 {
            ring.push(reading(&format!("source-{n}"), round * 30 + n / 17));
            assert!(ring.held_bytes() <= 128 * KIB);
        }
    }
    let (times, gaps) = kept(&mut ring);
    let missing: u64 = gaps.iter().map(|gap| gap.missing[0].1).sum();
    assert_eq!(missing + times.values().map(Vec::len).sum::<usize>() as u64, 5000);
    assert!(gaps.iter().all(|gap| gap.count.values().sum::<u64>() == gap.missing[0].1));
    adds_up(&ring);
}
