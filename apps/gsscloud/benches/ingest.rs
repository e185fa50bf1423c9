//! What it costs to take in what agents send: readings for each second of processor time, memory, how long an acknowledgement takes, and bytes in
//! the log. Prints rows of a table and asserts nothing.
//!
//! The receiver is the real program with TLS; the agents are in this process, so that only the receiver's time counts. An acknowledgement comes after
//! `fsync`, as always.
//!
//! | `cargo bench -p gsscloud --bench ingest -- …` | |
//! |---|---|
//! | | from 10 to 1,000 agents of 20 sources, first as fast as it goes, then each a batch every 10 s |
//! | `AGENTS SOURCES ROUNDS` | as fast as it goes |
//! | `AGENTS SOURCES ROUNDS SECS` | each agent a batch in so many seconds, at moments of its own |

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a program for developers"
)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use gssa_uplink::encoder::Encoder;
use gssa_uplink::pack::Packer;
use gssa_uplink::wire::{Batch, Body, Epoch, FromAgent, FromReceiver, Hello, Item, Limits, Program, Seq};
use gsscloud::admin::{Answer, Ask, ask};
use gsscloud::clock;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Barrier, Semaphore};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// So many agents connect at the same time.
const MAX_KNOCKING: usize = 32;

fn main() {
    // An agent that fails must not leave the others waiting for it.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        told(panic);
        std::process::exit(1);
    }));
    let sizes: Vec<u32> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    println!(
        "| agents | sources of each | a batch every | readings | readings a CPU second | CPU | resident, connected and after | acknowledged after, median and 99 % | commits | file for a reading |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match sizes[..] {
        [] => {
            for (agents, rounds) in [(10, 200), (30, 70), (100, 30), (300, 15), (1000, 10)] {
                runtime.block_on(run(agents, 20, rounds, 0));
            }
            for agents in [10, 100, 1000] {
                runtime.block_on(run(agents, 20, 4, 10));
            }
        }
        [agents, sources, rounds] => runtime.block_on(run(agents, sources, rounds, 0)),
        [agents, sources, rounds, secs] => runtime.block_on(run(agents, sources, rounds, secs)),
        _ => println!("AGENTS SOURCES ROUNDS, and SECONDS if they are not to hurry"),
    }
}

/// One row. With `secs` of 0 each agent sends its next batch when the last one is acknowledged.
async fn run(agents: u32, sources: u32, rounds: u32, secs: u32) {
    let (count, sources) = (agents as usize, sources as usize);
    let dir = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificates, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    std::fs::write(&certificates, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = TlsConnector::from(Arc::new(tls.with_root_certificates(roots).with_no_client_auth()));

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = dir.path().join("config.json");
    let json = json!({
        "server": { "listen": free.to_string(), "tls": { "certificates": certificates, "key": key }, "drain_secs": 0 },
        "storage": { "dir": dir.path().join("data") },
        "limits": { "items_per_second": 1_000_000, "unpacked_bytes_per_second": 1_u64 << 32 },
        "logging": { "level": "warn" },
    });
    std::fs::write(&config, json.to_string()).unwrap();
    let program = Receiver::start(&config);
    let socket = dir.path().join("data/gsscloud.sock");
    while ask(&socket, &Ask::AgentList).is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Enrolled before any connects: who says nothing for a minute is cut off.
    let mut tokens = Vec::new();
    for n in 0..count {
        match ask(&socket, &Ask::AgentAdd { name: format!("agent {n}") }).unwrap() {
            Answer::Token { token, .. } => tokens.push(token),
            other => panic!("not enrolled: {other:?}"),
        }
    }
    let start = Arc::new(Barrier::new(count + 1));
    let every = Duration::from_secs(secs.into());
    let knocking = Arc::new(Semaphore::new(MAX_KNOCKING));
    let sending: Vec<_> = tokens
        .into_iter()
        .zip(0..)
        .map(|(token, n)| {
            let (start, knocking, tls) = (start.clone(), knocking.clone(), tls.clone());
            tokio::spawn(async move {
                let turn = knocking.acquire().await.unwrap();
                let mut agent = Agent::connect(&tls, free, &token, n).await;
                drop(turn);
                start.wait().await;
                // The others wait here until it is known what all take that say nothing.
                start.wait().await;
                agent.send(sources).await;
                start.wait().await;
                // And here until every whole report was sent.
                start.wait().await;
                let (begun, mut took) = (tokio::time::Instant::now(), Vec::new());
                for round in 0..rounds {
                    tokio::time::sleep_until(begun + every * round + every * n / agents).await;
                    took.push(agent.send(sources).await);
                }
                start.wait().await;
                (agent, took)
            })
        })
        .collect();
    start.wait().await;
    let idle = program.resident_kib();
    start.wait().await;
    start.wait().await;
    let (cpu, wall) = (program.cpu_secs(), Instant::now());
    start.wait().await;
    start.wait().await;
    let (cpu, wall) = (program.cpu_secs() - cpu, wall.elapsed().as_secs_f64());
    let readings = count * sources * rounds as usize;
    let (resident, commits) = (program.resident_kib(), program.commits(&tls, free).await);
    let file = std::fs::metadata(dir.path().join("data/gsscloud.redb")).unwrap().len();
    let (mut took, mut all) = (Vec::new(), Vec::new());
    for sending in sending {
        let (agent, of_one) = sending.await.unwrap();
        took.extend(of_one);
        all.push(agent);
    }
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    let every = if secs == 0 { "–".to_owned() } else { format!("{secs} s") };
    println!(
        "| {agents} | {sources} | {every} | {readings} in {wall:.1} s | {:.0} | {cpu:.2} s | {}, {} MiB | {:.0}, {:.0} ms | {commits} | {:.0} B |",
        readings as f64 / cpu,
        idle / 1024,
        resident / 1024,
        at(50),
        at(99),
        file as f64 / (readings + count * sources) as f64,
    );
}

struct Receiver(Child);

impl Receiver {
    fn start(config: &Path) -> Self {
        // It ends with this program, however that ends.
        let mut command = Command::new(env!("CARGO_BIN_EXE_gsscloud"));
        let command = command.args(["serve", "--stop-with-stdin", "--config"]).arg(config).stdin(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.0.id())).unwrap()
    }

    fn cpu_secs(&self) -> f64 {
        let stat = self.proc("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
    }

    /// How often it has synced, of its metrics.
    async fn commits(&self, tls: &TlsConnector, address: std::net::SocketAddr) -> u64 {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut stream = tls.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut text = Vec::new();
        // It may end without the word for it.
        let _ = stream.take(1 << 20).read_to_end(&mut text).await;
        let text = String::from_utf8_lossy(&text).into_owned();
        let line = text.lines().find(|line| line.starts_with("gsscloud_commits_total"));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_default()
    }

    fn resident_kib(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Agent {
    socket: WebSocketStream<TlsStream<TcpStream>>,
    encoder: Encoder,
    packer: Packer,
    next: Seq,
}

impl Agent {
    async fn connect(tls: &TlsConnector, address: std::net::SocketAddr, token: &str, n: u32) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let stream = tls.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
        let mut request = "wss://localhost/agent".into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request.headers_mut().insert("sec-websocket-protocol", gssa_uplink::SUBPROTOCOL_STREAM.parse().unwrap());
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
        let encoder = Encoder::new(Limits::default());
        let mut agent = Self { socket, encoder, packer: Packer::default(), next: 1 };
        let now = clock::now();
        let hello = Hello {
            protocols: vec![gssa_uplink::PROTOCOL.into()],
            agent: Program { name: "bench".into(), version: "0".into(), site: None },
            epoch: Epoch::from_random(n.into()),
            started_at: now,
            clock: now,
            first_kept: 1,
            next: 1,
        };
        agent.say(&FromAgent::Hello(hello)).await;
        let Some(Ok(_)) = agent.socket.next().await else { panic!("no welcome") };
        agent
    }

    async fn say(&mut self, message: &FromAgent) {
        let part = self.packer.pack(message);
        self.socket.send(Message::binary(part)).await.unwrap();
    }

    /// One reading of each source; gives how long it took until it was said to be stored.
    async fn send(&mut self, sources: usize) -> Duration {
        let first = self.next;
        let items = (0..sources).map(|source| {
            let id = format!("source-{source:04}");
            let report = report(&id, first + source as Seq);
            Item { seq: None, age_ms: 1, body: Body::Report { source_id: id.parse().unwrap(), report } }
        });
        let last = first + sources as Seq - 1;
        let batch = Batch { first, last, items: items.collect(), gaps: Vec::new() };
        self.next = last + 1;
        let batch = self.encoder.encode(batch);
        let sent = Instant::now();
        self.say(&FromAgent::Batch(batch)).await;
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text).unwrap() {
                    FromReceiver::Ack { stored } if stored >= last => return sent.elapsed(),
                    FromReceiver::Ack { .. } => {}
                    other => panic!("{other:?}"),
                },
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// As a Bitaxe is read, with figures that move.
fn report(id: &str, n: Seq) -> Value {
    let moving = (n * 7919 % 1000) as f64 / 1000.0;
    json!({
        "reading": {
            "schema": "gssa.reading/1",
            "source": { "id": id, "name": id, "kind": "axeos", "address": "", "group": "garage", "tags": [] },
            "observed_at": clock::now(), "took_ms": 30 + n % 20, "health": "up", "state": "hashing",
            "state_since": "2026-11-21T15:47:57.284Z", "snapshot_at": clock::now(),
            "snapshot": {
                "kind": "miner",
                "identity": { "make": "Bitaxe", "model": "Gamma", "board": "601", "chip": "BM1370", "firmware": "AxeOS", "firmware_version": "v2.12.2" },
                "hashing": {
                    "algorithm": "sha256d", "state": "mining", "current_hps": 1.25e12 + moving * 1e10, "average_hps": 1.26e12 + moving * 1e9,
                    "expected_hps": 1.275e12, "windows_hps": { "1m": 1.25e12 + moving * 2e9, "10m": 1.26e12 + moving * 1e9, "1h": 1.27e12 },
                },
                "work": {
                    "accepted": 1000 + n, "rejected": n / 50, "best_difficulty": 6_702_259_710_u64, "best_session_difficulty": 46346,
                    "reject_reasons": [{ "reason": "Job not found", "count": n / 50 }],
                },
                "power": {
                    "watts": 17.0 + moving, "input_volts": 5.0 + moving / 10.0, "core_millivolts": 1146 + n % 5, "core_millivolts_set": 1150,
                    "frequency_mhz": 525, "efficiency_joules_per_terahash": 14.0 + moving,
                },
                "temperatures": [
                    { "sensor": "chip", "index": 0, "celsius": 58.0 + moving }, { "sensor": "regulator", "index": 0, "celsius": 60 + n % 3 },
                ],
                "fans": [{ "index": 0, "rpm": 3800 + n % 100, "percent": 35.0 + moving }],
                "pools": [
                    { "index": 0, "url": "stratum+tcp://pool.example:3333", "user": "bc1q…4f2k.rig1", "state": "active", "role": "primary", "accepted": 1000 + n, "rejected": n / 50, "difficulty": 8192 },
                    { "index": 1, "url": "stratum+tcp://other.example:3333", "user": "bc1q…4f2k.rig1", "state": "standby", "role": "fallback" },
                ],
                "network": {}, "uptime_secs": 300 + 30 * n,
            },
        },
        "findings": [],
    })
}
