//! What receivers do wrong, and that everything arrives all the same, once.

use std::time::Duration;

use gssa_uplink::client::{Change, Report};
use gssa_uplink::session::{Carrier, Reason, Settings, State};
use gssa_uplink::wire::FromReceiver;

use crate::receiver::{Fault, Receiver};
use crate::support::{Bench, settings};

fn ws(receiver: &Receiver) -> Bench {
    Bench::new(&format!("ws://{}/agent", receiver.address))
}

fn status(status: u16) -> Fault {
    Fault::Status(status, Vec::new(), String::new())
}

/// Makes reports of three sources, and waits until all of them are stored.
async fn deliver(receiver: &Receiver, bench: &mut Bench, from: u64) {
    for n in from..from + 60 {
        bench.report_of(["a", "b", "c"][n as usize % 3], n, Duration::ZERO);
    }
    let log = receiver.until("everything", |log| log.stored() == from + 60).await;
    log.check();
    bench.until("acknowledged", |report| report.status.ledger.queued.items == 0).await;
}

#[tokio::test]
async fn a_connection_that_is_cut_in_the_middle_of_a_message_loses_nothing() {
    for scheme in ["ws", "http"] {
        let receiver = Receiver::new().await;
        // In the head of the request, in the hello, in the first batch.
        receiver.faults([Fault::CutAfter(100), Fault::CutAfter(500), Fault::CutAfter(900), Fault::CutAfter(1500)]);
        let mut bench = Bench::new(&format!("{scheme}://{}/agent", receiver.address));
        deliver(&receiver, &mut bench, 0).await;
        let report = bench.link.subscribe().borrow().clone();
        assert!(report.status.endings.values().sum::<u64>() >= 3, "{:?}", report.status.endings);
    }
}

#[tokio::test]
async fn a_receiver_that_closes_and_one_that_has_trouble_is_tried_again() {
    let receiver = Receiver::new().await;
    receiver.faults([status(502), Fault::Closes(1012), Fault::Closes(4400), status(500)]);
    let mut bench = ws(&receiver);
    deliver(&receiver, &mut bench, 0).await;
    let endings = bench.link.subscribe().borrow().status.endings.clone();
    assert_eq!((endings[&Reason::Server], endings[&Reason::Restart], endings[&Reason::Protocol]), (2, 1, 1));
}

#[tokio::test]
async fn a_refused_token_is_told_and_the_next_one_used_at_once() {
    let receiver = Receiver::new().await;
    receiver.tokens(&["another-token"]);
    let mut bench = ws(&receiver);
    let report =
        bench.until("rejected twice", |report| report.status.endings.get(&Reason::Rejected).copied() == Some(2)).await;
    assert_eq!(report.status.state, State::Rejected);
    let trouble = report.status.trouble.unwrap().text;
    assert!(trouble.contains("token") && !trouble.contains("a-token"), "{trouble}");
    let wait = report.status.next_attempt.unwrap().unix_ms() - crate::support::wall().unix_ms();
    assert!(wait > 200_000, "{wait}");
    *bench.token.lock().unwrap() = "another-token".to_owned();
    bench.changes.send(Change::Token).await.unwrap();
    deliver(&receiver, &mut bench, 0).await;
    assert_eq!(bench.link.subscribe().borrow().status.state, State::On);
    // The old one still works somewhere else: with a connection the new one is used at once too.
    receiver.tokens(&["third", "another-token"]);
    *bench.token.lock().unwrap() = "third".to_owned();
    bench.changes.send(Change::Token).await.unwrap();
    let log = receiver.until("another hello", |log| log.hellos.len() == 2).await;
    assert_eq!(log.requests.last().unwrap().2["authorization"], "Bearer third");
    deliver(&receiver, &mut bench, 60).await;
}

#[tokio::test]
async fn retry_after_is_obeyed_in_both_forms() {
    for after in ["600".to_owned(), "Fri, 01 Jan 2100 00:00:00 GMT".to_owned()] {
        let receiver = Receiver::new().await;
        receiver.faults([Fault::Status(429, vec![("retry-after", after)], String::new())]);
        let mut bench = ws(&receiver);
        let report = bench.until("trouble", |report| report.status.state == State::Trouble).await;
        let wait = report.status.next_attempt.unwrap().unix_ms() - crate::support::wall().unix_ms();
        assert!((580_000..4_000_000).contains(&wait), "{wait}");
        assert!(report.status.trouble.unwrap().text.contains("429"));
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed_and_post_is_tried_instead() {
    let (elsewhere, receiver) = (Receiver::new().await, Receiver::new().await);
    let to = format!("http://{}/agent", elsewhere.address);
    receiver.always(Some(Fault::Status(301, vec![("location", to.clone())], String::new())));
    let mut bench = ws(&receiver);
    let report = bench.until("post", |report| report.status.carrier == Carrier::Post).await;
    let trouble = report.status.trouble.unwrap().text;
    assert!(trouble.contains("redirects") && trouble.contains(&to), "{trouble}");
    assert_eq!(elsewhere.log().requests.len(), 0);
    receiver.always(None);
    deliver(&receiver, &mut bench, 0).await;
}

#[tokio::test]
async fn where_no_websocket_gets_through_post_is_used() {
    let receiver = Receiver::new().await;
    receiver.only_post(true);
    let mut bench = ws(&receiver);
    deliver(&receiver, &mut bench, 0).await;
    let report = bench.until("on", |report| report.status.state == State::On).await;
    assert_eq!(report.status.carrier, Carrier::Post);
    let log = receiver.log();
    let upgrades = log.requests.iter().filter(|(method, _, _)| method == "GET").count();
    assert_eq!(upgrades, 3);
    let keys: Vec<&String> = log.requests.iter().filter_map(|(_, _, headers)| headers.get("idempotency-key")).collect();
    assert!(!keys.is_empty() && keys.iter().all(|key| key.starts_with(log.hellos[0].epoch.as_str())), "{keys:?}");
}

#[tokio::test]
async fn a_post_that_is_too_large_or_refused_is_halved() {
    let receiver = Receiver::new().await;
    receiver.poison("poisonous-source");
    let mut bench = Bench::new(&format!("http://{}/agent", receiver.address));
    for n in 0..40 {
        bench.report_of(if n == 17 { "poisonous-source" } else { "a" }, n, Duration::ZERO);
    }
    let log = receiver.until("everything", |log| log.stored() == 40).await;
    log.check();
    assert_eq!(log.epoch().entries.len(), 39);
    let report = bench.until("refused", |report| report.status.ledger.refused.items == 1).await;
    assert!(report.status.notes.iter().any(|note| note.contains("item 18 was left out")), "{:?}", report.status.notes);
    receiver.faults([status(413), status(413)]);
    for n in 40..80 {
        bench.report_of("a", n, Duration::ZERO);
    }
    receiver.until("everything", |log| log.stored() == 80).await.check();
}

#[tokio::test]
async fn a_poisonous_item_never_blocks_the_queue() {
    let receiver = Receiver::new().await;
    receiver.poison("poisonous-source");
    let mut bench = ws(&receiver);
    for n in 0..100 {
        bench.report_of(if n == 50 { "poisonous-source" } else { "a" }, n, Duration::ZERO);
    }
    let log = receiver.until("everything", |log| log.stored() == 100).await;
    log.check();
    assert_eq!((log.epoch().entries.len(), log.hellos.len()), (99, 1), "over one connection");
    bench.until("refused", |report| report.status.ledger.refused.items == 1).await;
}

#[tokio::test]
async fn a_receiver_without_differences_gets_whole_reports() {
    let receiver = Receiver::new().await;
    receiver.always(Some(Fault::ForgetsBases));
    let mut bench = ws(&receiver);
    deliver(&receiver, &mut bench, 0).await;
    assert_eq!(bench.link.subscribe().borrow().status.ledger.refused.items, 0);
}

#[tokio::test]
async fn a_receiver_that_never_reads_only_fills_the_ring() {
    let receiver = Receiver::new().await;
    receiver.always(Some(Fault::NeverReads));
    let mut bench = ws(&receiver);
    receiver.until("hello", |log| !log.hellos.is_empty()).await;
    let settings = Settings { ring_max_bytes: 64 * 1024, ..settings("ws://") };
    bench.changes.send(Change::Settings(settings)).await.unwrap();
    for n in 0..20_000 {
        bench.report_of(&format!("s{}", n % 500), n, Duration::ZERO);
    }
    let report = bench.until("everything made is taken", |report| report.status.ledger.produced.items >= 20_000).await;
    let ledger = report.status.ledger;
    assert!(ledger.thinned.items + ledger.lost.items > 0, "{ledger:?}");
    let sum = ledger.queued.items + ledger.acknowledged.items + ledger.thinned.items + ledger.lost.items;
    assert_eq!(ledger.produced.items, sum);
}

#[tokio::test]
async fn a_half_open_connection_keeps_everything_until_another_one_is_there() {
    let receiver = Receiver::new().await;
    receiver.faults([Fault::HalfOpen, Fault::NoAcks]);
    let mut bench = ws(&receiver);
    bench.until("on", |report| report.status.state == State::On).await;
    bench.report_of("a", 1, Duration::ZERO);
    let report = bench.until("sent", |report| report.status.items_sent > 0).await;
    assert_eq!((report.status.ledger.queued.items, report.status.ledger.acknowledged.items), (1, 0));
    // What ends it after a minute is told of sooner here. The second one stores and does not say so; the third says it in its welcome.
    for _ in 0..2 {
        let sent = bench.link.subscribe().borrow().status.items_sent;
        bench.changes.send(Change::Token).await.unwrap();
        bench
            .until("sent again", |report| report.status.items_sent > sent || report.status.ledger.queued.items == 0)
            .await;
    }
    bench.until("acknowledged", |report| report.status.ledger.acknowledged.items == 1).await;
    receiver.log().check();
}

#[tokio::test]
async fn a_duplicate_is_told_and_waits_five_minutes() {
    let receiver = Receiver::new().await;
    receiver.faults([Fault::Closes(4409)]);
    let mut bench = ws(&receiver);
    let report = bench.until("trouble", |report| report.status.state == State::Trouble).await;
    assert!(report.status.trouble.unwrap().text.contains("two copies"));
    let wait = report.status.next_attempt.unwrap().unix_ms() - crate::support::wall().unix_ms();
    assert!((280_000..340_000).contains(&wait), "{wait}");
}

#[tokio::test]
async fn waits_drains_commands_and_what_is_unknown_are_taken_as_they_are_meant() {
    let receiver = Receiver::new().await;
    let command = FromReceiver::Command { id: "c1".into() };
    receiver.faults([Fault::Says(vec![command, FromReceiver::Unknown, FromReceiver::Drain { within_secs: 0 }])]);
    let mut bench = ws(&receiver);
    let log = receiver.until("another hello", |log| log.hellos.len() == 2).await;
    assert_eq!(log.ends, [Some(1000)]);
    deliver(&receiver, &mut bench, 0).await;
    receiver.faults([Fault::Says(vec![FromReceiver::Command { id: "c2".into() }])]);
    bench.changes.send(Change::Token).await.unwrap();
    let log = receiver.until("an outcome", |log| log.outcomes.iter().any(|(id, _)| id == "c2")).await;
    assert!(log.outcomes.iter().all(|(_, outcome)| outcome == "unimplemented"));
}

#[tokio::test]
async fn a_receiver_that_was_set_back_gets_a_new_epoch() {
    let receiver = Receiver::new().await;
    let mut bench = ws(&receiver);
    deliver(&receiver, &mut bench, 0).await;
    receiver.faults([Fault::Stored(5)]);
    bench.changes.send(Change::Token).await.unwrap();
    let log = receiver.until("another epoch", |log| log.epochs.len() == 2).await;
    log.check();
    bench.report_of("a", 99, Duration::ZERO);
    let log = receiver.until("delivered", |log| log.epochs.values().any(|epoch| epoch.stored == 2)).await;
    log.check();
}

#[tokio::test]
async fn a_wrong_clock_is_told() {
    let receiver = Receiver::new().await;
    receiver.always(Some(Fault::Clock(600_000)));
    let mut bench = ws(&receiver);
    let report = bench.until("on", |report| report.status.state == State::On).await;
    assert!(report.status.notes.iter().any(|note| note.contains("behind")), "{:?}", report.status.notes);
}

#[tokio::test]
async fn whenever_the_clock_is_set_everything_arrives_once() {
    for scheme in ["ws", "http"] {
        let receiver = Receiver::new().await;
        let mut bench = Bench::new(&format!("{scheme}://{}/agent", receiver.address));
        bench.until("on", |report| report.status.state == State::On).await;
        let jumps = [3_600_000, -60_000, -7_200_000, 11_000, 86_400_000];
        for (n, jump) in (0..).zip(jumps) {
            bench.report_of("a", 2 * n, Duration::ZERO);
            bench.set_clock(jump);
            // What is made now meets the other clock, with the report before it waiting or under way.
            bench.report_of("a", 2 * n + 1, Duration::ZERO);
            let jumped = |report: &Report| report.status.endings.get(&Reason::Clock).copied() == Some(n + 1);
            bench.until("aware of it", jumped).await;
            bench.until("on", |report| report.status.state == State::On).await;
        }
        let log = receiver.until("everything", |log| log.stored() == 2 * jumps.len() as u64).await;
        log.check();
        assert_eq!(log.epochs.len(), 1);
    }
}
