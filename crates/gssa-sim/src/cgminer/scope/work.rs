//! Shares, work items, errors, of the whole machine.

use super::Scope;
use super::pools::{MAIN_PART, short};
use crate::Behaviour;
use crate::cgminer::value::Value;

/// Seconds between the jobs of a pool.
const JOB_SECS: f64 = 30.0;

pub(super) fn value(scope: &Scope<'_>, name: &str) -> Option<Value> {
    let figures = &scope.figures;
    let minutes = (figures.elapsed_secs / 60.0).max(0.1);
    let difficulty = figures.pool_difficulty;
    let found = figures.accepted + figures.rejected;
    let percent = |part: u64| if found == 0 { 0.0 } else { part as f64 / found as f64 * 100.0 };
    let diff1 = found as f64 * difficulty * 1.004;
    let by_nothing = scope.behaviour == Behaviour::NanValues;
    Some(match name {
        "accepted" => figures.accepted.into(),
        "rejected" => figures.rejected.into(),
        "stale" => (figures.rejected / 3).into(),
        "discarded" => ((figures.elapsed_secs * 2.1) as u64).into(),
        "getworks" => ((figures.elapsed_secs / JOB_SECS) as u64 + 2).into(),
        "local_work" => ((figures.elapsed_secs * 3.7) as u64).into(),
        "network_blocks" => ((figures.elapsed_secs / 600.0) as u64 + 1).into(),
        "hardware_errors" => figures.hardware_errors.into(),
        "utility" => (figures.accepted as f64 / minutes).into(),
        "work_utility" if by_nothing => f64::INFINITY.into(),
        "work_utility" => (diff1 / minutes).into(),
        "diff_accepted" => (figures.accepted as f64 * difficulty).into(),
        "diff_rejected" => (figures.rejected as f64 * difficulty).into(),
        "diff_stale" => ((figures.rejected / 3) as f64 * difficulty).into(),
        "diff1" => diff1.into(),
        "diff" => difficulty.into(),
        "diff_short" => short(difficulty).into(),
        "best_share" => figures.best_difficulty.into(),
        "hw_percent" if by_nothing => f64::NAN.into(),
        "hw_percent" => (figures.hardware_errors as f64 / (diff1 + 1.0) * 100.0).into(),
        "rejected_percent" => percent(figures.rejected).into(),
        "stale_percent" => percent(figures.rejected / 3).into(),
        "part_accepted" => (figures.accepted / scope.profile.boards.len() as u64).into(),
        "part_diff" => (figures.accepted as f64 * difficulty / scope.profile.boards.len() as f64).into(),
        "fee_accepted" => ((figures.accepted as f64 * (1.0 - MAIN_PART)) as u64).into(),
        _ => return None,
    })
}
