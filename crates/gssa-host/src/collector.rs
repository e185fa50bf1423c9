//! The [`Collector`](gssa_model::Collector) of the machine that it runs on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use gssa_model::{CollectError, FailureReason, Gap, InfrastructureSnapshot, Server, Snapshot, SourceId};

use crate::Options;
use crate::machine::Machine;

#[cfg(unix)]
use crate::engine;

/// Observes the machine that it runs on and, if asked to, the containers on it.
///
/// How busy the processors are is known from the second observation on: it is what happened since the one before.
#[derive(Debug)]
pub struct Collector {
    id: SourceId,
    timeout: Duration,
    machine: Machine,
    docker_socket: Option<PathBuf>,
}

/// What the machine says of itself.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Its id is empty where the machine has none.
    pub(crate) server: Server,
    pub(crate) gaps: Vec<Gap>,
}

impl Collector {
    /// A collector of this machine; nothing is read yet.
    ///
    /// # Errors
    ///
    /// A path in `options` that is not absolute.
    pub fn new(id: SourceId, options: Options) -> Result<Self, CollectError> {
        let Options { timeout, root, docker_socket } = options;
        for path in docker_socket.iter().chain([&root]) {
            if !path.has_root() {
                let detail = format!("{} is not an absolute path", path.display());
                return Err(CollectError::new(FailureReason::NotAMiner, detail));
            }
        }
        Ok(Self { id, timeout, machine: Machine::new(&root), docker_socket })
    }

    async fn observe(&self) -> Result<InfrastructureSnapshot, CollectError> {
        let (seen, engine) = tokio::join!(self.machine.read(self.timeout), self.read_engine());
        let Seen { mut server, mut gaps } = seen?;
        if server.id.is_empty() {
            server.id = server.name.clone().unwrap_or_else(|| self.id.to_string());
        }
        let mut snapshot = InfrastructureSnapshot::default();
        if let Some(engine) = engine {
            (snapshot.software, server.containers) = (engine.software, engine.containers);
            gaps.extend(engine.gaps);
        }
        (snapshot.servers, snapshot.gaps) = (vec![server], gaps);
        Ok(snapshot)
    }

    async fn read_engine(&self) -> Option<Engine> {
        let socket = self.docker_socket.as_deref()?;
        Some(read_engine(socket, self.timeout).await)
    }
}

/// What an engine says of itself and its containers.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    pub(crate) software: gssa_model::Software,
    /// By name.
    pub(crate) containers: Vec<gssa_model::Container>,
    pub(crate) gaps: Vec<Gap>,
}

#[cfg(unix)]
async fn read_engine(socket: &Path, deadline: Duration) -> Engine {
    engine::read(socket, deadline).await
}

#[cfg(not(unix))]
async fn read_engine(socket: &Path, _: Duration) -> Engine {
    let gap = Gap::new(socket.display().to_string(), "unix sockets are not spoken on this system");
    Engine { gaps: vec![gap], ..Engine::default() }
}

#[async_trait]
impl gssa_model::Collector for Collector {
    fn id(&self) -> &SourceId {
        &self.id
    }

    async fn collect(&self) -> Result<Snapshot, CollectError> {
        Ok(self.observe().await?.into())
    }
}
