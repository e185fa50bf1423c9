//! Asking outside the schedule: a source at once, and what is no source yet.

use std::sync::Arc;

use async_trait::async_trait;
use gssa_view::clock::Clock;

use crate::probe::{ProbeReport, Reach, probe};
use crate::schedule::{Refreshed, Scheduler, Spec};

/// Polls and probes on request.
#[async_trait]
pub trait Refresh: Send + Sync {
    /// Polls a source at once.
    async fn refresh(&self, id: &str) -> Refreshed;

    /// Asks an address of the private network what is there. Nothing is saved.
    async fn probe(&self, spec: Spec) -> ProbeReport;
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

    async fn probe(&self, spec: Spec) -> ProbeReport {
        probe(&spec, Reach::Private, &*self.clock).await
    }
}
