//! Which collector a source gets: the one place that knows every protocol crate.

use std::sync::Arc;
use std::time::Duration;

use gssa_model::{
    Address, CollectError, Collector, FailureKind, FailureReason, Snapshot, Source, SourceId, SourceKind,
};
use tokio::time::Instant;

use crate::config::Limits;
use crate::observe::Rules;
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

/// The port that a kind is reached at when its address names none.
pub const fn standard_port(kind: SourceKind) -> Option<u16> {
    match kind {
        SourceKind::Axeos => Some(gssa_axeos::DEFAULT_PORT),
        SourceKind::Antminer | SourceKind::Canaan | SourceKind::Cgminer => Some(4028),
        SourceKind::Gss => Some(4004),
        SourceKind::Mim => Some(3001),
        _ => None,
    }
}

/// The kinds that may answer at a port: at the standard port of a kind those that share it, elsewhere all.
pub fn expected_at(port: u16) -> Vec<SourceKind> {
    let at_home = |kind: &SourceKind| standard_port(*kind) == Some(port);
    let is_standard = SourceKind::ALL.iter().any(at_home);
    SUPPORTED.iter().copied().filter(|kind| !is_standard || at_home(kind)).collect()
}

/// Asks an address for each of `kinds` in turn until one is there, without credentials, within `deadline` for each port.
///
/// At one port another kind is tried only after an answer that is none of the kind before: whoever refuses, hangs or is not there does
/// so for all. An error is the most telling one.
pub async fn identify(
    address: &Address,
    kinds: &[SourceKind],
    deadline: Duration,
) -> Result<(SourceKind, Snapshot), CollectError> {
    let begun = Instant::now();
    let mut told: Option<CollectError> = None;
    for &kind in kinds {
        let left = if address.port().is_some() { deadline.saturating_sub(begun.elapsed()) } else { deadline };
        let error = match tokio::time::timeout(left + GRACE, ask(address, kind, left)).await {
            Ok(Ok(snapshot)) => return Ok((kind, snapshot)),
            Ok(Err(error)) => error,
            Err(_) => CollectError::new(FailureReason::Timeout, format!("no answer in {} s", deadline.as_secs())),
        };
        let goes_on = address.port().is_none() || how_telling(error.kind()) == SOMETHING_ELSE;
        if told.as_ref().is_none_or(|before| how_telling(error.kind()) > how_telling(before.kind())) {
            told = Some(error);
        }
        if !goes_on {
            break;
        }
    }
    let nothing =
        || CollectError::new(FailureReason::NotAMiner, "this version knows no kind of source that is at this port");
    Err(told.unwrap_or_else(nothing))
}

/// A collector gets this much longer than its own deadline, for what it has by then.
const GRACE: Duration = Duration::from_millis(250);

/// Something answers that is not the kind that was asked for.
const SOMETHING_ELSE: u8 = 1;

/// How much a failure tells about what is there.
const fn how_telling(kind: FailureKind) -> u8 {
    match kind {
        FailureKind::Unreachable => 0,
        FailureKind::Protocol | FailureKind::Unsupported => SOMETHING_ELSE,
        FailureKind::Timeout | FailureKind::Overloaded => 2,
        FailureKind::Refused => 3,
    }
}

async fn ask(address: &Address, kind: SourceKind, timeout: Duration) -> Result<Snapshot, CollectError> {
    let spec = Spec {
        source: Arc::new(Source { kind, ..unnamed(address) }),
        address: address.clone(),
        enabled: true,
        interval: Duration::from_secs(60),
        timeout,
        jitter_percent: 0.0,
        rules: Rules { down_after_misses: 1, limits: Limits::default() },
    };
    make(&spec)?.collect().await
}

/// A source for an address of which nothing is known.
pub fn unnamed(address: &Address) -> Source {
    let id = SourceId::from_name(&address.to_string()).or_else(|| SourceId::from_name("probe"));
    let id = id.expect("a plain word makes an id");
    Source { name: address.to_string(), ..Source::new(id, SourceKind::Auto, address.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_a_standard_port_only_its_kinds_are_tried() {
        assert_eq!(expected_at(80), [SourceKind::Axeos]);
        assert_eq!(expected_at(8080), SUPPORTED);
        for port in [80, 4004, 3001] {
            assert!(expected_at(port).iter().all(|kind| standard_port(*kind) == Some(port)), "{port}");
        }
    }
}
