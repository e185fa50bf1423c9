//! Which figures are kept, and where they come from.

use std::str::FromStr;

use gssa_model::{Coin, MinerSnapshot};
use schemars::JsonSchema;
use serde::Serialize;

/// A figure that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Hashrate in hashes per second, the mean of each step.
    CurrentHps,
    /// Power in watts, the mean of each step.
    Watts,
    /// The hottest chip in degrees Celsius, the mean of each step.
    ChipCelsius,
    /// Accepted shares since the device started (of a coin, as its pool counts them), the last of each step.
    Accepted,
    /// Rejected shares, counted the same way, the last of each step.
    Rejected,
}

impl Metric {
    /// Every metric, in the order of the cells.
    pub const ALL: [Self; 5] = [Self::CurrentHps, Self::Watts, Self::ChipCelsius, Self::Accepted, Self::Rejected];

    /// The word for it in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CurrentHps => "current_hps",
            Self::Watts => "watts",
            Self::ChipCelsius => "chip_celsius",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    /// Whether it counts, so that its last value stands for a step.
    pub(super) const fn is_counter(self) -> bool {
        matches!(self, Self::Accepted | Self::Rejected)
    }

    /// Of a miner.
    pub(super) fn of(self, miner: &MinerSnapshot) -> Option<f64> {
        match self {
            Self::CurrentHps => miner.hashing.current_hps.map(gssa_model::unit::Hashrate::get),
            Self::Watts => miner.power.watts.map(gssa_model::unit::Watts::get),
            Self::ChipCelsius => miner.hottest_chip().map(gssa_model::unit::Celsius::get),
            Self::Accepted => miner.work.accepted.map(|count| count as f64),
            Self::Rejected => miner.work.rejected.map(|count| count as f64),
        }
    }

    /// Of a coin of a pool: the hashrate of the shortest window, and its shares.
    pub(super) fn of_coin(self, coin: &Coin) -> Option<f64> {
        let shares = coin.shares.as_ref();
        match self {
            Self::CurrentHps => coin.windows_hps.iter().next().map(|(_, hashrate)| hashrate.get()),
            Self::Watts | Self::ChipCelsius => None,
            Self::Accepted => shares?.accepted.map(|count| count as f64),
            Self::Rejected => shares?.rejected.map(|count| count as f64),
        }
    }
}

/// A word that names no [`Metric`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such metric; there are current_hps, watts, chip_celsius, accepted and rejected")]
pub struct UnknownMetric;

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(word: &str) -> Result<Self, UnknownMetric> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == word).ok_or(UnknownMetric)
    }
}
