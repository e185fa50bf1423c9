//! The simulated devices, in a process of their own.

use std::net::SocketAddr;

use gssa_sim::axeos::Model;
use gssa_sim::{Device, Fleet, FleetConfig, Listen, Spec, axeos, cgminer, stats};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::process::Process;
use crate::{Result, http};

/// What an AxeOS fleet is made of, in turn: old and recent firmware of the two large branches.
const MODELS: [Model; 4] =
    [Model::GammaV2_12_2, Model::NerdQAxePlusPlusV1_1_0, Model::GammaV2_15_0, Model::GammaV2_9_0];

/// What is simulated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// HTTP: one request tells all.
    Axeos,
    /// Avalon Nano 3S, the cgminer API: three commands tell all.
    Nano3s,
}

impl Family {
    /// The one of that kind of source.
    pub(crate) fn of(kind: &str) -> Result<Self> {
        [Self::Axeos, Self::Nano3s]
            .into_iter()
            .find(|family| family.kind() == kind)
            .ok_or_else(|| "no such family".into())
    }

    /// The kind of source.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Axeos => "axeos",
            Self::Nano3s => "canaan",
        }
    }

    /// The port that programs have built in.
    pub(crate) const fn usual_port(self) -> u16 {
        match self {
            Self::Axeos => gssa_axeos::DEFAULT_PORT,
            Self::Nano3s => gssa_cgminer::DEFAULT_PORT,
        }
    }

    fn spec(self, number: u32) -> Spec<gssa_sim::Model> {
        match self {
            Self::Axeos => axeos::DeviceSpec::new(MODELS[number as usize % MODELS.len()], number + 1).into(),
            Self::Nano3s => cgminer::DeviceSpec::new(cgminer::Model::CanaanNano3s, number + 1).into(),
        }
    }
}

/// Devices that run and answer at once.
pub(crate) struct Sim {
    _process: Process,
    pub(crate) family: Family,
    pub(crate) devices: usize,
    pub(crate) port: u16,
    stats: SocketAddr,
}

impl Sim {
    pub(crate) fn start(devices: usize) -> Result<Self> {
        Self::start_at(Family::Axeos, devices, 0)
    }

    /// The same of any family, at a port that others have built in; 0 is any.
    pub(crate) fn start_at(family: Family, devices: usize, port: u16) -> Result<Self> {
        let mut process = Process::start_child(&["sim", family.kind(), &devices.to_string(), &port.to_string()])?;
        let line = process.line().map_err(|error| format!("the simulator at port {port}: {error}"))?;
        let (port, stats) = line.split_once(' ').ok_or("the simulator says something else")?;
        Ok(Self { family, devices, port: port.parse()?, stats: stats.parse()?, _process: process })
    }

    /// How many requests they answered so far.
    pub(crate) async fn requests(&self) -> Result<u64> {
        let stats: Value = serde_json::from_slice(&http::get(self.stats, "/stats?brief").await?.body)?;
        stats["requests"].as_u64().ok_or_else(|| "no count of requests".into())
    }

    /// A configuration of the agent with these devices as its sources.
    pub(crate) fn config(&self, interval_secs: u32) -> Value {
        let scheme = if self.family == Family::Axeos { "http" } else { "tcp" };
        let sources: Vec<Value> = (0..self.devices)
            .map(|index| {
                let address = SocketAddr::from((Device::loopback_address(index), self.port));
                let (id, name) = (format!("sim-{index:05}"), format!("Simulated {index}"));
                json!({ "id": id, "name": name, "kind": self.family.kind(), "address": format!("{scheme}://{address}"),
                        "group": "sim", "interval_secs": interval_secs })
            })
            .collect();
        json!({ "logging": { "level": "warn" }, "sources": sources })
    }
}

/// What the process does.
pub(crate) fn run(kind: &str, devices: u32, port: u16) -> Result<()> {
    let family = Family::of(kind)?;
    let specs = (0..devices).map(|number| family.spec(number)).collect();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let fleet = Fleet::start(FleetConfig::new(specs).listening(Listen::Shared { port }))?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = fleet.devices().first().map_or(0, |device| device.address().port());
        println!("{port} {}", listener.local_addr()?);
        stats::serve(listener, fleet.handles()).await;
        Ok(())
    })
}
