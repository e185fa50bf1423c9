//! A power cut in miniature: the agent is killed while it saves its configuration.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Agent, SOON, at_free_port, tell, until};

/// How many sources are in the file: enough that it takes several writes.
const SOURCES: usize = 400;
/// The longest that the kill waits, in microseconds; a save takes some milliseconds to tens of them.
const LONGEST_US: u64 = 120_000;

/// A configuration that says in two places which one it is: at its beginning and at its end.
fn numbered(base: &Value, number: usize) -> Value {
    let source = |index: usize| {
        let name = if index + 1 == SOURCES { format!("{number}") } else { format!("Source {index}") };
        json!({ "id": format!("s{index}"), "name": name, "kind": "axeos", "address": "127.0.0.1:9", "enabled": false })
    };
    let mut config = base.clone();
    config["agent"] = json!({ "name": number.to_string() });
    config["sources"] = (0..SOURCES).map(source).collect();
    config
}

/// Saves one after the other until nobody answers any more.
fn save_on_and_on(address: SocketAddr, base: &Value, is_over: &AtomicBool, answered: &AtomicUsize) {
    for number in 1.. {
        let body = numbered(base, number).to_string();
        let head = format!(
            "PUT /api/v1/config HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nIf-Match: *\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut answer = String::new();
        let done = TcpStream::connect(address).and_then(|mut stream| {
            stream.write_all((head + &body).as_bytes())?;
            stream.read_to_string(&mut answer)
        });
        match done {
            Ok(_) if answer.starts_with("HTTP/1.1 200") => {
                answered.fetch_add(1, Ordering::AcqRel);
            }
            _ => {
                assert!(is_over.load(Ordering::Acquire), "a save was refused: {answer}");
                return;
            }
        }
    }
}

/// Each file that is a configuration, in force or kept, is one of those that were saved, from its beginning to its end.
fn assert_whole(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let config: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if config["sources"].as_array().is_some_and(|sources| !sources.is_empty()) {
        assert_eq!(config["agent"]["name"], config["sources"][SOURCES - 1]["name"], "{}", path.display());
    }
}

#[test]
fn a_kill_while_it_saves_leaves_a_whole_file() {
    let kills: u64 = std::env::var("GSSA_KILLS").ok().map_or(12, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let base = at_free_port(&json!({}));
    fs::write(&path, base.to_string()).unwrap();
    let mut saves = 0;
    for kill in 0..kills {
        let args = ["run", "--config", path.to_str().unwrap()];
        let mut agent = Agent::start_in(tempfile::tempdir().unwrap(), &args, &[]);
        let (address, is_over, answered) = (agent.address(), AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| save_on_and_on(address, &base, &is_over, &answered));
            if kill % 2 == 1 {
                until("a save is answered", SOON, || (answered.load(Ordering::Acquire) > 0).then_some(()));
            }
            // Moments that differ from kill to kill and are the same in each run.
            sleep(Duration::from_micros(kill.wrapping_mul(2_654_435_761) % LONGEST_US));
            is_over.store(true, Ordering::Release);
            agent.signal("KILL");
        });
        saves += answered.into_inner();
        agent.wait(Duration::from_secs(10));
        assert_whole(&path);
        for kept in fs::read_dir(folder.path().join("versions")).into_iter().flatten() {
            let kept = kept.unwrap().path();
            if kept.extension().is_some_and(|it| it == "json") {
                assert_whole(&kept);
            }
        }
    }
    tell(&format!("{kills} kills, {saves} saves answered between them"));
}
