//! Asking an address, or a source that is not saved yet, once and step by step. Nothing is kept.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use gssa_model::{Address, CollectError, FailureReason, Identity, Reading, Snapshot, Source, SourceKind};
use gssa_view::clock::Clock;
use schemars::JsonSchema;
use serde::Serialize;
use serde_with::skip_serializing_none;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::collectors;
use crate::observe::{Attempt, Past, Rules, observe};
use crate::schedule::Spec;

/// How long a name may take to be found, and a port to open.
const STEP_TIMEOUT: Duration = Duration::from_secs(2);

/// How long reading may take at most, whatever a source is allowed: somebody waits for it.
const MAX_READ_TIMEOUT: Duration = Duration::from_secs(15);

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
    /// What was done, in order, up to the step that failed.
    pub steps: Vec<Step>,
}

/// One step of a probe.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// Which.
    pub step: StepName,
    /// How long it took.
    pub took_ms: u64,
    /// What came of it, in words.
    pub detail: String,
    /// Why it failed; absent if it did not.
    pub reason: Option<FailureReason>,
}

/// What a probe does, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// Finds the address of a name, and whether it is one that may be asked.
    Resolve,
    /// Opens a connection.
    Connect,
    /// Tells what it is and reads it.
    Read,
}

/// Whom a probe may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Only addresses of private networks: a request from a browser must not make the agent call the internet.
    Private,
    /// Any: the caller is a person at this machine.
    Any,
}

/// Asks what `spec` describes.
pub async fn probe(spec: &Spec, reach: Reach, clock: &dyn Clock) -> ProbeReport {
    let started = Instant::now();
    let mut steps = Vec::new();
    let outcome = ask(spec, reach, &mut steps).await;
    let kind = outcome.as_ref().ok().map(|(kind, _)| *kind);
    let outcome = outcome.map(|(_, snapshot)| snapshot);
    let source = Source { kind: kind.unwrap_or(spec.source.kind), ..Source::clone(&spec.source) };
    let attempt = Attempt { outcome, at: clock.now(), took: started.elapsed(), since_last_good: Duration::ZERO };
    let limits = kind.and_then(|kind| spec.as_found.get(&kind)).map_or(spec.rules.limits, |found| found.rules.limits);
    let rules = Rules { down_after_misses: 1, limits };
    let reading = observe(&Arc::new(source), None, Past::default(), attempt, &rules).reading;
    let identity = reading.snapshot.as_deref().and_then(Snapshot::as_miner).map(|miner| miner.identity.clone());
    ProbeReport { kind, identity, reading: Arc::new(reading), steps }
}

async fn ask(spec: &Spec, reach: Reach, steps: &mut Vec<Step>) -> Result<(SourceKind, Snapshot), CollectError> {
    // What is read on this machine has no address.
    if spec.source.kind != SourceKind::Host {
        let begun = Instant::now();
        let found = resolve(&spec.address, reach).await;
        steps.push(Step::new(StepName::Resolve, begun, &found, |found| list(found)));
        let (found, begun) = (found?, Instant::now());
        let connected = connect(&found, &ports(spec)).await;
        steps.push(Step::new(StepName::Connect, begun, &connected, ToString::to_string));
        // A port that was only guessed may be another one.
        if spec.address.port().is_some() || spec.source.kind == SourceKind::Auto {
            connected?;
        }
    }
    let begun = Instant::now();
    let outcome = read(spec).await;
    steps.push(Step::new(StepName::Read, begun, &outcome, |(kind, snapshot)| describe(*kind, snapshot)));
    outcome
}

impl Step {
    /// What came of a step that began at `begun` and ends now.
    fn new<T>(step: StepName, begun: Instant, outcome: &Result<T, CollectError>, words: impl Fn(&T) -> String) -> Self {
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (detail, reason) = match outcome {
            Ok(good) => (words(good), None),
            Err(error) => (gssa_model::text::clean(error.detail()).unwrap_or_default(), Some(error.reason())),
        };
        Self { step, took_ms, detail, reason }
    }
}

async fn resolve(address: &Address, reach: Reach) -> Result<Vec<IpAddr>, CollectError> {
    let host = address.host();
    let found = timeout(STEP_TIMEOUT, tokio::net::lookup_host((host, 80))).await;
    let found = found
        .map_err(|_| CollectError::new(FailureReason::Timeout, format!("the name {host} was not found in time")))?;
    let found = found.map_err(|error| {
        CollectError::new(FailureReason::NameNotFound, format!("the name {host} is not known")).with_source(error)
    })?;
    let found: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    match found.iter().find(|ip| reach == Reach::Private && !is_private(**ip)) {
        None => Ok(found),
        Some(ip) => Err(CollectError::new(
            FailureReason::NoRoute,
            format!("{ip} is not on the private network and is not asked"),
        )),
    }
}

/// The port of the address, or else those that are usual.
fn ports(spec: &Spec) -> Vec<u16> {
    spec.address.port().map_or_else(|| collectors::usual_ports(spec.source.kind).to_vec(), |port| vec![port])
}

/// Opens the first port that lets itself be opened and closes it again.
async fn connect(found: &[IpAddr], ports: &[u16]) -> Result<SocketAddr, CollectError> {
    let mut failure = CollectError::new(FailureReason::NoRoute, "there is no port to connect to");
    let addresses: Vec<_> = ports.iter().flat_map(|port| found.iter().map(|ip| SocketAddr::new(*ip, *port))).collect();
    for address in addresses {
        failure = match timeout(STEP_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Ok(address),
            Ok(Err(error)) => CollectError::new(reason(&error), format!("{address}: {}", error.kind())),
            Err(_) => {
                let secs = STEP_TIMEOUT.as_secs();
                CollectError::new(FailureReason::Timeout, format!("{address} did not answer in {secs} s"))
            }
        };
    }
    Err(failure)
}

fn reason(error: &io::Error) -> FailureReason {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureReason::ConnectionRefused,
        io::ErrorKind::ConnectionReset => FailureReason::ConnectionReset,
        io::ErrorKind::TimedOut => FailureReason::Timeout,
        _ => FailureReason::NoRoute,
    }
}

async fn read(spec: &Spec) -> Result<(SourceKind, Snapshot), CollectError> {
    let spec = Spec { timeout: spec.timeout.min(MAX_READ_TIMEOUT), ..spec.clone() };
    let collector = collectors::make(&spec)?;
    // A collector keeps to its own deadline; this one is for one that does not.
    let late = || CollectError::new(FailureReason::Timeout, format!("no result in {} s", spec.timeout.as_secs()));
    let snapshot = timeout(spec.timeout + STEP_TIMEOUT, collector.collect()).await.unwrap_or_else(|_| Err(late()))?;
    Ok((collector.found_kind().unwrap_or(spec.source.kind), snapshot))
}

fn list(found: &[IpAddr]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// `axeos: Bitaxe Gamma v2.12.2`
fn describe(kind: SourceKind, snapshot: &Snapshot) -> String {
    let identity = snapshot.as_miner().map(|miner| &miner.identity);
    let known = identity.map(|of| [&of.make, &of.model, &of.firmware_version]).into_iter().flatten();
    known.filter_map(|word| word.as_deref()).fold(format!("{kind}:"), |text, word| text + " " + word)
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
    use gssa_view::clock::SystemClock;

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

    async fn steps(address: &str) -> Vec<(StepName, Option<FailureReason>)> {
        let spec = collectors::spec_at(&address.parse().unwrap(), STEP_TIMEOUT);
        let report = probe(&spec, Reach::Private, &SystemClock).await;
        assert_eq!(report.reading.failure.as_ref().map(|failure| failure.reason), report.steps.last().unwrap().reason);
        report.steps.iter().map(|step| (step.step, step.reason)).collect()
    }

    #[tokio::test]
    async fn a_public_address_is_refused_before_anything_is_sent() {
        assert_eq!(steps("8.8.8.8").await, [(StepName::Resolve, Some(FailureReason::NoRoute))]);
    }

    #[tokio::test]
    async fn the_steps_end_with_the_one_that_failed() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let refused = Some(FailureReason::ConnectionRefused);
        assert_eq!(steps(&closed.to_string()).await, [(StepName::Resolve, None), (StepName::Connect, refused)]);
        // Somebody who takes connections and hangs up.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let rude = listener.local_addr().unwrap();
        let server = async {
            loop {
                drop(listener.accept().await);
            }
        };
        let address = rude.to_string();
        let steps = tokio::select! { steps = steps(&address) => steps, () = server => unreachable!("it has no end") };
        let names: Vec<_> = steps.iter().map(|(name, reason)| (*name, reason.is_some())).collect();
        assert_eq!(names, [(StepName::Resolve, false), (StepName::Connect, false), (StepName::Read, true)]);
    }
}
