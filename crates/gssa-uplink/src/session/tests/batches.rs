//! What is sent when.

use super::*;
use crate::wire::{GapReason, Refused, RefusedReason};

fn refused(first: Seq, last: Seq, reason: RefusedReason) -> Event {
    Event::Received(FromReceiver::Refused(Refused { first, last, reason, seq: None, detail: "no".into() }))
}

#[test]
fn a_batch_is_closed_by_time_by_number_or_by_something_important() {
    let mut sim = Sim::connected();
    sim.made(1, false);
    sim.pass(secs(14));
    assert_eq!(sim.ranges(), []);
    sim.pass(secs(1));
    assert_eq!(sim.ranges(), [(1, 1)]);
    sim.made_many(199);
    assert_eq!(sim.ranges(), []);
    sim.made(1, false);
    assert_eq!(sim.ranges(), [(2, 201)]);
    sim.made(1, false);
    sim.made(2, true);
    assert_eq!(sim.ranges(), []);
    sim.pass(Duration::from_millis(100));
    assert_eq!(sim.ranges(), [(202, 203)], "what falls over together is told together");
}

#[test]
fn no_more_batches_are_under_way_than_the_receiver_wants() {
    let mut sim = Sim::new();
    sim.tick();
    sim.event(Event::Opened);
    sim.made_many(2000);
    sim.welcome_with(0, Limits { in_flight: 3, batch_items: 100, ..Limits::default() }, 0);
    assert_eq!(sim.ranges(), [(1, 100), (101, 200), (201, 300)]);
    sim.pass(secs(1));
    assert_eq!(sim.ranges(), []);
    sim.ack(200);
    assert_eq!(sim.ranges(), [(301, 400), (401, 500)]);
    assert_eq!(sim.session.status(sim.now()).ledger.acknowledged.items, 200);
}

#[test]
fn what_is_under_way_leaves_half_of_the_memory_to_what_is_made_meanwhile() {
    let mut sim = Sim::connected();
    let settings = Settings { ring_max_bytes: 64 << 10, ..sim.session.settings.clone() };
    sim.event(Event::Configured(settings));
    let mut rng = Rng::with_seed(1);
    // Of what many sources tell in most of a minute nothing is acknowledged.
    for _ in 0..50 {
        for source in 0..24 {
            let figures: Vec<u64> = std::iter::repeat_with(|| rng.u64(..)).take(15).collect();
            let content = Content::Report(json!({ "reading": { "figures": figures }, "findings": [] }));
            let (source_id, made) = (format!("source-{source}").parse().ok(), sim.up);
            sim.event(Event::Made(Entry { source_id, made, important: false, content }));
        }
        sim.pass_alive(secs(1));
    }
    let ledger = sim.session.status(sim.now()).ledger;
    assert!(ledger.thinned.items > 500 && ledger.lost.items == 0, "{ledger:?}");
    let (_, last) = sim.ranges().pop().unwrap();
    sim.ack(last);
    assert_eq!(sim.ranges().pop().map(|(first, _)| first), Some(last + 1), "it goes on as soon as there is room");
}

#[test]
fn messages_that_are_not_written_hold_back_the_next() {
    let mut sim = Sim::new();
    sim.writes = false;
    sim.tick();
    sim.event(Event::Opened);
    sim.made_many(2000);
    sim.welcome(0);
    assert_eq!(sim.ranges().len(), 4);
    sim.event(Event::Written(1));
    assert_eq!(sim.ranges().len(), 1);
}

#[test]
fn after_an_outage_the_newest_state_goes_first_and_the_queue_at_a_limited_rate() {
    let mut sim = Sim::new();
    sim.tick();
    sim.event(Event::Ended(Ended::NotReached("no".into())));
    sim.made_many(10_000);
    sim.pass(secs(120));
    let before = sim.connects.len();
    sim.event(Event::Ended(Ended::NotReached("no".into())));
    sim.until_connect(before);
    sim.event(Event::Opened);
    sim.sent.clear();
    sim.welcome(0);
    assert_eq!((sim.collects, sim.sent.len(), sim.state()), (1, 0, State::CatchingUp), "nothing before the newest");
    let newest = |id: &str| Newest::new(sim.up, id.parse().unwrap(), &json!({}));
    let both = vec![newest("a"), newest("b")];
    sim.event(Event::Newest(both));
    assert!(matches!(&sim.sent[0], FromAgent::Now(now) if now.reports.len() == 2 && now.parts == 1), "{:?}", sim.sent);

    let begun = sim.up;
    let mut stored = 0;
    while stored < 10_000 {
        if let Some((_, last)) = sim.ranges().last() {
            stored = *last;
            sim.ack(stored);
        } else {
            sim.up = sim.session.due().unwrap().max(sim.up + Duration::from_millis(1));
            sim.tick();
        }
    }
    let took = sim.up - begun;
    assert!(
        (Duration::from_millis(3800)..secs(5)).contains(&took),
        "the first 2,000 at once, the others in four seconds: {took:?}"
    );
    sim.tick();
    assert_eq!(sim.state(), State::On);
}

#[test]
fn a_large_newest_state_goes_in_parts() {
    let mut sim = Sim::new();
    sim.tick();
    sim.made(1, false);
    sim.pass(secs(70));
    sim.event(Event::Opened);
    sim.welcome(0);
    let report = json!({ "reading": "x".repeat(100_000) });
    let newest = |n: usize| Newest::new(sim.up, format!("s{n}").parse().unwrap(), &report);
    let all = (0..7).map(newest).collect();
    sim.sent.clear();
    sim.event(Event::Newest(all));
    let parts: Vec<(u32, u32, usize)> = sim
        .sent
        .iter()
        .filter_map(|message| match message {
            FromAgent::Now(now) => Some((now.part, now.parts, now.reports.len())),
            _ => None,
        })
        .collect();
    assert_eq!(parts, [(1, 4, 2), (2, 4, 2), (3, 4, 2), (4, 4, 1)]);
    assert!(matches!(sim.sent.last(), Some(FromAgent::Batch(_))), "the queue follows");
}

#[test]
fn a_refused_batch_is_halved_until_the_one_item_is_found() {
    let mut sim = Sim::connected();
    sim.made_many(200);
    assert_eq!(sim.ranges(), [(1, 200)]);
    let (mut stored, mut first, mut last) = (0, 1, 200);
    let mut batches = 0;
    loop {
        // Item 77 is poison.
        if (first..=last).contains(&77) && sim.session.ring().ledger().refused.items == 0 {
            sim.event(refused(first, last, RefusedReason::Malformed));
        } else {
            stored = last;
            sim.ack(stored);
        }
        batches += 1;
        let sent = sim.batches();
        let Some(batch) = sent.first() else { break };
        assert_eq!(sent.len(), 1, "one at a time");
        assert_eq!(batch.first, stored + 1);
        (first, last) = (batch.first, batch.last);
    }
    assert_eq!(stored, 200);
    assert!(batches < 25, "{batches}");
    assert_eq!(sim.session.ring().ledger().refused.items, 1);
    let notes = sim.session.status(sim.now()).notes;
    assert!(notes[0].contains("item 77 was left out"), "{notes:?}");
}

#[test]
fn a_refused_item_is_a_gap_record_in_what_follows() {
    let mut sim = Sim::connected();
    sim.made(1, true);
    sim.pass(secs(1));
    sim.made(2, false);
    sim.event(refused(1, 1, RefusedReason::TooLarge));
    let batches = sim.batches();
    let gap = &batches.last().unwrap().gaps[0];
    assert_eq!((gap.reason, gap.missing.as_slice()), (GapReason::Refused, &[(1, 1)][..]));
}

#[test]
fn an_unknown_base_is_sent_again_whole_and_twice_is_enough() {
    let mut sim = Sim::connected();
    for n in 0..3 {
        sim.made(n, false);
    }
    sim.pass(secs(15));
    let has_changes = |batch: &Batch| batch.items.iter().any(|item| matches!(item.body, Body::Changes { .. }));
    assert!(has_changes(&sim.batches()[0]));
    sim.event(refused(1, 3, RefusedReason::UnknownBase));
    assert!(has_changes(&sim.batches()[0]), "whole at first, then differences from that");
    sim.event(refused(1, 3, RefusedReason::UnknownBase));
    assert!(!has_changes(&sim.batches()[0]));
    sim.ack(3);
    assert_eq!(sim.session.ring().ledger().refused.items, 0);
}

#[test]
fn a_refusal_sends_what_is_behind_it_again() {
    let mut sim = Sim::connected();
    sim.made_many(600);
    assert_eq!(sim.ranges(), [(1, 200), (201, 400), (401, 600)]);
    sim.event(refused(201, 400, RefusedReason::UnknownBase));
    assert_eq!(sim.ranges(), [(201, 400), (401, 600)], "the first is still under way");
    sim.event(refused(1, 999, RefusedReason::UnknownBase));
    assert_eq!(sim.ranges(), [], "of a batch that was never sent");
    sim.ack(600);
    assert_eq!(sim.session.status(sim.now()).ledger.queued.items, 0);
}

#[test]
fn a_batch_that_is_too_large_for_the_receiver_is_never_sent() {
    let mut sim = Sim::new();
    sim.tick();
    sim.event(Event::Opened);
    sim.made_many(100);
    sim.welcome_with(0, Limits { unpacked_bytes: 3000, ..Limits::default() }, 0);
    let batches = sim.batches();
    assert!(!batches.is_empty());
    for batch in batches {
        assert!(pack::to_text(&FromAgent::Batch(batch)).len() <= 3000);
    }
}

#[test]
fn a_wait_is_obeyed_and_told() {
    let mut sim = Sim::connected();
    sim.event(Event::Received(FromReceiver::Wait { secs: 30, reason: "rate".into() }));
    sim.made_many(300);
    sim.pass_alive(secs(29));
    assert_eq!(sim.ranges(), []);
    let notes = sim.session.status(sim.now()).notes;
    assert!(notes[0].contains("left alone") && notes[0].contains("rate"), "{notes:?}");
    sim.pass(secs(5));
    assert_eq!(sim.ranges().first(), Some(&(1, 200)));
}

#[test]
fn every_command_is_answered_unimplemented() {
    let mut sim = Sim::connected();
    sim.event(Event::Received(FromReceiver::Command { id: "c1".into() }));
    assert_eq!(sim.sent, [FromAgent::Outcome { id: "c1".into(), outcome: "unimplemented".into() }]);
    sim.writes = false;
    for n in 0..1000 {
        sim.event(Event::Received(FromReceiver::Command { id: n.to_string() }));
    }
    assert!(sim.sent.len() < 10, "a flood is not answered");
}

#[test]
fn at_a_stop_the_rest_is_delivered_and_goodbye_said() {
    let mut sim = Sim::connected();
    sim.made(1, false);
    sim.event(Event::Stop);
    assert_eq!(sim.ranges(), [(1, 1)]);
    assert!(!sim.session.has_ended());
    sim.ack(1);
    assert_eq!(sim.sent, [FromAgent::Bye { last: 1 }]);
    assert!(sim.session.has_ended() && sim.closes == [1000] && sim.session.due().is_none());
}

#[test]
fn a_stop_takes_four_seconds_at_most() {
    let mut sim = Sim::connected();
    sim.made(1, false);
    sim.event(Event::Stop);
    sim.sent.clear();
    sim.pass(secs(3));
    assert!(!sim.session.has_ended());
    sim.pass(secs(1));
    assert!(sim.session.has_ended());
    assert_eq!(sim.sent, [FromAgent::Bye { last: 1 }], "the receiver sees what it does not have");

    let mut sim = Sim::new();
    sim.tick();
    sim.made(1, false);
    sim.event(Event::Ended(Ended::NotReached("no".into())));
    sim.event(Event::Stop);
    assert!(sim.session.has_ended(), "there is no time to try again");
}
