//! What is observed.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use gssa_model::{Address, SourceId, SourceKind};

use super::schedule::warn_if_short;
use super::{Config, Dialect, Limits, Pace, Reader, Schedule};
use crate::config::ids::{self, Named};
use crate::config::problems::{Problems, nth, shown};
use crate::config::secret::Secret;
use crate::config::{EndpointMap, defaults, raw};

/// One miner, pool or server that is observed.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name in every API.
    pub id: SourceId,
    /// What people call it.
    pub name: String,
    /// What speaks there.
    pub kind: SourceKind,
    /// Where it is reached; `local` for kind `host`.
    pub address: Address,
    /// Whether it is asked.
    pub enabled: bool,
    /// The place it stands in.
    pub group: Option<String>,
    /// Free labels.
    pub tags: Vec<String>,
    /// When it is asked. For kind `auto` see [`Config::schedule_as`].
    pub schedule: Schedule,
    /// When its values deserve attention. For kind `auto` see [`Config::limits_as`].
    pub limits: Limits,
    /// User and password.
    pub credentials: Option<Credentials>,
    /// The web port beside the API port.
    pub http_port: u16,
    /// What pools, managers and the host are told.
    pub service: Arc<Service>,
    own_pace: Pace,
    own_limits: Option<raw::Limits>,
}

/// What only pools, managers and the host are told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Service {
    /// The coins to read; empty is all.
    pub coins: Vec<String>,
    /// The ports that the miners of each coin key connect to.
    pub stratum_ports: BTreeMap<String, Vec<u16>>,
    /// Which API the pool speaks.
    pub dialect: Dialect,
    /// The API key.
    pub api_key: Option<Secret>,
    /// More paths to read.
    pub extra_endpoints: Vec<Endpoint>,
    /// The ids that `{server}` in a path stands for.
    pub servers: Vec<String>,
    /// The paths to read; with none it is only seen whether it is there.
    pub endpoints: Vec<Endpoint>,
    /// Where the file system of the machine begins.
    pub root: Option<PathBuf>,
    /// The socket of the container engine.
    pub docker_socket: Option<PathBuf>,
}

/// User and password, as far as they are given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub username: Option<String>,
    /// The password.
    pub password: Option<Secret>,
}

/// A path that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What it is called.
    pub name: String,
    /// The path, from `/` on.
    pub path: String,
    /// It is read with every n-th reading.
    pub every: u32,
    /// What its answer is read as.
    pub map: Option<EndpointMap>,
}

impl Source {
    /// How readings name it.
    pub fn described(&self) -> gssa_model::Source {
        gssa_model::Source {
            id: self.id.clone(),
            name: self.name.clone(),
            kind: self.kind,
            address: self.address.to_string(),
            group: self.group.clone(),
            tags: self.tags.clone(),
        }
    }
}

impl Config {
    /// The schedule of a source that turned out to be of a kind.
    pub fn schedule_as(&self, source: &Source, kind: SourceKind) -> Schedule {
        Schedule::resolve(source.own_pace, self.kinds.get(&kind).copied().unwrap_or_default(), &self.polling)
    }

    /// The limits of a source that turned out to be of a kind.
    pub fn limits_as(&self, source: &Source, kind: SourceKind) -> Limits {
        let origins = crate::config::layers::Origins::default();
        let below = self.limits.get(&kind).copied().unwrap_or_default();
        // A pair that is in the wrong order over the limits of the kind found is not taken; nobody wrote it that way.
        below.with(source.own_limits.as_ref(), "", &mut Problems::new(&origins))
    }
}

pub(super) fn read(raw: &[raw::Source], config: &Config, reader: &mut Reader<'_, '_>) -> Vec<Source> {
    let ids = ids::assign(raw.iter().map(|source| Named {
        id: source.id.as_deref(),
        name: source.name.as_deref(),
        address: source.address.as_deref(),
    }));
    let mut first: HashMap<SourceId, usize> = HashMap::new();
    let mut sources = Vec::new();
    for (index, (raw, id)) in raw.iter().zip(ids).enumerate() {
        let path = nth("sources", index);
        match &id {
            None => reader.problems.error(&format!("{path}.id"), gssa_model::BadSourceId.to_string()),
            Some(id) => match first.get(id) {
                Some(before) => {
                    let message = format!("`{id}` is already the id of sources[{before}]");
                    reader.problems.error(&format!("{path}.id"), message);
                }
                None => drop(first.insert(id.clone(), index)),
            },
        }
        let source = one(raw, id, &path, config, reader);
        let wrong = ["id", "kind", "address", "enabled"]
            .iter()
            .any(|key| reader.problems.any_error_in(&format!("{path}.{key}")));
        sources.extend(source.filter(|_| !wrong));
    }
    sources
}

/// A source, if it has what it needs. Everything that is wrong with it is reported either way.
fn one(
    raw: &raw::Source,
    id: Option<SourceId>,
    path: &str,
    config: &Config,
    reader: &mut Reader<'_, '_>,
) -> Option<Source> {
    let at = |key: &str| format!("{path}.{key}");
    let kind = raw.kind;
    if let Some(kind) = kind.filter(|kind| !reader.supported.contains(kind)) {
        reader.problems.error(&at("kind"), format!("kind `{kind}` is not supported by this version"));
    }
    let address = raw.address.as_deref().and_then(|text| match address(text, kind) {
        Ok(address) => Some(address),
        Err(message) => {
            reader.problems.error(&at("address"), message);
            None
        }
    });
    if let Some(kind) = kind {
        warn_of_foreign_keys(raw, kind, path, reader.problems);
    }
    let own_pace = pace(raw, kind, path, config, reader.problems);
    let of_kind = |kind| config.kinds.get(&kind).copied().unwrap_or_default();
    let below = kind.and_then(|kind| config.limits.get(&kind)).copied().unwrap_or_default();
    let limits = below.with(raw.limits.as_ref(), &at("limits"), reader.problems);
    let credentials = raw.credentials.as_ref().map(|credentials| Credentials {
        username: credentials.username.clone().filter(|name| !name.is_empty()),
        password: reader.secret(credentials.password.as_ref(), &at("credentials.password")),
    });
    let api_key = reader.secret(raw.api_key.as_ref(), &at("api_key"));
    let extra_endpoints = endpoints(raw.extra_endpoints.as_deref(), &at("extra_endpoints"), reader.problems);
    let endpoints = endpoints(raw.endpoints.as_deref(), &at("endpoints"), reader.problems);

    let (id, kind, address) = (id?, kind?, address?);
    Some(Source {
        name: raw.name.as_deref().and_then(gssa_model::text::clean).unwrap_or_else(|| id.to_string()),
        id,
        kind,
        address,
        enabled: raw.enabled.unwrap_or(true),
        group: raw.group.as_deref().and_then(gssa_model::text::clean),
        tags: texts(raw.tags.as_deref()),
        schedule: Schedule::resolve(own_pace, of_kind(kind), &config.polling),
        limits,
        credentials,
        http_port: raw.http_port.unwrap_or(defaults::HTTP_PORT),
        service: Arc::new(Service {
            coins: texts(raw.coins.as_deref()),
            stratum_ports: stratum_ports(raw),
            dialect: raw.dialect.unwrap_or_default(),
            api_key,
            extra_endpoints,
            servers: texts(raw.servers.as_deref()),
            endpoints,
            root: raw.root.as_deref().map(PathBuf::from),
            docker_socket: raw.docker_socket.as_deref().map(PathBuf::from),
        }),
        own_pace,
        own_limits: raw.limits.clone(),
    })
}

fn stratum_ports(raw: &raw::Source) -> BTreeMap<String, Vec<u16>> {
    let written = raw.stratum_ports.iter().flatten();
    written.map(|(key, ports)| (key.clone(), ports.iter().map(|port| port.0).collect())).collect()
}

fn pace(raw: &raw::Source, kind: Option<SourceKind>, path: &str, config: &Config, problems: &mut Problems<'_>) -> Pace {
    if let (Some(secs), Some(SourceKind::Axeos)) = (raw.interval_secs, kind) {
        warn_if_short(secs, &format!("{path}.interval_secs"), problems);
    }
    let own = Pace { interval_secs: raw.interval_secs, timeout_ms: raw.timeout_ms };
    let of_kind = kind.and_then(|kind| config.kinds.get(&kind)).copied().unwrap_or_default();
    let interval_secs = Schedule::resolve(own, of_kind, &config.polling).interval_secs;
    if let Some(timeout_ms) = raw.timeout_ms.filter(|ms| u64::from(*ms) > u64::from(interval_secs) * 1000) {
        let message = format!("{timeout_ms} ms is longer than the interval of {interval_secs} s");
        problems.error(&format!("{path}.timeout_ms"), message);
    }
    own
}

fn address(text: &str, kind: Option<SourceKind>) -> Result<Address, String> {
    let address: Address = text.parse().map_err(|error: gssa_model::BadAddress| error.to_string())?;
    let Some(kind) = kind else { return Ok(address) };
    if kind == SourceKind::Host {
        return if address.to_string() == "local" {
            Ok(address)
        } else {
            Err("must be `local` for kind `host`".into())
        };
    }
    match address.scheme() {
        Some("https") if kind == SourceKind::Axeos => {
            Err("AxeOS devices do not speak TLS; write `http://` or leave the scheme out".into())
        }
        Some(scheme) if !schemes(kind).contains(&scheme) => {
            let allowed: Vec<_> = schemes(kind).iter().map(|scheme| format!("`{scheme}://`")).collect();
            let (scheme, allowed) = (shown(scheme), allowed.join(" or "));
            Err(format!("kind `{kind}` is not reached by `{scheme}://`; write {allowed} or leave the scheme out"))
        }
        _ => Ok(address),
    }
}

fn schemes(kind: SourceKind) -> &'static [&'static str] {
    match kind {
        SourceKind::Gss | SourceKind::Mim => &["http", "https"],
        SourceKind::Auto | SourceKind::Antminer | SourceKind::Canaan | SourceKind::Cgminer => &["tcp", "http"],
        _ => &["http"],
    }
}

/// The keys that not every kind has, and the kinds that have them. `auto` may turn out to be any kind.
const KEYS_OF_KINDS: [(&str, &[SourceKind]); 11] = {
    use SourceKind::{Antminer, Axeos, Canaan, Cgminer, Gss, Host, Mim};
    [
        ("credentials", &[Axeos, Antminer, Canaan, Cgminer]),
        ("http_port", &[Antminer, Canaan, Cgminer]),
        ("coins", &[Gss]),
        ("stratum_ports", &[Gss]),
        ("dialect", &[Gss]),
        ("api_key", &[Gss]),
        ("extra_endpoints", &[Gss]),
        ("servers", &[Mim]),
        ("endpoints", &[Mim]),
        ("root", &[Host]),
        ("docker_socket", &[Host]),
    ]
};

/// The kinds that have a key; `None` if all have.
pub(in crate::config) fn kinds_with(key: &str) -> Option<&'static [SourceKind]> {
    KEYS_OF_KINDS.iter().find(|(name, _)| *name == key).map(|(_, kinds)| *kinds)
}

/// Warns of keys that are written but mean nothing for the kind.
fn warn_of_foreign_keys(raw: &raw::Source, kind: SourceKind, path: &str, problems: &mut Problems<'_>) {
    let written = [
        ("credentials", raw.credentials.is_some()),
        ("http_port", raw.http_port.is_some()),
        ("coins", raw.coins.is_some()),
        ("stratum_ports", raw.stratum_ports.is_some()),
        ("dialect", raw.dialect.is_some()),
        ("api_key", raw.api_key.is_some()),
        ("extra_endpoints", raw.extra_endpoints.is_some()),
        ("servers", raw.servers.is_some()),
        ("endpoints", raw.endpoints.is_some()),
        ("root", raw.root.is_some()),
        ("docker_socket", raw.docker_socket.is_some()),
    ];
    let is_foreign = |key| kind != SourceKind::Auto && kinds_with(key).is_some_and(|kinds| !kinds.contains(&kind));
    for (key, _) in written.into_iter().filter(|(key, is_written)| *is_written && is_foreign(key)) {
        problems.warning(&format!("{path}.{key}"), format!("means nothing for kind `{kind}`"));
    }
}

fn endpoints(raw: Option<&[raw::Endpoint]>, path: &str, problems: &mut Problems<'_>) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for (index, raw) in raw.unwrap_or_default().iter().enumerate() {
        let path = nth(path, index);
        if raw.path.as_deref().is_some_and(|path| !path.starts_with('/')) {
            problems.error(&format!("{path}.path"), "must begin with `/`");
        }
        if let (Some(name), Some(text), false) = (raw.name.clone(), raw.path.clone(), problems.any_error_in(&path)) {
            endpoints.push(Endpoint { name, path: text, every: raw.every.unwrap_or(1), map: raw.map });
        }
    }
    endpoints
}

/// Without blanks around, without empty ones, each once.
fn texts(raw: Option<&[String]>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for text in raw.unwrap_or_default().iter().filter_map(|text| gssa_model::text::clean(text)) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}
