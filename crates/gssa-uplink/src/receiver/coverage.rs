//! Whether a batch covers its range: every number is that of one item, or in one gap record, never both.

use gssa_model::SourceId;

use crate::wire::{Gap, Item, Seq};

/// Numbers stay below 2^53, where every JSON reader still tells them apart.
pub(super) const MAX_SEQ: Seq = (1 << 53) - 1;

/// How a batch does not cover its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Uncovered {
    #[error("{first} to {last} is no range")]
    Range { first: Seq, last: Seq },
    #[error("number {0} is there twice, or out of order")]
    Twice(Seq),
    #[error("number {0} is missing")]
    Missing(Seq),
    #[error("number {0} is outside the batch")]
    Outside(Seq),
    #[error("the gap record of {0} is not as it should be: {1}")]
    Gap(Seq, &'static str),
}

/// The numbers of the items of a batch that covers its range.
pub(super) fn check(first: Seq, last: Seq, items: &[Item], gaps: &[Gap]) -> Result<Vec<Seq>, Uncovered> {
    if first == 0 || first > last || last > MAX_SEQ {
        return Err(Uncovered::Range { first, last });
    }
    let mut runs = Vec::new();
    for gap in gaps {
        check_gap(first, last, gap)?;
        runs.extend_from_slice(&gap.missing);
    }
    runs.sort_unstable();
    let seqs = seqs(first, items)?;

    // Items and runs together, in order, without a hole and without an overlap.
    let mut numbers = seqs.iter().map(|seq| (*seq, 1)).peekable();
    let mut runs = runs.into_iter().peekable();
    let mut expected = first;
    loop {
        let is_run = match (numbers.peek(), runs.peek()) {
            (Some((seq, _)), Some((run, _))) => run < seq,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => break,
        };
        let Some((start, length)) = (if is_run { runs.next() } else { numbers.next() }) else { break };
        match start.cmp(&expected) {
            std::cmp::Ordering::Less => return Err(Uncovered::Twice(start)),
            std::cmp::Ordering::Greater => return Err(Uncovered::Missing(expected)),
            std::cmp::Ordering::Equal => expected = start + length,
        }
    }
    match expected.checked_sub(last + 1) {
        Some(0) => Ok(seqs),
        Some(_) => Err(Uncovered::Outside(expected - 1)),
        None => Err(Uncovered::Missing(expected)),
    }
}

/// The gap records of which something is not yet taken.
pub(super) fn after(taken: Seq, mut gaps: Vec<Gap>) -> Result<Vec<Gap>, Uncovered> {
    gaps.retain(|gap| gap.last > taken);
    match gaps.iter().find(|gap| gap.missing.first().is_some_and(|(start, _)| *start <= taken)) {
        Some(gap) => Err(Uncovered::Gap(gap.first, "a part of it is stored")),
        None => Ok(gaps),
    }
}

fn check_gap(first: Seq, last: Seq, gap: &Gap) -> Result<(), Uncovered> {
    let wrong = |what| Err(Uncovered::Gap(gap.first, what));
    if gap.first < first || gap.last > last || gap.first > gap.last {
        return wrong("it is not within its batch");
    }
    let (mut next, mut sum) = (gap.first, 0_u64);
    for (start, length) in &gap.missing {
        let is_rising = *start >= next && *length > 0;
        let Some(end) = start.checked_add(*length).filter(|end| is_rising && *end <= gap.last + 1) else {
            return wrong("its runs are not in rising order within it");
        };
        (next, sum) = (end, sum + length);
    }
    if sum == 0 {
        return wrong("nothing is missing");
    }
    if gap.count.keys().any(|id| !id.is_empty() && id.parse::<SourceId>().is_err()) {
        return wrong("a source has no such id");
    }
    let counted = gap.count.values().try_fold(0_u64, |counted, count| counted.checked_add(*count));
    if counted == Some(sum) { Ok(()) } else { wrong("its counts are not the sum of its runs") }
}

fn seqs(first: Seq, items: &[Item]) -> Result<Vec<Seq>, Uncovered> {
    let mut next = first;
    let mut seqs = Vec::with_capacity(items.len());
    for item in items {
        let seq = item.seq.unwrap_or(next);
        if seq < next {
            return Err(Uncovered::Twice(seq));
        }
        if seq > MAX_SEQ {
            return Err(Uncovered::Outside(seq));
        }
        seqs.push(seq);
        next = seq + 1;
    }
    Ok(seqs)
}
