//! Another agent, another user, through every door and route.

use gssa_uplink::wire::FromAgent;
use gsscloud::log::Log as _;
use serde_json::{Value, json};

use super::support::{Bench, Person, batch, epoch, exchange, hello, post};

/// Every route of the table: method, path and who it is for.
fn routes() -> Vec<(String, String, String)> {
    let document = gsscloud::api::openapi();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, operations)| {
        operations.as_object().unwrap().iter().map(move |(method, operation)| {
            (method.to_uppercase(), path.clone(), operation["x-scope"].as_str().unwrap().to_owned())
        })
    });
    operations.collect()
}

/// What a path looks like with these in it.
fn filled(path: &str, agent: &str, user: &str) -> String {
    path.replace("{agent_id}", agent).replace("{user}", user).replace("{source_id}", "attic")
}

#[tokio::test]
async fn nobody_sees_or_changes_what_is_not_theirs() {
    let bench = Bench::new().await;
    let (garage, attic) = (bench.enrol("garage").await, bench.enrol("attic").await);
    let mut agent = bench.connect(&garage).await.unwrap();
    let hers = agent.hello(&epoch(1), 1).await.agent;
    agent.deliver("attic", 1, 3).await;
    let mut other = bench.connect(&attic).await.unwrap();
    let his = other.hello(&epoch(2), 1).await.agent;
    other.deliver("attic", 1, 3).await;
    let bob = bench.person("bob", false).await;
    let ada = bench.person("ada", true).await;
    bench.cloud.registry.grant("bob", &his, true).await.unwrap();
    let nobody = Person::nobody(bench.address);
    let forged =
        Person { cookie: Some(format!("gsscloud_session={}", "0".repeat(64))), ..Person::nobody(bench.address) };

    let mut seen = 0;
    for (method, path, scope) in routes() {
        let told = format!("{method} {path}");
        let is_stream = path.ends_with("/events");
        let (mine, theirs, none) =
            (filled(&path, &his, "bob"), filled(&path, &hers, "ada"), filled(&path, "nothing-0000", "eve"));
        match scope.as_str() {
            "open" | "agent" | "local" => continue,
            "user" | "admin" => {}
            other => panic!("a scope without a test: {other}"),
        }
        for stranger in [&nobody, &forged] {
            assert_eq!(stranger.ask(&method, &theirs, None).await.0, 401, "{told}");
        }
        if scope == "admin" {
            assert_eq!(bob.ask(&method, &theirs, None).await.0, 403, "{told}");
            assert_eq!(bob.ask(&method, &mine, None).await.0, 403, "{told}");
        } else if path.contains("{agent_id}") {
            let refused = bob.ask(&method, &theirs, None).await;
            assert_eq!(refused.0, 404, "{told}");
            assert_eq!(refused, bob.ask(&method, &none, None).await, "{told}: not even that it exists");
            if !is_stream {
                assert_eq!(bob.ask(&method, &mine, None).await.0, 200, "{told}");
                assert_eq!(ada.ask(&method, &theirs, None).await.0, 200, "{told}");
            }
        }
        seen += 1;
    }
    assert!(seen > 25, "{seen}");
    // Nothing of it changed anything.
    for id in [&hers, &his] {
        assert_eq!(bench.cloud.log.account(&id.parse().unwrap()).await.unwrap().counts.stored, 3);
    }
    assert_eq!(bench.cloud.registry.users().len(), 2);
    let listed = bob.get("/api/v1/agents").await.to_string() + &bob.get("/api/v1/issues").await.to_string();
    assert!(listed.contains(&his) && !listed.contains(&hers), "{listed}");
    let stream = bob.stream_until("/api/v1/events", |text| text.contains(&his)).await;
    assert!(!stream.contains(&hers));
}

#[tokio::test]
async fn ids_with_tricks_in_them_lead_nowhere() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let id = bench.connect(&token).await.unwrap().hello(&epoch(1), 1).await.agent;
    let bob = bench.person("bob", false).await;
    for trick in [
        format!("x/../{id}"),
        format!("{id}%2freadings"),
        format!("{id}%00"),
        id.to_uppercase(),
        format!("%2e%2e%2f{id}"),
        "*".into(),
        "%".into(),
    ] {
        let (status, _) = bob.ask("GET", &format!("/api/v1/agents/{trick}/readings"), None).await;
        assert_eq!(status, 404, "{trick}");
    }
}

#[tokio::test]
async fn another_site_changes_nothing() {
    let bench = Bench::new().await;
    let ada = bench.person("ada", true).await;
    let cookie = ada.cookie.clone().unwrap();
    for (method, path, scope) in routes() {
        if matches!(method.as_str(), "GET") || scope == "agent" {
            continue;
        }
        for origin in [None, Some("http://evil.example"), Some("null")] {
            let request = http::Request::builder().method(method.as_str()).uri(filled(&path, "x", "ada"));
            let request = request.header("cookie", &cookie);
            let request = if let Some(origin) = origin { request.header("origin", origin) } else { request };
            let (status, _, problem) = exchange(bench.address, request, Some(&json!({}))).await;
            assert_eq!((status, &problem["type"]), (403, &json!("about:blank#cross-origin")), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_token_of_an_agent_opens_nothing_for_people() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let id = bench.connect(&token).await.unwrap().hello(&epoch(1), 1).await.agent;
    for (method, path, scope) in routes() {
        if !matches!(scope.as_str(), "user" | "admin") {
            continue;
        }
        let request = http::Request::builder().method(method.as_str()).uri(filled(&path, &id, "ada"));
        let request = request.header("authorization", format!("Bearer {token}"));
        let request = request.header("origin", format!("http://{}", bench.address));
        assert_eq!(exchange(bench.address, request, None).await.0, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn an_agent_writes_only_as_itself_by_either_door() {
    let bench = Bench::new().await;
    let (garage, attic) = (bench.enrol("garage").await, bench.enrol("attic").await);
    let mut mine = bench.connect(&garage).await.unwrap();
    let my_id = mine.hello(&epoch(1), 1).await.agent;
    mine.deliver("shared-name", 1, 3).await;
    // The same epoch, the same source, the same numbers: by the token of another it is another log.
    let mut theirs = bench.connect(&attic).await.unwrap();
    let welcome = theirs.hello(&epoch(1), 1).await;
    assert_eq!(welcome.stored, 0);
    let their_id = welcome.agent;
    assert_ne!(my_id, their_id);
    theirs.deliver("shared-name", 1, 9).await;
    let letter = json!({
        "agent": my_id,
        "messages": [FromAgent::Hello(hello(&epoch(1), 12)), FromAgent::Batch(batch("shared-name", 10, 11))],
    });
    let (_, answer) = post(bench.address, &attic, &letter).await;
    assert_eq!(answer["messages"][0]["agent"], json!(their_id));
    assert_eq!(answer["messages"][1], json!({ "type": "ack", "stored": 11 }));
    for (id, stored) in [(&my_id, 3), (&their_id, 11)] {
        assert_eq!(bench.cloud.log.account(&id.parse().unwrap()).await.unwrap().counts.stored, stored);
    }
    mine.deliver("shared-name", 4, 4).await;
    let ada = bench.person("ada", true).await;
    for (id, hashrate) in [(&my_id, 4.0), (&their_id, 11.0)] {
        let reading: Value = ada.get(&format!("/api/v1/agents/{id}/readings/shared-name")).await;
        assert_eq!(reading["snapshot"]["hashing"]["current_hps"], json!(1.0e12 + hashrate));
    }
}
