//! The real program is killed while agents send: what it acknowledged is there, and nothing is there twice.
//! It is administered over a Unix socket.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests, and what only they use")]

#[path = "cloud/support.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod support;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gssa_uplink::wire::{Epoch, FromAgent, FromReceiver, Seq};
use gsscloud::admin::{Answer, Ask, ask};
use gsscloud::db::Db;
use gsscloud::log::{AgentId, Content, EmbeddedLog, Entry, Log as _, Retention};
use support::{Agent, batch, epoch, until};

const ROUNDS: u32 = 12;
const AGENTS: u128 = 4;

struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    /// Starts it at the port of before, which tells that nothing of it is left.
    async fn start(dir: &std::path::Path, address: SocketAddr) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_gsscloud"))
            .args(["serve", "--log-level", "error", "--listen", &address.to_string(), "--data"])
            .arg(dir)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        until("it listens", async || tokio::net::TcpStream::connect(address).await.is_ok()).await;
        Self { child, address }
    }

    /// As `kill -9` does.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Sends batches until the connection breaks; gives the highest number that was acknowledged.
async fn send(address: SocketAddr, token: &str, epoch: &Epoch, acknowledged: Seq, count: &AtomicU64) -> Seq {
    let Ok(Ok(mut agent)) = tokio::spawn({
        let token = token.to_owned();
        async move { Agent::try_connect(address, &token).await }
    })
    .await
    else {
        return acknowledged;
    };
    let mut acknowledged = acknowledged;
    let Ok(stored) = agent.try_hello(epoch, Seq::MAX >> 12).await else { return acknowledged };
    assert!(stored >= acknowledged, "acknowledged {acknowledged}, stored {stored}");
    let (mut sent, mut in_flight) = (stored, 0);
    loop {
        if in_flight < 8 {
            let length = 1 + sent % 7;
            let batch = batch("attic", sent + 1, sent + length);
            if agent.try_say(&FromAgent::Batch(batch)).await.is_err() {
                return acknowledged;
            }
            sent += length;
            in_flight += 1;
            continue;
        }
        match agent.hear().await {
            Ok(FromReceiver::Ack { stored }) => {
                acknowledged = stored;
                count.fetch_add(1, Ordering::Relaxed);
                in_flight = if stored == sent { 0 } else { in_flight - 1 };
            }
            Ok(other) => panic!("{other:?}"),
            Err(_) => return acknowledged,
        }
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_is_stored_twice() {
    let dir = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let mut program = Program::start(dir.path(), address).await;
    let socket = dir.path().join("gsscloud.sock");
    until("the socket is there", async || socket.exists()).await;
    let mut agents: Vec<(AgentId, String, Epoch, Seq)> = Vec::new();
    for n in 0..AGENTS {
        let added = ask(&socket, &Ask::AgentAdd { name: format!("agent {n}") }).unwrap();
        let Answer::Token { id, token, .. } = added else { panic!("no token") };
        agents.push((id, token, epoch(n), 0));
    }
    for round in 0..ROUNDS {
        let counts: Vec<_> = (0..AGENTS).map(|_| Arc::new(AtomicU64::new(0))).collect();
        let sending: Vec<_> = agents
            .iter()
            .zip(&counts)
            .map(|((_, token, epoch, acknowledged), count)| {
                let (address, token, epoch) = (program.address, token.clone(), epoch.clone());
                let (acknowledged, count) = (*acknowledged, count.clone());
                tokio::spawn(async move { send(address, &token, &epoch, acknowledged, &count).await })
            })
            .collect();
        // Every agent has heard something; from there on any moment is as good as another.
        let enough = 1 + u64::from(round % 5);
        until("agents send", async || counts.iter().all(|count| count.load(Ordering::Relaxed) >= enough)).await;
        program.kill();
        for ((.., acknowledged), sending) in agents.iter_mut().zip(sending) {
            *acknowledged = sending.await.unwrap();
        }
        program = Program::start(dir.path(), address).await;
    }
    program.kill();

    let db = Db::open(&dir.path().join("gsscloud.redb"), 4 << 20).unwrap();
    let log = EmbeddedLog::new(db, Retention::default()).await.unwrap();
    let mut total = 0;
    for (id, _, epoch, acknowledged) in &agents {
        let stored = log.account(id).await.unwrap().stored.unwrap();
        assert!(stored >= *acknowledged);
        let mut seen: BTreeMap<Seq, u64> = BTreeMap::new();
        for record in log.read(id, 0, usize::MAX).await.unwrap() {
            assert_eq!(&record.epoch, epoch);
            let Entry::Range { items, .. } = record.entry else { panic!("no epoch was lost") };
            for item in items {
                let Content::Report { report, .. } = &item.content else { panic!("{item:?}") };
                let report: serde_json::Value = serde_json::from_str(report).unwrap();
                let hashrate = report["reading"]["snapshot"]["hashing"]["current_hps"].as_f64().unwrap() as u64;
                assert!(seen.insert(item.seq, hashrate).is_none(), "{} twice", item.seq);
            }
        }
        assert!(seen.keys().copied().eq(1..=stored), "a hole in {id}");
        assert!(
            seen.iter().all(|(seq, hashrate)| *hashrate == 1_000_000_000_000 + seq),
            "an item under a wrong number"
        );
        total += stored;
    }
    assert!(total > 150, "only {total} items: the test did not do much");
}
