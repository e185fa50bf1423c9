//! Which workers are kept when there are too many.

use std::cmp::Ordering;

use gssa_model::Worker;

/// The most workers of a coin key that are kept. Inactive ones are left out first, then those with the lowest hashrate.
pub const MAX_WORKERS: usize = 1000;

/// As many workers as are kept, the active ones first, then by name; and whether some were left out.
pub(crate) fn kept(mut workers: Vec<Worker>) -> (Vec<Worker>, bool) {
    let are_left_out = workers.len() > MAX_WORKERS;
    if are_left_out {
        workers.sort_by(|a, b| by_activity(a, b).then_with(|| by_hashrate(a, b)).then_with(|| a.name.cmp(&b.name)));
        workers.truncate(MAX_WORKERS);
    }
    workers.sort_by(|a, b| by_activity(a, b).then_with(|| a.name.cmp(&b.name)));
    (workers, are_left_out)
}

/// Active, not known, inactive.
fn by_activity(a: &Worker, b: &Worker) -> Ordering {
    let rank = |worker: &Worker| worker.active.map_or(1, |active| if active { 0 } else { 2 });
    rank(a).cmp(&rank(b))
}

/// The highest first.
fn by_hashrate(a: &Worker, b: &Worker) -> Ordering {
    let hps = |worker: &Worker| worker.current_hps.map_or(0.0, gssa_model::unit::Hashrate::get);
    hps(b).total_cmp(&hps(a))
}

#[cfg(test)]
mod tests {
    use gssa_model::unit::Hashrate;

    use super::*;

    fn worker(name: String, active: Option<bool>, hps: f64) -> Worker {
        Worker { name, active, current_hps: Hashrate::from_hps(hps), ..Worker::default() }
    }

    #[test]
    fn the_active_ones_come_first() {
        let workers = [("c", None), ("b", Some(false)), ("d", Some(true)), ("a", Some(true))];
        let workers = workers.map(|(name, active)| worker(name.to_owned(), active, 1.0)).to_vec();
        let (kept, are_left_out) = kept(workers);
        let names: Vec<&str> = kept.iter().map(|worker| worker.name.as_str()).collect();
        assert_eq!((names.as_slice(), are_left_out), (&["a", "d", "c", "b"][..], false));
    }

    #[test]
    fn inactive_ones_are_left_out_first_and_then_the_slow_ones() {
        let inactive = (0..500).map(|number| worker(format!("old{number}"), Some(false), 1e15));
        let active = (0..=MAX_WORKERS).map(|number| worker(format!("rig{number}"), Some(true), number as f64));
        let (kept, are_left_out) = kept(inactive.chain(active).collect());
        assert!(are_left_out && kept.len() == MAX_WORKERS);
        assert!(kept.iter().all(|worker| worker.active == Some(true) && worker.name != "rig0"));
    }
}
