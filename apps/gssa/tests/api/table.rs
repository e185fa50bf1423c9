//! The table and its stream.

use serde_json::{Value, json};

use super::events::Client;
use super::support::{Agent, reading};

/// The data of the events of this name that a client has seen.
fn data(client: &Client, name: &str) -> Vec<Value> {
    let start = format!("event: {name}\ndata: ");
    let events = client.text.split("\n\n").filter_map(|event| event.split_once(&start));
    events.map(|(_, data)| serde_json::from_str(data).unwrap()).collect()
}

#[tokio::test]
async fn every_source_is_a_row() {
    let agent = Agent::new(json!({})).await;
    agent.put("b");
    agent.put("a");
    let table = agent.get("/api/v1/readings?view=table").await;
    let rows = table.json();
    let of = |name: &str| rows["rows"].as_array().unwrap().iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!((of("id"), of("model")), (vec![json!("a"), json!("b")], vec![json!("Gamma"), json!("Gamma")]));
    assert!(rows["seq"].is_u64() && rows["generated_at"].is_string(), "{rows}");
    assert!(!table.text().contains("null"));
    let if_none_match = format!("If-None-Match: {}\r\n", table.header("etag").unwrap());
    assert_eq!(agent.send("GET", "/api/v1/readings?view=table", &if_none_match, None).await.status, 304);
}

#[tokio::test]
async fn filters_of_readings_are_those_of_the_table() {
    let agent = Agent::new(json!({})).await;
    agent.put("a");
    let mut other = reading("b");
    other.state = gssa_model::State::Hot;
    agent.store.put(other.into(), [].into());
    let ids = async |query: &str| {
        let rows = agent.get(&format!("/api/v1/readings?view=table&{query}")).await.json();
        rows["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<String>()
    };
    for (query, expected) in [("state=hot", "b"), ("group=garage", "ab"), ("q=gamma", "ab"), ("health=down", "")] {
        assert_eq!(ids(query).await, expected, "{query}");
    }
    for query in ["limit=1", "cursor=a", "fields=id"] {
        let answer = agent.get(&format!("/api/v1/readings?view=table&{query}")).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-query"), "{query}");
    }
    assert_eq!(agent.get("/api/v1/readings?view=tree").await.problem(), "bad-query");
}

#[tokio::test]
async fn changes_follow_the_table_that_was_fetched() {
    let agent = Agent::new(json!({})).await;
    agent.put("a");
    let seq = agent.get("/api/v1/readings?view=table").await.json()["seq"].as_u64().unwrap();
    let mut hot = reading("a");
    hot.state = gssa_model::State::Hot;
    agent.store.put(hot.into(), [].into());
    agent.put("b");
    let mut client = Client::open_at(&agent, &format!("/api/v1/events?view=table&seq={seq}"), "").await;
    assert!(client.sees("event: delta").await && client.sees("\"removed\":[]}\n\n").await);
    let delta = &data(&client, "delta")[0];
    assert_eq!(delta["seq"], seq + 1);
    assert_eq!(delta["items"][0], json!({ "id": "a", "state": "hot" }));
    assert_eq!(delta["items"][1]["name"], "B", "a new one is whole");
    assert!(client.sees("event: summary\n").await && client.sees("event: issues\n").await);
    assert!(!client.text.contains("event: reading") && !client.text.contains("event: reset"), "{}", client.text);

    let last = client.last_id("delta");
    drop(client);
    agent.store.remove("b");
    let mut client =
        Client::open_at(&agent, "/api/v1/events?view=table&seq=1", &format!("Last-Event-ID: {last}\r\n")).await;
    assert!(client.sees("\"removed\":[\"b\"]").await, "the id counts more than the query, which a browser sends again");
    assert!(!client.text.contains("event: reset"), "{}", client.text);
    assert_eq!(data(&client, "delta")[0]["seq"], seq + 2);
}

#[tokio::test]
async fn who_has_seen_another_table_is_told_to_fetch_it_again() {
    let agent = Agent::new(json!({})).await;
    agent.put("a");
    let seq = agent.get("/api/v1/readings?view=table").await.json()["seq"].as_u64().unwrap();
    let of_readings = {
        let mut client = Client::open(&agent, "").await;
        assert!(client.sees("event: summary").await);
        client.last_id("summary")
    };
    for (query, header) in [
        (format!("&seq={}", seq + 1), String::new()),
        ("&seq=0".into(), String::new()),
        (String::new(), "Last-Event-ID: of-another-run\r\n".into()),
        (String::new(), format!("Last-Event-ID: {of_readings}\r\n")),
    ] {
        let mut client = Client::open_at(&agent, &format!("/api/v1/events?view=table{query}"), &header).await;
        assert!(client.sees("event: reset\ndata: {}\n\n").await, "{query} {header}");
    }
    assert_eq!(agent.get("/api/v1/events?seq=1").await.problem(), "bad-query");
}
