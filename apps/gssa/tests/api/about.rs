//! What the agent says about itself.

use serde_json::json;

use super::support::{Agent, token_hash};

#[tokio::test]
async fn the_agent_tells_its_clock_and_what_it_uses() {
    let agent = Agent::new(json!({ "agent": { "name": "Attic", "time_zone": "Asia/Kolkata" } })).await;
    let status = agent.get("/api/v1/agent").await.json();
    assert_eq!(
        (&status["name"], &status["version"], &status["target"]),
        (&json!("Attic"), &json!("0.0.0"), &json!("test"))
    );
    assert_eq!((&status["time_zone"], &status["utc_offset_secs"]), (&json!("Asia/Kolkata"), &json!(19_800)));
    assert_eq!(status["behind_ms"], 0);
    assert!(status["started_at"].as_str() <= status["now"].as_str());
    if cfg!(target_os = "linux") {
        assert!(status["resident_bytes"].as_u64() > Some(100_000) && status["cpu_percent"].is_number(), "{status}");
    }
}

#[tokio::test]
async fn a_zone_of_the_list_can_be_set() {
    let agent = Agent::new(json!({})).await;
    let zones = agent.get("/api/v1/time_zones").await.json();
    let zones: Vec<&str> = zones["time_zones"].as_array().unwrap().iter().map(|zone| zone.as_str().unwrap()).collect();
    assert!(zones.len() > 300 && zones.is_sorted() && zones.contains(&"Europe/Berlin"));
    for zone in zones {
        let check = json!({ "agent": { "time_zone": zone } });
        let problems = agent.change("POST", "/api/v1/config/check", "", &check).await.json();
        assert_eq!(problems, json!({ "problems": [] }), "{zone}");
    }
}

#[tokio::test]
async fn a_token_that_was_made_lets_its_holder_in() {
    let agent = Agent::new(json!({})).await;
    let made = agent.change("POST", "/api/v1/token", "", &json!({})).await.json();
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("gssa_") && token.len() == 69, "{made}");
    assert_eq!(made["hash"], token_hash(token));
    let other = agent.change("POST", "/api/v1/token", "", &json!({})).await.json();
    assert_ne!(made, other);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(agent.send("GET", "/api/v1/readings", &bearer, None).await.status, 401, "nothing was saved");
    agent.put_config(json!({ "server": { "api_tokens": [{ "name": "new", "hash": made["hash"] }] } })).await;
    assert_eq!(agent.send("GET", "/api/v1/readings", &bearer, None).await.status, 200);
}
