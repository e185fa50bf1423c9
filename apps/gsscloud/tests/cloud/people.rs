//! What people see of what agents sent.

use gssa_uplink::wire::{Batch, Body, FromAgent, Item, Now, NowReport};
use serde_json::{Value, json};

use super::support::{Bench, PASSWORD, Person, batch, epoch, hello, report, until};

fn batch_of(first: u64, bodies: Vec<Body>) -> FromAgent {
    let last = first + bodies.len() as u64 - 1;
    let items = bodies.into_iter().map(|body| Item { seq: None, age_ms: 5, body }).collect();
    FromAgent::Batch(Batch { first, last, items, gaps: Vec::new() })
}

fn finding() -> Value {
    json!({ "code": "hot", "severity": "critical", "detail": "88 °C", "since": gsscloud::clock::now() })
}

#[tokio::test]
async fn people_see_readings_issues_history_and_journal() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let id = agent.hello(&epoch(1), 1).await.agent;
    agent.deliver("attic", 1, 3).await;
    let mut hot = report("barn", 4);
    // One of a later agent is left out, and does not hide the others.
    hot["findings"] = json!([finding(), { "code": "haunted" }]);
    let event = json!({ "seq": 7, "at": gsscloud::clock::now(), "kind": "state", "source_id": "barn", "text": "hot" });
    let status = json!({ "version": "0.9.0", "uptime_secs": 60, "sources": { "up": 2 } });
    agent
        .say(&batch_of(
            4,
            vec![
                Body::Report { source_id: "barn".parse().unwrap(), report: hot },
                Body::Event { event },
                Body::Status { status },
            ],
        ))
        .await;
    agent.acknowledged(6).await;

    let ada = bench.person("ada", true).await;
    let path = |rest: &str| format!("/api/v1/agents/{id}{rest}");
    let readings = ada.get(&path("/readings")).await;
    assert_eq!(readings["total"], 2, "{readings}");
    let attic = ada.get(&path("/readings/attic")).await;
    assert_eq!(attic["snapshot"]["hashing"]["current_hps"], json!(1.0e12 + 3.0));
    until("the past is read", async || bench.cloud.fleet.is_complete(&id.parse().unwrap())).await;
    let issues = ada.get(&path("/issues")).await;
    assert_eq!((&issues["issues"][0]["code"], issues["issues"].as_array().unwrap().len()), (&json!("hot"), 1));
    assert!(!ada.get(&path("/history/attic")).await["points"].as_array().unwrap().is_empty());
    assert_eq!(ada.get(&path("/journal")).await["entries"][0]["text"], "hot");
    assert_eq!(ada.get(&path("/summary")).await["sources"], 2);
    let told = ada.get(&path("/agent")).await;
    assert_eq!((&told["version"], &told["name"]), (&json!("0.9.0"), &json!("garage")));
    assert!(told.get("unready").is_none(), "{told}");

    let overview = ada.get("/api/v1/agents").await;
    let garage = &overview["agents"][0];
    assert_eq!((&garage["online"], &garage["ledger"]["stored"]), (&json!(true), &json!(6)));
    assert_eq!(garage["site"], "garage");
    // Of the view, since somebody looks at it.
    let fleet = &garage["fleet"];
    assert_eq!((&fleet["sources"], &fleet["miners"]["total"]), (&json!(2), &json!(2)), "{fleet}");
    assert_eq!(overview["retention"]["age_secs"], 7 * 86_400);

    // What comes next comes by the stream, from whenever it began.
    let events = path("/events");
    let sending = async {
        for seq in 7.. {
            agent.deliver("attic", seq, seq).await;
        }
    };
    tokio::select! {
        text = ada.stream_until(&events, |text| text.contains("event: reading")) => assert!(text.contains("attic")),
        () = sending => {}
    }
}

#[tokio::test]
async fn how_often_sources_are_asked_comes_with_the_status_of_the_agent() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let id = agent.hello(&epoch(1), 1).await.agent;
    agent.deliver("attic", 1, 1).await;
    let limit = json!({ "warning": 65.0, "critical": 80.0 });
    let plans = json!({ "etag": "one", "sources": {}, "others": { "interval_secs": 45, "chip_celsius": limit } });
    agent.say(&batch_of(2, vec![Body::Status { status: json!({ "plans": plans }) }])).await;
    agent.acknowledged(2).await;
    let ada = bench.person("ada", true).await;
    let table = format!("/api/v1/agents/{id}/readings?view=table");
    until("the row has its plan", async || {
        let row = ada.get(&table).await["rows"][0].clone();
        row["interval_secs"] == 45
    })
    .await;
}

#[tokio::test]
async fn a_report_that_cannot_be_read_is_told() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let id = agent.hello(&epoch(1), 1).await.agent;
    agent.deliver("attic", 1, 1).await;
    let mut later = report("barn", 2);
    later["reading"]["state"] = json!("levitating");
    agent.say(&batch_of(2, vec![Body::Report { source_id: "barn".parse().unwrap(), report: later }])).await;
    agent.acknowledged(2).await;
    let ada = bench.person("ada", true).await;
    assert_eq!(ada.get(&format!("/api/v1/agents/{id}/readings")).await["total"], 1);
    until("it is told", async || {
        let told = ada.get(&format!("/api/v1/agents/{id}/agent")).await;
        told["unready"].as_str().is_some_and(|text| text.contains("could not be read"))
    })
    .await;
}

#[tokio::test]
async fn a_view_is_made_anew_from_the_log() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let id = agent.hello(&epoch(1), 1).await.agent;
    agent.deliver("attic", 1, 5).await;
    agent.deliver("barn", 6, 9).await;
    bench.cloud.registry.add_user("ada", PASSWORD.into(), true).await.unwrap();
    let dir = bench.stop().await;
    let bench = Bench::at(dir, json!({})).await;
    let ada = Person::log_in(bench.address, "ada", PASSWORD).await.unwrap();
    let barn = ada.get(&format!("/api/v1/agents/{id}/readings/barn")).await;
    assert_eq!(barn["snapshot"]["hashing"]["current_hps"], json!(1.0e12 + 9.0));
    let told = ada.get(&format!("/api/v1/agents/{id}/agent")).await;
    assert!(told["unready"].as_str().unwrap().contains("not connected"), "honest about its age: {told}");
    let overview = ada.get(&format!("/api/v1/agents/{id}")).await;
    assert_eq!(overview["online"], false);
    assert_eq!(overview["fleet"]["miners"]["total"], 2, "{overview}");
    assert!(overview["heard_at"].is_string());
}

#[tokio::test]
async fn many_agents_are_told_in_a_few_figures_without_a_look_at_each() {
    let bench = Bench::new().await;
    let ada = bench.person("ada", true).await;
    let mut agents = Vec::new();
    for n in 0..3 {
        let token = bench.enrol(&format!("garage {n}")).await;
        let mut agent = bench.connect(&token).await.unwrap();
        agent.hello(&epoch(n), 1).await;
        agent.deliver("attic", 1, 1).await;
        agents.push(agent);
    }
    bench.enrol("never seen").await;
    let overview = ada.get("/api/v1/agents").await;
    let hps = |of: &Value| of["fleet"]["hashing"].as_object()?.values().next()?["current_hps"].as_f64();
    let all: Vec<_> = overview["agents"].as_array().unwrap().iter().map(hps).collect();
    assert_eq!(all, [Some(1.0e12 + 1.0), Some(1.0e12 + 1.0), Some(1.0e12 + 1.0), None], "{overview}");
    assert!(bench.cloud.fleet.is_empty(), "no view was made");
}

#[tokio::test]
async fn what_is_gone_there_is_gone_here() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let id = agent.hello(&epoch(1), 1).await.agent;
    agent.deliver("attic", 1, 1).await;
    agent.deliver("barn", 2, 2).await;
    let ada = bench.person("ada", true).await;
    let readings = format!("/api/v1/agents/{id}/readings");
    assert_eq!(ada.get(&readings).await["total"], 2);
    agent.say(&batch_of(3, vec![Body::Sources { sources: vec!["barn".parse().unwrap()] }])).await;
    agent.acknowledged(3).await;
    until("it is gone", async || ada.get(&readings).await["total"] == 1).await;
    let newest = gsscloud::log::Log::newest(&*bench.cloud.log, &id.parse().unwrap()).await.unwrap();
    assert_eq!(newest.len(), 1);
}

#[tokio::test]
async fn the_newest_state_is_shown_before_the_log_has_it() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let id = agent.hello(&epoch(1), 1).await.agent;
    agent.deliver("attic", 1, 1).await;
    let now = |seq| {
        let report = report("attic", seq);
        let reports = vec![NowReport { age_ms: 1, source_id: "attic".parse().unwrap(), report }];
        FromAgent::Now(Now { part: 1, parts: 1, reports })
    };
    // Before somebody looks, and after.
    agent.say(&now(500)).await;
    let ada = bench.person("ada", true).await;
    let attic = format!("/api/v1/agents/{id}/readings/attic");
    let hashrate = async || {
        ada.get(&attic).await["snapshot"]["hashing"]["current_hps"].as_f64().unwrap() as u64 - 1_000_000_000_000
    };
    until("it is shown", async || hashrate().await == 500).await;
    agent.say(&now(600)).await;
    until("the next is shown", async || hashrate().await == 600).await;
    agent.say(&FromAgent::Batch(batch("attic", 2, 2))).await;
    agent.acknowledged(2).await;
    until("the log has something newer", async || hashrate().await == 2).await;
}

#[tokio::test]
async fn comings_and_goings_are_told() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let ada = bench.person("ada", true).await;
    let issues = ada.get("/api/v1/issues").await;
    assert_eq!(issues["issues"][0]["code"], "agent_never_seen");
    let streaming = ada.stream_until("/api/v1/events", |text| text.contains("\"online\":true"));
    let connecting = async {
        let mut agent = bench.connect(&token).await.unwrap();
        agent.hello(&epoch(1), 1).await;
        agent
    };
    let (_, mut agent) = tokio::join!(streaming, connecting);
    assert_eq!(ada.get("/api/v1/issues").await["issues"], json!([]));
    let streaming = ada.stream_until("/api/v1/events", |text| text.contains("\"online\":false"));
    let leaving = async {
        agent.say(&FromAgent::Bye { last: 0 }).await;
        while agent.hear().await.is_ok() {}
    };
    tokio::join!(streaming, leaving);
    let mut wrong = hello(&epoch(2), 1);
    wrong.clock = gssa_model::Timestamp::from_unix_ms(0);
    let mut agent = bench.connect(&token).await.unwrap();
    agent.say(&FromAgent::Hello(wrong)).await;
    agent.hear().await.unwrap();
    assert_eq!(ada.get("/api/v1/issues").await["issues"][0]["code"], "agent_clock");
}

#[tokio::test]
async fn sessions_end_with_what_they_were_opened_by() {
    let bench = Bench::new().await;
    let ada = bench.person("ada", true).await;
    let bob = bench.person("bob", false).await;
    let is_in = async |person: &Person| person.ask("GET", "/api/v1/agents", None).await.0;
    assert_eq!((is_in(&ada).await, is_in(&bob).await), (200, 200));
    let (status, _) =
        ada.ask("PUT", "/api/v1/users/bob/password", Some(&json!({ "password": "battery staple" }))).await;
    assert_eq!((status, is_in(&bob).await), (204, 401));
    let bob = Person::log_in(bench.address, "bob", "battery staple").await.unwrap();
    let change = json!({ "current": "battery staple", "new": "something else" });
    assert_eq!(bob.ask("PUT", "/api/v1/password", Some(&change)).await.0, 200);
    assert_eq!(is_in(&bob).await, 401, "the others end");
    let bob = Person::log_in(bench.address, "bob", "something else").await.unwrap();
    assert_eq!(bob.ask("DELETE", "/api/v1/session", None).await.0, 204);
    assert_eq!(is_in(&bob).await, 401);
    let bob = Person::log_in(bench.address, "bob", "something else").await.unwrap();
    assert_eq!(ada.ask("DELETE", "/api/v1/users/bob", None).await.0, 204);
    assert_eq!(is_in(&bob).await, 401);
    assert_eq!(ada.ask("DELETE", "/api/v1/users/ada", None).await.0, 409, "the last administrator stays");
}

#[tokio::test]
async fn rights_are_given_and_taken_without_ending_a_session_and_one_administrator_stays() {
    let bench = Bench::new().await;
    let ada = bench.person("ada", true).await;
    let bob = bench.person("bob", false).await;
    let manages = async |person: &Person| person.ask("GET", "/api/v1/users", None).await.0;
    assert_eq!(ada.ask("DELETE", "/api/v1/users/ada/admin", None).await.0, 409, "the last administrator stays one");
    assert_eq!((ada.ask("PUT", "/api/v1/users/bob/admin", None).await.0, manages(&bob).await), (200, 200));
    assert_eq!((bob.ask("DELETE", "/api/v1/users/ada/admin", None).await.0, manages(&ada).await), (200, 403));
    assert_eq!(ada.ask("GET", "/api/v1/agents", None).await.0, 200, "the session goes on");
    assert_eq!(bob.ask("PUT", "/api/v1/users/eve/admin", None).await.0, 404);
}

#[tokio::test]
async fn guessing_is_slow_and_says_nothing_about_names() {
    let bench = Bench::new().await;
    bench.person("ada", true).await;
    for (user, password) in [("ada", "wrong horse"), ("nobody", "wrong horse"), ("", "")] {
        assert_eq!(Person::log_in(bench.address, user, password).await.err(), Some(403), "{user}");
    }
    let mut last = 0;
    for _ in 0..6 {
        last = Person::log_in(bench.address, "ada", "wrong horse").await.err().unwrap();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn agents_and_users_are_managed_over_the_api() {
    let bench = Bench::new().await;
    let ada = bench.person("ada", true).await;
    let (status, added) = ada.ask("POST", "/api/v1/agents", Some(&json!({ "name": "Garage" }))).await;
    assert_eq!(status, 200);
    let (id, token) = (added["id"].as_str().unwrap(), added["token"].as_str().unwrap());
    let mut agent = bench.connect(token).await.unwrap();
    assert_eq!(agent.hello(&epoch(1), 1).await.agent, id);
    assert_eq!(ada.ask("POST", "/api/v1/agents", Some(&json!({ "name": "Garage" }))).await.0, 409);
    assert_eq!(ada.ask("POST", "/api/v1/agents", Some(&json!({ "name": " " }))).await.0, 422);
    let (_, rotated) = ada.ask("POST", &format!("/api/v1/agents/{id}/rotate"), None).await;
    assert!(bench.connect(rotated["token"].as_str().unwrap()).await.is_ok());

    let user = json!({ "name": "bob", "password": PASSWORD });
    assert_eq!(ada.ask("POST", "/api/v1/users", Some(&user)).await.0, 200);
    let bob = Person::log_in(bench.address, "bob", PASSWORD).await.unwrap();
    assert_eq!(bob.get("/api/v1/agents").await["agents"], json!([]));
    let grant = format!("/api/v1/users/bob/agents/{id}");
    assert_eq!(ada.ask("PUT", &grant, None).await.1["agents"], json!([id]));
    assert_eq!(bob.get("/api/v1/agents").await["agents"][0]["id"], json!(id));
    assert_eq!(ada.ask("DELETE", &grant, None).await.0, 200);
    assert_eq!(bob.ask("GET", &format!("/api/v1/agents/{id}/readings"), None).await.0, 404);

    assert_eq!(ada.ask("POST", &format!("/api/v1/agents/{id}/revoke"), None).await.0, 204);
    assert_eq!(ada.ask("DELETE", &format!("/api/v1/agents/{id}"), None).await.0, 204);
    assert_eq!(ada.get("/api/v1/agents").await["agents"], json!([]));
}

#[tokio::test]
async fn it_tells_of_its_health_and_its_figures() {
    let bench = Bench::new().await;
    let nobody = Person::nobody(bench.address);
    assert_eq!(nobody.get("/healthz").await["status"], "ok");
    assert_eq!(nobody.get("/readyz").await["status"], "ok");
    assert_eq!(nobody.get("/api/v1/version").await["name"], "gsscloud");
    assert_eq!(nobody.ask("GET", "/metrics", None).await.0, 200, "from this machine");
    let through_a_proxy = nobody.request("GET", "/metrics").header("x-forwarded-for", "203.0.113.7");
    assert_eq!(super::support::exchange(bench.address, through_a_proxy, None).await.0, 401);
}

#[tokio::test]
async fn a_browser_that_came_by_tls_is_told_to_come_by_nothing_else() {
    let told = async |config: Value, proto: &str, host: &str| {
        let bench = Bench::with(config).await;
        let request = http::Request::builder().method("GET").uri("/healthz").header("host", host);
        let request = request.header("x-forwarded-for", "203.0.113.7").header("x-forwarded-proto", proto);
        let (status, headers, _) = super::support::exchange(bench.address, request, None).await;
        assert_eq!(status, 200);
        headers.get("strict-transport-security").map(|it| it.to_str().unwrap().to_owned())
    };
    let behind = json!({ "server": { "trusted_proxies": ["127.0.0.1"] } });
    let off = json!({ "server": { "trusted_proxies": ["127.0.0.1"], "tls_only": false } });
    assert_eq!(told(behind.clone(), "https", "cloud.example").await.as_deref(), Some("max-age=31536000"));
    for (config, proto, host) in [
        (behind.clone(), "http", "cloud.example"),
        (behind.clone(), "https", "127.0.0.1"),
        (behind, "https", "localhost"),
        (off, "https", "cloud.example"),
        // Nobody believes it.
        (json!({}), "https", "cloud.example"),
    ] {
        assert_eq!(told(config, proto, host).await, None, "{proto} {host}");
    }
}
