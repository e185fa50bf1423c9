//! What a delta looks like, for the documents of the API. Deltas themselves are written as text.

use gssa_model::SourceId;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use super::Row;

/// What changed in the table at once.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Delta")]
pub struct DeltaShape {
    /// One more than that of the delta before. If it is not, fetch the table again.
    pub seq: u64,
    /// What changed.
    pub items: Vec<ItemShape>,
    /// The sources that are no more.
    pub removed: Vec<SourceId>,
}

/// The id of a row, its fields that changed, and the names of those that are no more.
#[derive(Debug, Serialize)]
pub struct ItemShape {}

impl JsonSchema for ItemShape {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RowChange".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Row::json_schema(generator);
        schema.insert(
            "description".into(),
            "The id, the fields that are new or others, and the names of those that are gone".into(),
        );
        schema.insert("required".into(), json!(["id"]));
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            let gone = json!({ "type": "array", "items": { "type": "string" } });
            properties.insert("gone".into(), gone);
        }
        schema
    }
}
