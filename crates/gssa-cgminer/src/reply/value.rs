//! One JSON value of a reply.
//!
//! Not that of `serde_json`: its objects hash each key, or are trees of nodes, and a reply has hundreds of members of which a tenth is
//! read. Here an object is a sorted list. Members that hold secrets do not get into it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// What stands at one place of a reply.
#[derive(Clone, PartialEq, Default)]
pub(crate) enum Value {
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    String(Box<str>),
    Array(Vec<Self>),
    Object(Members),
}

/// The members of an object by their keys. Of a key that repeats the last one counts.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Members(Vec<(Box<str>, Value)>);

/// Members that hold a secret, compared without case: pool passwords (Avalon Q), tokens and Wi-Fi keys.
const SECRET_KEYS: [&str; 10] =
    ["password", "passwd", "pass", "pwd", "token", "salt", "ssid", "wifi_password", "psk", "bitmain-psd"];

fn is_secret(key: &str) -> bool {
    let key = key.trim();
    SECRET_KEYS.iter().any(|secret| key.eq_ignore_ascii_case(secret))
}

impl Value {
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    pub(crate) const fn as_object(&self) -> Option<&Members> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
}

impl Members {
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.place(key).map(|at| &self.0[at].1)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Value> {
        self.place(key).map(|at| self.0.remove(at).1)
    }

    fn place(&self, key: &str) -> Option<usize> {
        self.0.binary_search_by(|(other, _)| (**other).cmp(key)).ok()
    }

    /// All of them, sorted by key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(key, _)| key)
    }
}

impl FromIterator<(Box<str>, Value)> for Members {
    fn from_iter<I: IntoIterator<Item = (Box<str>, Value)>>(members: I) -> Self {
        let mut members: Vec<_> = members.into_iter().filter(|(key, _)| !is_secret(key)).collect();
        members.sort_by(|(a, _), (b, _)| a.cmp(b));
        // The later one takes the place of the one before, which is where it stays.
        members.dedup_by(|later, kept| {
            let is_same = later.0 == kept.0;
            if is_same {
                std::mem::swap(&mut later.1, &mut kept.1);
            }
            is_same
        });
        Self(members)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
                Ok(Value::Bool(flag))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(number.into()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Number(number.into()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
                Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::String(text.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = list.next_element()? {
                    entries.push(entry);
                }
                Ok(Value::Array(entries))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = object.next_entry()? {
                    members.push(member);
                }
                Ok(Value::Object(members.into_iter().collect()))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

/// A scalar as JSON. Of objects and lists nothing is shown: they may hold what nobody shall see.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => flag.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::String(text) => serde_json::Value::from(&**text).fmt(f),
            Self::Array(_) => f.write_str("a list"),
            Self::Object(_) => f.write_str("an object"),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Array(list) => f.debug_list().entries(list).finish(),
            Self::Object(members) => members.fmt(f),
            scalar => fmt::Display::fmt(scalar, f),
        }
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        serde_json::from_value(value).expect("every value can be read")
    }
}

/// A value of a reply, written like `serde_json::json!`.
#[cfg(test)]
macro_rules! json {
    ($($json:tt)*) => { $crate::reply::value::Value::from(serde_json::json!($($json)*)) };
}
#[cfg(test)]
pub(crate) use json;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_last_of_two_members_of_one_name_counts() {
        let object = read(r#"{"b":1,"a":1,"b":2,"c":3,"b":3}"#);
        let members = object.as_object().unwrap();
        assert_eq!(members.get("b"), Some(&json!(3)));
        assert_eq!(members.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn a_secret_does_not_get_in() {
        let object = read(r#"{"Pass":1," PASSWORD ":"x","passage":2,"in":{"ssid":"x"},"list":[{"token":1}]}"#);
        assert_eq!(object, read(r#"{"passage":2,"in":{},"list":[{}]}"#));
    }

    #[test]
    fn a_member_that_is_removed_is_gone() {
        let Value::Object(mut members) = read(r#"{"a":1,"b":[2]}"#) else { panic!("it is an object") };
        assert_eq!((members.remove("b"), members.remove("b")), (Some(json!([2])), None));
        assert!(members.has("a") && !members.has("b"));
    }
}
