//! Which collector a source gets: the one place that knows every protocol crate.

use std::sync::Arc;

use gssa_cgminer::{Credentials, Kind, Options};
use gssa_model::{CollectError, Collector, FailureReason, SourceKind};

use crate::auto::{Auto, Door};
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
