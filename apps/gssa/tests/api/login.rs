//! Logging in and out, the first set-up, the password.

use serde_json::{Value, json};

use super::support::{Agent, PASSWORD, password_hash};

async fn with_password() -> Agent {
    Agent::new(json!({ "server": { "password_hash": password_hash() } })).await
}

async fn try_password(agent: &Agent, password: &str) -> super::support::Answer {
    agent.change("POST", "/api/v1/session", "", &json!({ "password": password })).await
}

async fn caller(agent: &Agent, headers: &str) -> Value {
    agent.send("GET", "/api/v1/session", headers, None).await.json()
}

#[tokio::test]
async fn a_session_begins_with_the_password_and_ends_with_logout() {
    let agent = with_password().await;
    assert_eq!(
        caller(&agent, "").await,
        json!({ "agent_name": caller(&agent, "").await["agent_name"], "login": "password", "who": "nobody" })
    );
    let wrong = try_password(&agent, "wrong horse").await;
    assert_eq!((wrong.status, wrong.problem().as_str(), wrong.header("set-cookie")), (403, "password-wrong", None));
    let right = try_password(&agent, PASSWORD).await;
    let cookie = right.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let session = right.session();
    assert_eq!(session.len(), "Cookie: gssa_session=\r\n".len() + 64, "256 bits");
    assert_eq!(caller(&agent, &session).await["scope"], "admin");
    let journal = agent.send("GET", "/api/v1/journal?kind=access", &session, None).await.json();
    let texts: Vec<_> =
        journal["entries"].as_array().unwrap().iter().map(|entry| entry["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["wrong password, from 127.0.0.1", "logged in, from 127.0.0.1"]);

    let out = agent.send("DELETE", "/api/v1/session", &(agent.origin() + &session), None).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").unwrap().ends_with("; Max-Age=0"));
    assert_eq!(agent.send("GET", "/api/v1/readings", &session, None).await.status, 401);
}

#[tokio::test]
async fn guesses_have_to_wait() {
    let agent = with_password().await;
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(try_password(&agent, "guess").await);
    }
    assert!(answers[..5].iter().all(|answer| answer.problem() == "password-wrong"));
    let waiting = &answers[5];
    assert_eq!(
        (waiting.status, waiting.problem().as_str(), waiting.header("retry-after")),
        (429, "too-many-tries", Some("1"))
    );
    assert_eq!(waiting.json()["detail"], "Try again in 1 s");
}

#[tokio::test]
async fn without_a_password_the_answer_is_the_same() {
    let (with, without) = (with_password().await, Agent::new(json!({})).await);
    assert_eq!(try_password(&with, "guess").await.json(), try_password(&without, "guess").await.json());
}

#[tokio::test]
async fn a_trusted_proxy_tells_that_the_caller_uses_tls() {
    let proxied = "X-Forwarded-For: 192.168.1.9\r\nX-Forwarded-Proto: https\r\n";
    let body = json!({ "password": PASSWORD });
    let agent =
        Agent::new(json!({ "server": { "password_hash": password_hash(), "trusted_proxies": ["127.0.0.1"] } })).await;
    let origin = format!("Origin: https://{}\r\n", agent.address);
    let answer = agent.send("POST", "/api/v1/session", &format!("{proxied}{origin}"), Some(&body)).await;
    assert!(answer.header("set-cookie").unwrap().ends_with("; Secure"), "{answer:?}");
    // Without trust it is the word of anybody.
    let agent = with_password().await;
    let origin = format!("Origin: https://{}\r\n", agent.address);
    assert_eq!(
        agent.send("POST", "/api/v1/session", &format!("{proxied}{origin}"), Some(&body)).await.problem(),
        "cross-origin"
    );
}

#[tokio::test]
async fn a_trusted_proxy_on_this_machine_does_not_make_its_callers_local() {
    let agent = Agent::new(json!({ "server": { "trusted_proxies": ["127.0.0.1"] } })).await;
    assert_eq!(caller(&agent, "").await["who"], "local");
    assert_eq!(caller(&agent, "X-Forwarded-For: 127.0.0.1\r\n").await["who"], "local");
    assert_eq!(caller(&agent, "X-Forwarded-For: 127.0.0.1, 192.168.1.9\r\n").await["who"], "nobody");
    let agent = Agent::new(json!({})).await;
    assert_eq!(caller(&agent, "X-Forwarded-For: 127.0.0.1\r\n").await["who"], "nobody");
}

#[tokio::test]
async fn the_first_set_up_takes_the_code_of_the_log_once() {
    let agent = Agent::new(json!({})).await;
    let code = agent.api.setup_code().unwrap();
    let set_up = async |code: &str, password: &str| {
        let body = json!({ "code": code, "password": password, "name": "Garage", "time_zone": "Europe/Berlin" });
        agent.change("POST", "/api/v1/setup", "X-Forwarded-For: 192.168.1.9\r\n", &body).await
    };
    assert_eq!(caller(&agent, "X-Forwarded-For: 192.168.1.9\r\n").await["login"], "setup");
    assert_eq!(set_up("wrong", "long enough").await.problem(), "code-wrong");
    assert_eq!(set_up(&code, "short").await.problem(), "password-unfit");
    let done = set_up(&code, "long enough").await;
    assert_eq!((done.status, &done.json()["who"]), (200, &json!("session")), "{}", done.text());
    assert_eq!(caller(&agent, &done.session()).await["agent_name"], "Garage");
    assert_eq!(set_up(&code, "long enough").await.problem(), "setup-done");
    assert_eq!(agent.api.setup_code(), None);
    let config = agent.send("GET", "/api/v1/config", &done.session(), None).await;
    assert_eq!(config.json()["agent"], json!({ "name": "Garage", "time_zone": "Europe/Berlin" }));
    assert_eq!(config.json()["server"]["password_hash"], "********");
    assert_eq!(agent.get("/api/v1/readings").await.status, 401, "this machine too");
    assert_eq!(try_password(&agent, "long enough").await.status, 200);
}

#[tokio::test]
async fn a_broken_file_is_not_set_up_over() {
    let agent = Agent::with("{ oops", "127.0.0.1:0", gssa_serve::Limits::default()).await;
    assert_eq!(agent.api.setup_code(), None);
    let body = json!({ "code": "x", "password": "long enough" });
    let answer = agent.change("POST", "/api/v1/setup", "", &body).await;
    assert_eq!((answer.problem().as_str(), &answer.json()["line"]), ("file-broken", &json!(1)));
    assert_eq!(caller(&agent, "").await["login"], "impossible");
}

#[tokio::test]
async fn another_password_ends_all_other_sessions() {
    let agent = with_password().await;
    let (mine, other) = (agent.log_in().await, agent.log_in().await);
    let change = async |session: &str, current: &str, new: &str| {
        agent.change("PUT", "/api/v1/password", session, &json!({ "current": current, "new": new })).await
    };
    assert_eq!(change(&mine, "wrong", "staple battery").await.problem(), "password-wrong");
    assert_eq!(change(&mine, PASSWORD, "short").await.problem(), "password-unfit");
    let done = change(&mine, PASSWORD, "staple battery").await;
    assert_eq!(done.status, 200, "{}", done.text());
    for (session, status) in [(&mine, 401), (&other, 401), (&done.session(), 200)] {
        assert_eq!(agent.send("GET", "/api/v1/readings", session, None).await.status, status);
    }
}

#[tokio::test]
async fn on_this_machine_a_first_password_needs_no_code() {
    let agent = Agent::new(json!({})).await;
    let done = agent.change("PUT", "/api/v1/password", "", &json!({ "new": "long enough" })).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(agent.get("/api/v1/readings").await.status, 401);
    assert_eq!(agent.send("GET", "/api/v1/readings", &done.session(), None).await.status, 200);
}
