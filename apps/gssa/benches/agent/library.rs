//! Our collectors in a loop, without an agent around them: what asic-rs is, too, with the readings thrown away.

use std::io::{BufRead as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gssa_cgminer::{Kind, Options};
use gssa_model::{Address, Collector, Snapshot};
use gssa_sim::Device;
use tokio::task::JoinSet;

use crate::Result;
use crate::bare::CONCURRENT;
use crate::process::Process;
use crate::sim::{Family, Sim};

const TIMEOUT: Duration = Duration::from_secs(5);

/// Starts it over the first devices of a simulator; it answers each line of input with the number of readings so far.
pub(crate) fn start(sim: &Sim, devices: usize) -> Result<Process> {
    Process::start_child(&["library", sim.family.kind(), &sim.port.to_string(), &devices.to_string()])
}

/// What the process does.
pub(crate) fn run(kind: &str, port: u16, devices: usize) -> Result<()> {
    let family = Family::of(kind)?;
    let collectors: Vec<_> = (0..devices).map(|index| collector(family, index, port)).collect::<Result<_>>()?;
    let collectors: Arc<[Arc<dyn Collector>]> = collectors.into();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = JoinSet::new();
        for _ in 0..CONCURRENT {
            let (collectors, next, done) = (collectors.clone(), next.clone(), done.clone());
            tasks.spawn(async move {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    let reading = collectors[turn % collectors.len()].collect().await;
                    // What has no hashrate is no reading.
                    done.fetch_add(usize::from(reading.is_ok_and(|snapshot| has_rate(&snapshot))), Ordering::Relaxed);
                }
            });
        }
        std::thread::spawn(move || tell(&done));
        tasks.join_all().await;
        Ok(())
    })
}

fn collector(family: Family, index: usize, port: u16) -> Result<Arc<dyn Collector>> {
    let id = format!("sim-{index:05}").parse()?;
    let address: Address = SocketAddr::from((Device::loopback_address(index), port)).to_string().parse()?;
    Ok(match family {
        Family::Axeos => Arc::new(gssa_axeos::Collector::new(id, &address, TIMEOUT)?),
        Family::Nano3s => {
            let options = Options { timeout: TIMEOUT, ..Options::default() };
            Arc::new(gssa_cgminer::Collector::new(id, &address, Kind::Canaan, options)?)
        }
    })
}

fn has_rate(snapshot: &Snapshot) -> bool {
    matches!(snapshot, Snapshot::Miner(miner) if miner.hashing.current_hps.is_some())
}

/// A line out for each line in, until there are no more: then the process ends.
fn tell(done: &AtomicUsize) {
    let mut out = std::io::stdout().lock();
    for _ in std::io::stdin().lock().lines().map_while(std::result::Result::ok) {
        if writeln!(out, "{}", done.load(Ordering::Relaxed)).and_then(|()| out.flush()).is_err() {
            break;
        }
    }
    std::process::exit(0);
}
