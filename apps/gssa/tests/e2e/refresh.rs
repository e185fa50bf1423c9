//! Polls on request, and what the API shows after a poll.

use gssa_sim::axeos::Behaviour;
use serde_json::{Value, json};

use crate::support::{Agent, Devices, SOON, polls, source, until};
use gssa_testkit::http::Events;

/// Longer than any test: after the first poll only a request by hand asks again.
const NEVER_SECS: u64 = 3600;

fn one_device() -> (Devices, Agent) {
    let devices = Devices::behaving(&[Behaviour::Healthy]);
    let sources = [source("a", &devices.all()[0])];
    let polling = json!({ "interval_secs": NEVER_SECS, "timeout_ms": 3000, "jitter_percent": 0 });
    let agent = Agent::start(&json!({ "polling": polling, "sources": sources }));
    agent.reading_when_up("a");
    (devices, agent)
}

const REFRESH: &str = "/api/v1/readings/a/refresh";

#[test]
fn a_refresh_asks_at_once_and_one_at_a_time() {
    let (devices, agent) = one_device();
    let device = &devices.all()[0];
    let before = agent.reading("a");
    assert_eq!(polls(device), 1);
    let answer = agent.change("POST", REFRESH, "", None);
    assert_eq!((answer.status, polls(device)), (200, 2));
    let after = answer.json();
    assert_eq!(after["health"], "up");
    assert_ne!(after["observed_at"], before["observed_at"]);
    assert_eq!(agent.reading("a"), after);

    device.set_behaviour(Behaviour::Hang);
    let first = agent.change_later("POST", REFRESH);
    until("the device is asked", SOON, || (polls(device) == 3).then_some(()));
    let second = agent.change("POST", REFRESH, "", None);
    assert_eq!((second.status, second.json()), (202, after), "one is under way");
    // Who hangs may come to its senses on the next connection only, so the first is let go by its deadline.
    let first = first.join().unwrap();
    assert_eq!((first.status, &first.json()["failure"]["reason"]), (200, &json!("timeout")));
    assert_eq!(polls(device), 3);
    assert_eq!(device.counts().max_in_flight, 1);
}

#[test]
fn only_the_page_of_the_agent_and_nobody_else_refreshes() {
    let (devices, agent) = one_device();
    for (origin, status) in [("", 403), ("Origin: http://evil.example\r\n", 403)] {
        assert_eq!(agent.send("POST", REFRESH, origin, None).status, status, "{origin:?}");
    }
    assert_eq!(agent.change("POST", "/api/v1/readings/b/refresh", "", None).status, 404);
    assert_eq!(polls(&devices.all()[0]), 1);
}

#[test]
fn a_poll_fills_the_history_and_changes_the_entity_tag() {
    let (_devices, agent) = one_device();
    for path in ["/api/v1/readings/a", "/api/v1/readings"] {
        let answer = agent.send("GET", path, "", None);
        let tag = answer.header("etag").unwrap().to_owned();
        let if_changed = format!("If-None-Match: {tag}\r\n");
        let unchanged = agent.send("GET", path, &if_changed, None);
        assert_eq!((unchanged.status, unchanged.text().as_str()), (304, ""));
        assert_eq!(agent.change("POST", REFRESH, "", None).status, 200);
        let changed = agent.send("GET", path, &if_changed, None);
        assert_eq!(changed.status, 200);
        assert_ne!(changed.header("etag"), Some(tag.as_str()));
    }
    let reading = agent.reading("a");
    for metric in ["current_hps", "watts", "chip_celsius", "accepted", "rejected"] {
        let history = agent.get(&format!("/api/v1/history/a?metric={metric}"));
        let points = history["points"].as_array().unwrap();
        assert_eq!((&history["metric"], &history["step_secs"]), (&json!(metric), &json!(60)));
        assert!(!points.is_empty() && points.iter().all(|point| point[1].is_number()), "{history}");
    }
    // The last point of a counter is the last reading.
    let accepted = agent.get("/api/v1/history/a?metric=accepted")["points"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(accepted[1].as_f64(), reading["snapshot"]["work"]["accepted"].as_f64());
}

#[test]
fn the_stream_tells_each_poll_and_goes_on_where_it_was_left() {
    let (_devices, agent) = one_device();
    let mut events = agent.events();
    let polled = agent.change("POST", REFRESH, "", None).json();
    let mut event = events.next("reading");
    while event.data["observed_at"] != polled["observed_at"] {
        event = events.next("reading");
    }
    assert_eq!(event.data, polled);
    drop(events);

    let missed: Value = agent.change("POST", REFRESH, "", None).json();
    let mut events = Events::open(agent.address(), &format!("Last-Event-ID: {}\r\n", event.id));
    let event = events.next("reading");
    assert_eq!(event.data["observed_at"], missed["observed_at"]);
}
