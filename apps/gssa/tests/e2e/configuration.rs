//! The configuration at the start and over HTTP.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use gssa_sim::axeos::Behaviour;
use serde_json::{Value, json};

use crate::support::{Agent, Devices, SOON, at_free_port, polls, source, until};
use gssa_testkit::http::send;

/// Longer than any test: a source is asked once.
const ONCE: u64 = 3600;

#[test]
fn a_configuration_that_is_put_holds_at_once_and_is_saved() {
    let devices = Devices::behaving(&[Behaviour::Healthy; 3]);
    let [kept, gone, new] = devices.all() else { panic!("three devices") };
    let polling = json!({ "interval_secs": ONCE });
    let agent = Agent::start(&json!({ "polling": polling, "sources": [source("kept", kept), source("gone", gone)] }));
    agent.reading_when_up("kept");
    agent.reading_when_up("gone");

    let shown = agent.send("GET", "/api/v1/config", "", None);
    let if_match = format!("If-Match: {}\r\n", shown.header("etag").unwrap());
    let before = fs::read_to_string(agent.config_path()).unwrap();
    let mut wanted = shown.json();
    wanted["sources"] = json!([source("kept", kept), source("new", new)]);
    let put = |more: &str, wanted: &Value| agent.change("PUT", "/api/v1/config", more, Some(wanted));

    assert_eq!(put("", &wanted).status, 428, "without the tag of what is replaced");
    assert_eq!(agent.send("PUT", "/api/v1/config", &if_match, Some(&wanted)).status, 403, "from no page of ours");
    let mut wrong = wanted.clone();
    wrong["sources"][1]["address"] = json!("not an address");
    let refused = put(&if_match, &wrong);
    assert_eq!((refused.status, &refused.json()["problems"][0]["path"]), (422, &json!("sources[1].address")));
    assert_eq!(fs::read_to_string(agent.config_path()).unwrap(), before, "what is refused is not written");

    let inode = || fs::metadata(agent.config_path()).unwrap().ino();
    let inode_before = inode();
    let answer = put(&if_match, &wanted);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_ne!(inode(), inode_before, "another file took its place, whole");
    assert_eq!(answer.json(), wanted);
    agent.reading_when_up("new");
    assert!(agent.find("gone").is_none());
    assert_eq!([polls(kept), polls(gone), polls(new)], [1; 3], "what did not change is not asked anew");
    let saved: Value = serde_json::from_slice(&fs::read(agent.config_path()).unwrap()).unwrap();
    assert_eq!(saved, wanted);
    let left_over = || {
        agent.dir().read_dir().unwrap().filter(|it| it.as_ref().unwrap().file_name().to_string_lossy().contains("tmp"))
    };
    assert_eq!(left_over().count(), 0, "nothing half written is left");

    assert_eq!(put(&if_match, &wanted).status, 412, "somebody else was faster");
    let versions = agent.get("/api/v1/config/versions");
    assert_eq!(versions["versions"].as_array().unwrap().len(), 1);
    let id = versions["versions"][0]["id"].as_str().unwrap();
    let version = agent.get(&format!("/api/v1/config/versions/{id}"));
    assert_eq!(version, serde_json::from_str::<Value>(&before).unwrap());
    let if_match = format!("If-Match: {}\r\n", answer.header("etag").unwrap());
    let restored = agent.change("POST", &format!("/api/v1/config/versions/{id}/restore"), &if_match, None);
    assert_eq!(restored.status, 200, "{}", restored.text());
    agent.reading_when_up("gone");
    assert_eq!(agent.get("/api/v1/config/versions")["versions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_broken_file_at_the_start_is_told_and_left_alone() {
    let broken = "{\n  \"server\": { \"listen\": \"127.0.0.1:0\" },\n  \"sources\": [ oops ]\n}\n";
    // Where to listen cannot be read from it.
    let agent = Agent::start_with(broken, &[("GSSA_SERVER__LISTEN", "127.0.0.1:0")]);
    assert!(agent.log().contains("the file is broken at line 3 column 16"), "{}", agent.log());
    assert_eq!(agent.send("GET", "/readyz", "", None).status, 200, "it serves what it can");

    // The password may be in the part that cannot be read: nobody is let in, and the page says why.
    assert_eq!(agent.send("GET", "/api/v1/readings", "", None).status, 403);
    let told = agent.get("/api/v1/session");
    assert_eq!((&told["login"], &told["file"]["state"]), (&json!("impossible"), &json!("broken")), "{told}");
    assert_eq!((&told["file"]["line"], &told["file"]["column"]), (&json!(3), &json!(16)), "{told}");
    let login = json!({ "password": "any password" });
    assert_eq!(agent.change("POST", "/api/v1/session", "", Some(&login)).status, 403);
    assert_eq!(fs::read_to_string(agent.config_path()).unwrap(), broken);

    agent.edit(&at_free_port(&json!({})).to_string());
    until("the repaired file holds", SOON, || {
        (agent.send("GET", "/api/v1/readings", "", None).status == 200).then_some(())
    });
}

#[test]
fn a_wrong_source_is_left_out_and_the_others_are_asked() {
    let devices = Devices::behaving(&[Behaviour::Healthy]);
    let wrong = json!({ "id": "wrong", "kind": "axeos", "address": "ftp://x" });
    let agent = Agent::start(&json!({ "sources": [wrong, source("right", &devices.all()[0])] }));
    agent.reading_when_up("right");
    assert!(agent.find("wrong").is_none());
    assert!(agent.log().contains("sources[0].address"), "{}", agent.log());
}

#[test]
fn the_environment_wins_over_the_file() {
    let devices = Devices::behaving(&[Behaviour::Healthy]);
    let device = &devices.all()[0];
    let config = at_free_port(&json!({ "polling": { "interval_secs": ONCE }, "sources": [source("a", device)] }));
    let agent = Agent::start_with(&config.to_string(), &[("GSSA_POLLING__INTERVAL_SECS", "1")]);
    until("it is asked every second", SOON, || (polls(device) >= 4).then_some(()));
    assert_eq!(agent.get("/api/v1/config")["polling"]["interval_secs"], ONCE, "the file is shown as it is");
    assert_eq!(agent.get("/api/v1/config/status")["locked"], json!(["polling.interval_secs"]));
}

#[test]
fn the_command_line_wins_over_the_environment() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (dir, taken) = (tempfile::tempdir().unwrap(), taken.local_addr().unwrap().to_string());
    fs::write(dir.path().join("other.json"), json!({ "agent": { "name": "Other" } }).to_string()).unwrap();
    let variables = [("GSSA_CONFIG", "other.json"), ("GSSA_SERVER__LISTEN", taken.as_str()), ("GSSA_AGENT__NAME", "")];
    let agent = Agent::start_in(dir, &["run", "--listen", "127.0.0.1:0", "--log-level", "debug"], &variables);
    assert_eq!(agent.get("/api/v1/session")["agent_name"], "Other", "an empty variable is none");
    assert_eq!(agent.get("/api/v1/config/status")["locked"], json!(["logging.level", "server.listen"]));
}

#[test]
fn the_first_save_makes_the_file_for_its_owner_only() {
    let (dir, args) = (tempfile::tempdir().unwrap(), ["run", "--config", "new/config.json", "--listen", "127.0.0.1:0"]);
    let agent = Agent::start_in(dir, &args, &[]);
    let shown = agent.send("GET", "/api/v1/config", "", None);
    assert_eq!(shown.json(), json!({}));
    let if_match = format!("If-Match: {}\r\n", shown.header("etag").unwrap());
    let wanted = json!({ "agent": { "name": "New" } });
    assert_eq!(agent.change("PUT", "/api/v1/config", &if_match, Some(&wanted)).status, 200);
    let file = agent.dir().join("new/config.json");
    assert_eq!(serde_json::from_slice::<Value>(&fs::read(&file).unwrap()).unwrap(), wanted);
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    assert_eq!(agent.get("/api/v1/config/versions")["versions"], json!([]), "there was none before");
}

#[test]
fn another_address_to_listen_at_holds_at_once() {
    let agent = Agent::start(&json!({}));
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    drop(other);
    let wanted = json!({ "server": { "listen": address.to_string() } });
    let answer = agent.change("PUT", "/api/v1/config", "If-Match: *\r\n", Some(&wanted));
    assert_eq!(answer.status, 200, "the answer still comes from where it was asked: {}", answer.text());
    until("it listens there", SOON, || std::net::TcpStream::connect(address).ok());
    assert_eq!(send(address, "GET", "/api/v1/config", "", None).json(), wanted);
    until("it does not listen here any more", SOON, || {
        std::net::TcpStream::connect(agent.address()).is_err().then_some(())
    });
}

#[test]
fn an_unknown_variable_is_told_and_not_obeyed() {
    let config = at_free_port(&json!({})).to_string();
    let agent = Agent::start_with(&config, &[("GSSA_POLLING__INTERVALL_SECS", "1"), ("GSSA_UNRELATED", "x")]);
    let log = agent.log();
    assert!(log.contains("GSSA_POLLING__INTERVALL_SECS"), "{log}");
    assert!(!log.contains("GSSA_UNRELATED"), "{log}");
}

/// An agent over a device that cannot be reached, and a configuration that only differs in its level. A refresh makes a line at `debug`.
fn refused_at(devices: &Devices, level: &str, file: Option<&Value>) -> String {
    let polling = json!({ "interval_secs": ONCE });
    let logging = json!({ "level": level, "file": file, "format": if file.is_some() { "json" } else { "text" } });
    at_free_port(&json!({ "polling": polling, "logging": logging, "sources": [source("a", &devices.all()[0])] }))
        .to_string()
}

fn refresh(agent: &Agent) {
    assert!(agent.change("POST", "/api/v1/readings/a/refresh", "", None).status < 300);
}

#[test]
fn the_log_level_changes_while_the_agent_runs() {
    let devices = Devices::behaving(&[Behaviour::Refuse]);
    let at = |level: &str| refused_at(&devices, level, None);
    let agent = Agent::start_with(&at("info"), &[]);
    refresh(&agent);
    assert!(!agent.log().contains("DEBUG"), "{}", agent.log());
    agent.edit(&at("trace"));
    until("it tells more", SOON, || {
        refresh(&agent);
        agent.log().contains("DEBUG").then_some(())
    });
    agent.edit(&at("warn"));
    until("it tells less", SOON, || {
        let before = agent.log().len();
        refresh(&agent);
        (agent.log().len() == before).then_some(())
    });
}

#[test]
fn log_files_are_rotated_and_the_old_ones_go() {
    const MAX_FILE_BYTES: usize = 1024 * 1024;
    let devices = Devices::behaving(&[Behaviour::Refuse]);
    let file = json!({ "dir": "logs", "max_size_mb": 1, "max_files": 2 });
    let config = refused_at(&devices, "info", Some(&file));
    let dir = tempfile::tempdir().unwrap();
    let (path, logs) = (dir.path().join("config.json"), dir.path().join("logs"));
    fs::write(&path, &config).unwrap();
    // Days of log that an agent before this one has written.
    fs::create_dir(&logs).unwrap();
    fs::write(logs.join("gssa.log"), "x".repeat(MAX_FILE_BYTES)).unwrap();
    for day in 1..=4 {
        fs::write(logs.join(format!("gssa.log.2020010{day}T000000")), "old").unwrap();
    }
    let agent = Agent::start_in(dir, &["run", "--config", "config.json"], &[]);
    let line: Value = serde_json::from_str(agent.log().lines().next().unwrap()).unwrap();
    assert_eq!((&line["message"], &line["level"]), (&json!("agent started"), &json!("INFO")));
    agent.edit(&config.replace("info", "trace"));
    let names = || -> Vec<String> {
        let entries = agent.dir().join("logs").read_dir().unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let names = until("the large file is put aside", SOON, || {
        refresh(&agent);
        let names = names();
        names.iter().any(|name| name.starts_with("gssa.log.202") && !name.contains("2020")).then_some(names)
    });
    assert!(names.iter().all(|name| !name.contains("2020")), "too old: {names:?}");
    assert!(names.len() <= 3, "{names:?}");
    let now = fs::read_to_string(agent.dir().join("logs/gssa.log")).unwrap();
    assert!(now.len() < MAX_FILE_BYTES);
}
