//! An agent's API on a free port of loopback, and a client that sends exactly what it is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gssa::api::{Api, Parts, Version};
use gssa::config::{Configuration, Options};
use gssa::discovery::Discovery;
use gssa::discovery::scan::Surroundings;
use gssa::hooks::Hooks;
use gssa::probe::ProbeReport;
use gssa::refresh::Refresh;
use gssa::schedule::{Gate, Refreshed, Spec};
use gssa::supervise::Supervisor;
use gssa::uplink::Uplinks;
use gssa_model::{MinerSnapshot, Reading, Snapshot, Source, SourceKind};
use gssa_serve::{Limits, Site, serve_within};
pub(crate) use gssa_testkit::http::Answer;
use gssa_view::View;
use gssa_view::clock::SystemClock;
use gssa_view::journal::Journal;
use gssa_view::store::Store;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Everything that is waited for comes before this, or the test fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// The password that goes with [`password_hash`].
pub(crate) const PASSWORD: &str = "correct horse";

/// A hash of [`PASSWORD`] at next to no cost.
pub(crate) fn password_hash() -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    argon2.hash_password_with_salt(PASSWORD.as_bytes(), b"0123456789abcdef").unwrap().to_string()
}

/// The configured form of a token.
pub(crate) fn token_hash(token: &str) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(token);
    let hex: String =
        digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|n| char::from_digit(n.into(), 16)).collect();
    format!("sha256:{hex}")
}

/// A running API and what is behind it.
pub(crate) struct Agent {
    pub(crate) address: SocketAddr,
    pub(crate) api: Arc<Api>,
    pub(crate) store: Arc<Store>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) hooks: Arc<Hooks>,
    pub(crate) configuration: Configuration,
    pub(crate) polls: Arc<Polls>,
    pub(crate) stop: CancellationToken,
    pub(crate) served: tokio::task::JoinHandle<()>,
    #[expect(dead_code, reason = "stops the server when the test ends")]
    guard: DropGuard,
    dir: tempfile::TempDir,
}

impl Agent {
    /// With this configuration, bound to loopback.
    pub(crate) async fn new(config: Value) -> Self {
        Self::with(&config.to_string(), "127.0.0.1:0", Limits::default()).await
    }

    /// With this file, listener and limits.
    pub(crate) async fn with(file: &str, listen: &str, limits: Limits) -> Self {
        Self::with_site(Site::default(), file, listen, limits).await
    }

    /// With a web interface.
    pub(crate) async fn with_site(site: Site, file: &str, listen: &str, limits: Limits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.json");
        std::fs::write(&path, file).unwrap();
        let options = Options { path, env: Vec::new(), overrides: json!({}), supported: &[SourceKind::Axeos] };
        let configuration = Configuration::load(options);
        let (clock, polls) = (Arc::new(SystemClock), Arc::new(Polls::default()));
        let (store, journal) = (Arc::new(Store::new(1 << 20)), Arc::new(Journal::new(clock.clone())));
        let hooks = Arc::new(Hooks::new(Arc::clone(&journal), clock.clone()));
        let gate = Arc::new(Gate::new(64));
        let around = Surroundings { store: Arc::clone(&store), gate, clock: clock.clone() };
        let view = View::new(store.clone(), journal.clone(), configuration.plans(), clock.clone());
        let uplinks = Arc::new(Uplinks::new(Arc::new(view), configuration.clone(), Supervisor::default()));
        let api = Arc::new(Api::new(Parts {
            uplinks,
            discovery: Arc::new(Discovery::new(around, configuration.clone(), Supervisor::default())),
            store: Arc::clone(&store),
            site,
            journal: Arc::clone(&journal),
            hooks: Arc::clone(&hooks),
            configuration: configuration.clone(),
            refresh: Arc::new(Scripted { store: Arc::clone(&store), polls: Arc::clone(&polls) }),
            stats: Arc::default(),
            metrics: Arc::new(|| "gssa_up 1\n".to_owned()),
            unready: Arc::new(|| None),
            clock,
            version: Version { name: "gssa", version: "0.0.0", commit: None, target: "test" },
            hostname: Some("miner-pi".into()),
        }));
        let listener = TcpListener::bind(listen).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = CancellationToken::new();
        let served = tokio::spawn(serve_within(limits, listener, Arc::clone(&api), stop.clone()));
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let guard = stop.clone().drop_guard();
        Self { address, api, store, journal, hooks, configuration, polls, stop, served, guard, dir }
    }

    /// Overwrites the configuration file and has it read.
    pub(crate) async fn break_file(&self, file: &str) {
        std::fs::write(self.dir.path().join("config.json"), file).unwrap();
        self.configuration.reload().await.unwrap_err();
    }

    /// Adds a miner.
    pub(crate) fn put(&self, id: &str) {
        self.store.put(Arc::new(reading(id)), Arc::new([]));
    }

    /// Sends a head and a body as they are, on a connection of its own, and reads all that comes.
    pub(crate) async fn raw(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        answer(&mut stream).await
    }

    /// A request with `Host`, the headers in `more` (each with its line end), and `body` as JSON.
    pub(crate) async fn send(&self, method: &str, path: &str, more: &str, body: Option<&Value>) -> Answer {
        let host = self.address;
        let body = body.map(ToString::to_string);
        let content = body.as_ref().map_or(String::new(), |body| {
            format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())
        });
        let body = body.unwrap_or_default();
        self.raw(&format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}{content}\r\n{body}"))
            .await
    }

    /// GET without credentials.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", None).await
    }

    /// Logs in and gives the header of the session.
    pub(crate) async fn log_in(&self) -> String {
        let answer = self.change("POST", "/api/v1/session", "", &json!({ "password": PASSWORD })).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.session()
    }

    /// The header that makes a request one of the agent's own page.
    pub(crate) fn origin(&self) -> String {
        format!("Origin: http://{}\r\n", self.address)
    }

    /// Replaces the configuration and gives its new entity tag, without the quotes.
    pub(crate) async fn put_config(&self, config: Value) -> String {
        let shown = self.get("/api/v1/config").await;
        let if_match = format!("If-Match: {}\r\n", shown.header("etag").unwrap());
        let saved = self.change("PUT", "/api/v1/config", &if_match, &config).await;
        assert_eq!(saved.status, 200, "{}", saved.text());
        saved.header("etag").unwrap().trim_matches('"').to_owned()
    }

    /// Changes something from the agent's own page.
    pub(crate) async fn change(&self, method: &str, path: &str, more: &str, body: &Value) -> Answer {
        self.send(method, path, &(self.origin() + more), Some(body)).await
    }
}

/// Reads until the other end closes.
pub(crate) async fn answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let all = async {
        let mut chunk = vec![0; 16 * 1024];
        // A reset after the answer is an end too.
        while let Ok(read @ 1..) = stream.read(&mut chunk).await {
            bytes.extend_from_slice(&chunk[..read]);
            assert!(bytes.len() < 64 << 20, "no end of it");
        }
    };
    tokio::time::timeout(DEADLINE, all).await.expect("the connection ends");
    Answer::parse(&bytes)
}

/// A miner that hashes.
pub(crate) fn reading(id: &str) -> Reading {
    let source = Source {
        id: id.parse().unwrap(),
        name: id.to_uppercase(),
        kind: SourceKind::Axeos,
        address: "http://192.168.1.50".into(),
        group: Some("garage".into()),
        tags: Vec::new(),
    };
    let mut miner = MinerSnapshot::default();
    miner.identity.model = Some("Gamma".into());
    Reading {
        health: gssa_model::Health::Up,
        state: gssa_model::State::Hashing,
        snapshot: Some(Arc::new(Snapshot::from(miner))),
        ..Reading::pending(Arc::new(source))
    }
}

/// Polls that end as the id says.
struct Scripted {
    store: Arc<Store>,
    polls: Arc<Polls>,
}

/// Polls of the source `waits`.
#[derive(Default)]
pub(crate) struct Polls {
    pub(crate) begun: Notify,
    pub(crate) go_on: Notify,
}

#[async_trait]
impl Refresh for Scripted {
    async fn refresh(&self, id: &str) -> Refreshed {
        let Some(known) = self.store.get(id) else { return Refreshed::Unknown };
        match id {
            "busy" => Refreshed::UnderWay(known.reading),
            "off" => Refreshed::NotPolled(known.reading),
            "hangs" => std::future::pending().await,
            "waits" => {
                self.polls.begun.notify_one();
                self.polls.go_on.notified().await;
                Refreshed::Done(known.reading)
            }
            "panics" => panic!("a scripted panic"),
            _ => Refreshed::Done(known.reading),
        }
    }

    /// Says what it was asked for, the password too.
    async fn probe(&self, spec: Spec) -> ProbeReport {
        let mut reading = reading("probe");
        let source = Arc::make_mut(&mut reading.source);
        source.address = spec.address.to_string();
        source.tags =
            spec.credentials.and_then(|it| it.password).map(|it| it.expose().to_owned()).into_iter().collect();
        ProbeReport { kind: Some(spec.source.kind), identity: None, reading: Arc::new(reading), steps: Vec::new() }
    }
}
