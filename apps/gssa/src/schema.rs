//! JSON Schemas of what the agent says.

use gssa_model::Reading;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::Value;

/// The schema of a reading, JSON Schema 2020-12.
pub fn reading() -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.root_schema_for::<Reading>();
    RecursiveTransform(never_null).transform(&mut schema);
    let mut schema = schema.to_value();
    schema["$id"] = "https://github.com/mmfpsolutions/gssa/schema/reading.schema.json".into();
    schema["title"] = "GSSA reading".into();
    schema
}

/// What is not known is left out, never `null`: the contract says so, and `Option` would say otherwise.
pub fn never_null(schema: &mut schemars::Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if let [Value::Object(only)] = &choices[..] {
            let only = only.clone();
            object.remove("anyOf");
            object.extend(only);
        }
    }
}
