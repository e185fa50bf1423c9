//! Which collector a source gets: the one place that knows every protocol crate.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use gssa_cgminer::{Credentials, Kind, Options};
use gssa_model::{Address, CollectError, Collector, FailureReason, Snapshot, Source, SourceId, SourceKind};

use crate::auto::{Auto, Door};
use crate::config::{Dialect, Endpoint, EndpointMap, Limits, Service};
use crate::observe::Rules;
use crate::schedule::Spec;

/// The kinds of source that this version can observe.
pub const SUPPORTED: &[SourceKind] = &SourceKind::ALL;

/// Makes the collector for a source.
pub fn make(spec: &Spec) -> Result<Arc<dyn Collector>, CollectError> {
    match spec.source.kind {
        SourceKind::Auto => auto(spec),
        SourceKind::Axeos => axeos(spec),
        SourceKind::Antminer => cgminer(spec, Kind::Antminer),
        SourceKind::Canaan => cgminer(spec, Kind::Canaan),
        SourceKind::Cgminer => cgminer(spec, Kind::Cgminer),
        SourceKind::Gss => gss(spec),
        SourceKind::Mim => mim(spec),
        SourceKind::Host => host(spec),
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

fn gss(spec: &Spec) -> Result<Arc<dyn Collector>, CollectError> {
    let Service { coins, dialect, api_key, extra_endpoints, .. } = &*spec.service;
    let endpoint = |it: &Endpoint| gssa_gss::Endpoint { name: it.name.clone(), path: it.path.clone(), every: it.every };
    let options = gssa_gss::Options {
        timeout: spec.timeout,
        dialect: match dialect {
            Dialect::Auto => gssa_gss::Dialect::Auto,
            Dialect::Gss => gssa_gss::Dialect::Gss,
            Dialect::Gse => gssa_gss::Dialect::Gse,
        },
        coins: coins.clone(),
        api_key: api_key.as_ref().map(|key| key.expose().to_owned()),
        extra_endpoints: extra_endpoints.iter().map(endpoint).collect(),
    };
    Ok(Arc::new(gssa_gss::Collector::new(spec.source.id.clone(), &spec.address, options)?))
}

fn mim(spec: &Spec) -> Result<Arc<dyn Collector>, CollectError> {
    let endpoint = |it: &Endpoint| gssa_mim::Endpoint {
        name: it.name.clone(),
        path: it.path.clone(),
        every: it.every,
        map: it.map.map(|map| match map {
            EndpointMap::Servers => gssa_mim::Map::Servers,
            EndpointMap::Containers => gssa_mim::Map::Containers,
            EndpointMap::Products => gssa_mim::Map::Products,
        }),
    };
    let options = gssa_mim::Options {
        timeout: spec.timeout,
        endpoints: spec.service.endpoints.iter().map(endpoint).collect(),
        servers: spec.service.servers.clone(),
    };
    Ok(Arc::new(gssa_mim::Collector::new(spec.source.id.clone(), &spec.address, options)?))
}

fn host(spec: &Spec) -> Result<Arc<dyn Collector>, CollectError> {
    let Service { root, docker_socket, .. } = &*spec.service;
    let usual = gssa_host::Options::default();
    let options = gssa_host::Options {
        timeout: spec.timeout,
        root: root.clone().unwrap_or(usual.root),
        docker_socket: docker_socket.clone(),
    };
    Ok(Arc::new(gssa_host::Collector::new(spec.source.id.clone(), options)?))
}

/// AxeOS first: its one small request is answered or refused at once where nothing of the kind is. A scheme says which it can be, and so
/// does a port that is usual for one kind. At a port of their own, pools are asked for last: they say surely that they are one.
fn auto(spec: &Spec) -> Result<Arc<dyn Collector>, CollectError> {
    let (scheme, port) = (spec.address.scheme(), spec.address.port());
    let is_web = matches!(scheme, None | Some("http"));
    let is_of_a_service = port.is_some_and(|port| [POOL_PORTS, MANAGER_PORTS].concat().contains(&port));
    let mut doors = Vec::new();
    if is_web && !is_of_a_service {
        doors.push(Door { kind: Some(SourceKind::Axeos), collector: axeos(spec)? });
    }
    if scheme != Some("http") && scheme != Some("https") && !is_of_a_service {
        doors.push(Door { kind: None, collector: cgminer(spec, Kind::Auto)? });
    }
    let is_of_a_manager = port.is_some_and(|port| MANAGER_PORTS.contains(&port));
    if (is_web || scheme == Some("https")) && !is_of_a_manager {
        doors.push(Door { kind: Some(SourceKind::Gss), collector: gss(spec)? });
    }
    if is_web && port.is_none() {
        let engine = spec.address.with_port(gssa_gss::GSE_DEFAULT_PORT);
        let engine = Spec { address: engine, ..spec.clone() };
        doors.push(Door { kind: Some(SourceKind::Gss), collector: gss(&engine)? });
    }
    // Any page may be one of a manager: only at the port of one it is taken for that.
    if is_web && (port.is_none() || is_of_a_manager) {
        doors.push(Door { kind: Some(SourceKind::Mim), collector: mim(spec)? });
    }
    Ok(Arc::new(Auto::new(spec.source.id.clone(), doors, spec.timeout)))
}

/// The ports that are usual for pools: those of `GoSlimStratum` and `GoStratumEngine`.
const POOL_PORTS: &[u16] = &[gssa_gss::DEFAULT_PORT, gssa_gss::GSE_DEFAULT_PORT];

/// The ports that are usual for managers.
const MANAGER_PORTS: &[u16] = &[gssa_mim::DEFAULT_PORT];

/// The ports that a source is reached at when its address names none.
pub const fn usual_ports(kind: SourceKind) -> &'static [u16] {
    match kind {
        SourceKind::Auto => &[gssa_axeos::DEFAULT_PORT, gssa_cgminer::DEFAULT_PORT],
        SourceKind::Axeos => &[gssa_axeos::DEFAULT_PORT],
        SourceKind::Antminer | SourceKind::Canaan | SourceKind::Cgminer => &[gssa_cgminer::DEFAULT_PORT],
        SourceKind::Gss => POOL_PORTS,
        SourceKind::Mim => MANAGER_PORTS,
        _ => &[],
    }
}

/// The address by which a port is asked what is there: at the usual port of one protocol by that one only.
pub fn address_at(ip: Ipv4Addr, port: u16) -> Address {
    let scheme = match port {
        gssa_axeos::DEFAULT_PORT | gssa_gss::DEFAULT_PORT | gssa_gss::GSE_DEFAULT_PORT | gssa_mim::DEFAULT_PORT => {
            "http://"
        }
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
        service: Arc::default(),
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
        assert_eq!([at(80), at(4028), at(8090)], ["http://127.0.0.1:80", "tcp://127.0.0.1:4028", "127.0.0.1:8090"]);
        for kind in SUPPORTED.iter().filter(|kind| **kind != SourceKind::Host) {
            assert!(!usual_ports(*kind).is_empty(), "{kind}");
        }
    }
}
