//! Shares and difficulties, as a function of time.

use crate::Moment;
use crate::chance::{Wander, between, share};

/// Hashes behind one share of difficulty 1, SHA-256.
pub(crate) const HASHES_PER_DIFFICULTY: f64 = 4_294_967_296.0;

/// Shares and difficulties.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    pub(crate) reject_reasons: Vec<(&'static str, u64)>,
    pub(crate) best: f64,
    pub(crate) best_session: f64,
    pub(crate) pool_difficulty: f64,
}

impl Work {
    /// What a device of so many hashes a second has found.
    pub(crate) fn new(seed: u64, hashes_per_sec: f64, hashes_per_difficulty: f64, moment: &Moment) -> Self {
        // Pools aim at a share each few seconds and like powers of two.
        let pool_difficulty = (hashes_per_sec * 8.0 / hashes_per_difficulty).log2().round().exp2();
        let per_sec = hashes_per_sec / (pool_difficulty * hashes_per_difficulty);
        let session = shares(seed, per_sec, moment.session_hashing_secs);
        let lifetime = shares(seed, per_sec, moment.lifetime_hashing_secs);
        let found = session.floor();
        // Of whole shares, so that a rejected one never takes an accepted one away.
        let rejected = (found * between(seed, 61, 0.001, 0.006)).floor() as u64;
        let late = (rejected * 7).div_ceil(10);
        let reasons = [("Job not found", late), ("Above target", rejected - late)];
        Self {
            accepted: found as u64 - rejected,
            rejected,
            reject_reasons: reasons.into_iter().filter(|(_, count)| *count > 0).collect(),
            best: best_of(seed, 62, pool_difficulty, lifetime),
            best_session: best_of(seed, 63 + u64::from(moment.boots), pool_difficulty, session),
            pool_difficulty,
        }
    }
}

/// Shares found in a time: uneven, but never fewer than before.
fn shares(seed: u64, per_sec: f64, hashing_secs: f64) -> f64 {
    let unevenness = Wander::new(seed, 64, [41.0, 230.0, 700.0]);
    // The steepest descent of the wander (≈ 0.09 a second) times this stays below one share's worth.
    let luck_secs = 8.0;
    let lucky = luck_secs * (unevenness.at(hashing_secs) - unevenness.at(0.0));
    per_sec * (hashing_secs + lucky).max(0.0)
}

/// The best of so many shares: doubling the shares doubles what to expect, a step at a time.
fn best_of(seed: u64, name: u64, pool_difficulty: f64, shares: f64) -> f64 {
    if shares < 1.0 {
        return 0.0;
    }
    let doublings = shares.log2().floor();
    (pool_difficulty * doublings.exp2() * (1.0 + share(seed, name * 100 + doublings as u64))).floor()
}
