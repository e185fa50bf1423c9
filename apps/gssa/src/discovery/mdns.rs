//! Devices that announce themselves: one question to all of them by multicast DNS, and who answers it.
//!
//! `AxeOS` offers `_http._tcp` with the subtype `_axeos` since v2.15.0 (`bitaxeorg/ESP-Miner#1240`) and on a NerdQAxe since 1.1.0
//! (`shufps/ESP-Miner-NerdQAxePlus#613`); older firmware is silent. It is a bonus beside the search: it finds what is in a large network
//! of which only a part is searched.
//!
//! The question is a one-shot one (RFC 6762, 5.1 and 6.7): it leaves by a port of its own, so that each answer comes straight back to it.
//! Nothing is bound to port 5353, no group is joined, nothing listens when the search is over.
//!
//! What is believed of an answer is the name for people and where it came from. It names a host, a port and an address, too; whoever is
//! on the network could send us anywhere with these, so they are not looked at, and the host is asked at the ports of the search.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use futures_util::future::join_all;
use socket2::SockRef;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};
use tracing::debug;

use super::targets::Network;

mod message;

/// Where all devices of a link listen (RFC 6762, 3).
pub const GROUP: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(224, 0, 0, 251), 5353);

/// How long answers are waited for. A device that is asked together with others waits up to 120 ms (RFC 6762, 6), one that sleeps misses
/// the first question; the second one follows after a half of this.
pub const WAIT: Duration = Duration::from_secs(2);

/// The largest answer that is read: what fits into one packet of a network without jumbo frames.
const MAX_ANSWER_BYTES: usize = 1500;

/// The most answers of one network that are looked at.
const MAX_ANSWERS: usize = 1024;

/// The most devices of one search that are taken from answers.
const MAX_ANNOUNCED: usize = 256;

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Addresses of this machine to ask from, each with the network that is behind it: who answers from elsewhere is not heard.
    pub from: Vec<(Ipv4Addr, Network)>,
    /// Where the question goes: [`GROUP`].
    pub to: SocketAddrV4,
    /// How long answers are waited for: [`WAIT`].
    pub wait: Duration,
}

/// Asks; gives the name of each device that answered. What goes wrong in a network is a network without answers.
pub async fn ask(ask: &Ask) -> BTreeMap<Ipv4Addr, String> {
    let asked = ask.from.iter().map(|(address, network)| heard(*address, *network, ask));
    join_all(asked).await.into_iter().flatten().take(MAX_ANNOUNCED).collect()
}

async fn heard(address: Ipv4Addr, network: Network, ask: &Ask) -> BTreeMap<Ipv4Addr, String> {
    let mut names = BTreeMap::new();
    if let Err(error) = listen(address, network, ask, &mut names).await {
        debug!(%address, %error, "no question by multicast DNS");
    }
    names
}

async fn listen(
    address: Ipv4Addr,
    network: Network,
    ask: &Ask,
    names: &mut BTreeMap<Ipv4Addr, String>,
) -> io::Result<()> {
    let socket = UdpSocket::bind((address, 0)).await?;
    // The address alone decides about the interface on Linux and not elsewhere.
    SockRef::from(&socket).set_multicast_if_v4(&address)?;
    let (id, begun) = (fastrand::u16(..), Instant::now());
    let mut answer = [0; MAX_ANSWER_BYTES];
    let mut left = MAX_ANSWERS;
    for until in [begun + ask.wait / 2, begun + ask.wait] {
        socket.send_to(&message::question(id), ask.to).await?;
        while let Ok(came) = timeout_at(until, socket.recv_from(&mut answer)).await {
            left -= 1;
            if left == 0 || names.len() == MAX_ANNOUNCED {
                return Ok(());
            }
            // What the system says here is of an earlier packet that reached nobody.
            let Ok((bytes, SocketAddr::V4(from))) = came else { continue };
            let is_near = network.contains(*from.ip()) && from.port() == ask.to.port();
            if let Some(name) = is_near.then(|| message::name(&answer[..bytes], id)).flatten() {
                names.insert(*from.ip(), name);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
