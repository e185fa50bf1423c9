//! Messages of an agent read without a copy in between.
//!
//! What `serde` derives for a tagged enum and for an item that is known by its fields reads everything into a tree first. Here the fields are read
//! as they come, as long as `type` is the first of them, as everybody writes it.

use std::borrow::Cow;
use std::fmt;

use gssa_model::SourceId;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{Batch, Body, FromAgent, Hello, Item, Now, Seq};

impl<'de> Deserialize<'de> for FromAgent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Message)
    }
}

struct Message;

impl<'de> Visitor<'de> for Message {
    type Value = FromAgent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FromAgent, A::Error> {
        let first = map.next_key::<Cow<'de, str>>()?.ok_or_else(|| A::Error::missing_field("type"))?;
        if first == "type" {
            let kind = map.next_value::<Cow<'de, str>>()?;
            return of_type(&kind, MapAccessDeserializer::new(map));
        }
        let mut fields = Map::new();
        fields.insert(first.into_owned(), map.next_value()?);
        while let Some((key, value)) = map.next_entry()? {
            fields.insert(key, value);
        }
        let Some(Value::String(kind)) = fields.remove("type") else { return Err(A::Error::missing_field("type")) };
        of_type(&kind, Value::Object(fields)).map_err(A::Error::custom)
    }
}

#[derive(serde::Deserialize)]
struct Bye {
    last: Seq,
}

#[derive(serde::Deserialize)]
struct Outcome {
    id: String,
    outcome: String,
}

fn of_type<'de, D: Deserializer<'de>>(kind: &str, fields: D) -> Result<FromAgent, D::Error> {
    match kind {
        "hello" => Hello::deserialize(fields).map(FromAgent::Hello),
        "now" => Now::deserialize(fields).map(FromAgent::Now),
        "batch" => Batch::deserialize(fields).map(FromAgent::Batch),
        "bye" => Bye::deserialize(fields).map(|Bye { last }| FromAgent::Bye { last }),
        "outcome" => Outcome::deserialize(fields).map(|Outcome { id, outcome }| FromAgent::Outcome { id, outcome }),
        _ => IgnoredAny::deserialize(fields).map(|_| FromAgent::Unknown),
    }
}

/// An item with the fields that any body has.
#[derive(serde::Deserialize)]
pub(super) struct Fields {
    seq: Option<Seq>,
    age_ms: u64,
    source_id: Option<SourceId>,
    report: Option<Value>,
    base: Option<Seq>,
    changes: Option<Value>,
    event: Option<Value>,
    status: Option<Value>,
    sources: Option<Vec<SourceId>>,
}

/// An item of which nothing says what it is.
#[derive(Debug, thiserror::Error)]
#[error("an item has a report, changes of a base, an event, a status or sources")]
pub(super) struct NoBody;

impl TryFrom<Fields> for Item {
    type Error = NoBody;

    fn try_from(fields: Fields) -> Result<Self, NoBody> {
        let body = match fields {
            Fields { source_id: Some(source_id), report: Some(report), .. } => Body::Report { source_id, report },
            Fields { source_id: Some(source_id), base: Some(base), changes: Some(changes), .. } => {
                Body::Changes { source_id, base, changes }
            }
            Fields { event: Some(event), .. } => Body::Event { event },
            Fields { status: Some(status), .. } => Body::Status { status },
            Fields { sources: Some(sources), .. } => Body::Sources { sources },
            _ => return Err(NoBody),
        };
        Ok(Self { seq: fields.seq, age_ms: fields.age_ms, body })
    }
}
