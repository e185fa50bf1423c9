//! Asking outside the schedule: a source at once, and an address that is no source yet.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gssa_model::{Address, CollectError, FailureReason, Identity, Reading, Snapshot, Source, SourceKind};
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::collectors;
use crate::config::Limits;
use crate::observe::{Attempt, Past, Rules, observe};
use crate::schedule::{Refreshed, Scheduler};

/// How long a probe may take to tell what is there.
const PROBE_TIMEOUT: Duration = Duration::from_secs(4);

/// Polls and probes on request.
#[async_trait]
pub trait Refresh: Send + Sync {
    /// Polls a source at once.
    async fn refresh(&self, id: &str) -> Refreshed;

    /// Asks an address of the private network what is there. Nothing is saved.
    async fn probe(&self, address: Address) -> ProbeReport;
}

/// What is found at an address.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProbeReport {
    /// What speaks there; absent if nothing that is known.
    pub kind: Option<SourceKind>,
    /// What it is.
    pub identity: Option<Identity>,
    /// What it says, or why it could not be read.
    pub reading: Arc<Reading>,
}

/// The scheduler, and probes with collectors of their own.
#[derive(Debug)]
pub struct OnRequest {
    /// Polls sources.
    pub scheduler: Arc<Scheduler>,
    /// Dates readings.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Refresh for OnRequest {
    async fn refresh(&self, id: &str) -> Refreshed {
        self.scheduler.refresh(id).await
    }

    async fn probe(&self, address: Address) -> ProbeReport {
        let refused = check_private(&address).await.err();
        probe(&address, refused, &*self.clock).await
    }
}

/// Asks an address what is there, without regard to whether it is private: the caller is a person at this machine.
pub async fn probe_anywhere(address: &Address, clock: &dyn Clock) -> ProbeReport {
    probe(address, None, clock).await
}

async fn probe(address: &Address, refused: Option<CollectError>, clock: &dyn Clock) -> ProbeReport {
    let started = Instant::now();
    let found = match refused {
        Some(error) => Err(error),
        None => collectors::identify(address, PROBE_TIMEOUT).await,
    };
    let (kind, outcome) = match found {
        Ok((kind, snapshot)) => (Some(kind), Ok(snapshot)),
        Err(error) => (None, Err(error)),
    };
    let source = Source { kind: kind.unwrap_or(SourceKind::Auto), ..collectors::unnamed(address) };
    let attempt = Attempt { outcome, at: clock.now(), took: started.elapsed(), since_last_good: Duration::ZERO };
    let rules = Rules { down_after_misses: 1, limits: Limits::default() };
    let reading = observe(&Arc::new(source), None, Past::default(), attempt, &rules).reading;
    let identity = reading.snapshot.as_deref().and_then(Snapshot::as_miner).map(|miner| miner.identity.clone());
    ProbeReport { kind, identity, reading: Arc::new(reading) }
}

/// Refuses addresses outside the private network: a request from a browser must not make the agent call the internet.
async fn check_private(address: &Address) -> Result<(), CollectError> {
    let host = address.host();
    let found = tokio::time::timeout(PROBE_TIMEOUT, tokio::net::lookup_host((host, 80))).await;
    let found = found
        .map_err(|_| CollectError::new(FailureReason::Timeout, format!("the name {host} was not found in time")))?;
    let addresses = found.map_err(|error| {
        CollectError::new(FailureReason::NameNotFound, format!("the name {host} is not known")).with_source(error)
    })?;
    let outside: Vec<IpAddr> = addresses.map(|address| address.ip()).filter(|ip| !is_private(*ip)).collect();
    match outside.first() {
        None => Ok(()),
        Some(ip) => Err(CollectError::new(
            FailureReason::NoRoute,
            format!("{ip} is not on the private network and is not asked"),
        )),
    }
}

/// Addresses of private networks, of this machine and of this link.
fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local() || is_shared(ip.octets()),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// 100.64.0.0/10, which overlay networks such as Tailscale use.
const fn is_shared(octets: [u8; 4]) -> bool {
    octets[0] == 100 && octets[1] & 0xC0 == 64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_private_addresses_are_asked_for_a_browser() {
        for private in [
            "192.168.1.5",
            "10.0.0.1",
            "172.16.9.9",
            "127.0.0.1",
            "169.254.3.3",
            "100.64.0.1",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "0.0.0.0", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn a_public_address_is_refused_before_anything_is_sent() {
        let error = check_private(&"8.8.8.8".parse().unwrap()).await.unwrap_err();
        assert_eq!(error.to_string(), "8.8.8.8 is not on the private network and is not asked");
    }
}
