//! No secret, of a device or of the configuration, comes out anywhere: answers, metrics, stream, journal, log, printed output.

use std::fs;

use gssa_sim::axeos::{DeviceSpec, Model};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Agent, Devices, SOON, at_free_port, gssa, run_with_input, said, source, until};

/// What simulated devices tell of their networks and pools.
const OF_DEVICES: [&str; 3] = ["sim-wifi-password", "sim-pool-password", "sim-wifi"];

/// What is in the configuration, or sent to the agent; each can be recognised.
const PASSWORD: &str = "planted-page-password";
const WRONG_PASSWORD: &str = "planted-wrong-password";
const TOKEN: &str = "planted-api-token";
const WRONG_TOKEN: &str = "planted-wrong-token";
const HOOK_TOKEN: &str = "planted-hook-token";
const WRONG_HOOK_TOKEN: &str = "planted-wrong-hook";
const OF_CONFIG: [&str; 8] = [
    "planted-credentials-password",
    "planted-api-key",
    "planted-uplink-token",
    "planted-env-secret",
    "planted-file-secret",
    "planted-misspelled-secret",
    "planted-hook-in-clear",
    "planted-url-password",
];

fn digest(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text).iter().fold("sha256:".to_owned(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

fn configuration(devices: &Devices, hash: &str) -> Value {
    let ids = ["ultra", "flat", "renamed", "nested", "gamma"];
    let mut sources: Vec<Value> = ids.iter().zip(devices.all()).map(|(id, device)| source(id, device)).collect();
    let [credentials, api_key, uplink, _, _, misspelled, hook, url] = OF_CONFIG;
    let miner = |id: &str, password: Value| {
        let credentials = json!({ "username": "root", "password": password });
        json!({ "id": id, "kind": "antminer", "address": "127.0.0.1:9", "credentials": credentials })
    };
    sources.extend([
        miner("s19", credentials.into()),
        miner("s21", json!({ "env": "PLANTED" })),
        miner("s23", json!({ "file": "secret.txt" })),
        json!({ "id": "gss", "kind": "gss", "address": "http://127.0.0.1:9", "api_key": api_key }),
        json!({ "id": "typo", "kind": "axeos", "address": "127.0.0.1:9", "passwort": misspelled }),
        json!({ "id": "in-url", "kind": "axeos", "address": format!("http://root:{url}@127.0.0.1:9") }),
    ]);
    at_free_port(&json!({
        "server": {
            "password_hash": hash,
            "api_tokens": [{ "name": "test", "hash": digest(TOKEN), "scope": "admin" }],
        },
        "logging": { "level": "trace", "file": { "dir": "logs" } },
        "polling": { "interval_secs": 1 },
        "sources": sources,
        "hooks": [{ "name": "right", "hash": digest(HOOK_TOKEN) }, { "name": "wrong", "hash": hook }],
        "uplinks": [{ "id": "cloud", "endpoint": "wss://127.0.0.1:9/agent", "token": uplink }],
    }))
}

#[test]
fn no_secret_comes_out_anywhere() {
    use Model::{GammaV2_15_0, NmAxeV2_9_21, NmAxeV2_9_30, NmAxeV3_0_21, UltraV2_0_4};
    let models = [UltraV2_0_4, NmAxeV2_9_21, NmAxeV2_9_30, NmAxeV3_0_21, GammaV2_15_0];
    let devices = Devices::start((1..).zip(models).map(|(n, model)| DeviceSpec::new(model, n)).collect());
    let hash = said(&run_with_input(&["hash-password"], PASSWORD)).1.trim().to_owned();
    let dir = tempfile::tempdir().unwrap();
    let config = configuration(&devices, &hash);
    fs::write(dir.path().join("config.json"), config.to_string()).unwrap();
    fs::write(dir.path().join("secret.txt"), "planted-file-secret\n").unwrap();
    let agent = Agent::start_in(dir, &["run", "--config", "config.json"], &[("PLANTED", "planted-env-secret")])
        .with_credentials(&format!("Authorization: Bearer {TOKEN}\r\n"));
    let mut seen = Seen { secrets: secrets(&hash), leaks: Vec::new() };

    let ids = ["ultra", "flat", "renamed", "nested", "gamma"];
    for id in ids {
        agent.reading_when(id, "up", |reading| reading["snapshot"]["kind"] == "miner");
    }
    try_to_get_in(&agent, &mut seen);
    send_webhooks(&agent, &mut seen);
    save_and_fail_to_save(&agent, &mut seen);
    for device in devices.all() {
        let probed =
            agent.change("POST", "/api/v1/probe", "", Some(&json!({ "address": device.address().to_string() })));
        assert_eq!(probed.status, 200, "{}", probed.text());
        seen.look("probe", &probed.text());
    }
    for path in every_path(&agent, &ids) {
        let answer = agent.send("GET", &path, "", None);
        assert!(answer.status < 500, "{path}: {}", answer.text());
        seen.look(&path, &answer.text());
    }
    seen.look("the log", &agent.log());
    seen.look("standard output", &agent.printed());
    seen.look("the log file", &fs::read_to_string(agent.dir().join("logs/gssa.log")).unwrap());
    let checked = gssa(&["check-config", "--config", "config.json"]).current_dir(agent.dir()).output().unwrap();
    let (_, printed, complaint) = said(&checked);
    seen.look("check-config", &printed);
    seen.look("check-config", &complaint);
    assert_eq!(seen.leaks, Vec::<String>::new());
    assert!(agent.log().contains("TRACE") || agent.log().contains("DEBUG"), "the log was not one that tells much");
}

/// What has been looked at, and which secrets were in it.
struct Seen {
    secrets: Vec<String>,
    leaks: Vec<String>,
}

impl Seen {
    fn look(&mut self, at: &str, text: &str) {
        for secret in self.secrets.iter().filter(|secret| text.contains(secret.as_str())) {
            let end = text.find(secret.as_str()).unwrap();
            let before: String = text[..end].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
            self.leaks.push(format!("{at} tells {secret} after {before:?}"));
        }
    }
}

fn secrets(hash: &str) -> Vec<String> {
    let mut secrets: Vec<String> = OF_DEVICES.iter().chain(&OF_CONFIG).map(ToString::to_string).collect();
    secrets.extend([PASSWORD, WRONG_PASSWORD, TOKEN, WRONG_TOKEN, HOOK_TOKEN, WRONG_HOOK_TOKEN].map(str::to_owned));
    // The hashes, without the part that says of what kind they are.
    secrets.push(hash.rsplit('$').next().unwrap().to_owned());
    secrets.extend([TOKEN, HOOK_TOKEN].map(|token| digest(token)["sha256:".len()..].to_owned()));
    secrets
}

fn try_to_get_in(agent: &Agent, seen: &mut Seen) {
    for (password, status) in [(WRONG_PASSWORD, 403), (PASSWORD, 200)] {
        let answer = agent.change("POST", "/api/v1/session", "", Some(&json!({ "password": password })));
        assert_eq!(answer.status, status, "{}", answer.text());
        seen.look("login", &answer.text());
        if let Some(cookie) = answer.header("set-cookie") {
            // Whoever reads the log could take the session over.
            seen.secrets.push(cookie.split(['=', ';']).nth(1).unwrap().to_owned());
        }
    }
    let wrong = format!("Authorization: Bearer {WRONG_TOKEN}\r\n");
    let answer = gssa_testkit::http::send(agent.address(), "GET", "/api/v1/readings", &wrong, None);
    assert_eq!(answer.status, 401);
    seen.look("a wrong token", &answer.text());
}

/// By every way that a token can be sent, with what is taken and what is not.
fn send_webhooks(agent: &Agent, seen: &mut Seen) {
    let large = json!({ "type": "startup", "message": "x".repeat(70_000) });
    let event = json!({ "type": "startup", "subject": "Started" });
    for (token, taken) in [(HOOK_TOKEN, 202), (WRONG_HOOK_TOKEN, 403)] {
        let bearer = format!("Authorization: Bearer {token}\r\n");
        for (method, target, headers, body, status) in [
            ("POST", format!("/api/v1/hooks/{token}"), "", &event, taken),
            ("POST", format!("/api/v1/hooks?token={token}"), "", &event, taken),
            ("POST", "/api/v1/hooks".to_owned(), bearer.as_str(), &event, taken),
            ("POST", format!("/api/v1/hooks/{token}"), "", &json!("no event"), taken),
            ("POST", format!("/api/v1/hooks/{token}"), "", &large, if taken == 202 { 413 } else { 403 }),
            ("PUT", format!("/api/v1/hooks/{token}"), "", &event, 405),
            ("POST", format!("/api/v1/hooks/{token}/more"), "", &event, 404),
            ("POST", format!("/hooks/{token}"), "", &event, 404),
        ] {
            let answer = gssa_testkit::http::send(agent.address(), method, &target, headers, Some(body));
            assert_eq!(answer.status, status, "{method} {target}: {}", answer.text());
            seen.look("a webhook", &answer.text());
        }
    }
    until("the webhooks are in the journal", SOON, || {
        let journal = agent.get("/api/v1/journal?kind=hook");
        journal["entries"].as_array().filter(|entries| entries.len() == 3).cloned()
    });
}

fn save_and_fail_to_save(agent: &Agent, seen: &mut Seen) {
    let shown = agent.get("/api/v1/config");
    let put = |config: &Value| agent.change("PUT", "/api/v1/config", "If-Match: *\r\n", Some(config));
    let refused = put(&shown);
    assert_eq!(refused.status, 422, "parts of it are wrong: {}", refused.text());
    seen.look("a refused configuration", &refused.text());
    seen.look("check", &agent.change("POST", "/api/v1/config/check", "", Some(&shown)).text());

    // Only what this version takes, so that it is saved and a version is kept.
    let mut right = shown.clone();
    let sources = right["sources"].as_array_mut().unwrap();
    sources.retain(|source| source["kind"] == "axeos" && source["id"] != "typo" && source["id"] != "in-url");
    right["hooks"].as_array_mut().unwrap().retain(|hook| hook["name"] == "right");
    let saved = put(&right);
    assert_eq!(saved.status, 200, "{}", saved.text());
    seen.look("a saved configuration", &saved.text());
    let text = fs::read_to_string(agent.config_path()).unwrap();
    assert!(text.contains("planted-uplink-token") && !text.contains("********"), "secrets that are kept stay: {text}");
}

/// Every path that can be read, with every source and every version.
fn every_path(agent: &Agent, ids: &[&str]) -> Vec<String> {
    let document = agent.get("/api/v1/openapi.json");
    let versions = agent.get("/api/v1/config/versions");
    let versions: Vec<&str> =
        versions["versions"].as_array().unwrap().iter().map(|version| version["id"].as_str().unwrap()).collect();
    assert!(!versions.is_empty());
    let mut paths = vec!["/".to_owned(), "/nowhere".to_owned()];
    for (path, operations) in document["paths"].as_object().unwrap() {
        // The stream never ends; what it tells is looked at where it is told.
        if operations.get("get").is_none() || path == "/api/v1/events" {
            continue;
        }
        let each = if path.contains("{version}") { &versions[..] } else { ids };
        let (start, end) = (path.find('{'), path.find('}'));
        match start.zip(end) {
            Some((start, end)) => {
                paths.extend(each.iter().map(|it| format!("{}{it}{}", &path[..start], &path[end + 1..])));
            }
            None => paths.push(path.clone()),
        }
    }
    let by_source = ids.iter().map(|id| format!("/api/v1/uplink/preview?source_id={id}"));
    paths.extend(by_source);
    assert!(paths.len() > 30, "{paths:?}");
    paths
}

#[test]
fn the_stream_tells_no_secret_either() {
    let devices = Devices::start(vec![DeviceSpec::new(Model::UltraV2_0_4, 1), DeviceSpec::new(Model::NmAxeV2_9_21, 2)]);
    let sources: Vec<Value> = ["ultra", "flat"].iter().zip(devices.all()).map(|(id, it)| source(id, it)).collect();
    let agent = Agent::start(&json!({ "polling": { "interval_secs": 1 }, "sources": sources }));
    let mut events = agent.events();
    let mut seen = Seen { secrets: OF_DEVICES.map(str::to_owned).to_vec(), leaks: Vec::new() };
    let mut open = vec!["ultra", "flat"];
    until("each device was told of", SOON, || {
        let event = events.next("reading");
        seen.look("the stream", &event.data.to_string());
        open.retain(|id| event.data["source"]["id"] != *id || event.data["snapshot"].is_null());
        open.is_empty().then_some(())
    });
    assert_eq!(seen.leaks, Vec::<String>::new());
}
