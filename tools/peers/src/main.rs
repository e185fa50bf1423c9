//! Reads miners with asic-rs, so that what it makes of them and what it costs can be compared with the agent.
//!
//! ```text
//! peers read ADDRESS…    reads each once and prints a line of JSON for each
//! peers poll ADDRESS…    reads them again and again, and answers each line of input with the number of readings so far
//! ```
//!
//! asic-rs asks at the usual ports, 80 and 4028, and at no others.

use std::io::{BufRead as _, Write as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, bail};
use asic_rs::MinerFactory;
use asic_rs::core::data::board::BoardData;
use asic_rs::core::data::hashrate::HashRateUnit;
use asic_rs::core::data::miner::MinerData;
use asic_rs::core::traits::miner::Miner;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// As many readings at the same time as the agent has by default.
const CONCURRENT: usize = 64;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((role, addresses)) = arguments.split_first() else { bail!("peers read|poll ADDRESS…") };
    let addresses = addresses.iter().map(|address| address.parse().context("not an address"));
    let addresses: Vec<IpAddr> = addresses.collect::<anyhow::Result<_>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match role.as_str() {
        "read" => runtime.block_on(read(&addresses)),
        "poll" => runtime.block_on(poll(&addresses)),
        other => bail!("no such role: {other}"),
    }
}

async fn read(addresses: &[IpAddr]) -> anyhow::Result<()> {
    for address in addresses {
        let line = match MinerFactory::new().get_miner(*address).await {
            Ok(Some(miner)) => json!({ "address": address, "figures": figures(&miner.get_data().await) }),
            Ok(None) => json!({ "address": address, "error": "not recognised" }),
            Err(error) => json!({ "address": address, "error": error.to_string() }),
        };
        println!("{line}");
    }
    Ok(())
}

/// Null where there is none.
fn figures(data: &MinerData) -> Value {
    let hottest =
        |celsius: fn(&BoardData) -> Option<f64>| data.hashboards.iter().filter_map(celsius).max_by(f64::total_cmp);
    let pools = || data.pools.iter().flat_map(|group| &group.pools);
    json!({
        "hashrate": data.hashrate.clone().map(|rate| rate.as_unit(HashRateUnit::Hash).value),
        "fans": data.fans.iter().map(|fan| fan.rpm.map(|rpm| rpm.as_rpm())).collect::<Vec<_>>(),
        "board": hottest(|board| board.board_temperature.map(|temperature| temperature.as_celsius())),
        "chip": hottest(|board| board.outlet_chip_temperature.map(|temperature| temperature.as_celsius())),
        "watts": data.wattage.map(|power| power.as_watts()),
        "uptime": data.uptime.map(|uptime| uptime.as_secs()),
        "accepted": pools().filter_map(|pool| pool.accepted_shares).max(),
        "rejected": pools().filter_map(|pool| pool.rejected_shares).max(),
    })
}

async fn poll(addresses: &[IpAddr]) -> anyhow::Result<()> {
    let mut miners: Vec<Arc<dyn Miner>> = Vec::new();
    for address in addresses {
        let miner = MinerFactory::new().get_miner(*address).await?;
        miners.push(miner.with_context(|| format!("{address} is not recognised"))?.into());
    }
    let (miners, done) = (Arc::new(miners), Arc::new(AtomicUsize::new(0)));
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..CONCURRENT {
        let (miners, next, done) = (miners.clone(), next.clone(), done.clone());
        tasks.spawn(async move {
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let data = miners[turn % miners.len()].get_data().await;
                // What has no hashrate is no reading.
                done.fetch_add(usize::from(data.hashrate.is_some()), Ordering::Relaxed);
            }
        });
    }
    std::thread::spawn(move || tell(&done));
    tasks.join_all().await;
    Ok(())
}

/// A line out for each line in, until there are no more: then the process ends.
fn tell(done: &AtomicUsize) {
    let mut out = std::io::stdout().lock();
    for _ in std::io::stdin().lock().lines().map_while(Result::ok) {
        if writeln!(out, "{}", done.load(Ordering::Relaxed)).and_then(|()| out.flush()).is_err() {
            break;
        }
    }
    std::process::exit(0);
}
