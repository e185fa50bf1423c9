//! What the snapshot of a pool means.

use gssa_model::{PoolSnapshot, Severity, State};

use super::{Findings, IssueCode};

/// Words by which a pool says that a coin key works. Its own state is passed on as text; whatever else it says deserves a look.
const RUNNING: [&str; 8] = ["running", "online", "active", "enabled", "ok", "ready", "up", "healthy"];

/// Whether what a pool says about a coin key means that it works.
pub fn is_running(status: &str) -> bool {
    RUNNING.iter().any(|word| status.trim().eq_ignore_ascii_case(word))
}

impl Findings {
    pub(super) fn pool(&mut self, pool: &PoolSnapshot) -> State {
        self.incomplete(&pool.gaps);
        for coin in &pool.coins {
            if let Some(status) = coin.status.as_deref().filter(|status| !is_running(status)) {
                self.add_at(
                    &coin.key,
                    IssueCode::CoinTrouble,
                    Severity::Warning,
                    format!("{} says: {status}", coin.key),
                );
            }
            if coin.counted == Some(false) {
                let detail =
                    format!("{} has miners, and the pool does not count their shares under this key", coin.key);
                self.add_at(&coin.key, IssueCode::NotCounted, Severity::Info, detail);
            }
        }
        self.running()
    }
}

#[cfg(test)]
mod tests {
    use gssa_model::{Coin, Gap, Timestamp};

    use super::*;

    fn assessed(pool: &PoolSnapshot) -> (State, Vec<(IssueCode, String)>) {
        let mut findings = Findings { since: Timestamp::from_unix_ms(0), list: Vec::new() };
        let state = findings.pool(pool);
        (state, findings.list.into_iter().map(|it| (it.code, it.detail.into_owned())).collect())
    }

    fn with(status: Option<&str>) -> PoolSnapshot {
        let coin = Coin { key: "DGB".into(), status: status.map(Into::into), ..Coin::default() };
        PoolSnapshot { coins: vec![coin], ..PoolSnapshot::default() }
    }

    #[test]
    fn a_pool_without_miners_is_healthy() {
        for status in [None, Some("Running"), Some("ok")] {
            assert_eq!(assessed(&with(status)), (State::Running, Vec::new()), "{status:?}");
        }
    }

    #[test]
    fn a_coin_that_says_it_does_not_run_degrades_the_pool() {
        let (state, found) = assessed(&with(Some("node warm-up")));
        assert_eq!(state, State::Degraded);
        assert_eq!(found, [(IssueCode::CoinTrouble, "DGB says: node warm-up".to_owned())]);
    }

    #[test]
    fn a_part_that_failed_degrades_the_pool_and_is_named() {
        let mut pool = with(None);
        pool.gaps = vec![Gap::new("coins.DGB", "404"), Gap::new("coins.BTC", "404")];
        let (state, found) = assessed(&pool);
        assert_eq!(state, State::Degraded);
        assert_eq!(found, [(IssueCode::Incomplete, "could not be read: coins.DGB (404) and 1 more".to_owned())]);
    }

    #[test]
    fn shares_that_the_pool_does_not_count_are_no_trouble() {
        let mut pool = with(None);
        pool.coins[0].counted = Some(false);
        let (state, found) = assessed(&pool);
        assert_eq!((state, found[0].0), (State::Running, IssueCode::NotCounted));
    }
}
