//! The part of a reading that a caller asks for: `fields=source.id,health,snapshot.hashing`.

use std::collections::BTreeMap;

use gssa_model::Reading;
use serde_json::Value;

/// Fields to keep, as a tree of names. A name without names below it keeps all that is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(BTreeMap<String, Fields>);

impl Fields {
    /// More paths are refused.
    const MAX_PATHS: usize = 64;

    /// From dotted paths divided by commas.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut tree = Self::default();
        for (count, path) in text.split(',').map(str::trim).enumerate() {
            if count == Self::MAX_PATHS {
                return Err(format!("at most {} paths", Self::MAX_PATHS));
            }
            if path.split('.').any(str::is_empty) {
                return Err(format!("{path:?} is no dotted path"));
            }
            tree.add(path);
        }
        Ok(tree)
    }

    fn add(&mut self, path: &str) {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let known = self.0.contains_key(name);
        let below = self.0.entry(name.to_owned()).or_default();
        match rest {
            // The whole is kept already.
            Some(_) if known && below.0.is_empty() => {}
            Some(rest) => below.add(rest),
            None => below.0.clear(),
        }
    }

    /// Removes everything else. In a list, each item is treated alike.
    pub(super) fn keep(&self, value: &mut Value) {
        if self.0.is_empty() {
            return;
        }
        match value {
            Value::Object(map) => {
                map.retain(|name, _| self.0.contains_key(name));
                for (name, value) in map {
                    self.0[name.as_str()].keep(value);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.keep(item)),
            _ => {}
        }
    }
}

/// Appends a reading, or the fields of it that were asked for.
pub(super) fn write_reading(out: &mut Vec<u8>, reading: &Reading, fields: Option<&Fields>) -> serde_json::Result<()> {
    match fields {
        None => serde_json::to_writer(out, reading),
        Some(fields) => {
            let mut value = serde_json::to_value(reading)?;
            fields.keep(&mut value);
            serde_json::to_writer(out, &value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_asked_for_is_kept() {
        let whole =
            json!({ "a": { "b": 1, "c": { "d": 2, "e": 3 } }, "f": [ { "g": 4, "h": 5 }, { "h": 6 } ], "i": 7 });
        for (fields, kept) in [
            ("i", json!({ "i": 7 })),
            ("a.b,i", json!({ "a": { "b": 1 }, "i": 7 })),
            ("a.c.e", json!({ "a": { "c": { "e": 3 } } })),
            ("a.c.e,a.c", json!({ "a": { "c": { "d": 2, "e": 3 } } })),
            ("a.c,a.c.e", json!({ "a": { "c": { "d": 2, "e": 3 } } })),
            ("f.g", json!({ "f": [ { "g": 4 }, {} ] })),
            ("x.y", json!({})),
        ] {
            let mut value = whole.clone();
            Fields::parse(fields).unwrap().keep(&mut value);
            assert_eq!(value, kept, "{fields}");
        }
    }

    #[test]
    fn what_is_no_list_of_paths_is_refused() {
        for bad in ["", "a,,b", "a.", ".a", &vec!["a"; 65].join(",")] {
            assert!(Fields::parse(bad).is_err(), "{bad}");
        }
    }
}
