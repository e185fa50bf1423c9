//! The uplink of a real agent, against a receiver that behaves and one that does not.

use std::fs;
use std::time::Duration;

use gssa_sim::axeos::DeviceSpec;
use gssa_uplink::receiver::Content;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio_rustls::rustls::ServerConfig;

use crate::receiver::{Fault, Log, Receiver};
use crate::support::{Agent, Devices, MODEL, SOON, at_free_port, source, until};

/// A receiver on a thread of its own.
pub(crate) struct Cloud {
    pub(crate) receiver: Receiver,
    runtime: Runtime,
}

impl Cloud {
    pub(crate) fn start() -> Self {
        Self::of(Receiver::new())
    }

    pub(crate) fn with_tls(config: ServerConfig) -> Self {
        Self::of(Receiver::with_tls(Some(config)))
    }

    fn of(receiver: impl Future<Output = Receiver>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let receiver = runtime.block_on(receiver);
        Self { receiver, runtime }
    }

    /// Starts something else on its thread.
    pub(crate) fn run<T>(&self, start: impl Future<Output = T>) -> T {
        self.runtime.block_on(start)
    }

    /// The configuration of an uplink to it.
    fn uplink(&self, more: &Value) -> Value {
        let mut uplink = json!({ "id": "cloud", "endpoint": format!("ws://{}/agent", self.receiver.address),
                                 "token": "planted-uplink-token", "flush_secs": 1 });
        uplink.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        uplink
    }

    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&Log) -> bool) -> Log {
        until(what, SOON, || Some(self.receiver.log()).filter(|log| is_so(log)))
    }
}

pub(crate) fn agent(cloud: &Cloud, devices: &Devices, more: &Value) -> Value {
    let sources: Vec<Value> = ["attic", "garage"].iter().zip(devices.all()).map(|(id, it)| source(id, it)).collect();
    json!({ "polling": { "interval_secs": 1 }, "sources": sources, "uplinks": [cloud.uplink(more)] })
}

pub(crate) fn devices() -> Devices {
    Devices::start(vec![DeviceSpec::new(MODEL, 1), DeviceSpec::new(MODEL, 2)])
}

fn link(agent: &Agent) -> Value {
    agent.get("/api/v1/uplinks")["uplinks"][0].clone()
}

pub(crate) fn link_when(agent: &Agent, what: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    until(&format!("the uplink is {what}"), SOON, || {
        last = link(agent);
        is_wanted(&last).then(|| last.clone())
    })
}

/// The readings of a source that are stored, oldest first.
fn stored(log: &Log, id: &str) -> Vec<Value> {
    let entries = log.epochs.values().flat_map(|epoch| &epoch.entries);
    let reading = |content: &Content| match content {
        Content::Report { source_id, report } if source_id.as_str() == id => {
            Some(serde_json::from_str::<Value>(report).unwrap()["reading"].clone())
        }
        _ => None,
    };
    entries.filter_map(|(_, content)| reading(content)).collect()
}

pub(crate) fn has_snapshots(log: &Log, count: usize) -> bool {
    ["attic", "garage"].iter().all(|id| {
        stored(log, id).iter().filter(|reading| reading["health"] == "up" && !reading["snapshot"].is_null()).count()
            >= count
    })
}

#[test]
fn what_devices_say_arrives_without_what_is_private_and_the_end_is_told() {
    let (cloud, devices) = (Cloud::start(), devices());
    let mut agent = Agent::start(&agent(&cloud, &devices, &json!({})));
    let mut events = agent.events();
    let here = agent.reading_when_up("attic");
    let log = cloud.until("some readings of each are stored", |log| has_snapshots(log, 3));
    log.check();

    let there = stored(&log, "attic").pop().unwrap();
    for path in [
        "/source/id",
        "/source/name",
        "/source/kind",
        "/state",
        "/snapshot/kind",
        "/snapshot/identity/model",
        "/snapshot/work/best_difficulty",
    ] {
        assert_eq!(there.pointer(path), here.pointer(path), "{path}");
    }
    let wire = log.messages.concat();
    for path in ["/source/address", "/snapshot/identity/mac", "/snapshot/network/ip", "/snapshot/pools/0/user"] {
        if let Some(private) = here.pointer(path).and_then(Value::as_str) {
            assert!(!wire.contains(private), "{path}: {private}");
        }
    }
    assert!(here.pointer("/snapshot/identity/hostname").is_some() && !wire.contains("\"hostname\""));
    assert!(here.pointer("/snapshot/identity/mac").is_some() && here.pointer("/source/address").is_some());
    for secret in
        ["127.0.0.1", "sim-wifi-password", "sim-pool-password", "sim-wifi", "planted-uplink-token", "rssi_dbm"]
    {
        assert!(!wire.contains(secret), "{secret}");
    }
    assert_eq!(log.requests[0].2["authorization"], "Bearer planted-uplink-token");
    let kinds =
        |wanted: fn(&Content) -> bool| log.epoch().entries.iter().filter(|(_, content)| wanted(content)).count();
    assert!(kinds(|content| matches!(content, Content::Sources(sources) if sources.len() == 2)) > 0);
    assert!(kinds(|content| matches!(content, Content::Event(_))) > 0);
    let status = log.epoch().entries.iter().find_map(|(_, content)| match content {
        Content::Status(status) => Some(serde_json::from_str::<Value>(status).unwrap()),
        _ => None,
    });
    let status = status.expect("the first status comes at the start");
    // What whoever looks there needs to see rows as they are here.
    assert_eq!(status["plans"]["others"]["interval_secs"], 1, "{status}");
    assert!(status["plans"]["others"]["chip_celsius"]["critical"].is_f64(), "{status}");
    assert!(status["utc_offset_secs"].is_i64(), "{status}");

    let told = link_when(&agent, "on", |link| link["state"] == "on" && link["ack_delay_ms"].is_u64());
    let amount = |fate: &str| told["ledger"][fate]["items"].as_u64().unwrap();
    let sum: u64 = ["queued", "acknowledged", "thinned", "lost", "refused"].into_iter().map(amount).sum();
    assert_eq!(amount("produced"), sum, "{told:#}");
    assert!(told["sent_by_day"][0]["bytes"].as_u64() > Some(1000), "{told:#}");
    until("the stream tells of the link", SOON, || {
        let event = events.next("uplinks");
        (event.data["uplinks"][0]["state"] == "on").then_some(())
    });
    let metrics = agent.send("GET", "/metrics", "", None).text();
    assert!(metrics.contains("gssa_uplink_up{uplink=\"cloud\"} 1.0"), "{metrics}");
    let journal = agent.get("/api/v1/journal?kind=uplink");
    assert_eq!(journal["entries"][0]["text"], "uplink cloud is connected");

    let preview = agent.get("/api/v1/uplinks/cloud/preview?source_id=attic");
    assert_eq!(preview["url"], format!("ws://{}/agent", cloud.receiver.address));
    assert_eq!(preview["headers"]["authorization"], "Bearer ********");
    let shown = &preview["message"]["items"][0]["report"]["reading"];
    assert_eq!(shown["snapshot"]["identity"], there["snapshot"]["identity"]);
    assert_eq!(shown["source"], there["source"]);

    agent.signal("TERM");
    assert!(agent.wait(Duration::from_secs(10)).success());
    let log = cloud.until("bye", |log| log.epoch().bye.is_some());
    log.check();
    assert_eq!(log.epoch().bye, Some(log.epoch().stored), "everything was delivered before");
}

#[test]
fn links_come_change_and_go_without_a_restart() {
    let (cloud, devices) = (Cloud::start(), devices());
    let mut config = agent(&cloud, &devices, &json!({}));
    config["uplinks"] = json!([]);
    let agent = Agent::start(&config);
    assert_eq!(agent.get("/api/v1/uplinks"), json!({ "uplinks": [] }));
    let save = |uplinks: Value, interval: u64| {
        let mut config = config.clone();
        config["uplinks"] = uplinks;
        config["polling"]["interval_secs"] = interval.into();
        agent.edit(&at_free_port(&config).to_string());
    };
    save(json!([cloud.uplink(&json!({}))]), 1);
    cloud.until("readings", |log| has_snapshots(log, 1));
    // What does not concern it leaves it alone.
    save(json!([cloud.uplink(&json!({}))]), 2);
    until("another interval is in force", SOON, || {
        (agent.get("/api/v1/config")["polling"]["interval_secs"] == 2).then_some(())
    });
    let before = stored(&cloud.receiver.log(), "attic").len();
    let log = cloud.until("more readings", |log| stored(log, "attic").len() > before + 1);
    assert_eq!((log.hellos.len(), log.epochs.len()), (1, 1));

    save(json!([cloud.uplink(&json!({ "token": "another-token" }))]), 2);
    let log = cloud.until("another token", |log| log.hellos.len() == 2);
    assert_eq!(log.requests.last().unwrap().2["authorization"], "Bearer another-token");
    assert_eq!(log.epochs.len(), 1, "nothing that waited is lost");

    // What may be sent is another: what waited by the old rule does not leave.
    save(json!([cloud.uplink(&json!({ "fields": { "source.name": "mask", "snapshot.power": "withhold" } }))]), 2);
    let log = cloud.until("another epoch", |log| log.epochs.len() == 2 && log.hellos.len() == 3);
    let epoch = log.hellos.last().unwrap().epoch.to_string();
    let log = cloud.until("readings by the new rule", |log| log.epochs[&epoch].entries.len() > 4);
    let new: Vec<&String> = log.messages.iter().skip_while(|text| !text.contains(&epoch)).collect();
    assert!(new.iter().all(|text| !text.contains("\"watts\"")), "{new:?}");

    save(json!([]), 2);
    cloud.until("bye", |log| log.ends.len() == 3);
    until("none is told", SOON, || (agent.get("/api/v1/uplinks") == json!({ "uplinks": [] })).then_some(()));
}

#[test]
fn whatever_the_receiver_does_everything_arrives_once_and_polling_goes_on() {
    let (cloud, devices) = (Cloud::start(), devices());
    let after = |status, secs: u64| Fault::Status(status, vec![("retry-after", secs.to_string())], String::new());
    cloud.receiver.faults([
        Fault::CutAfter(300),
        Fault::CutAfter(900),
        after(429, 1),
        Fault::Status(502, vec![], String::new()),
        Fault::CutAfter(2000),
        Fault::Closes(1012),
        after(503, 1),
        Fault::NoAcks,
    ]);
    let agent = Agent::start(&agent(&cloud, &devices, &json!({})));
    cloud.until("the last fault", |log| log.hellos.len() >= 3);
    let polled = |id: &str| agent.reading(id)["observed_at"].as_str().map(str::to_owned);
    for id in ["attic", "garage"] {
        let before = polled(id);
        until("it is asked on", SOON, || (polled(id) != before).then_some(()));
    }
    // What has no acknowledgement is sent again over the next connection.
    agent.edit(&edited(&agent, "another-token"));
    let log = cloud.until("readings", |log| has_snapshots(log, 2));
    log.check();
    let told = link_when(&agent, "on", |link| link["state"] == "on");
    assert!(told["attempts"].as_array().unwrap().len() >= 6, "{told:#}");
    assert!(told.get("last_error").is_none(), "{told:#}");
    assert_eq!(told["ledger"]["lost"]["items"], 0);
}

/// The configuration of an agent with another token of its uplink.
fn edited(agent: &Agent, token: &str) -> String {
    let mut config: Value = serde_json::from_str(&fs::read_to_string(agent.config_path()).unwrap()).unwrap();
    config["uplinks"][0]["token"] = token.into();
    config.to_string()
}

#[test]
fn a_receiver_that_never_reads_holds_up_nothing() {
    let (cloud, devices) = (Cloud::start(), devices());
    cloud.receiver.always(Some(Fault::NeverReads));
    let mut agent = Agent::start(&agent(&cloud, &devices, &json!({})));
    cloud.until("hello", |log| !log.hellos.is_empty());
    let before = link(&agent)["ledger"]["produced"]["items"].as_u64().unwrap_or(0);
    let told = link_when(&agent, "filling", |link| link["ledger"]["produced"]["items"].as_u64() > Some(before + 6));
    assert_eq!(told["ledger"]["acknowledged"]["items"], 0);
    assert_eq!(agent.send("GET", "/healthz", "", None).status, 200);
    agent.signal("TERM");
    assert!(agent.wait(Duration::from_secs(10)).success(), "a stop does not wait for it either: {}", agent.log());
    assert!(!agent.log().contains("without waiting"), "{}", agent.log());
}

#[test]
fn a_token_in_a_file_is_read_again_when_it_is_refused_or_changes() {
    let (cloud, devices) = (Cloud::start(), devices());
    cloud.receiver.tokens(&["second-token", "third-token"]);
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("token"), "first-token\n").unwrap();
    let config = agent(&cloud, &devices, &json!({ "token": { "file": "token" } }));
    fs::write(dir.path().join("config.json"), at_free_port(&config).to_string()).unwrap();
    let agent = Agent::start_in(dir, &["run", "--config", "config.json"], &[]);
    let told = link_when(&agent, "rejected", |link| link["state"] == "rejected");
    let error = told["last_error"].as_str().unwrap();
    assert!(error.contains("token") && !error.contains("first-token"), "{error}");
    fs::write(agent.dir().join("token"), "second-token \n").unwrap();
    cloud.until("the second token", |log| log.hellos.len() == 1);
    link_when(&agent, "on", |link| link["state"] == "on");
    fs::write(agent.dir().join("token"), "third-token").unwrap();
    let log = cloud.until("the third token", |log| log.hellos.len() == 2);
    assert_eq!(log.requests.last().unwrap().2["authorization"], "Bearer third-token");
    assert!(!agent.log().contains("first-token") && !agent.log().contains("third-token"));
}

#[test]
fn two_agents_with_one_token_are_told() {
    let (cloud, devices) = (Cloud::start(), devices());
    cloud.receiver.always(Some(Fault::Closes(4409)));
    let agent = Agent::start(&agent(&cloud, &devices, &json!({})));
    let told = link_when(&agent, "in trouble", |link| link["state"] == "trouble");
    assert!(told["last_error"].as_str().unwrap().contains("two copies"), "{told:#}");
    assert_eq!(told["endings"], json!({ "duplicate": 1 }));
    let journal = agent.get("/api/v1/journal?kind=uplink");
    assert!(
        journal["entries"]
            .as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["text"].as_str().unwrap().contains("two copies"))
    );
}

#[test]
fn a_link_is_tried_before_it_is_saved_and_one_that_runs_is_left_alone() {
    let (cloud, devices) = (Cloud::start(), devices());
    cloud.receiver.tokens(&["planted-uplink-token", "another-token"]);
    let agent = Agent::start(&json!({ "sources": agent(&cloud, &devices, &json!({}))["sources"] }));
    let ask = |body: &Value| agent.change("POST", "/api/v1/uplinks/test", "", Some(body));
    let tried = |body: &Value| {
        let answer = ask(body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(!answer.text().contains("planted-uplink-token"));
        answer.json()
    };
    // Not saved, without an id.
    let mut draft = cloud.uplink(&json!({}));
    draft.as_object_mut().unwrap().remove("id");
    let works = tried(&json!({ "uplink": draft }));
    assert_eq!((&works["works"], &works["carrier"]), (&json!(true), &json!("websocket")), "{works}");
    assert_eq!((&works["agent"], &works["server"]), (&json!("garage-7f3a"), &json!("test 1")));
    let log = cloud.until("its goodbye", |log| log.epochs.values().any(|epoch| epoch.bye == Some(0)));
    assert_eq!(log.stored(), 0, "no reading leaves");
    let refused = tried(&json!({ "uplink": cloud.uplink(&json!({ "token": "wrong-token" })) }));
    assert_eq!((&refused["works"], &refused["reason"]), (&json!(false), &json!("rejected")), "{refused}");
    assert!(refused["text"].as_str().unwrap().contains("token was refused"), "{refused}");
    cloud.receiver.only_post(true);
    let by_post = tried(&json!({ "uplink": draft }));
    assert_eq!((&by_post["works"], &by_post["carrier"]), (&json!(true), &json!("post")), "{by_post}");
    assert!(by_post["text"].as_str().unwrap().contains("only by POST"), "{by_post}");
    cloud.receiver.only_post(false);
    assert!(agent.get("/api/v1/uplinks")["uplinks"].as_array().unwrap().is_empty(), "nothing is saved");

    // What is wrong with it is told as when it is saved.
    let plaintext = json!({ "uplink": cloud.uplink(&json!({ "endpoint": "ws://192.0.2.1/agent" })) });
    let metadata = json!({ "uplink": cloud.uplink(&json!({ "endpoint": "wss://169.254.169.254/latest" })) });
    let answer = ask(&plaintext);
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json()["problems"][0]["path"], "endpoint", "{}", answer.text());
    assert!(tried(&metadata)["text"].as_str().unwrap().contains("no receiver can be"));
    for (body, status) in [
        (json!({}), 400),
        (json!({ "id": "cloud", "uplink": draft }), 400),
        (json!({ "id": "nowhere" }), 404),
        // Nobody knows the secret that this stands for.
        (json!({ "uplink": cloud.uplink(&json!({ "token": "********" })) }), 422),
    ] {
        assert_eq!(ask(&body).status, status, "{body}");
    }
    assert_eq!(
        agent.send("POST", "/api/v1/uplinks/test", "", Some(&json!({ "id": "cloud" }))).status,
        403,
        "no origin"
    );

    // Saved and running: by its id, by its mask, and with another token for it.
    let config = agent.send("GET", "/api/v1/config", "", None);
    let mut saved = config.json();
    saved["uplinks"] = json!([cloud.uplink(&json!({}))]);
    let tag = format!("If-Match: {}\r\n", config.header("etag").unwrap());
    assert_eq!(agent.change("PUT", "/api/v1/config", &tag, Some(&saved)).status, 200);
    link_when(&agent, "on", |link| link["state"] == "on");
    let hellos = cloud.receiver.log().hellos.len();
    for body in [
        json!({ "id": "cloud" }),
        json!({ "uplink": cloud.uplink(&json!({ "token": "********" })) }),
        json!({ "uplink": cloud.uplink(&json!({ "token": "another-token" })) }),
    ] {
        let works = tried(&body);
        assert!(
            works["works"] == true && works["text"].as_str().unwrap().contains("a link of this agent runs"),
            "{works}"
        );
    }
    assert_eq!(cloud.receiver.log().hellos.len(), hellos);
    assert!(link(&agent)["endings"].is_null(), "{}", link(&agent));
}

#[test]
fn how_old_the_oldest_is_that_does_not_get_through_is_told() {
    let (cloud, devices) = (Cloud::start(), devices());
    cloud.receiver.always(Some(Fault::NoAcks));
    let agent = Agent::start(&agent(&cloud, &devices, &json!({})));
    let told = link_when(&agent, "behind", |link| link["oldest_unsent_secs"].as_u64().is_some_and(|secs| secs >= 2));
    assert!(told["ledger"]["queued"]["items"].as_u64().unwrap() > 0, "{told}");
}
