//! Every route in every situation, from the table as the `OpenAPI` document shows it.

use serde_json::{Value, json};

use super::support::{Agent, password_hash, token_hash};

/// What a request comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The handler decides.
    Handled,
    /// It never gets there.
    Denied(u16, &'static str),
}
use Outcome::{Denied, Handled};

const LOGIN: Outcome = Denied(401, "login-required");
const SETUP: Outcome = Denied(403, "setup-required");
const UNUSABLE: Outcome = Denied(403, "password-unusable");
const SMALL: Outcome = Denied(403, "scope-too-small");
const CROSS: Outcome = Denied(403, "cross-origin");
const HOST: Outcome = Denied(421, "host-not-allowed");
const TOKEN: Outcome = Denied(401, "token-unknown");
/// Whoever calls, and with whatever else: only the token of a hook counts.
const HOOK: Outcome = Denied(403, "hook-unknown");

/// Where a request comes from: the agent's own page, another one, or a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Own,
    Other,
    Program,
}
use Page::{Other, Own, Program};

struct Situation {
    name: &'static str,
    config: Value,
    headers: &'static str,
    with_session: bool,
    from: Page,
    /// For open, read and admin routes.
    outcomes: [Outcome; 3],
}

fn situations() -> Vec<Situation> {
    let password = |more: Value| {
        let mut server = json!({
            "password_hash": password_hash(),
            "api_tokens": [
                { "name": "reader", "hash": token_hash("may-read"), "scope": "read" },
                { "name": "writer", "hash": token_hash("may-write"), "scope": "admin" },
            ],
        });
        server.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "server": server })
    };
    let plain = || password(json!({}));
    let situation = |name, config, headers, from, outcomes| Situation {
        name,
        config,
        headers,
        with_session: false,
        from,
        outcomes,
    };
    // Whoever comes through a proxy is not on this machine, just as whoever comes to a listener that is bound elsewhere.
    let remote = "X-Forwarded-For: 192.168.1.9\r\n";
    vec![
        situation("on this machine", json!({}), "", Own, [Handled, Handled, Handled]),
        situation("another site, on this machine", json!({}), "", Other, [Handled, Handled, Handled]),
        situation("a program, on this machine", json!({}), "", Program, [Handled, Handled, Handled]),
        situation("not set up", json!({}), remote, Own, [Handled, SETUP, SETUP]),
        situation(
            "not set up, everybody looks",
            json!({ "server": { "anonymous_read": true } }),
            remote,
            Own,
            [Handled, Handled, SETUP],
        ),
        situation("nobody", plain(), "", Own, [Handled, LOGIN, LOGIN]),
        situation("nobody, another site", plain(), "", Other, [Handled, LOGIN, LOGIN]),
        situation("everybody looks", password(json!({ "anonymous_read": true })), "", Own, [Handled, Handled, LOGIN]),
        situation("read token", plain(), "Authorization: Bearer may-read\r\n", Program, [Handled, Handled, SMALL]),
        situation("admin token", plain(), "Authorization: bearer may-write\r\n", Program, [Handled, Handled, Handled]),
        situation(
            "admin token, another site",
            plain(),
            "Authorization: Bearer may-write\r\n",
            Other,
            [Handled, Handled, Handled],
        ),
        situation("unknown token", plain(), "Authorization: Bearer guess\r\n", Program, [TOKEN, TOKEN, TOKEN]),
        situation(
            "unknown token, on this machine",
            json!({}),
            "Authorization: Bearer guess\r\n",
            Own,
            [TOKEN, TOKEN, TOKEN],
        ),
        situation("another scheme", plain(), "Authorization: Basic eDp5\r\n", Own, [Handled, LOGIN, LOGIN]),
        situation("made-up session", plain(), "Cookie: gssa_session=0000\r\n", Own, [Handled, LOGIN, LOGIN]),
        situation(
            "unusable password",
            json!({ "server": { "password_hash": "oops" } }),
            "",
            Own,
            [Handled, UNUSABLE, UNUSABLE],
        ),
        Situation { with_session: true, ..situation("session", plain(), "", Own, [Handled, Handled, Handled]) },
        Situation {
            with_session: true,
            ..situation("session, another site", plain(), "", Other, [Handled, Handled, Handled])
        },
    ]
}

/// Method, path and class of every route: its place among the outcomes, or beyond them.
fn routes() -> Vec<(String, String, usize)> {
    let document = gssa::api::openapi();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let class =
                ["open", "read", "admin", "hook"].iter().position(|scope| operation["x-scope"] == *scope).unwrap();
            routes.push((method.to_uppercase(), path.clone(), class));
        }
    }
    assert!(routes.len() > 25);
    routes
}

#[tokio::test]
async fn every_route_in_every_situation() {
    for situation in situations() {
        let agent = Agent::new(situation.config.clone()).await;
        agent.put("a");
        for (method, path, class) in routes() {
            let changes = method != "GET";
            // The stream has no end; its head is enough.
            let method = if path == "/api/v1/events" { "HEAD".to_owned() } else { method };
            let path = path
                .replace("{source_id}", "a")
                .replace("{version}", "x")
                .replace("{search_id}", "0")
                .replace("{token}", "x");
            let mut headers = situation.headers.to_owned();
            match situation.from {
                Own => headers += &agent.origin(),
                Other => headers += "Origin: http://evil.example\r\n",
                Program => {}
            }
            if situation.with_session {
                headers += &agent.log_in().await;
            }
            let answer = agent.send(&method, &path, &headers, None).await;
            let needs_origin = changes
                && situation.from != Own
                && !situation.headers.contains("Bearer")
                && !situation.headers.contains("bearer");
            let expected = match situation.outcomes.get(class) {
                None => HOOK,
                Some(_) if needs_origin => CROSS,
                Some(outcome) => *outcome,
            };
            let outcome = match answer.status {
                // Of a HEAD there is no problem to read.
                401 | 403 | 421 if method == "HEAD" => match expected {
                    Denied(status, slug) if status == answer.status => Denied(status, slug),
                    _ => Denied(answer.status, "?"),
                },
                401 | 403 | 421 => {
                    let slug = answer.problem();
                    if expected == Denied(answer.status, slug.clone().leak()) {
                        expected
                    } else {
                        Denied(answer.status, slug.leak())
                    }
                }
                _ => Handled,
            };
            assert_eq!(outcome, expected, "{}: {method} {path}: {} {}", situation.name, answer.status, answer.text());
        }
    }
}

#[tokio::test]
async fn a_host_that_is_not_ours_reaches_no_route() {
    let agent = Agent::new(json!({})).await;
    for (method, path, _) in routes() {
        let head = "Host: evil.example\r\nOrigin: http://evil.example\r\nConnection: close\r\nContent-Length: 0\r\n";
        let answer = agent.raw(&format!("{method} {path} HTTP/1.1\r\n{head}\r\n")).await;
        assert_eq!(Denied(answer.status, answer.problem().leak()), HOST, "{method} {path}");
    }
}

#[tokio::test]
async fn what_denies_says_what_to_do() {
    let agent = Agent::new(json!({})).await;
    let answer = agent.send("POST", "/api/v1/probe", "", Some(&json!({}))).await;
    assert!(answer.json()["detail"].as_str().unwrap().contains("send `Origin`"), "{}", answer.text());
    let answer = agent.send("GET", "/api/v1/readings", "X-Forwarded-For: 10.0.0.1\r\n", None).await;
    assert!(answer.json()["detail"].as_str().unwrap().contains("one-time code"), "{}", answer.text());
    let agent = Agent::new(json!({ "server": { "password_hash": password_hash() } })).await;
    let answer = agent.get("/api/v1/readings").await;
    assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
}
