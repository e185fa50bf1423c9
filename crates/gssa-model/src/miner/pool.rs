//! The pools that a device is configured with.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::unit::Difficulty;

/// A pool that the device is configured with.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Pool {
    /// Which one, from 0, in the device's order.
    pub index: u32,
    /// Scheme, host and port, never credentials: `stratum+tcp://public-pool.io:21496`.
    pub url: Option<String>,
    /// The user or worker name; it often holds a wallet address.
    pub user: Option<String>,
    /// Absent if the device does not tell.
    pub state: Option<PoolState>,
    /// What it is there for.
    pub role: Option<PoolRole>,
    /// Shares that this pool accepted.
    pub accepted: Option<u64>,
    /// Shares that this pool rejected.
    pub rejected: Option<u64>,
    /// Shares that came too late for this pool.
    pub stale: Option<u64>,
    /// The share difficulty that the pool asks for.
    pub difficulty: Option<Difficulty>,
    /// The round trip to the pool in milliseconds.
    pub ping_ms: Option<f64>,
}

/// What a pool is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PoolState {
    /// It gets the work.
    Active,
    /// It is there and waits.
    Standby,
    /// It cannot be reached.
    Dead,
    /// A person switched it off.
    Disabled,
}

/// What a pool is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PoolRole {
    /// The first choice.
    Primary,
    /// The next one when the first fails.
    Fallback,
    /// It shares the work with the primary.
    Second,
    /// The firmware's own fee.
    Fee,
}
