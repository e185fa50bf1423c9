//! What is made arrives, once and in order.

use std::time::Duration;

use gssa_uplink::receiver::Content;
use gssa_uplink::session::State;
use serde_json::Value;

use crate::receiver::Receiver;
use crate::support::Bench;

fn reports(entries: &[(u64, Content)]) -> Vec<(String, u64)> {
    let report = |content: &Content| match content {
        Content::Report { source_id, report } => {
            let report: Value = serde_json::from_str(report).unwrap();
            Some((source_id.to_string(), report["reading"]["took_ms"].as_u64().unwrap()))
        }
        _ => None,
    };
    entries.iter().filter_map(|(_, content)| report(content)).collect()
}

#[tokio::test]
async fn what_is_made_is_stored_in_order_and_the_end_is_told() {
    for scheme in ["ws", "http"] {
        let receiver = Receiver::new().await;
        let mut bench = Bench::new(&format!("{scheme}://{}/agent", receiver.address));
        for n in 0..300 {
            bench.report_of(["a", "b"][n as usize % 2], n, Duration::ZERO);
        }
        bench.event("hello", true);
        let log = receiver.until("everything", |log| log.stored() == 301).await;
        log.check();
        let expected: Vec<_> = (0..300).map(|n| (["a", "b"][n as usize % 2].to_owned(), n)).collect();
        assert_eq!(reports(&log.epoch().entries), expected);
        let (method, path, headers) = &log.requests[0];
        assert_eq!((method.as_str(), path.as_str()), (if scheme == "ws" { "GET" } else { "POST" }, "/agent"));
        assert_eq!(headers["authorization"], "Bearer a-token");
        assert_eq!(headers["user-agent"], "gssa/0.1.0");
        let report = bench.until("on", |report| report.status.ledger.acknowledged.items == 301).await;
        assert_eq!((report.status.state, report.status.agent.as_deref()), (State::On, Some("garage-7f3a")));
        assert!(report.wire.sent_bytes > report.status.bytes_sent, "{report:?}");

        bench.report_of("a", 301, Duration::ZERO);
        let report = bench.stop().await;
        assert_eq!(report.status.state, State::Off);
        let log = receiver.until("bye", |log| log.epoch().bye == Some(302)).await;
        assert_eq!(log.stored(), 302, "what was left is sent before");
        if scheme == "ws" {
            let log = receiver.until("close", |log| !log.ends.is_empty()).await;
            assert_eq!(log.ends, [Some(1000)]);
        }
    }
}

#[tokio::test]
async fn differences_travel_and_whole_reports_are_stored() {
    let receiver = Receiver::new().await;
    let bench = Bench::new(&format!("ws://{}/", receiver.address));
    for n in 0..20 {
        bench.report_of("a", n, Duration::ZERO);
    }
    let log = receiver.until("everything", |log| log.stored() == 20).await;
    let changes = log.messages.iter().map(|text| text.matches("\"changes\"").count()).sum::<usize>();
    assert_eq!(changes, 19);
    assert_eq!(reports(&log.epoch().entries).len(), 20);
}

#[tokio::test]
async fn after_an_outage_the_newest_state_comes_first() {
    let receiver = Receiver::new().await;
    let bench = Bench::new(&format!("ws://{}/", receiver.address));
    bench.newest("a", 9);
    bench.newest("b", 8);
    for n in 0..10 {
        bench.report_of("a", n, Duration::from_secs(600 - n));
    }
    let log = receiver.until("everything", |log| log.stored() == 10).await;
    log.check();
    let first_now = log.messages.iter().position(|text| text.contains("\"now\"")).expect("the newest state");
    let first_batch = log.messages.iter().position(|text| text.contains("\"batch\"")).unwrap();
    assert!(first_now < first_batch, "{:?}", log.messages);
    assert_eq!(log.shown.len(), 2);
}
