//! The rules of the receiver, one by one.

use serde_json::{Value, json};

use super::*;

fn report(source: &str, watts: u64) -> Value {
    json!({ "reading": { "schema": "gssa.reading/1", "source": { "id": source }, "watts": watts }, "findings": [] })
}

fn whole(source: &str, watts: u64) -> Item {
    let source_id: SourceId = source.parse().unwrap();
    Item { seq: None, age_ms: 0, body: Body::Report { source_id, report: report(source, watts) } }
}

fn changes(source: &str, base: Seq, changes: Value) -> Item {
    Item { seq: None, age_ms: 0, body: Body::Changes { source_id: source.parse().unwrap(), base, changes } }
}

fn batch(first: Seq, items: Vec<Item>) -> Batch {
    Batch { first, last: first + items.len() as u64 - 1, items, gaps: Vec::new() }
}

fn connection(stored: Seq) -> Connection {
    Connection::new(Epoch::from_random(7), stored, Limits::default())
}

fn appended(action: Action) -> Append {
    match action {
        Action::Append(append) => append,
        other => panic!("{other:?}"),
    }
}

#[test]
fn differences_are_applied_to_the_last_report_of_their_source() {
    let mut connection = connection(0);
    let items = vec![whole("a", 1), whole("b", 9), changes("a", 1, json!({ "reading": { "watts": 2 } }))];
    let append = appended(connection.batch(batch(1, items)).unwrap());
    assert_eq!((append.first, append.last, append.entries.len()), (1, 3, 3));
    let Content::Report { report: text, .. } = &append.entries[2].content else { panic!() };
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), report("a", 2));
    let append = appended(connection.batch(batch(4, vec![changes("a", 3, json!({ "findings": null }))])).unwrap());
    let Content::Report { report: text, .. } = &append.entries[0].content else { panic!() };
    assert!(!text.contains("findings"));
}
