//! Pools that answer what they are told to.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::time::Duration;

use gssa_gss::{Collector, Options};
use gssa_model::{CollectError, Collector as _, PoolSnapshot};
use mockito::{Mock, ServerGuard};

pub(crate) const HEALTH: &str = "/api/v1/health";
pub(crate) const GSS: &str = r#"{"status":"ok","version":"5.2.6","uptime":4200}"#;
pub(crate) const POOL: &str =
    r#"{"hashrate":{"1m":1e12},"active_miners":1,"blocks_found":2,"shares":{"valid":10,"invalid":0,"stale":0}}"#;
pub(crate) const MINERS: &str = r#"{"workers":[{"worker_name":"example.rig","is_active":true}]}"#;
pub(crate) const STATE: &str = r#"{"status":"ok"}"#;
pub(crate) const STATS: &str =
    r#"{"uptime_seconds":9.5,"coins":{"BTC":{"shares_accepted":3,"last_block_time":"0001-01-01T00:00:00Z"}}}"#;
pub(crate) const SESSIONS: &str = r#"{"miners":{"BTC":[{"worker_name":"example.rig","shares_accepted":3}]}}"#;

pub(crate) fn options(coins: &[&str]) -> Options {
    let coins = coins.iter().map(|key| (*key).to_owned()).collect();
    Options { timeout: Duration::from_secs(3), coins, ..Options::default() }
}

pub(crate) fn collector(server: &ServerGuard, options: Options) -> Collector {
    let address = server.host_with_port().parse().unwrap();
    Collector::new("pool".parse().unwrap(), &address, options).unwrap()
}

pub(crate) async fn answer(server: &mut ServerGuard, path: &str, status: usize, body: &str) -> Mock {
    server.mock("GET", path).with_status(status).with_body(body).create_async().await
}

/// The same, and how often it has to be asked for.
pub(crate) async fn asked(server: &mut ServerGuard, path: &str, status: usize, body: &str, times: usize) -> Mock {
    server.mock("GET", path).with_status(status).with_body(body).expect(times).create_async().await
}

pub(crate) async fn collect(collector: &Collector) -> Result<PoolSnapshot, CollectError> {
    collector.collect().await.map(|snapshot| snapshot.as_pool().unwrap().clone())
}

/// Field and find of each gap.
pub(crate) fn gaps(snapshot: &PoolSnapshot) -> Vec<(&str, &str)> {
    snapshot.gaps.iter().map(|gap| (gap.field.as_str(), gap.found.as_str())).collect()
}

pub(crate) fn keys(snapshot: &PoolSnapshot) -> Vec<&str> {
    snapshot.coins.iter().map(|coin| coin.key.as_str()).collect()
}
