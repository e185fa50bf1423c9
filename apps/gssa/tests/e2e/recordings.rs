//! Every peer that can be simulated, recorded and read from its recording, without the binary.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use gssa::collectors::{SUPPORTED, make};
use gssa::config::{Configuration, Options};
use gssa::record::record;
use gssa::redact::Redactor;
use gssa::specs::specs;
use gssa_sim::pool::{CoinSpec, Pool, PoolSpec, Program, Worker};
use gssa_sim::replay::{Recording, Replay};
use gssa_sim::{Behaviour, Device, Model, Spec, axeos, cgminer, mim};
use gssa_view::clock::SystemClock;
use serde_json::{Value, json};

use crate::record::{SECRETS, spec};
use crate::support::{Devices, tell};

/// How many are recorded side by side.
const AT_ONCE: usize = 16;

/// One that pools ask for.
const API_KEY: &str = "planted-api-key-9";

/// What workers of pools are called; each has something to hide.
const WORKERS: [&str; 5] = [
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4.rig1",
    "DTxv8Hq2mWcPz5NfRk7uJa9yYbE3gLsVtK|LbTjMGN7gELw4KbeyQf6cTCq859hD18guE.rig2",
    "plainaccount.rig3",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4.rig1-1",
];

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// What was read of a peer, what was read of its recording, and the recording.
struct Read {
    original: Option<Value>,
    replayed: Option<Value>,
    text: String,
    unknown: Vec<String>,
}

/// Records a source once, and reads the recording as the same source.
async fn record_and_replay(mut source: Value) -> Read {
    (source["interval_secs"], source["timeout_ms"]) = (60.into(), 20_000.into());
    let spec_of = |source: &Value| {
        let options = Options {
            path: "/nowhere/config.json".into(),
            env: Vec::new(),
            overrides: json!({ "sources": [source] }),
            supported: SUPPORTED,
        };
        let loaded = Configuration::load(options).current();
        assert!(!loaded.has_errors(), "{:?}", loaded.problems);
        specs(&loaded.config).remove(0)
    };
    let stop = std::future::pending();
    let recorded = record(&spec_of(&source), Duration::ZERO, &SystemClock, Redactor::default(), stop).await;
    let text = serde_json::to_string(&recorded.unwrap()).unwrap();
    let written: Value = serde_json::from_str(&text).unwrap();
    let replay = Replay::start(Recording::read(text.as_bytes()).unwrap(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let scheme = source["address"].as_str().unwrap().split("://").next().unwrap().to_owned();
    source["address"] = format!("{scheme}://{}", replay.address()).into();
    let replayed = make(&spec_of(&source)).unwrap().collect().await.ok();
    Read {
        original: written.get("snapshot").cloned(),
        // Through text as the recording was: a figure may be another in its last digit.
        replayed: replayed.map(|it| serde_json::from_str(&serde_json::to_string(&it).unwrap()).unwrap()),
        text,
        unknown: replay.unknown(),
    }
}

/// Every model that there is, healthy and with texts that are no UTF-8.
fn every_model() -> Vec<Spec<Model>> {
    let axeos = axeos::Model::ALL.into_iter().map(Model::Axeos);
    let models: Vec<Model> = axeos.chain(cgminer::Model::ALL.into_iter().map(Model::Cgminer)).collect();
    let behaviours = [Behaviour::Healthy, Behaviour::BadUtf8];
    let specs = behaviours.into_iter().flat_map(|behaviour| models.iter().map(move |model| (behaviour, *model)));
    (1..).zip(specs).map(|(number, (behaviour, model))| spec(model, number).behaving(behaviour)).collect()
}

#[test]
fn every_device_is_read_from_its_recording_as_it_was() {
    let devices = Devices::start(every_model());
    let one_by_one = stream::iter(devices.all().iter().map(device)).buffer_unordered(AT_ONCE);
    let read: Vec<bool> = runtime().block_on(one_by_one.collect());
    let with_reading = read.iter().filter(|has_reading| **has_reading).count();
    tell(&format!("{} models recorded and replayed, {with_reading} with a reading", read.len()));
    assert!(with_reading > 100);
}

/// Whether there was a reading.
async fn device(device: &Device) -> bool {
    let model = device.model();
    let address = format!("{}://{}", model.scheme(), device.address());
    let mut read = record_and_replay(json!({ "id": "a", "kind": model.kind(), "address": address })).await;
    for secret in SECRETS {
        assert!(!read.text.to_lowercase().contains(&secret.to_lowercase()), "{secret} of {model} in {}", read.text);
    }
    if device.behaviour() == Behaviour::BadUtf8 {
        // A name that is no text is another one after it was read.
        for snapshot in [&mut read.original, &mut read.replayed].into_iter().flatten() {
            snapshot["identity"]["hostname"].take();
            snapshot["pools"].as_array_mut().unwrap().iter_mut().for_each(|pool| drop(pool["user"].take()));
        }
    }
    assert_eq!(read.replayed, read.original, "{model} {}", device.behaviour());
    assert_eq!(read.unknown, Vec::<String>::new(), "{model}");
    read.original.is_some()
}

#[test]
fn every_pool_is_read_from_its_recording_as_it_was() {
    runtime().block_on(async {
        for program in Program::ALL {
            let workers = WORKERS.map(|name| Worker::new(name, 1e12)).to_vec();
            let coins = vec![CoinSpec::new("BTC", workers.clone()), CoinSpec::new("BTC-SOLO", workers)];
            let spec = PoolSpec::new(program, coins).asking_for(API_KEY);
            let pool = Pool::start(spec, ([127, 0, 0, 1], 0).into()).unwrap();
            let address = format!("http://{}", pool.address());
            let source = json!({ "id": "a", "kind": "gss", "address": address, "api_key": API_KEY,
                "coins": if program.is_engine() { json!([]) } else { json!(["BTC", "BTC-SOLO"]) } });
            let read = record_and_replay(source).await;
            for secret in [API_KEY, "bc1q", "DTxv8", "LbTj", "plainaccount"] {
                assert!(!read.text.contains(secret), "{secret} of {} in {}", program.name(), read.text);
            }
            let mut original = read.original.unwrap_or_else(|| panic!("{}: {}", program.name(), read.text));
            let mut replayed = read.replayed.unwrap();
            // Workers are in the order of their names, which are others now.
            for snapshot in [&mut original, &mut replayed] {
                for coin in snapshot["coins"].as_array_mut().unwrap() {
                    coin["workers"].as_array_mut().unwrap().sort_by_key(|worker| worker["name"].to_string());
                }
            }
            assert_eq!(replayed, original, "{}", program.name());
            assert_eq!(read.unknown, Vec::<String>::new(), "{}", program.name());
            let workers = original["coins"][0]["workers"].as_array().unwrap();
            let names: Vec<&str> = workers.iter().filter_map(|worker| worker["name"].as_str()).collect();
            let wallet = names.iter().find_map(|name| name.strip_suffix(".rig1")).unwrap();
            for name in [wallet.to_owned(), format!("{wallet}.rig1-1"), "account-1.rig3".to_owned()] {
                assert!(names.contains(&name.as_str()), "the same wallet is the same: {name} in {names:?}");
            }
            pool.stop().await;
        }
    });
}

#[test]
fn every_manager_is_read_from_its_recording_as_it_was() {
    let specs = (1..).zip(mim::Model::ALL).map(|(number, model)| spec(Model::Mim(model), number));
    let devices = Devices::start(specs.collect());
    runtime().block_on(async {
        for device in devices.all() {
            let Model::Mim(model) = device.model() else { unreachable!("all are managers") };
            let endpoint = |it: &mim::Endpoint| json!({ "name": it.name, "path": it.path, "map": it.map });
            let endpoints: Vec<Value> = model.endpoints().iter().map(endpoint).collect();
            let address = format!("http://{}", device.address());
            let source = json!({ "id": "a", "kind": "mim", "address": address, "endpoints": endpoints,
                "servers": model.servers() });
            let read = record_and_replay(source).await;
            assert!(read.original.is_some(), "{model}: {}", read.text);
            assert_eq!(read.replayed, read.original, "{model}");
            assert_eq!(read.unknown, Vec::<String>::new(), "{model}");
        }
    });
}
