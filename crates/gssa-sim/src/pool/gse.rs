//! What GoStratumEngine answers (`mmfpsolutions/gostratumengine` v1.0.5 `pkg/metrics`).

use super::gss::Scene;
use super::ledger::{Account, CoinAccount};
use super::stamp::NEVER;
use super::{CoinSpec, Worker};
use crate::json::{Json, Members};

/// The first port that a connection comes from.
const FIRST_PORT: u32 = 40_000;

/// `GET /api/v1/stats`.
pub(super) fn stats(scene: &Scene<'_>) -> Json {
    let coins = scene.spec.coins.iter().map(|coin| (coin.key.clone().into(), coin_stats(scene, coin))).collect();
    Json::object([
        ("pool_name", scene.spec.name.clone().into()),
        ("uptime_seconds", scene.ledger.uptime_secs().into()),
        ("coins", Json::Object(coins)),
    ])
}

/// The counters that are kept under a key: those of every coin whose symbol it is.
fn coin_stats(scene: &Scene<'_>, coin: &CoinSpec) -> Json {
    let counted: Vec<&CoinAccount> = scene
        .spec
        .coins
        .iter()
        .filter(|other| other.symbol == coin.key)
        .filter_map(|other| scene.ledger.coin(&other.key))
        .collect();
    let sum =
        |counter: fn(&Account) -> u64| Json::from(counted.iter().map(|account| account.sum(counter)).sum::<u64>());
    Json::object([
        ("shares_accepted", sum(Account::accepted)),
        ("shares_rejected", sum(Account::rejected)),
        ("shares_stale", sum(Account::stale)),
        ("blocks_found", 0.into()),
        ("last_block_time", NEVER.into()),
    ])
}

/// `GET /api/v1/miners`: a session for each connection, one of them of somebody who has not said who it is.
pub(super) fn miners(scene: &Scene<'_>) -> Json {
    let coins =
        scene.spec.coins.iter().map(|coin| (coin.key.clone().into(), Json::List(sessions(scene, coin)))).collect();
    Json::object([("miners", Json::Object(coins))])
}

fn sessions(scene: &Scene<'_>, coin: &CoinSpec) -> Vec<Json> {
    let Some(account) = scene.ledger.coin(&coin.key) else { return Vec::new() };
    let is_counted = coin.symbol == coin.key;
    let mut sessions: Vec<Json> = Vec::new();
    for account in account.active() {
        for _ in 0..account.worker.sessions.max(1) {
            let port = FIRST_PORT + sessions.len() as u32;
            sessions.push(session(scene, account, port, is_counted));
        }
    }
    if !sessions.is_empty() {
        let scanner = Account::stranger(Worker::new("", 0.0).at([192, 168, 1, 77]), scene.now);
        sessions.push(session(scene, &scanner, FIRST_PORT, is_counted));
        // Their order is that of a map in Go: none.
        let turn = (scene.now * 1000.0) as usize % sessions.len();
        sessions.rotate_left(turn);
    }
    sessions
}

fn session(scene: &Scene<'_>, account: &Account, port: u32, is_counted: bool) -> Json {
    let counter = |count: u64| Json::from(if is_counted { count } else { 0 });
    let last_share = account.last_share.filter(|_| is_counted);
    let members: Members = vec![
        ("worker_name".into(), account.worker.name.clone().into()),
        ("remote_addr".into(), std::net::SocketAddr::new(account.worker.address, port as u16).to_string().into()),
        ("difficulty".into(), account.difficulty.into()),
        ("connected_at".into(), scene.stamp(account.connected)),
        ("shares_accepted".into(), counter(account.accepted())),
        ("shares_rejected".into(), counter(account.rejected())),
        ("shares_stale".into(), counter(account.stale())),
        ("blocks_found".into(), 0.into()),
        ("last_share_time".into(), last_share.map_or_else(|| NEVER.into(), |at| scene.stamp(at))),
        ("best_difficulty".into(), (if is_counted { account.best } else { 0.0 }).into()),
    ];
    Json::Object(members)
}
