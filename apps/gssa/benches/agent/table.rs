//! What viewers cost: the table of 2,000 sources, fetched, and then followed by some.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::process::Process;
use crate::sim::Sim;
use crate::{Plan, Result, http, polls, row, start};

const SOURCES: usize = 2_000;
const INTERVAL_SECS: u32 = 30;
const TABLE: &str = "/api/v1/readings?view=table";

pub(crate) fn measure(plan: &Plan) -> Result<()> {
    let window = plan.either(Duration::from_secs(60), Duration::from_secs(30));
    crate::runtime()?.block_on(async {
        let (sim, address) = (Sim::start(SOURCES)?, start::free_address()?);
        let mut config = sim.config(INTERVAL_SECS);
        config["server"] = json!({ "listen": address.to_string() });
        let (agent, _dir) = polls::start_agent(&plan.binary, &config, &address.to_string())?;
        // All first attempts lie within the interval.
        sleep(Duration::from_secs(u64::from(INTERVAL_SECS) + 5)).await;
        let alone = cpu_percent(&agent, window).await?;
        let before = agent.mib("VmRSS")?;
        let (bytes, cold_ms) = fetch(address).await?;
        let table_mib = agent.mib("VmRSS")? - before;
        let (_, warm_ms) = fetch(address).await?;
        row("the table of 2,000 sources", &format!("{:.2} MB", bytes as f64 / 1e6), "");
        row("  fetched for the first time, and again", &format!("{cold_ms:.0}, {warm_ms:.0} ms"), "");
        row("  memory more than before", &format!("{table_mib:.1} MiB"), "");
        row("CPU, 2,000 sources every 30 s, no viewer", &format!("{alone:.2} %"), "");
        let (mut viewers, read) = (JoinSet::new(), Arc::new(AtomicU64::new(0)));
        for count in [1, 10, 30] {
            while viewers.len() < count {
                follow(&mut viewers, address, &read).await?;
            }
            sleep(Duration::from_secs(2)).await;
            let bytes = read.load(Ordering::Relaxed);
            let cpu = cpu_percent(&agent, window).await?;
            let bytes = (read.load(Ordering::Relaxed) - bytes) as f64;
            let rate = bytes / 1e3 / window.as_secs_f64() / count as f64;
            row(&format!("  {count} viewers"), &format!("{cpu:.2} %"), "");
            row("    read by each in a second", &format!("{rate:.1} kB"), "");
            row("    memory more than before the table", &format!("{:.1} MiB", agent.mib("VmRSS")? - before), "");
        }
        Ok(())
    })
}

async fn cpu_percent(agent: &Process, window: Duration) -> Result<f64> {
    let before = agent.cpu()?;
    sleep(window).await;
    Ok(100.0 * agent.cpu()?.saturating_sub(before).as_secs_f64() / window.as_secs_f64())
}

/// Size and time in milliseconds of the whole table, not packed.
async fn fetch(address: SocketAddr) -> Result<(usize, f64)> {
    let begun = Instant::now();
    let reply = http::get(address, TABLE).await?;
    if reply.status != 200 {
        return Err(format!("{TABLE} gives {}", reply.status).into());
    }
    Ok((reply.body.len(), begun.elapsed().as_secs_f64() * 1e3))
}

async fn follow(viewers: &mut JoinSet<()>, address: SocketAddr, read: &Arc<AtomicU64>) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /api/v1/events?view=table HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let read = Arc::clone(read);
    viewers.spawn(async move {
        let mut chunk = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = stream.read(&mut chunk).await {
            read.fetch_add(count as u64, Ordering::Relaxed);
        }
    });
    Ok(())
}
