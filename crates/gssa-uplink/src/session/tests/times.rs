//! Pings, silence, sleep, and clocks that are wrong.

use super::*;

#[test]
fn a_ping_every_25_seconds_and_dead_after_60_without_a_frame() {
    let mut sim = Sim::connected();
    sim.pass(secs(59));
    assert_eq!((sim.pings, sim.closes.as_slice()), (2, &[][..]));
    sim.pass(secs(1));
    assert_eq!(sim.closes, [1000]);
    assert!(sim.trouble().contains("nothing came"), "{}", sim.trouble());
    let mut sim = Sim::connected();
    sim.pass_alive(secs(600));
    assert_eq!((sim.pings, sim.connects.len()), (24, 1));
}

#[test]
fn no_welcome_in_half_a_minute_ends_the_attempt() {
    let mut sim = Sim::new();
    sim.tick();
    sim.event(Event::Opened);
    sim.pass(secs(29));
    assert!(sim.closes.is_empty());
    sim.pass(secs(1));
    assert_eq!(sim.closes, [1000]);
    assert!(sim.trouble().contains("hello"), "{}", sim.trouble());
}

#[test]
fn an_attempt_that_never_ends_is_ended() {
    let mut sim = Sim::new();
    sim.tick();
    sim.pass(secs(89));
    assert!(sim.closes.is_empty());
    sim.pass(secs(1));
    assert_eq!(sim.closes, [1000]);
}

#[test]
fn a_sleep_or_a_new_time_connects_anew_at_once() {
    for jump_ms in [11_000, -11_000, 3_600_000] {
        let mut sim = Sim::connected();
        sim.pass_alive(secs(20));
        sim.wall_ms += jump_ms;
        sim.pass(secs(6));
        assert_eq!((sim.closes.as_slice(), sim.connects.len()), (&[1000][..], 2), "{jump_ms}");
        assert_eq!(sim.trouble(), "", "that is no trouble");
        let status = sim.session.status(sim.now());
        assert_eq!(status.endings[&Reason::Clock], 1);
    }
    let mut sim = Sim::connected();
    sim.pass_alive(secs(20));
    sim.wall_ms += 9000;
    sim.pass_alive(secs(20));
    assert_eq!(sim.connects.len(), 1, "that may be a clock that is slewed");
}

#[test]
fn after_a_sleep_a_back_off_is_not_waited_for_and_a_slow_state_is() {
    let mut sim = Sim::new();
    sim.tick();
    for _ in 0..20 {
        sim.end(Ended::NotReached("no".into()));
    }
    sim.event(Event::Ended(Ended::NotReached("no".into())));
    let before = sim.connects.len();
    sim.wall_ms += 3_600_000;
    sim.tick();
    assert_eq!(sim.connects.len(), before + 1);

    let mut sim = Sim::connected();
    sim.event(Event::Ended(Ended::Closed { code: 4409, reason: String::new() }));
    sim.wall_ms += 3_600_000;
    sim.tick();
    assert_eq!(sim.connects.len(), 1);
}

#[test]
fn a_wrong_clock_is_told_in_words_and_changes_nothing() {
    for (off_ms, words) in [
        (150_000, Some("2 min behind")),
        (-7_260_000, Some("2 h 1 min ahead of")),
        (86_400_000 * 400, Some("400 days behind")),
        (100_000, None),
        (-100_000, None),
    ] {
        let mut sim = Sim::new();
        sim.tick();
        sim.event(Event::Opened);
        sim.welcome_with(0, Limits::default(), off_ms);
        let status = sim.session.status(sim.now());
        assert_eq!(status.state, State::On);
        assert_eq!(status.clock_offset_ms, Some(off_ms));
        match words {
            Some(words) => assert!(status.notes[0].contains(words), "{:?}", status.notes),
            None => assert!(status.notes.is_empty(), "{:?}", status.notes),
        }
    }
}

#[test]
fn half_the_way_is_taken_off_the_difference_of_the_clocks() {
    let mut sim = Sim::new();
    sim.tick();
    sim.event(Event::Opened);
    sim.up += secs(4);
    sim.welcome_with(0, Limits::default(), -2000);
    assert_eq!(sim.session.status(sim.now()).clock_offset_ms, Some(0));
}

#[test]
fn another_version_of_the_protocol_is_told_and_tried_slowly() {
    let mut sim = Sim::new();
    sim.tick();
    sim.event(Event::Opened);
    let server = Program { name: "test".into(), version: "1".into(), site: None };
    let clock = sim.now().wall;
    let (protocol, agent, limits) = ("gssa.uplink/9".into(), "a".into(), Limits::default());
    let welcome = Welcome { protocol, agent, server, stored: 0, clock, limits };
    sim.event(Event::Received(FromReceiver::Welcome(welcome)));
    assert_eq!(sim.closes, [4426]);
    assert!(sim.trouble().contains("gssa.uplink/9") && sim.trouble().contains(PROTOCOL), "{}", sim.trouble());
    let begun = sim.up;
    assert!(sim.until_connect(1) - begun >= secs(300));
}

#[test]
fn nothing_ticks_faster_than_a_second_when_there_is_nothing_to_do() {
    let mut sim = Sim::connected();
    let mut ticks = 0;
    let end = sim.up + secs(600);
    while sim.up < end {
        let due = sim.session.due().unwrap();
        sim.up = sim.up.max(due);
        sim.tick();
        sim.event(Event::Heard);
        ticks += 1;
    }
    assert!(ticks <= 600 / 5 + 30, "{ticks}");
}
