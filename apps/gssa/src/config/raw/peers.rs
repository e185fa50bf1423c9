//! The part of the configuration that names others: sources, hooks, uplinks.

use gssa_model::SourceKind;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::fields::FieldRule;
use crate::config::secret::Written;

/// One miner, pool or server that is observed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["kind", "address"]))]
pub struct Source {
    /// Its name in every API: 1 to 64 of `a-z 0-9 - _ .`, unique. Absent: made from the name or the address, and kept from then on.
    #[schemars(extend("pattern" = "^[a-z0-9_.-]{1,64}$"))]
    pub id: Option<String>,
    /// What people call it. Absent: the id.
    #[schemars(length(max = 128))]
    pub name: Option<String>,
    /// What speaks there.
    pub kind: Option<SourceKind>,
    /// `host`, `host:port` or a URL; the kind's standard port and scheme fill the rest. `local` for kind `host`.
    pub address: Option<String>,
    /// Whether it is asked.
    pub enabled: Option<bool>,
    /// The place it stands in.
    #[schemars(length(max = 64))]
    pub group: Option<String>,
    /// Free labels.
    #[schemars(length(max = 32))]
    pub tags: Option<Vec<String>>,
    /// The time between two readings. Absent: that of the kind.
    #[schemars(range(min = 1, max = 86400))]
    pub interval_secs: Option<u32>,
    /// How long one reading may take, at most the interval. Absent: that of the kind.
    #[schemars(range(min = 100, max = 300_000))]
    pub timeout_ms: Option<u32>,
    /// When a value deserves attention. What is absent comes from the kind.
    pub limits: Option<super::Limits>,
    /// User and password, for peers that want them.
    pub credentials: Option<Credentials>,
    /// The web port beside the API port (antminer, canaan, cgminer).
    #[schemars(range(min = 1, max = 65535))]
    pub http_port: Option<u16>,
    /// The coins to read (gss). Absent or empty: all.
    #[schemars(length(max = 256))]
    pub coins: Option<Vec<String>>,
    /// The ports that the miners of each coin key connect to (gss): tells two coins apart that a miner may work for.
    pub stratum_ports: Option<BTreeMap<String, Vec<Port>>>,
    /// Which API the pool speaks (gss).
    pub dialect: Option<Dialect>,
    /// The API key (gss, mim).
    pub api_key: Option<Written>,
    /// More paths to read (gss).
    #[schemars(length(max = 32))]
    pub extra_endpoints: Option<Vec<Endpoint>>,
    /// The ids of the servers that `{server}` in a path stands for (mim).
    #[schemars(length(max = 64))]
    pub servers: Option<Vec<String>>,
    /// The paths to read (mim). Absent or empty: only whether it is there.
    #[schemars(length(max = 32))]
    pub endpoints: Option<Vec<Endpoint>>,
    /// Where the file system of the machine begins (host): `/` if absent, or where a container has it.
    #[schemars(length(min = 1, max = 4096))]
    pub root: Option<String>,
    /// The socket of the container engine (host). Absent: containers are not read.
    #[schemars(length(min = 1, max = 4096))]
    pub docker_socket: Option<String>,
}

/// A TCP port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Port(#[schemars(range(min = 1, max = 65535))] pub u16);

/// User and password.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The user.
    #[schemars(length(max = 256))]
    pub username: Option<String>,
    /// The password.
    pub password: Option<Written>,
}

/// Which API a pool speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Found out by asking.
    #[default]
    Auto,
    /// That of `GoSlimStratum`.
    Gss,
    /// That of `GoStratumEngine`.
    Gse,
}

/// A path that is read beside the known ones.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["name", "path"]))]
pub struct Endpoint {
    /// What it is called.
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
    /// The path, from `/` on.
    #[schemars(length(min = 1, max = 1024))]
    pub path: Option<String>,
    /// It is read with every n-th reading.
    #[schemars(range(min = 1, max = 10000))]
    pub every: Option<u32>,
    /// What its answer is read as (mim). Absent: it is shown as it is.
    pub map: Option<EndpointMap>,
}

/// What an answer of a manager is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EndpointMap {
    /// Servers, and what is on them where they bring it along.
    Servers,
    /// Containers.
    Containers,
    /// Products.
    Products,
}

/// Who may report events by webhook.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["name", "hash"]))]
pub struct Hook {
    /// Who it is; unique.
    #[schemars(length(min = 1, max = 64))]
    pub name: Option<String>,
    /// Of the token in the address: `sha256:` and 64 hexadecimal digits.
    pub hash: Option<Written>,
}

/// The search for sources.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discovery {
    /// What a search does not offer again: MAC addresses, serial numbers or IP addresses.
    #[schemars(length(max = 4096))]
    pub ignored: Option<Vec<String>>,
}

/// A cloud endpoint that readings are sent to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["id", "endpoint"]))]
pub struct Uplink {
    /// Its name: 1 to 64 of `a-z 0-9 - _ .`, unique.
    #[schemars(extend("pattern" = "^[a-z0-9_.-]{1,64}$"))]
    pub id: Option<String>,
    /// Whether anything is sent.
    pub enabled: Option<bool>,
    /// A `wss` or `https` URL.
    pub endpoint: Option<String>,
    /// What the agent proves itself with.
    pub token: Option<Written>,
    /// A PEM file of the certificate authority that signed the endpoint's certificate. Absent: the public ones.
    #[schemars(length(min = 1, max = 4096))]
    pub ca_file: Option<String>,
    /// Whether `ws` and `http` URLs are allowed: the token and the readings travel unprotected.
    pub allow_plaintext: Option<bool>,
    /// The memory that waiting messages may take.
    #[schemars(range(min = 65536, max = 1_073_741_824))]
    pub ring_max_bytes: Option<u64>,
    /// The longest time that a reading waits for others to travel with.
    #[schemars(range(min = 1, max = 3600))]
    pub flush_secs: Option<u32>,
    /// The kinds of source that are sent. Empty: all.
    pub kinds: Option<Vec<SourceKind>>,
    /// The groups that are sent. Empty: all.
    #[schemars(length(max = 256))]
    pub groups: Option<Vec<String>>,
    /// Parts of what is sent by their path, and what is done with them: of a reading (`source.name`, `snapshot.network.ip`), of what needs
    /// attention about it (`findings.detail`), of events (`events.text`). What is not named is sent if it is not private: addresses,
    /// hardware addresses, serial numbers, names of hosts and signal strength are withheld.
    pub fields: Option<BTreeMap<String, FieldRule>>,
    /// Whether wallet addresses are shortened before they leave.
    pub mask_wallets: Option<bool>,
}
