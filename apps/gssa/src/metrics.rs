//! `/metrics` in the Prometheus text format, collected from the store at each scrape.
//!
//! Base units, one series for each source and figure, no series for each chip. A figure that is not known now has no sample: a source
//! that is down shows only that it is down.

mod services;
mod uplinks;

use std::fmt;
use std::sync::Arc;

use gssa_model::unit::{Celsius, Difficulty, Hashrate, Watts};
use gssa_model::{Health, MinerSnapshot, Snapshot};
use gssa_view::store::{Store, Versioned};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use crate::hooks::{HookCounts, OfHook};
use crate::schedule::{BUCKETS_SECS, FAILURE_KINDS, Histogram, PollStats};
use crate::supervise::Supervisor;
use crate::uplink::Uplinks;

/// What is measured.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The readings.
    pub store: Arc<Store>,
    /// What the pollers count.
    pub stats: Arc<PollStats>,
    /// What came by webhook.
    pub hooks: Arc<HookCounts>,
    /// What the tasks count.
    pub supervisor: Supervisor,
    /// The links.
    pub uplinks: Arc<Uplinks>,
}

/// Renders `/metrics`.
#[derive(Debug)]
pub struct Metrics(Registry);

impl Metrics {
    /// The media type of [`Self::render`].
    pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

    /// Metrics of these.
    pub fn new(measured: Measured) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(measured));
        Self(registry)
    }

    /// The text of one scrape.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail; what could is a label set that does, and ours are plain texts.
        let _ = prometheus_client::encoding::prometheus_text::encode(&mut text, &self.0);
        text
    }
}

/// A figure of a miner and how it is called.
struct Figure {
    name: &'static str,
    help: &'static str,
    of: fn(&MinerSnapshot) -> Option<f64>,
    is_counter: bool,
    /// Whether sums of it make sense within one algorithm only.
    by_algorithm: bool,
}

const fn gauge(name: &'static str, help: &'static str, of: fn(&MinerSnapshot) -> Option<f64>) -> Figure {
    Figure { name, help, of, is_counter: false, by_algorithm: false }
}

const fn hashrate(name: &'static str, help: &'static str, of: fn(&MinerSnapshot) -> Option<f64>) -> Figure {
    Figure { name, help, of, is_counter: false, by_algorithm: true }
}

const fn counter(name: &'static str, help: &'static str, of: fn(&MinerSnapshot) -> Option<f64>) -> Figure {
    Figure { name, help, of, is_counter: true, by_algorithm: false }
}

/// The figures of miners, in the order they are written.
const FIGURES: [Figure; 14] = [
    hashrate("gssa_miner_hashrate_hashes_per_second", "Hashrate now", |m| m.hashing.current_hps.map(Hashrate::get)),
    hashrate(
        "gssa_miner_expected_hashrate_hashes_per_second",
        "Hashrate expected at the settings of the device",
        |m| m.hashing.expected_hps.map(Hashrate::get),
    ),
    gauge("gssa_miner_power_watts", "Power as the device reports it", |m| m.power.watts.map(Watts::get)),
    gauge("gssa_miner_chip_temperature_celsius", "Hottest chip", |m| m.hottest_chip().map(Celsius::get)),
    gauge("gssa_miner_fan_rpm", "Slowest fan in turns per minute", |m| {
        m.fans.iter().filter_map(|fan| fan.rpm).min().map(f64::from)
    }),
    gauge("gssa_miner_uptime_seconds", "Time since the device started", |m| m.uptime_secs.map(|secs| secs as f64)),
    gauge("gssa_miner_best_difficulty", "Best share ever", |m| m.work.best_difficulty.map(Difficulty::get)),
    gauge("gssa_miner_best_session_difficulty", "Best share since the device started", |m| {
        m.work.best_session_difficulty.map(Difficulty::get)
    }),
    gauge("gssa_miner_pool_difficulty", "Share difficulty of the active pool", |m| {
        m.active_pool()?.difficulty.map(Difficulty::get)
    }),
    gauge("gssa_miner_wifi_rssi_dbm", "Wi-Fi signal strength", |m| m.network.rssi_dbm.map(f64::from)),
    gauge("gssa_miner_faults", "Faults that the device reports", |m| Some(m.faults.len() as f64)),
    counter("gssa_miner_shares_accepted", "Shares accepted since the device started", |m| {
        m.work.accepted.map(|n| n as f64)
    }),
    counter("gssa_miner_shares_rejected", "Shares rejected since the device started", |m| {
        m.work.rejected.map(|n| n as f64)
    }),
    counter("gssa_miner_hardware_errors", "Wrong results of the chips", |m| m.work.hardware_errors.map(|n| n as f64)),
];

impl Collector for Measured {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let readings = self.store.all();
        self.about_itself(&mut encoder)?;
        hooks(&mut encoder, &self.hooks)?;
        uplinks::write(&mut encoder, &self.uplinks.reports())?;
        sources(&mut encoder, &readings)?;
        for figure in &FIGURES {
            let kind = if figure.is_counter { MetricType::Counter } else { MetricType::Gauge };
            let mut metric = encoder.encode_descriptor(figure.name, figure.help, None, kind)?;
            for entry in &readings {
                let Some(miner) = shown_miner(entry) else { continue };
                let Some(value) = (figure.of)(miner) else { continue };
                match miner.hashing.algorithm.as_ref().filter(|_| figure.by_algorithm) {
                    Some(algorithm) => {
                        let [source, kind] = labels_of(entry);
                        write_value(&mut metric, &[source, kind, ("algorithm", algorithm.as_str())], value, false)?;
                    }
                    None => write_value(&mut metric, &labels_of(entry), value, figure.is_counter)?,
                }
            }
        }
        services::write(&mut encoder, &readings)
    }
}

impl Measured {
    fn about_itself(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut metric =
            encoder.encode_descriptor("gssa_build_info", "Version of the agent", None, MetricType::Gauge)?;
        write_value(&mut metric, &[("version", env!("CARGO_PKG_VERSION"))], 1.0, false)?;
        histogram(encoder, "gssa_poll_duration_seconds", "How long attempts took", &self.stats.duration)?;
        histogram(encoder, "gssa_poll_lateness_seconds", "How late attempts started", &self.stats.lateness)?;
        let help = "Attempts that failed";
        let mut metric = encoder.encode_descriptor("gssa_poll_failures", help, None, MetricType::Counter)?;
        for kind in FAILURE_KINDS {
            write_value(&mut metric, &[("kind", kind.as_str())], self.stats.failures(kind) as f64, true)?;
        }
        for (name, help, value, is_counter) in [
            ("gssa_tasks", "Tasks that run", self.supervisor.running() as f64, false),
            ("gssa_task_panics", "Tasks that panicked and were restarted", self.supervisor.panics() as f64, true),
            ("gssa_tasks_given_up", "Tasks that panicked too often", self.supervisor.given_up() as f64, false),
            ("gssa_history_bytes", "Memory of the history", self.store.history_bytes() as f64, false),
        ] {
            single(encoder, name, help, value, is_counter)?;
        }
        if let Some(usage) = crate::usage::Usage::now() {
            single(encoder, "process_resident_memory_bytes", "Resident memory", usage.resident_bytes as f64, false)?;
            single(encoder, "process_cpu_seconds", "CPU time", usage.cpu_secs, true)?;
        }
        Ok(())
    }
}

fn hooks(encoder: &mut DescriptorEncoder<'_>, counts: &HookCounts) -> Result<(), fmt::Error> {
    type Count = fn(&OfHook) -> u64;
    let all = counts.all();
    for (name, help, value) in [
        ("gssa_hook_received", "Webhooks that were read", (|of| of.received) as Count),
        ("gssa_hook_refused", "Webhooks that were too large, too slow or no event", |of| of.refused),
        ("gssa_hook_dropped", "Webhooks that came too fast to be kept one by one", |of| of.dropped),
    ] {
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (hook, of) in &all {
            write_value(&mut metric, &[("hook", hook.as_str())], value(of) as f64, true)?;
        }
    }
    let (name, help) = ("gssa_hook_unknown_tokens", "Webhooks with a token that no hook has");
    single(encoder, name, help, counts.unknown_tokens() as f64, true)
}

fn sources(encoder: &mut DescriptorEncoder<'_>, readings: &[Versioned]) -> Result<(), fmt::Error> {
    let mut metric = encoder.encode_descriptor("gssa_sources", "Sources by health", None, MetricType::Gauge)?;
    for health in Health::ALL {
        let count = readings.iter().filter(|entry| entry.reading.health == health).count();
        write_value(&mut metric, &[("health", health.as_str())], count as f64, false)?;
    }
    let help = "Whether the last attempt was answered";
    let mut metric = encoder.encode_descriptor("gssa_source_up", help, None, MetricType::Gauge)?;
    for entry in readings.iter().filter(|entry| entry.reading.observed_at.is_some()) {
        let is_up = matches!(entry.reading.health, Health::Up | Health::Partial);
        write_value(&mut metric, &labels_of(entry), f64::from(u8::from(is_up)), false)?;
    }
    let (name, help) = ("gssa_source_last_good_timestamp_seconds", "Time of the last good observation");
    let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for entry in readings {
        let Some(at) = entry.reading.snapshot_at else { continue };
        write_value(&mut metric, &labels_of(entry), at.unix_ms() as f64 / 1000.0, false)?;
    }
    Ok(())
}

/// What a reading shows, if its figures hold now.
fn shown(entry: &Versioned) -> Option<&Snapshot> {
    let holds = matches!(entry.reading.health, Health::Up | Health::Partial | Health::Stale);
    entry.reading.snapshot.as_deref().filter(|_| holds)
}

fn shown_miner(entry: &Versioned) -> Option<&MinerSnapshot> {
    shown(entry)?.as_miner()
}

fn labels_of(entry: &Versioned) -> [(&str, &str); 2] {
    [("source_id", entry.reading.source.id.as_str()), ("kind", entry.reading.source.kind.as_str())]
}

fn single(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: f64,
    is_counter: bool,
) -> Result<(), fmt::Error> {
    let kind = if is_counter { MetricType::Counter } else { MetricType::Gauge };
    let metric = encoder.encode_descriptor(name, help, None, kind)?;
    if is_counter { ConstCounter::new(value).encode(metric) } else { ConstGauge::new(value).encode(metric) }
}

fn write_value<const N: usize>(
    metric: &mut MetricEncoder<'_>,
    labels: &[(&str, &str); N],
    value: f64,
    is_counter: bool,
) -> Result<(), fmt::Error> {
    let labels = &labels[..];
    let sample = metric.encode_family(&labels)?;
    if is_counter { ConstCounter::new(value).encode(sample) } else { ConstGauge::new(value).encode(sample) }
}

/// A gauge with as many labels as it needs.
fn write_labels(metric: &mut MetricEncoder<'_>, labels: &[(&str, &str)], value: f64) -> fmt::Result {
    ConstGauge::new(value).encode(metric.encode_family(&labels)?)
}

fn histogram(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    histogram: &Histogram,
) -> Result<(), fmt::Error> {
    // The encoder adds the bucket without a bound from the count.
    let buckets: Vec<(f64, u64)> = BUCKETS_SECS.into_iter().zip(histogram.counts()).collect();
    let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
    metric.encode_histogram::<NoLabelSet>(histogram.sum_secs(), histogram.count(), &buckets, None)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gssa_model::{Reading, Source, SourceKind, Timestamp};

    use super::*;

    fn measured() -> Measured {
        let store = Arc::new(Store::new(1 << 20));
        for (id, health) in [("up-one", Health::Up), ("down-one", Health::Down)] {
            let source = Source::new(id.parse().unwrap(), SourceKind::Axeos, "");
            let mut miner = MinerSnapshot { uptime_secs: Some(303), ..MinerSnapshot::default() };
            miner.hashing.current_hps = Hashrate::from_ths(1.25);
            miner.hashing.algorithm = Some(gssa_model::Algorithm::SHA256D);
            miner.work.accepted = Some(19);
            let at = Some(Timestamp::from_unix_ms(1_795_276_077_500));
            let reading = Reading {
                health,
                observed_at: at,
                snapshot_at: at,
                snapshot: Some(Arc::new(miner.into())),
                ..Reading::pending(Arc::new(source))
            };
            store.put(Arc::new(reading), Arc::new([]));
        }
        let stats = Arc::new(PollStats::default());
        stats.polled(Duration::from_millis(1), Duration::from_secs(60), None);
        let hooks = Arc::new(HookCounts::default());
        hooks.unknown_token();
        Measured { uplinks: uplinks(&store), store, stats, hooks, supervisor: Supervisor::default() }
    }

    fn uplinks(store: &Arc<Store>) -> Arc<Uplinks> {
        Arc::new(Uplinks::of_nothing(store))
    }

    /// What is rendered of sources `s0`, `s1` … that gave these snapshots.
    pub(super) fn rendered(snapshots: Vec<Snapshot>) -> String {
        let store = Arc::new(Store::new(1 << 20));
        for (at, snapshot) in snapshots.into_iter().enumerate() {
            let source = Source::new(format!("s{at}").parse().unwrap(), SourceKind::Axeos, "");
            let pending = Reading::pending(Arc::new(source));
            let reading = Reading { health: Health::Up, snapshot: Some(Arc::new(snapshot)), ..pending };
            store.put(Arc::new(reading), Arc::new([]));
        }
        let stats = Arc::new(PollStats::default());
        let hooks = Arc::new(HookCounts::default());
        Metrics::new(Measured { uplinks: uplinks(&store), store, stats, hooks, supervisor: Supervisor::default() })
            .render()
    }

    #[test]
    fn what_is_known_now_has_a_sample_and_nothing_else() {
        let text = Metrics::new(measured()).render();
        for line in [
            r#"gssa_source_up{source_id="up-one",kind="axeos"} 1.0"#,
            r#"gssa_source_up{source_id="down-one",kind="axeos"} 0.0"#,
            r#"gssa_miner_hashrate_hashes_per_second{source_id="up-one",kind="axeos",algorithm="sha256d"} 1250000000000.0"#,
            r#"gssa_miner_shares_accepted_total{source_id="up-one",kind="axeos"} 19.0"#,
            r#"gssa_source_last_good_timestamp_seconds{source_id="down-one",kind="axeos"} 1795276077.5"#,
            r#"gssa_sources{health="down"} 1.0"#,
            r#"gssa_poll_duration_seconds_bucket{le="10"} 0"#,
            r#"gssa_poll_duration_seconds_bucket{le="+Inf"} 1"#,
            "gssa_poll_duration_seconds_count 1",
            "gssa_hook_unknown_tokens_total 1.0",
        ] {
            assert!(text.lines().any(|written| written == line), "{line} is not in\n{text}");
        }
        let of_the_down = text.lines().filter(|line| line.starts_with("gssa_miner_") && line.contains("down-one"));
        assert_eq!(of_the_down.count(), 0, "{text}");
        assert!(!text.contains("gssa_miner_power_watts{"), "not reported, no sample");
    }

    #[test]
    fn every_name_says_whose_it_is_and_is_explained_once() {
        let text = Metrics::new(measured()).render();
        let mut names: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next()).collect();
        assert!(names.iter().all(|name| name.starts_with("gssa_") || name.starts_with("process_")), "{names:?}");
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
