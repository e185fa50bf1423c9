//! Which collector a source gets: the one place that knows every protocol crate.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use gssa_cgminer::{Credentials, Kind, Options};
use gssa_model::{Address, CollectError, Collector, FailureReason, Snapshot, Source, SourceId, SourceKind};

use crate::auto::{Auto, Door};
use crate::config::Limits;
use crate::observe::Rules;
use crate::schedule::Spec;

/// The kinds of source that this version can observe.
pub const SUPPORTED: &[SourceKind] =
    &[SourceKind::Auto, SourceKind::Axeos, SourceKind::Antminer, SourceKind::Canaan, SourceKind::Cgminer];

/// Makes the collector for a source.
pub fn make(spec: &Spec) -> Result<Arc<dyn Collector>, CollectError> {
    match spec.source.kind {
        SourceKind::Auto => auto(spec),
        SourceKind::Axeos => axeos(spec),
        SourceKind::Antminer => cgminer(spec, Kind::Antminer),
        SourceKind::Canaan => cgminer(spec, Kind::Canaan),
        SourceKind::Cgminer => cgminer(spec, Kind::Cgminer),
        kind => Err(CollectError::new(
            FailureReason::FirmwareUnsupported,
            format!("this version of the agent cannot observe sources of kind {kind}"),
        )),
    }
}

fn axeos(spec: &Spec) -> Result<Arc<dyn Collector>, CollectError> {
    Ok(Arc::new(gssa_axeos::Collector::new(spec.source.id.clone(), &spec.address, spec.timeout)?))
}

fn cgminer(spec: &Spec, kind: Kind) -> Result<Arc<dyn Collector>, CollectError> {
    let credentials = spec.credentials.as_ref().map(|credentials| Credentials {
        username: credentials.username.clone().unwrap_or_default(),
        password: credentials.password.as_ref().map(|password| password.expose().to_owned()).unwrap_or_default(),
    });
    let options = Options { timeout: spec.timeout, http_port: spec.http_port, credentials };
    Ok(Arc::new(gssa_cgminer::Collector::new(spec.source.id.clone(), &spec.address, kind, options)?))
}

/// AxeOS first: its one small request is answered or refused at once where nothing of the kind is. A scheme says which it can be.
fn auto(spec: &Spec) -> Result<Arc<dyn Collector>, CollectError> {
    let mut doors = Vec::new();
    if matches!(spec.address.scheme(), None | Some("http")) {
        doors.push(Door { kind: Some(SourceKind::Axeos), collector: axeos(spec)? });
    }
    if spec.address.scheme() != Some("http") {
        doors.push(Door { kind: None, collector: cgminer(spec, Kind::Auto)? });
    }
    Ok(Arc::new(Auto::new(spec.source.id.clone(), doors, spec.timeout)))
}

/// The ports that a source is reached at when its address names none.
pub const fn usual_ports(kind: SourceKind) -> &'static [u16] {
    match kind {
        SourceKind::Auto => &[gssa_axeos::DEFAULT_PORT, gssa_cgminer::DEFAULT_PORT],
        SourceKind::Axeos => &[gssa_axeos::DEFAULT_PORT],
        SourceKind::Antminer | SourceKind::Canaan | SourceKind::Cgminer => &[gssa_cgminer::DEFAULT_PORT],
        SourceKind::Gss => &[4004],
        SourceKind::Mim => &[3001],
        _ => &[],
    }
}

/// The address by which a port is asked what is there: at the usual port of one protocol by that one only.
pub fn address_at(ip: Ipv4Addr, port: u16) -> Address {
    let scheme = match port {
        gssa_axeos::DEFAULT_PORT => "http://",
        gssa_cgminer::DEFAULT_PORT => "tcp://",
        _ => "",
    };
    format!("{scheme}{ip}:{port}").parse().expect("an IPv4 address and a port are an address")
}

/// Asks an address what is there, without credentials.
pub async fn identify(address: &Address, timeout: Duration) -> Result<(SourceKind, Snapshot), CollectError> {
    let collector = make(&spec_at(address, timeout))?;
    let snapshot = collector.collect().await?;
    Ok((collector.found_kind().unwrap_or(SourceKind::Auto), snapshot))
}

/// How an address is asked of which nothing else is known.
pub fn spec_at(address: &Address, timeout: Duration) -> Spec {
    Spec {
        source: Arc::new(unnamed(address)),
        address: address.clone(),
        enabled: true,
        interval: Duration::from_secs(60),
        timeout,
        jitter_percent: 0.0,
        rules: Rules { down_after_misses: 1, limits: Limits::default() },
        http_port: gssa_axeos::DEFAULT_PORT,
        credentials: None,
        as_found: BTreeMap::new(),
    }
}

/// A source of which nothing but the address is known.
pub fn unnamed(address: &Address) -> Source {
    let id = SourceId::from_name(&address.to_string()).or_else(|| SourceId::from_name("probe"));
    let id = id.expect("a plain word makes an id");
    Source { name: address.to_string(), ..Source::new(id, SourceKind::Auto, address.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_a_usual_port_only_its_protocol_is_spoken() {
        let at = |port| address_at(Ipv4Addr::LOCALHOST, port).to_string();
        assert_eq!([at(80), at(4028), at(8080)], ["http://127.0.0.1:80", "tcp://127.0.0.1:4028", "127.0.0.1:8080"]);
        for kind in SUPPORTED {
            assert!(!usual_ports(*kind).is_empty(), "{kind}");
        }
    }
}
