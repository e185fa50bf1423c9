//! The containers of a Docker engine, by its HTTP API over a unix socket. Podman answers the same requests.
//!
//! Three requests, all of them GET, which is all that the client below can send: `/version`, `/containers/json?all=1` and
//! `/containers/{id}/json`. Source: the Engine API reference, versions 1.24 to 1.55.

mod normalize;
mod product;
mod wire;

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream;
use gssa_http::{Client, Limits, Origin, Response};
use gssa_model::{Address, Gap};
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;

use crate::collector::Engine;
use wire::{About, Details, Summary};

/// The most containers that are shown.
pub(crate) const MAX_CONTAINERS: usize = 200;

/// So many containers are looked into at once: each has a lock in the engine that `docker` commands want too.
const MAX_AT_ONCE: usize = 4;

/// A container has 1 to 4 KB in the list, with its mounts, ports and labels.
const MAX_LIST_BYTES: usize = 8 * 1024 * 1024;

/// The details of a container are 5 to 50 KB; its health check keeps its last five outputs there, 4 KB each.
const MAX_DETAILS_BYTES: usize = 1024 * 1024;

const VERSION_PATH: &str = "/version";

/// Asks the engine at `socket`, within `deadline`. What cannot be had is a gap.
pub(crate) async fn read(socket: &Path, deadline: Duration) -> Engine {
    let mut engine = Engine::default();
    if let Err(failed) = Door::new(socket, deadline).read_into(&mut engine).await {
        engine.gaps.push(failed.into_gap(socket));
    }
    engine
}

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("{}", words(.0))]
    Connect(io::Error),
    #[error("{source}")]
    Request { path: String, source: gssa_http::Error },
    #[error("answered {status}{}", if *.status == 403 { ": a socket proxy does not allow it" } else { "" })]
    Status { path: String, status: u16 },
    #[error("answered what is not understood")]
    Malformed { path: String },
}

/// What a person can do about a socket that does not open.
fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such socket: is Docker running, and the socket mounted?".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied: put the agent's user into the socket's group".to_owned(),
        io::ErrorKind::ConnectionRefused => "nobody listens: Docker is not running".to_owned(),
        io::ErrorKind::TimedOut => "no connection in time".to_owned(),
        kind => kind.to_string(),
    }
}

impl Failed {
    fn into_gap(self, socket: &Path) -> Gap {
        let found = self.to_string();
        match self {
            Self::Connect(_) => Gap::new(socket.display().to_string(), &found),
            Self::Request { path, .. } | Self::Status { path, .. } | Self::Malformed { path } => Gap::new(path, &found),
        }
    }
}

/// A socket, and until when it may be used.
#[derive(Debug)]
struct Door<'a> {
    socket: &'a Path,
    /// The engine does not look at the name; HTTP wants one.
    origin: Option<Origin>,
    begun: Instant,
    deadline: Duration,
}

impl<'a> Door<'a> {
    fn new(socket: &'a Path, deadline: Duration) -> Self {
        let localhost = "localhost".parse::<Address>().ok();
        let origin = localhost.and_then(|address| Origin::of(&address, 80).ok());
        Self { socket, origin, begun: Instant::now(), deadline }
    }

    async fn read_into(&self, engine: &mut Engine) -> Result<(), Failed> {
        let about: Option<About> = match self.json(VERSION_PATH, MAX_DETAILS_BYTES).await {
            Ok(about) => Some(about),
            // A socket proxy may allow the containers and not this.
            Err(failed @ (Failed::Status { .. } | Failed::Malformed { .. })) => {
                engine.gaps.push(failed.into_gap(self.socket));
                None
            }
            Err(failed) => return Err(failed),
        };
        engine.software = about.as_ref().map(normalize::software).unwrap_or_default();
        let prefix = about.as_ref().and_then(About::prefix).unwrap_or_default();
        let mut summaries: Vec<Summary> = self.json(&format!("{prefix}/containers/json?all=1"), MAX_LIST_BYTES).await?;
        summaries.sort_by_cached_key(Summary::name);
        if summaries.len() > MAX_CONTAINERS {
            let found = format!("{} containers, {MAX_CONTAINERS} of them shown", summaries.len());
            engine.gaps.push(Gap::new("/containers/json", &found));
            summaries.truncate(MAX_CONTAINERS);
        }
        self.look_into(&prefix, summaries, engine).await;
        Ok(())
    }

    /// What the list does not say of each container. One that is gone meanwhile is left out.
    async fn look_into(&self, prefix: &str, summaries: Vec<Summary>, engine: &mut Engine) {
        let all = summaries.len();
        let asked = stream::iter(summaries).map(|summary| async {
            let path = summary.details_path(prefix);
            let details = match path {
                Some(path) => self.json::<Details>(&path, MAX_DETAILS_BYTES).await,
                None => Err(Failed::Malformed { path: "/containers/json".to_owned() }),
            };
            (summary, details)
        });
        let answers: Vec<_> = asked.buffered(MAX_AT_ONCE).collect().await;
        let (mut missed, mut first) = (0, None);
        for (summary, details) in answers {
            match details {
                Ok(details) => engine.containers.push(normalize::container(&summary, Some(&details))),
                Err(Failed::Status { status: 404, .. }) => {}
                Err(failed) => {
                    missed += 1;
                    first.get_or_insert(failed);
                    engine.containers.push(normalize::container(&summary, None));
                }
            }
        }
        if let Some(failed) = first {
            engine.gaps.push(Gap::new("/containers/{id}/json", &format!("{missed} of {all}: {failed}")));
        }
    }

    async fn json<T: DeserializeOwned>(&self, path: &str, max_body_bytes: usize) -> Result<T, Failed> {
        let answer = self.get(path, max_body_bytes).await?;
        if answer.status != 200 {
            return Err(Failed::Status { path: path.to_owned(), status: answer.status });
        }
        // What the parser says may quote the answer, which may hold a secret.
        serde_json::from_slice(&answer.body).map_err(|_| Failed::Malformed { path: path.to_owned() })
    }

    async fn get(&self, path: &str, max_body_bytes: usize) -> Result<Response, Failed> {
        let total = self.deadline.saturating_sub(self.begun.elapsed());
        let connecting = tokio::time::timeout(total, UnixStream::connect(self.socket));
        let connected = connecting.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let stream = connected.map_err(Failed::Connect)?;
        let Some(origin) = &self.origin else { return Err(Failed::Malformed { path: path.to_owned() }) };
        let limits = Limits { connect: total, total, max_body_bytes };
        let answer = Client::new(limits).get_over(stream, origin, path).await;
        answer.map_err(|source| Failed::Request { path: path.to_owned(), source })
    }
}
