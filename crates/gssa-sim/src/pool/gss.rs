//! What GoSlimStratum answers.
//!
//! No answer is published. The members are those that programs which call it read (`RenegadeUK/hmm-local`
//! `bundled_config/drivers/pools/mmfp_driver.py`); a number that would be a guess is left out.

use std::time::{Duration, SystemTime};

use super::ledger::{Account, CoinAccount, Ledger};
use super::stamp::{NEVER, stamp};
use super::{CoinSpec, Form, PoolSpec, Shares};
use crate::chance::Wander;
use crate::json::{Json, Members};
use crate::work::HASHES_PER_DIFFICULTY;

/// The windows of the hashrate, in seconds.
const WINDOWS: [(&str, f64); 3] = [("1m", 60.0), ("5m", 300.0), ("15m", 900.0)];

/// Seconds between two blocks of the network.
const BLOCK_SECS: f64 = 600.0;

/// How far a hashrate wanders.
const WANDER: f64 = 0.05;

/// What an answer is made of.
pub(super) struct Scene<'a> {
    pub(super) spec: &'a PoolSpec,
    pub(super) ledger: &'a Ledger,
    /// Seconds after the beginning of the ledger, and what the clock says then.
    pub(super) now: f64,
    pub(super) clock: SystemTime,
}

impl Scene<'_> {
    /// The time of a moment of the ledger.
    pub(super) fn stamp(&self, at: f64) -> Json {
        stamp(self.clock - Duration::from_secs_f64((self.now - at).max(0.0))).into()
    }

    fn number(&self, value: f64) -> Json {
        if self.spec.form.texts { value.to_string().into() } else { value.into() }
    }

    fn count(&self, value: u64) -> Json {
        if self.spec.form.texts { value.to_string().into() } else { value.into() }
    }
}

/// `GET /api/v1/health`.
pub(super) fn health(scene: &Scene<'_>) -> Json {
    let inner = [
        ("version", scene.spec.program.version().into()),
        ("uptime", scene.number(scene.ledger.uptime_secs().floor())),
    ];
    if scene.spec.form.envelope {
        return Json::object([("status", "ok".into()), ("data", Json::object(inner))]);
    }
    let [version, uptime] = inner;
    Json::object([("status", "ok".into()), version, uptime])
}

/// `GET /api/v1/{coin}/metrics/pool`.
pub(super) fn pool(scene: &Scene<'_>, coin: &CoinSpec, account: &CoinAccount) -> Json {
    let hps = account.hps();
    let wander = Wander::new(scene.spec.seed, 71, [37.0, 210.0, 1300.0]);
    let window = |secs| hps * (1.0 + WANDER * wander.mean(scene.now, secs));
    let windows = WINDOWS.into_iter().map(|(name, secs)| (name.into(), scene.number(window(secs)))).collect();
    let network_hps = coin.network_difficulty * HASHES_PER_DIFFICULTY / BLOCK_SECS;
    let network = Json::object([
        ("network_difficulty", scene.number(coin.network_difficulty)),
        ("pool_percentage", scene.number(hps / network_hps * 100.0)),
        ("estimated_time_to_block", time_to_block(coin, hps).into()),
    ]);
    let mut members: Members = vec![
        ("hashrate".into(), Json::Object(windows)),
        ("active_miners".into(), scene.count(account.active().count() as u64)),
        ("blocks_found".into(), scene.count(blocks(coin, account))),
        ("shares".into(), shares(scene, account)),
        ("network_comparison".into(), network),
    ];
    if scene.spec.program.tells_best_share() {
        members.push(("pool_best_share".into(), scene.number(account.best())));
    }
    enveloped(scene.spec.form, Json::Object(members))
}

/// The blocks that so much work finds on average.
fn blocks(coin: &CoinSpec, account: &CoinAccount) -> u64 {
    let work: f64 = account.all().map(|account| account.accepted() as f64 * account.difficulty).sum();
    (work / coin.network_difficulty) as u64
}

fn time_to_block(coin: &CoinSpec, hps: f64) -> String {
    let secs = coin.network_difficulty * HASHES_PER_DIFFICULTY / hps;
    if !secs.is_finite() {
        return "N/A".to_owned();
    }
    let days = (secs / 86_400.0) as u64;
    if days >= 365 {
        format!("{}y {}d", days / 365, days % 365)
    } else {
        format!("{days}d {}h", secs as u64 / 3600 % 24)
    }
}

fn shares(scene: &Scene<'_>, account: &CoinAccount) -> Json {
    let counts = |part: f64| {
        let of = |counter: fn(&Account) -> u64| (account.sum(counter) as f64 * part) as u64;
        let (valid, invalid, stale) = (of(Account::accepted), of(Account::rejected), of(Account::stale));
        let members = [("valid", valid), ("invalid", invalid), ("stale", stale), ("total", valid + invalid + stale)];
        members.into_iter().map(|(name, count)| (name.into(), scene.count(count))).collect::<Members>()
    };
    let uptime = scene.ledger.uptime_secs().max(1.0);
    let windows = || WINDOWS.map(|(name, secs)| (name.into(), Json::Object(counts((secs / uptime).min(1.0)))));
    Json::Object(match scene.spec.form.shares {
        Shares::Counters => counts(1.0),
        Shares::Windows => windows().into(),
        Shares::Both => counts(1.0).into_iter().chain(windows()).collect(),
    })
}

/// `GET /api/v1/{coin}/metrics/miners`: the active ones by hashrate, then the others.
pub(super) fn miners(scene: &Scene<'_>, account: &CoinAccount) -> Json {
    let mut all: Vec<&Account> = account.all().collect();
    all.sort_by(|a, b| b.is_active.cmp(&a.is_active).then_with(|| b.worker.hps.total_cmp(&a.worker.hps)));
    let total = all.len();
    let page = scene.spec.form.page.filter(|_| scene.spec.program.pages());
    all.truncate(page.map_or(total, |(size, _)| size));
    let workers: Vec<Json> = all.into_iter().map(|account| worker(scene, account)).collect();
    let mut members: Members = vec![("workers".into(), Json::List(workers))];
    if let Some((size, true)) = page {
        members.extend([("total".into(), scene.count(total as u64)), ("page_size".into(), scene.count(size as u64))]);
    }
    enveloped(scene.spec.form, Json::Object(members))
}

fn worker(scene: &Scene<'_>, account: &Account) -> Json {
    let Account { worker, is_active, last_share, .. } = account;
    let user_agent =
        if worker.sessions > 1 { format!("{} devices", worker.sessions) } else { worker.user_agent.clone() };
    Json::object([
        ("worker_name", worker.name.clone().into()),
        ("is_active", (*is_active).into()),
        ("current_user_agent", user_agent.into()),
        ("current_hashrate", scene.number(if *is_active { worker.hps } else { 0.0 })),
        ("current_valid_shares", scene.count(account.accepted())),
        ("current_invalid_shares", scene.count(account.rejected())),
        ("best_share_difficulty", scene.number(account.best)),
        ("last_seen_at", last_share.map_or_else(|| NEVER.into(), |at| scene.stamp(at))),
    ])
}

fn enveloped(form: Form, body: Json) -> Json {
    if form.envelope { Json::object([("status", "ok".into()), ("data", body)]) } else { body }
}
