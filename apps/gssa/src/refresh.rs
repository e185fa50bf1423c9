//! STAND-IN, replaced at merge: polls on request.

use std::sync::Arc;

use async_trait::async_trait;
use gssa_model::{Address, Identity, Reading, SourceKind};
use serde::Serialize;

use crate::schedule::Refreshed;

/// What is found at an address.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct ProbeReport {
    /// What speaks there.
    pub kind: Option<SourceKind>,
    /// What it is.
    pub identity: Option<Identity>,
    /// What it says.
    pub reading: Arc<Reading>,
}

/// Polls on request.
#[async_trait]
pub trait Refresh: Send + Sync {
    /// Polls a source.
    async fn refresh(&self, id: &str) -> Refreshed;
    /// Asks an address what is there.
    async fn probe(&self, address: Address) -> ProbeReport;
}
