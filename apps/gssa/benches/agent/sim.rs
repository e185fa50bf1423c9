//! The simulated devices, in a process of their own.

use std::net::SocketAddr;

use gssa_sim::axeos::{DeviceSpec, Model};
use gssa_sim::{Device, Fleet, FleetConfig, Listen, stats};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::process::Process;
use crate::{Result, http};

/// What the fleet is made of, in turn: old and recent firmware of the two large branches.
const MODELS: [Model; 4] =
    [Model::GammaV2_12_2, Model::NerdQAxePlusPlusV1_1_0, Model::GammaV2_15_0, Model::GammaV2_9_0];

/// Devices that run and answer at once.
pub(crate) struct Sim {
    _process: Process,
    pub(crate) devices: usize,
    pub(crate) port: u16,
    stats: SocketAddr,
}

impl Sim {
    pub(crate) fn start(devices: usize) -> Result<Self> {
        let mut process = Process::start_child(&["sim", &devices.to_string()])?;
        let line = process.line()?;
        let (port, stats) = line.split_once(' ').ok_or("the simulator says something else")?;
        Ok(Self { devices, port: port.parse()?, stats: stats.parse()?, _process: process })
    }

    /// How many requests they answered so far.
    pub(crate) async fn requests(&self) -> Result<u64> {
        let stats: Value = serde_json::from_slice(&http::get(self.stats, "/stats?brief").await?.body)?;
        stats["requests"].as_u64().ok_or_else(|| "no count of requests".into())
    }

    /// A configuration of the agent with these devices as its sources.
    pub(crate) fn config(&self, interval_secs: u32) -> Value {
        let sources: Vec<Value> = (0..self.devices)
            .map(|index| {
                let address = SocketAddr::from((Device::loopback_address(index), self.port));
                let (id, name) = (format!("sim-{index:05}"), format!("Simulated {index}"));
                json!({ "id": id, "name": name, "kind": "axeos", "address": format!("http://{address}"),
                        "group": "sim", "interval_secs": interval_secs })
            })
            .collect();
        json!({ "logging": { "level": "warn" }, "sources": sources })
    }
}

/// What the process does.
pub(crate) fn run(devices: u32) -> Result<()> {
    let specs =
        (0..devices).map(|number| DeviceSpec::new(MODELS[number as usize % MODELS.len()], number + 1)).collect();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let fleet = Fleet::start(FleetConfig::new(specs).listening(Listen::Shared { port: 0 }))?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = fleet.devices().first().map_or(0, |device| device.address().port());
        println!("{port} {}", listener.local_addr()?);
        stats::serve(listener, fleet.handles()).await;
        Ok(())
    })
}
