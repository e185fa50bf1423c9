//! Puts the parts together and runs them.
//!
//! Stop order: the signal ends accepting connections; agents are asked to connect anew and given [`Config::drain`] for it; connections that are
//! left are closed. What was acknowledged is on the disk at every moment.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use gssa_serve::door::Door;
use gssa_serve::host::AllowedHosts;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::api::{Api, Parts};
use crate::config::{Config, ConfigError};
use crate::db::{Db, Unavailable};
use crate::fleet::Fleet;
use crate::gateway::Gateway;
use crate::log::{EmbeddedLog, Log, LogError};
use crate::registry::{Registry, RegistryError};
use crate::server::{self, Server};
use crate::tls::{Files, Tls, TlsError};
use crate::{admin, clock};

/// The time between two looks for what is too old.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// How long the end may take beside the drain.
const STOP_TIME: Duration = Duration::from_secs(5);

/// A running receiver.
#[derive(Debug)]
pub struct Cloud {
    /// Who may send and look.
    pub registry: Arc<Registry>,
    /// The door for agents.
    pub gateway: Arc<Gateway>,
    /// What they sent.
    pub log: Arc<EmbeddedLog>,
    /// What is known of those that somebody looks at.
    pub fleet: Arc<Fleet>,
    db: Db,
    config: Config,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder of the log cannot be made.
    #[error("cannot make the folder {}", .dir.display())]
    Folder {
        /// Which.
        dir: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The log cannot be opened.
    #[error(transparent)]
    Storage(#[from] Unavailable),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The certificate cannot be used.
    #[error("server.tls")]
    Tls(#[from] TlsError),
    /// Somebody else listens there.
    #[error("cannot listen at {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

impl Cloud {
    /// Opens the log, listens, and starts every task; gives the address too.
    ///
    /// # Errors
    /// What is missing.
    pub async fn start(config: Config) -> Result<(Arc<Self>, SocketAddr), StartError> {
        let dir = config.storage.dir.clone();
        make_folder(&dir).map_err(|source| StartError::Folder { dir, source })?;
        let (file, cache_bytes) = (config.storage.file(), (config.storage.cache_mib as usize) << 20);
        let db = tokio::task::spawn_blocking(move || Db::open(&file, cache_bytes)).await;
        let db = db.unwrap_or(Err(Unavailable::Closed))?;
        let log = Arc::new(EmbeddedLog::new(db.clone(), config.retention()).await?);
        let registry = Arc::new(Registry::load(db.clone()).await?);
        let tls = config
            .server
            .tls
            .clone()
            .map(|files| Tls::load(Files { certificates: files.certificates, key: files.key }).map(Arc::new));
        let tls = tls.transpose()?;
        let address = config.server.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })?;
        let bound = listener.local_addr().map_err(|source| StartError::Listen { address, source })?;
        let version = env!("CARGO_PKG_VERSION");
        let gateway = Arc::new(Gateway::new(log.clone(), registry.clone(), config.gateway(), version));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let fleet = Arc::new(Fleet::new(log.clone()));
        let cloud = Arc::new(Self { registry, gateway, log, fleet, db, config, stop, tasks });
        cloud.run(listener, tls)?;
        info!(version, listen = %bound, agents = cloud.registry.agents().len(), "gsscloud started");
        Ok((cloud, bound))
    }

    fn run(self: &Arc<Self>, listener: TcpListener, tls: Option<Arc<Tls>>) -> Result<(), StartError> {
        let (trusted_proxies, keys) = (self.config.proxies()?, &self.config.server);
        let hosts = if keys.allowed_hosts.is_empty() {
            AllowedHosts::any()
        } else {
            AllowedHosts::new(&keys.allowed_hosts, None)
        };
        let api = Arc::new(Api::new(Parts {
            gateway: self.gateway.clone(),
            registry: self.registry.clone(),
            log: self.log.clone(),
            fleet: self.fleet.clone(),
            db: self.db.clone(),
            retention: self.config.retention(),
            open_metrics: keys.open_metrics,
            tls_only: keys.tls_only,
            door: Door { hosts, proxies: trusted_proxies.clone() },
            site: gssa_serve::embedded_site!(),
        }));
        let (allow_plaintext, limits) = (keys.allow_plaintext, server::limits(self.config.limits.agents));
        let server = Server { api, tls: tls.clone(), trusted_proxies, allow_plaintext, limits };
        self.task(server.serve(listener, self.stop.clone()));
        let cloud = self.clone();
        self.service(async move { cloud.fleet.clone().follow(cloud.gateway.presence()).await });
        let cloud = self.clone();
        self.service(async move { cloud.gateway.follow_registry().await });
        let cloud = self.clone();
        self.service(async move { cloud.sweep().await });
        if let Some(tls) = tls {
            self.service(tls.follow());
        }
        let cloud = self.clone();
        self.task(async move {
            let path = cloud.config.storage.socket();
            if let Err(error) = admin::serve(&path, cloud.clone(), cloud.stop.clone()).await {
                let error = &error as &dyn std::error::Error;
                error!(error, socket = %path.display(), "there is no administration from the command line");
            }
        });
        Ok(())
    }

    /// Runs until it ends; it knows the signal.
    fn task(&self, run: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(run);
    }

    /// Runs until the program ends.
    fn service(&self, run: impl Future<Output = ()> + Send + 'static) {
        self.task(self.stop.clone().run_until_cancelled_owned(run).map(drop));
    }

    async fn sweep(&self) {
        loop {
            match self.log.sweep(clock::now()).await {
                Ok(0) => {}
                Ok(items) => info!(items, "items are older than they are kept, and gone"),
                Err(error) => warn!(error = %error, "what is too old could not be taken away"),
            }
            self.fleet.tidy();
            tokio::time::sleep(SWEEP_EVERY).await;
        }
    }

    /// Forgets an agent and everything of it.
    ///
    /// # Errors
    /// No such agent, or the storage failed.
    pub async fn remove_agent(&self, id_or_name: &str) -> Result<(), RegistryError> {
        let agent = self.registry.remove_agent(id_or_name).await?;
        self.fleet.forget(&agent.id);
        self.gateway.presence().forget(&agent.id);
        if let Err(LogError::Unavailable(error)) = self.log.forget(&agent.id).await {
            return Err(error.into());
        }
        info!(agent = %agent.id, "agent removed");
        Ok(())
    }

    /// Ends it.
    pub async fn stop(&self) {
        let drain = self.config.drain();
        self.gateway.drain(drain);
        if self.gateway.presence().connections() > 0 {
            info!(secs = drain.as_secs(), "agents are asked to connect anew");
            let gone = async {
                let mut changes = self.gateway.presence().changes();
                while self.gateway.presence().connections() > 0 && changes.changed().await.is_ok() {}
            };
            let _ = tokio::time::timeout(drain, gone).await;
        }
        self.gateway.close().await;
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(STOP_TIME, self.tasks.wait()).await.is_err() {
            warn!(left = self.tasks.len(), "stopped without waiting for all tasks");
        }
        self.db.close().await;
        info!("gsscloud stopped");
    }
}

/// The folder is its owner's only.
fn make_folder(dir: &std::path::Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
