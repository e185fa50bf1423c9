//! What is observed: a source, its id and its kind.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// The name of a source in every API, file and message: 1 to 64 of `a-z 0-9 - _ .`, unique in one agent, never changed by a rename.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceId(Box<str>);

/// A text that cannot be a [`SourceId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a source id is 1 to 64 of a-z, 0-9, '-', '_' and '.'")]
pub struct BadSourceId;

impl SourceId {
    /// The longest id, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id made from a name that a person chose: lower case, everything else a dash. `None` if no letter or digit is in it.
    ///
    /// ```
    /// # use gssa_model::SourceId;
    /// assert_eq!(SourceId::from_name("Garage Gamma #2").unwrap().as_str(), "garage-gamma-2");
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        let mut id = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' | '_' | '.' => id.push(c),
                _ if !id.is_empty() && !id.ends_with('-') => id.push('-'),
                _ => {}
            }
        }
        id.truncate(Self::MAX_BYTES);
        let id = id.trim_end_matches('-');
        (!id.is_empty()).then(|| Self(id.into()))
    }
}

impl FromStr for SourceId {
    type Err = BadSourceId;

    fn from_str(text: &str) -> Result<Self, BadSourceId> {
        let is_allowed = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        if (1..=Self::MAX_BYTES).contains(&text.len()) && text.bytes().all(is_allowed) {
            Ok(Self(text.into()))
        } else {
            Err(BadSourceId)
        }
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::borrow::Borrow<str> for SourceId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<SourceId> for String {
    fn from(id: SourceId) -> String {
        id.0.into()
    }
}

impl TryFrom<String> for SourceId {
    type Error = BadSourceId;

    fn try_from(text: String) -> Result<Self, BadSourceId> {
        text.parse()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SourceId {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SourceId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[a-z0-9_.-]{1,64}$" })
    }
}

/// What speaks at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SourceKind {
    /// Not known yet: found out by asking.
    Auto,
    /// A Bitaxe, NerdQAxe, NMAxe or another device with the AxeOS HTTP API.
    Axeos,
    /// A Bitmain Antminer, whatever firmware it runs.
    Antminer,
    /// A Canaan Avalon.
    Canaan,
    /// Anything else that speaks the cgminer API on TCP port 4028.
    Cgminer,
    /// A GoSlimStratum or GoStratumEngine instance.
    Gss,
    /// A Mining Infrastructure Manager instance.
    Mim,
    /// The machine that the agent runs on.
    Host,
}

impl SourceKind {
    /// Every kind, in the order people are shown.
    pub const ALL: [Self; 8] =
        [Self::Auto, Self::Axeos, Self::Antminer, Self::Canaan, Self::Cgminer, Self::Gss, Self::Mim, Self::Host];

    /// The word for it in JSON, configuration and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Axeos => "axeos",
            Self::Antminer => "antminer",
            Self::Canaan => "canaan",
            Self::Cgminer => "cgminer",
            Self::Gss => "gss",
            Self::Mim => "mim",
            Self::Host => "host",
        }
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no [`SourceKind`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of source: {0:?}")]
pub struct UnknownKind(String);

impl FromStr for SourceKind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| UnknownKind(word.chars().take(40).collect()))
    }
}

/// Who a reading is about, as the configuration names it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// Unique in one agent.
    pub id: SourceId,
    /// What people call it.
    pub name: String,
    /// The kind configured or, with `auto`, found.
    pub kind: SourceKind,
    /// Where it is asked, without credentials; empty where that is not told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// The place it stands in, a free text.
    #[serde(default)]
    pub group: Option<String>,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Source {
    /// A source that is called like its id and stands nowhere in particular.
    pub fn new(id: SourceId, kind: SourceKind, address: impl Into<String>) -> Self {
        let name = id.to_string();
        Self { id, name, kind, address: address.into(), group: None, tags: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_what_the_contract_allows() {
        for good in ["a", "garage-gamma", "s19_r2.18", &"x".repeat(64)] {
            assert!(good.parse::<SourceId>().is_ok(), "{good}");
        }
        for bad in ["", "Gamma", "a b", "ä", "a/b", &"x".repeat(65)] {
            assert_eq!(bad.parse::<SourceId>(), Err(BadSourceId), "{bad}");
        }
    }

    #[test]
    fn an_id_from_a_name_is_always_an_id() {
        for name in ["Garage Gamma", "  -- x", "NerdOCTAXE-γ", "192.168.1.50", &"long ".repeat(40)] {
            let id = SourceId::from_name(name).unwrap();
            assert_eq!(id.as_str().parse::<SourceId>().as_ref(), Ok(&id), "{name}");
        }
        assert_eq!(SourceId::from_name("γ ☃"), None);
    }

    #[test]
    fn a_kind_is_read_as_it_is_written() {
        for kind in SourceKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert!("toaster".parse::<SourceKind>().is_err());
    }
}
