//! The floor: the same requests to the same devices with hyper alone, nothing parsed, kept or judged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gssa_sim::Device;
use tokio::task::JoinSet;

use crate::process::Process;
use crate::sim::Sim;
use crate::{Result, http};

/// As many requests at the same time as the agent has by default.
const CONCURRENT: usize = 64;

const PATH: &str = "/api/system/info";

/// Starts it over these devices, at full speed or each device once in an interval.
pub(crate) fn start(sim: &Sim, interval: Option<Duration>) -> Result<Process> {
    let interval_ms = interval.map_or(0, |interval| interval.as_millis());
    Process::start_child(&["bare", &sim.port.to_string(), &sim.devices.to_string(), &interval_ms.to_string()])
}

/// What the process does.
pub(crate) fn run(port: u16, targets: usize, interval_ms: u64) -> Result<()> {
    let address = move |index: usize| SocketAddr::from((Device::loopback_address(index), port));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut tasks = JoinSet::new();
        if interval_ms == 0 {
            let next = Arc::new(AtomicUsize::new(0));
            for _ in 0..CONCURRENT {
                let next = next.clone();
                tasks.spawn(async move {
                    loop {
                        let _ = http::get(address(next.fetch_add(1, Ordering::Relaxed) % targets), PATH).await;
                    }
                });
            }
        } else {
            for index in 0..targets {
                let phase = Duration::from_millis(interval_ms).mul_f64(index as f64 / targets as f64);
                tasks.spawn(async move {
                    let start = tokio::time::Instant::now() + phase;
                    let mut ticks = tokio::time::interval_at(start, Duration::from_millis(interval_ms));
                    loop {
                        ticks.tick().await;
                        let _ = http::get(address(index), PATH).await;
                    }
                });
            }
        }
        tasks.join_all().await;
        Ok(())
    })
}
