//! From the configuration to what the scheduler runs.

use std::sync::Arc;

use crate::config::{Config, Source};
use crate::observe::Rules;
use crate::schedule::Spec;

/// What is to be observed, and how.
pub fn specs(config: &Config) -> Vec<Spec> {
    config.sources.iter().map(|source| spec(config, source)).collect()
}

fn spec(config: &Config, source: &Source) -> Spec {
    Spec {
        source: Arc::new(source.described()),
        address: source.address.clone(),
        enabled: source.enabled,
        interval: source.schedule.interval(),
        timeout: source.schedule.timeout(),
        jitter_percent: f64::from(config.polling.jitter_percent),
        rules: Rules { down_after_misses: config.polling.down_after_misses, limits: source.limits },
    }
}
