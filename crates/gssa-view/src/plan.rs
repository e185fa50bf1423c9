//! How often each source is asked and from where on it is too hot: what whoever looks needs of the configuration.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use gssa_model::{Reading, SourceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use tokio::sync::watch;

/// Two values that deserve attention; absent is no limit.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Limit {
    /// From here on a warning.
    pub warning: Option<f64>,
    /// From here on critical.
    pub critical: Option<f64>,
}

/// The plan of one source.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// The time between two attempts.
    pub interval_secs: u64,
    /// From where on its hottest chip deserves attention.
    #[serde(default)]
    pub chip_celsius: Limit,
}

/// The plans of all sources, of one configuration.
pub trait Plans: fmt::Debug + Send + Sync {
    /// Another one for another configuration.
    fn etag(&self) -> &str;

    /// The plan of the source of a reading, known or not.
    fn of(&self, reading: &Reading) -> Plan;
}

/// The plans in force; tells of each change.
pub type PlansInForce = watch::Receiver<Arc<dyn Plans>>;

/// Plans as they are written down, one for each source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WrittenPlans {
    /// Another one for another configuration.
    pub etag: String,
    /// Those of sources that have one.
    pub sources: BTreeMap<SourceId, Plan>,
    /// The one of all others.
    pub others: Plan,
}

impl Plans for WrittenPlans {
    fn etag(&self) -> &str {
        &self.etag
    }

    fn of(&self, reading: &Reading) -> Plan {
        self.sources.get(&reading.source.id).copied().unwrap_or(self.others)
    }
}
