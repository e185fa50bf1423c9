//! The schema in the form that the [check](super::structure) walks.

use std::sync::LazyLock;

use serde_json::Value;

/// What a value must look like.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    Bool,
    Integer {
        min: Option<f64>,
        max: Option<f64>,
    },
    Number {
        min: Option<f64>,
        max: Option<f64>,
    },
    Text {
        min_chars: usize,
        max_chars: usize,
    },
    /// One of a closed set.
    Word(Vec<String>),
    /// A text, or where one is.
    Secret,
    List {
        of: Box<Shape>,
        max: usize,
    },
    /// Known keys, each with its own shape.
    Table {
        keys: Vec<(String, Shape)>,
        required: Vec<String>,
    },
    /// Keys of a closed set or, where that is empty, any; all of one shape.
    Map {
        of: Box<Shape>,
        names: Vec<String>,
    },
}

/// The shape of the whole file.
pub(super) static FILE: LazyLock<Shape> = LazyLock::new(|| Shape::of(&super::schema::plain()));

impl Shape {
    fn of(schema: &Value) -> Self {
        if schema["title"] == "Secret" {
            return Self::Secret;
        }
        if let Some(inner) = schema["anyOf"].as_array().and_then(|any| any.iter().find(|one| one["type"] != "null")) {
            return Self::of(inner);
        }
        let words = words(schema);
        if !words.is_empty() {
            return Self::Word(words);
        }
        let bound = |name: &str| schema[name].as_f64();
        let count = |name: &str| schema[name].as_u64().and_then(|count| usize::try_from(count).ok());
        match type_of(schema) {
            "boolean" => Self::Bool,
            "integer" => Self::Integer { min: bound("minimum"), max: bound("maximum") },
            "number" => Self::Number { min: bound("minimum"), max: bound("maximum") },
            "array" => {
                Self::List { of: Box::new(Self::of(&schema["items"])), max: count("maxItems").unwrap_or(usize::MAX) }
            }
            "object" => Self::object(schema),
            _ => {
                Self::Text { min_chars: count("minLength").unwrap_or(0), max_chars: count("maxLength").unwrap_or(4096) }
            }
        }
    }

    fn object(schema: &Value) -> Self {
        if let Some(keys) = schema["properties"].as_object() {
            let keys = keys.iter().map(|(key, schema)| (key.clone(), Self::of(schema))).collect();
            return Self::Table { keys, required: texts(&schema["required"]) };
        }
        Self::Map {
            of: Box::new(Self::of(&schema["additionalProperties"])),
            names: texts(&schema["propertyNames"]["enum"]),
        }
    }

    /// What a person calls such a value.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Integer { .. } => "a whole number",
            Self::Number { .. } => "a number",
            Self::Text { .. } | Self::Word(_) => "a text",
            Self::Secret => r#"a text, { "env": "NAME" } or { "file": "/path" }"#,
            Self::List { .. } => "a list",
            Self::Table { .. } | Self::Map { .. } => "an object",
        }
    }

    /// The shape of a key of this one.
    pub(super) fn key(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Table { keys, .. } => keys.iter().find(|(name, _)| name == key).map(|(_, shape)| shape),
            Self::Map { of, names } if names.is_empty() || names.iter().any(|name| name == key) => Some(of),
            _ => None,
        }
    }

    /// The keys that this one may have, as far as they are a closed set.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Table { keys, .. } => keys.iter().map(|(name, _)| name.as_str()).collect(),
            Self::Map { names, .. } => names.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// `integer` of `["integer", "null"]`.
fn type_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(name) => name,
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or_default(),
        _ => "",
    }
}

fn words(schema: &Value) -> Vec<String> {
    let one_of = schema["oneOf"].as_array().into_iter().flatten();
    let described =
        one_of.flat_map(|one| one["const"].as_str().map(str::to_owned).into_iter().chain(texts(&one["enum"])));
    described.chain(texts(&schema["enum"])).collect()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::secret;

    fn secrets(shape: &Shape, path: &str, found: &mut Vec<String>) {
        match shape {
            Shape::Secret => found.push(path.trim_start_matches('.').to_owned()),
            Shape::List { of, .. } => secrets(of, &format!("{path}[]"), found),
            Shape::Table { keys, .. } => keys.iter().for_each(|(key, of)| secrets(of, &format!("{path}.{key}"), found)),
            Shape::Map { of, .. } => secrets(of, &format!("{path}.*"), found),
            _ => {}
        }
    }

    #[test]
    fn the_table_of_secrets_is_what_the_types_say() {
        let mut found = Vec::new();
        secrets(&FILE, "", &mut found);
        found.sort();
        let mut table = secret::KEYS.to_vec();
        table.sort_unstable();
        assert_eq!(found, table);
    }

    #[test]
    fn shapes_are_read_from_the_schema() {
        let polling = FILE.key("polling").unwrap();
        let interval = Shape::Integer { min: Some(1.0), max: Some(86400.0) };
        assert_eq!(polling.key("interval_secs"), Some(&interval));
        assert!(
            matches!(FILE.key("logging").unwrap().key("format"), Some(Shape::Word(words)) if *words == ["text", "json"])
        );
        assert_eq!(FILE.key("kinds").unwrap().key("axeos").unwrap().key("interval_secs"), Some(&interval));
        assert!(matches!(FILE.key("sources"), Some(Shape::List { of, .. }) if of.key("http_port").is_some()));
        assert_eq!(FILE.key("polling").unwrap().key("nonsense"), None);
    }
}
