//! The schemas in `schema/` are those of the types. `just schema` writes them anew.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use serde_json::Value;

fn written(name: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_schema_of_a_reading_is_that_of_the_types() {
    assert_eq!(written("reading.schema.json"), gssa::schema::reading(), "run `just schema` and read the difference");
}

/// The web page makes its types from this file.
#[test]
fn the_document_of_the_api_is_that_of_the_routes() {
    assert_eq!(written("openapi.json"), gssa::api::openapi(), "run `just schema` and read the difference");
}

#[test]
fn null_is_never_allowed() {
    fn nulls(at: &str, schema: &Value, found: &mut Vec<String>) {
        match schema {
            Value::Object(object) => {
                for (key, value) in object {
                    let at = format!("{at}/{key}");
                    if key == "type"
                        && (value == "null" || value.as_array().is_some_and(|all| all.contains(&"null".into())))
                    {
                        found.push(at.clone());
                    }
                    nulls(&at, value, found);
                }
            }
            Value::Array(items) => {
                for (n, item) in items.iter().enumerate() {
                    nulls(&format!("{at}/{n}"), item, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    nulls("", &gssa::schema::reading(), &mut found);
    assert_eq!(found, [""; 0]);
}
