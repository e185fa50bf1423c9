//! The change to POST and back, and how POSTs go.

use super::*;
use crate::session::event::Answer;
use crate::wire::{Refused, RefusedReason};

#[test]
fn three_failed_upgrades_lead_to_post_and_the_websocket_is_tried_again() {
    let mut sim = Sim::new();
    sim.tick();
    for _ in 0..3 {
        sim.end(Ended::Upgrade("no".into()));
    }
    assert_eq!(sim.connects.iter().map(|(_, carrier)| *carrier).collect::<Vec<_>>()[3], Carrier::Post);
    sim.event(Event::Opened);
    sim.welcome(0);
    sim.event(Event::Answered);
    assert_eq!(sim.state(), State::On);
    let notes = sim.session.status(sim.now()).notes;
    assert!(notes[0].contains("HTTPS POST"), "{notes:?}");
    let since = sim.up;
    while sim.connects.len() == 4 {
        sim.pass(secs(30));
        // Each hello is answered.
        sim.welcome(0);
        sim.event(Event::Answered);
    }
    let (at, carrier) = sim.connects[4];
    assert_eq!(carrier, Carrier::WebSocket);
    assert!((secs(880)..secs(940)).contains(&(at - since)), "{:?}", at - since);
    sim.event(Event::Ended(Ended::Upgrade("no".into())));
    sim.tick();
    assert_eq!(sim.connects[5], (sim.up, Carrier::Post), "at once");
}

#[test]
fn a_host_that_cannot_be_reached_is_no_reason_for_post() {
    let mut sim = Sim::new();
    sim.tick();
    for _ in 0..10 {
        sim.end(Ended::NotReached("no".into()));
    }
    assert!(sim.connects.iter().all(|(_, carrier)| *carrier == Carrier::WebSocket));
}

/// One that posts, and is welcome.
fn posting() -> Sim {
    let mut sim = Sim::with(true, 7);
    sim.tick();
    sim.event(Event::Opened);
    assert!(matches!(sim.sent[..], [FromAgent::Hello(_)]));
    sim.welcome(0);
    sim.event(Event::Answered);
    sim.sent.clear();
    sim
}

#[test]
fn nothing_is_posted_before_the_answer_is_read_to_its_end() {
    let mut sim = Sim::with(true, 7);
    sim.tick();
    sim.event(Event::Opened);
    sim.made_many(3);
    sim.sent.clear();
    sim.welcome(0);
    assert_eq!(sim.ranges(), []);
    sim.event(Event::Answered);
    assert_eq!((sim.ranges(), sim.state()), (vec![(1, 3)], State::On));
}

#[test]
fn a_post_that_comes_late_after_the_next_hello_counts_as_stored() {
    let mut sim = posting();
    sim.made_many(200);
    // After each that breaks there is less in the next.
    for _ in 0..4 {
        sim.end(Ended::Broken("cut".into()));
        sim.event(Event::Opened);
        sim.welcome(0);
        sim.event(Event::Answered);
    }
    let (_, last) = sim.ranges().pop().unwrap();
    assert!(last < 200, "{last}");
    // Before this one is read there, the one that was cut is after all.
    let attempts = sim.connects.len();
    sim.welcome(200);
    sim.ack(200);
    sim.event(Event::Answered);
    assert_eq!((sim.state(), sim.connects.len()), (State::On, attempts));
    assert_eq!(sim.session.status(sim.now()).ledger.queued.items, 0);
    sim.made_many(200);
    assert_eq!(sim.ranges().pop().map(|(first, _)| first), Some(201));
}

#[test]
fn posts_go_one_at_a_time_each_with_a_hello_and_a_key() {
    let mut sim = posting();
    sim.made_many(1500);
    // Closed at 200 items as they came; then nothing until the answer.
    assert!(matches!(sim.sent[..], [FromAgent::Hello(_), FromAgent::Batch(_)]));
    assert_eq!(sim.ranges(), [(1, 200)]);
    assert_eq!(sim.keys, [format!("{}-1-200", Epoch::from_random(1))]);
    sim.welcome(0);
    sim.ack(200);
    sim.event(Event::Answered);
    assert_eq!(sim.ranges(), [(201, 1200)], "what waited goes in a large one");
}

#[test]
fn with_nothing_to_send_a_hello_is_posted_once_a_minute() {
    let mut sim = posting();
    let mut hellos = 0;
    for _ in 0..50 {
        sim.pass(secs(6));
        if !sim.sent.is_empty() {
            assert!(matches!(sim.sent[..], [FromAgent::Hello(_)]));
            sim.sent.clear();
            hellos += 1;
            sim.welcome(0);
            sim.event(Event::Answered);
        }
    }
    assert_eq!((hellos, sim.pings), (5, 0));
}

#[test]
fn a_post_that_is_refused_is_halved_and_the_link_stays_on() {
    let mut sim = posting();
    sim.made_many(200);
    assert_eq!(sim.ranges(), [(1, 200)]);
    sim.event(Event::Ended(Ended::Status(Box::new(Answer { status: 413, ..Answer::default() }))));
    assert_eq!((sim.ranges(), sim.state()), (vec![(1, 100)], State::On));
    let detail = "bad".to_owned();
    let said = Refused { first: 1, last: 100, reason: RefusedReason::Malformed, seq: Some(40), detail };
    sim.event(Event::Ended(Ended::Status(Box::new(Answer { status: 400, refused: Some(said), ..Answer::default() }))));
    assert_eq!(sim.ranges(), [(1, 39)], "up to the one that is at fault");
}

#[test]
fn an_answer_without_an_acknowledgement_is_trouble() {
    let mut sim = posting();
    sim.made(1, true);
    sim.pass(secs(1));
    sim.welcome(0);
    sim.event(Event::Answered);
    assert_eq!(sim.state(), State::Trouble);
    assert!(sim.trouble().contains("without an acknowledgement"));

    let mut sim = Sim::with(true, 7);
    sim.tick();
    sim.event(Event::Opened);
    sim.event(Event::Answered);
    assert!(sim.trouble().contains("not as a receiver"), "a web page: {}", sim.trouble());
}

#[test]
fn a_stop_by_post_delivers_the_rest_and_says_goodbye() {
    let mut sim = posting();
    sim.made(1, false);
    sim.event(Event::Stop);
    assert_eq!(sim.ranges(), [(1, 1)]);
    sim.welcome(0);
    sim.ack(1);
    sim.event(Event::Answered);
    assert!(matches!(sim.sent[..], [FromAgent::Hello(_), FromAgent::Bye { last: 1 }]), "{:?}", sim.sent);
    sim.welcome(1);
    sim.event(Event::Answered);
    assert!(sim.session.has_ended());
}
