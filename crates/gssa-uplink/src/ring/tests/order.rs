//! Which segment gets thinner next.

use super::*;

/// The level of the segment that is thinned next, where segments of one reading each have so many KiB, of 64.
fn next_of(parts: &[(Level, usize)], pinned_to: Seq) -> Option<(usize, Level)> {
    let mut ring = Ring::new(64 * KIB);
    for (seq, (level, kib)) in (1..).zip(parts) {
        let content = Content::Report(json!("x".repeat(kib * KIB - 300)));
        let record = Record::Item(Kept::new(Entry { content, ..reading("a", seq) }));
        ring.put(ring.segments.len(), Segment::new(seq, *level, vec![record]));
    }
    ring.pinned_to = pinned_to;
    ring.thinnable().map(|index| (index, ring.segments[index].level))
}

#[test]
fn the_finest_level_that_holds_more_than_a_quarter_is_thinned_from_its_oldest_on() {
    use Level::{Full, Hour, Lost, TenMinutes, TwoMinutes};
    for (parts, pinned_to, next, why) in [
        (&[(Hour, 30), (TenMinutes, 20), (Full, 10)][..], 0, Some((1, TenMinutes)), "not the one that holds the most"),
        (&[(Hour, 30), (TwoMinutes, 9), (TwoMinutes, 9), (Full, 9), (Full, 9)], 0, Some((3, Full)), "18 in two"),
        (&[(Hour, 12), (TenMinutes, 14), (Full, 10)], 0, Some((1, TenMinutes)), "none has a quarter: the most"),
        (&[(Lost, 14), (Full, 10)], 0, Some((1, Full)), "what is lost is not thinned"),
        (&[(Lost, 20)], 0, None, "nor if there is nothing else"),
        (&[(Full, 9), (Full, 9), (Full, 9)], 1, Some((1, Full)), "what was sent stays"),
        (&[(TwoMinutes, 20), (Full, 20)], 2, None, "all was sent"),
    ] {
        assert_eq!(next_of(parts, pinned_to), next, "{why}");
    }
}
