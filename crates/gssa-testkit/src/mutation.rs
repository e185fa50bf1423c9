//! Documents as no firmware should write them.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// What is done to one member.
#[derive(Debug, Clone)]
pub enum Change {
    /// It goes.
    Remove,
    /// It is something else.
    Replace(Value),
    /// It stands under another key.
    Rename(String),
}

/// A change to any value: of another type, empty, a number or a text that is known to make trouble, or one of the shapes of the
/// protocol where it is not expected.
pub fn change(numbers: &'static [f64], texts: &'static [&'static str], shape: Value) -> impl Strategy<Value = Change> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        select(numbers).prop_map(Value::from),
        select(&[-1.0, 0.0, 1e300, -1e300][..]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        select(texts).prop_map(Value::from),
        select(&["NaN", "inf", "1e999", ""][..]).prop_map(Value::from),
        Just(json!([])),
        Just(json!([1, null, {}, [[]], "x"])),
        Just(json!({})),
        Just(shape),
    ];
    prop_oneof![1 => Just(Change::Remove), 6 => value.prop_map(Change::Replace)]
}

/// Changes to members of one document, each found by the way to it.
pub fn changes(change: impl Strategy<Value = Change>) -> impl Strategy<Value = Vec<(Vec<Index>, Change)>> {
    prop::collection::vec((prop::collection::vec(any::<Index>(), 1..6), change), 1..8)
}

/// Changes one member, found by walking down while `path` has indices left. In a list nothing can be renamed; it goes.
pub fn apply(value: &mut Value, path: &[Index], change: &Change) {
    let Some((first, rest)) = path.split_first() else { return };
    let goes_on = |member: &Value| !rest.is_empty() && (member.is_object() || member.is_array());
    match value {
        Value::Object(members) if !members.is_empty() => {
            let key = members.keys().nth(first.index(members.len())).unwrap().clone();
            let member = members.get_mut(&key).unwrap();
            match change {
                _ if goes_on(member) => apply(member, rest, change),
                Change::Replace(new) => *member = new.clone(),
                Change::Remove => drop(members.remove(&key)),
                Change::Rename(name) => {
                    let value = members.remove(&key).unwrap();
                    members.insert(name.clone(), value);
                }
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let at = first.index(list.len());
            match change {
                _ if goes_on(&list[at]) => apply(&mut list[at], rest, change),
                Change::Replace(new) => list[at] = new.clone(),
                Change::Remove | Change::Rename(_) => drop(list.remove(at)),
            }
        }
        _ => {}
    }
}

/// Bytes of a body, each by its place, and what they become.
pub fn damage() -> impl Strategy<Value = Vec<(Index, u8)>> {
    prop::collection::vec(any::<(Index, u8)>(), 1..6)
}

/// The body with that damage.
pub fn damaged(mut body: Vec<u8>, damage: &[(Index, u8)]) -> Vec<u8> {
    for (at, byte) in damage {
        let at = at.index(body.len());
        body[at] = *byte;
    }
    body
}
