//! What changed between two rows, both as JSON: fields are compared as they are written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The fields of an object in their order, each as it is written.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::with_capacity(48);
                while let Some((name, value)) = map.next_entry::<&str, &RawValue>()? {
                    fields.push((name, value.get()));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Appends `,"name":value` for each field that is new or another one, and `,"gone":[…]` for those that are no more; tells whether there
/// was anything. Both rows have their fields in the same order.
pub(super) fn write_changes(out: &mut String, before: &str, after: &str) -> serde_json::Result<bool> {
    if before == after {
        return Ok(false);
    }
    let (Fields(before), Fields(after)) = (serde_json::from_str(before)?, serde_json::from_str(after)?);
    let start = out.len();
    let mut gone: Vec<&str> = Vec::new();
    let mut left = &before[..];
    for (name, value) in after {
        // The order is the same: what is passed over before the field is found is gone.
        if let Some(at) = left.iter().position(|(other, _)| *other == name) {
            gone.extend(left[..at].iter().map(|(name, _)| name));
            let is_unchanged = left[at].1 == value;
            left = &left[at + 1..];
            if is_unchanged {
                continue;
            }
        }
        write_field(out, name, value);
    }
    gone.extend(left.iter().map(|(name, _)| name));
    if !gone.is_empty() {
        write_field(out, "gone", &serde_json::to_string(&gone)?);
    }
    Ok(out.len() > start)
}

/// Appends `,"name":value`. Names are plain words of ours.
pub(super) fn write_field(out: &mut String, name: &str, value: &str) {
    for part in [",\"", name, "\":", value] {
        out.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn changes(before: &str, after: &str) -> String {
        let mut out = String::new();
        let any = write_changes(&mut out, before, after).unwrap();
        assert_eq!(any, !out.is_empty());
        out
    }

    #[test]
    fn only_what_changed_is_written() {
        for (before, after, expected) in [
            (r#"{"a":1,"b":[2]}"#, r#"{"a":1,"b":[2]}"#, ""),
            (r#"{"a":1,"b":"x, \"y\"}"}"#, r#"{"a":2,"b":"x, \"y\"}"}"#, r#","a":2"#),
            (r#"{"a":1}"#, r#"{"a":1,"b":{"c":[]}}"#, r#","b":{"c":[]}"#),
            (r#"{"a":1,"b":2,"c":3,"d":4}"#, r#"{"b":2,"d":5}"#, r#","d":5,"gone":["a","c"]"#),
            (r#"{"a":1}"#, "{}", r#","gone":["a"]"#),
        ] {
            assert_eq!(changes(before, after), expected, "{before} {after}");
        }
    }

    /// Rows of some of the fields a to f, in this order.
    fn row() -> impl Strategy<Value = Map<String, Value>> {
        prop::collection::vec(prop::option::of(0_u8..3), 6).prop_map(|values: Vec<Option<u8>>| {
            let names = ["a", "b", "c", "d", "e", "f"].into_iter().map(str::to_owned);
            names.zip(values).filter_map(|(name, value)| Some((name, value?.into()))).collect()
        })
    }

    proptest! {
        #[test]
        fn the_changes_turn_one_row_into_the_other(before in row(), after in row()) {
            let texts = [&before, &after].map(|row| serde_json::to_string(row).unwrap());
            let mut changed = format!("{{\"id\":0{}}}", changes(&texts[0], &texts[1])).parse::<Value>().unwrap();
            let changed = changed.as_object_mut().unwrap();
            changed.remove("id");
            let mut row = before;
            for name in changed.remove("gone").as_ref().and_then(Value::as_array).into_iter().flatten() {
                prop_assert!(row.remove(name.as_str().unwrap()).is_some());
            }
            for (name, value) in changed.iter() {
                let replaced = row.insert(name.clone(), value.clone());
                prop_assert_ne!(replaced.as_ref(), Some(value));
            }
            prop_assert_eq!(row, after);
        }
    }
}
