//! The commands that print something and end, with their exit codes.

use std::fs;

use gssa_sim::axeos::Behaviour;
use serde_json::{Value, json};

use crate::support::{Agent, Devices, gssa, run, run_with_input, said};

const COMMANDS: [&str; 15] = [
    "run",
    "demo",
    "probe",
    "record",
    "discover",
    "import",
    "check-config",
    "schema",
    "openapi",
    "healthcheck",
    "hash-password",
    "hook-token",
    "completions",
    "man",
    "version",
];

#[test]
fn every_command_explains_itself() {
    let (code, general, _) = said(&run(&["--help"]));
    assert_eq!(code, Some(0));
    for command in COMMANDS {
        assert!(general.contains(command), "{command}");
        let (code, help, complaint) = said(&run(&[command, "--help"]));
        assert_eq!((code, complaint.as_str()), (Some(0), ""), "{command}");
        assert!(help.contains("Usage: gssa"), "{command}: {help}");
    }
}

#[test]
fn packages_get_completions_and_manual_pages() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, script, complaint) = said(&run(&["completions", shell]));
        assert_eq!((code, complaint.as_str()), (Some(0), ""), "{shell}");
        assert!(script.contains("check-config"), "{shell}");
    }
    let (_, page, _) = said(&run(&["man"]));
    assert!(page.contains(".TH gssa 1"), "{page}");
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man1");
    let (code, _, complaint) = said(&run(&["man", "--out", pages.to_str().unwrap()]));
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    for command in COMMANDS {
        assert!(pages.join(format!("gssa-{command}.1")).is_file(), "{command}");
    }
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let (code, _, complaint) = said(&run(&["man", "--out", file.to_str().unwrap()]));
    assert_eq!(code, Some(1));
    assert!(!complaint.is_empty());
}

#[test]
fn wrong_usage_is_64() {
    for wrong in [
        &[][..],
        &["fly"],
        &["run", "--fly"],
        &["run", "--listen", "nowhere"],
        &["run", "--log-level", "loud"],
        &["demo", "--devices", "0"],
        &["demo", "--devices", "many"],
        &["probe"],
        &["record"],
        &["record", "192.168.1.50", "--kind", "toaster"],
        &["record", "192.168.1.50", "--seconds", "0"],
        &["record", "[::1"],
        &["hook-token"],
        &["completions", "tcsh"],
        &["hook-token", ""],
        &["schema", "everything"],
        &["healthcheck", "--url", "http://[::1"],
    ] {
        let (code, printed, complaint) = said(&run(wrong));
        assert_eq!((code, printed.as_str()), (Some(64), ""), "{wrong:?}");
        assert!(!complaint.is_empty(), "{wrong:?}");
    }
}

#[test]
fn version_schema_and_openapi_are_printed() {
    let (code, version, _) = said(&run(&["version"]));
    assert_eq!(code, Some(0));
    assert!(version.starts_with(&format!("gssa {}", env!("CARGO_PKG_VERSION"))), "{version}");
    for (args, key, value) in [
        (&["schema"][..], "title", "GSSA configuration"),
        (&["schema", "config"], "title", "GSSA configuration"),
        (&["schema", "reading"], "$schema", "https://json-schema.org/draft/2020-12/schema"),
        (&["openapi"], "openapi", "3.1"),
    ] {
        let (code, printed, complaint) = said(&run(args));
        assert_eq!((code, complaint.as_str()), (Some(0), ""), "{args:?}");
        let document: Value = serde_json::from_str(&printed).unwrap();
        assert!(document[key].as_str().is_some_and(|it| it.starts_with(value)), "{args:?}: {}", document[key]);
    }
}

#[test]
fn a_hashed_password_logs_in() {
    const PASSWORD: &str = "correct horse battery";
    let (code, printed, complaint) = said(&run_with_input(&["hash-password"], &format!("{PASSWORD}\r\nignored\n")));
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    let agent = Agent::start(&json!({ "server": { "password_hash": printed.trim() } }));
    assert_eq!(agent.send("GET", "/api/v1/readings", "", None).status, 401);
    let login = |password: &str| agent.change("POST", "/api/v1/session", "", Some(&json!({ "password": password })));
    assert_eq!(login("wrong horse battery").status, 403);
    let answer = login(PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(agent.send("GET", "/api/v1/readings", &format!("Cookie: {cookie}\r\n"), None).status, 200);

    let (code, printed, complaint) = said(&run_with_input(&["hash-password"], "short\n"));
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(complaint.starts_with("gssa: "), "{complaint}");
}

#[test]
fn a_hook_token_opens_the_hook_that_it_was_made_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    let path = path.to_str().unwrap();
    let (code, printed, complaint) = said(&run(&["hook-token", "pool", "--config", path]));
    assert_eq!(code, Some(0));
    assert!(complaint.contains("this machine only"), "{complaint}");
    let told = |what: &str| {
        let line = printed.lines().find_map(|line| line.strip_prefix(what)).unwrap();
        line.trim().to_owned()
    };
    let hook: Value = serde_json::from_str(&told("configuration:")).unwrap();
    let (token, address) = (told("token:"), told("address:"));
    assert_eq!(address, format!("http://127.0.0.1:3010/api/v1/hooks/{token}"));
    let agent = Agent::start(&json!({ "hooks": [hook] }));
    let path = address.strip_prefix("http://127.0.0.1:3010").unwrap();
    let sent = json!({ "event_type": "test", "message": "hello" });
    assert_eq!(agent.send("POST", path, "", Some(&sent)).status, 202);
    assert_eq!(agent.send("POST", &path[..path.len() - 1], "", Some(&sent)).status, 403);
    crate::support::until("the journal tells it", crate::support::SOON, || {
        let journal = agent.get("/api/v1/journal?kind=hook");
        journal["entries"].as_array()?.iter().find(|entry| entry["text"] == "pool: Test notification: hello").cloned()
    });
    let metrics = agent.send("GET", "/metrics", "", None).text();
    for line in [r#"gssa_hook_received_total{hook="pool"} 1.0"#, "gssa_hook_unknown_tokens_total 1.0"] {
        assert!(metrics.lines().any(|written| written == line), "{line} is not in\n{metrics}");
    }

    fs::write(dir.path().join("config.json"), r#"{ "server": { "listen": "0.0.0.0:3011" } }"#).unwrap();
    let (_, printed, complaint) =
        said(&run(&["hook-token", "pool", "--config", dir.path().join("config.json").to_str().unwrap()]));
    assert!(printed.contains("http://ADDRESS-OF-THIS-MACHINE:3011/api/v1/hooks/"), "{printed}");
    assert_eq!(complaint, "");
}

#[test]
fn check_config_lists_everything_that_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let check = |content: &str| {
        let path = dir.path().join("config.json");
        fs::write(&path, content).unwrap();
        said(&run(&["check-config", "--config", path.to_str().unwrap()]))
    };
    let source = |id: &str, address: &str| json!({ "id": id, "kind": "axeos", "address": address });
    let good = json!({ "sources": [source("a", "192.168.1.50")] });
    let (code, printed, _) = check(&good.to_string());
    assert_eq!(code, Some(0));
    assert!(printed.contains("is good: 1 sources"), "{printed}");

    let warned = json!({ "polling": { "interval_secs": 3 }, "sources": good["sources"] });
    let (code, printed, _) = check(&warned.to_string());
    assert_eq!(code, Some(0), "a warning is no failure");
    assert!(printed.contains("warning: polling.interval_secs: "), "{printed}");

    let bad = json!({
        "polling": { "intervall_secs": 30, "timeout_ms": "fast" },
        "server": { "listen": "everywhere", "password_hash": "secret-in-clear" },
        "sources": [source("a", "192.168.1.50"), source("a", "192.168.1.51"), source("B b", "a b"), { "id": "c" }],
        "sauces": [],
    });
    let (code, printed, _) = check(&bad.to_string());
    assert_eq!(code, Some(1));
    for path in [
        "polling.intervall_secs",
        "polling.timeout_ms",
        "server.listen",
        "server.password_hash",
        "sources[1].id",
        "sources[2].id",
        "sources[2].address",
        "sources[3].kind",
        "sources[3].address",
        "sauces",
    ] {
        assert!(printed.contains(&format!("error: {path}: ")), "{path} is not in {printed}");
    }
    assert!(printed.contains("interval_secs`"), "the key that was meant is named: {printed}");
    assert!(!printed.contains("secret-in-clear"), "{printed}");

    let (code, printed, _) = check("{\n  \"sources\": [,]\n}");
    assert_eq!(code, Some(1));
    assert!(printed.contains("line 2 column 15"), "{printed}");

    let (code, printed, complaint) = said(&run(&["check-config", "--config", "/nowhere/config.json"]));
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(complaint.contains("there is no file /nowhere/config.json"), "{complaint}");
}

#[test]
fn healthcheck_tells_whether_the_agent_lives() {
    let mut agent = Agent::start(&json!({}));
    let url = format!("http://{}", agent.address());
    let (code, printed, _) = said(&run(&["healthcheck", "--url", &url]));
    assert_eq!((code, printed.trim()), (Some(0), "alive"));
    // Without a URL it asks where the configuration says.
    let listen = agent.address().to_string();
    let by_config =
        || said(&gssa(&["healthcheck", "--config", "none.json"]).env("GSSA_SERVER__LISTEN", &listen).output().unwrap());
    assert_eq!(by_config().0, Some(0));

    agent.signal("TERM");
    agent.wait(crate::support::SOON);
    for (code, printed, complaint) in [by_config(), said(&run(&["healthcheck", "--url", &url]))] {
        assert_eq!((code, printed.as_str()), (Some(1), ""));
        assert!(complaint.contains("connection refused"), "{complaint}");
    }
}

#[test]
fn probe_says_what_is_there() {
    let devices = Devices::behaving(&[Behaviour::Healthy, Behaviour::NotAMiner, Behaviour::Refuse]);
    let probe = |n: usize| said(&run(&["probe", &devices.all()[n].address().to_string()]));
    let (code, printed, told) = probe(0);
    assert_eq!(code, Some(0), "{told}");
    let reading: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&reading["health"], &reading["source"]["kind"]), (&json!("up"), &json!("axeos")));
    assert_eq!(reading["snapshot"]["identity"]["firmware_version"], crate::support::MODEL.firmware());
    assert!(told.contains("is of kind axeos: "), "{told}");

    for (n, reason) in [(1, "not_a_miner"), (2, "connection_refused")] {
        let (code, printed, told) = probe(n);
        assert_eq!(code, Some(1), "{told}");
        let reading: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(reading["failure"]["reason"], reason);
        assert!(told.contains("no device at"), "{told}");
    }
    let (code, printed, complaint) = said(&run(&["probe", "http://no spaces please"]));
    assert_eq!((code, printed.as_str()), (Some(64), ""));
    assert!(complaint.contains("is no address"), "{complaint}");
}

#[test]
fn the_paths_of_a_mim_are_looked_for_only_when_somebody_asks() {
    let mim = gssa_sim::mim::DeviceSpec::new(gssa_sim::mim::Model::Bare, 1);
    let devices = Devices::start(vec![mim]);
    let address = devices.all()[0].address().to_string();
    let (code, printed, complaint) = said(&run(&["probe", "--mim-paths", &address]));
    assert_eq!(code, Some(0), "{complaint}");
    let found: Value = serde_json::from_str(&printed).unwrap();
    let paths: Vec<&str> = found["found"].as_array().unwrap().iter().filter_map(|it| it["path"].as_str()).collect();
    assert_eq!(paths, ["/api/server/list", "/api/server/containers", "/api/server/products"], "{printed}");
    assert_eq!(found["found"][1]["map"], "containers");
    assert!(complaint.contains("3 of 12 paths answered JSON"), "{complaint}");

    let (code, _, complaint) = said(&run(&["probe", "--mim-paths", "127.0.0.1:1"]));
    assert_eq!(code, Some(1));
    assert!(complaint.contains("no MIM at"), "{complaint}");
}
