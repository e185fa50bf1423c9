//! The configuration as written: every key may be absent, nothing is judged here.
//!
//! Documentation and limits of these types are the JSON Schema, and the schema is what `structure` checks by. A
//! new key is added here, in `valid`, in `config/config.example.json` and in a test.

use std::collections::BTreeMap;

use gssa_model::SourceKind;
use schemars::JsonSchema;
use serde::Deserialize;

use super::secret::Written;

/// The configuration of the agent.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "GSSA configuration")]
pub struct Config {
    /// The agent itself.
    pub agent: Option<Agent>,
    /// The local API and its page.
    pub server: Option<Server>,
    /// What the agent writes about itself.
    pub logging: Option<Logging>,
    /// The schedule of every source that has none of its own.
    pub polling: Option<Polling>,
    /// Schedules by kind of source; they come before `polling`.
    #[schemars(extend("propertyNames" = super::schema::kind_names()))]
    pub kinds: Option<BTreeMap<SourceKind, Kind>>,
    /// When a value deserves attention, by kind of source.
    #[schemars(extend("propertyNames" = super::schema::kind_names()))]
    pub limits: Option<BTreeMap<SourceKind, Limits>>,
    /// What is observed: miners, pools, servers.
    #[schemars(length(max = 10000))]
    pub sources: Option<Vec<Source>>,
    /// Who may report events by webhook.
    #[schemars(length(max = 64))]
    pub hooks: Option<Vec<Hook>>,
    /// The search for sources.
    pub discovery: Option<Discovery>,
    /// The cloud endpoints that readings are sent to.
    #[schemars(length(max = 16))]
    pub uplinks: Option<Vec<Uplink>>,
}

/// The agent itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// What people call this agent.
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
    /// The time zone of days and of log times, by its IANA name, such as `Europe/Berlin`. Absent: that of the machine.
    #[schemars(length(max = 64))]
    pub time_zone: Option<String>,
}

/// The local API and its page.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// IP address and port to listen at; `0.0.0.0` or `[::]` for every interface.
    pub listen: Option<String>,
    /// The Argon2 hash of the page's password, in PHC form. Set through the page.
    pub password_hash: Option<Written>,
    /// Tokens for programs.
    #[schemars(length(max = 64))]
    pub api_tokens: Option<Vec<ApiToken>>,
    /// Host names, besides IP addresses and `localhost`, that browsers may ask this server by.
    #[schemars(length(max = 64))]
    pub allowed_hosts: Option<Vec<String>>,
    /// Proxies whose `X-Forwarded-*` headers are believed: IP addresses or networks such as `10.0.0.0/8`.
    #[schemars(length(max = 64))]
    pub trusted_proxies: Option<Vec<String>>,
    /// Whether readings may be read without logging in.
    pub anonymous_read: Option<bool>,
}

/// A token for a program.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["name", "hash"]))]
pub struct ApiToken {
    /// What it is for; unique.
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
    /// `sha256:` and 64 hexadecimal digits.
    pub hash: Option<Written>,
    /// What its bearer may do.
    pub scope: Option<Scope>,
}

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "TokenScope")]
pub enum Scope {
    /// Read readings.
    #[default]
    Read,
    /// Everything, the configuration included.
    Admin,
}

/// What the agent writes about itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logging {
    /// The least important level that is written.
    pub level: Option<LogLevel>,
    /// Text for people or JSON for programs.
    pub format: Option<LogFormat>,
    /// Log files. Absent: none.
    pub file: Option<LogFile>,
}

/// How important a log line is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Someone must act.
    Error,
    /// Degraded, recovers alone.
    Warn,
    /// Changes that a diary would have.
    #[default]
    Info,
    /// What happened in detail.
    Debug,
    /// Everything.
    Trace,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Log files.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogFile {
    /// The folder they are in.
    #[schemars(length(min = 1, max = 4096))]
    pub dir: Option<String>,
    /// A file that reaches this size is closed and a new one begun.
    #[schemars(range(min = 1, max = 1024))]
    pub max_size_mb: Option<u32>,
    /// How many are kept.
    #[schemars(range(min = 1, max = 1000))]
    pub max_files: Option<u32>,
    /// How long they are kept.
    #[schemars(range(min = 1, max = 3650))]
    pub max_age_days: Option<u32>,
}

/// The schedule of every source that has none of its own.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Polling {
    /// The time between two readings of a source.
    #[schemars(range(min = 1, max = 86400))]
    pub interval_secs: Option<u32>,
    /// How long one reading may take. It is cut to the interval.
    #[schemars(range(min = 100, max = 300_000))]
    pub timeout_ms: Option<u32>,
    /// How many sources are asked at the same time.
    #[schemars(range(min = 1, max = 1024))]
    pub max_concurrent: Option<u32>,
    /// How far the schedule of each source wanders, in percent of its interval, so that not all are asked at once.
    #[schemars(range(min = 0, max = 50))]
    pub jitter_percent: Option<u32>,
    /// How many misses in a row make a source `down`.
    #[schemars(range(min = 1, max = 100))]
    pub down_after_misses: Option<u32>,
    /// The memory that recent values of all sources may take.
    #[schemars(range(min = 0, max = 1_073_741_824))]
    pub history_max_bytes: Option<u64>,
}

/// The schedule of one kind of source.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The time between two readings of a source of this kind.
    #[schemars(range(min = 1, max = 86400))]
    pub interval_secs: Option<u32>,
    /// How long one reading may take. It is cut to the interval.
    #[schemars(range(min = 100, max = 300_000))]
    pub timeout_ms: Option<u32>,
}

/// When a value deserves attention.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The hottest chip; too much is bad.
    pub chip_celsius: Option<Celsius>,
    /// Hashrate in percent of the expected; too little is bad.
    pub expected_percent: Option<Percent>,
    /// Rejected shares in percent of all; too many are bad.
    pub reject_percent: Option<Percent>,
}

/// Two temperatures that deserve attention.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Celsius {
    /// From here on a warning.
    #[schemars(range(min = 0, max = 200))]
    pub warning: Option<f64>,
    /// From here on critical.
    #[schemars(range(min = 0, max = 200))]
    pub critical: Option<f64>,
}

/// Two percentages that deserve attention.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Percent {
    /// From here on a warning.
    #[schemars(range(min = 0, max = 100))]
    pub warning: Option<f64>,
    /// From here on critical.
    #[schemars(range(min = 0, max = 100))]
    pub critical: Option<f64>,
}

pub use peers::{Dialect, Discovery, Endpoint, EndpointMap, Hook, Source, Uplink};

mod peers;
