//! `gssa-sim axeos`.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::json::{Json, Style};
use gssa_sim::{Device, Fleet, FleetConfig, Listen, demo, stats};
use tokio::net::TcpListener;

use super::until_told_to_stop;

/// Where gssa listens in a printed configuration.
const GSSA_LISTEN: &str = "127.0.0.1:3010";

/// Simulates devices of the AxeOS family.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// How many devices. Without a model or a behaviour they are a believable mix.
    #[arg(long, value_name = "N", default_value_t = 12)]
    devices: usize,

    /// Model, again and again in turn; repeat for more.
    #[arg(long = "model", value_name = "NAME")]
    models: Vec<Model>,

    /// Behaviour, again and again in turn; repeat for more.
    #[arg(long = "behaviour", value_name = "NAME")]
    behaviours: Vec<Behaviour>,

    /// Where they listen.
    #[arg(long, value_enum, default_value_t = ListenMode::default())]
    listen: ListenMode,

    /// The port of all, unless each has one of its own.
    #[arg(long, default_value_t = 18080)]
    port: u16,

    /// How long a device works on each request, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 80)]
    service_ms: u64,

    /// Where chance comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Serve counters on this address, at /stats.
    #[arg(long, value_name = "ADDRESS")]
    stats: Option<SocketAddr>,

    /// Print a gssa configuration with the devices as sources, and leave.
    #[arg(long)]
    config: bool,

    /// How often the printed configuration asks each device, in seconds.
    #[arg(long, value_name = "N", default_value_t = 10)]
    interval_secs: u32,
}

/// Where devices listen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum ListenMode {
    /// 127.0.0.1, each on a port of its own. Works everywhere; cannot be used with --config.
    #[cfg_attr(not(target_os = "linux"), default)]
    Ports,
    /// 127.88.0.1 and up, each a socket of its own (Linux).
    #[cfg_attr(target_os = "linux", default)]
    Addresses,
    /// 127.88.0.1 and up, one socket for all, for thousands of devices (Linux).
    Shared,
}

impl Arguments {
    fn specs(&self) -> Vec<DeviceSpec> {
        let mut specs = demo::fleet(self.devices, self.seed);
        for (index, spec) in specs.iter_mut().enumerate() {
            if !self.models.is_empty() {
                spec.model = self.models[index % self.models.len()];
                spec.behaviour = Behaviour::Healthy;
                spec.name = format!("{} {}", spec.model, spec.number);
                "sim".clone_into(&mut spec.group);
            }
            if !self.behaviours.is_empty() {
                spec.behaviour = self.behaviours[index % self.behaviours.len()];
            }
        }
        specs
    }

    fn fleet(&self) -> FleetConfig {
        let port = self.port;
        let listen = match self.listen {
            ListenMode::Ports => Listen::Ports,
            ListenMode::Addresses => Listen::Addresses { port },
            ListenMode::Shared => Listen::Shared { port },
        };
        FleetConfig::new(self.specs()).listening(listen).serving_in(Duration::from_millis(self.service_ms))
    }
}

/// Runs the devices until told to stop, or prints a configuration for them.
pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    if arguments.config && arguments.listen == ListenMode::Ports {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "--config needs addresses that are known beforehand, so --listen must not be ports",
        ));
    }
    if arguments.config {
        return print_config(arguments);
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(arguments))
}

async fn serve(arguments: &Arguments) -> io::Result<()> {
    let fleet = Fleet::start(arguments.fleet())?;
    let mut out = io::stdout().lock();
    for device in fleet.devices() {
        writeln!(
            out,
            "{:<18} {:<26} {:<22} http://{}",
            device.spec().name,
            device.model(),
            device.behaviour(),
            device.address()
        )?;
    }
    if let Some(address) = arguments.stats {
        let listener = TcpListener::bind(address).await?;
        writeln!(out, "counters at http://{}/stats", listener.local_addr()?)?;
        out.flush()?;
        drop(out);
        tokio::select! {
            () = stats::serve(listener, fleet.handles()) => {}
            told = until_told_to_stop() => told?,
        }
    } else {
        out.flush()?;
        drop(out);
        until_told_to_stop().await?;
    }
    fleet.stop().await;
    Ok(())
}

fn print_config(arguments: &Arguments) -> io::Result<()> {
    let specs = arguments.specs();
    let sources = specs.iter().enumerate().map(|(index, spec)| source(arguments, index, spec)).collect();
    let config =
        Json::object([("server", Json::object([("listen", GSSA_LISTEN.into())])), ("sources", Json::List(sources))]);
    let mut out = io::stdout().lock();
    out.write_all(&config.to_bytes(Style::Tabs))?;
    out.write_all(b"\n")
}

fn source(arguments: &Arguments, index: usize, spec: &DeviceSpec) -> Json {
    let address = SocketAddr::from((Device::loopback_address(index), arguments.port));
    Json::object([
        ("id", format!("sim-{:05}", spec.number).into()),
        ("name", spec.name.clone().into()),
        ("kind", "axeos".into()),
        ("address", format!("http://{address}").into()),
        ("group", spec.group.clone().into()),
        ("interval_secs", arguments.interval_secs.into()),
    ])
}
