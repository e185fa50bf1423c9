//! Who is let in, by which door, and how a conversation ends.

use std::time::Duration;

use gssa_uplink::pack::gzip;
use gssa_uplink::wire::{Body, FromAgent, FromReceiver, Item, Refused, RefusedReason};
use gsscloud::log::{Entry, Log as _};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::support::{Agent, Bench, batch, epoch, hello, post, request, until};

#[tokio::test]
async fn only_a_token_that_counts_opens_a_door() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    for wrong in ["", "gsa_", "x", &token[..token.len() - 1], &format!("{token}0"), &token.to_uppercase()] {
        assert_eq!(bench.connect(wrong).await.err(), Some(401), "{wrong}");
        assert_eq!(post(bench.address, wrong, &json!({ "messages": [] })).await.0, 401, "{wrong}");
    }
    let mut basic = request(bench.address, &token);
    basic.headers_mut().insert("authorization", format!("Basic {token}").parse().unwrap());
    assert_eq!(Agent::connect_by(bench.address, basic).await.err(), Some(401));
    assert!(bench.connect(&token).await.is_ok());
}

#[tokio::test]
async fn a_door_of_another_protocol_says_which_one_it_speaks() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    for (header, value) in [
        ("sec-websocket-protocol", "mqtt"),
        ("sec-websocket-version", "8"),
        ("upgrade", "h2c"),
        ("sec-websocket-key", "x"),
    ] {
        let mut request = request(bench.address, &token);
        request.headers_mut().insert(header, value.parse().unwrap());
        assert_eq!(Agent::connect_by(bench.address, request).await.err(), Some(426), "{header}");
    }
    let mut agent = bench.connect(&token).await.unwrap();
    let mut later = hello(&epoch(1), 1);
    later.protocols = vec!["gssa.uplink/9".into()];
    agent.say(&FromAgent::Hello(later)).await;
    assert_eq!(agent.hear().await, Err(4426));
}

#[tokio::test]
async fn the_messages_of_an_agent_may_be_one_stream() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut offer = request(bench.address, &token);
    let both = "gssa.uplink.v1.stream, gssa.uplink.v1".parse().unwrap();
    offer.headers_mut().insert("sec-websocket-protocol", both);
    let mut agent = Agent::connect_by(bench.address, offer).await.unwrap();
    agent.hello(&epoch(1), 1).await;
    for n in 0..5 {
        agent.deliver("attic", 10 * n + 1, 10 * n + 10).await;
    }
    // What is no part of the stream.
    agent.raw(Message::binary(vec![0xff; 100])).await;
    assert_eq!(agent.hear().await, Err(4400));
}

#[tokio::test]
async fn a_token_that_is_taken_away_closes_the_connection_at_once() {
    let bench = Bench::new().await;
    let (token, other) = (bench.enrol("garage").await, bench.enrol("attic").await);
    let mut agent = bench.connect(&token).await.unwrap();
    agent.hello(&epoch(1), 1).await;
    let mut bystander = bench.connect(&other).await.unwrap();
    bystander.hello(&epoch(2), 1).await;
    bench.cloud.registry.revoke_agent("garage").await.unwrap();
    assert_eq!(agent.hear().await, Err(4401));
    assert_eq!(bench.connect(&token).await.err(), Some(401));
    bystander.deliver("attic", 1, 3).await;
    assert!(bench.cloud.registry.rotate_agent("garage").await.is_err(), "revoked is revoked");
}

#[tokio::test]
async fn an_old_token_is_good_until_the_new_one_is_used() {
    let bench = Bench::new().await;
    let old = bench.enrol("garage").await;
    bench.connect(&old).await.unwrap();
    let new = bench.cloud.registry.rotate_agent("garage").await.unwrap().token;
    bench.connect(&old).await.unwrap();
    bench.connect(&new).await.unwrap();
    assert_eq!(bench.connect(&old).await.err(), Some(401));
    let dir = bench.stop().await;
    let bench = Bench::at(dir, json!({})).await;
    assert_eq!(bench.connect(&old).await.err(), Some(401), "after a restart too");
    assert!(bench.connect(&new).await.is_ok());
}

#[tokio::test]
async fn the_newest_connection_wins_and_two_copies_are_told() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut first = bench.connect(&token).await.unwrap();
    let id = first.hello(&epoch(1), 1).await.agent.parse().unwrap();
    let seen = || bench.cloud.gateway.presence().seen(&id);

    let mut again = bench.connect(&token).await.unwrap();
    again.hello(&epoch(1), 1).await;
    assert_eq!(first.hear().await, Err(4409));
    assert_eq!(seen().duplicate_at, None, "one run that connects again is no copy");

    let mut copy = bench.connect(&token).await.unwrap();
    copy.hello(&epoch(2), 1).await;
    assert_eq!(again.hear().await, Err(4409));
    let mut first = bench.connect(&token).await.unwrap();
    first.hello(&epoch(1), 1).await;
    assert_eq!(copy.hear().await, Err(4409));
    assert!(seen().duplicate_at.is_some(), "a run that was followed by another speaks again");
    first.deliver("attic", 1, 2).await;
}

#[tokio::test]
async fn what_comes_after_a_hole_closes_and_what_comes_again_is_dropped() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    agent.hello(&epoch(1), 1).await;
    agent.deliver("attic", 1, 5).await;
    agent.say(&FromAgent::Batch(batch("attic", 1, 5))).await;
    agent.acknowledged(5).await;
    agent.say(&FromAgent::Batch(batch("attic", 7, 8))).await;
    assert_eq!(agent.hear().await, Err(4400));
}

#[tokio::test]
async fn a_poisonous_item_is_named_and_stops_nothing() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    agent.hello(&epoch(1), 1).await;
    let mut poisonous = batch("attic", 1, 3);
    poisonous.items[1].body = Body::Report { source_id: "attic".parse().unwrap(), report: json!({ "reading": 7 }) };
    agent.say(&FromAgent::Batch(poisonous)).await;
    match agent.hear().await.unwrap() {
        FromReceiver::Refused(Refused {
            first: 1, last: 3, reason: RefusedReason::Malformed, seq: Some(2), ..
        }) => {}
        other => panic!("{other:?}"),
    }
    // One that is no item at all.
    let text = r#"{"type":"batch","first":1,"last":2,"items":[{"age_ms":1},{"age_ms":"x"}]}"#;
    agent.raw(Message::text(text)).await;
    match agent.hear().await.unwrap() {
        FromReceiver::Refused(Refused { first: 1, last: 2, reason: RefusedReason::Malformed, .. }) => {}
        other => panic!("{other:?}"),
    }
    agent.deliver("attic", 1, 3).await;
}

#[tokio::test]
async fn what_is_no_message_closes() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let bomb = gzip(&vec![b' '; 9 << 20]);
    for (message, code) in [
        (Message::text("{"), 4400),
        (Message::text(r#"{"type":"hello"}"#), 4400),
        (Message::binary(vec![1, 2, 3]), 4400),
        (Message::binary(bomb), 4413),
        (Message::binary(vec![b'x'; 1_100_000]), 4413),
    ] {
        let mut agent = bench.connect(&token).await.unwrap();
        agent.hello(&epoch(1), 1).await;
        agent.raw(message).await;
        assert_eq!(agent.hear().await, Err(code));
    }
    let mut agent = bench.connect(&token).await.unwrap();
    agent.say(&FromAgent::Batch(batch("attic", 1, 1))).await;
    assert_eq!(agent.hear().await, Err(4400), "hello comes first");
}

#[tokio::test]
async fn what_is_said_later_or_about_commands_is_passed_over() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    agent.hello(&epoch(1), 1).await;
    agent.raw(Message::text(r#"{"type":"telepathy"}"#)).await;
    agent.say(&FromAgent::Outcome { id: "x".into(), outcome: "unimplemented".into() }).await;
    agent.deliver("attic", 1, 1).await;
}

#[tokio::test]
async fn too_much_has_to_wait() {
    let bench = Bench::with(json!({ "limits": { "items_per_second": 10 } })).await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    agent.hello(&epoch(1), 1).await;
    agent.say(&FromAgent::Batch(batch("attic", 1, 130))).await;
    let mut told = (false, false);
    while told != (true, true) {
        match agent.hear().await.unwrap() {
            FromReceiver::Wait { secs, .. } => told.0 = (2..=4).contains(&secs),
            FromReceiver::Ack { stored: 130 } => told.1 = true,
            other => panic!("{other:?}"),
        }
    }
    let before = tokio::time::Instant::now();
    agent.deliver("attic", 131, 131).await;
    assert!(before.elapsed() > Duration::from_secs(1), "it was read before its time");
}

#[tokio::test]
async fn a_stop_asks_agents_to_connect_anew() {
    let bench = Bench::with(json!({ "server": { "drain_secs": 10 } })).await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    agent.hello(&epoch(1), 1).await;
    let (cloud, address) = (bench.cloud.clone(), bench.address);
    let stopping = tokio::spawn(async move { cloud.stop().await });
    assert_eq!(agent.hear().await, Ok(FromReceiver::Drain { within_secs: 10 }));
    // What is on its way is still taken.
    agent.deliver("attic", 1, 2).await;
    assert_eq!(bench.connect(&token).await.err(), Some(503));
    drop(agent);
    stopping.await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_goodbye_with_everything_stored_is_no_loss() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let id = agent.hello(&epoch(1), 1).await.agent.parse().unwrap();
    agent.say(&FromAgent::Batch(batch("attic", 1, 4))).await;
    agent.say(&FromAgent::Bye { last: 4 }).await;
    agent.acknowledged(4).await;
    assert_eq!(agent.hear().await, Err(1000));
    bench.connect(&token).await.unwrap().hello(&epoch(2), 1).await;
    bench.connect(&token).await.unwrap().hello(&epoch(3), 1).await;
    let records = bench.cloud.log.read(&id, 0, usize::MAX).await.unwrap();
    let lost: Vec<_> = records.iter().filter(|it| matches!(it.entry, Entry::EpochLost { .. })).collect();
    assert_eq!(lost.len(), 1, "only the run that did not say goodbye is lost");
    assert_eq!(lost[0].epoch, epoch(2));
}

#[tokio::test]
async fn a_letter_is_a_conversation_of_its_own() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let letter = |first, last| {
        let batch = FromAgent::Batch(batch("attic", first, last));
        json!({ "messages": [FromAgent::Hello(hello(&epoch(1), last + 1)), batch] })
    };
    for _ in 0..2 {
        let (status, answer) = post(bench.address, &token, &letter(1, 3)).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["messages"][1], json!({ "type": "ack", "stored": 3 }));
    }
    let (status, answer) = post(bench.address, &token, &letter(4, 5)).await;
    assert_eq!((status, &answer["messages"][0]["stored"]), (200, &json!(3)));

    let (status, problem) = post(bench.address, &token, &letter(9, 9)).await;
    assert_eq!((status, &problem["status"]), (400, &json!(400)));
    let mut poisonous = letter(6, 7);
    poisonous["messages"][1]["items"][1]["report"] = json!(7);
    let (status, problem) = post(bench.address, &token, &poisonous).await;
    assert_eq!(status, 400);
    assert_eq!((&problem["first"], &problem["seq"], &problem["reason"]), (&json!(6), &json!(7), &json!("malformed")));
    let no_hello = json!({ "messages": [FromAgent::Batch(batch("attic", 6, 6))] });
    assert_eq!(post(bench.address, &token, &no_hello).await.0, 400);
}

#[tokio::test]
async fn letters_and_connections_of_one_agent_take_turns() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let letter = |n| json!({ "messages": [FromAgent::Hello(hello(&epoch(n), 1))] });
    let mut agent = bench.connect(&token).await.unwrap();
    agent.hello(&epoch(1), 1).await;
    // The same run by another way: what was there before is over.
    assert_eq!(post(bench.address, &token, &letter(1)).await.0, 200);
    assert_eq!(agent.hear().await, Err(4409));
    let mut agent = bench.connect(&token).await.unwrap();
    agent.hello(&epoch(2), 1).await;
    // A run that was followed by one that is connected.
    assert_eq!(post(bench.address, &token, &letter(1)).await.0, 409);
    agent.deliver("attic", 1, 1).await;
}

#[tokio::test]
async fn the_clock_and_the_way_are_measured() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let mut wrong = hello(&epoch(1), 1);
    wrong.clock = gssa_model::Timestamp::from_unix_ms(wrong.clock.unix_ms() + 3_600_000);
    agent.say(&FromAgent::Hello(wrong)).await;
    let Ok(FromReceiver::Welcome(welcome)) = agent.hear().await else { panic!("no welcome") };
    let id = welcome.agent.parse().unwrap();
    agent.deliver("attic", 1, 1).await;
    let seen = bench.cloud.gateway.presence().seen(&id);
    let offset = seen.clock_offset_ms.unwrap();
    assert!((3_590_000..3_610_000).contains(&offset), "{offset}");
    assert_eq!(seen.program.unwrap().site.as_deref(), Some("garage"));
    assert_eq!(seen.lag_ms, Some(10));
    until("the round trip is measured", async || bench.cloud.gateway.presence().seen(&id).round_trip_ms.is_some())
        .await;
}

#[tokio::test]
async fn ages_become_times_of_the_receiver() {
    let bench = Bench::new().await;
    let token = bench.enrol("garage").await;
    let mut agent = bench.connect(&token).await.unwrap();
    let id = agent.hello(&epoch(1), 1).await.agent.parse().unwrap();
    let mut old = batch("attic", 1, 1);
    old.items[0] = Item { age_ms: 3_600_000, ..old.items[0].clone() };
    agent.say(&FromAgent::Batch(old)).await;
    agent.acknowledged(1).await;
    let newest = bench.cloud.log.newest(&id).await.unwrap();
    let age = gsscloud::clock::now().unix_ms() - newest[0].made_at.unix_ms();
    assert!((3_600_000..3_660_000).contains(&age), "{age}");
}
