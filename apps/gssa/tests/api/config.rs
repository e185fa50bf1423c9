//! The configuration over the API.

use gssa_serve::Limits;
use serde_json::{Value, json};

use super::support::{Agent, Answer, password_hash};

async fn put(agent: &Agent, etag: Option<&str>, config: &Value) -> Answer {
    let if_match = etag.map_or(String::new(), |etag| format!("If-Match: {etag}\r\n"));
    agent.change("PUT", "/api/v1/config", &if_match, config).await
}

#[tokio::test]
async fn a_configuration_is_replaced_by_who_has_seen_it() {
    let agent = Agent::new(json!({ "agent": { "name": "old" } })).await;
    let shown = agent.get("/api/v1/config").await;
    let etag = shown.header("etag").unwrap().to_owned();
    assert_eq!(
        (shown.json()["agent"]["name"].as_str(), shown.header("cache-control")),
        (Some("old"), Some("no-store"))
    );
    let mut config = shown.json();
    config["agent"]["name"] = "new".into();

    let blind = put(&agent, None, &config).await;
    assert_eq!((blind.status, blind.problem().as_str()), (428, "if-match-required"));
    let stale = put(&agent, Some("\"other\""), &config).await;
    assert_eq!((stale.status, stale.problem().as_str(), stale.header("etag")), (412, "changed", Some(etag.as_str())));
    let saved = put(&agent, Some(&etag), &config).await;
    assert_eq!((saved.status, &saved.json()["agent"]["name"]), (200, &json!("new")));
    assert_ne!(saved.header("etag"), Some(etag.as_str()));
    assert_eq!(agent.configuration.current().config.agent.name, "new");
    assert_eq!(put(&agent, Some(&etag), &config).await.status, 412);
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_path() {
    let agent = Agent::new(json!({})).await;
    let etag = agent.get("/api/v1/config").await.header("etag").unwrap().to_owned();
    let wrong = json!({ "polling": { "interval_secs": 0 }, "agnet": {} });
    let answer = put(&agent, Some(&etag), &wrong).await;
    assert_eq!((answer.status, answer.problem().as_str()), (422, "invalid-config"));
    let checked = agent.change("POST", "/api/v1/config/check", "", &wrong).await;
    assert_eq!(checked.json()["problems"], answer.json()["problems"]);
    let paths: Vec<_> = answer.json()["problems"].as_array().unwrap().iter().map(|it| it["path"].clone()).collect();
    assert!(paths.contains(&json!("polling.interval_secs")) && paths.contains(&json!("agnet")), "{paths:?}");
    assert_eq!(agent.change("POST", "/api/v1/config/check", "", &json!({})).await.json(), json!({ "problems": [] }));
    assert!(agent.get("/api/v1/config/schema").await.json()["properties"]["sources"].is_object());
}

#[tokio::test]
async fn the_state_of_the_file_is_told() {
    let agent =
        Agent::new(json!({ "polling": { "interval_secs": 5 }, "sources": [{ "kind": "axeos", "address": "a b" }] }))
            .await;
    let status = agent.get("/api/v1/config/status").await.json();
    assert_eq!((&status["file"], &status["locked"]), (&json!({ "state": "good" }), &json!([])));
    let problems: Vec<_> =
        status["problems"].as_array().unwrap().iter().map(|it| (&it["path"], &it["level"])).collect();
    assert!(problems.contains(&(&json!("sources[0].address"), &json!("error"))), "{problems:?}");
    agent.break_file("{ \"agent\": ").await;
    let status = agent.get("/api/v1/config/status").await.json();
    assert_eq!((&status["file"]["state"], &status["file"]["line"]), (&json!("broken"), &json!(1)));
}

#[tokio::test]
async fn earlier_configurations_are_shown_and_restored() {
    let agent = Agent::new(json!({ "agent": { "name": "first" } })).await;
    let etag = agent.get("/api/v1/config").await.header("etag").unwrap().to_owned();
    let saved = put(&agent, Some(&etag), &json!({ "agent": { "name": "second" } })).await;
    let versions = agent.get("/api/v1/config/versions").await.json();
    let id = versions["versions"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(agent.get(&format!("/api/v1/config/versions/{id}")).await.json()["agent"]["name"], "first");
    let restore = format!("/api/v1/config/versions/{id}/restore");
    assert_eq!(agent.change("POST", &restore, "", &json!({})).await.status, 428);
    let if_match = format!("If-Match: {}\r\n", saved.header("etag").unwrap());
    assert_eq!(agent.change("POST", &restore, &if_match, &json!({})).await.json()["agent"]["name"], "first");
    for bad in ["x", "..%2fconfig", "2026-11-21T154757.325Z"] {
        assert_eq!(agent.get(&format!("/api/v1/config/versions/{bad}")).await.problem(), "unknown-version", "{bad}");
    }
}

#[tokio::test]
async fn a_broken_file_stays_as_it_is() {
    let agent = Agent::with("{\n oops", "127.0.0.1:0", Limits::default()).await;
    // Nobody can log in, so that nobody can try; the owner of the file corrects it.
    assert_eq!(agent.get("/api/v1/config").await.problem(), "password-unusable");
    let token = super::support::token_hash("may-write");
    let file = json!({ "server": { "api_tokens": [ { "name": "writer", "hash": token, "scope": "admin" } ] } });
    let agent = Agent::new(file).await;
    let admin = "Authorization: Bearer may-write\r\nIf-Match: *\r\n";
    agent.break_file("{\n oops").await;
    let answer = agent.send("PUT", "/api/v1/config", admin, Some(&json!({}))).await;
    assert_eq!((answer.status, answer.problem().as_str()), (409, "file-broken"));
    assert_eq!(answer.json()["line"], 2);
}

#[tokio::test]
async fn a_body_is_json_and_has_a_limit() {
    let agent = Agent::new(json!({})).await;
    let post = async |path: &str, content_type: &str, body: &str| {
        let (host, origin, length) = (agent.address, agent.origin(), body.len());
        let head = format!("Host: {host}\r\n{origin}Connection: close\r\n{content_type}Content-Length: {length}\r\n");
        agent.raw(&format!("POST {path} HTTP/1.1\r\n{head}\r\n{body}")).await
    };
    let json = "Content-Type: application/json; charset=utf-8\r\n";
    assert_eq!(post("/api/v1/probe", "", "{}").await.problem(), "not-json");
    assert_eq!(post("/api/v1/probe", "Content-Type: text/plain\r\n", "{}").await.problem(), "not-json");
    assert_eq!(post("/api/v1/probe", json, "{").await.problem(), "bad-body");
    assert_eq!(post("/api/v1/probe", json, "{\"adress\":\"a\"}").await.problem(), "bad-body");
    let large = format!("{{\"address\":\"{}\"}}", "a".repeat(64 * 1024));
    assert_eq!(post("/api/v1/probe", json, &large).await.problem(), "body-too-large");
    let larger = format!("{{\"agent\":\"{}\"}}", "a".repeat(512 * 1024));
    assert_eq!(post("/api/v1/config/check", json, &larger).await.status, 200);
    // Not read to its end: the client is told, and cut.
    let head = format!("Host: {}\r\n{}{json}Transfer-Encoding: chunked\r\n", agent.address, agent.origin());
    let answer =
        agent.raw(&format!("POST /api/v1/probe HTTP/1.1\r\n{head}\r\n10001\r\n{}\r\n", "a".repeat(0x10001))).await;
    assert_eq!((answer.status, answer.problem().as_str()), (413, "body-too-large"));
    let head = format!("Host: {}\r\n{}{json}Content-Length: 1048577\r\n", agent.address, agent.origin());
    assert_eq!(agent.raw(&format!("PUT /api/v1/config HTTP/1.1\r\n{head}\r\n")).await.status, 413);
}

#[tokio::test]
async fn the_document_tells_which_requests_need_if_match() {
    let agent = Agent::new(json!({})).await;
    let document = gssa::api::openapi();
    let mut found = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap().iter().filter(|(method, _)| *method != "get") {
            let parameters = operation["parameters"].as_array().unwrap();
            let needs = parameters
                .iter()
                .any(|one| one["name"] == "If-Match" && one["in"] == "header" && one["required"] == true);
            let answer = agent.change(&method.to_uppercase(), path, "", &json!({})).await;
            assert_eq!(answer.status == 428, needs, "{method} {path} answers {}", answer.status);
            found += usize::from(needs);
        }
    }
    assert_eq!(found, 2);
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let agent = Agent::new(json!({
        "server": { "password_hash": password_hash() },
        "sources": [ { "id": "a", "kind": "axeos", "address": "10.0.0.1", "credentials": { "password": "hunter2" } } ],
    }))
    .await;
    let session = agent.log_in().await;
    let document = gssa::api::openapi();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if methods.get("get").is_some() && path != "/api/v1/events" {
            let answer = agent.send("GET", &path.replace("{source_id}", "a"), &session, None).await.text();
            assert!(!answer.contains("hunter2") && !answer.contains("$argon2"), "{path}: {answer}");
        }
    }
}
