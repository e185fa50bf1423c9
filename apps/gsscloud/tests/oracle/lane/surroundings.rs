//! What an agent is started with.

use std::process::Command;

use gssa_sim::Fleet;
use serde_json::{Value, json};

use crate::fault::{Means, Path};
use crate::programs::{agent_binary, faketime};
use crate::proxy::Proxy;

/// The name that the receiver has for an agent that looks it up.
const NAME: &str = "cloud.oracle";

/// The id of the source of a device.
pub(crate) fn source_id(index: usize) -> String {
    format!("device-{index:02}")
}

/// What the agent looks names up in.
pub(super) fn hosts(is_known: bool) -> String {
    format!("127.0.0.1 localhost\n{}", if is_known { format!("127.0.0.1 {NAME}\n") } else { String::new() })
}

/// Its configuration.
pub(super) fn config(path: Path, means: Means, fleet: &Fleet, proxy: &Proxy, token: &str) -> Value {
    let source = |(index, device): (usize, &gssa_sim::Device)| json!({ "id": source_id(index), "kind": "axeos", "address": format!("http://{}", device.address()) });
    let sources: Vec<Value> = fleet.devices().iter().enumerate().map(source).collect();
    let (at, port) = (proxy.address(), proxy.address().port());
    let endpoint = match path {
        Path::Plain => format!("ws://{at}/agent"),
        Path::Post => format!("http://{at}/agent"),
        Path::Named if means.names => format!("wss://{NAME}:{port}/agent"),
        Path::Named => format!("wss://{at}/agent"),
        Path::Tunnel => "ws://cloud.invalid/agent".to_owned(),
    };
    let ring_max_bytes = if path == Path::Plain { 65536 } else { 1 << 20 };
    json!({
        "server": { "listen": "127.0.0.1:0" },
        "polling": { "interval_secs": 1 },
        "sources": sources,
        "uplinks": [{ "id": "cloud", "endpoint": endpoint, "token": token, "flush_secs": 1, "ca_file": "ca-0.pem",
                      "ring_max_bytes": ring_max_bytes, "allow_plaintext": true }],
    })
}

/// What becomes the agent.
pub(super) fn command(path: Path, means: Means, dir: &tempfile::TempDir, proxy: &Proxy) -> Command {
    let own_names = path == Path::Named && means.names;
    let mut command = if own_names {
        let script = "mount --bind hosts /etc/hosts && mount --bind resolv.conf /etc/resolv.conf && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh"]);
        command
    } else {
        Command::new("env")
    };
    if own_names {
        command.arg("env");
    }
    command.arg("-i");
    if path == Path::Tunnel {
        command.arg(format!("HTTP_PROXY=http://{}", proxy.address()));
    }
    if let Some(library) = faketime().filter(|_| path == Path::Named && means.clock) {
        command.arg(format!("LD_PRELOAD={}", library.display()));
        command.arg(format!("FAKETIME_TIMESTAMP_FILE={}", dir.path().join("clock").display()));
        command.args([
            "FAKETIME_NO_CACHE=1",
            "DONT_FAKE_MONOTONIC=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "NO_FAKE_STAT=1",
        ]);
    }
    command.arg(agent_binary()).args(["run", "--config", "config.json"]).current_dir(dir.path());
    command
}
