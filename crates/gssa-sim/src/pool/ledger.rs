//! What a pool counts: shares as they come from hashrates, over a time that is given.

use std::collections::BTreeMap;

use super::{CoinSpec, Worker};
use crate::chance::share;
use crate::work::HASHES_PER_DIFFICULTY;

/// Pools aim at a share each so many seconds.
const SECS_PER_SHARE: f64 = 15.0;

/// One of so many shares is rejected, and one of so many late.
const REJECTED_OF: u64 = 400;
const STALE_OF: u64 = 900;

/// The counters of a pool. All times are seconds after some beginning.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    started: f64,
    last: f64,
    coins: BTreeMap<String, CoinAccount>,
    seed: u64,
}

/// The counters of a coin key.
#[derive(Debug, Clone, Default)]
pub(super) struct CoinAccount {
    workers: BTreeMap<String, Account>,
}

/// The counters of a worker.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) worker: Worker,
    pub(super) is_active: bool,
    pub(super) connected: f64,
    /// When its last share came, if one did.
    pub(super) last_share: Option<f64>,
    pub(super) difficulty: f64,
    pub(super) best: f64,
    /// Shares of its own difficulty, in parts.
    found: f64,
}

impl Account {
    fn new(worker: Worker, now: f64) -> Self {
        // Pools like powers of two.
        let difficulty = (worker.hps.max(1.0) * SECS_PER_SHARE / HASHES_PER_DIFFICULTY).log2().round().exp2();
        Self { worker, is_active: true, connected: now, last_share: None, difficulty, best: 0.0, found: 0.0 }
    }

    /// Somebody who is connected and has found nothing.
    pub(super) fn stranger(worker: Worker, now: f64) -> Self {
        Self::new(worker, now)
    }

    pub(super) fn rejected(&self) -> u64 {
        self.found as u64 / REJECTED_OF
    }

    pub(super) fn stale(&self) -> u64 {
        self.found as u64 / STALE_OF
    }

    pub(super) fn accepted(&self) -> u64 {
        self.found as u64 - self.rejected() - self.stale()
    }

    fn work(&mut self, now: f64, secs: f64, seed: u64) {
        let before = self.found as u64;
        self.found += self.worker.hps.max(0.0) * secs / (self.difficulty * HASHES_PER_DIFFICULTY);
        let after = self.found as u64;
        if after == before {
            return;
        }
        self.last_share = Some(now);
        // Doubling the shares doubles what to expect of the best of them.
        let doublings = (after as f64).log2().floor();
        let name = self.worker.name.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        let luck = 1.0 + share(seed, name.wrapping_add(doublings as u64));
        self.best = self.best.max(self.difficulty * doublings.exp2() * luck);
    }
}

impl Ledger {
    /// The counters of a pool that has run for so many seconds with these workers.
    pub(super) fn new(coins: &[CoinSpec], running_for: f64, seed: u64) -> Self {
        let mut ledger = Self { started: -running_for, last: -running_for, coins: BTreeMap::new(), seed };
        ledger.advance(coins, -running_for);
        ledger.advance(coins, 0.0);
        ledger
    }

    /// Lets everybody work until `now`.
    pub(super) fn advance(&mut self, coins: &[CoinSpec], now: f64) {
        let secs = (now - self.last).max(0.0);
        for coin in coins {
            let account = self.coins.entry(coin.key.clone()).or_default();
            account.advance(coin.workers.now(), now, secs, self.seed);
        }
        self.last = now;
    }

    /// Begins anew, as after a restart of the program.
    pub(super) fn restart(&mut self, now: f64) {
        self.coins.clear();
        (self.started, self.last) = (now, now);
    }

    pub(super) fn uptime_secs(&self) -> f64 {
        self.last - self.started
    }

    pub(super) fn coin(&self, key: &str) -> Option<&CoinAccount> {
        self.coins.get(key)
    }
}

impl CoinAccount {
    fn advance(&mut self, workers: Vec<Worker>, now: f64, secs: f64, seed: u64) {
        for account in self.workers.values_mut() {
            account.is_active = false;
        }
        for worker in workers {
            match self.workers.get_mut(&worker.name) {
                Some(account) => {
                    account.worker = worker;
                    account.is_active = true;
                    account.work(now, secs, seed);
                }
                None => drop(self.workers.insert(worker.name.clone(), Account::new(worker, now))),
            }
        }
    }

    /// Everybody who ever worked, by name.
    pub(super) fn all(&self) -> impl Iterator<Item = &Account> {
        self.workers.values()
    }

    /// Those who work now.
    pub(super) fn active(&self) -> impl Iterator<Item = &Account> {
        self.all().filter(|account| account.is_active)
    }

    pub(super) fn sum(&self, counter: impl Fn(&Account) -> u64) -> u64 {
        self.all().map(counter).sum()
    }

    pub(super) fn hps(&self) -> f64 {
        self.active().map(|account| account.worker.hps).sum()
    }

    pub(super) fn best(&self) -> f64 {
        self.all().map(|account| account.best).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(running_for: f64) -> (Vec<CoinSpec>, Ledger) {
        let coins = vec![CoinSpec::new("DGB", vec![Worker::new("rig", 1.2e12), Worker::new("nerd", 4.8e12)])];
        let ledger = Ledger::new(&coins, running_for, 1);
        (coins, ledger)
    }

    #[test]
    fn shares_come_as_the_hashrate_is() {
        let (coins, mut ledger) = ledger(0.0);
        for step in 1..=3600 {
            ledger.advance(&coins, f64::from(step));
        }
        let coin = ledger.coin("DGB").expect("it is one of its keys");
        for account in coin.active() {
            let found = (account.accepted() + account.rejected() + account.stale()) as f64;
            let hps = found * account.difficulty * HASHES_PER_DIFFICULTY / 3600.0;
            assert!((hps / account.worker.hps - 1.0).abs() < 0.01, "{hps}");
            assert!((100.0..400.0).contains(&found), "{found} shares in an hour");
            assert!(account.best > account.difficulty && account.last_share.is_some());
        }
    }

    #[test]
    fn a_pool_that_has_run_for_days_has_counted_and_a_restart_forgets_it() {
        let (coins, mut ledger) = ledger(86_400.0);
        let accepted = |ledger: &Ledger| ledger.coin("DGB").map_or(0, |coin| coin.sum(Account::accepted));
        assert!(accepted(&ledger) > 5000 && (ledger.uptime_secs() - 86_400.0).abs() < 1e-6);
        ledger.restart(10.0);
        ledger.advance(&coins, 11.0);
        assert!(accepted(&ledger) == 0 && (ledger.uptime_secs() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn who_leaves_is_inactive_and_keeps_what_was_counted() {
        let (coins, mut ledger) = ledger(86_400.0);
        let before = ledger.coin("DGB").map(|coin| coin.sum(Account::accepted));
        let fewer = vec![CoinSpec::new("DGB", vec![Worker::new("rig", 1.2e12)])];
        ledger.advance(&fewer, 0.0);
        let coin = ledger.coin("DGB").expect("it is one of its keys");
        assert_eq!((coin.active().count(), coin.all().count()), (1, 2));
        assert_eq!(Some(coin.sum(Account::accepted)), before);
        ledger.advance(&coins, 0.0);
        assert_eq!(ledger.coin("DGB").map(|coin| coin.active().count()), Some(2));
    }
}
