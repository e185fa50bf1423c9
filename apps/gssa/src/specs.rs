//! From the configuration to what the scheduler runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use gssa_model::SourceKind;

use crate::collectors::SUPPORTED;
use crate::config::{Config, Source};
use crate::observe::Rules;
use crate::schedule::{AsFound, Spec};

/// What is to be observed, and how.
pub fn specs(config: &Config) -> Vec<Spec> {
    config.sources.iter().map(|source| spec(config, source)).collect()
}

/// How one source is observed.
pub fn spec(config: &Config, source: &Source) -> Spec {
    let down_after_misses = config.polling.down_after_misses;
    Spec {
        source: Arc::new(source.described()),
        address: source.address.clone(),
        enabled: source.enabled,
        interval: source.schedule.interval(),
        timeout: source.schedule.timeout(),
        jitter_percent: f64::from(config.polling.jitter_percent),
        rules: Rules { down_after_misses, limits: source.limits },
        http_port: source.http_port,
        credentials: source.credentials.clone(),
        service: source.service.clone(),
        as_found: as_found(config, source),
    }
}

/// For kind `auto`, what each kind that it may turn out to be has of its own.
fn as_found(config: &Config, source: &Source) -> BTreeMap<SourceKind, AsFound> {
    if source.kind != SourceKind::Auto {
        return BTreeMap::new();
    }
    let of = |kind: SourceKind| {
        let limits = config.limits_as(source, kind);
        let rules = Rules { down_after_misses: config.polling.down_after_misses, limits };
        (kind, AsFound { interval: config.schedule_as(source, kind).interval(), rules })
    };
    SUPPORTED.iter().copied().filter(|kind| *kind != SourceKind::Auto).map(of).collect()
}
