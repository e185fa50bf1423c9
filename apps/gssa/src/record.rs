//! The flight recorder: keeps what a device, a pool or a server really answers, and writes it into one file without what its owner would
//! not show.
//!
//! It records below everything that reads ([`gssa_http::tap`]) what our own collectors ask, and asks nothing else. The file is a report
//! of what is wrong, a fixture for a test, and what `gssa-sim replay` serves in place of the peer. `docs/recording.md` describes it.

mod recorder;
mod recording;

use std::sync::Arc;
use std::time::Duration;

use gssa_http::tap::tapped;
use gssa_model::{CollectError, Collector, FailureReason, Snapshot, SourceKind, Timestamp};
use tokio::time::{Instant, sleep_until, timeout};

pub use self::recording::Recording;

use gssa_view::clock::Clock;

use self::recorder::Recorder;
use crate::collectors;
use crate::redact::Redactor;
use crate::schedule::Spec;

/// The time between two observations of a device. What is asked less often by default is not asked more often here.
const PACE: Duration = Duration::from_secs(10);

/// A collector gets this much longer than its own deadline.
const GRACE: Duration = Duration::from_secs(1);

/// What was recorded, as it was: not for anybody's eyes.
#[derive(Debug)]
struct Raw {
    begun_at: Timestamp,
    begun: Instant,
    lasted: Duration,
    found: Option<SourceKind>,
    observations: Vec<Observation>,
    taken: Vec<recorder::Taken>,
}

/// One attempt to observe the peer.
#[derive(Debug)]
struct Observation {
    at: Duration,
    took: Duration,
    outcome: Result<Snapshot, CollectError>,
}

/// Asks the peer of `spec` for `length`, as it would be asked as a source, or until `stop`, and gives what came, redacted.
///
/// `redactor` may have learned what is secret about the peer.
///
/// # Errors
/// If no collector can be made for the source.
pub async fn record(
    spec: &Spec,
    length: Duration,
    clock: &dyn Clock,
    mut redactor: Redactor,
    stop: impl Future<Output = ()>,
) -> Result<Recording, CollectError> {
    let collector = collectors::make(spec)?;
    let recorder = Arc::new(Recorder::default());
    let (begun_at, begun) = (clock.now(), Instant::now());
    let mut observations = Vec::new();
    tokio::select! {
        () = tapped(recorder.clone(), observe(&*collector, spec, begun, length, &mut observations)) => {}
        () = stop => {}
    }
    let found = collector.found_kind().or_else(|| Some(spec.source.kind).filter(|kind| *kind != SourceKind::Auto));
    let raw = Raw { begun_at, begun, lasted: begun.elapsed(), found, observations, taken: recorder.take() };
    Ok(Recording::new(spec, &raw, &mut redactor))
}

async fn observe(
    collector: &dyn Collector,
    spec: &Spec,
    begun: Instant,
    length: Duration,
    observations: &mut Vec<Observation>,
) {
    let until = begun + length;
    loop {
        let started = Instant::now();
        let late = |_| Err(CollectError::new(FailureReason::Timeout, "no end of the observation in time"));
        let outcome = timeout(spec.timeout + GRACE, collector.collect()).await.unwrap_or_else(late);
        observations.push(Observation { at: started - begun, took: started.elapsed(), outcome });
        let next = started + pace(collector.found_kind().unwrap_or(spec.source.kind), spec.interval);
        if next > until {
            return;
        }
        sleep_until(next).await;
    }
}

/// Pools and managers answer for many and keep their answers for a minute; devices are asked more often than usual.
fn pace(kind: SourceKind, interval: Duration) -> Duration {
    match kind {
        SourceKind::Gss | SourceKind::Mim => interval,
        _ => interval.min(PACE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_asked_often_and_pools_as_usual() {
        for (kind, usual_secs, secs) in [
            (SourceKind::Axeos, 30, 10),
            (SourceKind::Antminer, 5, 5),
            (SourceKind::Auto, 30, 10),
            (SourceKind::Gss, 60, 60),
            (SourceKind::Mim, 60, 60),
        ] {
            assert_eq!(pace(kind, Duration::from_secs(usual_secs)), Duration::from_secs(secs), "{kind}");
        }
    }
}
