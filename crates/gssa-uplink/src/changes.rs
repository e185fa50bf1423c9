//! Differences between two reports of one source (section 4).

mod text;

use serde_json::{Map, Value};

pub use self::text::apply_to_text;

/// What makes `new` of `old`; `None` where it cannot be said, or not in less than the whole, and the whole has to be sent.
///
/// ```
/// # use serde_json::json;
/// # use gssa_uplink::changes::{apply, differences};
/// let old = json!({ "watts": 22.2, "fans": [{ "rpm": 3859 }, { "rpm": 0 }], "group": "attic" });
/// let new = json!({ "watts": 22.2, "fans": [{ "rpm": 3901 }, { "rpm": 0 }] });
/// let changes = differences(&old, &new).unwrap();
/// assert_eq!(changes, json!({ "fans": { "0": { "rpm": 3901 } }, "group": null }));
/// let mut made = old;
/// apply(&mut made, changes).unwrap();
/// assert_eq!(made, new);
/// ```
pub fn differences(old: &Value, new: &Value) -> Option<Value> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => of_objects(old, new).map(Value::Object),
        _ => None,
    }
}

/// Applies what [`differences`] gave, or a peer sent.
///
/// # Errors
/// An index that the array does not have: then `changes` was made for another report, and `report` is not to be used any more.
pub fn apply(report: &mut Value, changes: Value) -> Result<(), WrongBase> {
    match (report, changes) {
        (Value::Object(report), Value::Object(changes)) => {
            for (key, change) in changes {
                match report.get_mut(&key) {
                    _ if change.is_null() => {
                        report.remove(&key);
                    }
                    Some(part @ (Value::Object(_) | Value::Array(_))) if change.is_object() => apply(part, change)?,
                    _ => {
                        report.insert(key, change);
                    }
                }
            }
            Ok(())
        }
        (Value::Array(elements), Value::Object(changes)) => {
            for (index, change) in changes {
                let element = self::index(&index).and_then(|index| elements.get_mut(index));
                match element.ok_or(WrongBase)? {
                    part @ (Value::Object(_) | Value::Array(_)) if change.is_object() => apply(part, change)?,
                    element => *element = change,
                }
            }
            Ok(())
        }
        (report, changes) => {
            *report = changes;
            Ok(())
        }
    }
}

/// The index of an element: decimal, without a sign, without zeros before it.
fn index(key: &str) -> Option<usize> {
    let is_plain = key == "0" || key.bytes().next().is_some_and(|first| matches!(first, b'1'..=b'9'));
    key.parse().ok().filter(|_| is_plain)
}

/// The differences are not those of this report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the differences do not fit the report")]
pub struct WrongBase;

fn of_objects(old: &Map<String, Value>, new: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut changes = Map::new();
    for (key, value) in new {
        match old.get(key) {
            Some(before) if before == value => {}
            Some(before) => {
                changes.insert(key.clone(), change(before, value)?);
            }
            // A null would be read as "remove".
            None if value.is_null() => return None,
            None => {
                changes.insert(key.clone(), value.clone());
            }
        }
    }
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        changes.insert(key.clone(), Value::Null);
    }
    Some(changes)
}

/// What stands for `new` where `old` was, and they differ.
fn change(old: &Value, new: &Value) -> Option<Value> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => of_objects(old, new).map(Value::Object),
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => Some(of_arrays(old, new)),
        // An object would be read as changes of the array, a null as "remove".
        (Value::Array(_), Value::Object(_)) | (_, Value::Null) => None,
        (_, new) => Some(new.clone()),
    }
}

fn of_arrays(old: &[Value], new: &[Value]) -> Value {
    let mut changes = Map::new();
    for (index, (before, value)) in old.iter().zip(new).enumerate().filter(|(_, (before, value))| before != value) {
        // What cannot be said of one element is said of none.
        let Some(change) = change(before, value) else { return Value::Array(new.to_vec()) };
        changes.insert(index.to_string(), change);
    }
    Value::Object(changes)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_changes_apply_to() {
        for (old, new, changes) in [
            (json!({ "a": 1 }), json!({ "a": 1 }), json!({})),
            (json!({ "a": 1 }), json!({ "a": 2, "b": 3 }), json!({ "a": 2, "b": 3 })),
            (json!({ "a": { "b": 1, "c": 2 } }), json!({ "a": { "b": 1 } }), json!({ "a": { "c": null } })),
            (json!({ "a": [1, 2] }), json!({ "a": [1, 3] }), json!({ "a": { "1": 3 } })),
            (json!({ "a": [1, 2] }), json!({ "a": [1] }), json!({ "a": [1] })),
            (json!({ "a": [[1]] }), json!({ "a": [{ "b": 1 }] }), json!({ "a": [{ "b": 1 }] })),
        ] {
            assert_eq!(differences(&old, &new), Some(changes.clone()), "{old} {new}");
            let mut made = old;
            apply(&mut made, changes).unwrap();
            assert_eq!(made, new);
        }
    }

    #[test]
    fn what_cannot_be_said_as_differences_is_sent_whole() {
        for (old, new) in [
            (json!({ "a": [1] }), json!({ "a": { "0": 1 } })),
            (json!({ "a": 1 }), json!({ "a": null })),
            (json!({}), json!({ "a": null })),
            (json!(1), json!(2)),
        ] {
            assert_eq!(differences(&old, &new), None, "{old} {new}");
        }
    }

    #[test]
    fn changes_of_another_report_are_an_error() {
        assert_eq!(apply(&mut json!({ "a": [1] }), json!({ "a": { "1": 2 } })), Err(WrongBase));
        for key in ["x", "00", "+0", "", "-1", "18446744073709551616"] {
            assert_eq!(apply(&mut json!({ "a": [1] }), json!({ "a": { key: 2 } })), Err(WrongBase), "{key}");
        }
    }

    pub(crate) fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0..4_i64).prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c0-2]", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn differences_applied_to_the_old_make_the_new(old in any_json(), new in any_json()) {
            if let Some(changes) = differences(&old, &new) {
                let mut made = old;
                prop_assert_eq!(apply(&mut made, changes), Ok(()));
                prop_assert_eq!(made, new);
            }
        }

        #[test]
        fn no_changes_of_a_peer_make_it_panic(mut report in any_json(), changes in any_json()) {
            let _ = apply(&mut report, changes);
        }
    }
}
