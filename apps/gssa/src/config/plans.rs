//! How often each source is asked and from where on it is too hot, for whoever looks.

use std::sync::Arc;

use gssa_model::{Reading, SourceKind};
use gssa_view::plan::{Plan, Plans};

use super::Loaded;

/// The plans of all sources of a configuration.
#[derive(Debug)]
pub(super) struct Configured {
    loaded: Arc<Loaded>,
    /// Places in the list of sources, sorted by id.
    by_id: Vec<u32>,
}

impl Configured {
    pub(super) fn new(loaded: Arc<Loaded>) -> Self {
        let sources = &loaded.config.sources;
        let mut by_id: Vec<u32> = (0..sources.len() as u32).collect();
        by_id.sort_unstable_by_key(|at| &sources[*at as usize].id);
        Self { loaded, by_id }
    }
}

impl Plans for Configured {
    fn etag(&self) -> &str {
        &self.loaded.etag
    }

    fn of(&self, reading: &Reading) -> Plan {
        let (config, kind) = (&self.loaded.config, reading.source.kind);
        let found = self.by_id.binary_search_by_key(&&reading.source.id, |at| &config.sources[*at as usize].id);
        let Ok(at) = found else {
            let interval_secs = config.polling.interval_secs.into();
            let limits = config.limits.get(&kind).copied().unwrap_or_default();
            return Plan { interval_secs, chip_celsius: limits.chip_celsius };
        };
        let source = &config.sources[self.by_id[at] as usize];
        let (schedule, limits) = if source.kind == SourceKind::Auto {
            (config.schedule_as(source, kind), config.limits_as(source, kind))
        } else {
            (source.schedule, source.limits)
        };
        Plan { interval_secs: schedule.interval().as_secs(), chip_celsius: limits.chip_celsius }
    }
}

#[cfg(test)]
mod tests {
    use gssa_model::Source;
    use serde_json::json;

    use crate::config::{Configuration, Options};

    use super::*;

    #[test]
    fn a_plan_is_that_of_the_source_then_of_its_kind_as_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.json");
        let config = json!({
            "polling": { "interval_secs": 40 },
            "kinds": { "axeos": { "interval_secs": 20 } },
            "limits": { "axeos": { "chip_celsius": { "warning": 60, "critical": 70 } } },
            "sources": [
                { "id": "own", "kind": "axeos", "address": "a", "interval_secs": 15,
                  "limits": { "chip_celsius": { "warning": 61, "critical": 71 } } },
                { "id": "found", "kind": "auto", "address": "b" },
                { "id": "kind", "kind": "axeos", "address": "c" },
            ],
        });
        std::fs::write(&path, config.to_string()).unwrap();
        let supported = &[SourceKind::Axeos, SourceKind::Auto];
        let options = Options { path, env: Vec::new(), overrides: json!({}), supported };
        let configuration = Configuration::load(options);
        let plans = Arc::clone(&configuration.plans().borrow());
        let of = |id: &str| {
            let reading = Reading::pending(Arc::new(Source::new(id.parse().unwrap(), SourceKind::Axeos, "")));
            let plan = plans.of(&reading);
            (plan.interval_secs, plan.chip_celsius.warning.unwrap(), plan.chip_celsius.critical.unwrap())
        };
        assert_eq!(of("own"), (15, 61.0, 71.0));
        assert_eq!(of("kind"), (20, 60.0, 70.0));
        assert_eq!(of("found"), (20, 60.0, 70.0), "it turned out to be one");
        assert_eq!(of("gone"), (40, 60.0, 70.0), "it was just taken out");
        assert_eq!(plans.etag(), configuration.current().etag);
    }
}
