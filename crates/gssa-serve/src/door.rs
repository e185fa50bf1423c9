//! What is checked before anything else: the name that a program is called by, and the proxies that it believes.

use std::net::IpAddr;

use crate::facts::Facts;
use crate::host::AllowedHosts;
use crate::network::Network;
use crate::problem::Error;

/// Names and proxies.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// Names that the program may be called by.
    pub hosts: AllowedHosts,
    /// Proxies whose headers are believed.
    pub proxies: Vec<Network>,
}

impl Door {
    /// Whether `address` is a proxy whose word counts.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(address))
    }

    /// Whether the program may be called by the name in the request.
    pub fn check_host(&self, facts: &Facts) -> Result<(), Error> {
        match &facts.host {
            Some(host) if self.hosts.allow(&host.host) => Ok(()),
            Some(host) => Err(Error::HostNotAllowed { host: host.host.clone() }),
            // Browsers, which the check is for, never speak HTTP/1.0; old monitoring scripts do, and have no Host to send.
            None if facts.is_http10 => Ok(()),
            None => Err(Error::HostMissing),
        }
    }
}
