//! What the ring says of itself, counted anew after each of many steps.

use super::*;

/// Panics where a figure that the ring keeps is not that of what it holds.
fn the_books_are_right(ring: &Ring) {
    let (mut levels, mut raw, mut queued) = ([0; Level::ALL.len()], 0, Count::ZERO);
    let mut next = ring.segments.front().map_or(ring.open_first, |segment| segment.first);
    for segment in &ring.segments {
        assert_eq!(segment.first, next, "numbers without a hole");
        next = segment.last + 1;
        levels[segment.level as usize] += segment.held_bytes();
        raw += if segment.is_raw() { segment.held_bytes() } else { 0 };
        queued += segment.queued;
    }
    assert_eq!((ring.open_first, ring.next()), (next, next + ring.open.len() as u64));
    assert!(ring.first <= ring.next() && ring.segments.front().is_none_or(|front| front.last >= ring.first));
    let open: usize = ring.open.iter().map(Record::held_bytes).sum();
    queued += ring.open.iter().map(Record::queued).sum();
    assert_eq!((ring.held.levels, ring.held.open, ring.held.raw), (levels, open, raw + open));
    assert_eq!(ring.levels().map(|(level, bytes)| (level as usize, bytes)).collect::<Vec<_>>(), {
        levels.into_iter().enumerate().collect::<Vec<_>>()
    });
    assert_eq!(queued, ring.ledger().queued);
    assert!(ring.segments.iter().map(Segment::is_raw).is_sorted(), "unpacked segments are the last");
    let table = ring.segments.len() * size_of::<Segment>();
    assert!(ring.held_bytes() >= levels.iter().sum::<usize>() + open + table + ring.sources.held_bytes());
    adds_up(ring);
}

/// What was thinned is in segments as large as they may be.
fn neighbours_are_one(ring: &Ring) {
    for (older, newer) in ring.segments.iter().zip(ring.segments.iter().skip(1)) {
        let is_small = older.raw_bytes + newer.raw_bytes <= ring.segment_max_bytes();
        assert!(older.level != newer.level || older.level == Level::Full || !is_small, "{:?}", older.level);
    }
}

#[test]
fn the_books_are_right_after_every_reading() {
    let mut ring = Ring::new(24 * KIB);
    let mut with_room = 0;
    for round in 0..1500 {
        ring.push(reading("a", round * 30));
        ring.push(entry("b", round * 30 + 7, round % 50 == 0));
        the_books_are_right(&ring);
        neighbours_are_one(&ring);
        assert!(ring.held_bytes() <= 24 * KIB && ring.held.raw <= ring.segment_max_bytes());
        with_room += u32::from(ring.held_bytes() + ring.segment_max_bytes() <= 24 * KIB);
    }
    assert!(with_room > 1350, "room is made before it is needed: {with_room} of 1500");
}

#[test]
fn a_segment_is_an_eighth_of_the_memory_and_never_more_than_256_kib() {
    let of = |max_bytes| Ring::new(max_bytes).segment_max_bytes();
    assert_eq!([32 * KIB, 2048 * KIB, 2056 * KIB, 65_536 * KIB].map(of), [4 * KIB, 256 * KIB, 256 * KIB, 256 * KIB]);
}

#[test]
fn what_was_sent_and_is_not_packed_goes_back_to_what_was_not_sent() {
    let mut ring = Ring::new(1 << 20);
    for at in 0..10 {
        ring.push(reading("a", at));
    }
    for after in [0, 2, 4] {
        assert!(ring.batch(after, Cut { items: 2, bytes: usize::MAX }, Duration::ZERO).is_some());
    }
    assert_eq!((ring.segments.len(), ring.open.len()), (3, 4));
    ring.stored(3);
    ring.fate_known();
    assert_eq!(
        (ring.segments.len(), ring.open.len(), ring.open_first),
        (0, 7, 4),
        "small batches make no small segments"
    );
    the_books_are_right(&ring);
}

#[test]
fn the_books_are_right_whatever_becomes_of_what_was_sent() {
    for seed in 0..4 {
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut ring = Ring::new(24 * KIB);
        let mut sent = 0;
        for at in 0..1500 {
            match chance.u32(0..40) {
                0..4 => {
                    let cut = Cut { items: chance.usize(1..60), bytes: chance.usize(1..4000) };
                    sent = ring.batch(sent, cut, Duration::ZERO).map_or(sent, |batch| batch.last);
                }
                4 => ring.stored(sent.saturating_sub(chance.u64(0..20))),
                5 => {
                    ring.fate_known();
                    sent = ring.first_kept() - 1;
                }
                6 => ring.refuse(chance.u64(0..ring.next() + 2)),
                7 => ring.set_max_bytes(chance.usize(20..28) * KIB),
                _ => drop(ring.push(entry(["a", "b", "c"][chance.usize(0..3)], at * 30, chance.u32(0..60) == 0))),
            }
            the_books_are_right(&ring);
        }
    }
}
