//! The flight recorder: what is recorded of a device, and what is read of the recording.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use gssa_sim::replay::{Recording, Replay};
use gssa_sim::{Behaviour, Model, Spec, axeos};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{Devices, SOON, gssa, run, said, until};

/// What simulated devices tell that nobody else should know.
pub(crate) const SECRETS: [&str; 6] =
    ["sim-wifi", "sim-pool-password", "sim-wifi-password", "02:5A:17:0A:", "bc1qsimulated", "root-password"];

/// The first number of a device: from here on no hardware address looks like the placeholder of one.
const FIRST: u32 = 700_000;

pub(crate) fn spec(model: impl Into<Model>, number: u32) -> Spec<Model> {
    Spec::new(model.into(), FIRST + number)
}

/// A recording that is served.
struct Played {
    replay: Replay,
    _runtime: Runtime,
}

impl Played {
    fn start(file: &Path) -> Self {
        let recording = Recording::read(&fs::read(file).unwrap()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let replay = runtime.block_on(Replay::start(recording, ([127, 0, 0, 1], 0).into())).unwrap();
        Self { replay, _runtime: runtime }
    }

    fn address(&self) -> String {
        self.replay.address().to_string()
    }
}

/// Records one observation of an address; gives the exit code, the file and what was said.
fn recorded(address: &str, file: &Path, more: &[&str]) -> (Option<i32>, Value, String) {
    let file = file.to_str().unwrap();
    let (code, printed, complaint) =
        said(&run(&[&["record", address, "--seconds", "1", "--out", file], more].concat()));
    assert_eq!(printed, "");
    (code, serde_json::from_slice(&fs::read(file).unwrap()).unwrap(), complaint)
}

fn probe(address: &str) -> Value {
    let (_, printed, complaint) = said(&run(&["probe", address]));
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {complaint}"))
}

/// A snapshot with its figures replaced by what they are, since they move, and without what a recording has not.
fn still(value: &Value) -> Value {
    match value {
        Value::Number(_) => "a figure".into(),
        Value::Array(items) => items.iter().map(still).collect(),
        Value::Object(members) => {
            let redacted = ["hostname", "mac", "serial", "url", "user"];
            let kept = members.iter().filter(|(name, _)| !redacted.contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), still(value))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn a_recording_is_read_as_its_device_was() {
    let models: [Model; 5] = [
        Model::Axeos(axeos::Model::GammaV2_12_2),
        Model::Axeos(axeos::Model::NmAxeV2_9_21),
        Model::Cgminer("antminer-s21".parse().unwrap()),
        Model::Cgminer("canaan-nano3s".parse().unwrap()),
        Model::Cgminer("whatsminer-m30s".parse().unwrap()),
    ];
    let devices = Devices::start((1..).zip(models).map(|(number, model)| spec(model, number)).collect());
    let dir = tempfile::tempdir().unwrap();
    for device in devices.all() {
        let file = dir.path().join("recording.json");
        let (code, recording, complaint) = recorded(&device.address().to_string(), &file, &[]);
        assert_eq!(code, Some(0), "{complaint}");
        let kind = device.model().kind();
        assert_eq!((recording["schema"].as_str(), recording["kind"].as_str()), (Some("gssa.recording/1"), Some(kind)));
        assert!(complaint.contains(&format!("with a source of kind {kind}")), "{complaint}");
        assert!(complaint.contains("look through it before you send it"), "{complaint}");

        let original = probe(&device.address().to_string());
        let played = Played::start(&file);
        let replayed = probe(&played.address());
        assert_eq!(still(&replayed["snapshot"]), still(&original["snapshot"]), "{}", device.model());
        assert_eq!(replayed["source"]["kind"], kind);
        assert_eq!(replayed["snapshot"], recording["snapshot"], "{}", device.model());
        assert_eq!(played.replay.unknown(), Vec::<String>::new());

        let text = fs::read_to_string(&file).unwrap();
        for secret in SECRETS {
            assert!(!text.to_lowercase().contains(&secret.to_lowercase()), "{secret} of {} in {text}", device.model());
        }
        let is_told = |what: &str| complaint.contains(what);
        assert!(is_told("host name") || is_told("account") || is_told("wallet"), "{complaint}");
    }
}

#[test]
fn a_device_that_fails_fails_in_its_recording_too() {
    let behaviours = [
        Behaviour::Unauthorized,
        Behaviour::ServerError,
        Behaviour::Busy,
        Behaviour::WrongContentType,
        Behaviour::Redirect,
        Behaviour::NotAMiner,
        Behaviour::DeepJson,
        Behaviour::Garbage,
        Behaviour::Truncate,
        Behaviour::Hang,
    ];
    let devices = Devices::behaving(&behaviours);
    let dir = tempfile::tempdir().unwrap();
    for device in devices.all() {
        let file = dir.path().join("recording.json");
        let address = format!("http://{}", device.address());
        let (code, recording, complaint) = recorded(&address, &file, &["--kind", "axeos"]);
        assert_eq!(code, Some(1), "{}: {complaint}", device.behaviour());
        assert_eq!((&recording["kind"], &recording["snapshot"]), (&Value::Null, &Value::Null));
        let played = Played::start(&file);
        // By the same kind again: a recording has answers to what that kind asks, and to nothing else.
        let again = dir.path().join("again.json");
        let (_, replayed, _) = recorded(&format!("http://{}", played.address()), &again, &["--kind", "axeos"]);
        let reason = |recording: &Value| recording["observations"][0]["failure"]["reason"].clone();
        assert!(reason(&recording).is_string(), "{recording}");
        assert_eq!(reason(&recording), reason(&replayed), "{}", device.behaviour());
    }
}

#[test]
fn a_source_of_the_configuration_is_recorded_with_its_login_and_without_its_password() {
    let devices = Devices::start(vec![spec(Model::Cgminer("antminer-s21".parse().unwrap()), 7)]);
    let device = &devices.all()[0];
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.json");
    let config_for = |api: String, web: u16| {
        let credentials = json!({ "username": "root", "password": "root" });
        json!({ "sources": [{ "id": "shed", "kind": "antminer", "address": api, "http_port": web, "credentials": credentials }] })
    };
    fs::write(&config, config_for(device.address().to_string(), device.web_address().unwrap().port()).to_string())
        .unwrap();
    let flags = ["--config", config.to_str().unwrap()];
    let file = dir.path().join("recording.json");
    let (code, recording, complaint) = recorded("shed", &file, &flags);
    assert_eq!(code, Some(0), "{complaint}");
    let exchanges = recording["exchanges"].as_array().unwrap();
    let pages: Vec<_> = exchanges.iter().filter(|exchange| exchange["request"]["path"].is_string()).collect();
    let statuses: Vec<_> = pages.iter().map(|page| page["answer"]["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [401, 200]);
    assert_eq!((&pages[0]["request"]["with"], &pages[1]["request"]["with"]), (&Value::Null, &json!(["authorization"])));
    let text = recording.to_string();
    assert!(!text.contains("username") && !text.contains("response=") && !text.contains("nonce=\\\"root"), "{text}");
    assert!(recording["snapshot"]["identity"]["serial"].is_string(), "only the web page tells it: {text}");

    let played = Played::start(&file);
    fs::write(&config, config_for(played.address(), played.replay.address().port()).to_string()).unwrap();
    let (code, again, complaint) = recorded("shed", &dir.path().join("again.json"), &flags);
    assert_eq!(code, Some(0), "{complaint}");
    assert_eq!(still(&again["snapshot"]), still(&recording["snapshot"]));
    assert_eq!(again["snapshot"]["temperatures"], recording["snapshot"]["temperatures"]);

    let (code, _, complaint) = said(&run(&["record", "shed", "--kind", "antminer", flags[0], flags[1]]));
    assert_eq!(code, Some(64));
    assert!(complaint.contains("has its kind there"), "{complaint}");
}

#[test]
fn a_recording_that_is_ended_early_is_written_and_overwrites_nothing() {
    let devices = Devices::start(vec![spec(Model::Axeos(axeos::Model::GammaV2_12_2), 1)]);
    let device = &devices.all()[0];
    let dir = tempfile::tempdir().unwrap();
    let mut child = gssa(&["record", &device.address().to_string(), "--seconds", "3600"])
        .current_dir(dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("it was asked", SOON, || (crate::support::polls(device) > 0).then_some(()));
    // What it was told ends it: the answer was on its way when the device counted it.
    let interrupt = || std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupt().success());
    let ended = until("it has ended", SOON, || child.try_wait().unwrap());
    assert!(matches!(ended.code(), Some(0 | 1)), "{ended}");
    let files: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("gssa-") && file.extension().is_some_and(|it| it == "json"), "{name}");
    Recording::read(&fs::read(file).unwrap()).unwrap();
    assert_eq!(device.counts().write_requests, 0);
}
