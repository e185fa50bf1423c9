//! Searching, and taking over a configuration, over the API.

use gssa_sim::axeos::{Behaviour, DeviceSpec, Model};
use gssa_sim::{Fleet, FleetConfig};
use serde_json::{Value, json};

use super::support::{Agent, DEADLINE, password_hash, token_hash};

const PATH: &str = "/api/v1/discovery";

fn fleet(behaviour: Behaviour) -> (Fleet, Value) {
    let fleet =
        Fleet::start(FleetConfig::new(vec![DeviceSpec::new(Model::GammaV2_12_2, 1).behaving(behaviour)])).unwrap();
    let port = fleet.devices()[0].address().port();
    (fleet, json!({ "range": "127.0.0.1", "ports": [port], "force": true }))
}

/// The search when it has ended.
async fn ended(agent: &Agent, location: &str) -> Value {
    let look = async {
        loop {
            let report = agent.get(location).await.json();
            if report["state"] != "running" {
                return report;
            }
        }
    };
    tokio::time::timeout(DEADLINE, look).await.expect("the search ends")
}

#[tokio::test]
async fn a_search_is_begun_followed_and_shown() {
    let (fleet, body) = fleet(Behaviour::Healthy);
    let agent = Agent::new(json!({})).await;
    let begun = agent.change("POST", PATH, "", &body).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let location = begun.header("location").unwrap().to_owned();
    assert_eq!(location, format!("{PATH}/{}", begun.json()["id"].as_str().unwrap()));
    assert_eq!((&begun.json()["total"], &begun.json()["state"]), (&json!(1), &json!("running")));

    let report = ended(&agent, &location).await;
    assert_eq!((&report["state"], &report["done"], &report["found"]), (&json!("done"), &json!(1), &json!(1)));
    let result = &report["results"][0];
    assert_eq!((&result["status"], &result["kind"]), (&json!("new"), &json!("axeos")));
    assert_eq!(result["identity"]["mac"], fleet.devices()[0].spec().mac());
    let address = fleet.devices()[0].address().to_string();
    assert_eq!(result["address"], address);

    // What was found is judged anew at each look.
    agent.put_config(json!({ "sources": [{ "id": "a", "kind": "axeos", "address": address }] })).await;
    let result = agent.get(&location).await.json()["results"][0].clone();
    assert_eq!((&result["status"], &result["source_id"]), (&json!("known"), &json!("a")));

    let overview = agent.get(PATH).await.json();
    assert_eq!(overview["searches"][0]["id"], report["id"]);
    assert_eq!(overview["ports"], json!([80, 4028]));
    assert!(overview["own"].is_array() && overview["searches"][0].get("results").is_none(), "{overview}");
}

#[tokio::test]
async fn one_search_at_a_time_and_it_can_be_stopped() {
    let (_fleet, body) = fleet(Behaviour::Hang);
    let agent = Agent::new(json!({})).await;
    let location = agent.change("POST", PATH, "", &body).await.header("location").unwrap().to_owned();
    let second = agent.change("POST", PATH, "", &body).await;
    assert_eq!((second.status, second.problem().as_str()), (409, "search-under-way"));
    assert_eq!(agent.change("DELETE", &location, "", &json!(null)).await.status, 204);
    assert_eq!(agent.get(&location).await.json()["state"], "stopped");
    assert_eq!(agent.change("POST", PATH, "", &body).await.status, 202);
    for method in ["GET", "DELETE"] {
        let answer = agent.send(method, &format!("{PATH}/nothing"), &agent.origin(), None).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "unknown-search"));
    }
}

#[tokio::test]
async fn a_wrong_search_is_refused_in_words() {
    let agent = Agent::new(json!({})).await;
    for (body, part) in [
        (json!({ "range": "127.0.0.1" }), "only when that is forced"),
        (json!({ "range": "8.8.8.0/24" }), "not on the private network"),
        (json!({ "range": "10.0.0.0/8" }), "at most 65536"),
        (json!({ "range": "miner.local" }), "is no range"),
        (json!({ "range": "10.0.0.1", "ports": [] }), "ports: 1 to 16"),
        (json!({ "range": "10.0.0.1", "ports": [70000] }), "70000"),
        (json!({ "range": "10.0.0.1", "concurrency": 5000 }), "concurrency: 1 to 256"),
        (json!({ "rang": "10.0.0.1" }), "unknown field"),
    ] {
        let answer = agent.change("POST", PATH, "", &body).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-body"), "{body}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(part), "{}", answer.text());
    }
    assert_eq!(agent.get(PATH).await.json()["searches"], json!([]));
}

#[tokio::test]
async fn a_configuration_of_gssm_is_taken_over_for_the_admin() {
    let config = json!({
        "server": {
            "password_hash": password_hash(),
            "api_tokens": [{ "name": "w", "hash": token_hash("may-write"), "scope": "admin" }],
        },
    });
    let agent = Agent::new(config).await;
    let body = json!({
        "miners": [{ "name": "Gamma", "address": "http://192.168.1.5", "port": 80, "deviceType": "axeos" }, 7],
        "goslimstratumPools": [{ "name": "DGB", "host": "192.168.1.2", "apiPort": "4004", "apiKey": "composed-key" }],
    });
    let path = "/api/v1/config/import";
    assert_eq!(agent.change("POST", path, "", &body).await.status, 401);
    let answer = agent.send("POST", path, "Authorization: Bearer may-write\r\n", Some(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let imported = answer.json();
    assert_eq!(imported["sources"][0], json!({ "name": "Gamma", "kind": "axeos", "address": "192.168.1.5" }));
    assert_eq!(imported["sources"][1]["api_key"], "composed-key", "in clear, to be saved from here");
    assert_eq!(imported["not_taken"][0]["path"], "miners[1]");
    let answer = agent.send("POST", path, "Authorization: Bearer may-write\r\n", Some(&json!({ "sources": [] }))).await;
    assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-body"));
}
