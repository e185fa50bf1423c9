//! Methods, paths, headers, problems.

use serde_json::json;

use super::support::Agent;

#[tokio::test]
async fn head_is_get_without_a_body() {
    let agent = Agent::new(json!({})).await;
    let get = agent.get("/api/v1/version").await;
    let head = agent.send("HEAD", "/api/v1/version", "", None).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), get.header("content-length"));
    assert_eq!(get.json()["name"], "gssa");
}

#[tokio::test]
async fn options_and_wrong_methods_tell_what_is_allowed() {
    let agent = Agent::new(json!({})).await;
    let options = agent.send("OPTIONS", "/api/v1/config", "", None).await;
    assert_eq!((options.status, options.header("allow")), (204, Some("GET, PUT, HEAD, OPTIONS")));
    assert_eq!(options.header("access-control-allow-origin"), None);
    let wrong = agent.send("DELETE", "/api/v1/config", "", None).await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("GET, PUT, HEAD, OPTIONS")));
    assert_eq!(wrong.problem(), "wrong-method");
    assert_eq!(agent.send("POST", "/", "", None).await.problem(), "wrong-method");
    assert_eq!(agent.send("TRACE", "/api/v1/version", "", None).await.status, 405);
}

#[tokio::test]
async fn an_unknown_path_below_api_is_a_problem_and_elsewhere_a_page() {
    let agent = Agent::new(json!({})).await;
    for path in [
        "/api",
        "/api/",
        "/api/v1/nothing",
        "/api/v1/readings/",
        "/api//v1/readings",
        "/api/v1/../v1/readings",
        "/api/v1/%72eadings",
        "/api/v1/readings/a/b/c",
        "/api/v1/readings/%ff",
    ] {
        let answer = agent.get(path).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "unknown-path"), "{path}");
    }
    for path in ["/nothing", "/apiary", "//api/v1/readings", "/%61pi/v1/readings", "/..%2f..%2fetc/passwd"] {
        let answer = agent.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, Some("text/html; charset=utf-8")), "{path}");
    }
}

#[tokio::test]
async fn an_id_is_decoded_once_and_only_looked_up() {
    let agent = Agent::new(json!({})).await;
    agent.put("garage-gamma");
    assert_eq!(agent.get("/api/v1/readings/garage%2dgamma").await.status, 200);
    for id in ["..%2f..%2fconfig", "garage%252dgamma", "%00", "GARAGE-GAMMA", "%2e%2e"] {
        assert_eq!(agent.get(&format!("/api/v1/readings/{id}")).await.problem(), "unknown-source", "{id}");
    }
}

#[tokio::test]
async fn every_answer_has_the_headers_of_a_careful_server() {
    let agent = Agent::new(json!({})).await;
    for path in ["/", "/nothing", "/api/v1/version", "/api/nothing", "/api/v1/readings", "/healthz"] {
        let answer = agent.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        let csp = answer.header("content-security-policy").unwrap();
        assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{path} {csp}");
        assert!(answer.header("cache-control").is_some(), "{path}");
    }
}

#[tokio::test]
async fn the_page_names_the_agent_and_what_is_wrong_with_its_file() {
    let agent = Agent::new(json!({ "agent": { "name": "<Garage>" } })).await;
    let page = agent.get("/").await;
    assert!(page.text().contains("&lt;Garage&gt;") && page.text().contains("/api/v1/readings"), "{}", page.text());
    assert!(!page.text().contains("<script") && !page.text().contains("style="));

    let agent = Agent::with("{\n  \"agent\": oops\n}", "127.0.0.1:0", gssa_serve::Limits::default()).await;
    let page = agent.get("/").await;
    assert!(page.text().contains("cannot be read") && page.text().contains("Line 2"), "{}", page.text());
}

#[tokio::test]
async fn hosts_that_are_not_ours_are_refused_everywhere() {
    let agent = Agent::new(json!({ "server": { "allowed_hosts": ["agent.example"] } })).await;
    let with = |host: &str, path: &str| format!("GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n");
    for path in ["/", "/api/v1/version", "/healthz", "/api/nothing"] {
        for host in ["evil.example", "127.0.0.1.nip.io", "localhost.evil.example", "local"] {
            let answer = agent.raw(&with(&format!("Host: {host}\r\n"), path)).await;
            assert_eq!((answer.status, answer.problem().as_str()), (421, "host-not-allowed"), "{host} {path}");
        }
        for hosts in ["", "Host: \r\n", "Host: a@b\r\n", "Host: localhost\r\nHost: localhost\r\n"] {
            assert_eq!(agent.raw(&with(hosts, path)).await.status, 400, "{hosts:?} {path}");
        }
    }
    for host in ["localhost:1", "LOCALHOST", "127.0.0.1", "[::1]:3010", "pi.local", "agent.example", "miner-pi"] {
        assert_eq!(agent.raw(&with(&format!("Host: {host}\r\n"), "/api/v1/version")).await.status, 200, "{host}");
    }
    assert_eq!(agent.raw(&with("Host: localhost\r\n", "http://evil.example/healthz")).await.status, 400);
    assert_eq!(agent.raw(&with("Host: evil.example\r\n", "http://evil.example/healthz")).await.status, 421);
    assert_eq!(agent.raw("GET /healthz HTTP/1.0\r\n\r\n").await.status, 200);
    assert_eq!(agent.raw("GET /healthz HTTP/1.0\r\nHost: evil.example\r\n\r\n").await.status, 421);
}

#[tokio::test]
async fn a_panic_is_a_problem_and_the_agent_lives_on() {
    let agent = Agent::new(json!({})).await;
    agent.put("panics");
    let answer = agent.change("POST", "/api/v1/readings/panics/refresh", "", &json!({})).await;
    assert_eq!((answer.status, answer.problem().as_str()), (500, "internal"));
    assert!(!answer.text().contains("scripted"));
    assert_eq!(agent.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn the_openapi_document_is_whole() {
    let agent = Agent::new(json!({})).await;
    let document = agent.get("/api/v1/openapi.json").await.json();
    assert_eq!(document, gssa::api::openapi());
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    assert!(!text.contains("\"null\"") && !text.contains(":null"), "null is never written");
    // Every reference leads somewhere.
    for (at, _) in text.match_indices("\"$ref\":\"#") {
        let pointer = text[at + 9..].split('"').next().unwrap();
        assert!(document.pointer(&pointer[0..]).is_some(), "{pointer}");
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas["Reading"]["properties"]["snapshot"].is_object());
    assert!(schemas["Problem"]["properties"]["type"].is_object(), "every error refers to it");
    assert_eq!(schemas["PasswordChange"]["required"], json!(["new"]), "a request may leave out what is optional");
    let numbered: Vec<_> = schemas.keys().filter(|name| name.ends_with(|c: char| c.is_ascii_digit())).collect();
    assert_eq!(numbered, [""; 0], "two types of one name");
}
