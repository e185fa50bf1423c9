//! How connections end, and when the next one is tried.

use super::*;
use crate::session::event::Answer;

fn status(status: u16) -> Ended {
    Ended::Status(Answer { status, ..Answer::default() })
}

fn closed(code: u16) -> Ended {
    Ended::Closed { code, reason: String::new() }
}

/// Fails at once, so often; gives the waits.
fn waits(ended: &Ended, count: usize) -> Vec<Duration> {
    let mut sim = Sim::new();
    sim.tick();
    (0..count).map(|_| sim.end(ended.clone())).collect()
}

#[test]
fn waits_grow_to_a_minute_and_an_outage_of_a_week_is_no_hammering() {
    let waits = waits(&Ended::NotReached("no".into()), 2000);
    assert!(waits[..3].iter().all(|wait| *wait <= secs(8)));
    assert!(waits.iter().all(|wait| *wait <= secs(60)));
    let mean = waits.iter().sum::<Duration>() / 2000;
    assert!((secs(28)..secs(32)).contains(&mean), "{mean:?}");
}

#[test]
fn only_a_connection_that_lasted_half_a_minute_resets_the_wait() {
    let mut sim = Sim::new();
    sim.tick();
    for _ in 0..50 {
        sim.end(Ended::NotReached("no".into()));
    }
    let longest = |sim: &mut Sim, lasts: Duration| {
        let waits = (0..30).map(|_| {
            sim.event(Event::Opened);
            sim.welcome(0);
            sim.pass_alive(lasts);
            sim.end(Ended::Broken("cut".into()))
        });
        waits.max().unwrap()
    };
    assert!(longest(&mut sim, secs(20)) > secs(20), "a link that flaps is not tried faster");
    assert!(longest(&mut sim, secs(31)) <= secs(2));
}

#[test]
fn a_refused_token_is_read_again_and_tried_once_then_every_five_minutes() {
    for ended in [status(401), status(403), closed(4401)] {
        let waits = waits(&ended, 4);
        assert!(waits[0] <= secs(2), "{ended:?}: {waits:?}");
        assert!(waits[1..].iter().all(|wait| (secs(300)..secs(331)).contains(wait)), "{ended:?}: {waits:?}");
    }
    let mut sim = Sim::new();
    sim.tick();
    sim.end(status(401));
    sim.end(status(401));
    sim.event(Event::Ended(status(401)));
    assert_eq!(sim.state(), State::Rejected);
    assert!(sim.trouble().contains("token"), "{}", sim.trouble());
    let before = sim.connects.len();
    sim.event(Event::TokenChanged);
    assert_eq!(sim.connects.len(), before + 1, "another token is tried at once");
    sim.event(Event::Opened);
    sim.welcome(0);
    assert_eq!((sim.state(), sim.trouble()), (State::On, String::new()));
}

#[test]
fn another_token_is_used_at_once_while_the_old_one_works() {
    let mut sim = Sim::connected();
    sim.event(Event::TokenChanged);
    assert_eq!((sim.connects.len(), sim.closes.as_slice()), (2, &[1000][..]));
    assert_eq!(sim.trouble(), "", "that is no trouble");
}

#[test]
fn what_a_receiver_asks_for_is_obeyed() {
    let busy = |status, after| Ended::Status(Answer { status, retry_after: Some(after), ..Answer::default() });
    for (ended, least, most) in [
        (busy(429, secs(120)), 120, 132),
        (busy(503, secs(7)), 7, 8),
        (busy(503, secs(86_400)), 3600, 3960),
        (closed(4409), 300, 330),
        (closed(4426), 300, 330),
        (status(426), 300, 330),
        (closed(4429), 60, 66),
        (closed(1012), 0, 2),
    ] {
        let wait = waits(&ended, 1)[0];
        assert!((secs(least)..=secs(most)).contains(&wait), "{ended:?}: {wait:?}");
    }
    let mut sim = Sim::connected();
    sim.event(Event::Ended(closed(4409)));
    assert!(sim.trouble().contains("two copies"), "{}", sim.trouble());
    assert_eq!(sim.state(), State::Trouble);
}

#[test]
fn a_drain_spreads_the_reconnects_and_is_no_failure() {
    let mut whens = Vec::new();
    for seed in 0..40 {
        let mut sim = Sim::with(false, seed);
        sim.tick();
        sim.event(Event::Opened);
        sim.welcome(0);
        sim.event(Event::Received(FromReceiver::Drain { within_secs: 60 }));
        let begun = sim.up;
        while sim.connects.len() == 1 {
            sim.pass_alive(secs(1));
        }
        assert_eq!((sim.state(), sim.trouble()), (State::Connecting, String::new()));
        whens.push(sim.connects[1].0 - begun);
    }
    assert!(whens.iter().all(|when| *when <= secs(61)));
    assert!(whens.iter().any(|when| *when < secs(10)) && whens.iter().any(|when| *when > secs(50)), "{whens:?}");
}

#[test]
fn no_acknowledgement_for_a_minute_ends_the_connection() {
    let mut sim = Sim::connected();
    sim.made(1, true);
    sim.pass_alive(secs(59));
    assert!(sim.closes.is_empty());
    sim.pass_alive(secs(3));
    assert_eq!(sim.closes, [1000]);
    assert!(sim.trouble().contains("does not acknowledge"), "{}", sim.trouble());
    assert_eq!(sim.session.ring().ledger().queued.items, 1, "it is kept");
}

#[test]
fn a_line_that_breaks_under_whole_batches_gets_small_ones() {
    let mut sim = Sim::connected();
    sim.made_many(400);
    let mut sizes = Vec::new();
    for _ in 0..9 {
        sizes.push(sim.batches().first().map_or(0, |batch| batch.items.len()));
        sim.end(Ended::Broken("cut".into()));
        sim.event(Event::Opened);
        sim.welcome(0);
    }
    assert_eq!(sizes, [200, 100, 50, 25, 12, 6, 3, 1, 1]);
    let last = sim.ranges();
    sim.ack(last[0].1);
    assert_eq!(
        sim.ranges().first().map(|(first, last)| last - first + 1),
        Some(200),
        "what gets through is sent as usual"
    );
}

#[test]
fn a_message_that_is_not_understood_does_not_block_the_queue_for_ever() {
    let mut sim = Sim::connected();
    sim.made_many(3);
    sim.pass(secs(15));
    let mut connections = 0;
    while sim.session.ring().ledger().refused.items == 0 {
        connections += 1;
        assert!(connections < 20);
        sim.end(closed(4400));
        sim.event(Event::Opened);
        sim.welcome(0);
        let newest = Event::Newest(Vec::new());
        sim.event(newest);
    }
    assert!(connections > 8, "not before it is the only suspect: {connections}");
    assert_eq!(sim.session.ring().ledger().queued.items, 2);
}

#[test]
fn a_batch_that_closes_the_connection_as_too_large_is_halved() {
    let mut sim = Sim::connected();
    sim.made_many(200);
    assert_eq!(sim.ranges(), [(1, 200)]);
    sim.end(closed(4413));
    sim.event(Event::Opened);
    sim.welcome(0);
    assert_eq!(sim.ranges(), [(1, 100)]);
}

#[test]
fn a_receiver_that_was_set_back_makes_a_new_epoch_with_everything_that_is_kept() {
    for stored in [3, 99] {
        let mut sim = Sim::connected();
        sim.made_many(10);
        sim.pass(secs(15));
        sim.ack(7);
        sim.end(Ended::Broken("cut".into()));
        sim.event(Event::Opened);
        sim.sent.clear();
        sim.welcome(stored);
        assert_eq!(sim.introductions, 1, "{stored}");
        sim.until_connect(sim.connects.len() - 1);
        let before = sim.connects.len();
        if sim.session.status(sim.now()).next_attempt.is_some() {
            sim.until_connect(before);
        }
        sim.sent.clear();
        sim.event(Event::Opened);
        let FromAgent::Hello(hello) = &sim.sent[0] else { panic!("{:?}", sim.sent) };
        assert_ne!(hello.epoch, Epoch::from_random(1));
        assert_eq!((hello.first_kept, hello.next), (1, 4), "the three that were not stored");
        sim.welcome(0);
        assert_eq!(sim.ranges(), [(1, 3)]);
    }
}

#[test]
fn an_acknowledgement_of_what_was_not_sent_ends_the_connection() {
    let mut sim = Sim::connected();
    sim.made(1, false);
    sim.ack(1);
    assert_eq!(sim.closes, [4400]);
    assert_eq!(sim.session.ring().ledger().queued.items, 1, "and nothing is forgotten");
}

#[test]
fn the_last_twenty_attempts_are_remembered_with_what_became_of_them() {
    let mut sim = Sim::new();
    sim.tick();
    for _ in 0..30 {
        sim.end(Ended::NotReached("cannot connect to cloud.example:443: connection refused".into()));
    }
    sim.event(Event::Opened);
    sim.welcome(0);
    let status = sim.session.status(sim.now());
    assert_eq!(status.attempts.len(), MAX_ATTEMPTS);
    assert!(status.attempts.last().unwrap().welcomed_after.is_some());
    let before = &status.attempts[MAX_ATTEMPTS - 2];
    assert_eq!((before.reason, before.welcomed_after), (Some(Reason::Unreachable), None));
    assert_eq!(status.endings[&Reason::Unreachable], 30);
}
