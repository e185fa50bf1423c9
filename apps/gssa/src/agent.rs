//! Puts the parts together and runs them.
//!
//! ```text
//!  config.json ─► configuration ──► specs ──► scheduler ──► pollers ──► collectors ──► devices
//!                      ▲                                       │
//!                      │                                    observe (pure)
//!                     api ◄──────────── store, journal ◄───────┘
//!                                              └──► uplinks ──► receivers
//! ```
//!
//! Stop order: the signal ends accepting connections and starting polls; attempts under way are abandoned, answers under way get to
//! their end, streams close; then the log says goodbye. All within [`STOP_DEADLINE`]; a second signal ends the process at once.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gssa_serve::{Limits, serve_within};
use gssa_view::View;
use gssa_view::clock::{Clock, SystemClock};
use gssa_view::journal::{EntryKind, Journal};
use gssa_view::store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::level_filters::LevelFilter;
use tracing::{error, info, warn};

use crate::api::{self, Api};
use crate::collectors;
use crate::config::{Config, Configuration, FileState, Loaded, LogFormat, LogLevel, Problem, Source};
use crate::discovery::Discovery;
use crate::discovery::scan::Surroundings;
use crate::hooks::Hooks;
use crate::links;
use crate::logging::{self, LevelHandle};
use crate::metrics::{Measured, Metrics};
use crate::refresh::OnRequest;
use crate::schedule::{Gate, PollStats, Scheduler, Shared};
use crate::specs::specs;
use crate::supervise::Supervisor;
use crate::uplink::Uplinks;

/// How long a stop may take.
pub const STOP_DEADLINE: Duration = Duration::from_secs(5);

/// How long clients may finish what they do at a stop: less than the stop may take, so that one who does not finish is no failure.
const DRAIN_TIME: Duration = Duration::from_secs(4);

/// How long the API waits before it tries an address again that it could not listen at.
const REBIND_PAUSE: Duration = Duration::from_secs(5);

/// The time between two looks for memory that nobody uses.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// A running agent.
#[derive(Debug)]
pub struct Agent {
    configuration: Configuration,
    store: Arc<Store>,
    journal: Arc<Journal>,
    hooks: Arc<Hooks>,
    gate: Arc<Gate>,
    scheduler: Arc<Scheduler>,
    supervisor: Supervisor,
    uplinks: Arc<Uplinks>,
    api: Arc<Api>,
    level: LevelHandle,
    clock: Arc<dyn Clock>,
}

/// Why an agent does not start.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen at {address}")]
pub struct StartError {
    address: SocketAddr,
    source: io::Error,
}

impl Agent {
    /// Puts an agent together; nothing runs yet.
    pub fn new(configuration: Configuration, level: LevelHandle) -> Self {
        Self::with_clock(configuration, level, Arc::new(SystemClock))
    }

    /// The same with another wall clock.
    pub fn with_clock(configuration: Configuration, level: LevelHandle, clock: Arc<dyn Clock>) -> Self {
        let config = &configuration.current().config;
        let store = Arc::new(Store::new(config.polling.history_max_bytes));
        let journal = Arc::new(Journal::new(clock.clone()));
        let gate = Arc::new(Gate::new(config.polling.max_concurrent as usize));
        let stats = Arc::new(PollStats::default());
        let supervisor = Supervisor::default();
        let shared = Shared {
            store: store.clone(),
            journal: journal.clone(),
            clock: clock.clone(),
            gate: gate.clone(),
            stats: stats.clone(),
        };
        let scheduler = Arc::new(Scheduler::new(shared, supervisor.clone(), Box::new(collectors::make)));
        let hooks = Arc::new(Hooks::new(journal.clone(), clock.clone()));
        let view = View::new(store.clone(), journal.clone(), configuration.plans(), clock.clone());
        let uplinks = Arc::new(Uplinks::new(Arc::new(view), configuration.clone(), supervisor.clone()));
        let metrics = Metrics::new(Measured {
            uplinks: uplinks.clone(),
            store: store.clone(),
            stats: stats.clone(),
            hooks: hooks.counts().clone(),
            supervisor: supervisor.clone(),
        });
        let around = Surroundings { store: store.clone(), gate: gate.clone(), clock: clock.clone() };
        let discovery = Arc::new(Discovery::new(around, configuration.clone(), supervisor.clone()));
        let given_up = supervisor.clone();
        let api = Api::new(api::Parts {
            store: store.clone(),
            journal: journal.clone(),
            hooks: hooks.clone(),
            configuration: configuration.clone(),
            refresh: Arc::new(OnRequest { scheduler: scheduler.clone(), clock: clock.clone() }),
            discovery,
            uplinks: uplinks.clone(),
            site: gssa_serve::embedded_site!(),
            stats,
            metrics: Arc::new(move || metrics.render()),
            unready: Arc::new(move || match given_up.given_up() {
                0 => None,
                tasks => Some(format!("{tasks} tasks were given up; restart the agent")),
            }),
            clock: clock.clone(),
            version: crate::version::VERSION,
            hostname: hostname(),
        });
        Self {
            configuration,
            store,
            journal,
            hooks,
            gate,
            scheduler,
            supervisor,
            uplinks,
            api: Arc::new(api),
            level,
            clock,
        }
    }

    /// What is known of the sources.
    pub const fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Listens, starts every task, and gives the address that the API listens at.
    pub async fn start(self: &Arc<Self>) -> Result<SocketAddr, StartError> {
        let loaded = self.configuration.current();
        let address = loaded.config.server.listen;
        let told = |source| StartError { address, source };
        let listener = TcpListener::bind(address).await.map_err(told)?;
        let bound = listener.local_addr().map_err(told)?;
        self.report(&loaded);
        self.apply(&loaded.config);
        let version = crate::version::VERSION.version;
        info!(version, sources = self.scheduler.len(), listen = %bound, "agent started");
        self.journal.write(EntryKind::Agent, None, format!("agent {version} started, listening at {bound}"));
        self.tell_setup_code(bound);

        let listener = Arc::new(std::sync::Mutex::new(Some(listener)));
        self.task("api", move |agent| agent.serve(listener.lock().ok().and_then(|mut first| first.take())));
        self.task("configuration file", |agent| async move {
            agent.configuration.watch(agent.supervisor.stop().clone()).await;
        });
        self.task("configuration", Self::follow_configuration);
        self.task("links", Self::follow_links);
        self.task("tidy", Self::tidy);
        self.task("tokens", |agent| async move { agent.uplinks.clone().watch_tokens().await });
        self.task("hooks", |agent| async move { agent.hooks.run(agent.supervisor.stop().clone()).await });
        Ok(bound)
    }

    /// Reads the configuration file again.
    pub async fn reload(&self) {
        // What is wrong with it is published, and told by the task that follows the configuration.
        let _ = self.configuration.reload().await;
    }

    /// Ends every task; tells whether all ended in time.
    pub async fn stop(&self) -> bool {
        let in_time = self.supervisor.shut_down(STOP_DEADLINE).await;
        if in_time {
            info!("agent stopped");
        } else {
            warn!(left = self.supervisor.running(), "agent stopped without waiting for all tasks");
        }
        in_time
    }

    fn task<F>(self: &Arc<Self>, name: &'static str, run: impl Fn(Arc<Self>) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let agent = self.clone();
        self.supervisor.spawn(name, self.supervisor.stop().clone(), move || run(agent.clone()));
    }

    /// Serves the API, at another address when the configuration says so.
    async fn serve(self: Arc<Self>, first: Option<TcpListener>) {
        let stop = self.supervisor.stop().clone();
        let mut changes = self.configuration.subscribe();
        let mut next = first;
        while !stop.is_cancelled() {
            let wanted = changes.borrow_and_update().config.server.listen;
            let listener = match next.take() {
                Some(listener) => listener,
                None => match TcpListener::bind(wanted).await {
                    Ok(listener) => listener,
                    Err(cause) => {
                        error!(address = %wanted, error = &cause as &dyn std::error::Error, "cannot listen");
                        tokio::select! {
                            () = stop.cancelled() => return,
                            () = tokio::time::sleep(REBIND_PAUSE) => continue,
                        }
                    }
                },
            };
            let moved = stop.child_token();
            let limits = Limits { drain_time: DRAIN_TIME, ..Limits::default() };
            let serving = serve_within(limits, listener, self.api.clone(), moved.clone());
            tokio::pin!(serving);
            tokio::select! {
                () = &mut serving => {}
                () = listen_changed(&mut changes, wanted) => {
                    moved.cancel();
                    serving.await;
                }
            }
        }
    }

    /// Puts each new configuration in force.
    async fn follow_configuration(self: Arc<Self>) {
        let stop = self.supervisor.stop().clone();
        let mut changes = self.configuration.subscribe();
        let mut before = changes.borrow_and_update().clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                next = changes.changed() => if next.is_err() { return },
            }
            let loaded = changes.borrow_and_update().clone();
            self.report(&loaded);
            if loaded.config != before.config {
                self.apply(&loaded.config);
                info!(sources = self.scheduler.len(), "configuration applied");
                self.journal.write(EntryKind::Config, None, "a new configuration is in force");
                if loaded.config.server != before.config.server {
                    self.tell_setup_code(loaded.config.server.listen);
                }
            }
            before = loaded;
        }
    }

    /// Joins miners and pools.
    async fn follow_links(self: Arc<Self>) {
        let configuration = self.configuration.clone();
        let ports = move || {
            let of = |source: &Source| (source.id.clone(), source.service.stratum_ports.clone());
            configuration.current().config.sources.iter().map(of).collect()
        };
        links::follow(self.store.clone(), self.clock.clone(), ports, self.supervisor.stop().clone()).await;
    }

    /// Gives memory back that nobody uses any more.
    async fn tidy(self: Arc<Self>) {
        let stop = self.supervisor.stop().clone();
        while stop.run_until_cancelled(tokio::time::sleep(TIDY_EVERY)).await.is_some() {
            self.api.tidy();
        }
    }

    fn apply(&self, config: &Config) {
        self.level.set(level(config.logging.level));
        self.gate.resize(config.polling.max_concurrent as usize);
        self.store.fit_history(config.polling.history_max_bytes, config.sources.len());
        self.scheduler.apply(specs(config));
        self.uplinks.apply();
    }

    /// Tells what is wrong with the configuration.
    fn report(&self, loaded: &Loaded) {
        if let FileState::Missing = loaded.file
            && loaded.config.sources.is_empty()
        {
            info!("there is no configuration file yet; add sources in the page or write one");
        }
        for problem in &loaded.problems {
            let Problem { path, message, .. } = problem;
            warn!(path, "configuration: {message}");
        }
        if loaded.has_errors() {
            let count = loaded.problems.iter().filter(|problem| problem.is_error()).count();
            let text = format!("the configuration has {count} {}", if count == 1 { "error" } else { "errors" });
            self.journal.write(EntryKind::Config, None, text);
        }
    }

    fn tell_setup_code(&self, listen: SocketAddr) {
        if listen.ip().is_loopback() {
            return;
        }
        if let Some(code) = self.api.setup_code() {
            warn!(code, "no password is set: open the page and set one with this code");
        }
    }
}

/// Waits until the configuration wants another address than `now`.
async fn listen_changed(changes: &mut watch::Receiver<Arc<Loaded>>, now: SocketAddr) {
    if changes.wait_for(|loaded| loaded.config.server.listen != now).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What the log is made of, as configured.
pub fn log_settings(config: &Config) -> logging::Settings {
    let file = config.logging.file.as_ref().map(|file| logging::FileSettings {
        dir: file.dir.clone(),
        max_bytes: file.max_size_mb as usize * 1024 * 1024,
        max_files: file.max_files as usize,
        max_age_days: file.max_age_days,
    });
    let format = match config.logging.format {
        LogFormat::Text => logging::Format::Text,
        LogFormat::Json => logging::Format::Json,
    };
    logging::Settings { level: level(config.logging.level), format, file }
}

const fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

/// The name of this machine, by which the page may be asked for.
fn hostname() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok())?;
    Some(name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty())
}
