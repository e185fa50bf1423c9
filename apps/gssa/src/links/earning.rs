//! Hashing but not earning: what a miner says it does beside what its pool credits.

use std::borrow::Cow;

use gssa_model::unit::Hashrate;
use gssa_model::{Coin, MinerSnapshot, PoolSnapshot, Severity, Timestamp, Worker};
use gssa_view::finding::{Finding, IssueCode};

use crate::figures::hashrate;

/// A miner is compared once it and its pool have run for so long, in seconds: before, averages are still filling.
const SETTLED_SECS: u64 = 900;

/// Credited less than this part of what the miner says, something is wrong. Luck alone stays above it over ten minutes of shares.
const CREDITED_PART: f64 = 0.6;

/// So long a shortfall must last before it is told, in milliseconds.
pub(super) const HOLD_MS: i64 = 600_000;

/// What the comparison of a worker with its miners says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shortfall {
    pub(super) severity: Severity,
    pub(super) detail: String,
}

/// The shortfall of a worker, given all miners that are this worker. `pool` is what its source is called.
pub(super) fn shortfall(
    pool: &str,
    snapshot: &PoolSnapshot,
    coin: &Coin,
    worker: &Worker,
    miners: &[&MinerSnapshot],
) -> Option<Shortfall> {
    let settled = |secs: Option<u64>| secs.is_some_and(|secs| secs >= SETTLED_SECS);
    if coin.counted == Some(false) || !settled(snapshot.uptime_secs) {
        return None;
    }
    if !miners.iter().all(|miner| settled(miner.uptime_secs)) {
        return None;
    }
    let said: f64 = miners.iter().map(|miner| steady(miner)).sum::<Option<f64>>().filter(|said| *said > 0.0)?;
    let whose = if miners.len() > 1 { format!("{} miners hash", miners.len()) } else { "hashes".to_owned() };
    let says = format!("{whose} at {}", hashrate(said));
    if worker.active == Some(false) {
        let detail = format!("{says}, and {pool} does not see it at {}", coin.key);
        return Some(Shortfall { severity: Severity::Critical, detail });
    }
    let credited = worker.current_hps?.get();
    let part = credited / said;
    (part < CREDITED_PART).then(|| {
        let severity = if credited <= 0.0 { Severity::Critical } else { Severity::Warning };
        let credited = hashrate(credited);
        let detail = format!("{says}, {pool} credits {credited} ({:.0} %) at {}", part * 100.0, coin.key);
        Shortfall { severity, detail }
    })
}

/// What a miner does, over a window as long as those of a pool.
fn steady(miner: &MinerSnapshot) -> Option<f64> {
    let window = ["15m", "10m", "5m", "1h"].into_iter().find_map(|window| miner.hashing.windows_hps.get(window));
    window.or(miner.hashing.current_hps).or(miner.hashing.average_hps).map(Hashrate::get)
}

/// What a coin key itself says that keeps its miners from earning.
pub(super) fn trouble_of(coin: &Coin) -> Option<&str> {
    coin.status.as_deref().filter(|status| !crate::assess::is_running(status))
}

/// The finding at a miner.
pub(super) fn finding(severity: Severity, detail: impl Into<Cow<'static, str>>, since: Timestamp) -> Finding {
    Finding { code: IssueCode::NotEarning, severity, reason: None, part: None, detail: detail.into(), since }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn miner(ths: f64, uptime: u64) -> MinerSnapshot {
        let mut miner = MinerSnapshot { uptime_secs: Some(uptime), ..MinerSnapshot::default() };
        miner.hashing.current_hps = Hashrate::from_ths(ths * 1.4);
        if let Some(steady) = Hashrate::from_ths(ths) {
            miner.hashing.windows_hps.push("10m", steady);
        }
        miner
    }

    fn detail(change: impl Fn(&mut PoolSnapshot, &mut Coin, &mut Worker, &mut MinerSnapshot)) -> Option<String> {
        let mut pool = PoolSnapshot { uptime_secs: Some(86_400), ..PoolSnapshot::default() };
        let mut coin = Coin { key: "DGB".into(), ..Coin::default() };
        let mut worker = Worker { active: Some(true), current_hps: Hashrate::from_ths(0.6), ..Worker::default() };
        let mut miner = miner(1.2, 9000);
        change(&mut pool, &mut coin, &mut worker, &mut miner);
        shortfall("gss", &pool, &coin, &worker, &[&miner]).map(|it| format!("{:?}: {}", it.severity, it.detail))
    }

    #[test]
    fn half_of_the_hashrate_is_too_little() {
        let expected = "Warning: hashes at 1.20 TH/s, gss credits 600 GH/s (50 %) at DGB";
        assert_eq!(detail(|_, _, _, _| {}).as_deref(), Some(expected));
        assert_eq!(detail(|_, _, worker, _| worker.current_hps = Hashrate::from_ths(0.8)), None);
        let nothing = detail(|_, _, worker, _| worker.current_hps = Hashrate::from_ths(0.0));
        assert_eq!(nothing.as_deref(), Some("Critical: hashes at 1.20 TH/s, gss credits 0 H/s (0 %) at DGB"));
        let unseen = detail(|_, _, worker, _| worker.active = Some(false));
        assert_eq!(unseen.as_deref(), Some("Critical: hashes at 1.20 TH/s, and gss does not see it at DGB"));
    }

    #[test]
    fn what_is_not_known_or_not_settled_is_no_shortfall() {
        assert_eq!(detail(|_, _, worker, _| worker.current_hps = None), None);
        assert_eq!(detail(|pool, _, _, _| pool.uptime_secs = Some(60)), None);
        assert_eq!(detail(|_, _, _, miner| miner.uptime_secs = Some(60)), None);
        assert_eq!(detail(|_, _, _, miner| miner.hashing = gssa_model::Hashing::default()), None);
        assert_eq!(detail(|_, coin, _, _| coin.counted = Some(false)), None);
    }

    #[test]
    fn miners_with_one_name_are_added_up() {
        let pool = PoolSnapshot { uptime_secs: Some(86_400), ..PoolSnapshot::default() };
        let coin = Coin { key: "DGB".into(), ..Coin::default() };
        let worker = Worker { active: Some(true), current_hps: Hashrate::from_ths(1.2), ..Worker::default() };
        let (a, b) = (miner(1.2, 9000), miner(1.3, 9000));
        let short = shortfall("gss", &pool, &coin, &worker, &[&a, &b]).map(|it| it.detail);
        assert_eq!(short.as_deref(), Some("2 miners hash at 2.50 TH/s, gss credits 1.20 TH/s (48 %) at DGB"));
        assert_eq!(shortfall("gss", &pool, &coin, &worker, &[&a]), None);
    }
}
