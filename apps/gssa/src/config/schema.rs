//! The JSON Schema of the file, made from the [`raw`](super::raw) types and the [`defaults`](super::defaults).

use gssa_model::SourceKind;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::{defaults, raw};

mod hints;

/// The JSON Schema (2020-12) of the configuration file, with descriptions, defaults and limits.
///
/// ```
/// let schema = gssa::config::schema();
/// assert_eq!(schema["properties"]["polling"]["properties"]["interval_secs"]["default"], 30);
/// ```
pub fn schema() -> Value {
    let mut schema = plain();
    hints::add(&mut schema);
    schema
}

/// The same without what only a form needs.
pub(super) fn plain() -> Value {
    let settings = SchemaSettings::draft2020_12().for_deserialize().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<raw::Config>().to_value();
    set_defaults(&mut schema, &defaults::layer());
    for (list, element) in [("sources", defaults::source()), ("uplinks", defaults::uplink())] {
        set_defaults(&mut schema["properties"][list]["items"], &element);
    }
    let file = json!({ "dir": defaults::LOG_DIR, "max_size_mb": defaults::LOG_MAX_SIZE_MB,
                       "max_files": defaults::LOG_MAX_FILES, "max_age_days": defaults::LOG_MAX_AGE_DAYS });
    set_defaults(&mut schema["properties"]["logging"]["properties"]["file"], &file);
    schema
}

/// What the names of properties are limited to where each is a kind of source.
pub(super) fn kind_names() -> Value {
    json!({ "enum": SourceKind::ALL.map(SourceKind::as_str) })
}

/// Writes each default beside the key that it belongs to; a map by kind takes them as a whole.
fn set_defaults(schema: &mut Value, defaults: &Value) {
    match (defaults, schema.get_mut("properties")) {
        (Value::Object(keys), Some(properties)) => {
            for (key, default) in keys {
                if let Some(property) = properties.get_mut(key) {
                    set_defaults(property, default);
                }
            }
        }
        _ => schema["default"] = defaults.clone(),
    }
}
