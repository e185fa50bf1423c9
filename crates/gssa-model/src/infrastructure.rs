//! The snapshot of servers and what runs on them: MIM, or the host of the agent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::unit::{Celsius, LoadAverage, Percent};
use crate::{Gap, Software, Timestamp};

/// What is known of one or several servers. Whatever was not reported is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct InfrastructureSnapshot {
    /// The program that told.
    pub software: Software,
    /// The servers.
    pub servers: Vec<Server>,
    /// Answers that the operator asked for by path and that have no known shape, without what looks like a secret, by the name given to
    /// them. Never sent to a cloud.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, serde_json::Value>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// One server.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Server {
    /// Its id, stable through a rename.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Where whoever told reaches it: a host name or an IP address.
    pub address: Option<String>,
    /// Whether whoever told could reach it.
    pub reachable: Option<bool>,
    /// The operating system: `Debian 12`.
    pub os: Option<String>,
    /// The version of the kernel.
    pub kernel: Option<String>,
    /// The architecture: `x86_64`, `aarch64`.
    pub architecture: Option<String>,
    /// Seconds since it started.
    pub uptime_secs: Option<u64>,
    /// How busy all its processors are together, since the reading before.
    pub cpu_percent: Option<Percent>,
    /// How many logical processors it has.
    pub cpus: Option<u64>,
    /// Load averages over 1, 5 and 15 minutes.
    pub load: Option<[LoadAverage; 3]>,
    /// Main memory; used is what cannot be given to a new program without swapping.
    pub memory: Option<Usage>,
    /// Swap space.
    pub swap: Option<Usage>,
    /// One entry for each volume.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disks: Vec<Disk>,
    /// One entry for each sensor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub temperatures: Vec<NamedTemperature>,
    /// Whether an update waits for a restart.
    pub reboot_required: Option<bool>,
    /// The containers on it, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<Container>,
    /// The products that a manager keeps on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// How old the oldest figure in it is, in seconds before the observation, where it is kept from an earlier one because it is asked
    /// for less often. Absent: told in this observation. Containers and products have their own.
    pub age_secs: Option<u64>,
}

/// How much of something is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Usage {
    /// In use, in bytes.
    pub used_bytes: u64,
    /// In all, in bytes.
    pub total_bytes: u64,
}

impl Usage {
    /// The used part; `None` where there is nothing.
    pub fn percent(self) -> Option<Percent> {
        (self.total_bytes > 0)
            .then(|| self.used_bytes as f64 / self.total_bytes as f64)
            .and_then(Percent::from_fraction)
    }
}

/// A volume.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Disk {
    /// Where it is mounted.
    pub mount: String,
    /// How much of it is used.
    #[serde(flatten)]
    pub usage: Usage,
    /// The file system.
    #[serde(default)]
    pub file_system: Option<String>,
}

/// A temperature with the name that the server gives its sensor.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedTemperature {
    /// The name of the sensor.
    pub name: String,
    /// In degrees Celsius.
    pub celsius: Celsius,
    /// From where on the sensor itself calls it critical.
    #[serde(default)]
    pub critical_celsius: Option<Celsius>,
}

/// A container.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// The image it was made from.
    pub image: Option<String>,
    /// The version of what is in it.
    pub version: Option<String>,
    /// What it does.
    pub state: ContainerState,
    /// What its own check says.
    pub health: Option<ContainerHealth>,
    /// When it started.
    pub started_at: Option<Timestamp>,
    /// Seconds since it started, where that is told in place of when.
    pub uptime_secs: Option<u64>,
    /// How often it was restarted because it ended.
    pub restarts: Option<u64>,
    /// Which known program is in it: `gss`, `gssm`, `mim`, `postgres`, a node.
    pub product: Option<String>,
    /// Whether there is a newer version.
    pub update: Option<Update>,
    /// How old this is, in seconds before the observation, where it is kept from an earlier one. Absent: told in this observation.
    pub age_secs: Option<u64>,
}

/// What a container does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContainerState {
    /// It runs.
    Running,
    /// It ended.
    Exited,
    /// It ended and is being started again.
    Restarting,
    /// It is held.
    Paused,
    /// It was made and never started.
    Created,
    /// It could not be removed.
    Dead,
    /// It is being removed.
    Removing,
    /// Not known.
    #[default]
    Unknown,
}

/// What the check of a container says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContainerHealth {
    /// All is well.
    Healthy,
    /// Something is wrong.
    Unhealthy,
    /// It has not said yet.
    Starting,
}

/// Whether there is a newer version of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// It is the newest.
    None,
    /// There is a newer one.
    Available,
    /// It is older than the oldest one that should be used.
    Critical,
    /// Not known.
    Unknown,
}

/// A program that a manager keeps on a server.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Product {
    /// The key or name that the manager gives it.
    pub key: String,
    /// What the manager says about it, verbatim: `installed`, `updating`.
    pub status: Option<String>,
    /// The version that is there.
    pub installed_version: Option<String>,
    /// The newest version.
    pub latest_version: Option<String>,
    /// Whether there is a newer one.
    pub update: Option<Update>,
    /// How old this is, in seconds before the observation, where it is kept from an earlier one. Absent: told in this observation.
    pub age_secs: Option<u64>,
}
