//! Lists, pages, filters, entity tags, compression.

use std::io::Read as _;
use std::sync::Arc;

use gssa_model::{Health, State};
use serde_json::json;

use super::support::{Agent, reading};

fn ids(list: &serde_json::Value) -> Vec<&str> {
    list["readings"].as_array().unwrap().iter().map(|reading| reading["source"]["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_is_sorted_counted_and_paged() {
    let agent = Agent::new(json!({})).await;
    for id in ["c", "a", "b", "e", "d"] {
        agent.put(id);
    }
    let first = agent.get("/api/v1/readings?limit=2").await.json();
    assert_eq!((ids(&first), &first["total"], &first["next_cursor"]), (vec!["a", "b"], &json!(5), &json!("b")));
    assert!(first["generated_at"].as_str().unwrap().ends_with('Z'));
    let second = agent.get("/api/v1/readings?limit=2&cursor=b").await.json();
    assert_eq!((ids(&second), &second["next_cursor"]), (vec!["c", "d"], &json!("d")));
    let last = agent.get("/api/v1/readings?limit=2&cursor=d").await.json();
    assert_eq!((ids(&last), last.get("next_cursor"), &last["total"]), (vec!["e"], None, &json!(5)));
    let empty = agent.get("/api/v1/readings?cursor=e").await.json();
    assert_eq!(ids(&empty), [""; 0]);
}

#[tokio::test]
async fn filters_join_and_unknown_ones_are_refused() {
    let agent = Agent::new(json!({})).await;
    agent.put("a");
    let mut down = reading("b");
    (down.health, down.state, down.snapshot) = (Health::Down, State::Offline, None);
    agent.store.put(Arc::new(down), Arc::new([]));
    for (query, found) in [
        ("", vec!["a", "b"]),
        ("health=down", vec!["b"]),
        ("health=up,down", vec!["a", "b"]),
        ("state=hashing&group=garage", vec!["a"]),
        ("kind=antminer", vec![]),
        ("q=GAMMA", vec!["a"]),
        ("q=192.168.1.5&health=down", vec!["b"]),
        ("group=shed", vec![]),
    ] {
        assert_eq!(ids(&agent.get(&format!("/api/v1/readings?{query}")).await.json()), found, "{query}");
    }
    assert_eq!(ids(&agent.get("/api/v1/miners").await.json()), ["a"]);
    for bad in ["heath=down", "health=dead", "limit=0", "limit=10001", "limit=x", "fields=a..b", "q=1&q=2", "q=%ff"] {
        assert_eq!(agent.get(&format!("/api/v1/readings?{bad}")).await.problem(), "bad-query", "{bad}");
    }
}

#[tokio::test]
async fn only_the_fields_asked_for_are_sent() {
    let agent = Agent::new(json!({})).await;
    agent.put("a");
    let kept = json!({ "source": { "id": "a" }, "health": "up" });
    let list = agent.get("/api/v1/readings?fields=source.id,health").await.json();
    assert_eq!(list["readings"], json!([kept]));
    assert_eq!(agent.get("/api/v1/readings/a?fields=source.id,health").await.json(), kept);
}

#[tokio::test]
async fn what_the_caller_has_is_not_sent_again() {
    let agent = Agent::new(json!({})).await;
    agent.put("a");
    for path in ["/api/v1/readings", "/api/v1/readings/a", "/api/v1/miners?limit=1"] {
        let first = agent.get(path).await;
        let tag = first.header("etag").unwrap().to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        let again = agent.send("GET", path, &format!("If-None-Match: {tag}\r\n"), None).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag.as_str())), "{path}");
        agent.put("a");
        let changed = agent.send("GET", path, &format!("If-None-Match: {tag}\r\n"), None).await;
        assert_eq!(changed.status, 200, "{path}");
    }
}

#[tokio::test]
async fn ten_thousand_readings_come_whole_with_and_without_gzip() {
    let agent = Agent::new(json!({})).await;
    for n in 0..10_000 {
        agent.put(&format!("m{n:05}"));
    }
    let plain = agent.get("/api/v1/readings?limit=10000").await;
    assert_eq!(plain.json()["readings"].as_array().unwrap().len(), 10_000);
    let packed = agent.send("GET", "/api/v1/readings?limit=10000", "Accept-Encoding: gzip\r\n", None).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() * 5 < plain.body.len());
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_string(&mut text).unwrap();
    let list: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(list["readings"], plain.json()["readings"]);
    let old = agent.raw("GET /api/v1/readings?limit=10000 HTTP/1.0\r\n\r\n").await;
    assert_eq!(old.json()["readings"].as_array().unwrap().len(), 10_000);
}

#[tokio::test]
async fn a_poll_on_request_says_what_became_of_it() {
    let agent = Agent::new(json!({})).await;
    for id in ["a", "busy", "off"] {
        agent.put(id);
    }
    let refresh =
        async |id: &str| agent.change("POST", &format!("/api/v1/readings/{id}/refresh"), "", &json!({})).await;
    assert_eq!((refresh("a").await.status, refresh("busy").await.status), (200, 202));
    assert_eq!(refresh("a").await.json()["source"]["id"], "a");
    assert_eq!(
        (refresh("off").await.problem(), refresh("x").await.problem()),
        ("not-polled".into(), "unknown-source".into())
    );
}

#[tokio::test]
async fn the_fleet_has_a_history_by_algorithm() {
    use gssa_model::unit::{Hashrate, Watts};
    let agent = Agent::new(json!({})).await;
    let put = |id: &str, algorithm: &str, hps: f64| {
        let mut miner = gssa_model::MinerSnapshot::default();
        miner.hashing.algorithm = Some(gssa_model::Algorithm::from_name(algorithm));
        miner.hashing.current_hps = Hashrate::from_hps(hps);
        miner.hashing.expected_hps = Hashrate::from_hps(10.0);
        miner.power.watts = Watts::from_watts(5.0);
        let mut reading = reading(id);
        reading.snapshot_at = Some(gssa_model::Timestamp::from_unix_ms(60_000));
        reading.snapshot = Some(std::sync::Arc::new(miner.into()));
        agent.store.put(reading.into(), [].into());
    };
    put("a", "sha256d", 8.0);
    put("b", "sha256d", 9.0);
    put("c", "scrypt", 3.0);
    let most = agent.get("/api/v1/history").await.json();
    let expected = json!({ "metric": "current_hps", "algorithm": "sha256d", "miners": 2, "step_secs": 60,
        "points": [[60_000, 17.0]], "expected": [[60_000, 20.0]] });
    assert_eq!(most, expected);
    let scrypt = agent.get("/api/v1/history?algorithm=scrypt&metric=current_hps").await.json();
    assert_eq!((&scrypt["points"], &scrypt["expected"]), (&json!([[60_000, 3.0]]), &json!([[60_000, 10.0]])));
    let watts = agent.get("/api/v1/history?metric=watts").await.json();
    assert_eq!(watts, json!({ "metric": "watts", "miners": 3, "step_secs": 60, "points": [[60_000, 15.0]] }));
    assert_eq!(agent.get("/api/v1/history?since=60001").await.json()["points"], json!([]));
    assert_eq!(agent.get("/api/v1/history?metric=accepted").await.problem(), "bad-query");
}

#[tokio::test]
async fn each_coin_of_a_pool_has_a_history() {
    let agent = Agent::new(json!({})).await;
    let mut coin = gssa_model::Coin { key: "BTC".into(), ..Default::default() };
    coin.windows_hps.push("1m", gssa_model::unit::Hashrate::from_hps(8.0).unwrap());
    let mut reading = reading("gss");
    reading.snapshot_at = Some(gssa_model::Timestamp::from_unix_ms(60_000));
    let pool = gssa_model::PoolSnapshot { coins: vec![coin], ..Default::default() };
    reading.snapshot = Some(std::sync::Arc::new(pool.into()));
    agent.store.put(reading.into(), [].into());
    let points = async |query: &str| agent.get(&format!("/api/v1/history/gss{query}")).await.json()["points"].clone();
    assert_eq!(points("?coin=BTC").await, json!([[60_000, 8.0]]));
    assert_eq!(points("?coin=BTC&since=60001").await, json!([]));
    assert_eq!((points("").await, points("?coin=DGB").await), (json!([]), json!([])), "the pool itself is no coin");
}

#[tokio::test]
async fn the_other_views_answer() {
    let agent = Agent::new(json!({})).await;
    agent.put("a");
    assert_eq!(agent.get("/api/v1/summary").await.json()["sources"], 1);
    assert_eq!(agent.get("/api/v1/issues").await.json(), json!({ "issues": [] }));
    assert_eq!(agent.get("/api/v1/journal?kind=access").await.json(), json!({ "entries": [] }));
    for text in ["one", "two", "three"] {
        agent.journal.write(gssa_view::journal::EntryKind::Agent, None, text);
    }
    let newest = agent.get("/api/v1/journal?limit=2").await.json();
    assert_eq!((&newest["entries"][0]["text"], &newest["entries"][1]["text"]), (&json!("two"), &json!("three")));
    assert_eq!(agent.get("/api/v1/journal?limit=0").await.problem(), "bad-query");
    assert_eq!(agent.get("/api/v1/history/a?metric=watts&since=2026-11-21T15:47:57Z").await.json()["metric"], "watts");
    assert_eq!(agent.get("/api/v1/history/x").await.problem(), "unknown-source");
    assert_eq!(agent.get("/api/v1/history/a?metric=volts").await.problem(), "bad-query");
    assert_eq!(agent.get("/metrics").await.text(), "gssa_up 1\n");
    assert_eq!(agent.get("/readyz").await.json(), json!({ "status": "ok" }));
    let preview = agent.get("/api/v1/uplink/preview?source_id=a").await;
    assert_eq!(preview.json()["message"]["items"][0]["source_id"], "a");
    assert!(!preview.text().contains("192.168"), "{}", preview.text());
    let probe = agent.change("POST", "/api/v1/probe", "", &json!({ "address": "192.168.1.9" })).await;
    assert_eq!(probe.json()["reading"]["source"]["address"], "192.168.1.9");
    let secret = agent.change("POST", "/api/v1/probe", "", &json!({ "address": "root:root@192.168.1.9" })).await;
    assert_eq!(secret.problem(), "bad-body");
}

#[tokio::test]
async fn a_source_is_probed_as_it_would_be_saved() {
    let saved = json!({ "id": "a", "kind": "axeos", "address": "192.168.1.9",
                        "credentials": { "username": "root", "password": "secret" } });
    let agent = Agent::new(json!({ "sources": [saved] })).await;
    let probe =
        async |source: serde_json::Value| agent.change("POST", "/api/v1/probe", "", &json!({ "source": source })).await;
    let kept =
        json!({ "id": "a", "kind": "axeos", "address": "192.168.1.10", "credentials": { "password": "********" } });
    let asked = probe(kept).await.json()["reading"]["source"].clone();
    assert_eq!((&asked["address"], &asked["tags"]), (&json!("192.168.1.10"), &json!(["secret"])));
    let fresh = json!({ "kind": "axeos", "address": "pi.local", "credentials": { "password": "new" } });
    assert_eq!(probe(fresh).await.json()["reading"]["source"]["tags"], json!(["new"]));

    let masked = json!({ "id": "b", "kind": "axeos", "address": "x", "credentials": { "password": "********" } });
    let wrong = probe(masked).await;
    assert_eq!((wrong.status, wrong.problem().as_str()), (422, "invalid-config"));
    assert_eq!(wrong.json()["problems"][0]["path"], "credentials.password");
    let wrong = probe(json!({ "kind": "axeos", "address": "ftp://x", "intervall_secs": 5 })).await.json();
    let mut paths: Vec<_> =
        wrong["problems"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["address", "intervall_secs"]);
    assert_eq!(probe(json!("a word")).await.problem(), "invalid-config");
    for body in [json!({}), json!({ "address": "a", "source": {} })] {
        assert_eq!(agent.change("POST", "/api/v1/probe", "", &body).await.problem(), "bad-body");
    }
    assert_eq!(agent.get("/api/v1/config").await.json()["sources"].as_array().unwrap().len(), 1, "nothing is saved");
}

#[tokio::test]
async fn links_are_told_and_what_they_send_is_shown_without_sending() {
    let uplink =
        |id: &str, endpoint: &str| json!({ "id": id, "endpoint": endpoint, "token": "planted", "enabled": false });
    let agent = Agent::new(json!({ "uplinks": [
        uplink("cloud", "wss://cloud.example/agent"), uplink("post", "https://cloud.example:8443/agent")] }))
    .await;
    agent.put("a");
    let links = agent.get("/api/v1/uplinks").await.json();
    assert_eq!(
        links,
        json!({ "uplinks": [
            { "id": "cloud", "state": "off", "endpoint": "wss://cloud.example/agent" },
            { "id": "post", "state": "off", "endpoint": "https://cloud.example:8443/agent" } ] })
    );
    for (id, carrier, url) in
        [("cloud", "websocket", "wss://cloud.example/agent"), ("post", "post", "https://cloud.example:8443/agent")]
    {
        let answer = agent.get(&format!("/api/v1/uplinks/{id}/preview?source_id=a")).await;
        let preview = answer.json();
        assert_eq!((&preview["carrier"], &preview["url"]), (&json!(carrier), &json!(url)));
        assert_eq!(preview["headers"]["authorization"], "Bearer ********");
        assert_eq!(preview["message"]["type"], "batch");
        assert_eq!(preview["message"]["items"][0]["report"]["reading"]["source"]["id"], "a");
        assert!(!answer.text().contains("192.168") && !answer.text().contains("planted"), "{}", answer.text());
    }
    assert_eq!(agent.get("/api/v1/uplinks/other/preview").await.problem(), "unknown-uplink");
    assert_eq!(agent.get("/api/v1/uplinks/cloud/preview?source_id=x").await.problem(), "unknown-source");
}
