//! Hiding secrets on the way out, and finding them again on the way in.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::secret::{self, MASK, Written};
use super::{ids, layers};

/// Hides every secret text. References to variables and files are shown as they are.
pub(super) fn mask(config: &mut Value) {
    secret::each(config, &mut |_, secret| {
        if !matches!(Written::from_value(secret), Some(Written::Env(_) | Written::File(_))) {
            *secret = Value::String(MASK.into());
        }
    });
    mask_misplaced(config);
}

/// A file that a person wrote may hold a secret at a key that does not exist, whose name gives it away, or in a URL. Neither is in force.
fn mask_misplaced(value: &mut Value) {
    match value {
        Value::Object(keys) => {
            for (key, value) in keys {
                let key = key.to_lowercase();
                if value.is_string()
                    && ["pass", "secret", "token", "apikey", "api_key", "hash"].iter().any(|word| key.contains(word))
                {
                    *value = Value::String(MASK.into());
                }
                if let ("address" | "endpoint", Value::String(text)) = (key.as_str(), &mut *value) {
                    mask_userinfo(text);
                }
                mask_misplaced(value);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(mask_misplaced),
        Value::String(text) if text.contains("://") => mask_userinfo(text),
        _ => {}
    }
}

/// Hides what stands before the host, `root:secret` in `http://root:secret@host`.
fn mask_userinfo(text: &mut String) {
    let start = text.find("://").map_or(0, |colon| colon + "://".len());
    let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |slash| start + slash);
    if let Some(at) = text[start..end].rfind('@') {
        text.replace_range(start..start + at, MASK);
    }
}

/// Puts back the secrets that are kept: those of the same source, token, hook or uplink in `kept`. A mask that finds none stays, and
/// is an error when the configuration is checked.
pub(super) fn unmask(candidate: &mut Value, kept: &Value) {
    let mut secrets = HashMap::new();
    let names = Names::of(kept);
    secret::each(&mut kept.clone(), &mut |path, secret| {
        if let Some(stable) = names.stable(path) {
            // Of two with one name the first is the one that is used.
            secrets.entry(stable).or_insert_with(|| secret.clone());
        }
    });
    let names = Names::of(candidate);
    secret::each(candidate, &mut |path, secret| {
        if secret == MASK
            && let Some(found) = names.stable(path).and_then(|stable| secrets.get(&stable))
        {
            *secret = found.clone();
        }
    });
}

/// What the elements of lists are called, since their place changes.
struct Names(HashMap<&'static str, Vec<Option<String>>>);

impl Names {
    fn of(config: &Value) -> Self {
        let named = |pointer: &str, key: &str| {
            let elements = config.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
            elements.map(|element| element[key].as_str().map(str::to_owned)).collect()
        };
        let sources = config["sources"].as_array().map(Vec::as_slice).unwrap_or_default();
        let sources = ids::of_written(sources).into_iter().map(|id| id.map(String::from)).collect();
        Self(HashMap::from([
            ("sources", sources),
            ("server.api_tokens", named("/server/api_tokens", "name")),
            ("hooks", named("/hooks", "name")),
            ("uplinks", named("/uplinks", "id")),
        ]))
    }

    /// `sources[3].api_key` as the list, the name of the element, and the key in it. An element without a name has none.
    fn stable(&self, path: &str) -> Option<(String, String, String)> {
        let Some((list, rest)) = path.split_once('[') else {
            return Some((path.to_owned(), String::new(), String::new()));
        };
        let (index, key) = rest.split_once(']')?;
        let name = self.0.get(list)?.get(index.parse::<usize>().ok()?)?.clone()?;
        Some((list.to_owned(), name, key.to_owned()))
    }
}

/// Gives each locked key the value that the file has, or none: what the environment or the command line sets is never written.
pub(super) fn restore_locked(candidate: &mut Value, file: &Value, outside: &layers::Outside) {
    for path in outside.locked() {
        let steps: Vec<&str> = path.split('.').collect();
        let kept = steps.iter().try_fold(file, |value, step| value.get(step)).cloned();
        set(candidate, &steps, kept);
    }
}

/// Sets or removes a key of nested objects. What is no object is left as it is; the check reports it.
fn set(value: &mut Value, steps: &[&str], to: Option<Value>) {
    let (Value::Object(keys), [step, rest @ ..]) = (value, steps) else { return };
    match (rest, to) {
        ([], Some(to)) => drop(keys.insert((*step).to_owned(), to)),
        ([], None) => drop(keys.shift_remove(*step)),
        (_, None) if !keys.contains_key(*step) => {}
        (_, to) => set(keys.entry(*step).or_insert_with(|| Value::Object(Map::new())), rest, to),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_password_in_an_address_is_hidden() {
        for (address, shown) in [
            ("http://root:p@ss@10.0.0.1:80/x", "http://********@10.0.0.1:80/x"),
            ("root:pass@10.0.0.1", "********@10.0.0.1"),
            ("http://10.0.0.1/a@b", "http://10.0.0.1/a@b"),
            ("10.0.0.1:8080", "10.0.0.1:8080"),
        ] {
            let mut config = json!({ "sources": [{ "name": "me@home", "address": address, "other": [address] }] });
            mask(&mut config);
            let source = &config["sources"][0];
            assert_eq!((&source["name"], &source["address"]), (&json!("me@home"), &json!(shown)));
            let has_scheme = address.contains("://");
            assert_eq!(source["other"][0], if has_scheme { shown } else { address });
        }
    }
}
