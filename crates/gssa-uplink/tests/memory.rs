//! What the newest state of many sources takes while it is sent: it exists for all of them at once. In a process of its own, since the heap is counted.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::time::Duration;

use gssa_model::Timestamp;
use gssa_uplink::PROTOCOL;
use gssa_uplink::ring::{Content, Entry};
use gssa_uplink::session::{Action, Event, Moment, Newest, Session, Settings};
use gssa_uplink::wire::{Epoch, FromReceiver, Limits, Program, Welcome};
use serde_json::{Value, json};

#[global_allocator]
static COUNTED: dhat::Alloc = dhat::Alloc;

const SOURCES: usize = 400;

fn at(up: Duration) -> Moment {
    Moment { up, wall: Timestamp::from_unix_ms(1_795_276_000_000 + up.as_millis() as i64) }
}

/// So long after the start there is a connection, and something waits for longer than a minute.
const UP: Duration = Duration::from_secs(90);

#[test]
fn the_newest_state_is_held_as_text_and_taken_apart_one_message_at_a_time() {
    let mut session = connected();
    let heap = dhat::Profiler::builder().testing().build();
    let newest: Vec<Newest> = (0..SOURCES).map(newest).collect();
    let text: usize = newest.iter().map(|newest| newest.report.len()).sum();
    let held = dhat::HeapStats::get().curr_bytes;

    let mut actions = session.on(Event::Newest(newest), at(UP));
    let mut sent = 0;
    while let Some(action) = actions.pop() {
        let Action::Send(outgoing) = action else { continue };
        sent += outgoing.text.matches("\"source_id\"").count();
        actions.extend(session.on(Event::Written(outgoing.text.len()), at(UP)));
    }
    assert_eq!(sent, SOURCES);
    let most = dhat::HeapStats::get().max_bytes;
    drop(heap);
    assert!(held < 2 * text, "{held} bytes held for {text} of text");
    // Beside it there is one message of 256 KiB, as values and as text.
    assert!(most < text + (4 << 20), "{most} bytes at once for {text} of text");
}

/// What one source told last, with as many parts as a miner has.
fn newest(n: usize) -> Newest {
    let boards: Vec<Value> = (0..3)
        .map(|board| json!({ "index": board, "chips": 126, "hashrate": { "current_hps": 61.2e12, "expected_hps": 63.5e12 }, "temperatures": [{ "part": "chip", "celsius": 61.5 }, { "part": "pcb", "celsius": 55.0 }] }))
        .collect();
    let pools: Vec<Value> = (0..3)
        .map(|pool| json!({ "index": pool, "url": "stratum+tcp://pool.example:3333", "user": format!("worker.{n}"), "status": "alive", "accepted": 51_234, "rejected": 17, "difficulty": 65536.0 }))
        .collect();
    let source = json!({ "id": format!("s{n}"), "name": format!("Miner {n}"), "kind": "antminer", "tags": ["rack-1"] });
    let reading =
        json!({ "schema": "gssa.reading/1", "source": source, "took_ms": n, "boards": boards, "pools": pools });
    Newest::new(UP, format!("s{n}").parse().unwrap(), &json!({ "reading": reading, "findings": [] }))
}

/// A session that was welcomed and waits for the newest state.
fn connected() -> Session {
    let program = || Program { name: "gssa".into(), version: "0.1.0".into(), site: None };
    let settings = Settings {
        program: program(),
        started_at: at(Duration::ZERO).wall,
        only_post: false,
        flush: Duration::from_secs(15),
        ring_max_bytes: 8 << 20,
    };
    let mut session = Session::new(settings, Epoch::from_random(1), 7);
    let start = Duration::ZERO;
    session.on(Event::Tick, at(start));
    let made = Entry { source_id: None, made: start, important: false, content: Content::Status(json!({})) };
    session.on(Event::Made(made), at(start));
    session.on(Event::Opened, at(UP));
    let (protocol, agent) = (PROTOCOL.to_owned(), "garage".to_owned());
    let welcome =
        Welcome { protocol, agent, server: program(), stored: 0, clock: at(UP).wall, limits: Limits::default() };
    let actions = session.on(Event::Received(FromReceiver::Welcome(welcome)), at(UP));
    assert!(actions.contains(&Action::Collect), "{actions:?}");
    session
}
