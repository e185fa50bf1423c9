//! Many devices, running.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::device::Timing;
use crate::listen::{Door, Entry, MAX_ADDRESSES, Place, address_of, own_port, shared};
use crate::{Device, Model, Spec};

/// How long a device stays away after a restart request, unless told otherwise.
const RESTART_TIME: Duration = Duration::from_secs(8);

/// Where devices listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// Each on 127.0.0.1, on a port that the system chooses. Works everywhere.
    Ports,
    /// Each on an address of its own, 127.88.0.1 and up, all on one port. Needs Linux.
    Addresses {
        /// The port of all. A web server beside an API takes the one after it, unless told otherwise.
        port: u16,
    },
    /// One socket on every address; a client tells which device it means by the address that it connects to, 127.88.0.1
    /// and up. Needs Linux. For fleets of thousands: an idle device costs no socket and no task. A closed port cannot
    /// be shown this way, so the connection is reset instead.
    Shared {
        /// The port of all; with 0 the system chooses one. A web server beside an API takes the one after it, unless told
        /// otherwise.
        port: u16,
    },
}

/// What a fleet is made of.
#[derive(Debug, Clone)]
pub struct FleetConfig {
    /// The devices.
    pub devices: Vec<Spec<Model>>,
    /// Where they listen.
    pub listen: Listen,
    /// Where web servers beside an API listen, if not at the port after it. Means nothing to [`Listen::Ports`].
    pub web_port: Option<u16>,
    /// How long a device works on each request.
    pub service_time: Duration,
    /// How long a device stays away after a restart request.
    pub restart_time: Duration,
}

impl FleetConfig {
    /// Devices on ports of their own that answer at once. A mix of families is a list of [`Spec<Model>`].
    pub fn new(devices: Vec<impl Into<Spec<Model>>>) -> Self {
        let devices = devices.into_iter().map(Into::into).collect();
        Self {
            devices,
            listen: Listen::Ports,
            web_port: None,
            service_time: Duration::ZERO,
            restart_time: RESTART_TIME,
        }
    }

    /// Chooses where the devices listen.
    #[must_use]
    pub fn listening(mut self, listen: Listen) -> Self {
        self.listen = listen;
        self
    }

    /// Chooses how long a device works on each request.
    #[must_use]
    pub fn serving_in(mut self, service_time: Duration) -> Self {
        self.service_time = service_time;
        self
    }
}

/// Running devices. Dropping the fleet ends them and their connections.
#[derive(Debug)]
pub struct Fleet {
    devices: Arc<[Device]>,
    tasks: JoinSet<()>,
}

impl Fleet {
    /// Starts the devices; when this returns, they can be reached.
    ///
    /// Must be called within a tokio runtime. Fails if a socket cannot be had, or if there are more devices than
    /// addresses.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn start(config: FleetConfig) -> io::Result<Self> {
        match config.listen {
            Listen::Ports => Self::on_own_ports(config, |_| (Ipv4Addr::LOCALHOST, 0).into()),
            Listen::Addresses { port } => {
                enough_addresses(&config)?;
                Self::on_own_ports(config, |index| (address_of(index), port).into())
            }
            Listen::Shared { port } => {
                enough_addresses(&config)?;
                Self::on_shared_port(config, port)
            }
        }
    }

    /// The devices, in the order of the configuration.
    pub fn devices(&self) -> &[Device] {
        &self.devices
    }

    /// The devices, to be kept beyond a borrow.
    pub fn handles(&self) -> Arc<[Device]> {
        Arc::clone(&self.devices)
    }

    /// Ends every task and waits for it.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }

    fn on_own_ports(config: FleetConfig, address: impl Fn(usize) -> SocketAddr) -> io::Result<Self> {
        let (started, timing) = (Instant::now(), config.timing());
        let web_port = config.web_port.filter(|_| config.listen != Listen::Ports);
        // All ports are opened before one is closed: a closed one could be given out again.
        let open = |(index, spec): (usize, &Spec<Model>)| {
            let at = address(index);
            let web = spec.has_web().then(|| Door::open(web_of(at, web_port))).transpose()?;
            io::Result::Ok((Door::open(at)?, web))
        };
        let doors = config.devices.iter().enumerate().map(open).collect::<io::Result<Vec<_>>>()?;
        let mut devices = Vec::with_capacity(doors.len());
        let mut tasks = JoinSet::new();
        for (spec, (door, web)) in config.devices.into_iter().zip(doors) {
            let web_address = web.as_ref().map(Door::local_address).transpose()?;
            let place = Place { address: door.local_address()?, web: web_address };
            let device = Device::new(spec, place, started, timing);
            for (entry, door) in [(Entry::Main, Some(door)), (Entry::Web, web)] {
                let Some(door) = door else { continue };
                let door = if entry.phase(&device).0.is_up() { door } else { door.shut()? };
                tasks.spawn(own_port(device.clone(), entry, door));
            }
            devices.push(device);
        }
        Ok(Self { devices: devices.into(), tasks })
    }

    fn on_shared_port(config: FleetConfig, port: u16) -> io::Result<Self> {
        let (started, timing) = (Instant::now(), config.timing());
        let door = Door::open((Ipv4Addr::UNSPECIFIED, port).into())?;
        let address = door.local_address()?;
        let any_web = config.devices.iter().any(Spec::has_web);
        let web_at = web_of((Ipv4Addr::UNSPECIFIED, port).into(), config.web_port);
        let web = any_web.then(|| Door::open(web_at)).transpose()?;
        let web_port = web.as_ref().map(Door::local_address).transpose()?.map(|at| at.port());
        let device = |(index, spec): (usize, Spec<Model>)| {
            let at = |port| SocketAddr::from((address_of(index), port));
            let place = Place { address: at(address.port()), web: web_port.filter(|_| spec.has_web()).map(at) };
            Device::new(spec, place, started, timing)
        };
        let devices: Arc<[Device]> = config.devices.into_iter().enumerate().map(device).collect();
        let mut tasks = JoinSet::new();
        for (entry, door) in [(Entry::Main, Some(door)), (Entry::Web, web)] {
            if let Some(Door::Open(listener)) = door {
                tasks.spawn(shared(Arc::clone(&devices), entry, listener));
            }
        }
        Ok(Self { devices, tasks })
    }
}

/// Where the web server of a device listens whose API listens at `address`. With port 0 the system chooses for both.
fn web_of(address: SocketAddr, web_port: Option<u16>) -> SocketAddr {
    let next = if address.port() == 0 { 0 } else { address.port() + 1 };
    SocketAddr::new(address.ip(), web_port.unwrap_or(next))
}

impl FleetConfig {
    fn timing(&self) -> Timing {
        Timing { service: self.service_time, restart: self.restart_time }
    }
}

fn enough_addresses(config: &FleetConfig) -> io::Result<()> {
    if config.devices.len() <= MAX_ADDRESSES {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("at most {MAX_ADDRESSES} devices can have an address of their own"),
    ))
}
