//! The snapshot of a mining pool: GoSlimStratum, GoStratumEngine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::unit::{Difficulty, Hashrate, Percent};
use crate::{Algorithm, Gap, Software, Timestamp, Windows};

/// What a pool said about itself. Whatever it did not report is absent.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PoolSnapshot {
    /// The program.
    pub software: Software,
    /// Seconds since it started.
    pub uptime_secs: Option<u64>,
    /// One entry for each coin key, in the order of the keys.
    pub coins: Vec<Coin>,
    /// Answers that the operator asked for by path, as they came, by the name given to them. Never sent to a cloud.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, serde_json::Value>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// One coin key of a pool. A key is a name that the operator chose, no ticker; several keys may mine one coin.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Coin {
    /// The key, verbatim.
    pub key: String,
    /// The ticker of the coin, where the pool tells.
    pub coin: Option<String>,
    /// What is hashed.
    pub algorithm: Option<Algorithm>,
    /// What the pool itself says about its state, verbatim.
    pub status: Option<String>,
    /// Averages over named windows, shortest first.
    #[serde(skip_serializing_if = "Windows::is_empty")]
    pub windows_hps: Windows,
    /// Whether `windows_hps` was computed from shares.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
    /// Workers that are connected now.
    pub active_workers: Option<u64>,
    /// What was submitted.
    pub shares: Option<Shares>,
    /// `false` where the pool has miners and is known not to count their shares under this key.
    pub counted: Option<bool>,
    /// What was found.
    pub blocks: Option<Blocks>,
    /// The best share.
    pub best_share: Option<BestShare>,
    /// How it stands in its network.
    pub network: Option<NetworkShare>,
    /// The workers, the active ones first.
    pub workers: Vec<Worker>,
    /// Whether there are more workers than `workers` has.
    pub workers_truncated: bool,
}

/// From when on a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Since the pool was set up.
    Lifetime,
    /// Over the time that the pool keeps shares.
    Retention,
    /// Since the program started.
    SinceStart,
    /// Since the worker connected.
    Session,
}

/// Shares of a coin key.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Shares {
    /// Accepted.
    #[serde(default)]
    pub accepted: Option<u64>,
    /// Rejected, without the stale ones where the pool tells them apart.
    #[serde(default)]
    pub rejected: Option<u64>,
    /// Too late.
    #[serde(default)]
    pub stale: Option<u64>,
    /// From when on.
    pub scope: Scope,
    /// How far they look back, where the pool counts over a window and says how long it is.
    #[serde(default)]
    pub window_secs: Option<u64>,
}

/// Blocks of a coin key.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Blocks {
    /// How many.
    #[serde(default)]
    pub count: Option<u64>,
    /// From when on.
    pub scope: Scope,
    /// The height of the last one.
    #[serde(default)]
    pub last_height: Option<u64>,
    /// The hash of the last one.
    #[serde(default)]
    pub last_hash: Option<String>,
    /// When the last one was found.
    #[serde(default)]
    pub last_found_at: Option<Timestamp>,
}

/// The best share of a coin key.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BestShare {
    /// Its difficulty, in the scale of the pool.
    pub difficulty: Difficulty,
    /// From when on. Within the retention time it can go down.
    pub scope: Scope,
}

/// How a coin key stands in its network.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct NetworkShare {
    /// The difficulty of a block, in the scale of the pool.
    pub difficulty: Option<Difficulty>,
    /// The share of the pool in the hashrate of the network.
    pub share_percent: Option<Percent>,
}

/// Whoever submits shares under one name.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Worker {
    /// The name, verbatim: mostly a wallet address, a dot and the name of a device.
    pub name: String,
    /// Whether it is connected.
    pub active: Option<bool>,
    /// The connections that use the name.
    pub sessions: Option<u64>,
    /// What the device calls itself.
    pub user_agent: Option<String>,
    /// What the pool credits it with, in hashes per second.
    pub current_hps: Option<Hashrate>,
    /// Whether `current_hps` was computed from shares.
    pub estimated: Option<bool>,
    /// Shares accepted.
    pub accepted: Option<u64>,
    /// Shares rejected.
    pub rejected: Option<u64>,
    /// Shares that came too late.
    pub stale: Option<u64>,
    /// The difficulty of its shares now.
    pub difficulty: Option<Difficulty>,
    /// Its best share.
    pub best_difficulty: Option<Difficulty>,
    /// Blocks it found.
    pub blocks_found: Option<u64>,
    /// When it connected, the latest of its connections.
    pub connected_at: Option<Timestamp>,
    /// When its last share came.
    pub last_seen_at: Option<Timestamp>,
    /// Where it connects from: an IP address without the port, where all its connections come from one.
    pub address: Option<String>,
}
