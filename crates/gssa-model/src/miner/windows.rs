//! Averages over named windows.

use std::borrow::Cow;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::unit::Hashrate;

/// Averages by the length of their window, such as `1m` or `24h`, in the order they were added.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Windows(Vec<(Cow<'static, str>, Hashrate)>);

impl Windows {
    /// The most windows that are kept.
    pub const MAX: usize = 16;

    /// The windows in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Hashrate)> {
        self.0.iter().map(|(window, hashrate)| (window.as_ref(), *hashrate))
    }

    /// Adds a window unless there are [`Self::MAX`].
    pub fn push(&mut self, window: impl Into<Cow<'static, str>>, hashrate: Hashrate) {
        if self.0.len() < Self::MAX {
            self.0.push((window.into(), hashrate));
        }
    }

    /// The average over `window`.
    pub fn get(&self, window: &str) -> Option<Hashrate> {
        self.0.iter().find(|(name, _)| name == window).map(|(_, hashrate)| *hashrate)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Windows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (window, hashrate) in &self.0 {
            map.serialize_entry(window, hashrate)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Windows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Windows;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of windows")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Windows, A::Error> {
                let mut windows = Windows::default();
                while let Some((window, hashrate)) = map.next_entry::<String, Hashrate>()? {
                    windows.push(window, hashrate);
                }
                Ok(windows)
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Windows {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Windows".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": { "type": "number" } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_keep_their_order_through_json() {
        let mut windows = Windows::default();
        for (window, ghs) in [("1m", 3.0), ("10m", 2.0), ("1h", 1.0)] {
            windows.push(window, Hashrate::from_ghs(ghs).unwrap());
        }
        let json = serde_json::to_string(&windows).unwrap();
        assert_eq!(json, r#"{"1m":3000000000.0,"10m":2000000000.0,"1h":1000000000.0}"#);
        assert_eq!(serde_json::from_str::<Windows>(&json).unwrap(), windows);
    }
}
