//! When a source is asked and how long it may take: source, then kind, then `polling`.

use std::collections::BTreeMap;
use std::time::Duration;

use gssa_model::SourceKind;

use crate::config::problems::Problems;
use crate::config::{defaults, raw};

/// Devices with `AxeOS` are small: old firmware died when it was asked more often.
pub(super) const AXEOS_LEAST_INTERVAL_SECS: u32 = 10;

/// The schedule of sources that have none of their own, and the bounds of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polling {
    /// The time between two readings.
    pub interval_secs: u32,
    /// How long one may take.
    pub timeout_ms: u32,
    /// How many sources are asked at the same time.
    pub max_concurrent: u32,
    /// How far a schedule wanders, in percent of its interval.
    pub jitter_percent: u32,
    /// How many misses in a row make a source `down`.
    pub down_after_misses: u32,
    /// The memory for recent values.
    pub history_max_bytes: u64,
}

/// A schedule as far as one level writes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// The time between two readings.
    pub interval_secs: Option<u32>,
    /// How long one may take.
    pub timeout_ms: Option<u32>,
}

/// The schedule of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The time between two readings, 1 s to a day.
    pub interval_secs: u32,
    /// How long one may take, at most the interval.
    pub timeout_ms: u32,
}

impl Schedule {
    /// The time between two readings.
    pub const fn interval(&self) -> Duration {
        Duration::from_secs(self.interval_secs as u64)
    }

    /// How long one may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms as u64)
    }

    /// Resolves the levels. The timeout is cut to the interval.
    pub(super) fn resolve(own: Pace, kind: Pace, polling: &Polling) -> Self {
        let interval_secs = own.interval_secs.or(kind.interval_secs).unwrap_or(polling.interval_secs);
        let timeout_ms = own.timeout_ms.or(kind.timeout_ms).unwrap_or(polling.timeout_ms);
        Self { interval_secs, timeout_ms: timeout_ms.min(interval_secs.saturating_mul(1000)) }
    }
}

impl Polling {
    pub(super) fn read(raw: Option<&raw::Polling>) -> Self {
        let none = raw::Polling::default();
        let raw = raw.unwrap_or(&none);
        Self {
            interval_secs: raw.interval_secs.unwrap_or(defaults::INTERVAL_SECS),
            timeout_ms: raw.timeout_ms.unwrap_or(defaults::TIMEOUT_MS),
            max_concurrent: raw.max_concurrent.unwrap_or(defaults::MAX_CONCURRENT),
            jitter_percent: raw.jitter_percent.unwrap_or(defaults::JITTER_PERCENT),
            down_after_misses: raw.down_after_misses.unwrap_or(defaults::DOWN_AFTER_MISSES),
            history_max_bytes: raw.history_max_bytes.unwrap_or(defaults::HISTORY_MAX_BYTES),
        }
    }
}

/// The schedules by kind.
pub(super) fn kinds(raw: &raw::Config, polling: &Polling, problems: &mut Problems<'_>) -> BTreeMap<SourceKind, Pace> {
    let pace = |kind: &raw::Kind| Pace { interval_secs: kind.interval_secs, timeout_ms: kind.timeout_ms };
    let kinds: BTreeMap<_, _> = raw.kinds.iter().flatten().map(|(kind, written)| (*kind, pace(written))).collect();
    match kinds.get(&SourceKind::Axeos).and_then(|pace| pace.interval_secs) {
        Some(secs) => warn_if_short(secs, "kinds.axeos.interval_secs", problems),
        None if raw.sources.iter().flatten().any(|source| source.kind == Some(SourceKind::Axeos)) => {
            warn_if_short(polling.interval_secs, "polling.interval_secs", problems);
        }
        None => {}
    }
    kinds
}

/// Warns of an interval that is hard on devices with `AxeOS`.
pub(super) fn warn_if_short(interval_secs: u32, path: &str, problems: &mut Problems<'_>) {
    if interval_secs < AXEOS_LEAST_INTERVAL_SECS {
        let least = AXEOS_LEAST_INTERVAL_SECS;
        problems.warning(path, format!("{interval_secs} s is hard on AxeOS devices; {least} s or more is safe"));
    }
}
