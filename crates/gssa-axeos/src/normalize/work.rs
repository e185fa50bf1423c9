//! Shares, best difficulties and blocks.

use gssa_model::unit::{Difficulty, Percent};
use gssa_model::{RejectReason, Work};
use gssa_wire::Count;

use super::Device;

pub(super) fn work(device: &Device<'_>) -> Work {
    let document = device.document;
    let miner = document.miner.known();
    let count = |flat: Option<Count>, nested: Option<Count>| flat.or(nested).map(|count| count.0);
    let monitor = document.hashrate_monitor.known();
    Work {
        accepted: count(document.shares_accepted.get(), miner.and_then(|miner| miner.accepted.get())),
        rejected: count(document.shares_rejected.get(), miner.and_then(|miner| miner.rejected.get())),
        stale: None,
        hardware_errors: monitor.and_then(|monitor| {
            monitor.asics.entries().filter_map(|(_, chip)| Some(chip.error_count.get()?.0)).reduce(u64::saturating_add)
        }),
        error_percent: document.error_percentage.get().and_then(Percent::from_percent),
        best_difficulty: difficulty([
            document.best_diff.get(),
            document.best_diff_ever.get(),
            miner.and_then(|miner| miner.best_diff_ever.get()),
        ]),
        best_session_difficulty: difficulty([
            document.best_session_diff.get(),
            document.best_diff_session.get(),
            miner.and_then(|miner| miner.best_diff_session.get()),
        ]),
        // Of a NerdQAxe's two counters the one that survives a restart.
        blocks_found: count(
            document.block_found.get().or(document.total_found_blocks.get()).or(document.found_blocks.get()),
            miner.and_then(|miner| miner.blkhits.get()),
        ),
        reject_reasons: document
            .shares_rejected_reasons
            .entries()
            .filter_map(|(_, entry)| {
                Some(RejectReason { reason: entry.message.known()?.clone(), count: entry.count.get()?.0 })
            })
            .collect(),
    }
}

/// The first difficulty that is there; a negative one is none.
fn difficulty(spellings: [Option<f64>; 3]) -> Option<Difficulty> {
    spellings.into_iter().flatten().next().filter(|value| *value >= 0.0).and_then(Difficulty::from_difficulty)
}
