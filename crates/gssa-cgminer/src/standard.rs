//! What upstream reports, whatever the maker: shares and pools.

use gssa_model::unit::{Celsius, Difficulty, Percent};
use gssa_model::{Gap, Work};
use gssa_wire::{Path, Report as _};

use crate::wire::standard::{PoolRow, SummaryRow, count};
use crate::{Command, Replies};

mod pools;

pub(crate) use pools::{has_no_pool, no_pool_fault, pools};

/// An air or chip temperature that can be one. 0 and -273 stand for no sensor, 255 and the like for one that does not answer.
const CELSIUS: std::ops::Range<f64> = -60.0..200.0;

/// The summary, its gaps noted.
pub(crate) fn summary(replies: &Replies, gaps: &mut Vec<Gap>) -> Option<SummaryRow> {
    let row: SummaryRow = replies.row(&[Command::Summary], "SUMMARY")?;
    row.report(Path::Document("SUMMARY"), gaps);
    Some(row)
}

/// The rows of POOLS.
pub(crate) fn pool_rows(replies: &Replies) -> Vec<PoolRow> {
    replies.rows(&[Command::Pools], "POOLS")
}

/// Shares: of the summary, else those of the pools together.
pub(crate) fn work(summary: Option<&SummaryRow>, pools: &[PoolRow]) -> Work {
    let of_summary = |member: fn(&SummaryRow) -> Option<u64>| summary.and_then(member);
    let of_pools = |member: fn(&PoolRow) -> Option<u64>| {
        let counts: Vec<u64> = pools.iter().filter_map(member).collect();
        (!counts.is_empty()).then(|| counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count)))
    };
    let best_of_pools = pools.iter().filter_map(|row| row.best_share.get()).reduce(f64::max);
    // Innosilicon A9 fills difficulties and percentages with the same figure: what cannot be a percentage tells it.
    let percent = summary.and_then(|row| row.device_hardware.get());
    let is_sound = percent.is_none_or(|percent| (0.0..=100.0).contains(&percent));
    let best = summary.and_then(|row| row.best_share.get()).filter(|_| is_sound).or(best_of_pools);
    Work {
        accepted: of_summary(|row| count(&row.accepted)).or_else(|| of_pools(|row| count(&row.accepted))),
        rejected: of_summary(|row| count(&row.rejected)).or_else(|| of_pools(|row| count(&row.rejected))),
        stale: of_summary(|row| count(&row.stale)).or_else(|| of_pools(|row| count(&row.stale))),
        hardware_errors: of_summary(|row| count(&row.hardware_errors)),
        error_percent: percent.filter(|_| is_sound).and_then(Percent::from_percent),
        best_session_difficulty: best.and_then(positive).and_then(Difficulty::from_difficulty),
        blocks_found: of_summary(|row| count(&row.found_blocks)),
        ..Work::default()
    }
}

/// A temperature, unless the figure stands for no sensor.
pub(crate) fn celsius(value: f64) -> Option<Celsius> {
    Some(value).filter(|value| *value != 0.0 && CELSIUS.contains(value)).and_then(Celsius::from_celsius)
}

/// A figure above zero, where zero stands for "not known".
pub(crate) fn positive(value: f64) -> Option<f64> {
    Some(value).filter(|value| *value > 0.0)
}
