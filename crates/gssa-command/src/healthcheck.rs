//! Asking a running program whether it is alive.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use gssa_http::{Client, Limits, Origin};
use gssa_model::{Address, BadAddress};

/// Why a program is not known to be alive.
#[derive(Debug, thiserror::Error)]
pub enum Unhealthy {
    /// It cannot be there.
    #[error("{url:?} is no address of {whose}: {why}")]
    Address {
        /// What was to be asked.
        url: String,
        /// Whose address it is meant to be.
        whose: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// It answers, and not that it is alive.
    #[error("{origin} answers {status}")]
    Status {
        /// What was asked.
        origin: String,
        /// Its answer.
        status: u16,
    },
    /// It does not answer.
    #[error(transparent)]
    Request(#[from] gssa_http::Error),
    /// Nothing could be asked.
    #[error(transparent)]
    Runtime(#[from] std::io::Error),
}

/// Asks at `url`, with `port` where it names none, and returns when there is an answer that says so. `whose` is for people, such as `an agent`.
pub fn healthcheck(url: &str, port: u16, whose: &'static str) -> Result<(), Unhealthy> {
    let wrong = |why: String| Unhealthy::Address { url: url.to_owned(), whose, why };
    let address: Address = url.parse().map_err(|error: BadAddress| wrong(error.to_string()))?;
    let origin = Origin::of(&address, port).map_err(|error| wrong(error.to_string()))?;
    let reply = super::block_on(Client::new(Limits::default()).get(&origin, "/healthz"))??;
    match reply.status {
        200 => Ok(()),
        status => Err(Unhealthy::Status { origin: origin.to_string(), status }),
    }
}

/// Where something that listens there is reached from this machine.
pub fn near(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
