//! What all kinds have in common: how many devices, where they listen, counters, a configuration.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use gssa_sim::json::{Json, Style};
use gssa_sim::{Behaviour, Device, Fleet, FleetConfig, Listen, Model, Spec, mim, stats};
use tokio::net::TcpListener;

use super::until_told_to_stop;

/// Where gssa listens in a printed configuration.
const GSSA_LISTEN: &str = "127.0.0.1:3010";

/// How to simulate.
#[derive(Debug, Args)]
pub(crate) struct Simulation {
    /// How many devices. Without a model or a behaviour they are a believable mix.
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub(crate) devices: usize,

    /// One device of each model, however many that are.
    #[arg(long, conflicts_with_all = ["devices", "models"])]
    pub(crate) each: bool,

    /// Behaviour, again and again in turn; repeat for more.
    #[arg(long = "behaviour", value_name = "NAME")]
    behaviours: Vec<Behaviour>,

    /// Where they listen.
    #[arg(long, value_enum, default_value_t = ListenMode::default())]
    listen: ListenMode,

    /// The port of all, unless each has one of its own.
    #[arg(long)]
    port: Option<u16>,

    /// The port of web pages beside an API, if not the next one.
    #[arg(long, value_name = "PORT")]
    web_port: Option<u16>,

    /// How long a device works on each request, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 80)]
    service_ms: u64,

    /// Where chance comes from.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,

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

impl Simulation {
    /// The behaviour that the device at a place was asked to have.
    pub(crate) fn behaviour(&self, index: usize) -> Option<Behaviour> {
        (!self.behaviours.is_empty()).then(|| self.behaviours[index % self.behaviours.len()])
    }

    /// Whether every behaviour that was asked for makes sense to the family.
    fn check(&self, known: &[Behaviour]) -> io::Result<()> {
        let is_known = |behaviour: &&Behaviour| known.iter().any(|known| known.name() == behaviour.name());
        if let Some(wrong) = self.behaviours.iter().find(|behaviour| !is_known(behaviour)) {
            return Err(invalid(&format!("{wrong} means nothing to these devices")));
        }
        if self.config && self.listen == ListenMode::Ports {
            return Err(invalid("--config needs addresses that are known beforehand, so --listen must not be ports"));
        }
        Ok(())
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// Runs the devices until told to stop, or prints a configuration for them. `port` is the one of all unless told
/// otherwise.
pub(crate) fn run(simulation: &Simulation, specs: Vec<Spec<Model>>, port: u16, known: &[Behaviour]) -> io::Result<()> {
    simulation.check(known)?;
    let port = simulation.port.unwrap_or(port);
    if simulation.config {
        return print_config(simulation, &specs, port);
    }
    let listen = match simulation.listen {
        ListenMode::Ports => Listen::Ports,
        ListenMode::Addresses => Listen::Addresses { port },
        ListenMode::Shared => Listen::Shared { port },
    };
    let mut fleet = FleetConfig::new(specs).listening(listen).serving_in(Duration::from_millis(simulation.service_ms));
    fleet.web_port = simulation.web_port;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(simulation, fleet))
}

async fn serve(simulation: &Simulation, config: FleetConfig) -> io::Result<()> {
    let fleet = Fleet::start(config)?;
    let mut out = io::stdout().lock();
    for device in fleet.devices() {
        let scheme = device.model().scheme();
        write!(
            out,
            "{:<26} {:<26} {:<22} {scheme}://{}",
            device.spec().name,
            device.model(),
            device.behaviour(),
            device.address()
        )?;
        match device.web_address() {
            Some(web) => writeln!(out, "  http://{web}")?,
            None => writeln!(out)?,
        }
    }
    if let Some(address) = simulation.stats {
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

fn print_config(simulation: &Simulation, specs: &[Spec<Model>], port: u16) -> io::Result<()> {
    let sources = specs.iter().enumerate().map(|(index, spec)| source(simulation, index, spec, port)).collect();
    let config =
        Json::object([("server", Json::object([("listen", GSSA_LISTEN.into())])), ("sources", Json::List(sources))]);
    let mut out = io::stdout().lock();
    out.write_all(&config.to_bytes(Style::Tabs))?;
    out.write_all(b"\n")
}

fn source(simulation: &Simulation, index: usize, spec: &Spec<Model>, port: u16) -> Json {
    let address = SocketAddr::from((Device::loopback_address(index), port));
    let kind = spec.model.kind();
    let address = if spec.model.scheme() == "http" { format!("http://{address}") } else { address.to_string() };
    let mut members = vec![
        ("id".into(), format!("sim-{:05}", spec.number).into()),
        ("name".into(), spec.name.clone().into()),
        ("kind".into(), kind.into()),
        ("address".into(), address.into()),
        ("group".into(), spec.group.clone().into()),
        ("interval_secs".into(), simulation.interval_secs.into()),
    ];
    if spec.has_web() {
        members.push(("http_port".into(), u32::from(simulation.web_port.unwrap_or(port + 1)).into()));
    }
    if let Model::Cgminer(model) = spec.model
        && let Some((username, password)) = model.credentials()
    {
        let credentials = Json::object([("username", username.into()), ("password", password.into())]);
        members.push(("credentials".into(), credentials));
    }
    if let Model::Mim(model) = spec.model {
        members.push(("endpoints".into(), Json::List(endpoints(model))));
    }
    Json::Object(members)
}

/// The endpoints of a MIM, each server written out.
fn endpoints(model: mim::Model) -> Vec<Json> {
    let entry = |name: String, path: String, map: &'static str| {
        Json::object([("name", name.into()), ("path", path.into()), ("every", 1.into()), ("map", map.into())])
    };
    let entries = |endpoint: &mim::Endpoint| {
        if !endpoint.path.contains("{server}") {
            return vec![entry(endpoint.name.to_owned(), endpoint.path.to_owned(), endpoint.map)];
        }
        let of =
            |id: &str| entry(format!("{}-{id}", endpoint.name), endpoint.path.replace("{server}", id), endpoint.map);
        model.servers().into_iter().map(of).collect()
    };
    model.endpoints().iter().flat_map(entries).collect()
}
