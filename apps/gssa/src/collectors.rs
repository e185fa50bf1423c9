//! Which collector a source gets: the one place that knows every protocol crate.

use std::sync::Arc;

use gssa_model::{CollectError, Collector, FailureReason, SourceKind};

use crate::schedule::Spec;

/// The kinds of source that this version can observe.
pub const SUPPORTED: &[SourceKind] = &[SourceKind::Axeos];

/// Makes the collector for a source.
pub fn make(spec: &Spec) -> Result<Arc<dyn Collector>, CollectError> {
    let id = spec.source.id.clone();
    match spec.source.kind {
        SourceKind::Axeos => Ok(Arc::new(gssa_axeos::Collector::new(id, &spec.address, spec.timeout)?)),
        kind => Err(CollectError::new(
            FailureReason::FirmwareUnsupported,
            format!("this version of the agent cannot observe sources of kind {kind}"),
        )),
    }
}
