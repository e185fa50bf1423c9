//! The rules of the receiver, one by one.

use std::collections::BTreeMap;

use gssa_model::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::wire::{GapReason, Program};

fn report(source: &str, watts: u64) -> Value {
    json!({ "reading": { "schema": "gssa.reading/1", "source": { "id": source }, "watts": watts }, "findings": [] })
}

fn item(body: Body) -> Item {
    Item { seq: None, age_ms: 0, body }
}

fn whole(source: &str, watts: u64) -> Item {
    item(Body::Report { source_id: source.parse().unwrap(), report: report(source, watts) })
}

fn changes(source: &str, base: Seq, changes: Value) -> Item {
    item(Body::Changes { source_id: source.parse().unwrap(), base, changes })
}

fn watts(source: &str, base: Seq, watts: u64) -> Item {
    changes(source, base, json!({ "reading": { "watts": watts } }))
}

fn batch(first: Seq, items: Vec<Item>) -> Batch {
    Batch { first, last: first + items.len() as u64 - 1, items, gaps: Vec::new() }
}

fn gap(first: Seq, length: u64) -> Gap {
    let count = BTreeMap::from([("a".to_owned(), length)]);
    Gap { first, last: first + length - 1, missing: vec![(first, length)], count, reason: GapReason::Thinned }
}

fn connection(stored: Seq) -> Connection {
    Connection::new(Epoch::from_random(7), stored, Limits::default())
}

fn appended(action: Result<Action, Rejection>) -> Append {
    match action {
        Ok(Action::Append(append)) => append,
        other => panic!("{other:?}"),
    }
}

fn refused(action: Result<Action, Rejection>) -> Refused {
    match action {
        Err(Rejection::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

fn closed(action: Result<Action, Rejection>) -> u16 {
    match action {
        Err(Rejection::Close(close)) => close.code,
        other => panic!("{other:?}"),
    }
}

fn reports(append: &Append) -> Vec<Value> {
    let texts = append.entries.iter().map(|entry| match &entry.content {
        Content::Report { report, .. } => serde_json::from_str(report).unwrap(),
        other => panic!("{other:?}"),
    });
    texts.collect()
}

#[test]
fn differences_are_applied_to_the_last_report_of_their_source() {
    let mut connection = connection(0);
    let append = appended(connection.batch(batch(1, vec![whole("a", 1), whole("b", 9), watts("a", 1, 2)])));
    assert_eq!((append.first, append.last), (1, 3));
    assert_eq!(reports(&append), [report("a", 1), report("b", 9), report("a", 2)]);
    let append =
        appended(connection.batch(batch(4, vec![changes("a", 3, json!({ "findings": null })), watts("b", 2, 8)])));
    assert_eq!(reports(&append), [json!({ "reading": report("a", 2)["reading"] }), report("b", 8)]);
}

#[test]
fn what_is_stored_is_dropped_but_counts_for_differences() {
    let mut connection = connection(2);
    let append = appended(connection.batch(batch(1, vec![whole("a", 1), watts("a", 1, 2), watts("a", 2, 3)])));
    assert_eq!((append.first, append.last, reports(&append)), (3, 3, vec![report("a", 3)]));
    assert_eq!(connection.batch(batch(2, vec![whole("a", 2), whole("a", 3)])), Ok(Action::Acknowledge));
    let append = appended(connection.batch(batch(4, vec![watts("a", 3, 4)])));
    assert_eq!(reports(&append), [report("a", 4)]);
}

#[test]
fn a_batch_beyond_the_next_number_closes_the_connection() {
    let mut connection = connection(10);
    assert_eq!(closed(connection.batch(batch(12, vec![whole("a", 1)]))), Close::MALFORMED);
    assert_eq!(connection.taken(), 10);
}

#[test]
fn after_a_refusal_what_follows_is_passed_over_until_the_range_comes_again_whole() {
    let mut connection = connection(0);
    appended(connection.batch(batch(1, vec![whole("a", 1)])));
    let answer = refused(connection.batch(batch(2, vec![watts("a", 1, 2), watts("b", 1, 2)])));
    assert_eq!((answer.first, answer.last, answer.seq, answer.reason), (2, 3, Some(3), RefusedReason::UnknownBase));
    assert_eq!(connection.batch(batch(4, vec![whole("a", 4)])), Ok(Action::Nothing));
    assert_eq!(connection.batch(batch(5, vec![whole("a", 5)])), Ok(Action::Nothing));
    // What was known is forgotten at both sides.
    assert_eq!(refused(connection.batch(batch(2, vec![watts("a", 1, 2)]))).reason, RefusedReason::UnknownBase);
    appended(connection.batch(batch(2, vec![whole("a", 2), whole("b", 2)])));
    assert_eq!(closed(connection.batch(batch(5, vec![whole("a", 5)]))), Close::MALFORMED);
}

#[test]
fn every_content_is_stored_as_compact_json() {
    let sources: Vec<SourceId> = vec!["a".parse().unwrap()];
    let items = vec![
        item(Body::Event { event: json!({ "kind": "state" }) }),
        item(Body::Status { status: json!({ "up": 1 }) }),
        item(Body::Sources { sources: sources.clone() }),
    ];
    let contents: Vec<Content> =
        appended(connection(0).batch(batch(1, items))).entries.into_iter().map(|entry| entry.content).collect();
    let expected = [
        Content::Event(r#"{"kind":"state"}"#.into()),
        Content::Status(r#"{"up":1}"#.into()),
        Content::Sources(sources),
    ];
    assert_eq!(contents, expected);
}

#[test]
fn a_report_is_one_of_a_reading_of_its_source() {
    let of = |report: Value| item(Body::Report { source_id: "a".parse().unwrap(), report });
    let mut other_schema = report("a", 1);
    other_schema["reading"]["schema"] = "gssa.reading/2".into();
    for bad in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "reading": 7 }),
        json!({ "reading": { "schema": "gssa.reading/1" } }),
        report("b", 1),
        other_schema,
    ] {
        let answer = refused(connection(0).batch(batch(1, vec![whole("a", 1), of(bad.clone())])));
        assert_eq!((answer.reason, answer.seq), (RefusedReason::Malformed, Some(2)), "{bad}");
    }
    for bad in [
        json!({ "schema": "x" }),
        json!({ "source": null }),
        json!({ "source": { "id": "b" } }),
        json!(null),
        json!([1]),
    ] {
        let items = vec![whole("a", 1), changes("a", 1, json!({ "reading": bad }))];
        assert_eq!(refused(connection(0).batch(batch(1, items))).reason, RefusedReason::Malformed, "{bad}");
    }
    for bad in [json!([1]), json!("x"), json!(null)] {
        let items = vec![whole("a", 1), changes("a", 1, bad.clone())];
        assert_eq!(refused(connection(0).batch(batch(1, items))).reason, RefusedReason::Malformed, "{bad}");
    }
    let items = vec![whole("a", 1), changes("a", 1, json!({ "findings": { "0": 1 } }))];
    assert_eq!(refused(connection(0).batch(batch(1, items))).reason, RefusedReason::UnknownBase);
}

#[test]
fn a_batch_covers_its_range_once() {
    let seq = |seq, item: Item| Item { seq: Some(seq), ..item };
    let whole = |seq_: u64| seq(seq_, whole("a", 1));
    let range = |first, last, items, gaps| Batch { first, last, items, gaps };
    let huge = |first, length| Gap { missing: vec![(first, length)], ..gap(1, 1) };
    let two = Gap { last: 5, missing: vec![(2, 1), (4, 2)], ..gap(2, 3) };
    let good = [
        range(1, 1, vec![whole(1)], vec![]),
        range(1, 3, vec![whole(1), whole(3)], vec![gap(2, 1)]),
        range(1, 9, vec![], vec![gap(4, 6), gap(1, 3)]),
        range(1, 6, vec![whole(1), whole(3), whole(6)], vec![two.clone()]),
    ];
    for batch in good {
        let append = appended(connection(0).batch(batch.clone()));
        assert_eq!((append.entries.len(), &append.gaps), (batch.items.len(), &batch.gaps));
    }
    let bad = [
        ("no range", range(0, 1, vec![whole(1)], vec![])),
        ("no range", range(1, 0, vec![], vec![])),
        ("no range", range(1, u64::MAX, vec![whole(1)], vec![])),
        ("hole at the end", range(1, 2, vec![whole(1)], vec![])),
        ("hole at the start", range(1, 2, vec![whole(2)], vec![])),
        ("hole between", range(1, 3, vec![whole(1), whole(3)], vec![])),
        ("item twice", range(1, 2, vec![whole(1), whole(1)], vec![])),
        ("items out of order", range(1, 2, vec![whole(2), whole(1)], vec![])),
        ("item and gap", range(1, 2, vec![whole(1), whole(2)], vec![gap(2, 1)])),
        ("gap twice", range(1, 2, vec![whole(1)], vec![gap(2, 1), gap(2, 1)])),
        ("item beyond", range(1, 1, vec![whole(1), whole(2)], vec![])),
        ("item far beyond", range(1, 1, vec![whole(u64::MAX)], vec![])),
        ("gap beyond", range(1, 2, vec![whole(1)], vec![gap(2, 2)])),
        ("gap before", range(1, 2, vec![], vec![gap(0, 3)])),
        (
            "empty gap",
            range(1, 2, vec![whole(1), whole(2)], vec![Gap { missing: vec![], count: BTreeMap::new(), ..gap(2, 1) }]),
        ),
        ("empty run", range(1, 2, vec![whole(1), whole(2)], vec![huge(1, 0)])),
        ("run beyond its gap", range(1, 2, vec![], vec![huge(1, 2)])),
        ("endless run", range(1, 2, vec![], vec![huge(1, u64::MAX)])),
        (
            "runs out of order",
            range(1, 6, vec![whole(1), whole(3), whole(6)], vec![Gap { missing: vec![(4, 2), (2, 1)], ..two.clone() }]),
        ),
        (
            "counts too low",
            range(1, 6, vec![whole(1), whole(3), whole(6)], vec![Gap { count: BTreeMap::new(), ..two.clone() }]),
        ),
        (
            "counts too high",
            range(1, 1, vec![], vec![Gap { count: [("a".into(), u64::MAX), ("b".into(), 2)].into(), ..gap(1, 1) }]),
        ),
        ("no such source", range(1, 1, vec![], vec![Gap { count: [("A b".into(), 1)].into(), ..gap(1, 1) }])),
    ];
    for (what, batch) in bad {
        assert_eq!(refused(connection(0).batch(batch)).reason, RefusedReason::Malformed, "{what}");
    }
}

#[test]
fn gaps_that_are_stored_are_dropped_and_none_is_stored_in_part() {
    let range = |gaps| Batch { first: 1, last: 10, items: vec![], gaps };
    let append = appended(connection(5).batch(range(vec![gap(1, 3), gap(4, 2), gap(6, 5)])));
    assert_eq!((append.first, append.last, append.gaps), (6, 10, vec![gap(6, 5)]));
    let partly = range(vec![gap(1, 5), gap(6, 5)]);
    assert_eq!(refused(connection(4).batch(partly)).reason, RefusedReason::Malformed);
}

#[test]
fn every_bound_holds() {
    let limits = Limits { batch_items: 3, report_bytes: 200, bases: 2, unpacked_bytes: 400, ..Limits::default() };
    let connection = || Connection::new(Epoch::from_random(7), 0, limits);
    let long = "x".repeat(200);

    let four = |first| (first..first + 4).map(|n| whole("a", n)).collect::<Vec<_>>();
    assert_eq!(refused(connection().batch(batch(1, four(1)))).reason, RefusedReason::TooLarge);
    let gaps = (1..5).map(|seq| gap(seq, 1)).collect();
    assert_eq!(
        refused(connection().batch(Batch { first: 1, last: 4, items: vec![], gaps })).reason,
        RefusedReason::TooLarge
    );

    for body in [
        Body::Report {
            source_id: "a".parse().unwrap(),
            report: {
                let mut report = report("a", 1);
                report["findings"] = json!([long]);
                report
            },
        },
        Body::Event { event: json!({ "text": long }) },
        Body::Status { status: json!({ "text": long }) },
        Body::Sources { sources: vec!["a-source-with-a-long-name".parse().unwrap(); 10] },
    ] {
        let answer = refused(connection().batch(batch(1, vec![item(body)])));
        assert_eq!((answer.reason, answer.seq), (RefusedReason::TooLarge, Some(1)));
    }
    for body in [Body::Event { event: json!([]) }, Body::Status { status: json!("x") }] {
        assert_eq!(refused(connection().batch(batch(1, vec![item(body)]))).reason, RefusedReason::Malformed);
    }
    // Growing by differences.
    let mut grown = connection();
    appended(grown.batch(batch(1, vec![whole("a", 1)])));
    assert_eq!(
        refused(grown.batch(batch(2, vec![changes("a", 1, json!({ "text": long }))]))).reason,
        RefusedReason::TooLarge
    );

    // The third source is not kept, the first two are.
    let mut many = connection();
    appended(many.batch(batch(1, vec![whole("a", 1), whole("b", 1), whole("c", 1)])));
    appended(many.batch(batch(4, vec![watts("a", 1, 2), watts("b", 2, 2)])));
    assert_eq!(refused(many.batch(batch(6, vec![watts("c", 3, 2)]))).reason, RefusedReason::UnknownBase);
    // Nor is what takes more than there is for all together.
    let mut large = Connection::new(Epoch::from_random(7), 0, Limits { unpacked_bytes: 150, ..limits });
    appended(large.batch(batch(1, vec![whole("a", 1), whole("b", 1)])));
    appended(large.batch(batch(3, vec![watts("a", 1, 2)])));
    assert_eq!(refused(large.batch(batch(4, vec![watts("b", 2, 2)]))).reason, RefusedReason::UnknownBase);
}

#[test]
fn the_newest_state_is_shown_and_not_stored() {
    let now = |report| {
        FromAgent::Now(Now {
            part: 1,
            parts: 1,
            reports: vec![NowReport { age_ms: 5, source_id: "a".parse().unwrap(), report }],
        })
    };
    let mut connection = connection(0);
    let Ok(Action::Show(shown)) = connection.on(now(report("a", 1))) else { panic!() };
    assert_eq!((shown[0].age_ms, serde_json::from_str::<Value>(&shown[0].report).unwrap()), (5, report("a", 1)));
    assert_eq!((connection.taken(), closed(connection.on(now(report("b", 1))))), (0, Close::MALFORMED));
    let reports = vec![NowReport { age_ms: 0, source_id: "a".parse().unwrap(), report: report("a", 1) }; 2001];
    assert_eq!(closed(connection.on(FromAgent::Now(Now { part: 1, parts: 1, reports }))), Close::MALFORMED);
}

#[test]
fn other_messages() {
    let mut connection = connection(3);
    assert_eq!(connection.on(FromAgent::Bye { last: 3 }), Ok(Action::End { last: 3 }));
    assert_eq!(connection.on(FromAgent::Unknown), Ok(Action::Nothing));
    assert_eq!(
        connection.on(FromAgent::Outcome { id: "c".into(), outcome: "unimplemented".into() }),
        Ok(Action::Nothing)
    );
    assert_eq!(closed(connection.on(FromAgent::Hello(hello(&["gssa.uplink/1"], 1, 1)))), Close::MALFORMED);
}

fn hello(protocols: &[&str], first_kept: Seq, next: Seq) -> Hello {
    Hello {
        protocols: protocols.iter().map(|version| (*version).to_owned()).collect(),
        agent: Program { name: "gssa".into(), version: "0.1.0".into(), site: None },
        epoch: Epoch::from_random(7),
        started_at: Timestamp::from_unix_ms(0),
        clock: Timestamp::from_unix_ms(0),
        first_kept,
        next,
    }
}

#[test]
fn a_hello_has_our_version_and_a_range() {
    assert_eq!(negotiate(&hello(&["gssa.uplink/2", "gssa.uplink/1"], 1, 1)), Ok(PROTOCOL));
    for (protocols, first_kept, next, code) in [
        (&["gssa.uplink/2"][..], 1, 1, Close::VERSION),
        (&[], 1, 1, Close::VERSION),
        (&[PROTOCOL], 0, 1, Close::MALFORMED),
        (&[PROTOCOL], 2, 1, Close::MALFORMED),
        (&[PROTOCOL], 1, u64::MAX, Close::MALFORMED),
    ] {
        assert_eq!(
            negotiate(&hello(protocols, first_kept, next)).unwrap_err().code,
            code,
            "{protocols:?} {first_kept} {next}"
        );
    }
}

proptest! {
    #[test]
    fn no_batch_makes_it_panic_or_store_what_is_not_next(
        stored in 0..5_u64,
        batches in prop::collection::vec(
            (0..8_u64, 0..8_u64, prop::collection::vec((prop::option::of(0..9_u64), 0..5_u8, 0..6_u64), 0..4),
             prop::collection::vec((0..8_u64, 0..8_u64, prop::collection::vec((0..8_u64, 0..4_u64), 0..3), 0..5_u64), 0..2)),
            1..6),
    ) {
        let mut connection = connection(stored);
        let mut taken = stored;
        for (first, last, items, gaps) in batches {
            let items = items.into_iter().map(|(seq, kind, base)| Item { seq, ..match kind {
                0 => whole("a", base),
                1 => whole("b", base),
                2 => watts("a", base, base),
                3 => changes("b", base, json!({ "reading": { "fans": { "0": 1 } } })),
                _ => item(Body::Event { event: json!({}) }),
            } });
            let gaps = gaps.into_iter().map(|(first, last, missing, count)| Gap {
                first, last, missing, count: BTreeMap::from([("a".to_owned(), count)]), reason: GapReason::Lost,
            });
            let batch = Batch { first, last, items: items.collect(), gaps: gaps.collect() };
            if let Ok(Action::Append(append)) = connection.batch(batch) {
                prop_assert_eq!(append.first, taken + 1);
                let numbers = append.entries.len() as u64
                    + append.gaps.iter().flat_map(|gap| &gap.missing).map(|(_, length)| length).sum::<u64>();
                prop_assert_eq!(numbers, append.last - taken);
                taken = append.last;
            }
            prop_assert_eq!(connection.taken(), taken);
        }
    }
}
