//! Sockets: a port that opens and closes with its device, or one socket for ten thousand of them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::counts::Open;
use crate::http;
use crate::model::Twin;
use crate::{Behaviour, Device, Phase, axeos, cgminer, mim};

const BACKLOG: u32 = 1024;
/// Pause after a failed accept or bind. There may be no descriptor left, and haste does not bring one.
pub(crate) const AFTER_FAILURE: Duration = Duration::from_millis(50);
/// The second byte of every address made from a number, after 127.
const NETWORK: u8 = 88;
/// How many addresses share a third byte.
const PER_BLOCK: u32 = 250;
/// How many devices can have an address of their own.
pub(crate) const MAX_ADDRESSES: usize = PER_BLOCK as usize * 256;

/// The loopback address of a device by its place in the fleet: 127.88.0.1, 127.88.0.2, …
pub(crate) fn address_of(index: usize) -> Ipv4Addr {
    let index = index as u32;
    Ipv4Addr::new(127, NETWORK, (index / PER_BLOCK) as u8, (index % PER_BLOCK + 1) as u8)
}

fn index_of(address: Ipv4Addr) -> Option<usize> {
    let [127, NETWORK, block, host] = address.octets() else { return None };
    let place = u32::from(host.checked_sub(1)?);
    (place < PER_BLOCK).then(|| (u32::from(block) * PER_BLOCK + place) as usize)
}

/// Where a device listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) address: SocketAddr,
    /// Its web server, where that is not all it has.
    pub(crate) web: Option<SocketAddr>,
}

/// Which of a device's ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The API.
    Main,
    /// The web server beside it.
    Web,
}

impl Entry {
    pub(crate) fn phase(self, device: &Device) -> (Phase, Option<Duration>) {
        match self {
            Self::Main => device.api_phase(),
            Self::Web => device.phase(),
        }
    }

    fn address(self, device: &Device) -> Option<SocketAddr> {
        match self {
            Self::Main => Some(device.address()),
            Self::Web => device.web_address(),
        }
    }
}

/// Serves a connection until it ends. Dropping the future ends it at once.
async fn serve(device: Device, entry: Entry, stream: TcpStream) {
    let _open = Open::new(&device);
    if !entry.phase(&device).0.is_up() || device.behaviour() == Behaviour::ResetOnAccept {
        return http::reset(&stream);
    }
    match (device.twin(), entry) {
        (Twin::Axeos(spec), _) => axeos::serve(&device, spec, stream).await,
        (Twin::Cgminer(spec), Entry::Main) => cgminer::serve(&device, spec, stream).await,
        (Twin::Cgminer(spec), Entry::Web) => cgminer::serve_web(&device, spec, stream).await,
        (Twin::Mim(spec), _) => mim::serve(&device, spec, stream).await,
    }
}

/// A port that is open, or closed but kept from others.
#[derive(Debug)]
pub(crate) enum Door {
    Open(TcpListener),
    /// Bound and not listening: a client is refused.
    Shut(TcpSocket),
}

impl Door {
    /// Opens a port.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        bound(address)?.listen(BACKLOG).map(Self::Open)
    }

    pub(crate) fn local_address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Open(listener) => listener.local_addr(),
            Self::Shut(socket) => socket.local_addr(),
        }
    }

    /// Closes the port and keeps it.
    pub(crate) fn shut(self) -> io::Result<Self> {
        let Self::Open(listener) = self else { return Ok(self) };
        let address = listener.local_addr()?;
        drop(listener);
        bound(address).map(Self::Shut)
    }

    pub(crate) fn reopen(self) -> io::Result<Self> {
        match self {
            Self::Open(_) => Ok(self),
            Self::Shut(socket) => socket.listen(BACKLOG).map(Self::Open),
        }
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Elsewhere it lets a port be taken over that only waits for late packets; on Windows, one that is in use.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Serves one device on a port of its own, open and closed as the device demands, until dropped.
pub(crate) async fn own_port(device: Device, entry: Entry, door: Door) {
    let Some(address) = entry.address(&device) else { return };
    let mut connections = JoinSet::new();
    let mut door = Some(door);
    loop {
        // Made before the phase is looked at, so that no change gets lost between.
        let changed = device.changed().notified();
        let (phase, left) = entry.phase(&device);
        let moved = match door.take() {
            Some(door) if phase.is_up() => door.reopen(),
            Some(door) => door.shut(),
            None => Door::open(address),
        };
        let Ok(settled) = moved else {
            sleep(AFTER_FAILURE).await;
            continue;
        };
        tokio::select! {
            stream = accept(&settled) => {
                connections.spawn(serve(device.clone(), entry, stream));
            }
            () = changed => {}
            () = passed(left) => {}
            Some(_) = connections.join_next() => {}
        }
        door = Some(settled);
    }
}

pub(crate) async fn accept(door: &Door) -> TcpStream {
    let Door::Open(listener) = door else { return std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(_) => sleep(AFTER_FAILURE).await,
        }
    }
}

pub(crate) async fn passed(left: Option<Duration>) {
    match left {
        Some(left) => sleep(left).await,
        None => std::future::pending().await,
    }
}

/// Serves many devices on one socket, until dropped. Which one is meant is told by the address that the client
/// connected to.
pub(crate) async fn shared(devices: Arc<[Device]>, entry: Entry, listener: TcpListener) {
    let mut connections = JoinSet::new();
    let door = Door::Open(listener);
    loop {
        tokio::select! {
            stream = accept(&door) => {
                // Whatever did not come to one of the loopback addresses is none of ours, and is closed by being
                // dropped.
                match meant(&devices, &stream) {
                    Some(device) if entry.address(&device).is_some() => { connections.spawn(serve(device, entry, stream)); }
                    _ => http::reset(&stream),
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

fn meant(devices: &[Device], stream: &TcpStream) -> Option<Device> {
    match stream.local_addr().ok()?.ip() {
        IpAddr::V4(address) => devices.get(index_of(address)?).cloned(),
        IpAddr::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_fleet_and_an_address_are_the_same_thing() {
        for index in [0, 1, 249, 250, 9_999, MAX_ADDRESSES - 1] {
            assert_eq!(index_of(address_of(index)), Some(index));
        }
        assert_eq!(address_of(250), Ipv4Addr::new(127, 88, 1, 1));
        for foreign in [[127, 0, 0, 1], [192, 168, 0, 1], [127, 88, 0, 0], [127, 88, 0, 251]] {
            assert_eq!(index_of(Ipv4Addr::from(foreign)), None);
        }
    }
}
