//! The configuration as valid: typed, complete, and as right as it can be made.

mod limits;
mod schedule;
mod server;
mod source;
mod uplink;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use gssa_model::SourceKind;
use jiff::tz::TimeZone;

pub use limits::Limits;
pub use schedule::{Pace, Polling, Schedule};
pub use server::{ApiToken, Password, Server};
pub use source::{Credentials, Endpoint, Service, Source};
pub use uplink::Uplink;

pub(in crate::config) use source::kinds_with;

pub use super::raw::{Dialect, EndpointMap, LogFormat, LogLevel, Scope};

use super::problems::{Problems, nth};
use super::secret::{Secret, Written};
use super::{defaults, raw};

/// The whole configuration. [`Default`] is what holds when nothing is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The agent itself.
    pub agent: Agent,
    /// The local API and its page.
    pub server: Server,
    /// What the agent writes about itself.
    pub logging: Logging,
    /// The schedule of sources that have none of their own, and the bounds of all.
    pub polling: Polling,
    /// Schedules by kind.
    pub kinds: BTreeMap<SourceKind, Pace>,
    /// Limits by kind.
    pub limits: BTreeMap<SourceKind, Limits>,
    /// What is observed, in the order of the file. Wrong ones are not in it.
    pub sources: Vec<Source>,
    /// Who may report events.
    pub hooks: Vec<Hook>,
    /// The search for sources.
    pub discovery: Discovery,
    /// Where readings are sent. Wrong ones are not in it.
    pub uplinks: Vec<Uplink>,
}

/// The agent itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    /// What people call it.
    pub name: String,
    /// The zone of days and log times.
    pub time_zone: TimeZone,
}

/// What the agent writes about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// The least important level that is written.
    pub level: LogLevel,
    /// How.
    pub format: LogFormat,
    /// Files, if wanted.
    pub file: Option<LogFile>,
}

/// Log files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// The folder.
    pub dir: PathBuf,
    /// The size at which a new file is begun.
    pub max_size_mb: u32,
    /// How many are kept.
    pub max_files: u32,
    /// How long they are kept.
    pub max_age_days: u32,
}

/// Who may report events by webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Who it is.
    pub name: String,
    /// `sha256:` and the digest of the token.
    pub hash: Secret,
}

/// The search for sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// What is not offered again.
    pub ignored: Vec<String>,
}

/// What turns the written configuration into the valid one.
pub(super) struct Reader<'a, 'p> {
    pub(super) env: &'a HashMap<String, String>,
    pub(super) supported: &'a [SourceKind],
    pub(super) problems: &'a mut Problems<'p>,
}

impl Reader<'_, '_> {
    /// The secret, unless there is none or it cannot be had, which is then a problem.
    fn secret(&mut self, written: Option<&Written>, path: &str) -> Option<Secret> {
        match written?.resolve(self.env) {
            Ok(resolved) => {
                if let Some(warning) = resolved.warning {
                    self.problems.warning(path, warning);
                }
                Some(resolved.secret)
            }
            Err(message) => {
                self.problems.error(path, message);
                None
            }
        }
    }

    /// A secret that must be `sha256:` and 64 hexadecimal digits.
    fn digest(&mut self, written: Option<&Written>, path: &str) -> Option<Secret> {
        let secret = self.secret(written, path)?;
        let digest = secret.expose().strip_prefix("sha256:");
        if digest.is_some_and(|digest| digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit())) {
            return Some(secret);
        }
        self.problems.error(path, "must be `sha256:` and 64 hexadecimal digits");
        None
    }
}

impl Config {
    /// Makes the best of what is written. Never fails: a wrong part falls back to its default, a wrong element of a list is left out,
    /// and each is a problem.
    pub(super) fn read(raw: &raw::Config, reader: &mut Reader<'_, '_>) -> Self {
        let polling = Polling::read(raw.polling.as_ref());
        let kinds = schedule::kinds(raw, &polling, reader.problems);
        let limits = limits::kinds(raw.limits.as_ref(), reader.problems);
        let mut config = Self {
            agent: agent(raw.agent.as_ref(), reader),
            server: Server::read(raw.server.as_ref(), reader),
            logging: logging(raw.logging.as_ref()),
            polling,
            kinds,
            limits,
            sources: Vec::new(),
            hooks: hooks(raw.hooks.as_deref().unwrap_or_default(), reader),
            discovery: Discovery {
                ignored: raw.discovery.as_ref().and_then(|d| d.ignored.clone()).unwrap_or_default(),
            },
            uplinks: uplink::read(raw.uplinks.as_deref().unwrap_or_default(), reader),
        };
        config.sources = source::read(raw.sources.as_deref().unwrap_or_default(), &config, reader);
        config
    }

    /// The source with an id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id.as_str() == id)
    }
}

impl Default for Config {
    fn default() -> Self {
        super::check::check(&serde_json::json!({}), &super::check::Surroundings::default()).config
    }
}

fn agent(raw: Option<&raw::Agent>, reader: &mut Reader<'_, '_>) -> Agent {
    let name = raw.and_then(|agent| gssa_model::text::clean(agent.name.as_deref()?));
    let zone = raw.and_then(|agent| agent.time_zone.as_deref()).and_then(|zone| {
        let found = TimeZone::get(zone).ok();
        if found.is_none() {
            let zone = super::problems::shown(zone);
            let message =
                format!("`{zone}` is no time zone that this machine knows; write one such as `Europe/Berlin` or `UTC`");
            reader.problems.error("agent.time_zone", message);
        }
        found
    });
    Agent {
        name: name.unwrap_or_else(|| defaults::AGENT_NAME.into()),
        time_zone: zone.unwrap_or_else(TimeZone::system),
    }
}

fn logging(raw: Option<&raw::Logging>) -> Logging {
    let file = raw.and_then(|logging| logging.file.as_ref()).map(|file| LogFile {
        dir: file.dir.as_deref().unwrap_or(defaults::LOG_DIR).into(),
        max_size_mb: file.max_size_mb.unwrap_or(defaults::LOG_MAX_SIZE_MB),
        max_files: file.max_files.unwrap_or(defaults::LOG_MAX_FILES),
        max_age_days: file.max_age_days.unwrap_or(defaults::LOG_MAX_AGE_DAYS),
    });
    Logging {
        level: raw.and_then(|logging| logging.level).unwrap_or_default(),
        format: raw.and_then(|logging| logging.format).unwrap_or_default(),
        file,
    }
}

fn hooks(raw: &[raw::Hook], reader: &mut Reader<'_, '_>) -> Vec<Hook> {
    let mut names = HashSet::new();
    let mut hooks = Vec::new();
    for (index, hook) in raw.iter().enumerate() {
        let path = nth("hooks", index);
        let hash = reader.digest(hook.hash.as_ref(), &format!("{path}.hash"));
        unique(&mut names, hook.name.as_deref(), &format!("{path}.name"), reader.problems);
        if let (Some(name), Some(hash), false) = (hook.name.clone(), hash, reader.problems.any_error_in(&path)) {
            hooks.push(Hook { name, hash });
        }
    }
    hooks
}

/// Reports a name that an element before already has.
fn unique<'a>(taken: &mut HashSet<&'a str>, name: Option<&'a str>, path: &str, problems: &mut Problems<'_>) {
    if let Some(name) = name
        && !taken.insert(name)
    {
        problems.error(path, format!("`{}` is already taken by one before", super::problems::shown(name)));
    }
}
