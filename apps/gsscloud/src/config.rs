//! The configuration: built-in values, `gsscloud.json`, `GSSCLOUD_SECTION__KEY`, flags; later wins. Read once, at the start; certificates are
//! followed while it runs. What is wrong ends the start and is told with its path.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format as _, Json, Serialized};
use gssa_serve::network::Network;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::gateway::{Rates, Settings};
use crate::log::Retention;

/// The file that is read if no other is named and it is there.
pub const DEFAULT_PATH: &str = "./config/gsscloud.json";

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it listens, and to whom.
    pub server: Server,
    /// Where the log is.
    pub storage: Storage,
    /// How much of each agent is kept.
    pub retention: RetentionKeys,
    /// What agents may use.
    pub limits: LimitKeys,
    /// What the program writes about itself.
    pub logging: Logging,
}

/// Where it listens, and to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// IP address and port.
    pub listen: SocketAddr,
    /// The certificate. Without one only this machine and trusted proxies may come in.
    pub tls: Option<TlsFiles>,
    /// Proxies in front, whose `X-Forwarded-*` is believed: IP addresses or networks.
    pub trusted_proxies: Vec<String>,
    /// Whether everybody may come in without TLS: for tests and networks of one's own.
    pub allow_plaintext: bool,
    /// Whether everybody may read `/metrics`, and not only this machine and administrators. Nothing of what agents send is in it.
    pub open_metrics: bool,
    /// Whether browsers that came by TLS, to here or to a trusted proxy, are told to come to this name by nothing else for a year. To be switched off where
    /// another program at the same name has no TLS.
    pub tls_only: bool,
    /// Host names, besides IP addresses and `localhost`, that browsers may ask by. Empty: any.
    pub allowed_hosts: Vec<String>,
    /// How long agents have to connect elsewhere when the program ends, in seconds.
    pub drain_secs: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3020)),
            tls: None,
            trusted_proxies: Vec::new(),
            allow_plaintext: false,
            open_metrics: false,
            tls_only: true,
            allowed_hosts: Vec::new(),
            drain_secs: 5,
        }
    }
}

/// A certificate and its key, PEM. Read again when they change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate and those between it and a root.
    pub certificates: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Where the log is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// The folder: one file, and the socket of the administration.
    pub dir: PathBuf,
    /// Memory for pages of the file.
    pub cache_mib: u32,
}

impl Default for Storage {
    fn default() -> Self {
        Self { dir: PathBuf::from("./data"), cache_mib: 32 }
    }
}

impl Storage {
    /// The file.
    pub fn file(&self) -> PathBuf {
        self.dir.join("gsscloud.redb")
    }

    /// The socket of the administration.
    pub fn socket(&self) -> PathBuf {
        self.dir.join("gsscloud.sock")
    }
}

/// How much of each agent is kept, the oldest goes first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionKeys {
    /// For so many days.
    pub days: u32,
    /// So many bytes, as they are kept.
    pub bytes_per_agent: u64,
}

impl Default for RetentionKeys {
    fn default() -> Self {
        let Retention { age_secs, bytes } = Retention::default();
        Self { days: (age_secs / 86_400) as u32, bytes_per_agent: bytes }
    }
}

/// What agents may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitKeys {
    /// Agents that may be connected at the same time.
    pub agents: usize,
    /// Items a second of one agent, in the long run.
    pub items_per_second: u32,
    /// Bytes a second of one agent as unpacked, in the long run.
    pub unpacked_bytes_per_second: u64,
    /// The largest message as it travels, in bytes.
    pub message_bytes: usize,
    /// The largest message unpacked, in bytes.
    pub unpacked_bytes: usize,
    /// What may be unpacked and not yet be stored, over all agents, in MiB.
    pub unpacked_mib: u32,
}

impl Default for LimitKeys {
    fn default() -> Self {
        let Settings { limits, rates, budget_bytes, max_agents, .. } = Settings::default();
        Self {
            agents: max_agents,
            items_per_second: rates.items as u32,
            unpacked_bytes_per_second: rates.bytes as u64,
            message_bytes: limits.message_bytes,
            unpacked_bytes: limits.unpacked_bytes,
            unpacked_mib: (budget_bytes >> 20) as u32,
        }
    }
}

/// What the program writes about itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logging {
    /// The least important level that is written.
    pub level: Level,
    /// Text for people or JSON for programs.
    pub format: LogFormat,
    /// Log files. Absent: none.
    pub file: Option<LogFile>,
}

/// How important a log line is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the usual ones")]
pub enum Level {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Log files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogFile {
    /// The folder they are in.
    pub dir: PathBuf,
    /// A file that reaches this size is closed and a new one begun.
    pub max_size_mb: u32,
    /// How many are kept.
    pub max_files: u32,
    /// How long they are kept.
    pub max_age_days: u32,
}

impl Default for LogFile {
    fn default() -> Self {
        Self { dir: PathBuf::from("./logs"), max_size_mb: 20, max_files: 10, max_age_days: 30 }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was named is not there.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// A layer cannot be read.
    #[error("{0}")]
    Wrong(String),
}

impl Config {
    /// Reads all layers. A file that was named must be there; `flags` have the shape of the file.
    ///
    /// # Errors
    /// What is wrong, with its key and where it is from.
    pub fn load(path: Option<&Path>, flags: &Value) -> Result<Self, ConfigError> {
        if let Some(path) = path.filter(|path| !path.exists()) {
            return Err(ConfigError::Missing(path.to_owned()));
        }
        let mut layers = Figment::from(Serialized::defaults(Self::default()));
        let file = path.unwrap_or(Path::new(DEFAULT_PATH));
        if file.exists() {
            layers = layers.merge(Json::file_exact(file));
        }
        let layers = layers
            .merge(Env::prefixed("GSSCLOUD_").filter(|key| key.as_str().contains("__")).split("__"))
            .merge(Serialized::defaults(flags));
        let config: Self = layers.extract().map_err(|error| {
            ConfigError::Wrong(error.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("; "))
        })?;
        config.check()
    }

    /// Proxies whose headers are believed.
    ///
    /// # Errors
    /// One of them is no network.
    pub fn proxies(&self) -> Result<Vec<Network>, ConfigError> {
        let network = |text: &String| {
            let wrong = || format!("server.trusted_proxies: {text:?} is neither an IP address nor a network");
            text.parse().map_err(|_| ConfigError::Wrong(wrong()))
        };
        self.server.trusted_proxies.iter().map(network).collect()
    }

    fn check(self) -> Result<Self, ConfigError> {
        self.proxies()?;
        let LimitKeys {
            agents,
            items_per_second,
            unpacked_bytes_per_second,
            message_bytes,
            unpacked_bytes,
            unpacked_mib,
        } = self.limits;
        for (key, value, min, max) in [
            ("retention.days", u64::from(self.retention.days), 1, 3650),
            ("retention.bytes_per_agent", self.retention.bytes_per_agent, 65_536, 1 << 40),
            ("limits.agents", agents as u64, 1, 100_000),
            ("limits.items_per_second", u64::from(items_per_second), 1, 1_000_000),
            ("limits.unpacked_bytes_per_second", unpacked_bytes_per_second, 65_536, 1 << 32),
            ("limits.message_bytes", message_bytes as u64, 65_536, 16 << 20),
            ("limits.unpacked_bytes", unpacked_bytes as u64, 65_536, 64 << 20),
            ("limits.unpacked_mib", u64::from(unpacked_mib), 8, 4096),
            ("storage.cache_mib", u64::from(self.storage.cache_mib), 4, 65_536),
            ("server.drain_secs", self.server.drain_secs, 0, 300),
        ] {
            if !(min..=max).contains(&value) {
                return Err(ConfigError::Wrong(format!("{key}: {value} is not between {min} and {max}")));
            }
        }
        Ok(self)
    }

    /// How much is kept.
    pub fn retention(&self) -> Retention {
        Retention { age_secs: u64::from(self.retention.days) * 86_400, bytes: self.retention.bytes_per_agent }
    }

    /// What the gateway lets agents use.
    pub fn gateway(&self) -> Settings {
        let mut settings = Settings::default();
        settings.limits.message_bytes = self.limits.message_bytes;
        settings.limits.unpacked_bytes = self.limits.unpacked_bytes;
        settings.rates = Rates {
            items: f64::from(self.limits.items_per_second),
            bytes: self.limits.unpacked_bytes_per_second as f64,
            ..settings.rates
        };
        settings.budget_bytes = (self.limits.unpacked_mib as usize) << 20;
        settings.max_agents = self.limits.agents;
        settings
    }

    /// How long agents have to connect elsewhere.
    pub const fn drain(&self) -> Duration {
        Duration::from_secs(self.server.drain_secs)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn load(file: &str, flags: &Value) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gsscloud.json");
        std::fs::write(&path, file).unwrap();
        Config::load(Some(&path), flags).map_err(|error| error.to_string())
    }

    #[test]
    fn flags_win_over_the_file_and_that_over_what_is_built_in() {
        let file =
            r#"{ "server": { "listen": "0.0.0.0:9", "trusted_proxies": ["10.0.0.0/8"] }, "retention": { "days": 3 } }"#;
        let config = load(file, &json!({ "server": { "listen": "[::1]:7" } })).unwrap();
        assert_eq!(config.server.listen, "[::1]:7".parse().unwrap());
        assert!(config.proxies().unwrap()[0].contains("10.1.2.3".parse().unwrap()));
        assert_eq!(config.retention(), Retention { age_secs: 3 * 86_400, bytes: 256 << 20 });
        assert_eq!(config.limits, LimitKeys::default());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_key() {
        for (file, told) in [
            (r#"{ "server": { "listn": 1 } }"#, "listn"),
            (r#"{ "retention": { "days": 0 } }"#, "retention.days"),
            (r#"{ "retention": { "days": "x" } }"#, "days"),
            (r#"{ "server": { "trusted_proxies": ["10.0.0.0/99"] } }"#, "10.0.0.0/99"),
            ("{", "EOF"),
        ] {
            let error = load(file, &json!({})).unwrap_err();
            assert!(error.contains(told), "{file}: {error}");
        }
        assert!(Config::load(Some(Path::new("/nowhere.json")), &json!({})).is_err());
    }
}
