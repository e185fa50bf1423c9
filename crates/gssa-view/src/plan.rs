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

/// How often a source is asked where nobody says otherwise.
pub const USUAL_INTERVAL_SECS: u64 = 30;

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

impl WrittenPlans {
    /// The plans of these readings. What most of them have in common is said once.
    pub fn of<'a>(plans: &dyn Plans, readings: impl IntoIterator<Item = &'a Reading>) -> Self {
        let all: Vec<(&SourceId, Plan)> =
            readings.into_iter().map(|reading| (&reading.source.id, plans.of(reading))).collect();
        let mut counts: Vec<(Plan, usize)> = Vec::new();
        for (_, plan) in &all {
            match counts.iter_mut().find(|(counted, _)| counted == plan) {
                Some((_, count)) => *count += 1,
                None => counts.push((*plan, 1)),
            }
        }
        let usual = Plan { interval_secs: USUAL_INTERVAL_SECS, chip_celsius: Limit::default() };
        let others = counts.into_iter().max_by_key(|(_, count)| *count).map_or(usual, |(plan, _)| plan);
        let own = all.into_iter().filter(|(_, plan)| *plan != others);
        Self { etag: plans.etag().to_owned(), sources: own.map(|(id, plan)| (id.clone(), plan)).collect(), others }
    }
}

impl Plans for WrittenPlans {
    fn etag(&self) -> &str {
        &self.etag
    }

    fn of(&self, reading: &Reading) -> Plan {
        self.sources.get(&reading.source.id).copied().unwrap_or(self.others)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gssa_model::{Source, SourceKind};

    use super::*;

    /// The plan of a source is in its id.
    #[derive(Debug)]
    struct ById;

    impl Plans for ById {
        fn etag(&self) -> &'static str {
            "e"
        }

        fn of(&self, reading: &Reading) -> Plan {
            let interval_secs = if reading.source.id.as_str().starts_with("slow") { 600 } else { 15 };
            Plan { interval_secs, chip_celsius: Limit::default() }
        }
    }

    #[test]
    fn what_most_have_in_common_is_written_once() {
        let reading = |id: &str| Reading::pending(Arc::new(Source::new(id.parse().unwrap(), SourceKind::Axeos, "")));
        let readings = [reading("slow-a"), reading("b"), reading("c")];
        let written = WrittenPlans::of(&ById, &readings);
        assert_eq!(written.others.interval_secs, 15);
        assert_eq!(written.sources.keys().map(SourceId::as_str).collect::<Vec<_>>(), ["slow-a"]);
        assert_eq!(written.etag, "e");
        for reading in &readings {
            assert_eq!(written.of(reading), ById.of(reading));
        }
        assert_eq!(WrittenPlans::of(&ById, []).others.interval_secs, USUAL_INTERVAL_SECS);
    }
}
