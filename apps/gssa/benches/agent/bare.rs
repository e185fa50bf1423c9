//! The floor: the same requests to the same devices with hyper or a socket alone, nothing parsed, kept or judged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gssa_sim::Device;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::process::Process;
use crate::sim::Sim;
use crate::{Result, http};

/// As many requests at the same time as the agent has by default.
pub(crate) const CONCURRENT: usize = 64;

/// What a poll of one device is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poll {
    /// One request for the one document of an AxeOS device.
    Info,
    /// Three commands of the cgminer API, joined: one connection.
    Joined,
    /// The same commands, a connection for each.
    Apart,
}

impl Poll {
    const ALL: [Self; 3] = [Self::Info, Self::Joined, Self::Apart];

    /// How many requests it is.
    pub(crate) const fn requests(self) -> u64 {
        self.commands().len() as u64
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Joined => "joined",
            Self::Apart => "apart",
        }
    }

    const fn commands(self) -> &'static [&'static str] {
        match self {
            Self::Info => &["/api/system/info"],
            Self::Joined => &["summary+estats+pools"],
            Self::Apart => &["summary", "estats", "pools"],
        }
    }

    async fn once(self, address: SocketAddr) {
        for command in self.commands() {
            // What fails is not counted by the devices either.
            let _ = match self {
                Self::Info => http::get(address, command).await.map(drop),
                Self::Joined | Self::Apart => exchange(address, command).await,
            };
        }
    }
}

/// One command: everything until the NUL that ends a reply, or until the device closes.
async fn exchange(address: SocketAddr, command: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(format!("{{\"command\":\"{command}\"}}").as_bytes()).await?;
    let mut reply = Vec::with_capacity(16 * 1024);
    while stream.read_buf(&mut reply).await? > 0 && reply.last() != Some(&0) {}
    Ok(())
}

/// Starts it over the first devices of a simulator, at full speed or each device once in an interval.
pub(crate) fn start(sim: &Sim, devices: usize, poll: Poll, interval: Option<Duration>) -> Result<Process> {
    let interval_ms = interval.map_or(0, |interval| interval.as_millis());
    let [port, devices, interval_ms] = [sim.port.to_string(), devices.to_string(), interval_ms.to_string()];
    Process::start_child(&["bare", poll.name(), &port, &devices, &interval_ms])
}

/// What the process does.
pub(crate) fn run(poll: &str, port: u16, targets: usize, interval_ms: u64) -> Result<()> {
    let poll = Poll::ALL.into_iter().find(|known| known.name() == poll).ok_or("no such poll")?;
    let address = move |index: usize| SocketAddr::from((Device::loopback_address(index), port));
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut tasks = JoinSet::new();
        if interval_ms == 0 {
            let next = Arc::new(AtomicUsize::new(0));
            for _ in 0..CONCURRENT {
                let next = next.clone();
                tasks.spawn(async move {
                    loop {
                        poll.once(address(next.fetch_add(1, Ordering::Relaxed) % targets)).await;
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
                        poll.once(address(index)).await;
                    }
                });
            }
        }
        tasks.join_all().await;
        Ok(())
    })
}
