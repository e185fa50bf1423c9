//! Shares and errors.

use gssa_model::Work;
use gssa_model::unit::{Difficulty, Percent};
use gssa_wire::{Count, Field};

use super::{Device, pools};
use crate::antminer::wire::PoolRow;

pub(super) fn work(device: &Device<'_>) -> Work {
    let shares = Shares::of(device);
    let best = device.summary(|s| &s.best).or_else(|| pools::best(device)).or(device.machine(|m| &m.best));
    let hardware_errors = hardware_errors(device);
    let percent = device.machine(|m| &m.error_percent).or(device.summary(|s| &s.error_percent));
    // From 2020 on it is 0 whatever the errors.
    let is_filled_in = |percent: &f64| *percent > 0.0 || hardware_errors == Some(0);
    Work {
        accepted: shares.accepted,
        rejected: shares.rejected,
        stale: shares.stale,
        hardware_errors,
        error_percent: percent.filter(is_filled_in).and_then(Percent::from_percent),
        best_difficulty: None,
        // Of the time since the program started, like every figure of the API.
        best_session_difficulty: best.filter(|best| *best > 0.0).and_then(Difficulty::from_difficulty),
        blocks_found: device.summary(|s| &s.blocks).map(|blocks| blocks.0),
        reject_reasons: Vec::new(),
    }
}

struct Shares {
    accepted: Option<u64>,
    rejected: Option<u64>,
    stale: Option<u64>,
}

impl Shares {
    /// The totals of the program, which remember pools that were removed. They count the shares for the makers of the firmware too,
    /// and cannot be relied on where they are text: then it is the sum of the owner's pools.
    fn of(device: &Device<'_>) -> Self {
        let tally = device.summary(|summary| &summary.accepted);
        let is_usable = tally.is_some_and(|tally| !tally.is_text) && !pools::has_fee(device);
        let pick = |total: Option<Count>, of_pool: fn(&PoolRow) -> &Field<Count>, of_machine: Option<Count>| {
            let sum = || {
                let counts = pools::own(device).filter_map(|row| of_pool(row).get()).map(|count| count.0);
                counts.reduce(u64::saturating_add)
            };
            total.filter(|_| is_usable).map(|count| count.0).or_else(sum).or(of_machine.map(|count| count.0))
        };
        let accepted = tally.map(|tally| tally.count);
        Self {
            accepted: pick(accepted, |row| &row.accepted, device.machine(|m| &m.accepted)),
            rejected: pick(device.summary(|s| &s.rejected), |row| &row.rejected, device.machine(|m| &m.rejected)),
            stale: pick(device.summary(|s| &s.stale), |row| &row.stale, device.machine(|m| &m.stale)),
        }
    }
}

/// The total of the program, or the sum over the boards; a Z11 says 0 whatever its boards have.
fn hardware_errors(device: &Device<'_>) -> Option<u64> {
    let boards = device.boards().filter_map(|(_, slot)| slot.hardware_errors.get()).map(|count| count.0);
    let sum = boards.reduce(u64::saturating_add);
    let total = device.machine(|m| &m.mismatches).or(device.summary(|s| &s.hardware_errors)).map(|count| count.0);
    match total {
        Some(0) | None => sum.or(total),
        total => total,
    }
}
