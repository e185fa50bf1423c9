//! What is asked, as its operator chose.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The most paths that one source is asked for, each server counted.
pub const MAX_REQUESTS: usize = 64;

/// The longest path, in bytes.
const MAX_PATH_BYTES: usize = 1024;

/// The longest id of a server, in bytes. MIM makes them of eight.
const MAX_SERVER_ID_BYTES: usize = 64;

/// What stands in a path for the id of a server.
const SERVER: &str = "{server}";

/// How a MIM is observed. Without endpoints it is only seen whether it is there.
#[derive(Debug, Clone)]
pub struct Options {
    /// For all that one observation takes. MIM runs commands over SSH for some answers: 10 s are not long.
    pub timeout: Duration,
    /// What is asked beside its pages.
    pub endpoints: Vec<Endpoint>,
    /// The ids that `{server}` in a path stands for; each is asked for on its own.
    pub servers: Vec<String>,
}

impl Default for Options {
    /// 10 s, no endpoints.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), endpoints: Vec::new(), servers: Vec::new() }
    }
}

/// A path that answers JSON to GET.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What it is called in gaps and in `extra`.
    pub name: String,
    /// The path from `/` on; `{server}` in it stands for each of [`Options::servers`].
    pub path: String,
    /// It is asked with every n-th observation; 0 counts as 1. What it told is shown in between, with its age.
    pub every: u32,
    /// What its answer is read as. `None`: it is not read, but kept as it is in `extra` of the observations that ask for it.
    pub map: Option<Map>,
}

impl fmt::Debug for Endpoint {
    /// Without the query, in which there may be a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.name)
            .field("path", &without_query(&self.path))
            .field("every", &self.every)
            .field("map", &self.map)
            .finish()
    }
}

/// What an answer is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Map {
    /// Servers, and what is on them where they bring it along.
    Servers,
    /// Containers.
    Containers,
    /// Products.
    Products,
}

impl Map {
    /// The word for it in configuration and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Servers => "servers",
            Self::Containers => "containers",
            Self::Products => "products",
        }
    }
}

impl fmt::Display for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One path to ask for.
#[derive(Clone)]
pub(crate) struct Request {
    /// The name of its endpoint, and the server where it is of one.
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) server: Option<String>,
    pub(crate) map: Option<Map>,
    pub(crate) every: u32,
}

impl Request {
    /// The path as it may be shown.
    pub(crate) fn shown(&self) -> &str {
        without_query(&self.path)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Request").field(&self.name).field(&self.shown()).finish()
    }
}

fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

/// All paths to ask for, in the order of the endpoints.
///
/// # Errors
///
/// [`Error::Endpoint`] for one that must not be asked.
pub(crate) fn requests(options: &Options) -> Result<Vec<Request>, Error> {
    let mut requests = Vec::new();
    for endpoint in &options.endpoints {
        let wrong = |problem| Error::Endpoint { name: endpoint.name.clone(), problem };
        check_path(&endpoint.path).map_err(wrong)?;
        let request = |name: String, path: String, server| Request {
            name,
            path,
            server,
            map: endpoint.map,
            every: endpoint.every.max(1),
        };
        if !endpoint.path.contains(SERVER) {
            requests.push(request(endpoint.name.clone(), endpoint.path.clone(), None));
        } else if options.servers.is_empty() {
            return Err(wrong("its path says {server}, and no servers are named"));
        } else {
            for id in &options.servers {
                check_server(id).map_err(wrong)?;
                let path = endpoint.path.replace(SERVER, id);
                requests.push(request(format!("{}/{id}", endpoint.name), path, Some(id.clone())));
            }
        }
        if requests.len() > MAX_REQUESTS {
            return Err(wrong("with it there are more than 64 paths to ask for"));
        }
    }
    Ok(requests)
}

fn check_path(path: &str) -> Result<(), &'static str> {
    let is_allowed =
        |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'#' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'|');
    let plain = path.replace(SERVER, "");
    if !path.starts_with('/') || path.starts_with("//") {
        return Err("a path begins with one slash");
    }
    if path.len() > MAX_PATH_BYTES {
        return Err("its path is longer than 1024 bytes");
    }
    if !plain.bytes().all(is_allowed) || plain.contains(['{', '}']) {
        return Err("its path holds characters that a URL cannot");
    }
    if plain.split(['/', '?']).any(|part| matches!(part, "." | "..")) {
        return Err("its path holds a step up");
    }
    if may_act(&plain) { Err("its path names an action, and this only reads") } else { Ok(()) }
}

fn check_server(id: &str) -> Result<(), &'static str> {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let is_id = (1..=MAX_SERVER_ID_BYTES).contains(&id.len()) && id.bytes().all(is_allowed);
    if is_id { Ok(()) } else { Err("the id of a server is 1 to 64 of a-z, A-Z, 0-9, '-' and '_'") }
}

/// Words of what MIM does to containers, products and servers, and of what programs like it do. Its paths are named after actions
/// (`/api/server/product/repair`), and an action may well answer to GET.
const ACTIONS: [&str; 52] = [
    "add",
    "apply",
    "backup",
    "clean",
    "clear",
    "create",
    "delete",
    "deploy",
    "destroy",
    "disable",
    "down",
    "edit",
    "enable",
    "exec",
    "execute",
    "import",
    "install",
    "kill",
    "logout",
    "migrate",
    "modify",
    "pause",
    "poweroff",
    "prune",
    "pull",
    "purge",
    "push",
    "reboot",
    "recreate",
    "redeploy",
    "reinstall",
    "reload",
    "remove",
    "rename",
    "repair",
    "reset",
    "restart",
    "restore",
    "rollback",
    "run",
    "save",
    "set",
    "shutdown",
    "start",
    "stop",
    "terminate",
    "trigger",
    "uninstall",
    "unpause",
    "up",
    "update",
    "upgrade",
];

/// Whether a word of the path is one of an action: `/x/restart`, `/x?do=stop`, `/restartContainer`.
fn may_act(path: &str) -> bool {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in path.chars() {
        let begins = !c.is_ascii_alphanumeric() || (was_lower && c.is_ascii_uppercase());
        was_lower = c.is_ascii_lowercase();
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.iter().any(|word| ACTIONS.binary_search(&word.as_str()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(path: &str) -> Endpoint {
        Endpoint { name: "x".to_owned(), path: path.to_owned(), every: 0, map: None }
    }

    fn asked(path: &str, servers: &[&str]) -> Result<Vec<String>, String> {
        let servers = servers.iter().map(|id| (*id).to_owned()).collect();
        let options = Options { endpoints: vec![endpoint(path)], servers, ..Options::default() };
        let asked = requests(&options).map_err(|error| error.to_string())?;
        assert!(asked.iter().all(|request| request.every == 1));
        Ok(asked.into_iter().map(|request| request.path).collect())
    }

    #[test]
    fn the_words_of_actions_are_sorted() {
        assert!(ACTIONS.is_sorted());
    }

    #[test]
    fn a_path_that_reads_is_asked() {
        for path in [
            "/api/server/containers",
            "/api/v1/servers?limit=50&offset=0",
            "/api/server/updates",
            "/api/server/status",
            "/api/settings",
            "/api/support/info",
            "/api/startup-times",
        ] {
            assert_eq!(asked(path, &[]), Ok(vec![path.to_owned()]));
        }
    }

    #[test]
    fn a_path_that_could_act_is_not_asked() {
        for path in [
            "/api/server/product/repair",
            "/api/containers/mim/restart",
            "/api/container?action=stop",
            "/api/restartContainer",
            "/api/Container.Start",
            "/api/server/docker_prune",
            "/api/server/UPDATE",
        ] {
            assert!(asked(path, &[]).unwrap_err().contains("names an action"), "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in [
            "",
            "api",
            "//evil.example/x",
            "http://evil.example/",
            "/a b",
            "/a\r\nX: y",
            "/a#b",
            "/{id}",
            "/a/../b",
            "/ü",
        ] {
            assert!(asked(path, &[]).is_err(), "{path:?}");
        }
        assert!(asked(&format!("/{}", "x".repeat(1024)), &[]).is_err());
    }

    #[test]
    fn each_server_is_asked_for_on_its_own() {
        assert_eq!(
            asked("/api/{server}/containers?of={server}", &["qCwwociO", "m1M200t7"]),
            Ok(vec![
                "/api/qCwwociO/containers?of=qCwwociO".to_owned(),
                "/api/m1M200t7/containers?of=m1M200t7".to_owned()
            ])
        );
        assert!(asked("/api/{server}/containers", &[]).is_err());
        for id in ["", "..", "a/b", "a?b", "ü", &"x".repeat(65)] {
            assert!(asked("/api/{server}/containers", &[id]).is_err(), "{id}");
        }
        let many: Vec<String> = (0..=MAX_REQUESTS).map(|n| format!("server{n}")).collect();
        assert!(asked("/api/{server}", &many.iter().map(String::as_str).collect::<Vec<_>>()).is_err());
    }

    #[test]
    fn a_token_in_a_query_is_not_shown() {
        let options = Options { endpoints: vec![endpoint("/api/x?token=hunter2")], ..Options::default() };
        let shown = format!("{options:?} {:?}", requests(&options).unwrap());
        assert!(!shown.contains("hunter2") && shown.contains("/api/x"), "{shown}");
    }
}
